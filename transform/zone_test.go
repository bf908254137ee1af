package transform

import (
	"maps"
	"testing"

	"graphlake/schemas"
	"graphlake/transform/transformtest"
)

func TestTimesOfZones(t *testing.T) {
	for _, c := range transformtest.OddVisits {
		rows, misfits, errs := readOdd(t, transformtest.Visits.Tables, c.Record)
		if c.Start == "" {
			if errs[0] == nil {
				t.Errorf("%s: got %q, want an error", c.Record, rows)
			}
			continue
		}
		want := "visits: 1 | " + c.Start + " | " + c.End
		if errs[0] != nil || rows[0] != want || !maps.Equal(spelled(misfits), c.Misfits) {
			t.Errorf("%s:\n got %q, %v, %v\nwant %q, %v", c.Record, rows, misfits, errs[0], want, c.Misfits)
		}
		raw, errs := readRows(t, []schemas.Table{schemas.RawTable(transformtest.Visits).Only(schemas.RecordTime)}, c.Record)
		if want := "visits: 1 | " + c.Start; errs[0] != nil || raw[0] != want {
			t.Errorf("raw %s: got %q, %v; want %q", c.Record, raw, errs[0], want)
		}
	}
}

func TestZonesOfElements(t *testing.T) {
	rows, errs := readRows(t, transformtest.Visits.Tables, `{"id":"1","guests":[{"came":{"dateTime":"2026-11-22T08:00:00","timeZone":"Europe/Zurich"}},`+
		`{"came":{"dateTime":"2026-11-22T08:00:00"}},{"came":{"timeZone":"Asia/Tokyo","dateTime":"2026-11-22T08:00:00"}}],`+
		`"start":{"dateTime":"2026-11-22T08:00:00","timeZone":"Asia/Tokyo"}}`)
	for i, came := range []string{"2026-11-22T07:00:00Z", "2026-11-22T08:00:00Z", "2026-11-21T23:00:00Z"} {
		if want := "guests: 1 | " + string(rune('0'+i)) + " | 2026-11-21T23:00:00Z | " + came; errs[0] != nil || rows[1+i] != want {
			t.Errorf("got %q, %v; want %q", rows[1+i], errs[0], want)
		}
	}
}
