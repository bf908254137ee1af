package schemas

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Every property that Graph declares has a column that fits, or stands here with the reason.
func TestEveryPropertyHasAColumn(t *testing.T) {
	for _, d := range BuiltIn() {
		if d.Entity == "" {
			continue
		}
		t.Run(d.Name, func(t *testing.T) {
			w := walk{t: t, types: reference(t), columns: map[string][]Column{}, left: d.left(), met: map[string]bool{}}
			for _, table := range d.Read().Tables {
				for _, column := range table.Columns {
					for _, p := range append([]Path{column.Path}, column.Else...) {
						path := strings.ReplaceAll(string(p.Absolute(table.Each)), "{}", "")
						w.columns[path] = append(w.columns[path], column)
					}
				}
			}
			if !w.declares(d.Entity) {
				t.Skipf("the reference has no type %s", d.Entity)
			}
			w.into(d.Entity, "")
			for path := range w.left {
				if !w.met[path] {
					t.Errorf("%s is left out, but Graph does not declare it", path)
				} else if len(w.columns[path]) > 0 {
					t.Errorf("%s is left out, but has a column", path)
				}
			}
		})
	}
}

// left are the properties without a column, with the reason.
func (d Dataset) left() map[string]string {
	left := map[string]string{}
	for _, n := range d.NotTaken {
		for _, p := range n.Properties {
			left[string(p)] = n.Why
		}
	}
	return left
}

// reference is the folder with a table of properties for each of Graph's types.
func reference(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("GRAPHLAKE_REFERENCE")
	if dir == "" {
		t.Skip("GRAPHLAKE_REFERENCE does not say where Graph's types are")
	}
	return filepath.Join(dir, "types")
}

type walk struct {
	t       *testing.T
	types   string
	columns map[string][]Column
	left    map[string]string
	met     map[string]bool // of left
}

func (w walk) into(name, at string) {
	for _, p := range w.properties(name) {
		path := strings.TrimPrefix(at+"."+p.name, ".")
		elem, many := strings.CutPrefix(p.edm, "Collection(")
		elem = strings.TrimSuffix(elem, ")")
		below := path
		if many {
			below += "[]"
		}
		entered := w.entered(below)
		switch {
		case w.left[path] != "":
			w.met[path] = true
		case p.navigation && !entered: // sent only to who asks for it
		case entered:
			for _, shape := range shapes(w.types, name, elem, p.name) {
				w.into(shape, below)
			}
		case !slices.ContainsFunc(w.columns[path], func(c Column) bool { return fits(c.Type, elem, many) }):
			w.t.Errorf("%s, a %s, has no column of a fitting type", path, p.edm)
		}
	}
}

// entered reports whether columns reach below the path.
func (w walk) entered(path string) bool {
	for known := range w.columns {
		if strings.HasPrefix(known, path+".") && !strings.HasPrefix(known, path+".@") {
			return true
		}
	}
	return false
}

type property struct {
	name, edm  string
	navigation bool
}

// declares says whether the reference has a type: it is older than some.
func (w walk) declares(name string) bool {
	_, err := os.Stat(filepath.Join(w.types, name+".tsv"))
	return err == nil
}

func (w walk) properties(name string) []property {
	data, err := os.ReadFile(filepath.Join(w.types, name+".tsv"))
	if errors.Is(err, fs.ErrNotExist) { // beta alone declares it
		data, err = os.ReadFile(filepath.Join(w.types, name+".BETA.tsv"))
	}
	if err != nil {
		w.t.Fatal(err)
	}
	var properties []property
	for line := range strings.Lines(string(data)) {
		if f := strings.Split(line, "\t"); len(f) > 3 && f[1] != "edm_type" && !strings.HasPrefix(line, "#") {
			properties = append(properties, property{f[0], f[1], strings.HasPrefix(f[3], "navigation")})
		}
	}
	if len(properties) == 0 {
		w.t.Fatalf("%s declares nothing", name)
	}
	return properties
}

// shapes are the types that a value may have, where Graph declares a common base.
func shapes(types, owner, edm, property string) []string {
	name := strings.TrimPrefix(strings.TrimPrefix(edm, "microsoft."), "graph.")
	if owner == "identitySet" || strings.HasPrefix(owner, "chatMessage") && strings.HasSuffix(owner, "IdentitySet") {
		switch property { // of an identity set of Teams
		case "user", "application":
			return []string{"teamwork" + strings.ToUpper(property[:1]) + property[1:] + "Identity"}
		case "device":
			return []string{"identity"}
		}
	}
	switch name + " " + property {
	case "identity user", "identity associatedIdentity":
		return []string{"callRecords.userIdentity", "communicationsUserIdentity"}
	case "identity azureCommunicationServicesUser":
		return []string{"azureCommunicationServicesUserIdentity"}
	case "identity application", "identity applicationInstance", "identity guest", "identity phone", "identity encrypted":
		return []string{"communications" + strings.ToUpper(property[:1]) + property[1:] + "Identity"}
	}
	switch name {
	case "eventMessageDetail", "conversationMember":
		files, _ := filepath.Glob(filepath.Join(types, "*"+strings.ToUpper(name[:1])+name[1:]+".tsv"))
		for i, f := range files {
			files[i] = strings.TrimSuffix(filepath.Base(f), ".tsv")
		}
		return files
	case "callRecords.endpoint":
		return []string{"callRecords.participantEndpoint", "callRecords.serviceEndpoint"}
	case "callRecords.userAgent":
		return []string{"callRecords.clientUserAgent", "callRecords.serviceUserAgent"}
	}
	return []string{name}
}

// fits reports whether a column of the type holds a value of Graph's.
func fits(t Type, edm string, many bool) bool {
	if many {
		return t == JSON
	}
	switch edm {
	case "Edm.Boolean":
		return t == Bool
	case "Edm.DateTimeOffset":
		return t == Timestamp
	case "Edm.Decimal", "Edm.Double/Decimal": // which of them, beta's clients do not tell
		return t == Decimal
	case "Edm.Duration":
		return t == DurationMS
	case "Edm.Guid":
		return t == String
	case "Edm.Int32":
		return t == Int32
	case "Edm.Int64":
		return t == Int64
	case "Edm.Single", "Edm.Double":
		return t == Float64
	case "Edm.String":
		return t == String || t == Enum || t == LongText || t == KeyText || t == UTCTime // of which Graph writes the zone beside it
	}
	return t == Enum || t == JSON // one of Graph's own types, with members by name or of its own
}
