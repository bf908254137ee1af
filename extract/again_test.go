package extract_test

import (
	"slices"
	"strings"
	"testing"

	"graphlake/extract"
	"graphlake/extract/graph"
	"graphlake/schemas"
)

// second is how the second page of a list answers, one time after the other.
type second struct {
	name  string
	pages []string
	kind  graph.Kind // of the error, in the end
}

const (
	tokenLost = "410 resyncRequired"
	lastTwo   = `{"value":[{"id":"b"},{"id":"c"}]}`
	lastOne   = `{"value":[{"id":"b"}]}` // of a collection that counts three
)

var seconds = []second{
	{"at once", []string{lastTwo}, 0},
	{"its token is lost once", []string{tokenLost, lastTwo}, 0},
	{"its token is lost three times", []string{tokenLost, tokenLost, tokenLost, lastTwo}, 0},
	{"its token is lost each time", []string{tokenLost, tokenLost, tokenLost, tokenLost}, graph.ExpiredCursor},
	{"it lacks one", []string{lastOne, lastTwo}, 0},
	{"it lacks one each time", []string{lastOne, lastOne}, graph.Incomplete},
	{"its token is lost and it lacks one", []string{tokenLost, lastOne, tokenLost, tokenLost, lastTwo}, 0},
	{"it is refused", []string{"400 Bad"}, graph.Rejected},
}

// A list whose page token runs out, or that lacks what it counts, is read again from its start.
func TestListsBegunAgain(t *testing.T) {
	const first = `{"value":[{"id":"a"}],"@odata.count":3,"@odata.nextLink":"{host}/2"}`
	const ids = `{"id":"a"} {"id":"b"} {"id":"c"}`
	for _, c := range []struct {
		name    string
		dataset schemas.Dataset
		list    string // the URI
		others  answers
		want    string // all records
		behind  string // who is behind if it does not succeed; empty: the reading ends
	}{
		{"a window", logs(schemas.Window{Longest: ninety, Layout: "2006-01-02"}), "/v1.0/logs/get(from=2026-03-01,to=2026-03-02)", nil, ids, ""},
		{"a window of records that are read", calls(), list, answers{
			"/v1.0/calls/a" + sessions: `{"id":"a","sessions":[]}`, "/v1.0/calls/a" + members: `{"id":"a","people":[]}`,
			"/v1.0/calls/b" + sessions: `{"id":"b","sessions":[]}`, "/v1.0/calls/b" + members: `{"id":"b","people":[]}`,
			"/v1.0/calls/c" + sessions: `{"id":"c","sessions":[]}`, "/v1.0/calls/c" + members: `{"id":"c","people":[]}`,
		}, `{"id":"a","sessions":[],"people":[]} {"id":"b","sessions":[],"people":[]} {"id":"c","sessions":[],"people":[]}`, ""},
		{"parents", guests(), "/v1.0/hosts?$select=id", answers{
			"/v1.0/hosts/a" + march1Guests: `{"value":[{"id":"1"}]}`, "/v1.0/hosts/b" + march1Guests: `{"value":[{"id":"2"}]}`,
			"/v1.0/hosts/c" + march1Guests: `{"value":[{"id":"3"}]}`,
		}, `{"id":"1","@graphlake":{"parent":"a"}} {"id":"2","@graphlake":{"parent":"b"}} {"id":"3","@graphlake":{"parent":"c"}}`, ""},
		{"parents of parents", keys(), "/v1.0/hosts/h/rooms?$select=id", answers{
			"/v1.0/hosts?$select=id": `{"value":[{"id":"h"},{"id":"other"}]}`, "/v1.0/hosts/other/rooms?$select=id": `{"value":[{"id":"r"}]}`,
			"/v1.0/hosts/other/rooms/r/keys": `{"value":[]}`,
			"/v1.0/hosts/h/rooms/a/keys":     `{"value":[{"id":"1"}]}`, "/v1.0/hosts/h/rooms/b/keys": `{"value":[]}`, "/v1.0/hosts/h/rooms/c/keys": `{"value":[]}`,
		}, `{"id":"1","@graphlake":{"parent":"a","grandparent":"h"}}`, "h"},
		{"a parent's window", guests(), "/v1.0/hosts/h" + march1Guests, answers{
			"/v1.0/hosts?$select=id": `{"value":[{"id":"h"},{"id":"other"}]}`, "/v1.0/hosts/other" + march1Guests: `{"value":[]}`,
		}, `{"id":"a","@graphlake":{"parent":"h"}} {"id":"b","@graphlake":{"parent":"h"}} {"id":"c","@graphlake":{"parent":"h"}}`, "h"},
	} {
		for _, s := range seconds {
			t.Run(c.name+"/"+s.name, func(t *testing.T) {
				left := slices.Clone(s.pages)
				client, service := serve(t, func(uri string) string {
					switch {
					case uri == c.list:
						return first
					case uri != "/2":
						return c.others[uri]
					case len(left) == 0:
						return "400 TooOften"
					}
					page := left[0]
					left = left[1:]
					return page
				})
				reading := extract.Read(client, c.dataset, march1, extract.Options{})
				got, err := collect(t, reading)
				ends := s.kind
				if c.behind != "" {
					ends = 0
				}
				if graph.KindOf(err) != ends || (err == nil) != (ends == 0) {
					t.Fatalf("error %v, want one of the kind %v", err, ends)
				}
				if s.kind == 0 {
					want(t, slices.Compact(got), strings.Split(c.want, " ")...)
					wantBehind(t, reading)
				} else if b := reading.Behind(); c.behind != "" && (len(b) != 1 || b[0].Parent != c.behind || b[0].Kind != s.kind) {
					t.Errorf("behind: %v", b)
				}
				begun := 0
				for _, uri := range service.inOrder() {
					if uri == c.list {
						begun++
					}
				}
				if begun != len(s.pages) || len(left) > 0 {
					t.Errorf("begun %d times, want %d", begun, len(s.pages))
				}
			})
		}
	}
}
