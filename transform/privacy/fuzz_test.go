package privacy_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"

	"graphlake/internal/record"
	"graphlake/schemas"
	"graphlake/transform/privacy"
)

// FuzzScrub holds a scrubber against a second reading of the record: whatever it is given, JSON comes
// out, and of the strings at places that no column calls its own, or that are personal, none.
func FuzzScrub(f *testing.F) {
	users, calls := "users", "call_records"
	f.Add(users, []byte(`{"id":"person 1","displayName":"Ada Byron","otherMails":["ada@adatum.example"],"manager@delta":[{"id":"person 2"}],"x":{"y":["secret"]},"department":"Sales"}`))
	f.Add(users, []byte(`{"id":"person 1","@removed":{"reason":"deleted"},"@graphlake":{"parent":"person 3"}}`))
	f.Add(users, []byte(`{"id":7,"displayName":{"a":"nested"},"\u0069d":"escaped","businessPhones":"+1 425 555"} `))
	f.Add(users, []byte(`{"id":"cut off`))
	f.Add(calls, []byte(fixture(f, calls)[0]))
	f.Add("calendar_events", []byte(`{"id":"1","start":{"dateTime":"2026-11-22T08:00:00","timeZone":"UTC","x":"person 1"},"timeZone":"person 2"}`))
	f.Add(calls, []byte(`{"organizer_v2":{"identity":{"user":{"id":"person 1","tenantId":"tenant"},"robot":{"name":"person 2"}}},"sessions":[[{"id":"x"}],{"caller":"person 3"}]}`))
	f.Fuzz(func(t *testing.T, dataset string, text []byte) {
		d, ok := schemas.BuiltIn().Find(dataset)
		if !ok {
			return
		}
		s, err := privacy.NewScrubber(d, hidden)
		if err != nil {
			t.Fatal(err)
		}
		made := s.Scrub(record.Record{JSON: text})
		scrubbed := made.JSON
		if got, want := rawRow(t, d, made), rawRow(t, d, record.Record{JSON: scrubbed}); got != want {
			t.Fatalf("%s became %s, of which is known\n%s\nwant\n%s", text, scrubbed, got, want)
		}
		if !json.Valid(scrubbed) {
			t.Fatalf("%s became %s, which is no JSON", text, scrubbed)
		}
		open := openPlaces(d)
		secrets, spoken := map[string]bool{}, map[string]bool{}
		var v any
		if json.Unmarshal(text, &v) != nil {
			spoken = nil
		}
		eachString(v, "", func(path, said string) {
			if open(path) {
				spoken[said] = true
			} else {
				secrets[said] = true
			}
		})
		var after any
		if err := json.Unmarshal(scrubbed, &after); err != nil {
			t.Fatal(err)
		}
		eachString(after, "", func(path, said string) {
			if len(said) > 2 && secrets[said] && !spoken[said] {
				t.Errorf("%q, at %s of %s, is still in %s", said, path, text, scrubbed)
			}
		})
		if spoken == nil && !bytes.HasPrefix(scrubbed, []byte(`{"@graphlake":{"unreadable":true,`)) {
			t.Errorf("%s is no JSON, and became %s", text, scrubbed)
		}
	})
}

// openPlaces tells the paths at which a string may stay, as eachString spells them.
func openPlaces(d schemas.Dataset) func(path string) bool {
	personal, named := map[string]bool{}, map[string]bool{}
	var whole []string // all below is open, as far as no column says otherwise
	for _, table := range d.Tables {
		for _, c := range table.Columns {
			for _, p := range append([]schemas.Path{c.Path}, c.Else...) {
				path := strings.ReplaceAll(string(p.Absolute(table.Each)), "[0]", "[]")
				if beside, err := schemas.Path(path).Beside(schemas.ZoneMember); err == nil && c.Type == schemas.UTCTime {
					named[string(beside)] = true
				}
				personal[path] = personal[path] || c.Personal
				named[path] = named[path] || c.Type != schemas.Present && c.Type != schemas.Member
				if c.Type == schemas.JSON {
					whole = append(whole, path)
				}
			}
		}
	}
	for _, p := range append(slices.Clone(d.Time), d.Version) {
		named[string(p)] = true
	}
	return func(path string) bool {
		if strings.HasSuffix(path, "@odata.type") || strings.Contains(path, "@removed") {
			return true
		}
		if named[path] {
			return !personal[path]
		}
		for _, w := range whole {
			if !personal[w] && (strings.HasPrefix(path, w+".") || strings.HasPrefix(path, w+"[")) {
				return true
			}
		}
		return false
	}
}

// eachString visits the strings of a value, and its numbers as they are written.
func eachString(v any, path string, visit func(path, text string)) {
	switch v := v.(type) {
	case string:
		visit(path, v)
	case float64:
		visit(path, strconv.FormatFloat(v, 'f', -1, 64))
	case []any:
		for _, e := range v {
			eachString(e, path+"[]", visit)
		}
	case map[string]any:
		for name, m := range v {
			eachString(m, strings.TrimPrefix(path+"."+name, "."), visit)
		}
	}
}
