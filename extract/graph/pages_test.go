package graph

import (
	"compress/gzip"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

var users = Request{Version: "v1.0", Path: "/users"}

func TestPagesReadToTheEnd(t *testing.T) {
	pages := map[string]string{
		"":      `{"value":[1.50,"é"],"@odata.nextLink":"` + endpoint + `/v1.0/users?$skiptoken=two"}`,
		"two":   `{"@odata.nextLink":"` + endpoint + `/v1.0/users?$skiptoken=three","value":[]}`,
		"three": `{"@odata.nextLink":null,"value":[ {"id": "x"} ],"@odata.deltaLink":"` + endpoint + `/v1.0/users/delta?$deltatoken=d"}`,
	}
	graph := func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Accept-Encoding") != "gzip" {
			t.Errorf("Accept-Encoding = %q", r.Header.Get("Accept-Encoding"))
		}
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		fmt.Fprint(z, pages[r.URL.Query().Get("$skiptoken")])
		z.Close()
	}
	onClock(t, Options{}, graph, func(t *testing.T, c *Client) {
		var got []string
		var sizes []int
		var delta string
		for page, err := range c.Pages(t.Context(), users) {
			if err != nil {
				t.Fatal(err)
			}
			sizes, delta = append(sizes, len(page.Values)), page.DeltaLink
			for _, v := range page.Values {
				got = append(got, string(v.JSON))
			}
		}
		if want := []string{`1.50`, `"é"`, `{"id": "x"}`}; !slices.Equal(got, want) {
			t.Errorf("values = %q, want %q", got, want)
		}
		if !slices.Equal(sizes, []int{2, 0, 1}) {
			t.Errorf("page sizes = %v, want 2 0 1", sizes)
		}
		if want := endpoint + "/v1.0/users/delta?$deltatoken=d"; delta != want {
			t.Errorf("delta link = %q, want %q", delta, want)
		}
		if n := c.Stats().Requests.Load(); n != 3 {
			t.Errorf("%d requests, want 3", n)
		}
	})
}

func TestRequestIsEncoded(t *testing.T) {
	var got []string
	graph := func(w http.ResponseWriter, r *http.Request) {
		got = append(got, r.Method+" "+r.RequestURI)
		fmt.Fprint(w, `{"value":[]}`)
	}
	onClock(t, Options{}, graph, func(t *testing.T, c *Client) {
		_, err := values(t.Context(), c, Request{
			Version: "beta",
			Path:    "/users/{id}/log(from={from})",
			Params:  map[string]string{"id": "a/b c", "from": "2026-11-01"},
			Query:   []Param{{"$filter", "t ge 2026-11-01T00:00:00Z and n eq 'a&b+c'"}, {"$expand", "s($expand=x)"}, {"startDateTime", "1"}},
		})
		if err != nil {
			t.Fatal(err)
		}
	})
	want := "GET /beta/users/a%2Fb%20c/log(from=2026-11-01)" +
		"?%24filter=t%20ge%202026-11-01T00%3A00%3A00Z%20and%20n%20eq%20%27a%26b%2Bc%27&%24expand=s%28%24expand%3Dx%29&startDateTime=1"
	if !slices.Equal(got, []string{want}) {
		t.Errorf("requests = %q\nwant %q", got, want)
	}
}

func TestHeadersAreSentWithEveryPage(t *testing.T) {
	var ids []string
	check := func(body string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			for name, want := range map[string]string{
				"Prefer":           "include-unknown-enum-members",
				"Consistencylevel": "eventual",
				"Authorization":    "Bearer t0ken-of-contoso",
				"Accept":           "application/json",
			} {
				if got := r.Header.Values(name); !slices.Equal(got, []string{want}) {
					t.Errorf("page %d: %s = %q, want %q", len(ids)+1, name, got, want)
				}
			}
			ids = append(ids, r.Header.Get("client-request-id"))
			fmt.Fprint(w, body)
		}
	}
	graph := script(check(`{"value":[],"@odata.nextLink":"`+endpoint+`/v1.0/users?p=2"}`), check(`{"value":[]}`))
	r := users
	r.Headers = []Param{{"Prefer", "include-unknown-enum-members"}, {"ConsistencyLevel", "eventual"}}
	onClock(t, Options{}, graph, func(t *testing.T, c *Client) {
		if _, err := values(t.Context(), c, r); err != nil {
			t.Fatal(err)
		}
	})
	if len(ids) != 2 || ids[0] == "" || ids[0] == ids[1] {
		t.Errorf("client-request-ids = %q, want two different ones", ids)
	}
}

func TestLinksThatAreNotFollowed(t *testing.T) {
	tests := []struct{ name, link, want string }{
		{"another host", "https://graph.fabrikam.example/v1.0/users?$skiptoken=s3cret", "a link to https://graph.fabrikam.example is not followed"},
		{"another port", "http://127.0.0.1:9/v1.0/users", "a link to http://127.0.0.1:9 is not followed"},
		{"another scheme", "https://127.0.0.1:8443/v1.0/users", "a link to https://127.0.0.1:8443 is not followed"},
		{"a user", "http://eve@127.0.0.1:8443/v1.0/users", "is not followed"},
		{"no host", "/v1.0/users?$skiptoken=s3cret", "is not followed"},
		{"no URL", "http://127.0.0.1:8443/%zz?$skiptoken=s3cret", "the link is no URL"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			graph := answer(200, `{"value":[1],"@odata.nextLink":"`+test.link+`"}`)
			onClock(t, Options{}, graph, func(t *testing.T, c *Client) {
				got, err := values(t.Context(), c, users)
				if KindOf(err) != Malformed || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "s3cret") {
					t.Errorf("error = %v, want %q", err, test.want)
				}
				if len(got) != 1 || c.Stats().Requests.Load() != 3 {
					t.Errorf("%d values of %d requests, want the first page's one of three", len(got), c.Stats().Requests.Load())
				}
				for _, err := range c.Follow(t.Context(), users, test.link) {
					if KindOf(err) != Malformed {
						t.Errorf("Follow: error = %v", err)
					}
				}
			})
		})
	}
}

// A page is asked for again if its link leads astray, and is there once.
func TestLinksThatAreRightTheNextTime(t *testing.T) {
	page := func(n, link string) http.HandlerFunc {
		return answer(200, `{"value":[`+n+`],"@odata.nextLink":"`+link+`"}`)
	}
	first, second := endpoint+"/v1.0/users?p=1", endpoint+"/v1.0/users?p=2"
	graph := script(
		page("0", "https://graph.fabrikam.example/v1.0/users"), page("0", first),
		page("1", first), page("1", "https://graph.fabrikam.example/v1.0/users"), page("1", second),
		answer(200, `{"value":[2]}`))
	onClock(t, Options{}, graph, func(t *testing.T, c *Client) {
		got, err := values(t.Context(), c, users)
		if want := []string{"0", "1", "2"}; err != nil || !slices.Equal(got, want) {
			t.Errorf("values = %v (%v), want %v", got, err, want)
		}
	})
}

func TestEndlessPagesEnd(t *testing.T) {
	link := func(n string) http.HandlerFunc {
		return answer(200, `{"value":[`+n+`],"@odata.nextLink":"`+endpoint+`/v1.0/users?p=`+n+`"}`)
	}
	onClock(t, Options{}, script(link("1"), link("2"), link("1")), func(t *testing.T, c *Client) {
		got, err := values(t.Context(), c, users)
		if KindOf(err) != Malformed || !strings.Contains(err.Error(), "already read") {
			t.Errorf("error = %v, want one about a page already read", err)
		}
		if want := []string{"1", "2", "1"}; !slices.Equal(got, want) {
			t.Errorf("values = %v, want %v", got, want)
		}
	})
}

func TestFollowGoesOn(t *testing.T) {
	graph := func(w http.ResponseWriter, r *http.Request) { fmt.Fprintf(w, `{"value":[%q]}`, r.RequestURI) }
	onClock(t, Options{}, graph, func(t *testing.T, c *Client) {
		link := endpoint + "/v1.0/users/delta?$deltatoken=aB%2b3'x"
		for page, err := range c.Follow(t.Context(), users, link) {
			if err != nil {
				t.Fatal(err)
			}
			// Byte by byte what Graph gave.
			if want := `"/v1.0/users/delta?$deltatoken=aB%2b3'x"`; string(page.Values[0].JSON) != want {
				t.Errorf("asked for %s, want %s", page.Values[0].JSON, want)
			}
		}
	})
}

func TestReadingStopsWithItsReader(t *testing.T) {
	graph := answer(200, `{"value":[1],"@odata.nextLink":"`+endpoint+`/v1.0/users?p=2"}`)
	onClock(t, Options{}, graph, func(t *testing.T, c *Client) {
		for range c.Pages(t.Context(), users) {
			break
		}
		if n := c.Stats().Requests.Load(); n != 1 {
			t.Errorf("%d requests, want 1", n)
		}
	})
}

func TestGet(t *testing.T) {
	object := `{"id":"7","duration":"PT1S"}`
	onClock(t, Options{}, answer(200, object), func(t *testing.T, c *Client) {
		var n Counter
		got, err := c.Get(WithCounter(t.Context(), &n), Request{Version: "v1.0", Path: "/things/{id}", Params: map[string]string{"id": "7"}})
		if err != nil || string(got.JSON) != object {
			t.Errorf("Get = %s, %v", got.JSON, err)
		}
		if n.Requests.Load() != 1 || n.BytesRead.Load() != 28 || c.Stats().BytesRead.Load() != 28 {
			t.Errorf("counted %d requests, %d and %d bytes, want 1, 28, 28", n.Requests.Load(), n.BytesRead.Load(), c.Stats().BytesRead.Load())
		}
		// A template variable without a value would ask for all things.
		_, err = c.Get(t.Context(), Request{Version: "v1.0", Path: "/things/{id}"})
		if KindOf(err) != Rejected || !strings.Contains(err.Error(), "{id}") {
			t.Errorf("without id: error = %v", err)
		}
	})
}
