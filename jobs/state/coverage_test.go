package state

import (
	"slices"
	"testing"
	"time"

	"graphlake/schemas"
)

// Hour by hour, a part takes the place of what was known, unless it says less; and to make neighbours
// one changes nothing that anybody asks for.
func FuzzCoverage(f *testing.F) {
	f.Add([]byte{0, 24, 0, 1, 24, 24, 0, 2, 12, 24, 3, 3, 30, 5, 1, 200}, byte(20), byte(1))
	f.Add([]byte{0, 24, 0, 30, 24, 24, 1, 60, 48, 24, 0, 90, 72, 24, 5, 91, 90, 24, 5, 92}, byte(24), byte(2))
	outcomes := []Outcome{Data, Empty, NotYet, Expired, Forbidden, Failed}
	f.Fuzz(func(t *testing.T, steps []byte, settle, request byte) {
		d := schemas.Dataset{Name: "calls", Mode: schemas.Windowed, Settle: time.Duration(settle) * time.Hour, Lookback: 30 * time.Hour}
		asked := []Asked{{Request: int64(request)}}
		at := func(hour int) time.Time { return midnight(1).Add(time.Duration(hour) * time.Hour) }
		var all Coverage
		var oracle [512]Covered
		for step := range slices.Chunk(steps[:len(steps)/4*4], 4) {
			from, length := int(step[0]), 1+int(step[1])
			c := Covered{
				From: at(from), To: at(from + length), Outcome: outcomes[int(step[2])%len(outcomes)],
				Read: at(int(step[3])), Request: int64(step[3] % 5), Records: int64(length),
			}
			if c.Outcome == NotYet {
				c.NotYet = 1
			}
			all = all.With(c)
			for hour := from; hour < from+length; hour++ {
				if c.Held() || !oracle[hour].Held() {
					oracle[hour] = c
				}
			}
			known(t, all)
			for hour, want := range oracle {
				if got := find(all, at(hour)); got.Outcome != want.Outcome || !got.Read.Equal(want.Read) || got.Request != want.Request {
					t.Fatalf("hour %d is %+v, want %+v", hour, got, want)
				}
			}
		}
		var newest time.Time
		for _, c := range all {
			newest = schemas.Later(newest, c.Read.Truncate(schemas.Day))
		}
		settled := all.Settled(d, asked, newest)
		known(t, settled)
		for hour := range oracle {
			was, is := find(all, at(hour)), find(settled, at(hour))
			same := was.Held() == is.Held() && was.NotYet == is.NotYet && (was.Held() || was.Outcome == is.Outcome) &&
				was.Final(d.Settle) == is.Final(d.Settle) && was.Read.Before(newest) == is.Read.Before(newest) &&
				(was.Request >= asked[0].Request) == (is.Request >= asked[0].Request)
			if !same {
				t.Fatalf("hour %d was %+v and is %+v", hour, was, is)
			}
		}
		if got, want := records(settled), records(all); got != want || !settled.End().Equal(all.End()) {
			t.Fatalf("%d records up to %v, want %d up to %v", got, settled.End(), want, all.End())
		}
		if again := settled.Settled(d, asked, newest); !slices.Equal(again, settled) {
			t.Fatalf("settled again: %+v, want %+v", again, settled)
		}
	})
}

// find is the part in which an instant lies.
func find(all Coverage, at time.Time) Covered {
	for _, c := range all {
		if c.Range().Contains(at) {
			return c
		}
	}
	return Covered{}
}

func records(all Coverage) (n int64) {
	for _, c := range all {
		n += c.Records
	}
	return n
}

// What is cut off a part takes its share of the records along.
func TestCutRecords(t *testing.T) {
	var all Coverage
	all = all.With(Covered{From: midnight(1), To: midnight(11), Outcome: Data, Records: 1000})
	all = all.With(Covered{From: midnight(4), To: midnight(5), Outcome: Data, Records: 70})
	if len(all) != 3 || all[0].Records != 300 || all[1].Records != 70 || all[2].Records != 600 {
		t.Errorf("%+v", all)
	}
}

// A picture holds all records, so that of the newest stays apart, whatever failed since; older ones are one.
func TestNewestPictureStaysApart(t *testing.T) {
	var all Coverage
	for i, c := range []Covered{{Outcome: Data, Records: 7}, {Outcome: Data, Records: 9}, {Outcome: Data, Records: 8}, {Outcome: Forbidden}, {Outcome: Forbidden}} {
		c.From, c.To, c.Read = midnight(16+i), midnight(17+i), midnight(16+i).Add(2*time.Hour)
		all = all.With(c).Settled(schemas.Users, nil, c.Read.Truncate(schemas.Day))
	}
	if len(all) < 3 || all[0].Records != 16 || all[1].Records != 8 {
		t.Errorf("%+v, want 16 records in two days, and the 8 of the newest", all)
	}
}

// known checks that coverage is in order and without overlap.
func known(t *testing.T, all Coverage) {
	t.Helper()
	for i, c := range all {
		if !c.From.Before(c.To) || i > 0 && c.From.Before(all[i-1].To) {
			t.Fatalf("the coverage is out of order at %v: %+v", c.Range(), all)
		}
	}
}

func midnight(day int) time.Time { return time.Date(2026, 11, day, 0, 0, 0, 0, time.UTC) }
