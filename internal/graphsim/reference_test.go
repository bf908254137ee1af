package graphsim

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// GRAPHLAKE_REFERENCE is a folder with Graph's types and enums as tables: types/*.tsv and enums.tsv.
const referenceVariable = "GRAPHLAKE_REFERENCE"

// undeclared are the properties of open types that Graph sends and its metadata does not name.
var undeclared = strings.Fields("acsUser azureCommunicationServicesResourceId email tenantId userPrincipalName " +
	"NoSound OtherNoSound StoppedUnexpectedly tag")

// invented are members of no enum, sent on purpose: Graph's enums grow before its metadata does.
var invented = []string{"wifi80211be"}

// silent are the properties that are never sent with a value.
var silent = map[string]string{
	"callRecord.organizer":         "null since the middle of 2026",
	"callRecord.participants":      "empty since the middle of 2026",
	"participantEndpoint.identity": "null since the middle of 2026",
}

// Everything that the tenant sends is known to Graph's metadata and has the JSON kind of its type;
// and everything that the metadata has for calls is sent at least once.
func TestAgainstGraphsTypes(t *testing.T) {
	folder := os.Getenv(referenceVariable)
	if folder == "" {
		t.Skip(referenceVariable + " is not set")
	}
	ref := readReference(t, folder)
	o := small()
	o.Users, o.Large = 120, 150
	tenant := New(o)
	newer := []string{"Prefer", "include-unknown-enum-members"}
	records, _ := all(t, tenant, recordsPath, newer...)
	for _, r := range records {
		ref.check(t, r, "microsoft.graph.callRecords.callRecord", "list")
		id := r["id"].(string)
		for _, expand := range []string{"sessions($expand=segments)", "participants_v2"} {
			a := get(t, tenant, recordsPath+"/"+id+"?$expand="+expand, newer...)
			ref.check(t, a.json, "microsoft.graph.callRecords.callRecord", id)
		}
	}
	rows, _ := all(t, tenant, recordsPath+"/getPstnCalls(fromDateTime=2026-11-02,toDateTime=2026-11-03)")
	for _, r := range rows {
		ref.check(t, r, "microsoft.graph.callRecords.pstnCallLogRow", "pstn")
	}
	rows, _ = all(t, tenant, recordsPath+"/getDirectRoutingCalls(fromDateTime=2026-11-02,toDateTime=2026-11-03)")
	for _, r := range rows {
		ref.check(t, r, "microsoft.graph.callRecords.directRoutingLogRow", "direct routing")
	}
	ref.users(t, tenant)
	ref.complete(t)
}

// users checks every property that may be selected of a user, in delta and outside it.
func (ref *reference) users(t *testing.T, tenant *Tenant) {
	t.Helper()
	names := slices.Concat(strings.Fields(silentProperties), strings.Fields(silentLists), userType.sample(tenant).names())
	for _, name := range slices.Concat(names, strings.Fields(refusedProperties)) {
		if ref.types["user"].properties[name] == "" {
			t.Errorf("a user has no property %q", name)
		}
	}
	selected := "?$select=" + strings.Join(names, ",")
	changes, _ := all(t, tenant, "/v1.0/users/delta"+selected)
	people, _ := all(t, tenant, "/v1.0/users"+selected+"&$expand=manager")
	for _, u := range slices.Concat(changes, people) {
		ref.check(t, u, "microsoft.graph.user", "user")
	}
	for _, name := range names {
		value, sent := people[0][name]
		list := strings.HasPrefix(ref.types["user"].properties[name], "Collection(")
		if !sent || list && value == nil {
			t.Errorf("%s of a user is sent: %v, as %v", name, sent, value)
		}
	}
}

type reference struct {
	types map[string]*edmType // by file name without .tsv
	enums map[string][]string
}

type edmType struct {
	name       string
	open       bool
	properties map[string]string // name → Edm type
	seen       map[string]bool   // sent with a value
}

func readReference(t *testing.T, folder string) *reference {
	t.Helper()
	ref := &reference{map[string]*edmType{}, map[string][]string{}}
	files, err := filepath.Glob(filepath.Join(folder, "types", "*.tsv"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no types in %s: %v", folder, err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".tsv")
		typ := &edmType{name: name, properties: map[string]string{}, seen: map[string]bool{}}
		for i, row := range lines(t, file) {
			if i == 0 {
				typ.open = slices.Contains(row, "open=true")
			} else if i > 1 {
				typ.properties[row[0]] = row[1]
			}
		}
		ref.types[name] = typ
	}
	for _, row := range lines(t, filepath.Join(folder, "enums.tsv"))[1:] {
		ref.enums[row[0]] = append(ref.enums[row[0]], row[2])
	}
	return ref
}

func lines(t *testing.T, file string) (rows [][]string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		rows = append(rows, strings.Split(strings.TrimSuffix(line, "\n"), "\t"))
	}
	return rows
}

func short(typ string) string {
	return strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(typ, "#"), "microsoft."), "graph.")
}

var duration = regexp.MustCompile(`^PT(\d+H)?(\d+M)?(\d+(\.\d+)?S)?$`)

func (ref *reference) check(t *testing.T, v any, typ, where string) {
	t.Helper()
	if v == nil {
		return
	}
	if of, ok := strings.CutPrefix(typ, "Collection("); ok {
		list, isList := v.([]any)
		if !isList {
			t.Fatalf("%s is no list but %v", where, v)
		}
		for _, e := range list {
			ref.check(t, e, strings.TrimSuffix(of, ")"), where+"[]")
		}
		return
	}
	ok := true
	switch text, _ := v.(string); typ {
	case "Edm.String":
		_, ok = v.(string)
	case "Edm.Guid":
		_, ok = parseGUID(text)
	case "Edm.DateTimeOffset":
		_, ok = parseInstant(text)
	case "Edm.Duration":
		ok = len(text) > 2 && duration.MatchString(text)
	case "Edm.TimeOfDay":
		_, err := time.Parse("15:04:05.0000000", text)
		ok = err == nil
	case "Edm.Boolean":
		_, ok = v.(bool)
	case "Edm.Int32", "Edm.Int64":
		n, isNumber := v.(float64)
		ok = isNumber && n == float64(int64(n)) && (typ == "Edm.Int64" || n == float64(int32(n)))
	case "Edm.Single", "Edm.Decimal", "Edm.Double/Decimal": // the last of beta's, whose clients tell no more
		_, ok = v.(float64)
	default:
		if members := ref.enums[short(typ)]; members != nil {
			for part := range strings.SplitSeq(text, ",") { // of flags several may be set
				ok = ok && (slices.Contains(members, part) || slices.Contains(invented, part))
			}
			break
		}
		ref.object(t, v, typ, where)
	}
	if !ok {
		t.Errorf("%s: %v is no %s", where, v, typ)
	}
}

func (ref *reference) object(t *testing.T, v any, typ, where string) {
	t.Helper()
	object, ok := v.(map[string]any)
	if !ok {
		t.Fatalf("%s is no object but %v", where, v)
	}
	if derived, ok := object["@odata.type"].(string); ok {
		typ = derived
	}
	def := ref.types[short(typ)]
	if def == nil {
		t.Fatalf("%s: unknown type %s", where, typ)
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		if strings.Contains(name, "@") {
			continue
		}
		of := def.properties[name]
		if of == "" {
			if !def.open && !strings.HasSuffix(short(typ), "Identity") || !slices.Contains(undeclared, name) {
				t.Errorf("%s: %s has no property %q", where, typ, name)
			}
			switch name {
			case "acsUser":
				ref.check(t, object[name], "graph.identity", where+"/"+name)
			case "tag":
				ref.check(t, object[name], "graph.teamworkTagIdentity", where+"/"+name)
			}
			continue
		}
		if list, isList := object[name].([]any); object[name] != nil && (!isList || len(list) > 0) {
			def.seen[name] = true
		}
		ref.check(t, object[name], of, where+"/"+name)
	}
}

// complete fails for every property of the types of calls that was never sent with a value.
func (ref *reference) complete(t *testing.T) {
	t.Helper()
	for name := range strings.FieldsSeq(`callRecord session segment participantEndpoint serviceEndpoint clientUserAgent
		serviceUserAgent media mediaStream deviceInfo networkInfo traceRouteHop failureInfo userFeedback userIdentity
		administrativeUnitInfo pstnCallLogRow directRoutingLogRow`) {
		def := ref.types["callRecords."+name]
		for _, property := range slices.Sorted(maps.Keys(def.properties)) {
			if reason, never := silent[name+"."+property]; def.seen[property] == never {
				t.Errorf("%s.%s was sent with a value: %v (%s)", name, property, def.seen[property], reason)
			}
		}
	}
	for _, property := range slices.Sorted(maps.Keys(ref.types["communicationsIdentitySet"].properties)) {
		if !ref.types["communicationsIdentitySet"].seen[property] {
			t.Errorf("communicationsIdentitySet.%s was never sent with a value", property)
		}
	}
}
