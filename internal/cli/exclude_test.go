package cli

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"graphlake/internal/fixtures"
	"graphlake/internal/graphsim"
	"graphlake/jobs"
	"graphlake/load"
	"graphlake/load/blobstore"
	"graphlake/load/storetest/azurite"
	"graphlake/schemas"
)

// directory is what the tenant's own answers say of people, read without the program.
func (s *simulated) directory(t *testing.T, path string) (all []map[string]any) {
	t.Helper()
	for url := "http://graph.example/v1.0" + path; url != ""; {
		req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		req.Header.Set("Authorization", "Bearer a token")
		answer := httptest.NewRecorder()
		s.tenant.ServeHTTP(answer, req)
		var page struct {
			Value []map[string]any `json:"value"`
			Next  string           `json:"@odata.nextLink"`
		}
		if err := json.Unmarshal(answer.Body.Bytes(), &page); err != nil || answer.Code != http.StatusOK {
			t.Fatalf("%s: %d, %v: %s", url, answer.Code, err, answer.Body)
		}
		all, url = append(all, page.Value...), page.Next
	}
	return all
}

const keysOfPeople = "id,userPrincipalName,mail,otherMails,proxyAddresses,imAddresses,businessPhones,mobilePhone,displayName," +
	"onPremisesUserPrincipalName,onPremisesImmutableId"

// outsiders are some people of a tenant, who are left out: how the configuration names them, their ids, and all else by which they
// alone are known.
func (s *simulated) outsiders(t *testing.T) (yaml string, ids map[string]bool, keys []string) {
	t.Helper()
	ids = map[string]bool{}
	people := s.directory(t, "/users?$top=999&$select="+keysOfPeople)
	yaml = fmt.Sprintf("users: [%q, %q]", people[3]["id"], strings.ToUpper(people[5]["userPrincipalName"].(string)))
	for _, i := range []int{3, 5} {
		ids[people[i]["id"].(string)] = true
	}
	for _, g := range s.directory(t, "/groups?$top=999&$select=id") {
		members := s.directory(t, "/groups/"+g["id"].(string)+"/members?$top=999&$select=id")
		if len(members) > 1 && len(members) < 8 {
			yaml += fmt.Sprintf(", groups: [%q]", g["id"])
			for _, m := range members {
				ids[m["id"].(string)] = true
			}
			break
		}
	}
	if !strings.Contains(yaml, "groups") {
		t.Fatal("the tenant has no small group")
	}
	owners := map[string]map[string]bool{}
	for _, p := range people {
		for name, value := range p {
			for _, text := range textsOf(value) {
				if name == "proxyAddresses" {
					_, text, _ = strings.Cut(text, ":")
				}
				if owners[text] == nil {
					owners[text] = map[string]bool{}
				}
				owners[text][p["id"].(string)] = true
			}
		}
	}
	for key, of := range owners {
		left := 0
		for id := range of {
			if ids[id] {
				left++
			}
		}
		if left == len(of) && len(key) > 4 && (left == 1 || strings.Contains(key, "@")) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return yaml, ids, keys
}

func textsOf(value any) (all []string) {
	switch v := value.(type) {
	case string:
		return []string{v}
	case []any:
		for _, one := range v {
			all = append(all, textsOf(one)...)
		}
	}
	return all
}

// ownersOf are, by table, the column of whose a row is, or without whom it is not; empty: of nobody.
var ownersOf = map[string]string{
	"users": "user_id", "user_licenses": "user_id", "presence": "user_id", "mailbox_settings": "user_id", "calendar_events": "user_id",
	"chat_messages": "from_user_id", "channel_messages": "from_user_id", "pstn_calls": "user_id", "direct_routing_calls": "user_id",
	"channel_members": "user_id", "group_members": "member_id", "group_owners": "owner_id", "chat_members": "user_id",
	"calls": "", "call_participants": "", "groups": "", "teams": "", "channels": "", "subscribed_skus": "",
}

// cat are the rows of a table.
func (s *simulated) cat(t *testing.T, table string) (rows []map[string]any) {
	t.Helper()
	_, out := s.command(t, "cat", table, "--from", "2026-11-01", "--to", "2026-12-30")
	for line := range strings.Lines(string(out)) {
		var row map[string]any
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatalf("%s: %v: %s", table, err, line)
		}
		rows = append(rows, row)
	}
	return rows
}

// left are, by table, the rows of everybody that stay without some people. A chat that nobody else lists goes, and an event
// that is private.
func (s *simulated) left(t *testing.T, ids map[string]bool) map[string]int64 {
	t.Helper()
	listed := map[any]bool{} // chats by somebody else
	for _, p := range s.directory(t, "/users?$top=999&$select=id") {
		listed[p["id"]] = !ids[p["id"].(string)]
	}
	members := s.cat(t, "chat_members")
	for _, m := range members {
		listed[m["chat_id"]] = listed[m["chat_id"]] || listed[m["user_id"]]
	}
	left := map[string]int64{}
	for table, owner := range ownersOf {
		rows := members
		if table != "chat_members" {
			rows = s.cat(t, table)
		}
		for _, row := range rows {
			if owner == "" || ids == nil {
				left[table]++
				continue
			}
			id, _ := row[owner].(string)
			others, known := listed[row["chat_id"]]
			if !ids[id] && (others || !known) && (table != "calendar_events" || row["sensitivity"] == "normal") {
				left[table]++
			}
		}
	}
	return left
}

// codedIn finds keys in what is in base64 in the lake.
func codedIn(t *testing.T, directory string, keys []string) (found []string) {
	t.Helper()
	read := map[string]bool{} // most runs are in many files
	err := filepath.WalkDir(directory, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".parquet" {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		text, err := appendTexts(nil, data)
		var said []byte
		for _, run := range inBase64.FindAll(text, -1) {
			if read[string(run)] {
				continue
			}
			read[string(run)] = true
			run = []byte(inOneAlphabet.Replace(string(run)))
			for shift := range min(4, len(run)) {
				n := (len(run) - shift) / 4 * 4
				decoded, _ := base64.RawURLEncoding.DecodeString(string(run[shift : shift+n]))
				said = append(append(said, decoded...), '\n')
			}
		}
		said = bytes.ToLower(said)
		for _, key := range keys {
			if bytes.Contains(said, []byte(strings.ToLower(key))) {
				found = append(found, key+" in "+path)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

var (
	inBase64      = regexp.MustCompile(`[A-Za-z0-9_+/-]{24,}`)
	inOneAlphabet = strings.NewReplacer("+", "-", "/", "_")
)

// Of people who are left out, and of what is private, nothing reaches any object of the lake, nor what the program prints,
// in whatever coding; of the others everything does.
func TestExcluded(t *testing.T) {
	served, err := fixtures.Of("../../schemas/testdata", schemas.BuiltIn())
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("GRAPHLAKE_PSEUDONYM_KEY", "O58GwehafSTwHJO3SG7VKpfAE0++ao1yBTzh+Jtkp9A=")
	night := []string{"run", "--from", "2026-11-16", "--to", "2026-11-18", "--now", "2026-11-18T00:00:00Z", "--dataset", strings.Join(names(schemas.BuiltIn()), ",")}
	options := graphsim.Options{Users: 16, Fixtures: served}
	whole := simulate(t, options, "privacy: {content: full}\n")
	yaml, ids, keys := whole.outsiders(t)
	if status, _ := whole.command(t, night...); status != ExitDone {
		t.Fatalf("run ended with %d", status)
	}
	if found := filesWith(t, whole.dir, keys); len(found) < 10 || len(codedIn(t, whole.dir, keys)) == 0 {
		t.Errorf("of a lake of everybody %d files have one of %d keys", len(found), len(keys))
	}
	want := whole.left(t, ids)
	for _, c := range []struct {
		settings string
		inBlobs  bool
	}{{"content: full", false}, {"content: text, pseudonymize: true", false}, {"content: full", true}} {
		t.Run(fmt.Sprintf("%s, blobs %v", c.settings, c.inBlobs), func(t *testing.T) {
			part := simulate(t, options, "privacy: {"+c.settings+", exclude: {"+yaml+", private_events: true}}\n")
			bring := func() {}
			if c.inBlobs {
				bring = part.moveToBlobs(t)
			}
			var rep jobs.Report
			if status := part.asJSON(t, &rep, night...); status != ExitDone {
				t.Fatalf("run ended with %d: %+v", status, rep)
			}
			if status, out := part.command(t, "audit", "--against-graph", "--dataset", night[len(night)-1], "--now", "2026-11-18T00:00:00Z"); status != ExitDone {
				t.Errorf("audit ended with %d: %s", status, out)
			}
			if status, out := part.command(t, "replay", "--dataset", night[len(night)-1], "--now", "2026-11-18T00:00:00Z"); status != ExitDone {
				t.Errorf("replay ended with %d: %s", status, out)
			}
			got := part.left(t, nil)
			bring()
			if err := os.Remove(part.config()); err != nil {
				t.Fatal(err)
			}
			for name, secrets := range filesWith(t, part.dir, keys) {
				t.Errorf("%s has %q", name, secrets)
			}
			for _, found := range codedIn(t, part.dir, keys) {
				t.Error(found)
			}
			for table := range ownersOf {
				if got[table] != want[table] {
					t.Errorf("%s has %d rows, want %d", table, got[table], want[table])
				}
			}
			var out, private int64
			for _, u := range rep.Units {
				out, private = out+u.LeftOut, private+u.Private
			}
			if out == 0 || private == 0 {
				t.Errorf("the report says that %d records and %d private ones were left out", out, private)
			}
		})
	}
}

// moveToBlobs lets the lake lie in Blob Storage. What it gives brings all objects to where the lake would lie on the disk.
func (s *simulated) moveToBlobs(t *testing.T) (bring func()) {
	t.Helper()
	o := blobstore.Options{ConnectionString: azurite.Start(t), Container: "lake"}
	if _, err := blobstore.Create(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	t.Setenv("BLOBS", o.ConnectionString)
	text, err := os.ReadFile(s.config())
	if err != nil {
		t.Fatal(err)
	}
	directory := filepath.Join(s.dir, "lake")
	config := strings.Replace(string(text), "lake: "+directory, "lake: az://lake\nazure: {connection_string_env: BLOBS}", 1)
	if err := os.WriteFile(s.config(), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	return func() {
		store, err := blobstore.New(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		objects := 0
		for info, err := range store.List(t.Context(), "") {
			if err != nil {
				t.Fatal(err)
			}
			text, _, err := load.ReadObject(t.Context(), store, info.Name)
			path := filepath.Join(directory, filepath.FromSlash(info.Name))
			if err := errors.Join(err, os.MkdirAll(filepath.Dir(path), 0o750), os.WriteFile(path, text, 0o600)); err != nil {
				t.Fatal(err)
			}
			objects++
		}
		if objects < 40 {
			t.Errorf("there are %d objects", objects)
		}
	}
}

// Who is left out only from the second night on is in no picture of it, whatever the first night's had, and of all else an audit
// misses nobody, nor a private event. What the first night has read stays.
func TestExcludedLater(t *testing.T) {
	options := graphsim.Options{Users: 16}
	s := simulate(t, options, "privacy: {content: full}\n")
	yaml, ids, keys := s.outsiders(t)
	all := strings.Join(names(schemas.BuiltIn()), ",")
	if status, out := s.command(t, "run", "--now", "2026-11-18T00:00:00Z", "--dataset", all); status != ExitDone {
		t.Fatalf("run ended with %d: %s", status, out)
	}
	text, err := os.ReadFile(s.config())
	if err != nil {
		t.Fatal(err)
	}
	more := strings.Replace(string(text), "content: full", "content: full, exclude: {"+yaml+", private_events: true}", 1)
	if err := os.WriteFile(s.config(), []byte(more), 0o600); err != nil {
		t.Fatal(err)
	}
	s.become(options, 19)
	// Of the few recordings nearly all may be of those who are left out now.
	if status, out := s.command(t, "run", "--believe", "--now", "2026-11-19T00:00:00Z", "--dataset", all); status != ExitDone {
		t.Fatalf("the second run ended with %d: %s", status, out)
	}
	if status, out := s.command(t, "audit", "--against-graph", "--dataset", all, "--now", "2026-11-19T00:00:00Z"); status != ExitDone {
		t.Errorf("audit ended with %d: %s", status, out)
	}
	pictures, before := 0, 0
	found := filesWith(t, filepath.Join(s.dir, "lake"), append(slices.Sorted(maps.Keys(ids)), keys...))
	for _, d := range schemas.BuiltIn() {
		if !d.Mode.Pictures() {
			continue
		}
		for name, secrets := range found {
			for _, of := range append([]string{"raw/" + d.Name}, tablesOf(d)...) {
				switch {
				case strings.HasPrefix(name, of+"/") && strings.Contains(name, "dt=2026-11-18"):
					before++
				case strings.HasPrefix(name, of+"/"):
					t.Errorf("%s has %q", name, secrets)
				}
			}
		}
		if s.rows(t, d.Root().Name, 19, 20) > 0 {
			pictures++
		}
	}
	if pictures < 5 || before < 5 {
		t.Errorf("%d pictures have rows, and of the night before %d have somebody", pictures, before)
	}
}

func tablesOf(d schemas.Dataset) (all []string) {
	for _, t := range d.Tables {
		all = append(all, "tables/"+t.Name)
	}
	return all
}
