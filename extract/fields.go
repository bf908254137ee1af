package extract

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"graphlake/internal/instant"
	"graphlake/schemas"
)

// fields is where a listed record or an answer says what a reading has to know of it.
type fields struct {
	id, version, end place
	times            []when // the first that is not null counts
	changed          place  // when a record changed last, where ranges are of that
	own              place  // what says that a record is its parent's own
}

// when is where a time is, and the name of its zone; a nil zone: the time says it itself.
type when struct{ at, zone place }

// place is the names of the members that lead to a value. A nil place leads nowhere.
type place []string

func fieldsOf(ds schemas.Dataset) (f fields, err error) {
	for _, p := range ds.Time {
		at, err := placeOf(p)
		if err != nil {
			return f, err
		}
		w := when{at: at}
		if len(ds.Tables) > 0 && ds.TimeType(p) == schemas.UTCTime {
			w.zone = append(slices.Clone(at[:len(at)-1]), schemas.ZoneMember)
		}
		f.times = append(f.times, w)
	}
	if own := ds.Source.Own; own != nil {
		if f.own, err = placeOf(own.Path); err != nil {
			return f, err
		}
	}
	if f.changed, err = placeOf(ds.Changed); err != nil {
		return f, err
	}
	if f.version, err = placeOf(ds.Version); err != nil || ds.Source.Detail == nil {
		return f, err
	}
	if f.end, err = placeOf(ds.Source.Detail.End); err != nil {
		return f, err
	}
	key := ds.Root().Key
	if len(key) != 1 {
		return f, fmt.Errorf("records are read by their id, but the key has %d columns", len(key))
	}
	column, _ := ds.Root().Column(key[0])
	f.id, err = placeOf(column.Path)
	return f, err
}

func placeOf(p schemas.Path) (place, error) {
	steps, err := p.Steps()
	if err != nil {
		return nil, err
	}
	var at place
	for _, s := range steps {
		if s.Kind != schemas.Into {
			return nil, fmt.Errorf("path %q has to lead to one value of the record, through no array", p)
		}
		at = append(at, s.Name)
	}
	return at, nil
}

// time is when a record happened, as far as it says so.
func (f fields) time(record []byte) (time.Time, bool) {
	for _, w := range f.times {
		value := valueAt(record, w.at)
		if value == nil {
			continue
		}
		t, ok := instantOf(value)
		if w.zone != nil {
			t, ok = instantIn(value, valueAt(record, w.zone))
		}
		if ok {
			return t, true
		}
	}
	return time.Time{}, false
}

// instantIn reads a JSON string with a date and time, in the zone that another string names.
func instantIn(value, zone []byte) (time.Time, bool) {
	i, known, ok := instant.In(plain(value), plain(zone))
	return i.Time(), ok && known && !i.IsNone()
}

// asked is the time by which a range asks for a record.
func (f fields) asked(record []byte) (time.Time, bool) {
	if f.changed != nil {
		return instantOf(valueAt(record, f.changed))
	}
	return f.time(record)
}

// instantOf reads a JSON string with an instant. The year 0001 is how some services say null.
func instantOf(value []byte) (time.Time, bool) {
	i, zoned, ok := instant.Parse(plain(value))
	return i.Time(), ok && zoned && !i.IsNone()
}

// compareVersions says which of two versions comes first: both numbers, also quoted ones, or both
// instants. Neither is compared as text, of which 9 would be the higher than 10; what is not of one
// kind cannot be compared.
func compareVersions(a, b []byte) (order int, ok bool) {
	m, okM := wholeNumber(string(plain(a)))
	n, okN := wholeNumber(string(plain(b)))
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
