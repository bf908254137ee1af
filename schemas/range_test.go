package schemas

import (
	"slices"
	"testing"
	"time"
)

// clock is a range within one day, in hours.
func clock(from, to int) Range {
	midnight := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	return Range{midnight.Add(time.Duration(from) * time.Hour), midnight.Add(time.Duration(to) * time.Hour)}
}

func TestSubtract(t *testing.T) {
	for name, c := range map[string]struct{ ranges, others, want []Range }{
		"nothing":              {[]Range{clock(1, 5)}, nil, []Range{clock(1, 5)}},
		"the middle":           {[]Range{clock(1, 5)}, []Range{clock(2, 3)}, []Range{clock(1, 2), clock(3, 5)}},
		"both ends":            {[]Range{clock(1, 5)}, []Range{clock(0, 2), clock(4, 9)}, []Range{clock(2, 4)}},
		"all":                  {[]Range{clock(1, 5)}, []Range{clock(1, 5)}, nil},
		"neighbours":           {[]Range{clock(1, 5)}, []Range{clock(0, 1), clock(5, 6)}, []Range{clock(1, 5)}},
		"over two":             {[]Range{clock(1, 3), clock(4, 6)}, []Range{clock(2, 5)}, []Range{clock(1, 2), clock(5, 6)}},
		"of an empty range":    {[]Range{clock(3, 3), clock(5, 4)}, []Range{clock(3, 6)}, nil},
		"an empty range":       {[]Range{clock(1, 5)}, []Range{clock(3, 3)}, []Range{clock(1, 5)}},
		"an empty one of none": {[]Range{clock(3, 3)}, nil, nil},
	} {
		if got := Subtract(c.ranges, c.others...); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}

// Hour by hour, what is left is what the ranges have and the others have not.
func FuzzSubtract(f *testing.F) {
	f.Add([]byte{1, 5, 7, 9}, []byte{2, 3, 8, 20})
	f.Fuzz(func(t *testing.T, ranges, others []byte) {
		read := func(text []byte) (all []Range) {
			for pair := range slices.Chunk(text[:len(text)/2*2], 2) {
				all = append(all, clock(int(pair[0]), int(pair[1])))
			}
			return all
		}
		has := func(all []Range, at time.Time) bool {
			return slices.ContainsFunc(all, func(r Range) bool { return r.Contains(at) })
		}
		from, without := read(ranges), read(others)
		left := Subtract(from, without...)
		for hour := range 256 {
			at := clock(hour, 0).From
			if want := has(from, at) && !has(without, at); has(left, at) != want {
				t.Fatalf("%v without %v is %v: hour %d is in it: %v", from, without, left, hour, !want)
			}
		}
		for _, r := range left {
			if !r.From.Before(r.To) {
				t.Fatalf("%v without %v has the empty range %v", from, without, r)
			}
		}
	})
}

func TestSplitDays(t *testing.T) {
	for _, c := range []struct {
		r    Range
		days int
		want []Range
	}{
		{clock(0, 48), 1, []Range{clock(0, 24), clock(24, 48)}},
		{clock(6, 50), 1, []Range{clock(6, 24), clock(24, 48), clock(48, 50)}},
		{clock(6, 80), 2, []Range{clock(6, 48), clock(48, 80)}},
		{clock(6, 7), 90, []Range{clock(6, 7)}},
		{clock(7, 7), 1, nil},
	} {
		if got := c.r.SplitDays(c.days); !slices.Equal(got, c.want) {
			t.Errorf("%v by %d days: %v, want %v", c.r, c.days, got, c.want)
		}
	}
}
