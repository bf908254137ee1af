package graphsim

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A selection is the properties of a user that are wanted.
type selection struct {
	names  []string
	chosen bool // by $select
}

// selectUsers reads a selection of user properties.
func selectUsers(text string, chosen bool) (selection, error) {
	if !chosen {
		return selection{names: ordinary}, nil
	}
	s := selection{chosen: true}
	for name := range strings.SplitSeq(text, ",") {
		name = strings.TrimSpace(name)
		switch {
		case slices.Contains(refusedProperties, name):
			return s, refuse(501, "NotImplemented", "This operation target is not yet supported.")
		case !isUserProperty(name):
			return s, badRequest("Parsing OData Select and Expand failed: Could not find a property named '%s' on type 'microsoft.graph.user'.", name)
		}
		if !s.has(name) {
			s.names = append(s.names, name)
		}
	}
	return s, nil
}

// selectWhole reads a selection outside delta, where the manager is expanded and not selected.
func selectWhole(text string, chosen bool) (selection, error) {
	s, err := selectUsers(text, chosen)
	if err == nil && s.has("manager") {
		err = refuse(501, "NotImplemented", "This simulator answers manager by $expand only.")
	}
	return s, err
}

func (s selection) has(name string) bool { return slices.Contains(s.names, name) }

// text is the selection as a $select says it, empty if there was none.
func (s selection) text() string {
	if !s.chosen {
		return ""
	}
	return strings.Join(s.names, ",")
}

// A userAsk is what a request wants of each user.
type userAsk struct {
	selection
	manager *selection // nil if it is not expanded
}

// withManager has the two forms of $expand that this simulator answers.
var withManager = regexp.MustCompile(`^manager(\(\$select=([^()$;]*)\))?$`)

func (q *question) userAsk() (a userAsk, err error) {
	if a.selection, err = selectWhole(q.options.Get("$select"), q.options.Has("$select")); err != nil {
		return a, err
	}
	if !q.options.Has("$expand") {
		return a, nil
	}
	m := withManager.FindStringSubmatch(q.options.Get("$expand"))
	if m == nil {
		return a, refuse(501, "NotImplemented", "This simulator expands manager only, and knows no option of it but $select.")
	}
	above, err := selectWhole(m[2], m[1] != "")
	a.manager = &above
	return a, err
}

// shape is what an answer's context says of the selection and the expansion.
func (a userAsk) shape() string {
	parts := a.text()
	if a.manager != nil {
		parts = strings.TrimPrefix(parts+",manager("+a.manager.text()+")", ",")
	}
	if parts == "" {
		return ""
	}
	return "(" + parts + ")"
}

// A listAsk is what a request wants of the directory.
type listAsk struct {
	userAsk
	pageAsk
	filter  userFilter
	counted bool
}

// A pageAsk is where a page of the directory begins, and how much there is room for.
type pageAsk struct {
	size, from int
	kind       string // of the skip tokens: each is good for the query that it was given for
}

// pageAsk reads $top and $skiptoken.
func (t *Tenant) pageAsk(q *question, path string) (s pageAsk, err error) {
	if s.size, err = q.top(); err != nil {
		return s, err
	}
	s.kind = q.link(path, "$skiptoken", "")
	if text := q.options.Get("$skiptoken"); text != "" {
		var ok bool
		if s.from, ok = t.position(s.kind, text); !ok {
			return s, badRequest("Skip token is invalid.")
		}
	}
	return s, nil
}

func (t *Tenant) listAsk(q *question) (a listAsk, err error) {
	if err := q.unsimulated("$orderby", "$search"); err != nil {
		return a, err
	}
	if err := q.allow("$select", "$expand", "$filter", "$top", "$count", "$skiptoken"); err != nil {
		return a, err
	}
	if a.userAsk, err = q.userAsk(); err != nil {
		return a, err
	}
	if q.options.Has("$filter") {
		if a.filter, err = parseUserFilter(q.options.Get("$filter")); err != nil {
			return a, err
		}
	}
	if a.counted, err = q.counted(); err != nil {
		return a, err
	}
	a.pageAsk, err = t.pageAsk(q, "users")
	return a, err
}

// mostUsers is the largest page of users that may be asked for.
const mostUsers = 999

// top reads $top, the number of users on a page.
func (q *question) top() (int, error) { return q.topOf(userPage, mostUsers) }

// topOf reads $top, where a page has so many records if it is not there, and so many at most.
func (q *question) topOf(usual, most int) (int, error) {
	if !q.options.Has("$top") {
		return usual, nil
	}
	text := q.options.Get("$top")
	n, err := strconv.Atoi(text)
	switch {
	case err != nil || n < 0:
		return 0, badRequest("Invalid value '%s' for $top query option found. The $top query option requires a non-negative integer value.", text)
	case n < 1 || n > most:
		return 0, refuse(400, "Request_UnsupportedQuery", "Invalid page size specified: '%d'. Must be between 1 and %d inclusive.", n, most)
	}
	if q.most > 0 {
		n = min(n, q.most)
	}
	return n, nil
}

// counted reads $count. Without ConsistencyLevel: eventual Graph ignores it silently, and it counts on
// the first page only.
func (q *question) counted() (bool, error) {
	switch text := q.options.Get("$count"); {
	case text == "true":
		return q.eventual && !q.options.Has("$skiptoken"), nil
	case text != "false" && q.options.Has("$count"):
		return false, badRequest("Invalid value '%s' for $count query option found. Valid values are 'true' or 'false'.", text)
	}
	return false, nil
}
