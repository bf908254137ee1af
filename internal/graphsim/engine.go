package graphsim

import (
	"cmp"
	"fmt"
	"io"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A collection is what the tenant answers at a path. One of rows, one and text is set; without all of them the tenant says
// that it does not simulate what Graph answers there.
type collection struct {
	version string // v1.0 or beta; default both
	path    string // below it; {} stands for a key. A link says it so, too
	method  string // default GET
	roles   []string
	scopes  []string    // of a person's token; none: it is not for one person
	prices  []price     // what a request takes, besides one of all requests
	sick    target      // what a request is for, as far as it can be sick
	typ     *entityType // of the entities; nil: nothing is known of them, and $select takes any name
	context string      // what an @odata.context says; default: the path
	options string      // of OData that may be set, besides the token of a page
	absent  string      // and those that Graph answers and this simulator does not
	filters string      // what may stand in a $filter, as conditions ask, between commas; "*": anything
	partial bool        // Graph filters by more than this simulator

	page, most int    // entities on a page: without $top, and at most with it; page 0: all on one
	preferred  bool   // the page may be made smaller by Prefer: odata.maxpagesize
	skip       bool   // the links count by $skip, and have no token
	token      string // the option with the token of a link; default $skiptoken
	unlinked   bool   // there are none: whoever wants the next page asks for it by $skip
	count      counting
	delta      bool
	rows       func(*Tenant, *request) (rows, error)
	one        func(*Tenant, *request) (entity, error)
	text       func(*Tenant, *request) (document, error)

	segments []string // of the path
}

// rows are entities, each at its place: a number that stays whatever else comes and goes, and from which on
// the rows can be asked for. A nil entity ends the page: the next one begins with that place.
type rows = iter.Seq2[int, entity]

// A document is an answer that is no JSON.
type document struct {
	mime string
	body []byte
}

// answers says whether the tenant makes what is at the path.
func (c *collection) answers() bool { return c.rows != nil || c.one != nil || c.text != nil }

// An entityType is a type of entities.
type entityType struct {
	name    string                  // in the metadata
	sample  func(*Tenant) entity    // has all members
	usual   string                  // members that come without a $select; empty: all
	more    string                  // navigation properties, that may be selected too
	silent  string                  // and what is set for nobody
	lists   string                  // the same, but lists, and so empty and never null
	refuses func(name string) error // what may not be selected though it is there
	always  string                  // the member that comes whatever is selected
}

// counting says which @odata.count an answer has, and where.
type counting uint8

const (
	countOnDemand counting = iota // of all, if $count is allowed and asked for
	countFirst                    // of the page, and with it the link before the value
	countLast                     // of the page, after the value
)

// A request is what is asked of a collection, read and checked.
type request struct {
	of      *collection
	root    string // scheme, host and version
	path    string // below the root, as links say it
	keys    []string
	options url.Values
	prefer  []string
	accept  string // the header; of a text alone does the answer depend on it
	body    []byte // of a POST
	now     time.Time
	where   []condition

	signedIn bool // a person asks, and no application

	selected []string // in order; nil: everything
	shape    string   // the selection and expansions in the answer's @odata.context

	size    int // 0: there is one page
	most    int // entities on a page of whatever collection; 0: as many as Graph gives
	from    int // the place with which the page begins
	counted bool
	since   time.Time // of a delta: what changed since is asked for; zero: everything
	at      time.Time // of a delta: as of when
}

func (r *request) has(option string) bool   { return r.options.Has(option) }
func (r *request) get(option string) string { return r.options.Get(option) }

// wants says whether a member is selected.
func (r *request) wants(name string) bool {
	return r.selected == nil || slices.Contains(r.selected, name)
}

// expand lets a member through that is not selected but expanded.
func (r *request) expand(name string) {
	if r.selected != nil {
		r.selected = append(r.selected, name)
	}
}

// match finds the collection of a path, and the keys in it.
func (t *Tenant) match(version string, segments []string) (*collection, []string) {
	for i := range t.served {
		c := &t.served[i]
		if keys, ok := matches(c.segments, segments); ok && (c.version == "" || c.version == version) {
			return c, keys
		}
	}
	return nil, nil
}

// Serves reports whether there is an answer at a path of Graph, in which a name in braces stands for any key, as at
// /v1.0/users/{id}/events.
func (t *Tenant) Serves(path string) bool {
	version, rest, _ := strings.Cut(strings.Trim(inBraces.ReplaceAllString(path, "x"), "/"), "/")
	c, _ := t.match(version, strings.Split(rest, "/"))
	return c != nil && c.answers()
}

// serving is the collections with the segments of their paths, ready to be matched.
func serving(lists ...[]collection) []collection {
	all := slices.Concat(lists...)
	for i := range all {
		all[i].segments = strings.Split(strings.ReplaceAll(all[i].path, "('{}')", "/{}"), "/")
	}
	return all
}

// matches compares a path with a template of one. A key is a segment, or what stands in parentheses in one.
func matches(template, segments []string) (keys []string, ok bool) {
	if len(template) != len(segments) {
		return nil, false
	}
	for i, segment := range segments {
		before, after, keyed := strings.Cut(template[i], "{}")
		switch rest, fits := strings.CutPrefix(operation(segment), before); {
		case !keyed && operation(segment) == template[i]:
		case keyed && before == "" && segment != "" && !strings.Contains(segment, "("):
			keys = append(keys, segment)
		case keyed && before != "" && fits && strings.HasSuffix(rest, after):
			keys = append(keys, strings.TrimSuffix(rest, after))
		default:
			return nil, false
		}
	}
	return keys, true
}

// A path that nothing answers.
func unknownSegment(segments []string) error {
	return badRequest("Resource not found for the segment '%s'.", segments[len(segments)-1])
}

// operation is the name of a function of Graph's, which a client may write in several ways.
func operation(segment string) string {
	segment = strings.TrimPrefix(strings.TrimPrefix(segment, "microsoft.graph."), "callRecords.")
	return strings.TrimSuffix(segment, "()")
}

// serve answers a request for a collection or for one entity.
func (t *Tenant) serve(w *writer, r *request) error {
	if r.of.text != nil {
		d, err := r.of.text(t, r)
		w.mime, w.b = d.mime, append(w.b, d.body...)
		return err
	}
	if r.of.one != nil {
		e, err := r.of.one(t, r)
		if err != nil {
			return err
		}
		w.entity(append(entity{"@odata.context", r.metadata()}, r.chosen(e)...))
		return nil
	}
	all, err := r.of.rows(t, r)
	if err != nil {
		return err
	}
	page, next := r.cut(all)
	doc, link := entity{"@odata.context", r.metadata()}, r.link(t, next)
	if r.counted {
		n, err := t.countAll(r)
		if err != nil {
			return err
		}
		doc = append(doc, "@odata.count", n)
	}
	switch r.of.count {
	case countFirst:
		doc = append(append(append(doc, "@odata.count", len(page)), link...), "value", page)
	case countLast:
		doc = append(append(doc, "value", page, "@odata.count", len(page)), link...)
	default:
		doc = append(append(doc, "value", page), link...)
	}
	w.entity(doc)
	return nil
}

// countAll is how many entities there are on all pages.
func (t *Tenant) countAll(r *request) (n int, err error) {
	whole := *r
	whole.from, whole.options = 0, maps.Clone(r.options)
	whole.options.Del("$skip")
	all, err := r.of.rows(t, &whole)
	if err != nil {
		return 0, err
	}
	for _, e := range all {
		if e.holds(r.where) {
			n++
		}
	}
	return n, nil
}

// cut takes the entities of a page, and finds the place with which the next one begins; -1 if there is none.
func (r *request) cut(all rows) (page []entity, next int) {
	page = make([]entity, 0, min(r.size, 64))
	for at, e := range all {
		switch {
		case e == nil:
			return page, at
		case !e.holds(r.where):
		case r.size > 0 && len(page) == r.size:
			return page, at
		default:
			page = append(page, r.chosen(e))
		}
	}
	return page, -1
}

// chosen is an entity as far as it is selected.
func (r *request) chosen(e entity) entity {
	if r.of.delta {
		e = e.known()
	}
	if r.selected == nil {
		return e
	}
	if r.of.typ == nil || r.of.delta {
		return e.pick(r.selected)
	}
	return r.of.typ.whole(e, r.selected)
}

// whole is an entity with the named members, null where one was never set.
func (e *entityType) whole(of entity, names []string) entity {
	some := of.pick(names)
	if e.silent == "" && e.lists == "" {
		return some
	}
	for _, name := range names {
		if slices.Contains(strings.Fields(e.lists), name) {
			some = append(some, name, []string{})
		} else if slices.Contains(strings.Fields(e.silent), name) {
			some = append(some, name, nil)
		}
	}
	return some
}

// metadata is what the answer's @odata.context says: what is answered, with the selection and expansions.
func (r *request) metadata() string {
	path, end := r.of.context, ""
	switch {
	case path != "":
	case r.of.one != nil && strings.HasSuffix(r.of.path, "/{}"):
		path, end = strings.TrimSuffix(r.of.path, "/{}"), "/$entity"
	default:
		path = strings.ReplaceAll(strings.TrimSuffix(r.of.path, "/delta"), "/{}", "('{}')")
		end = either(r.of.one != nil, "/$entity", "")
	}
	return r.root + "/$metadata#" + r.filled(path) + r.shape + end
}

// filled is a path with the request's keys.
func (r *request) filled(path string) string {
	for _, key := range r.keys {
		if before, _, _ := strings.Cut(path, "{}"); strings.HasSuffix(before, "(") {
			key = strings.ReplaceAll(key, " ", "%20") // of the arguments of a function
		} else {
			key = url.PathEscape(key)
		}
		path = strings.Replace(path, "{}", key, 1)
	}
	return path
}

// link is the member with the link to the next page, or to the next changes; nothing if there is none.
func (r *request) link(t *Tenant, next int) entity {
	switch {
	case r.of.delta:
		return t.deltaLinks(r, next)
	case next < 0 || r.of.unlinked:
		return nil
	case r.of.skip:
		return entity{"@odata.nextLink", r.root + "/" + r.with("$skip", strconv.Itoa(next))}
	}
	option := r.tokenOption()
	return entity{"@odata.nextLink", r.root + "/" + r.with(option, t.token(r.with(option, ""), next))}
}

// tokenOption is the option with the token of a link.
func (r *request) tokenOption() string { return cmp.Or(r.of.token, "$skiptoken") }

// with is the path of the same request with one option set.
func (r *request) with(option, value string) string {
	var b strings.Builder
	b.WriteString(r.path)
	separator := "?"
	for _, name := range slices.Sorted(maps.Keys(r.options)) {
		if name == option {
			continue
		}
		fmt.Fprintf(&b, "%s%s=%s", separator, name, url.QueryEscape(r.get(name)))
		separator = "&"
	}
	fmt.Fprintf(&b, "%s%s=%s", separator, option, value)
	return b.String()
}

// longestBody is how many bytes of a request are read.
const longestBody = 1 << 20

// read reads a request for a collection, and refuses what Graph refuses.
func (t *Tenant) read(h *http.Request, version string, of *collection, keys []string) (*request, error) {
	options, err := url.ParseQuery(h.URL.RawQuery)
	if err != nil {
		return nil, badRequest("Error in query syntax.")
	}
	for name, values := range options {
		if len(values) > 1 {
			return nil, badRequest("Query option '%s' was specified more than once, but it must be specified at most once.", name)
		}
	}
	r := &request{of: of, root: origin(h) + "/" + version, keys: keys, options: options, now: t.Now().UTC(), accept: h.Header.Get("Accept")}
	r.path = r.filled(of.path)
	if h.Method == http.MethodPost {
		if r.body, err = io.ReadAll(io.LimitReader(h.Body, longestBody)); err != nil {
			return nil, badRequest("The request body cannot be read.")
		}
	}
	r.prefer = t.preferences(h)
	if t.Sick.Page > 0 {
		r.most = t.Sick.Page
	}
	if err := r.allowed(); err != nil {
		return nil, err
	}
	if err := r.readSelect(t, r.get("$select"), r.has("$select")); err != nil {
		return nil, err
	}
	if err := r.readFilter(t); err != nil {
		return nil, err
	}
	if err := r.readCount(h); err != nil {
		return nil, err
	}
	return r, r.readPage(t)
}

// preferences are what the client would like, in the words of Prefer.
func (t *Tenant) preferences(h *http.Request) (list []string) {
	if t.Sick.Page > 0 {
		list = append(list, "odata.maxpagesize="+strconv.Itoa(t.Sick.Page))
	}
	for _, header := range h.Header.Values("Prefer") {
		for preference := range strings.SplitSeq(header, ",") {
			list = append(list, strings.TrimSpace(preference))
		}
	}
	return list
}

// allowed refuses every query option of OData that may not be set. Others, without $, Graph ignores.
func (r *request) allowed() error {
	known := strings.Fields(r.of.options)
	if r.of.delta {
		known = append(known, "$deltatoken", "$deltaToken")
	}
	if r.of.skip {
		known = append(known, "$skip")
	} else if r.of.page > 0 {
		known = append(known, r.tokenOption())
	}
	for _, name := range slices.Sorted(maps.Keys(r.options)) {
		switch {
		case slices.Contains(strings.Fields(r.of.absent), name):
			return refuse(501, "NotImplemented", "This simulator does not answer %s here.", name)
		case strings.HasPrefix(name, "$") && !slices.Contains(known, name):
			return badRequest("The query parameter '%s' is not supported.", name)
		}
	}
	return nil
}

// readSelect reads a $select, which in a delta is part of its token from the second page on.
func (r *request) readSelect(t *Tenant, text string, chosen bool) (err error) {
	k := r.of.typ
	if !chosen {
		if k != nil && k.usual != "" {
			r.selected = strings.Fields(k.usual)
		}
		return nil
	}
	if r.selected, err = k.choose(t, text); err != nil {
		return err
	}
	if r.of.delta && !slices.Contains(r.selected, "id") {
		r.selected = append(r.selected, "id")
	}
	r.shape = "(" + strings.Join(r.selected, ",") + ")"
	if k != nil && k.always != "" {
		r.selected = append(r.selected, k.always)
	}
	return nil
}

// choose reads a selection, and refuses a property that the kind does not have.
func (e *entityType) choose(t *Tenant, text string) (names []string, err error) {
	for name := range strings.SplitSeq(text, ",") {
		name = strings.TrimSpace(name)
		if e != nil {
			if err := e.has(t, name); err != nil {
				return nil, err
			}
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names, nil
}

// has refuses a property that may not be selected.
func (e *entityType) has(t *Tenant, name string) error {
	if e.refuses != nil {
		if err := e.refuses(name); err != nil {
			return err
		}
	}
	if e.knows(t, name) {
		return nil
	}
	return badRequest("Parsing OData Select and Expand failed: Could not find a property named '%s' on type '%s'.", name, e.name)
}

func (e *entityType) knows(t *Tenant, name string) bool {
	_, there := e.sample(t).get(name)
	return there || slices.Contains(strings.Fields(e.more+" "+e.silent+" "+e.lists), name)
}

// beyondFilters is what Graph knows in a $filter, and parseFilter does not.
var beyondFilters = regexp.MustCompile(`\(|^not | or `)

func (r *request) readFilter(t *Tenant) (err error) {
	if !r.has("$filter") || r.of.filters == "" {
		return nil
	}
	only := refuse(501, "NotImplemented", "This simulator filters here by %s only.", r.of.filters)
	if r.where, err = parseFilter(r.get("$filter")); err != nil && r.of.partial && beyondFilters.MatchString(r.get("$filter")) {
		return only
	} else if err != nil {
		return err
	}
	for i := range r.where {
		c := &r.where[i]
		name, _, _ := strings.Cut(c.name, "/")
		ask, asks := c.ask(), strings.Split(r.of.filters, ", ")
		switch {
		case r.of.filters == "*":
		case slices.Contains(asks, ask) && c.fits(r.of.typ.sample(t)):
		case slices.Contains(asks, ask):
			return badRequest("Invalid filter clause: A binary operator with incompatible types was detected: '%s' and the literal %s.", c.name, c.value)
		case r.of.typ != nil && !r.of.typ.knows(t, name):
			return badRequest("Invalid filter clause: Could not find a property named '%s' on type '%s'.", name, r.of.typ.name)
		case r.of.partial:
			return only
		default:
			return badRequest("Invalid filter clause: the operator '%s' is not supported for '%s'.", c.op, c.name)
		}
	}
	return nil
}

// readCount reads $count. Without ConsistencyLevel: eventual Graph ignores it silently, and it counts on
// the first page only.
func (r *request) readCount(h *http.Request) error {
	switch text := r.get("$count"); {
	case text == "true":
		r.counted = strings.EqualFold(h.Header.Get("ConsistencyLevel"), "eventual") && !r.has("$skiptoken")
	case text != "false" && r.has("$count"):
		return badRequest("Invalid value '%s' for $count query option found. Valid values are 'true' or 'false'.", text)
	}
	return nil
}

// readPage reads where a page begins, and how much there is room for.
func (r *request) readPage(t *Tenant) (err error) {
	r.size = r.of.page
	if r.has("$top") {
		if r.size, err = r.number("$top"); err != nil {
			return err
		}
		if r.size < 1 || r.size > r.of.most {
			code := either(r.of.skip, "ErrorInvalidParameter", "Request_UnsupportedQuery")
			return refuse(400, code, "Invalid page size specified: '%d'. Must be between 1 and %d inclusive.", r.size, r.of.most)
		}
	}
	if r.most > 0 && (r.has("$top") || r.of.skip && r.of.most > 0) {
		r.size = min(r.size, r.most)
	}
	for _, p := range r.prefer {
		if text, ok := strings.CutPrefix(p, "odata.maxpagesize="); ok && r.of.preferred {
			if n, err := strconv.Atoi(text); err == nil && n > 0 {
				r.size = min(n, r.of.page)
				break
			}
		}
	}
	if r.of.delta {
		return t.readDelta(r)
	}
	if r.of.skip && r.has("$skip") {
		r.from, err = r.number("$skip")
		return err
	}
	option := r.tokenOption()
	if text := r.get(option); text != "" {
		var ok bool
		if r.from, ok = t.position(r.with(option, ""), text); !ok {
			return badRequest("Skip token is invalid.")
		}
	}
	return nil
}

// number reads an option that is a number of entities.
func (r *request) number(option string) (int, error) {
	n, err := strconv.Atoi(r.get(option))
	if err != nil || n < 0 {
		return 0, badRequest("Invalid value '%s' for %s query option found. The %[2]s query option requires a non-negative integer value.", r.get(option), option)
	}
	return n, nil
}

// below is what a collection answers of the parent that the first key of its path names.
func below[P, A any](find func(*Tenant, string, time.Time) (P, error), of func(*Tenant, *request, P) A) func(*Tenant, *request) (A, error) {
	return func(t *Tenant, r *request) (answer A, err error) {
		parent, err := find(t, r.keys[0], r.now)
		if err != nil {
			return answer, err
		}
		return of(t, r, parent), nil
	}
}

// from are the entities of all that comes at a place.
func from[T any](all iter.Seq2[int, T], one func(T) entity) rows {
	return func(yield func(int, entity) bool) {
		for at, v := range all {
			if !yield(at, one(v)) {
				return
			}
		}
	}
}

// listed are the rows of a list, each at its index.
func listed[T any](r *request, all []T, one func(T) entity) rows {
	return from(func(yield func(int, T) bool) {
		for i := r.from; i < len(all) && yield(i, all[i]); i++ {
		}
	}, one)
}

// origin is where a request came to: links lead there too.
func origin(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}
