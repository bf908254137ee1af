package graphsim

import (
	"encoding/base64"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A question is a request as the handlers see it.
type question struct {
	root    string // scheme, host and API version
	options url.Values
	prefer  []string
	now     time.Time
	ask     ask
	body    []byte // of a POST
	most    int    // records on a page; 0: as many as Graph gives
	// eventual is set by ConsistencyLevel: eventual, which Graph wants for what it answers from an index.
	eventual bool
}

func (t *Tenant) question(r *http.Request, version string) (*question, error) {
	options, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, badRequest("Error in query syntax.")
	}
	for name, values := range options {
		if len(values) > 1 {
			return nil, badRequest("Query option '%s' was specified more than once, but it must be specified at most once.", name)
		}
	}
	q := &question{root: origin(r) + "/" + version, options: options, now: t.Now().UTC()}
	if r.Method == http.MethodPost {
		if q.body, err = io.ReadAll(io.LimitReader(r.Body, longestBody)); err != nil {
			return nil, badRequest("The request body cannot be read.")
		}
	}
	if t.Sick.Page > 0 {
		q.most = t.Sick.Page
		q.prefer = append(q.prefer, "odata.maxpagesize="+strconv.Itoa(q.most))
	}
	q.eventual = strings.EqualFold(r.Header.Get("ConsistencyLevel"), "eventual")
	for _, header := range r.Header.Values("Prefer") {
		for preference := range strings.SplitSeq(header, ",") {
			q.prefer = append(q.prefer, strings.TrimSpace(preference))
		}
	}
	return q, nil
}

// origin is where a request came to: links lead there too.
func origin(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// allow refuses every query option of OData that is not named. Others, without $, Graph ignores.
func (q *question) allow(names ...string) error {
	for _, name := range slices.Sorted(maps.Keys(q.options)) {
		if strings.HasPrefix(name, "$") && !slices.Contains(names, name) {
			return badRequest("The query parameter '%s' is not supported.", name)
		}
	}
	return nil
}

// unsimulated refuses the query options that Graph answers here and this simulator does not.
func (q *question) unsimulated(names ...string) error {
	for _, name := range names {
		if q.options.Has(name) {
			return refuse(501, "NotImplemented", "This simulator does not answer %s here.", name)
		}
	}
	return nil
}

// size is the page size: Graph's, or a smaller one that the request prefers.
func (q *question) size(most int) int {
	for _, p := range q.prefer {
		if text, ok := strings.CutPrefix(p, "odata.maxpagesize="); ok {
			if n, err := strconv.Atoi(text); err == nil && n > 0 {
				return min(n, most)
			}
		}
	}
	return most
}

// selectFrom reads $select, and refuses a property that the type does not have.
func (q *question) selectFrom(entity string, properties []string) error {
	text, ok := q.options["$select"]
	if !ok {
		return nil
	}
	q.ask.selected = []string{}
	for name := range strings.SplitSeq(text[0], ",") {
		name = strings.TrimSpace(name)
		if !slices.Contains(properties, name) {
			return badRequest("Parsing OData Select and Expand failed: Could not find a property named '%s' on type '%s'.", name, entity)
		}
		q.ask.selected = append(q.ask.selected, name)
	}
	return nil
}

// expandable reads the $expand of a call record. Both expansions in one are shown nowhere in Graph's
// documentation, so they are refused here.
func (q *question) expandable() error {
	switch e := strings.ReplaceAll(q.options.Get("$expand"), " ", ""); e {
	case "":
		if q.options.Has("$expand") {
			return badRequest("Parsing OData Select and Expand failed: the value of $expand is empty.")
		}
	case "sessions":
		q.ask.sessions = true
	case "sessions($expand=segments)":
		q.ask.sessions, q.ask.segments = true, true
	case "participants_v2":
		q.ask.participants = true
	default:
		if strings.Contains(e, "participants_v2") && strings.Contains(e, "sessions") {
			return badRequest("Expanding sessions and participants_v2 in one request is not supported.")
		}
		return badRequest("Parsing OData Select and Expand failed: '%s' cannot be expanded on type 'microsoft.graph.callRecords.callRecord'.", e)
	}
	return nil
}

// link is the address of the same request with one option set.
func (q *question) link(path, option, value string) string {
	var b strings.Builder
	b.WriteString(q.root + "/" + path)
	separator := "?"
	for _, name := range slices.Sorted(maps.Keys(q.options)) {
		if name == option {
			continue
		}
		fmt.Fprintf(&b, "%s%s=%s", separator, name, url.QueryEscape(q.options.Get(name)))
		separator = "&"
	}
	fmt.Fprintf(&b, "%s%s=%s", separator, option, value)
	return b.String()
}

// token hides a place in a collection, as Graph's skip tokens do. Only this tenant takes it back.
func (t *Tenant) token(kind string, position int) string {
	return t.seal(kind, strconv.Itoa(position))
}

func (t *Tenant) position(kind, token string) (int, bool) {
	text, ok := t.unseal(kind, token)
	if !ok {
		return 0, false
	}
	n, err := strconv.Atoi(text)
	return n, err == nil && n >= 0
}

func (t *Tenant) seal(kind, text string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(t.stamp(kind, text) + text))
}

func (t *Tenant) unseal(kind, token string) (string, bool) {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || !sealed.Match(raw) {
		return "", false
	}
	text := string(raw[16:])
	return text, t.stamp(kind, text) == string(raw[:16])
}

// sealed is what a token looks like inside, whoever gave it.
var sealed = regexp.MustCompile(`^[0-9a-f]{16}`)

func (t *Tenant) stamp(kind, text string) string {
	parts := []uint64{t.seed}
	for _, c := range []byte(kind + "\x00" + text) {
		parts = append(parts, uint64(c))
	}
	s := seeded(parts...)
	return fmt.Sprintf("%016x", s.next())
}

func isSealed(token string) bool {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	return err == nil && sealed.Match(raw)
}
