package extract_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"graphlake/extract"
	"graphlake/internal/record"
	"graphlake/schemas"
)

// Whatever datasets of a run begin with the same list, it is asked for once, in the way that is enough for all of them:
// teams with the header of those that read them, and channels as a whole.
func TestListsAreAskedForOnce(t *testing.T) {
	var mu sync.Mutex
	broken := true
	client, service := serve(t, func(uri string) string {
		mu.Lock()
		defer mu.Unlock()
		switch path, _, _ := strings.Cut(uri, "?"); path {
		case "/v1.0/teams":
			if broken { // the first time: who comes next asks again
				broken = false
				return `{"value":[{"id":7`
			}
			return `{"value":[{"id":"a"},{"id":"b"}]}`
		case "/v1.0/teams/a", "/v1.0/teams/b":
			return `{"id":"` + path[len(path)-1:] + `"}`
		case "/v1.0/teams/a/channels":
			return `{"@odata.count":2,"value":[{"id":"19:1","displayName":"General"},{"id":"19:2"}]}`
		case "/v1.0/teams/a/channels/19:1/members", "/v1.0/teams/a/channels/19%3A1/members":
			return `{"value":[{"id":"m"}]}`
		}
		return `{"value":[]}`
	})
	sets := []schemas.Dataset{schemas.Teams, schemas.ChannelMembers, schemas.ChannelMessages}
	shared := extract.NewShared(sets)
	texts := make([][]string, len(sets))
	var all sync.WaitGroup
	for i, d := range sets {
		all.Go(func() {
			for r, err := range extract.Read(client, d, march1, extract.Options{Now: march1.To, Shared: shared}).Records(t.Context()) {
				if err != nil {
					t.Errorf("%s: %v", d.Name, err)
				}
				texts[i] = append(texts[i], text(r))
			}
			slices.Sort(texts[i])
		})
	}
	all.Wait()
	want(t, texts[0], `{"id":"a","channels":[{"id":"19:1","displayName":"General"},{"id":"19:2"}]}`, `{"id":"b","channels":[]}`)
	want(t, texts[1], `{"id":"m","@graphlake":{"parent":"19:1","grandparent":"a"}}`)
	times := map[string]int{}
	for _, uri := range service.requests() {
		times[uri]++
	}
	for uri, n := range map[string]int{
		"/v1.0/teams?%24select=id": 2, // the broken one, too
		"/v1.0/teams/a/channels":   1, "/v1.0/teams/b/channels": 1,
		"/v1.0/teams/a/channels?%24select=id": 0,
	} {
		if times[uri] != n {
			t.Errorf("%s was asked for %d times, want %d, of %v", uri, times[uri], n, times)
		}
	}
	for _, r := range service.asked {
		if strings.HasSuffix(r.URL.Path, "/channels") && r.Header.Get("Prefer") == "" {
			t.Errorf("%s was asked for without the names of all kinds", r.URL.Path)
		}
	}
}

func text(r record.Record) string { return string(r.JSON) }
