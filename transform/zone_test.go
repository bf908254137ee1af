package transform

import (
	"maps"
	"testing"

	"graphlake/schemas"
)

// visits have times of a dateTimeTimeZone, in an object and in those of a list.
var visits = schemas.Dataset{Name: "visits", Time: []schemas.Path{"start.dateTime"}, Tables: []schemas.Table{
	{Name: "visits", Key: []string{"visit_id"}, Columns: []schemas.Column{
		{Name: "visit_id", Path: "id", Type: schemas.String, Required: true},
		{Name: "start_time", Path: "start.dateTime", Type: schemas.UTCTime, Required: true},
		{Name: "end_time", Path: "end.dateTime", Type: schemas.UTCTime},
	}},
	{Name: "guests", Each: "guests[]", Key: []string{"visit_id", "guest_index"}, Columns: []schemas.Column{
		{Name: "visit_id", Path: "/id", Type: schemas.String, Required: true},
		{Name: "guest_index", Path: "#", Type: schemas.Int32, Required: true},
		{Name: "visit_start_time", Path: "/start.dateTime", Type: schemas.UTCTime, Required: true},
		{Name: "came_time", Path: "came.dateTime", Type: schemas.UTCTime},
	}},
}}

func TestTimesOfZones(t *testing.T) {
	const unknown = "the time zone beside it is not known"
	for _, c := range []struct {
		record, start, end string // a start that is empty: the record is refused
		misfits            map[Misfit]int64
	}{
		{
			record: `{"id":"1","start":{"dateTime":"2026-11-22T08:00:00","timeZone":"W. Europe Standard Time"},"end":{"timeZone":"India Standard Time","dateTime":"2026-11-22T16:00:00"}}`,
			start:  "2026-11-22T07:00:00Z", end: "2026-11-22T10:30:00Z",
		},
		{
			record: `{"start":{"x":{"timeZone":"Europe/Athens"},"dateTime":"2026-11-22T08:00:00","time\u005aone":"Europe\/Zurich"},"end":{"dateTime":"2026-11-22T16:00:00"},"id":"1"}`,
			start:  "2026-11-22T07:00:00Z", end: "2026-11-22T16:00:00Z",
		},
		{
			record: `{"id":"1","start":{"dateTime":"2026-11-22T08:00:00Z","timeZone":"nowhere"},"end":{"dateTime":"2026-11-22T16:00:00","timeZone":null}}`,
			start:  "2026-11-22T08:00:00Z", end: "2026-11-22T16:00:00Z",
		},
		{
			record: `{"id":"1","start":{"dateTime":"2026-11-22T08:00:00","timeZone":""},"end":{"dateTime":"2026-11-22T16:00:00","timeZone":"nowhere"}}`,
			start:  "2026-11-22T08:00:00Z", end: null,
			misfits: map[Misfit]int64{{"visits", "end_time", "end.dateTime", unknown}: 1},
		},
		{
			record: `{"id":"1","start":{"dateTime":"2026-11-22T08:00:00","timeZone":"UTC"},"end":{"dateTime":"2026-11-22T16:00:00","timeZone":7}}`,
			start:  "2026-11-22T08:00:00Z", end: null,
			misfits: map[Misfit]int64{{"visits", "end_time", "end.dateTime", unknown}: 1},
		},
		{record: `{"id":"1","start":{"dateTime":"2026-11-22T08:00:00","timeZone":"nowhere"}}`},
		{record: `{"id":"1","start":{"timeZone":"UTC","dateTime":"2026-11-22T08:00:00","timeZone":"Europe/Zurich"}}`},
	} {
		rows, misfits, errs := readOdd(t, visits.Tables, c.record)
		if c.start == "" {
			if errs[0] == nil {
				t.Errorf("%s: got %q, want an error", c.record, rows)
			}
			continue
		}
		want := "visits: 1 | " + c.start + " | " + c.end
		if errs[0] != nil || rows[0] != want || !maps.Equal(misfits, c.misfits) {
			t.Errorf("%s:\n got %q, %v, %v\nwant %q, %v", c.record, rows, misfits, errs[0], want, c.misfits)
		}
		raw, errs := readRows(t, []schemas.Table{schemas.RawTable(visits).Only(schemas.RecordTime)}, c.record)
		if want := "visits: 1 | " + c.start; errs[0] != nil || raw[0] != want {
			t.Errorf("raw %s: got %q, %v; want %q", c.record, raw, errs[0], want)
		}
	}
}

func TestZonesOfElements(t *testing.T) {
	rows, errs := readRows(t, visits.Tables, `{"id":"1","guests":[{"came":{"dateTime":"2026-11-22T08:00:00","timeZone":"Europe/Zurich"}},`+
		`{"came":{"dateTime":"2026-11-22T08:00:00"}},{"came":{"timeZone":"Asia/Tokyo","dateTime":"2026-11-22T08:00:00"}}],`+
		`"start":{"dateTime":"2026-11-22T08:00:00","timeZone":"Asia/Tokyo"}}`)
	for i, came := range []string{"2026-11-22T07:00:00Z", "2026-11-22T08:00:00Z", "2026-11-21T23:00:00Z"} {
		if want := "guests: 1 | " + string(rune('0'+i)) + " | 2026-11-21T23:00:00Z | " + came; errs[0] != nil || rows[1+i] != want {
			t.Errorf("got %q, %v; want %q", rows[1+i], errs[0], want)
		}
	}
}
