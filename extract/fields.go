package extract

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"time"

	"graphlake/extract/graph"
	"graphlake/internal/instant"
	"graphlake/internal/record"
	"graphlake/schemas"
)

// fields are the places of what a reading has to know of a listed record or an answer: numbers of values that are
// noted when Graph's answer is read, or nowhere.
type fields struct {
	noted *graph.Fields
	known int // the first so many are those of [record.Paths]

	id, version, end int
	times            []when // the first that is not null counts
	changed          int    // when a record changed last, where ranges are of that
	own              int    // what says that a record is its parent's own
}

// nowhere is a place without a value.
const nowhere = -1

// when is where a time is, and the name of its zone; nowhere: the time says it itself.
type when struct{ at, zone int }

func fieldsOf(ds schemas.Dataset) (f fields, err error) {
	f = fields{noted: new(graph.Fields), id: nowhere, version: nowhere, end: nowhere, changed: nowhere, own: nowhere}
	if len(ds.Tables) > 0 {
		known, err := record.Paths(ds)
		if err != nil {
			return f, err
		}
		for _, names := range known {
			f.noted.Add(names...)
		}
		f.known = len(known)
	}
	for _, p := range ds.Time {
		names, err := namesOf(p)
		if err != nil {
			return f, err
		}
		w := when{f.noted.Add(names...), nowhere}
		if len(ds.Tables) > 0 && ds.TimeType(p) == schemas.UTCTime {
			w.zone = f.noted.Add(append(names[:len(names)-1], schemas.ZoneMember)...)
		}
		f.times = append(f.times, w)
	}
	if own := ds.Source.Own; own != nil {
		if f.own, err = f.add(own.Path); err != nil {
			return f, err
		}
	}
	if f.changed, err = f.add(ds.Changed); err != nil {
		return f, err
	}
	if f.version, err = f.add(ds.Version); err != nil || ds.Source.Detail == nil {
		return f, err
	}
	return f, f.addDetail(ds)
}

func (f *fields) addDetail(ds schemas.Dataset) (err error) {
	if f.end, err = f.add(ds.Source.Detail.End); err != nil {
		return err
	}
	key := ds.Root().Key
	if len(key) != 1 {
		return fmt.Errorf("records are read by their id, but the key has %d columns", len(key))
	}
	column, _ := ds.Root().Column(key[0])
	f.id, err = f.add(column.Path)
	return err
}

func (f *fields) add(p schemas.Path) (int, error) {
	names, err := namesOf(p)
	if err != nil || len(names) == 0 {
		return nowhere, err
	}
	return f.noted.Add(names...), nil
}

// namesOf are the names of the members that lead to a value.
func namesOf(p schemas.Path) ([]string, error) {
	steps, err := p.Steps()
	if err != nil {
		return nil, err
	}
	var names []string
	for _, s := range steps {
		if s.Kind != schemas.Into {
			return nil, fmt.Errorf("path %q has to lead to one value of the record, through no array", p)
		}
		names = append(names, s.Name)
	}
	return names, nil
}

// record is a value that is whole as a record.
func (f fields) record(v *graph.Value) record.Record {
	r := record.Record{JSON: v.JSON}
	if found := v.Found(); found != nil {
		r.Known = found[:f.known]
	}
	return r
}

// time is when a record happened, as far as it says so.
func (f fields) time(v *graph.Value) (time.Time, bool) {
	for _, w := range f.times {
		text := v.Plain(w.at)
		if text == nil {
			continue
		}
		t, ok := instantOf(text)
		if w.zone != nowhere {
			t, ok = instantIn(text, v.Plain(w.zone))
		}
		if ok {
			return t, true
		}
	}
	return time.Time{}, false
}

// instantIn reads a date and time, in the zone that another text names.
func instantIn(text, zone []byte) (time.Time, bool) {
	i, known, ok := instant.In(text, zone)
	return i.Time(), ok && known && !i.IsNone()
}

// asked is the time by which a range asks for a record.
func (f fields) asked(v *graph.Value) (time.Time, bool) {
	if f.changed != nowhere {
		return instantOf(v.Plain(f.changed))
	}
	return f.time(v)
}

// instantOf reads an instant. The year 0001 is how some services say null.
func instantOf(text []byte) (time.Time, bool) {
	i, zoned, ok := instant.Parse(text)
	return i.Time(), ok && zoned && !i.IsNone()
}

// compareVersions says which of two versions comes first: both numbers or both instants, in quotes or without them.
// Neither is compared as text, of which 9 would be higher than 10; what is not of one kind cannot be compared.
func compareVersions(a, b []byte) (order int, ok bool) {
	m, okM := wholeNumber(string(a))
	n, okN := wholeNumber(string(b))
	if okM && okN {
		return cmp.Compare(m, n), true
	}
	s, okS := instantOf(a)
	t, okT := instantOf(b)
	return s.Compare(t), okS && okT
}

// wholeNumber reads an integer, however JSON lets it be written: 4, 4.0 and 4e0 are one.
func wholeNumber(text string) (int64, bool) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, true
	}
	f, err := strconv.ParseFloat(text, 64)
	return int64(f), err == nil && f == math.Trunc(f) && math.Abs(f) < 1<<53
}

// lower says whether version a comes before version b.
func lower(a, b []byte) bool {
	order, ok := compareVersions(a, b)
	return ok && order < 0
}
