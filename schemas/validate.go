package schemas

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

var snake = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)

// Validate says everything that is wrong with the dataset.
func (d Dataset) Validate() error {
	var errs []error
	fail := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf(d.Name+": "+format, args...))
	}
	if !snake.MatchString(d.Name) {
		fail("the name is not snake_case")
	}
	if d.Doc == "" || len(d.Permissions) == 0 || d.Source.Path == "" || d.Source.API == "" || d.Source.Budget.Name == "" {
		fail("doc, permissions, source path, API version and budget are required")
	}
	if d.Mode.String() == "unknown" {
		fail("the mode is not one of the five")
	}
	if d.Mode.Pictures() == (len(d.Time) > 0) {
		fail("mode %v: pictures are dated by the run and have no time, all others have one", d.Mode)
	}
	if (d.Mode == Changes) != (d.Changed != "") {
		fail("mode %v: changes, and nothing else, are read by the time of modification", d.Mode)
	}
	if d.Lookback < d.Settle {
		fail("the lookback is shorter than the settle time, so late changes would be lost")
	}
	if d.Lookback <= 0 && (d.Mode == Windowed || d.Mode == Changes) {
		fail("mode %v needs a lookback, or no night would plan a unit", d.Mode)
	}
	if d.Ahead < 0 || d.Ahead > 0 && d.Mode != Windowed {
		fail("mode %v: what lies ahead of a run is read by the time of the record only", d.Mode)
	}
	if err := d.Source.validate(); err != nil {
		fail("%w", err)
	}
	for _, p := range append(slices.Clone(d.Time), d.Version) {
		if _, err := p.Steps(); err != nil {
			fail("%w", err)
		}
	}
	for _, b := range d.Bodies {
		if err := b.validate(); err != nil {
			fail("%w", err)
		}
	}
	if len(d.Tables) == 0 || d.Tables[0].Each != "" {
		return errors.Join(append(errs, fmt.Errorf("%s: the first table is the root table, with a row per record", d.Name))...)
	}
	if key := d.Root().Key; d.Source.Detail != nil && len(key) != 1 {
		fail("the detail is read by {id}, which is one column, but the key of the root table is %v", key)
	}
	for _, t := range d.Tables {
		if err := t.validate(); err != nil {
			fail("%w", err)
		}
	}
	return errors.Join(errs...)
}

func (s Source) validate() error {
	var errs []error
	fail := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("source: "+format, args...))
	}
	if s.Paging != NextLink && s.Paging != Delta && s.Paging != Single {
		fail("the paging is none of NextLink, Delta and Single, so nothing says where the collection ends")
	}
	if p := s.Parent; p != nil && (p.Path == "" || p.Budget.Name == "" || (p.Batch > 0) != strings.Contains(p.Body, "{parents}") ||
		(p.Batch == 0) != strings.Contains(s.Path, "{parent}")) {
		fail("parents need a path and a budget, and their ids a place: {parent} in the source's path, or {parents} in a body for a batch of them")
	}
	if p := s.Parent; p != nil && p.Of != nil && (p.Of.Of != nil || p.Batch > 0 || p.Of.Path == "" || p.Of.Budget.Name == "" ||
		!strings.Contains(p.Path, "{parent}") || !strings.Contains(s.Path, "{grandparent}")) {
		fail("parents that have a parent need {parent} in their own path and {grandparent} in the source's, and are read one by one; their parent has none")
	}
	if o := s.Own; o != nil && (s.Parent == nil || s.Parent.Batch > 0 || o.Prefix == "" || !o.Path.isMember()) {
		fail("what is a parent's own needs parents that are read one by one, a path of members and a prefix")
	}
	if w := s.Window; w.ToIncluded && w.Longest != 0 && w.Step() <= 0 {
		fail("the longest window is %v, of which an included upper bound takes a day: nothing is left to ask for, and no range would be split", w.Longest)
	}
	if w := s.Window; w.Page != 0 && (w.Page < 0 || w.Step() < time.Second || w.Longest%time.Second != 0 || !tellsSeconds(w.Layout)) {
		fail("windows that fit a page of %d are cut at whole seconds: that takes a positive page, a longest window of whole seconds and a layout that tells them", w.Page)
	}
	if name, ok := s.bounded(); ok && s.Window.Layout == "" {
		fail("%s has {from} or {to}, and the window has no layout to write them in", name)
	}
	if s.Detail != nil {
		if err := s.Detail.validate(); err != nil {
			fail("%w", err)
		}
	}
	return errors.Join(errs...)
}

// isMember reports whether the path leads to a member through objects only.
func (p Path) isMember() bool {
	steps, err := p.Steps()
	return err == nil && len(steps) > 0 && !slices.ContainsFunc(steps, func(s Step) bool { return s.Kind != Into })
}

// tellsSeconds says whether a layout tells a second from the next.
func tellsSeconds(layout string) bool {
	var t time.Time
	return t.Format(layout) != t.Add(time.Second).Format(layout)
}

// bounded names the first part of the request that holds a bound of the window.
func (s Source) bounded() (name string, ok bool) {
	parts := slices.Concat([]Param{{"path", s.Path}}, s.Query, s.Headers)
	i := slices.IndexFunc(parts, func(p Param) bool {
		return strings.Contains(p.Value, "{from}") || strings.Contains(p.Value, "{to}")
	})
	if i < 0 {
		return "", false
	}
	return parts[i].Name, true
}

func (d Detail) validate() error {
	var errs []error
	if d.Path != "" && !strings.Contains(d.Path, "{id}") {
		errs = append(errs, fmt.Errorf("detail: the path %q has no {id}, so it leads to no record", d.Path))
	}
	if (d.Path == "") != (len(d.Queries) == 0) || d.Path == "" && len(d.Parts) == 0 {
		errs = append(errs, errors.New("detail: without queries or parts no request would be made, and a path goes with queries; one may be empty"))
	}
	if d.Path != "" && d.Budget.Name == "" {
		errs = append(errs, errors.New("detail: a budget is required, or nothing would pace the requests"))
	}
	for _, p := range d.Parts {
		if p.Name == "" || p.Path == "" || p.Budget.Name == "" {
			errs = append(errs, fmt.Errorf("detail: part %q: a name, a path and a budget are required", p.Name))
		}
	}
	if _, err := d.End.Steps(); err != nil {
		errs = append(errs, fmt.Errorf("detail: %w", err))
	}
	return errors.Join(errs...)
}

func (t Table) validate() error {
	var errs []error
	fail := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("table "+t.Name+": "+format, args...))
	}
	if !snake.MatchString(t.Name) || t.Doc == "" || len(t.Key) == 0 {
		fail("a snake_case name, a doc and a key are required")
	}
	if _, err := t.Each.Steps(); err != nil || t.Each != "" && !strings.HasSuffix(string(t.Each), "[]") && !strings.HasSuffix(string(t.Each), "{}") {
		fail("each is %q, want a path that ends with [] or {}", t.Each)
	}
	seen := map[string]bool{}
	for _, c := range t.Columns {
		name := strings.ToLower(c.Name)
		if seen[name] || name == "tenant_id" || name == "dt" {
			fail("column %s is there twice, or is a partition column", c.Name)
		}
		seen[name] = true
		if !snake.MatchString(c.Name) || c.Doc == "" || typeNames[c.Type] == "" {
			fail("column %s: a snake_case name, a doc and a type are required", c.Name)
		}
		if c.Personal && !c.Type.hides() {
			fail("column %s: a pseudonym is text, and would not fit the type %v", c.Name, c.Type)
		}
		for _, p := range append([]Path{c.Path}, c.Else...) {
			if err := t.reaches(p); err != nil {
				fail("column %s: %w", c.Name, err)
			} else if _, err := p.Absolute(t.Each).Beside(ZoneMember); err != nil && c.Type == UTCTime {
				fail("column %s: %w", c.Name, err)
			}
		}
	}
	for _, k := range t.Key {
		if c, ok := t.Column(k); !ok || !c.Required && c.Type != KeyText {
			fail("key column %s has to be there and required", k)
		}
	}
	return errors.Join(errs...)
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

// Select is the properties of the record that the dataset's columns name, for $select, in the order
// of their first mention.
func (d Dataset) Select() []string {
	var names []string
	for _, t := range d.Tables {
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
