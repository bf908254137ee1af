package graph

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var numbers = Request{Version: "v1.0", Path: "/numbers", Query: []Param{{"$top", "4"}}, Skip: true}

// skipped is a service that is paged by $skip.
type skipped struct {
	elements []string
	most     int  // on a page, whatever $top says
	ignores  bool // $skip
	counts   int  // names so many elements
	refuses  int  // a $skip from here on; 0: none
	changes  func(s *skipped)
	asked    []string // $skip of each request; "-" for none
}

func of(n int) (list []string) {
	for i := range n {
		list = append(list, fmt.Sprintf(`{"id":"n%d"}`, i))
	}
	return list
}

func (s *skipped) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	at := r.URL.Query().Get("$skip")
	skip, _ := strconv.Atoi(at)
	top, _ := strconv.Atoi(r.URL.Query().Get("$top"))
	if at == "" {
		at = "-"
	}
	if s.asked = append(s.asked, at); s.changes != nil {
		s.changes(s)
	}
	if s.refuses > 0 && skip >= s.refuses {
		answer(400, `{"error":{"code":"BadRequest","message":"$skip is too large."}}`)(w, r)
		return
	}
	if s.ignores {
		skip = 0
	}
	from := min(skip, len(s.elements))
	to := min(from+min(top, max(1, s.most)), len(s.elements))
	count := ""
	if s.counts > 0 {
		count = fmt.Sprintf(`"@odata.count":%d,`, s.counts)
	}
	answer(200, `{`+count+`"value":[`+strings.Join(s.elements[from:to], ",")+`]}`)(w, r)
}

func TestSkippingReadsToTheEnd(t *testing.T) {
	for _, c := range []struct {
		name    string
		service skipped
		asked   string
	}{
		{"nothing", skipped{most: 4}, "-"},
		{"one", skipped{elements: of(1), most: 4}, "- 1"},
		{"two", skipped{elements: of(2), most: 4}, "- 1 2"},
		{"a page but one", skipped{elements: of(3), most: 4}, "- 2 3"},
		{"a full page", skipped{elements: of(4), most: 4}, "- 3 4"},
		{"a page and one", skipped{elements: of(5), most: 4}, "- 3 4 5"},
		{"several", skipped{elements: of(9), most: 4, counts: 9}, "- 3 6 8 9"},
		{"pages that are shorter than asked for", skipped{elements: of(5), most: 3}, "- 2 4 5"},
		{"two on a page", skipped{elements: of(4), most: 2}, "- 1 2 3 4"},
		{"to skip one is refused, and there is one", skipped{elements: of(1), most: 4, refuses: 1}, "- 1"},
		{"to skip all is refused", skipped{elements: of(5), most: 4, refuses: 5}, "- 3 4 5"},
		{"one on a page", skipped{elements: of(3), most: 1}, "- 1 1 2 2 3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := c.service
			onClock(t, Options{}, s.ServeHTTP, func(t *testing.T, client *Client) {
				got, err := values(t.Context(), client, numbers)
				if err != nil || !slices.Equal(got, s.elements) {
					t.Errorf("read %v, %v, want %v", got, err, s.elements)
				}
			})
			if got := strings.Join(s.asked, " "); got != c.asked {
				t.Errorf("asked for $skip %s, want %s", got, c.asked)
			}
		})
	}
}

// Nothing of the following can be read to an end that is one, and none of it goes on for ever or gives an element twice.
func TestSkippingIsNotTrusted(t *testing.T) {
	at := func(request int, do func(s *skipped)) func(*skipped) {
		return func(s *skipped) {
			if len(s.asked) == request {
				do(s)
			}
		}
	}
	for _, c := range []struct {
		name    string
		service skipped
		kind    Kind
		says    string
		most    int // requests
	}{
		{"$skip is ignored", skipped{elements: of(9), most: 4, ignores: true}, Malformed, "its beginning came again for $skip=3", 2},
		{"$skip is ignored, and all is on one page", skipped{elements: of(3), most: 4, ignores: true}, Malformed, "came again for $skip=2", 2},
		{"$skip is ignored, and there is one", skipped{elements: of(1), most: 4, ignores: true}, Malformed, "came again for $skip=1", 2},
		{"one before the place is removed", skipped{elements: of(9), most: 4, changes: at(2, func(s *skipped) { s.elements = s.elements[1:] })}, Incomplete, "another element is at $skip=3", 2},
		{"the last that came is removed", skipped{elements: of(9), most: 4, changes: at(2, func(s *skipped) { s.elements = slices.Delete(s.elements, 3, 4) })}, Incomplete, "another element is at $skip=3", 2},
		{"all are removed", skipped{elements: of(9), most: 4, changes: at(2, func(s *skipped) { s.elements = nil })}, Incomplete, "another element is at $skip=3", 2},
		{"one is added before the place", skipped{elements: of(9), most: 4, changes: at(3, func(s *skipped) { s.elements = append([]string{`{"id":"new"}`}, s.elements...) })}, Incomplete, "another element is at $skip=6", 3},
		{"another order on each page", skipped{elements: of(9), most: 4, changes: at(2, func(s *skipped) { slices.Reverse(s.elements[1:]) })}, Incomplete, "another element is at $skip=3", 2},
		{"$skip has a limit", skipped{elements: of(9), most: 4, refuses: 6}, Rejected, "", 3},
		{"$skip has a limit where a page of one ends", skipped{elements: of(3), most: 1, refuses: 2}, Rejected, "", 4},
		{"fewer than are counted", skipped{elements: of(3), most: 4, counts: 5}, Incomplete, "counts 5 elements, and 3 came", 3},
		{"one is added at the end", skipped{elements: of(3), most: 4, changes: at(3, func(s *skipped) { s.elements = append(s.elements, `{"id":"late"}`) })}, 0, "", 5},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := c.service
			onClock(t, Options{}, s.ServeHTTP, func(t *testing.T, client *Client) {
				got, err := values(t.Context(), client, numbers)
				if c.kind != 0 && (KindOf(err) != c.kind || !strings.Contains(err.Error(), c.says)) {
					t.Errorf("read %v, %v; want the kind %v, and %q", got, err, c.kind, c.says)
				}
				if c.kind == 0 && (err != nil || !slices.Equal(got, s.elements)) {
					t.Errorf("read %v, %v, want %v", got, err, s.elements)
				}
				if slices.Sort(got); len(slices.Compact(slices.Clone(got))) != len(got) {
					t.Errorf("an element came twice: %v", got)
				}
			})
			if len(s.asked) > c.most {
				t.Errorf("asked %v", s.asked)
			}
		})
	}
}

// What changes of an element while the list is read does not make it another one.
func TestSkippingKnowsAnElementByItsID(t *testing.T) {
	s := skipped{elements: of(5), most: 4}
	s.changes = func(s *skipped) { s.elements[3] = fmt.Sprintf(`{"id":"n3","state":%d}`, len(s.asked)) }
	onClock(t, Options{}, s.ServeHTTP, func(t *testing.T, c *Client) {
		if got, err := values(t.Context(), c, numbers); err != nil || len(got) != 5 || got[3] != `{"id":"n3","state":1}` {
			t.Errorf("read %v, %v", got, err)
		}
	})
}

// Ids that are all the same, or none, tell nothing, and all the rest does.
func TestSkippingWithoutIDs(t *testing.T) {
	for _, element := range []string{`{"id":"same","n":%d}`, `{"id":null,"n":%d}`, `{"n":%d}`, `%d`} {
		s := skipped{most: 4}
		for n := range 9 {
			s.elements = append(s.elements, fmt.Sprintf(element, n))
		}
		onClock(t, Options{}, s.ServeHTTP, func(t *testing.T, c *Client) {
			if got, err := values(t.Context(), c, numbers); err != nil || !slices.Equal(got, s.elements) {
				t.Errorf("%s: read %v, %v", element, got, err)
			}
		})
	}
}

// Links lead as soon as there is one.
func TestSkippingFollowsLinks(t *testing.T) {
	for _, c := range []struct {
		name string
		page map[string]string // by its query
		want string            // elements, or the error
	}{
		{"from the first page on", map[string]string{
			"$top=4":       `{"value":[{"id":"a"}],"@odata.nextLink":"` + endpoint + `/v1.0/numbers?$skiptoken=2"}`,
			"$skiptoken=2": `{"value":[{"id":"b"}]}`,
		}, "a b"},
		{"later", map[string]string{
			"$top=4":         `{"value":[{"id":"a"},{"id":"b"}]}`,
			"$top=4&$skip=1": `{"value":[{"id":"b"},{"id":"c"}],"@odata.nextLink":"` + endpoint + `/v1.0/numbers?$top=4&$skip=3"}`,
			"$top=4&$skip=3": `{"value":[{"id":"d"}]}`,
		}, "a b c d"},
		{"in a circle", map[string]string{
			"$top=4":       `{"value":[{"id":"a"}],"@odata.nextLink":"` + endpoint + `/v1.0/numbers?$skiptoken=2"}`,
			"$skiptoken=2": `{"value":[{"id":"b"}],"@odata.nextLink":"` + endpoint + `/v1.0/numbers?$skiptoken=2"}`,
		}, "already read"},
	} {
		t.Run(c.name, func(t *testing.T) {
			graph := func(w http.ResponseWriter, r *http.Request) {
				page := c.page[strings.ReplaceAll(r.URL.RawQuery, "%24", "$")]
				if page == "" {
					t.Errorf("asked for %s", r.URL.RawQuery)
				}
				answer(200, page)(w, r)
			}
			onClock(t, Options{}, graph, func(t *testing.T, client *Client) {
				got, err := values(t.Context(), client, numbers)
				said := fmt.Sprint(err)
				if err == nil {
					said = strings.NewReplacer(`{"id":"`, "", `"}`, "").Replace(strings.Join(got, " "))
				}
				if err == nil && said != c.want || err != nil && !strings.Contains(said, c.want) {
					t.Errorf("%s, want %s", said, c.want)
				}
			})
		})
	}
}
