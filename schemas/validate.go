package schemas

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
)

var snake = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)

// longestName is of datasets, tables and columns: Synapse takes 128 characters, and a path of a lake 255 bytes.
const longestName = 100

// named says why a name cannot be one of a dataset, a table or a column.
func named(name string) error {
	switch {
	case !snake.MatchString(name):
		return errors.New("the name is not snake_case")
	case len(name) > longestName:
		return fmt.Errorf("the name has %d characters, want at most %d", len(name), longestName)
	}
	return nil
}

// FaultError is one thing that is wrong with a dataset.
type FaultError struct {
	Dataset string
	// At is where in the value it is, in the spelling of a declaration, as tables[0].columns[2].path. Empty: in
	// the dataset as a whole.
	At  string
	Err error
}

func (f *FaultError) Error() string { return f.Dataset + ": " + f.Err.Error() }

func (f *FaultError) Unwrap() error { return f.Err }

// faults collects what is wrong, and where.
type faults []*FaultError

func (f *faults) add(at, format string, args ...any) {
	*f = append(*f, &FaultError{At: at, Err: fmt.Errorf(format, args...)})
}

// within adds what is wrong with a part, which is called so and stands at a place.
func (f *faults) within(at, called string, inner faults) {
	for _, fault := range inner {
		f.add(strings.Trim(at+"."+fault.At, "."), "%s%w", called, fault.Err)
	}
}

// Validate says everything that is wrong with the dataset: a [FaultError] each, joined.
func (d Dataset) Validate() error {
	found := d.faults()
	errs := make([]error, len(found))
	for i, f := range found {
		f.Dataset = d.Name
		errs[i] = f
	}
	return errors.Join(errs...)
}

func (d Dataset) faults() (f faults) {
	if err := named(d.Name); err != nil {
		f.add("name", "%w", err)
	}
	f.lines("doc", d.Doc)
	for _, need := range []struct {
		at      string
		missing bool
	}{
		{"doc", d.Doc == ""},
		{"permissions", len(d.Permissions) == 0},
		{"source.path", d.Source.Path == ""},
		{"source.api", d.Source.API == ""},
		{"source.budget", d.Source.Budget.Name == ""},
	} {
		if need.missing {
			f.add(need.at, "%s is required, and empty", need.at)
		}
	}
	if d.Mode.String() == "unknown" {
		f.add("mode", "the mode is not one of the five")
	}
	if d.Mode.Pictures() == (len(d.Time) > 0) {
		f.add("time", "mode %v: pictures are dated by the run and have no time, all others have one", d.Mode)
	}
	if (d.Mode == Changes) != (d.Changed != "") {
		f.add("changed", "mode %v: changes, and nothing else, are read by the time of modification", d.Mode)
	}
	if d.Lookback < d.Settle {
		f.add("lookback", "the lookback is shorter than the settle time, so late changes would be lost")
	}
	if d.Lookback <= 0 && (d.Mode == Windowed || d.Mode == Changes) {
		f.add("lookback", "mode %v needs a lookback, or no night would plan a unit", d.Mode)
	}
	if d.Retention > 0 && d.Lookback > d.Retention {
		f.add("retention", "the lookback is longer than the retention, so every night would plan what Graph has forgotten")
	}
	if d.Ahead < 0 || d.Ahead > 0 && d.Mode != Windowed {
		f.add("ahead", "mode %v: what lies ahead of a run is read by the time of the record only", d.Mode)
	}
	f.within("source", "", d.Source.faults())
	f.within("person", "for one person: ", d.personFaults())
	for _, p := range []struct {
		at    string
		paths []Path
	}{{"time", d.Time}, {"changed", []Path{d.Changed}}, {"version", []Path{d.Version}}} {
		for _, path := range p.paths {
			if err := path.single(); err != nil {
				f.add(p.at, "%w", err)
			}
		}
	}
	for i, b := range d.Bodies {
		if err := b.validate(); err != nil {
			f.add(fmt.Sprintf("bodies[%d]", i), "%w", err)
		}
	}
	if len(d.Tables) == 0 || d.Tables[0].Each != "" || d.Tables[0].Computed != 0 {
		f.add("tables", "the first table is the root table, with a row per record, and is read")
		return f
	}
	if key := d.Root().Key; d.Source.Detail != nil && len(key) != 1 {
		f.add("tables[0].key", "the detail is read by {id}, which is one column, but the key of the root table is %v", key)
	} else if d.Source.Detail != nil {
		if c, ok := d.Root().Column(key[0]); ok && !c.Path.isMember() {
			f.add("tables[0].key", "the detail is read by {id}, but %s is no id that the record has", c.Name)
		}
	}
	if w := d.Source.Window; slices.Contains(d.Time, AskedDay) &&
		(d.Mode != Windowed || len(d.Time) > 1 || w.Longest != Day || w.ToIncluded || w.Exclusive || w.Page > 0 || d.Source.Detail != nil) {
		f.add("time", "rows without a time of their own are of the day that was asked for: that takes mode windowed, a longest window of a day whose bounds are as they are asked for, and no detail")
	}
	for i, t := range d.Tables {
		f.within(fmt.Sprintf("tables[%d]", i), "table "+t.Name+": ", slices.Concat(t.faults(), t.computedFaults(), d.marked(t), d.needed(t), t.owned()))
	}
	for i, p := range d.Owner {
		if !slices.ContainsFunc(d.Root().Columns, func(c Column) bool { return c.Personal && (c.Path == p || slices.Contains(c.Else, p)) }) {
			f.add(fmt.Sprintf("owner[%d]", i), "owner %q: no column of the root table reads whose the record is, and is personal", p)
		}
	}
	for i, k := range d.Keys {
		if !slices.ContainsFunc(d.Root().Columns, func(c Column) bool { return c.Personal && c.Path == k.Path }) || i == 0 && (k.Kind != IDKey || !slices.Contains(d.Owner, k.Path)) {
			f.add(fmt.Sprintf("keys[%d]", i), "key %q: no column of the root table that is personal reads it, or it is the first and not the id of whose the record is", k.Path)
		}
	}
	return f
}

// personFaults are those of how the dataset is read for one person.
func (d Dataset) personFaults() (f faults) {
	of, ok := d.OfPerson()
	if !ok {
		return nil
	}
	if len(of.Permissions) == 0 {
		f.add("permissions", "the delegated permissions are required, and empty")
	}
	if d.Mode == Observations && of.Source.Paging != Single {
		f.add("source.paging", "an observation of one person is the answer itself, which is paging Single")
	}
	f.within("source", "", of.Source.faults())
	return f
}

// owned are the faults of what says whose an element is.
func (t Table) owned() (f faults) {
	for i, p := range t.Owner {
		reads := func(c Column) bool { return c.Personal && (c.Path == p || slices.Contains(c.Else, p)) }
		if !strings.HasSuffix(string(t.Each), "[]") || p.FromRecord() || !slices.ContainsFunc(t.Columns, reads) {
			f.add(fmt.Sprintf("owner[%d]", i), "owner %q: the rows are of no list, or no column of them reads whose they are, and is personal", p)
		}
	}
	return f
}

// needed are the faults of marks by which a lake would lose what no record can be without.
func (d Dataset) needed(t Table) (f faults) {
	for i, c := range t.Columns {
		mark := "written"
		if c.Quasi {
			mark = "quasi"
		} else if c.Written == 0 {
			continue
		}
		at := fmt.Sprintf("columns[%d].%s", i, mark)
		if c.Type.NeverNull() || c.Type == Member || c.Type == Digest {
			f.add(at, "column %s: a value of type %v says nothing that could be left out", c.Name, c.Type)
		}
		for _, p := range append([]Path{c.Path}, c.Else...) {
			if p := p.Absolute(t.Each); p == "" || slices.Contains(d.vital(), p) {
				f.add(at, "column %s: without what is at %q a record could not be dated, told from others or read, so it cannot be left out", c.Name, p)
			}
		}
	}
	return f
}

// vital are the paths of values that a record cannot be without: by which it is dated, compared and told apart, and
// which its rows require.
func (d Dataset) vital() []Path {
	paths := slices.Concat(d.Time, d.Owner)
	for _, p := range []Path{d.Changed, d.Version} {
		if p != "" {
			paths = append(paths, p)
		}
	}
	for _, t := range d.Read().Tables {
		for _, c := range t.Columns {
			if t.Requires(c) || slices.Contains(t.Key, c.Name) {
				for _, p := range append([]Path{c.Path}, c.Else...) {
					paths = append(paths, p.Absolute(t.Each))
				}
			}
		}
	}
	return paths
}

// marked are the faults of a column that would be taken for the mark of a record that is gone: views leave out rows by it.
func (d Dataset) marked(t Table) (f faults) {
	for i, c := range t.Columns {
		if d.Marks() && c.Name == RawRemoved && (c.Path.Absolute(t.Each) != "@removed" || c.Type != Present) {
			f.add(fmt.Sprintf("columns[%d].name", i), "column %s says of a record that it is gone, from the path /@removed with the type present; call yours something else", c.Name)
		}
	}
	return f
}

func (s Source) faults() (f faults) {
	fail := func(at, format string, args ...any) { f.add(at, "source: "+format, args...) }
	if s.API != "" && s.API != "v1.0" && s.API != "beta" {
		fail("api", "the API version is %q, want v1.0 or beta", s.API)
	}
	if s.Paging < NextLink || s.Paging > Skip {
		fail("paging", "the paging is none of NextLink, Delta, Single and Skip, so nothing says where the collection ends")
	}
	if s.Paging == Skip && (s.Parent != nil && s.Parent.Batch > 0 || slices.ContainsFunc(s.Query, func(p Param) bool { return strings.EqualFold(p.Name, "$skip") })) {
		fail("paging", "what is paged by $skip is not asked for in batches, and its query has no $skip of its own")
	}
	if s.Paging == Delta && (s.Parent != nil || s.Detail != nil || s.Window.Longest > 0) {
		fail("paging", "a delta is of a whole collection: it has no parents, no detail and no longest window")
	}
	if s.Paging == Single && (s.Detail != nil || s.Window.Longest > 0 || s.Parent != nil && s.Parent.Batch > 0) {
		fail("paging", "an answer that is the record has no detail and no longest window, and is not asked for in batches")
	}
	if p := s.Parent; p != nil && (p.Path == "" || p.Budget.Name == "" || (p.Batch > 0) != strings.Contains(p.Body, "{parents}") ||
		(p.Batch == 0) != strings.Contains(s.Path, "{parent}")) {
		fail("parent", "parents need a path and a budget, and their ids a place: {parent} in the source's path, or {parents} in a body for a batch of them")
	}
	if p := s.Parent; p != nil && p.Single && (p.Of != nil || p.Batch > 0) {
		fail("parent.single", "the one parent that an answer is has no parent, and is not asked for in batches")
	}
	if p := s.Parent; p != nil && p.Of != nil && (p.Of.Of != nil || p.Batch > 0 || p.Of.Path == "" || p.Of.Budget.Name == "" ||
		!strings.Contains(p.Path, "{parent}") || !strings.Contains(s.Path, "{grandparent}")) {
		fail("parent.of", "parents that have a parent need {parent} in their own path and {grandparent} in the source's, and are read one by one; their parent has none")
	}
	if len(s.Between) > 0 && (s.Parent == nil || s.Parent.Batch > 0 || s.Parent.Of != nil || s.Paging != NextLink || s.Window.Page > 0) {
		fail("between", "what lies between a parent and its records takes parents without parents, that are read one by one, and pages that no window is fitted to")
	}
	for i, b := range s.Between {
		f.within(fmt.Sprintf("between[%d]", i), "source: between: ", b.faults())
	}
	if o := s.Own; o != nil && (s.Parent == nil || s.Parent.Batch > 0 || o.Prefix == "" || !o.Path.isMember()) {
		fail("own", "what is a parent's own needs parents that are read one by one, a path of members and a prefix")
	}
	if w := s.Window; w.ToIncluded && w.Longest != 0 && w.Step() <= 0 {
		fail("window.longest", "the longest window is %v, of which an included upper bound takes a day: nothing is left to ask for, and no range would be split", w.Longest)
	}
	if w := s.Window; w.ToLast && (w.ToIncluded || w.Page > 0 || w.Layout == "" || !tellsTicks(w.Layout)) {
		fail("window.to_last", "the last tick of a window is asked for, so its layout has to tell ticks, its end is not included, and it is not fitted to pages")
	}
	if w := s.Window; w.Longest != 0 && (w.Longest < time.Minute || w.Layout != "" && !tells(w.Layout, w.Longest)) {
		fail("window.longest", "the longest window is %v: want at least a minute, and whole days with a layout that tells days alone", w.Longest)
	}
	if w := s.Window; w.Page != 0 && (w.Page < 0 || w.Step() < time.Second || w.Longest%time.Second != 0 || !tellsSeconds(w.Layout)) {
		fail("window.page", "windows that fit a page of %d are cut at whole seconds: that takes a positive page, a longest window of whole seconds and a layout that tells them", w.Page)
	}
	if name, ok := s.Bounded(); ok && s.Window.Layout == "" {
		fail("window.layout", "%s has {from} or {to}, and the window has no layout to write them in", name)
	}
	f.within("", "source: ", s.templates())
	if s.Detail != nil {
		f.within("detail", "source: detail: ", s.Detail.faults())
	}
	return f
}

// templates are the faults of what is filled in.
func (s Source) templates() (f faults) {
	of := []string{"from", "to", "select"}
	if s.Parent != nil && s.Parent.Batch == 0 {
		of = append(of, "parent")
		if s.Parent.Of != nil {
			of = append(of, "grandparent")
		}
	}
	ofRecord := []string{"id"}
	for i, b := range s.Between {
		at := fmt.Sprintf("between[%d]", i)
		its := slices.DeleteFunc(slices.Clone(of), func(name string) bool { return name == "select" })
		f.template(at+".path", b.Path, its)
		f.params(at+".query", b.Query, its)
		f.headers(at+".headers", b.Headers, nil)
		if slices.Contains(append(of, "id"), b.Name) {
			f.add(at+".name", "{%s} stands for something else already", b.Name)
		}
		of, ofRecord = append(of, b.Name), append(ofRecord, b.Name)
	}
	if len(s.Between) > 0 {
		ofRecord = append(ofRecord, "parent")
	}
	f.template("path", s.Path, of)
	f.params("query", s.Query, of)
	f.headers("headers", s.Headers, of)
	at := "parent"
	for p := s.Parent; p != nil; p, at = p.Of, at+".of" {
		var its []string
		if p.Of != nil {
			its = []string{"parent"}
		}
		f.template(at+".path", p.Path, its)
		f.params(at+".query", p.Query, its)
		f.headers(at+".headers", p.Headers, nil)
	}
	if s.Detail == nil {
		return f
	}
	f.template("detail.path", s.Detail.Path, ofRecord)
	for i, q := range s.Detail.Queries {
		f.params(fmt.Sprintf("detail.queries[%d]", i), q, ofRecord)
	}
	ofPart := append(slices.Clone(ofRecord), ofMember)
	if slices.Contains(of, "parent") {
		ofPart = append(ofPart, "parent")
	}
	for i, p := range s.Detail.Parts {
		at := fmt.Sprintf("detail.parts[%d]", i)
		f.template(at+".path", p.Path, ofPart)
		f.params(at+".query", p.Query, ofPart)
		for j, other := range p.Instead {
			at := fmt.Sprintf("%s.instead[%d]", at, j)
			f.template(at+".path", other.Part.Path, ofPart)
			f.params(at+".query", other.Part.Query, ofPart)
		}
	}
	return f
}

var (
	braces     = regexp.MustCompile(`\{([^{}]*)\}`)
	memberName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]*$`)

	plainURL = regexp.MustCompile(`^/[^\s[:cntrl:]?#\\]*$`)
)

// ofMember begins the name of a place for a member of the record.
const ofMember = "record."

// template checks a path below the API version, in which some names in braces stand for values.
func (f *faults) template(at, path string, names []string) {
	if path == "" { // which is said, where one is needed
		return
	}
	if !plainURL.MatchString(path) || climbs(path) || strings.Contains(path, "//") {
		f.add(at, "the path %q is none below the API version: it begins with /, and has no host, no query, no blanks and no way up", path)
	}
	f.placeholders(at, path, names)
}

// climbs reports whether a path leads up, or has escapes that are none.
func climbs(path string) bool {
	plain, err := url.PathUnescape(path)
	if err != nil {
		return true
	}
	parts := strings.Split(plain, "/")
	return slices.Contains(parts, "..") || slices.Contains(parts, ".")
}

// lines checks a doc, which stands in comments of SQL that end with their line.
func (f *faults) lines(at, doc string) {
	if strings.ContainsFunc(doc, unicode.IsControl) {
		f.add(at, "the doc has more than one line, or a control character")
	}
}

// params checks query options or headers.
func (f *faults) params(at string, all []Param, names []string) {
	for _, p := range all {
		if p.Name == "" || strings.ContainsAny(p.Name+p.Value, "\r\n\x00") {
			f.add(at, "%q is no name of an option, or its value has more than one line", p.Name)
		}
		f.placeholders(at+"."+p.Name, p.Value, names)
	}
}

var (
	headerName  = regexp.MustCompile(`^[A-Za-z0-9-]+$`)
	headerValue = regexp.MustCompile(`^[ -~]*$`)
)

// headers checks the headers of a request, besides those that are the client's: whose token it is, and for which host.
func (f *faults) headers(at string, all []Param, names []string) {
	f.params(at, all, names)
	for _, p := range all {
		if !headerName.MatchString(p.Name) || !headerValue.MatchString(p.Value) || slices.Contains([]string{"authorization", "host"}, strings.ToLower(p.Name)) {
			f.add(at+"."+p.Name, "%q is no name of a header that a dataset may say, or its value is not ASCII", p.Name)
		}
	}
}

// placeholders checks that what stands in braces is filled in there.
func (f *faults) placeholders(at, text string, names []string) {
	for _, m := range braces.FindAllStringSubmatch(text, -1) {
		if member, of := strings.CutPrefix(m[1], ofMember); of && slices.Contains(names, ofMember) && memberName.MatchString(member) {
			continue
		}
		if !slices.Contains(names, m[1]) || m[1] == ofMember {
			known := "nothing is"
			if len(names) > 0 {
				known = "there are {" + strings.Join(names, "}, {") + "}"
			}
			f.add(at, "%q: {%s} is not filled in here; %s", text, m[1], known)
		}
	}
	if strings.ContainsAny(braces.ReplaceAllString(text, ""), "{}") {
		f.add(at, "%q: a brace has no other", text)
	}
}

// single says why a path does not lead to one value of a record by members of objects. The empty path leads nowhere.
func (p Path) single() error {
	steps, err := p.Steps()
	if err == nil && slices.ContainsFunc(steps, func(s Step) bool { return s.Kind != Into }) {
		err = fmt.Errorf("path %q has to lead to one value of the record, through no array", p)
	}
	return err
}

// isMember reports whether the path leads to a member through objects only.
func (p Path) isMember() bool { return p != "" && p != "/" && p.single() == nil }

// tellsSeconds says whether a layout tells a second from the next.
func tellsSeconds(layout string) bool {
	var t time.Time
	return t.Format(layout) != t.Add(time.Second).Format(layout)
}

// tellsTicks says whether a layout tells a tick from the next.
func tellsTicks(layout string) bool {
	var t time.Time
	return t.Format(layout) != t.Add(Tick).Format(layout)
}

// tells says whether a layout tells the bounds of windows of a length.
func tells(layout string, longest time.Duration) bool {
	return longest%Day == 0 || tellsSeconds(layout)
}

// Bounded names the first part of the request that holds a bound of the window.
func (s Source) Bounded() (name string, ok bool) {
	parts := slices.Concat([]Param{{"path", s.Path}}, s.Query, s.Headers)
	for _, b := range s.Between {
		parts = slices.Concat(parts, []Param{{b.Name, b.Path}}, b.Query)
	}
	i := slices.IndexFunc(parts, func(p Param) bool {
		return strings.Contains(p.Value, "{from}") || strings.Contains(p.Value, "{to}")
	})
	if i < 0 {
		return "", false
	}
	return parts[i].Name, true
}

func (b Between) faults() (f faults) {
	if named(b.Name) != nil || b.Path == "" || b.Budget.Name == "" {
		f.add("", "a name in snake_case, a path and a budget are required")
	}
	for _, p := range append([]Path{b.ID}, b.Where...) {
		if err := p.single(); err != nil {
			f.add("", "%w", err)
		}
	}
	if b.Around < 0 {
		f.add("around", "no element leads to records of a shorter range")
	}
	return f
}

func (d Detail) faults() (f faults) {
	if d.Path != "" && !strings.Contains(d.Path, "{id}") {
		f.add("path", "the path %q has no {id}, so it leads to no record", d.Path)
	}
	if (d.Path == "") != (len(d.Queries) == 0) || d.Path == "" && len(d.Parts) == 0 {
		f.add("", "without queries or parts no request would be made, and a path goes with queries; one may be empty")
	}
	if d.Path != "" && d.Budget.Name == "" {
		f.add("", "a budget is required, or nothing would pace the requests")
	}
	documents := 0
	for i, p := range d.Parts {
		at := fmt.Sprintf("parts[%d]", i)
		if p.Name == "" || p.Path == "" || p.Budget.Name == "" {
			f.add(at, "part %q: a name, a path and a budget are required", p.Name)
		}
		if p.Form.IsDocument() {
			documents++
		}
		f.within(at, "", p.documentFaults())
	}
	if documents > 1 || documents == 1 && d.Path != "" {
		f.add("parts", "a record has one document at most, and is whole as it is listed but for its parts")
	}
	if err := d.End.single(); err != nil {
		f.add("end", "%w", err)
	}
	return f
}

// documentFaults are those of a part that is a document, or says what only a document has.
func (p Part) documentFaults() (f faults) {
	switch {
	case p.Form > WebVTTUnattributed:
		f.add("form", "part %q: the form is none of those that are read", p.Name)
	case !p.Form.IsDocument() && (p.Accept != "" || len(p.Instead) > 0 || p.NotYet != 0):
		f.add("form", "part %q: only a document has a media type, a part in its place and a time to come", p.Name)
	case p.NotYet < 0:
		f.add("notYet", "part %q: the time until it is gone is negative", p.Name)
	}
	for i, other := range p.Instead {
		if o := other.Part; !o.Form.IsDocument() || o.Path == "" || o.Budget.Name == "" || len(o.Instead) > 0 || o.NotYet != 0 {
			f.add(fmt.Sprintf("instead[%d]", i), "part %q: in its place stands a document with a path and a budget, which has no others", p.Name)
		}
	}
	if !headerValue.MatchString(p.Accept) {
		f.add("accept", "part %q: the media type is not ASCII", p.Name)
	}
	return f
}

func (t Table) faults() (f faults) {
	if err := named(t.Name); t.Name != "" && err != nil {
		f.add("name", "%w", err)
	}
	f.lines("doc", t.Doc)
	if t.Name == "" || t.Doc == "" || len(t.Key) == 0 {
		f.add("", "a snake_case name, a doc and a key are required")
	}
	if _, err := t.Each.Steps(); err != nil || t.Each != "" && !strings.HasSuffix(string(t.Each), "[]") && !strings.HasSuffix(string(t.Each), "{}") {
		f.add("each", "each is %q, want a path that ends with [] or {}", t.Each)
	}
	seen := map[string]bool{}
	for i, c := range t.Columns {
		at := fmt.Sprintf("columns[%d]", i)
		name := strings.ToLower(c.Name)
		if seen[name] || name == "tenant_id" || name == "dt" || name == "dt_month" {
			f.add(at+".name", "column %s is there twice, or is a partition column", c.Name)
		}
		seen[name] = true
		f.within(at, "column "+c.Name+": ", t.faultsOf(c))
	}
	for i, k := range t.Key {
		if _, ok := t.Column(k); !ok {
			f.add(fmt.Sprintf("key[%d]", i), "key column %s has to be there", k)
		}
		if slices.Contains(t.Key[:i], k) {
			f.add(fmt.Sprintf("key[%d]", i), "key column %s is in the key twice", k)
		}
	}
	return f
}

func (t Table) faultsOf(c Column) (f faults) {
	if err := named(c.Name); c.Name != "" && err != nil {
		f.add("name", "%w", err)
	}
	f.lines("doc", c.Doc)
	if c.Name == "" || c.Doc == "" || typeNames[c.Type] == "" {
		f.add("", "a snake_case name, a doc and a type are required")
	}
	if c.Written > Text {
		f.add("written", "the mark is neither title nor text")
	}
	for i, p := range c.Texts {
		if steps, err := p.In("value").Steps(); err != nil {
			f.add(fmt.Sprintf("texts[%d]", i), "%w", err)
		} else if c.Type != JSON || slices.ContainsFunc(steps, func(s Step) bool { return s.Kind != Into && s.Kind != Each }) {
			f.add(fmt.Sprintf("texts[%d]", i), "want a path into a value of type json")
		}
	}
	if c.Personal && !c.Type.Hides() {
		f.add("", "a pseudonym is text, and would not fit the type %v", c.Type)
	}
	if c.Number && (c.Type != String || !c.Personal || c.Written != 0 || c.Quasi || len(c.Else) > 0 || !c.Path.isMember()) {
		f.add("", "a number is a text at one path, and personal and nothing else")
	}
	for i, p := range append([]Path{c.Path}, c.Else...) {
		at := "path"
		if i > 0 {
			at = fmt.Sprintf("else[%d]", i-1)
		}
		if err := t.reaches(p); err != nil {
			f.add(at, "%w", err)
		} else if _, err := p.Absolute(t.Each).Beside(ZoneMember); err != nil && c.Type == UTCTime {
			f.add(at, "%w", err)
		} else if t.depth(p) != t.depth(c.Path) {
			f.add(at, "path %q and %q are in different collections", c.Path, p)
		}
	}
	return f
}

// reaches checks that a path goes into no other collection than those that the table's rows are in:
// there a column would have many values for a row.
func (t Table) reaches(p Path) error {
	steps, err := p.Absolute(t.Each).Steps()
	if err != nil {
		return err
	}
	each, err := t.Each.Steps()
	if err != nil {
		return err
	}
	for i, s := range steps {
		if (s.Kind == Each || s.Kind == Only) && (i >= len(each) || !slices.Equal(steps[:i+1], each[:i+1])) {
			return fmt.Errorf("path %q goes into a collection that the table's rows are not in", p)
		}
	}
	return nil
}

// depth is how many of the collections that the table's rows are in a sound path goes into.
func (t Table) depth(p Path) (n int) {
	steps, _ := p.Absolute(t.Each).Steps()
	for _, s := range steps {
		if s.Kind == Each || s.Kind == Only {
			n++
		}
	}
	return n
}

// Select is the properties of the record that the dataset's columns name, for $select, in the order
// of their first mention.
func (d Dataset) Select() []string {
	var names []string
	for _, t := range d.Read().Tables {
		for _, c := range t.Columns {
			for _, p := range append([]Path{c.Path}, c.Else...) {
				steps, err := p.Absolute(t.Each).Steps()
				if err != nil || len(steps) == 0 || steps[0].Kind != Into || strings.HasPrefix(steps[0].Name, "@") {
					continue
				}
				name, _, _ := strings.Cut(steps[0].Name, "@")
				if !slices.Contains(names, name) {
					names = append(names, name)
				}
			}
		}
	}
	return names
}
