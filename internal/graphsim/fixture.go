package graphsim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"regexp"
	"strings"
)

// A Fixture is a collection of Graph that the tenant does not make: it answers with pages that were recorded
// or written by hand, paged anew, whole or as far as $select, $filter, $top and $skip ask for it. A fixture
// goes before what the tenant would answer at its path. It throttles as one application does and no more.
type Fixture struct {
	// Method and Path are what is answered: GET if it is empty, and a path of Graph in which a name in braces
	// stands for any key, as /v1.0/users/{id}/licenseDetails or /beta/reports/getUsage(period='{period}').
	// Without a version it is answered in both.
	Method, Path string
	Roles        []string // of which the token must hold one; nil: any token will do
	// Pages are JSON documents: each with its entities in an array "value", in the order of the pages, or one
	// that is the entity itself. A name of the path in braces within them stands for the key that was asked for.
	Pages [][]byte
}

var inBraces = regexp.MustCompile(`\{(\w+)\}`)

// Check says what is wrong with a fixture, which New does not take then.
func (f *Fixture) Check() error {
	_, err := f.collection()
	return err
}

// collection is what the engine serves of a fixture. A page is as long as the longest that was given.
func (f *Fixture) collection() (c collection, err error) {
	c = collection{
		path: strings.Trim(f.Path, "/"), method: f.Method, roles: f.Roles, most: 999, filters: "*",
		options: "$select $filter $top $skip $count $expand $orderby",
	}
	if version, rest, _ := strings.Cut(c.path, "/"); version == "v1.0" || version == "beta" {
		c.version, c.path = version, rest
	}
	var names []string
	for _, m := range inBraces.FindAllStringSubmatch(c.path, -1) {
		names = append(names, m[1])
	}
	c.path = inBraces.ReplaceAllString(c.path, "{}")
	if c.path == "" || strings.Contains(strings.ReplaceAll(c.path, "{}", ""), "{") || len(f.Pages) == 0 {
		return c, fmt.Errorf("fixture %q: want a path as /v1.0/users/{id}/licenseDetails, and pages", f.Path)
	}
	var all [][]byte
	for i, page := range f.Pages {
		doc := parseEntity(page)
		list, paged := doc.get("value")
		elements, isList := plainValue(list).([]json.RawMessage)
		switch {
		case doc == nil || !json.Valid(page):
			return c, fmt.Errorf("fixture %s: page %d is no JSON object", f.Path, i+1)
		case paged && isList:
			c.page = max(c.page, len(elements))
			for _, one := range elements {
				if parseEntity(one) == nil {
					return c, fmt.Errorf("fixture %s: page %d has an element that is no object", f.Path, i+1)
				}
				all = append(all, one)
			}
		case paged || len(f.Pages) > 1:
			return c, fmt.Errorf("fixture %s: page %d has no array \"value\"", f.Path, i+1)
		default:
			doc.remove("@odata.context")
			var w writer
			w.entity(doc)
			c.one = func(_ *Tenant, r *request) (entity, error) { return parseEntity(filled(w.b, names, r.keys)), nil }
			return c, nil
		}
	}
	c.page = max(c.page, 1)
	c.delta = strings.HasSuffix("/"+c.path, "/delta")
	c.rows = func(_ *Tenant, r *request) (rows, error) { return recorded(all, names, r), nil }
	return c, nil
}

// recorded are the entities of a fixture. Of what changed since it was read it knows nothing.
func recorded(all [][]byte, names []string, r *request) iter.Seq2[int, entity] {
	skip := 0
	if r.has("$skip") && r.from == 0 {
		skip, _ = r.number("$skip") // what is no number skips nothing
	}
	return func(yield func(int, entity) bool) {
		for at := r.from; at < len(all) && r.since.IsZero(); at++ {
			e := parseEntity(filled(all[at], names, r.keys))
			if skip > 0 && e.holds(r.where) {
				skip--
			} else if !yield(at, e) {
				return
			}
		}
	}
}

// filled is JSON in which the keys stand for their names.
func filled(text []byte, names, keys []string) []byte {
	for i, name := range names {
		quoted, _ := json.Marshal(keys[i]) // a text always can be
		text = bytes.ReplaceAll(text, []byte("{"+name+"}"), bytes.Trim(quoted, `"`))
	}
	return text
}
