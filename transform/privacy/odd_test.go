package privacy_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/memory"

	"graphlake/internal/record"
	"graphlake/schemas"
	"graphlake/transform"
	"graphlake/transform/privacy"
)

var oddOrders = []string{
	`{"id":"o1","placed":"tomorrow, says Ines"}`,
	`{"id":"o1","placed":["2026-11-22T08:00:00Z"]}`,
	`{"id":"o1","buyer":"Ines"}`,
	`{"id":"o1","buyer":{"person":7,"firm":{"name":"Fabrikam"}}}`,
	`{"id":"o1","buyer":{"person":"","firm":{"name":7}},"boss@delta":[{"name":"Otto"}]}`,
	`{"id":"o1","boss@delta":[{"name":7}]}`,
	`{"id":"o1","boss@delta":{}}`,
	`{"id":"o1","boss@delta":[null,{"name":"Otto"}]}`,
	`{"id":"o1","lines":[null,{"id":"a","pieces":"a few"},null,{"id":"b","pieces":{}},{"id":"c","pieces":"a few","discounts":[null,5]}]}`,
}

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

var oddVisits = []string{
	`{"id":"1","start":{"dateTime":"2026-11-22T08:00:00","timeZone":"W. Europe Standard Time"},"end":{"timeZone":"India Standard Time","dateTime":"2026-11-22T16:00:00"}}`,
	`{"start":{"x":{"timeZone":"Europe/Athens"},"dateTime":"2026-11-22T08:00:00","time\u005aone":"Europe\/Zurich"},"end":{"dateTime":"2026-11-22T16:00:00"},"id":"1"}`,
	`{"id":"1","start":{"dateTime":"2026-11-22T08:00:00Z","timeZone":"nowhere"},"end":{"dateTime":"2026-11-22T16:00:00","timeZone":null}}`,
	`{"id":"1","start":{"dateTime":"2026-11-22T08:00:00","timeZone":""},"end":{"dateTime":"2026-11-22T16:00:00","timeZone":"nowhere"}}`,
	`{"id":"1","start":{"dateTime":"2026-11-22T08:00:00","timeZone":"UTC"},"end":{"dateTime":"2026-11-22T16:00:00","timeZone":7}}`,
	`{"id":"1","start":{"dateTime":"2026-11-22T08:00:00","timeZone":"nowhere"}}`,
	`{"id":"1","start":{"timeZone":"UTC","dateTime":"2026-11-22T08:00:00","timeZone":"Europe/Zurich"}}`,
}

// read is the rows of a record, as text, and what did not fit.
func read(t *testing.T, tables []schemas.Table, text []byte) (rows string, misfits map[transform.Misfit]int64, err error) {
	t.Helper()
	plan, err := transform.Compile(tables)
	if err != nil {
		t.Fatal(err)
	}
	b := plan.NewBuilder(memory.DefaultAllocator)
	defer b.Release()
	err = b.Append(text)
	for _, batch := range b.Flush() {
		for _, c := range batch.Columns() {
			rows += c.String()
		}
		batch.Release()
	}
	return rows, b.Misfits(), err
}

// What does not fit a column does not fit it either where the scrubber has taken out what no column can read.
func TestScrubbedOddValuesAreOdd(t *testing.T) {
	s, err := privacy.NewScrubber(schemas.Dataset{Tables: orders}, hidden)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range oddOrders {
		scrubbed := s.Scrub(record.Record{JSON: []byte(text)}).JSON
		_, want, err := read(t, orders, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if _, misfits, err := read(t, orders, scrubbed); err != nil || !maps.Equal(misfits, want) {
			t.Errorf("%s became %s:\n got %v, %v\nwant %v", text, scrubbed, misfits, err, want)
		}
		if strings.Contains(string(scrubbed), "says Ines") {
			t.Errorf("%s became %s", text, scrubbed)
		}
	}
}

// Times keep their zones, and those without one that is known are found at fault.
func TestScrubbedTimesOfZones(t *testing.T) {
	s, err := privacy.NewScrubber(visits, hidden)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range oddVisits {
		made := s.Scrub(record.Record{JSON: []byte(text)})
		rows, misfits, err := read(t, visits.Tables, []byte(text))
		got, gotMisfits, gotErr := read(t, visits.Tables, made.JSON)
		if got != rows || !maps.Equal(misfits, gotMisfits) || (err == nil) != (gotErr == nil) {
			t.Errorf("%s became %s:\n got %s, %v, %v\nwant %s, %v, %v", text, made.JSON, got, gotMisfits, gotErr, rows, misfits, err)
		}
		if got, want := rawRow(t, visits, made), rawRow(t, visits, record.Record{JSON: made.JSON}); got != want {
			t.Errorf("%s: known is %s, want %s", made.JSON, got, want)
		}
	}
}
