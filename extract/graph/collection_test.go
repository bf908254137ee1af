package graph

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// numbered is a Graph with so many pages, the n-th of which is made by page from n and a link to the next.
func numbered(pages int, page func(n int, link string) string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.URL.Query().Get("p"))
		link := ""
		if n+1 < pages {
			link = fmt.Sprintf(`,"@odata.nextLink":"%s/v1.0/users?p=%d"`, endpoint, n+1)
		}
		fmt.Fprint(w, page(n, link))
	}
}

func TestCountedElements(t *testing.T) {
	tests := []struct {
		name   string
		counts []string // of each page, which has two elements
		lacks  string
	}{
		{"none", []string{"", "", ""}, ""},
		{"of the collection", []string{"6", "6", "6"}, ""},
		{"of the collection, on its first page", []string{"6", "", ""}, ""},
		{"of the page", []string{"2", "2", "2"}, ""},
		{"of what is left", []string{"6", "4", "2"}, ""},
		{"fewer", []string{"1", "0", ""}, ""},
		{"one too few", []string{"7", "7", "7"}, "the collection counts 7 elements, and 6 came"},
		{"one too few, on a page", []string{"", `"7"`, ""}, "the collection counts 7 elements, and 6 came"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			graph := numbered(3, func(n int, link string) string {
				if test.counts[n] != "" {
					link += `,"@odata.count":` + test.counts[n]
				}
				return `{"value":[1,2]` + link + `}`
			})
			onClock(t, Options{}, graph, func(t *testing.T, c *Client) {
				got, err := values(t.Context(), c, users)
				if len(got) != 6 || c.Stats().Requests.Load() != 3 {
					t.Errorf("%d values of %d requests, want 6 of 3", len(got), c.Stats().Requests.Load())
				}
				if (err == nil) != (test.lacks == "") || err != nil && (KindOf(err) != Incomplete || !strings.Contains(err.Error(), "GET /v1.0/users: incomplete: "+test.lacks)) {
					t.Errorf("error = %v, want %q", err, test.lacks)
				}
				// The count may be of the pages before, too.
				for _, err := range c.Follow(t.Context(), users, endpoint+"/v1.0/users?p=1") {
					if err != nil {
						t.Errorf("Follow: %v", err)
					}
				}
			})
		})
	}
}

// A last page that counts more than it has, and less than all, was cut off: it is asked for again.
func TestLastPageThatWasCutOff(t *testing.T) {
	for _, c := range []struct {
		name     string
		first    string // what the first page counts
		requests int64
	}{{"by its own count", "", 4}, {"by the count of all, of which one came twice", `,"@odata.count":5`, 3}} {
		t.Run(c.name, func(t *testing.T) {
			asked := 0
			graph := numbered(3, func(n int, link string) string {
				switch n {
				case 0:
					return `{"value":[1,2,3]` + link + c.first + `}`
				case 1:
					return `{"value":[4]` + link + `}`
				}
				if asked++; asked == 1 {
					return `{"value":[5,6,7],"@odata.count":5}`
				}
				return `{"value":[5,6,7,8,9],"@odata.count":5}`
			})
			onClock(t, Options{}, graph, func(t *testing.T, client *Client) {
				_, err := values(t.Context(), client, users)
				if got := client.Stats().Requests.Load(); err != nil || got != c.requests {
					t.Errorf("%d requests (%v), want %d", got, err, c.requests)
				}
			})
		})
	}
}

func TestPagesAreBounded(t *testing.T) {
	empty := func(_ int, link string) string { return `{"value":[]` + link + `}` }
	full := func(n int, link string) string { return fmt.Sprintf(`{"value":[%d]%s}`, n, link) }
	same := func(_ int, link string) string { return full(1, link) }
	turns := func(n int, link string) string { return []func(int, string) string{empty, same}[n%2](n, link) }
	mixed := func(n int, link string) string {
		if n%150 == 149 {
			return full(n, link)
		}
		return empty(n, link)
	}
	for _, test := range []struct {
		name     string
		page     func(int, string) string
		pages    int
		most     int // pages of a collection
		requests int64
		want     string
	}{
		{"the most pages", full, 30, 30, 30, ""},
		{"more pages", full, 31, 30, 30, "the collection does not end: it has more than 30 pages"},
		{"the most empty pages", empty, 201, mostPages, 201, ""},
		{"more empty pages", empty, 300, mostPages, 201, "the collection does not end: the last 201 pages had nothing new"},
		{"the same page", same, 300, mostPages, 202, "the collection does not end: the last 201 pages had nothing new"},
		{"the same page and empty ones", turns, 300, mostPages, 203, "the collection does not end: the last 201 pages had nothing new"},
		{"many empty pages", mixed, 500, mostPages, 500, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			onClock(t, Options{}, numbered(test.pages, test.page), func(t *testing.T, c *Client) {
				c.mostPages = test.most
				_, err := values(t.Context(), c, users)
				if (err == nil) != (test.want == "") || err != nil && (KindOf(err) != Malformed || !strings.Contains(err.Error(), test.want)) {
					t.Errorf("error = %v, want %q", err, test.want)
				}
				if n := c.Stats().Requests.Load(); n != test.requests {
					t.Errorf("%d requests, want %d", n, test.requests)
				}
			})
		})
	}
}

// A link astray and a circle are the service's: no status, and no token in the error.
func TestMalformedNamesTheCollection(t *testing.T) {
	graph := answer(200, `{"value":[1],"@odata.nextLink":"`+endpoint+`/v1.0/users?$skiptoken=s3cret"}`)
	onClock(t, Options{}, graph, func(t *testing.T, c *Client) {
		r := users
		r.Body = []byte("{}")
		_, err := values(t.Context(), c, r)
		e, ok := errors.AsType[*Error](err)
		if !ok || e.Kind != Malformed || e.Status != 0 || e.Method != "POST" || e.URL != "/v1.0/users" || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("error = %+v", e)
		}
	})
}

func TestDeltaLinkIsChecked(t *testing.T) {
	page := func(link string) http.HandlerFunc { return answer(200, `{"value":[1],"@odata.deltaLink":"`+link+`"}`) }
	good := endpoint + "/v1.0/users/delta?$deltatoken=s3cret"
	astray, none := "https://fabrikam.example/delta?$deltatoken=s3cret", endpoint+"/%zz?$deltatoken=s3cret"
	for _, test := range []struct {
		name     string
		graph    http.HandlerFunc
		want     string
		requests int64
	}{
		{"good", page(good), good, 1},
		{"good the next time", script(page(astray), page(good)), good, 2},
		{"astray", page(astray), "", 3},
		{"no URL", page(none), "", 3},
		{"of another collection", page(endpoint + "/v1.0/groups/delta?$deltatoken=s3cret"), "", 1},
		{"of nobody's", page(endpoint + "/me?$deltatoken=s3cret"), "", 1},
		{"without a token", page(endpoint + "/v1.0/users/delta?$top=5"), "", 1},
		{"spelled otherwise", page(strings.Replace(good, "users/delta", "Users('x')/microsoft.graph.delta()", 1)), strings.Replace(good, "users/delta", "Users('x')/microsoft.graph.delta()", 1), 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			var log bytes.Buffer
			o := Options{Log: slog.New(slog.NewTextHandler(&log, nil))}
			onClock(t, o, test.graph, func(t *testing.T, c *Client) {
				pages := 0
				for p, err := range c.Pages(t.Context(), users) {
					if pages++; err != nil || p.DeltaLink != test.want || p.BadDeltaLink != (test.want == "") || len(p.Values) != 1 {
						t.Errorf("page = %+v, %v, want the link %q", p, err, test.want)
					}
				}
				if n := c.Stats().Requests.Load(); n != test.requests || pages != 1 {
					t.Errorf("%d pages of %d requests, want 1 of %d", pages, n, test.requests)
				}
			})
			if warned := strings.Contains(log.String(), "level=WARN"); warned != (test.want == "") || strings.Contains(log.String(), "s3cret") {
				t.Errorf("log = %s", log.String())
			}
		})
	}
}

func TestSpacesInLinks(t *testing.T) {
	var asked []string
	graph := func(w http.ResponseWriter, r *http.Request) {
		if asked = append(asked, r.RequestURI); len(asked) == 1 {
			fmt.Fprintf(w, `{"value":[],"@odata.nextLink":"%s/v1.0/a b?$filter=x eq 'y'&$skiptoken=a+b%%2b;c"}`, endpoint)
			return
		}
		fmt.Fprint(w, `{"value":[]}`)
	}
	onClock(t, Options{}, graph, func(t *testing.T, c *Client) {
		if _, err := values(t.Context(), c, users); err != nil {
			t.Fatal(err)
		}
		for _, err := range c.Resume(t.Context(), users, Relative(endpoint+"/v1.0/delta?$deltatoken=a b'c")) {
			if err != nil {
				t.Error(err)
			}
		}
	})
	want := []string{"/v1.0/users", "/v1.0/a%20b?$filter=x%20eq%20'y'&$skiptoken=a+b%2b;c", "/v1.0/delta?$deltatoken=a%20b'c"}
	if !slices.Equal(asked, want) {
		t.Errorf("asked for %q, want %q", asked, want)
	}
}
