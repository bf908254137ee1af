package extract_test

import (
	"strings"
	"testing"

	"graphlake/extract"
	"graphlake/extract/graph"
	"graphlake/schemas"
)

// lines are paged by $skip, a picture a day.
func lines() schemas.Dataset {
	return schemas.Dataset{
		Name: "lines",
		Mode: schemas.Snapshot,
		Source: schemas.Source{
			API: "v1.0", Path: "/lines", Query: []schemas.Param{{Name: "$top", Value: "3"}}, Paging: schemas.Skip, Budget: schemas.Budget{Name: "lines"},
		},
		Tables: keyed("lines"),
	}
}

// A list of which something is removed while it is read is read anew, so that the one that moved is not missed, and nothing
// comes twice. One that never stands still is no list.
func TestSkippedListIsReadAnew(t *testing.T) {
	const before, after, all = `{"id":"a"},{"id":"b"},{"id":"c"}`, `{"id":"b"},{"id":"c"},{"id":"d"}`, `{"value":[` + `{"id":"a"},{"id":"b"},{"id":"c"}` + `]}`
	still := answers{"/v1.0/lines?$top=3": `{"value":[` + after + `]}`, "/v1.0/lines?$top=3&$skip=2": `{"value":[{"id":"d"},{"id":"e"}]}`,
		"/v1.0/lines?$top=3&$skip=3": `{"value":[{"id":"e"}]}`, "/v1.0/lines?$top=3&$skip=4": `{"value":[]}`}
	for _, c := range []struct {
		name string
		to   func(request int, uri string) string
		kind graph.Kind
		want string
	}{
		{"one is removed once", func(n int, uri string) string {
			if n == 1 {
				return `{"value":[` + before + `]}`
			}
			return still.to(uri)
		}, 0, `{"id":"a"} {"id":"b"} {"id":"c"} {"id":"d"} {"id":"e"}`},
		{"one is removed whenever it is read", func(_ int, uri string) string {
			if strings.HasSuffix(uri, "$skip=2") {
				return `{"value":[{"id":"z"}]}`
			}
			return all
		}, graph.Incomplete, ""},
		{"$skip is ignored", func(int, string) string { return all }, graph.Malformed, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := 0
			client, service := serve(t, func(uri string) string { n++; return c.to(n, uri) })
			got, err := collect(t, extract.Read(client, lines(), march1, extract.Options{}))
			if graph.KindOf(err) != c.kind || (err == nil) != (c.kind == 0) {
				t.Fatalf("error %v, want one of the kind %v", err, c.kind)
			}
			if c.kind == 0 {
				want(t, got, strings.Split(c.want, " ")...)
			}
			if n := len(service.inOrder()); n > 10 {
				t.Errorf("%d requests", n)
			}
		})
	}
}

func TestSkippedListIsProbedOnce(t *testing.T) {
	client, service := serve(t, func(string) string { return `{"value":[{"id":"a"}]}` })
	if err := extract.Probe(t.Context(), client, lines(), day("2026-03-02")); err != nil {
		t.Fatal(err)
	}
	want(t, service.inOrder(), "/v1.0/lines?$top=3")
}
