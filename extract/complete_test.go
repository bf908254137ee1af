package extract_test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"graphlake/extract"
	"graphlake/extract/graph"
)

// Pages overlap if something was inserted meanwhile: what an earlier page has said of an id is not said again.
// But Graph may give two people one id, of those who joined without a name it knows nothing else, and it
// returns a session twice: what differs stays, and so does what is alike on one page or has no id.
func TestRepeatedPages(t *testing.T) {
	for _, c := range []struct {
		name  string
		pages []string
		want  string
	}{
		{"a page again", []string{`{"id":"a"},{"id":"b"}`, `{"id":"c"}`, `{"id":"c"}`}, `{"id":"a"},{"id":"b"},{"id":"c"}`},
		{"the first page again", []string{`{"id":"a"},{"id":"b"}`, `{"id":"a"},{"id":"b"}`, `{"id":"c"}`}, `{"id":"a"},{"id":"b"},{"id":"c"}`},
		{"again after another", []string{`{"id":"a"}`, `{"id":"b"},{"id":"c"}`, `{"id":"d"}`, `{"id":"b"}, {"id":"c"}`}, `{"id":"a"},{"id":"b"},{"id":"c"},{"id":"d"}`},
		{"again with other annotations", []string{`{"id":"a"}`, `{"@odata.context":"1","id":"b"}`, `{"@odata.context":"2","id":"b"}`}, `{"id":"a"},{"id":"b"}`},
		{"people alike", []string{`{"id":"a"}`, `{"id":"a"},{"id":"a"}`}, `{"id":"a"}`},
		{"people alike on a page", []string{`{"id":"a"},{"id":"a"}`, `{"id":"b"},{"id":"b"}`}, `{"id":"a"},{"id":"a"},{"id":"b"},{"id":"b"}`},
		{"people alike, fewer on the last page", []string{`{"id":"a"},{"id":"a"}`, `{"id":"a"}`}, `{"id":"a"},{"id":"a"}`},
		{"pages that overlap", []string{`{"id":"a"},{"id":"b"}`, `{"id":"b"},{"id":"c"}`, `{"id":"c"},{"id":"a"},{"id":"d"}`}, `{"id":"a"},{"id":"b"},{"id":"c"},{"id":"d"}`},
		{"in another order", []string{`{"id":"a"},{"id":"b"}`, `{"id":"b"},{"id":"a"}`}, `{"id":"a"},{"id":"b"}`},
		{"changed meanwhile", []string{`{"id":"a"}`, `{"id":"a","device":"phone"}`}, `{"id":"a"},{"id":"a","device":"phone"}`},
		{"in other words", []string{`{"id":"a","n":"\u00e9\/","v":1.50}`, `{"v":1.5, "id":"\u0061","n":"é/"}`}, `{"id":"a","n":"\u00e9\/","v":1.50}`},
		{"other numbers", []string{`{"id":"a","n":9007199254740993}`, `{"id":"a","n":9007199254740992}`}, `{"id":"a","n":9007199254740993},{"id":"a","n":9007199254740992}`},
		{"changed and back", []string{`{"id":"a","v":1}`, `{"id":"a","v":2}`, `{"id":"a","v":1}`}, `{"id":"a","v":1},{"id":"a","v":2}`},
		{"without ids", []string{`{"v":1},{"v":2}`, `{"v":2},{"v":3}`, `{"id":null,"v":3},{"id":""}`, `{"id":""}`}, `{"v":1},{"v":2},{"v":2},{"v":3},{"id":null,"v":3},{"id":""},{"id":""}`},
		{"without ids again", []string{`{"v":1},{"v":2}`, `{"v":3}`, `{"v": 1},{"\u0076":2}`}, `{"v":1},{"v":2},{"v":3}`},
		{"empty pages", []string{``, ``, `{"id":"a"}`, ``}, `{"id":"a"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			service := answers{list: listOf("m"), "/v1.0/calls/m" + members: `{"id":"m","people":[]}`}
			for i, page := range c.pages {
				uri, collection := fmt.Sprint("/s", i), "value"
				before, link := "", fmt.Sprintf(`,"@odata.nextLink":"{host}/s%d"`, i+1)
				if i == 0 {
					uri, collection, before = "/v1.0/calls/m"+sessions, "sessions", `"id":"m",`
					link = strings.Replace(link, "@", "sessions@", 1)
				}
				if i == len(c.pages)-1 {
					link = ""
				}
				service[uri] = fmt.Sprintf(`{%s%q:[%s]%s}`, before, collection, page, link)
			}
			client, _ := serve(t, service.to)
			records, err := collect(t, extract.Read(client, calls(), march1, extract.Options{Now: day("2026-03-03")}))
			if err != nil {
				t.Fatal(err)
			}
			want(t, records, `{"id":"m","sessions":[`+c.want+`],"people":[]}`)
		})
	}
}

// The links to a repeated page's children are new, and are not followed again.
func TestRepeatedPageWithChildren(t *testing.T) {
	client, service := serve(t, answers{
		list: listOf("m"),
		"/v1.0/calls/m" + sessions: `{"id":"m","sessions":[{"id":"s1","segments":[1],"segments@odata.nextLink":"{host}/g?token=1"}],` +
			`"sessions@odata.nextLink":"{host}/s2"}`,
		"/g?token=1":              `{"value":[2]}`,
		"/s2":                     `{"value":[{"id":"s1","segments":[1],"segments@odata.nextLink":"{host}/g?token=2"}],"@odata.nextLink":"{host}/s3"}`,
		"/s3":                     `{"value":[{"id":"s2"}]}`,
		"/v1.0/calls/m" + members: `{"id":"m","people":[]}`,
	}.to)
	records, err := collect(t, extract.Read(client, calls(), march1, extract.Options{Now: day("2026-03-03")}))
	if err != nil {
		t.Fatal(err)
	}
	want(t, records, `{"id":"m","sessions":[{"id":"s1","segments":[1,2]},{"id":"s2"}],"people":[]}`)
	if n := len(service.requests()); n != 6 {
		t.Errorf("%d requests, want one for each page", n)
	}
}

// A collection that has fewer elements in the end than Graph has named anywhere is not whole, and its record is
// read again later.
func TestCountedCollections(t *testing.T) {
	page := func(text string) string { return `{"value":[` + text + `}` }
	for _, c := range []struct {
		name, first string
		pages       []string
		lacks       bool
	}{
		{"of all", `"sessions":[{"id":"a"}],"sessions@odata.count":3`, []string{`{"id":"b"},{"id":"c"}]`}, false},
		{"too few", `"sessions":[{"id":"a"}],"sessions@odata.count":4`, []string{`{"id":"b"},{"id":"c"}]`}, true},
		{"too few, in words", `"sessions@odata.count":"4","sessions":[{"id":"a"}]`, []string{`{"id":"b"},{"id":"c"}]`}, true},
		{"the largest of two", `"sessions@odata.count":4,"sessions@count":1,"sessions":[{"id":"a"}]`, []string{`{"id":"b"},{"id":"c"}]`}, true},
		{"of the page", `"sessions":[{"id":"a"}],"sessions@odata.count":1`, []string{`{"id":"b"},{"id":"c"}],"@odata.count":2`}, false},
		{"of what is left", `"sessions":[{"id":"a"}],"sessions@odata.count":3`, []string{`{"id":"b"}],"@odata.count":2`, `{"id":"c"}],"@odata.count":1`}, false},
		{"named later", `"sessions":[{"id":"a"}]`, []string{`{"id":"b"}],"@odata.count":4`, `{"id":"c"}]`}, true},
		{"no array", `"sessions":null,"sessions@odata.count":3`, []string{`{"id":"b"},{"id":"c"}]`}, true},
		{"nothing", `"sessions@odata.count":1`, []string{`]`}, true},
		{"of another", `"sessions":[{"id":"a"}],"others@odata.count":9,"sessions@odata.count":null`, []string{`{"id":"b"}]`}, false},
		{"one inserted that is on no page", `"sessions":[{"id":"a"},{"id":"b"}],"sessions@odata.count":3`, []string{`{"id":"b"},{"id":"c"}],"@odata.count":4`}, true},
		{"deeper", `"sessions":[{"id":"a","segments":[1],"segments@odata.count":3,"segments@odata.nextLink":"{host}/g"}]`, []string{`{"id":"b"}]`}, true},
		{"deeper, on a later page", `"sessions":[{"id":"a"}]`, []string{`{"id":"b","segments":[1],"segments@odata.count":3,"segments@odata.nextLink":"{host}/g"}]`}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			service := answers{
				list: listOf("m", "there"), "/g": `{"value":[2]}`, "/v1.0/calls/m" + members: `{"id":"m","people":[]}`,
				"/v1.0/calls/m" + sessions:     `{"id":"m",` + c.first + `,"sessions@odata.nextLink":"{host}/0"}`,
				"/v1.0/calls/there" + sessions: `{"id":"there","sessions":[]}`,
				"/v1.0/calls/there" + members:  `{"id":"there","people":[]}`,
			}
			for i, text := range c.pages {
				if i < len(c.pages)-1 {
					text += fmt.Sprintf(`,"@odata.nextLink":"{host}/%d"`, i+1)
				}
				service[fmt.Sprint("/", i)] = page(text)
			}
			client, _ := serve(t, service.to)
			reading := extract.Read(client, calls(), march1, extract.Options{Now: day("2026-03-03")})
			records, err := collect(t, reading)
			if err != nil {
				t.Fatal(err)
			}
			if !c.lacks {
				wantBehind(t, reading)
				return
			}
			want(t, records, `{"id":"there","sessions":[],"people":[]}`)
			wantBehind(t, reading, callBehind("m", graph.Incomplete, "incomplete"))
		})
	}
}

// A record whose pages do not end, or whose links lead to links, is behind, and the others are read.
func TestRecordWithoutEnd(t *testing.T) {
	for name, further := range map[string]string{
		"pages": `{"value":[{"id":"N"}],"@odata.nextLink":"{host}/more?N"}`,
		"links": `{"value":[{"id":"N","segments":[],"segments@odata.nextLink":"{host}/more?N"}]}`,
		"bytes": `{"value":[{"id":"N","x":"` + strings.Repeat("a", 4<<20) + `"}],"@odata.nextLink":"{host}/more?N"}`,
	} {
		t.Run(name, func(t *testing.T) {
			var n atomic.Int64
			client, _ := serve(t, func(uri string) string {
				switch uri {
				case list:
					return listOf("m", "w")
				case "/v1.0/calls/w" + sessions, "/v1.0/calls/w" + members:
					return `{"id":"w","people":[],"sessions":[]}`
				case "/v1.0/calls/m" + sessions, "/v1.0/calls/m" + members:
					return `{"id":"m","people":[],"sessions":[],"sessions@odata.nextLink":"{host}/more"}`
				}
				return strings.ReplaceAll(further, "N", fmt.Sprint(n.Add(1)))
			})
			reading := extract.Read(client, calls(), march1, extract.Options{Now: day("2026-03-03")})
			records, err := collect(t, reading)
			if err != nil {
				t.Fatal(err)
			}
			want(t, records, `{"id":"w","people":[],"sessions":[]}`)
		})
	}
}
