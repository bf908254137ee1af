package main

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"graphlake/schemas"
)

// The fixtures hold what is odd in Graph's answers: if DuckDB makes the same rows of them by SQL that
// was made from the schemas, both read the columns' paths and types alike.
func TestDuckDBReadsFixturesAsWeDo(t *testing.T) {
	for _, d := range schemas.BuiltIn() {
		d = d.Read()
		for i, table := range d.Tables { // the names that Windows gives to zones are in no SQL, nor is what a record says in one spelling
			d.Tables[i].Columns = slices.DeleteFunc(slices.Clone(table.Columns), func(c schemas.Column) bool { return c.Type == schemas.Zone || c.Type == schemas.Digest })
		}
		for name, way := range map[string]func([]schemas.Table, string, string) (job, error){
			"loading once": loadOnce, "scanning each": scanEach,
		} {
			t.Run(d.Name+"/"+name, func(t *testing.T) {
				db := database(t)
				our, their := writeOurs(t, d, lines(t, d)), writeTheirs(t, db, d, lines(t, d, plain[d.Name]...), way)
				rows, err := compare(t.Context(), db, d.Tables, our, their)
				if err != nil {
					t.Fatal(err)
				}
				for _, table := range d.Tables {
					if rows[table.Name] == 0 {
						t.Errorf("the fixture has no row of %s, so nothing was compared", table.Name)
					}
				}
			})
		}
	}
}

func TestCompareSeesOneValue(t *testing.T) {
	d, db := schemas.PSTNCalls.Read(), database(t)
	our := writeOurs(t, d, lines(t, d))
	their := writeTheirs(t, db, d, lines(t, d, append(plain[d.Name], text{`"currency":"EUR"`, `"currency":"SEK"`})...), loadOnce)
	_, err := compare(t.Context(), db, d.Tables, our, their)
	if err == nil || !strings.Contains(err.Error(), "columns that differ: currency") {
		t.Fatalf("another currency gave the error %v", err)
	}
}

func database(t *testing.T) *sql.DB {
	t.Helper()
	db, err := openDuckDB(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func writeOurs(t *testing.T, d schemas.Dataset, file string) map[string]string {
	t.Helper()
	us, err := ours(d.Tables)
	if err != nil {
		t.Fatal(err)
	}
	files, err := us.write(t.Context(), file, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func writeTheirs(t *testing.T, db *sql.DB, d schemas.Dataset, file string, way func([]schemas.Table, string, string) (job, error)) map[string]string {
	t.Helper()
	j, err := way(d.Tables, file, milliseconds)
	if err != nil {
		t.Fatal(err)
	}
	files, err := j.run(t.Context(), db, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// text is one in a fixture, and what is in its place.
type text struct{ is, becomes string }

// plain are the values of the fixtures that DuckDB reads otherwise or not at all, and what they mean, written by
// hand: odd spellings plainly, what does not fit as null, and zones by their IANA names.
var plain = map[string][]text{
	"call_records": {
		{`"version":"67.0"`, `"version":67`},
		{`"lastModifiedDateTime":""`, `"lastModifiedDateTime":null`},
		{`"2026-11-22 19:00+0100"`, `"2026-11-22T18:00:00Z"`},
		{`"2026-11-22T18:59:60z"`, `"2026-11-22T19:00:00Z"`},
		{`"2026-11-22T18:00:00,5Z"`, `"2026-11-22T18:00:00.5Z"`},
		{`"endDateTime":"2026-11-22",`, `"endDateTime":null,`},
		{`"isTest":"false"`, `"isTest":false`},
		{`"failureInfo":"none"`, `"failureInfo":null`},
		{`"userAgent":["ExamplePhone/1.0"]`, `"userAgent":null`},
		{`"callee":7`, `"callee":null`},
		{`"cpuCoresCount":"eight"`, `"cpuCoresCount":null`},
		{`"cpuProcessorSpeedInMhz":1200.5`, `"cpuProcessorSpeedInMhz":null`},
		{`"sentSignalLevel":-3.5`, `"sentSignalLevel":null`},
		{`"Infinity"`, `null`},
		{`"PT0,5S"`, `"PT0.5S"`},
		{`"PT0.5M"`, `"PT30S"`},
		{`"averageRoundTripTime":""`, `"averageRoundTripTime":null`},
		{`"P1Y"`, `null`},
		{`"1e3"`, `1000`},
	},
	"pstn_calls": {
		{`"2026-11-22T10:00:00+01"`, `"2026-11-22T09:00:00Z"`},
		{`"0001-01-01"`, `null`},
		{`"connectionCharge":1e12`, `"connectionCharge":null`},
		{`"currency":756`, `"currency":null`},
	},
	"mailbox_settings": {
		{`"Kamchatka Standard Time"`, `"Asia/Kamchatka"`},
		{`"language":"en"`, `"language":null`},
	},
	"calendar_events": {
		{`"location":"Town hall"`, `"location":null`},
		{`"isAllDay":"true"`, `"isAllDay":true`},
		{`"start":{"timeZone":"W. Europe Standard Time"`, `"start":{"timeZone":"Europe/Berlin"`},
		{`"tzone://Microsoft/Utc"`, `"UTC"`},
		{`"time":"soon"`, `"time":null`},
		{`"Pacific Standard Time"`, `"America/Los_Angeles"`},
		{`{"dateTime":"2026-11-17T08:00:00.0000000","timeZone":"Zone of Tomorrow"}`, `null`},
	},
	"chat_messages": {
		{`"2026-11-16T10:18Z"`, `"2026-11-16T10:18:00Z"`},
		{`"importance":7`, `"importance":null`},
	},
	"team_members":              {{`"visibleHistoryStartDateTime":"soon"`, `"visibleHistoryStartDateTime":null`}},
	"dial_out_logs":             {{`"totalCalls":3e9`, `"totalCalls":null`}},
	"teams_user_configurations": {{`"isEnterpriseVoiceEnabled":"perhaps"`, `"isEnterpriseVoiceEnabled":null`}},
	"sms_logs":                  {{`"smsUnits":2.5`, `"smsUnits":null`}},
	"attendance_reports":        {{`"totalParticipantCount":"many"`, `"totalParticipantCount":null`}, {`"leaveDateTime":"soon"`, `"leaveDateTime":null`}},
}

// inNeither is what neither side reads: values that DuckDB takes for others, in an object of which a column keeps
// all as it was sent.
var inNeither = map[string][]text{
	"call_records":  {{`"displayName":1234`, `"displayName":null`}},
	"chat_messages": {{`"PT1.5M"`, `"PT90S"`}},
}

// lines writes a dataset's fixture as one record a line, with some texts replaced.
func lines(t *testing.T, d schemas.Dataset, texts ...text) string {
	t.Helper()
	pages, err := filepath.Glob(filepath.Join("../../../schemas/testdata", d.Name, "page-*.json"))
	if err != nil || len(pages) == 0 {
		t.Fatalf("%s has no fixture: %v", d.Name, err)
	}
	var all bytes.Buffer
	for _, p := range slices.Sorted(slices.Values(pages)) {
		content, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		var page struct{ Value []json.RawMessage }
		if err := json.Unmarshal(content, &page); err != nil {
			t.Fatal(err)
		}
		for _, record := range page.Value {
			if err := json.Compact(&all, record); err != nil {
				t.Fatal(err)
			}
			all.WriteByte('\n')
		}
	}
	content := all.String()
	for _, x := range slices.Concat(inNeither[d.Name], texts) {
		if !strings.Contains(content, x.is) {
			t.Errorf("there is no %s in the fixture of %s", x.is, d.Name)
		}
		content = strings.Replace(content, x.is, x.becomes, 1)
	}
	file := filepath.Join(t.TempDir(), d.Name+".ndjson")
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
