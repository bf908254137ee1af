package privacy

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"graphlake/schemas"
)

// A node is a place in records: of a text, of an object with members, or of an array with elements.
type node struct {
	text     bool
	members  map[string]*node
	elements *node
}

func (n *node) into(name string) *node {
	if n.members == nil {
		n.members = map[string]*node{}
	}
	if n.members[name] == nil {
		n.members[name] = new(node)
	}
	return n.members[name]
}

func (n *node) each() *node {
	if n.elements == nil {
		n.elements = new(node)
	}
	return n.elements
}

// at is the node of a path as "sessions[].caller.name".
func (n *node) at(path string) *node {
	for part := range strings.SplitSeq(path, ".") {
		name, arrays := part, 0
		for strings.HasSuffix(name, "[]") {
			name, arrays = strings.TrimSuffix(name, "[]"), arrays+1
		}
		n = n.into(name)
		for range arrays {
			n = n.each()
		}
	}
	return n
}

// texts are the paths of texts at and below a node.
func (n *node) texts(at string) (all []string) {
	if n.text {
		all = append(all, at)
	}
	for _, name := range slices.Sorted(maps.Keys(n.members)) {
		all = append(all, n.members[name].texts(strings.TrimPrefix(at+"."+name, "."))...)
	}
	if n.elements != nil {
		all = append(all, n.elements.texts(at+"[]")...)
	}
	return all
}

// entities are the types of the records that Graph gives no name of its own, or that are read into a member.
var entities = map[string]map[string]string{
	"organization": {"": "organization", "subscribedSkus[]": "subscribedSku"},
	"teams":        {"channels[]": "channel"},
	"chats":        {"members[]": "conversationMember"},
}

// more are texts that neither a type nor a column says: what somebody could expect of a delta's members.
var more = map[string][]string{
	"users":  {"manager@delta[].displayName"},
	"groups": {"members@delta[].displayName", "owners@delta[].displayName"},
}

// notRead are texts that no record has: of what is said in a document graphlake takes what it knows alone, and Graph gives no
// id of who spoke.
var notRead = map[string][]string{
	"transcripts":      {"utterances[].speakerId", "utterances[]." + unknownMember},
	"call_transcripts": {"utterances[].speakerId", "utterances[]." + unknownMember},
}

// trees are the texts of each dataset's records: of Graph's types, if there is a reference, of the columns and of the
// fixtures; and in each object one that nobody knows yet.
func trees(datasets schemas.Set, reference, fixtures string) (map[string]*node, error) {
	all := map[string]*node{}
	for _, d := range datasets {
		root := new(node)
		if reference != "" {
			types := entities[d.Name]
			if d.Entity != "" {
				types = map[string]string{"": d.Entity}
				maps.Copy(types, entities[d.Name])
			}
			for path, name := range types {
				w := typeWalk{dir: filepath.Join(reference, "types"), columns: textPaths(d)}
				at := root
				if path != "" {
					at = root.at(path)
				}
				if err := w.walk(at, name, path, nil); err != nil {
					return nil, err
				}
			}
		}
		for _, path := range textPaths(d) {
			if reference == "" || !enumerated(d, path) {
				root.at(path).text = true
			}
		}
		for _, path := range more[d.Name] {
			root.at(path).text = true
		}
		if err := root.addFixtures(filepath.Join(fixtures, d.Name), d); err != nil {
			return nil, err
		}
		root.addUnknown()
		for _, path := range append(fixed(d), notRead[d.Name]...) {
			root.at(path).text = false
		}
		all[d.Name] = root
	}
	return all, nil
}

// unknownMember is a text that nobody knows, in each object.
const unknownMember = "zzAddedByGraph"

// addUnknown gives each object a text that nobody knows.
func (n *node) addUnknown() {
	for _, m := range n.members {
		m.addUnknown()
	}
	if n.elements != nil {
		n.elements.addUnknown()
	}
	if n.members != nil {
		n.into(unknownMember).text = true
	}
}

// addFixtures adds the texts of a dataset's pages that are of no type or column: none are, but for a property that
// somebody wrote down in them and forgot elsewhere.
func (n *node) addFixtures(dir string, d schemas.Dataset) error {
	pages, err := filepath.Glob(filepath.Join(dir, "page-*.json"))
	if err != nil {
		return err
	}
	for _, name := range pages {
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		var page struct{ Value []map[string]any }
		if err := json.Unmarshal(text, &page); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		for _, record := range page.Value {
			n.addValue(record, "", d)
		}
	}
	return nil
}

// addValue adds the texts of a value that no enumeration of a column has.
func (n *node) addValue(v any, at string, d schemas.Dataset) {
	switch v := v.(type) {
	case string:
		n.text = n.text || n.members == nil && n.elements == nil && !enumerated(d, at) && !isInstant(v)
	case []any:
		for _, e := range v {
			if n.members == nil { // or this is one of the mistakes that fixtures have
				n.each().addValue(e, at+"[]", d)
			}
		}
	case map[string]any:
		for name, m := range v {
			if n.elements == nil && !strings.Contains(name, "@") {
				n.into(name).addValue(m, strings.TrimPrefix(at+"."+name, "."), d)
			}
		}
	}
}

func isInstant(text string) bool {
	return len(text) > 10 && text[4] == '-' && text[7] == '-' && text[10] == 'T'
}

// absolute are the paths of a column, without the steps that only tables have.
func absolute(t schemas.Table, c schemas.Column) (all []string) {
	for _, p := range append([]schemas.Path{c.Path}, c.Else...) {
		path := string(p.Absolute(t.Each))
		path = strings.NewReplacer("{}", "", "[0]", "[]").Replace(path)
		if path != "" && !strings.Contains(path, "@odata.") && !strings.HasSuffix(path, "#") && !strings.HasPrefix(path, schemas.Local) {
			all = append(all, path)
		}
	}
	return all
}

// textPaths are the paths at which a column reads one text.
func textPaths(d schemas.Dataset) (all []string) {
	for _, t := range d.Read().Tables {
		for _, c := range t.Columns {
			switch c.Type {
			case schemas.String, schemas.Enum, schemas.LongText, schemas.KeyText:
				all = append(all, absolute(t, c)...)
			}
		}
	}
	return all
}

// enumerated reports whether a column has few values at the path, which then may be words of Graph's: types say which.
func enumerated(d schemas.Dataset, path string) bool {
	for _, t := range d.Read().Tables {
		for _, c := range t.Columns {
			if c.Type == schemas.Enum && slices.Contains(absolute(t, c), path) {
				return true
			}
		}
	}
	return false
}

// fixed are the paths whose texts have a form, without which a record would be another, or none: keys, instants,
// zones, and the form of a body.
func fixed(d schemas.Dataset) (all []string) {
	for _, p := range append(slices.Clone(d.Time), d.Version, d.Changed) {
		if p != "" && !strings.HasPrefix(string(p), schemas.Local) {
			all = append(all, string(p))
		}
	}
	for _, t := range d.Read().Tables {
		for _, c := range t.Columns {
			text := c.Type == schemas.String || c.Type == schemas.Enum || c.Type == schemas.LongText || c.Type == schemas.JSON
			for _, path := range absolute(t, c) {
				if !text || slices.Contains(t.Key, c.Name) {
					all = append(all, path)
				}
				if c.Type == schemas.UTCTime {
					beside, _ := schemas.Path(path).Beside(schemas.ZoneMember)
					all = append(all, string(beside))
				}
			}
		}
	}
	for _, b := range d.Bodies {
		if b.Form == schemas.ItemBody {
			all = append(all, string(b.Path)+".contentType")
		}
	}
	return all
}

// typeWalk adds the properties of Graph's types.
type typeWalk struct {
	dir     string
	columns []string
}

// walk adds the properties of a type, and of those that are derived from it, which may stand in its place.
func (w *typeWalk) walk(n *node, name, at string, above []string) error {
	if slices.Contains(above, name) && at != "replies[]" {
		return nil
	}
	above = append(slices.Clone(above), name)
	names := []string{name}
	for i := 0; i < len(names); i++ {
		text, err := os.ReadFile(filepath.Join(w.dir, names[i]+".tsv"))
		if os.IsNotExist(err) {
			continue // of not all types there is a table
		}
		if err != nil {
			return err
		}
		head, body, _ := strings.Cut(string(text), "\n")
		for field := range strings.SplitSeq(head, "\t") {
			if derived, ok := strings.CutPrefix(field, "derived="); ok && derived != "" && len(above) > 1 {
				names = append(names, strings.Split(derived, ",")...)
			}
		}
		for line := range strings.Lines(body) {
			if f := strings.Split(line, "\t"); len(f) > 5 && f[1] != "edm_type" {
				if err := w.property(n, f, at, above); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// property adds one: name, type, whether null is allowed, kind, where it is declared and the class of its type.
func (w *typeWalk) property(n *node, f []string, at string, above []string) error {
	name, edm := f[0], f[1]
	path := strings.TrimPrefix(at+"."+name, ".")
	elem, many := strings.CutPrefix(edm, "Collection(")
	elem = strings.TrimSuffix(elem, ")")
	if many {
		path += "[]"
	}
	if strings.HasPrefix(f[3], "navigation") && !w.sent(path, name) {
		return nil
	}
	class := f[5]
	if class != "complex" && class != "entity" && elem != "Edm.String" {
		return nil
	}
	to := n.into(name)
	if many {
		to = to.each()
	}
	if elem == "Edm.String" {
		to.text = true
		return nil
	}
	return w.walk(to, strings.TrimPrefix(strings.TrimPrefix(elem, "microsoft."), "graph."), path, above)
}

// sent reports whether a navigation comes with a record: a column reads it, or Graph might send it.
func (w *typeWalk) sent(path, name string) bool {
	return name == "replies" || name == "hostedContents" ||
		slices.ContainsFunc(w.columns, func(c string) bool { return strings.HasPrefix(c, path+".") })
}
