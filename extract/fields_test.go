package extract

import (
	"testing"
	"time"

	"graphlake/extract/graph"
	"graphlake/internal/json"
	"graphlake/schemas"
)

func TestTime(t *testing.T) {
	ds := schemas.Dataset{Time: []schemas.Path{"invite", "span.start"}}
	f, err := fieldsOf(ds)
	if err != nil {
		t.Fatal(err)
	}
	for record, want := range map[string]string{
		`{"invite":"2026-03-01T10:00:00Z"}`:                                            "2026-03-01T10:00:00Z",
		`{"invite":"2026-03-01T10:00:00.1234567Z"}`:                                    "2026-03-01T10:00:00.1234567Z",
		`{"invite":"2026-03-01T10:00:00.5+02:00"}`:                                     "2026-03-01T08:00:00.5Z",
		`{"invite":"2026-03-01 10:00+02"}`:                                             "2026-03-01T08:00:00Z",
		`{"invite":"","span":{"start":"2026-03-02T00:00:00,5z"}}`:                      "2026-03-02T00:00:00.5Z",
		`{"invite":null,"span":{"start":"2026-03-02T00:00:00Z"}}`:                      "2026-03-02T00:00:00Z",
		`{"invite":"0001-01-01T00:00:00Z","span":{"start":"2026-03-02T00:00:00.00Z"}}`: "2026-03-02T00:00:00Z",
		`{"span":{"end":"2026-03-02T00:00:00Z"}}`:                                      "",
		`{"invite":"2026-03-01","span":null}`:                                          "",
		`{"invite":20260301,"span":[]}`:                                                "",
		`{"invite":"2026-03-01T10:00:00"}`:                                             "",
		`"invite"`:                                                                     "",
	} {
		got := ""
		if when, ok := f.time(valueOf(t, f, record)); ok {
			got = when.UTC().Format(time.RFC3339Nano)
		}
		if got != want {
			t.Errorf("time of %s is %q, want %q", record, got, want)
		}
	}
}

func valueOf(t *testing.T, f fields, text string) *graph.Value {
	t.Helper()
	v, err := graph.ReadValue([]byte(text), f.noted)
	if err != nil {
		t.Fatal(err)
	}
	return &v
}

func TestTimeInZone(t *testing.T) {
	ds := schemas.Dataset{Time: []schemas.Path{"start.dateTime"}, Tables: []schemas.Table{{Columns: []schemas.Column{
		{Name: "start_time", Path: "start.dateTime", Type: schemas.UTCTime},
	}}}}
	f, err := fieldsOf(ds)
	if err != nil {
		t.Fatal(err)
	}
	for record, want := range map[string]string{
		`{"start":{"dateTime":"2026-11-22T08:00:00.5000000","timeZone":"UTC"}}`:             "2026-11-22T08:00:00.5Z",
		`{"start":{"timeZone":"W. Europe Standard Time","dateTime":"2026-11-22T08:00:00"}}`: "2026-11-22T07:00:00Z",
		`{"start":{"dateTime":"2026-11-22T08:00:00","timeZone":"Asia\/Tokyo"}}`:             "2026-11-21T23:00:00Z",
		`{"start":{"dateTime":"2026-11-22T08:00:00+01:00","timeZone":"Asia/Tokyo"}}`:        "2026-11-22T07:00:00Z",
		`{"start":{"dateTime":"2026-11-22T08:00:00"},"timeZone":"Asia/Tokyo"}`:              "2026-11-22T08:00:00Z",
		`{"start":{"dateTime":"2026-11-22T08:00:00","timeZone":null}}`:                      "2026-11-22T08:00:00Z",
		`{"start":{"dateTime":"2026-11-22T08:00:00","timeZone":"nowhere"}}`:                 "",
		`{"start":{"dateTime":"2026-11-22T08:00:00","timeZone":7}}`:                         "",
		`{"start":{"dateTime":"0001-01-01T00:00:00","timeZone":"UTC"}}`:                     "",
		`{"start":{"dateTime":"tomorrow","timeZone":"UTC"}}`:                                "",
	} {
		got := ""
		if when, ok := f.time(valueOf(t, f, record)); ok {
			got = when.UTC().Format(time.RFC3339Nano)
		}
		if got != want {
			t.Errorf("time of %s is %q, want %q", record, got, want)
		}
	}
}

func TestLower(t *testing.T) {
	for _, c := range []struct{ low, high string }{
		{`9`, `10`},
		{`"9"`, `10`},
		{`9.0`, `"1e1"`},
		{`3`, `4.0`},
		{`"2026-03-01T10:00:00Z"`, `"2026-03-01T10:00:00.5Z"`},
		{`"2026-03-01T10:00:00+02:00"`, `"2026-03-01T09:00:00Z"`},
	} {
		low, high := json.Unquote([]byte(c.low)), json.Unquote([]byte(c.high))
		if !lower(low, high) || lower(high, low) || lower(low, low) {
			t.Errorf("%s has to be lower than %s", c.low, c.high)
		}
	}
	if lower([]byte(`1`), []byte(`2026-03-01T10:00:00Z`)) || lower(nil, []byte(`1`)) {
		t.Error("a number and a time, or nothing, cannot be compared")
	}
}

func TestFieldsRefuse(t *testing.T) {
	if _, err := fieldsOf(schemas.Dataset{Time: []schemas.Path{"sessions[].start"}}); err == nil {
		t.Error("a record cannot have the time of each of its sessions")
	}
	two := schemas.Dataset{
		Source: schemas.Source{Detail: &schemas.Detail{}},
		Tables: []schemas.Table{{Key: []string{"team_id", "id"}}},
	}
	if _, err := fieldsOf(two); err == nil {
		t.Error("a record cannot be read by an id that has two parts")
	}
}
