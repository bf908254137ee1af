package extract_test

import (
	"fmt"
	"strings"
	"testing"

	"graphlake/extract"
)

// Graph may give two people one id, and of those who joined without a name it knows nothing else. So
// only whole pages are taken for repeated.
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
		{"people alike", []string{`{"id":"a"}`, `{"id":"a"},{"id":"a"}`}, `{"id":"a"},{"id":"a"},{"id":"a"}`},
		{"people alike, fewer on the last page", []string{`{"id":"a"},{"id":"a"}`, `{"id":"a"}`}, `{"id":"a"},{"id":"a"},{"id":"a"}`},
		{"people alike among others", []string{`{"id":"a"},{"id":"b"}`, `{"id":"a"},{"id":"c"}`}, `{"id":"a"},{"id":"b"},{"id":"a"},{"id":"c"}`},
		{"in another order", []string{`{"id":"a"},{"id":"b"}`, `{"id":"b"},{"id":"a"}`}, `{"id":"a"},{"id":"b"},{"id":"b"},{"id":"a"}`},
		{"changed meanwhile", []string{`{"id":"a"}`, `{"id":"a","device":"phone"}`}, `{"id":"a"},{"id":"a","device":"phone"}`},
		{"empty pages", []string{``, ``, `{"id":"a"}`, ``}, `{"id":"a"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			graph := answers{list: listOf("m"), "/v1.0/calls/m" + members: `{"id":"m","people":[]}`}
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
				graph[uri] = fmt.Sprintf(`{%s%q:[%s]%s}`, before, collection, page, link)
			}
			client, _ := serve(t, graph.to)
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
