package privacy_test

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/memory"

	"graphlake/internal/record"
	"graphlake/schemas"
	"graphlake/transform"
	"graphlake/transform/privacy"
	"graphlake/transform/transformtest"
)

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

// What is wrong with a record is found also where the scrubber has taken out what no column can read.
func TestScrubbedBadRecordsAreBad(t *testing.T) {
	s, err := privacy.NewScrubber(schemas.Dataset{Tables: transformtest.Orders}, hidden)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range transformtest.BadOrders {
		if !json.Valid([]byte(c.Record)) || c.Record[0] != '{' {
			continue // what is said of it then is that it cannot be read
		}
		scrubbed := scrub(t, s, record.Record{JSON: []byte(c.Record)}).JSON
		if _, _, err := read(t, transformtest.Orders, scrubbed); err == nil || err.Error() != c.Fault {
			t.Errorf("%s became %s:\n got %v\nwant %s", c.Record, scrubbed, err, c.Fault)
		}
	}
}

// What does not fit a column does not fit it either where the scrubber has taken out what no column can read.
func TestScrubbedOddValuesAreOdd(t *testing.T) {
	s, err := privacy.NewScrubber(schemas.Dataset{Tables: transformtest.Orders}, hidden)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range transformtest.OddOrders {
		text := c.Record
		scrubbed := scrub(t, s, record.Record{JSON: []byte(text)}).JSON
		_, want, err := read(t, transformtest.Orders, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if _, misfits, err := read(t, transformtest.Orders, scrubbed); err != nil || !maps.Equal(misfits, want) {
			t.Errorf("%s became %s:\n got %v, %v\nwant %v", text, scrubbed, misfits, err, want)
		}
		if strings.Contains(string(scrubbed), "says Ines") {
			t.Errorf("%s became %s", text, scrubbed)
		}
	}
}

// Times keep their zones, and those without one that is known are found at fault.
func TestScrubbedTimesOfZones(t *testing.T) {
	s, err := privacy.NewScrubber(transformtest.Visits, hidden)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range transformtest.OddVisits {
		text := c.Record
		made := scrub(t, s, record.Record{JSON: []byte(text)})
		rows, misfits, err := read(t, transformtest.Visits.Tables, []byte(text))
		got, gotMisfits, gotErr := read(t, transformtest.Visits.Tables, made.JSON)
		if got != rows || !maps.Equal(misfits, gotMisfits) || (err == nil) != (gotErr == nil) {
			t.Errorf("%s became %s:\n got %s, %v, %v\nwant %s, %v, %v", text, made.JSON, got, gotMisfits, gotErr, rows, misfits, err)
		}
		if got, want := rawRow(t, transformtest.Visits, made), rawRow(t, transformtest.Visits, record.Record{JSON: made.JSON}); got != want {
			t.Errorf("%s: known is %s, want %s", made.JSON, got, want)
		}
	}
}
