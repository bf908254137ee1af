package transform

import (
	"errors"
	"maps"
	"slices"
	"testing"

	"graphlake/schemas"
)

// one is a table with one column, beside the key, that holds the member "v".
func one(t schemas.Type) []schemas.Table {
	return []schemas.Table{{Name: "t", Key: []string{"id"}, Columns: []schemas.Column{
		{Name: "id", Path: "id", Type: schemas.String},
		{Name: "v", Path: "v", Type: t},
	}}}
}

const null = "(null)"

func TestTypes(t *testing.T) {
	for _, c := range []struct {
		typ  schemas.Type
		good map[string]string // JSON to the column's value
		bad  map[string]string // JSON to the reason
	}{
		{schemas.String, map[string]string{
			`"Zoë"`: "Zoë", `""`: "", `"\ud83d\ude00 \"x\" \ud83d"`: "😀 \"x\" \ufffd", "\"a\xffb\"": "a\ufffdb", `null`: null,
		}, map[string]string{
			`1`: "want a string, got a number", `{}`: "want a string, got an object", `[]`: "want a string, got an array", `true`: "want a string, got a boolean",
		}},
		{schemas.Enum, map[string]string{`"neverSeenBefore"`: "neverSeenBefore"}, map[string]string{`7`: "want a string, got a number"}},
		{schemas.Bool, map[string]string{`true`: "true", `false`: "false", `null`: null, `"true"`: "true", `"false"`: "false", `""`: null}, map[string]string{
			`"True"`: "want a boolean, got a string", `0`: "want a boolean, got a number",
		}},
		{schemas.Int32, map[string]string{`2147483647`: "2147483647", `-2147483648`: "-2147483648", `-0`: "0", `"7"`: "7", `4.0`: "4", `4e0`: "4", `1e3`: "1000", `"67.0"`: "67", `"NaN"`: null, `""`: null}, map[string]string{
			`2147483648`: "out of range", `-2147483649`: "out of range", `1.5`: "not an integer", `"seven"`: "want a number, got other text", `1e10`: "out of range",
		}},
		{schemas.Int64, map[string]string{
			`4294967295`: "4294967295", `"9223372036854775807"`: "9223372036854775807", `-9223372036854775808`: "-9223372036854775808", `"\u0031"`: "1", `1e3`: "1000", `""`: null, `"-Infinity"`: null,
		}, map[string]string{
			`9223372036854775808`: "out of range", `"07"`: "want a number, got other text", `" 7"`: "want a number, got other text", `15e-1`: "not an integer",
		}},
		{schemas.Float64, map[string]string{
			`0.1`: "0.1", `-3`: "-3", `1e300`: "1e+300", `"NaN"`: null, `"INF"`: null, `"-INF"`: null, `"Infinity"`: null, `"-Infinity"`: null, `""`: null, `"0.1"`: "0.1", `"\u002dINF"`: null,
		}, map[string]string{
			`1e400`: "out of range", `"1e400"`: "out of range", `"nan"`: "want a number, got other text", `"0,1"`: "want a number, got other text",
		}},
		{schemas.Decimal, map[string]string{
			`12.34`: "12.34", `"0.015"`: "0.015", `-0.5`: "-0.5", `1.5000000000`: "1.5", `15e-1`: "1.5", `999999999999.999999`: "999999999999.999999", `0e99`: "0", `1e11`: "100000000000",
			`0.15000000000000002`: "0.15", `1E-05`: "1e-05", `0.1234567`: "0.123457", `-0.0000005`: "-1e-06", `0.0000004999`: "0", `"NaN"`: null, `""`: null,
		}, map[string]string{
			`999999999999.9999995`: "out of range", `1000000000000`: "out of range", `1e12`: "out of range", `1e99999999999999`: "out of range", `"12,5"`: "want a number, got other text",
		}},
		{schemas.Timestamp, map[string]string{
			`"2026-11-22T08:09:10Z"`:                "2026-11-22T08:09:10Z",
			`"2026-11-22T08:09:10.1Z"`:              "2026-11-22T08:09:10.1Z",
			`"2026-11-22T08:09:10.1234567Z"`:        "2026-11-22T08:09:10.123456Z",
			`"2026-11-22T01:09:10.123456789+02:30"`: "2026-11-21T22:39:10.123456Z",
			`"1969-12-31T23:59:59.9999999Z"`:        "1969-12-31T23:59:59.999999Z",
			`"0001-01-01T00:00:00Z"`:                null,
			`"0001-12-31T23:59:59Z"`:                null,
			`"0002-01-01T00:00:00Z"`:                "0002-01-01T00:00:00Z",
			`"9999-12-31T23:59:59.999999Z"`:         "9999-12-31T23:59:59.999999Z",
			`"2024-02-29T00:00:00-00:00"`:           "2024-02-29T00:00:00Z",
			`"2026-11-22 08:09:10Z"`:                "2026-11-22T08:09:10Z",
			`"2026-11-22T08:09:10+0100"`:            "2026-11-22T07:09:10Z",
			`"2026-12-31T23:59:60Z"`:                "2027-01-01T00:00:00Z",
			`"0001-01-01T00:00:00"`:                 null,
			`"0001-01-01"`:                          null,
			`""`:                                    null,
		}, map[string]string{
			`"2026-11-22"`: notInstant, `"2026-11-22T08:09:10"`: notInstant, `"2026-11-22T08:09:61Z"`: notInstant,
			`"2026-11-22T24:00:00Z"`: notInstant, `"2026-02-29T00:00:00Z"`: notInstant, `"2026-13-01T00:00:00Z"`: notInstant, `"0000-01-01T00:00:00Z"`: notInstant,
			`"2026-11-22T08:09:10.Z"`: notInstant, `"2026-11-22T08:09:10+24:00"`: notInstant,
			`"9999-12-31T23:59:59-01:00"`: "an instant after the year 9999", `1700000000`: "want a string, got a number",
		}},
		{schemas.UTCTime, map[string]string{
			`"2026-11-22T08:09:10.1234567"`: "2026-11-22T08:09:10.123456Z",
			`"2026-11-22T08:09:10+01:00"`:   "2026-11-22T07:09:10Z",
			`"2026-11-22T08:09:10Z"`:        "2026-11-22T08:09:10Z",
			`"0001-01-01T00:00:00"`:         null,
			`"0001-01-01"`:                  null,
			`""`:                            null,
		}, map[string]string{
			`"2026-11-22"`: "want a date and time", `7`: "want a string, got a number",
		}},
		{schemas.Zone, map[string]string{
			`"W. Europe Standard Time"`: "Europe/Berlin", `"Europe/Zurich"`: "Europe/Zurich", `"tzone://Microsoft/Utc"`: "Etc/UTC", `"Customized Time Zone"`: null, `""`: null,
		}, map[string]string{
			`7`: "want a string, got a number",
		}},
		{schemas.DurationMS, map[string]string{
			`"PT1H2M3S"`: "3723000", `"P1DT2H"`: "93600000", `"PT0.016S"`: "16", `"PT0.0005S"`: "1", `"PT0.00049999S"`: "0", `"-PT1.5S"`: "-1500", `"-PT0.0005S"`: "-1",
			`"P2W"`: "1209600000", `"P3D"`: "259200000", `"PT0S"`: "0", `"PT90M"`: "5400000", `"PT1.9999S"`: "2000",
			`"PT1.5M"`: "90000", `"PT1.5H"`: "5400000", `"PT0,5S"`: "500", `"P0.5D"`: "43200000", `"PT1H0.5M"`: "3630000", `"P1.5W"`: "907200000", `""`: null,
		}, map[string]string{
			`"P1Y"`: notDuration, `"P1M"`: notDuration, `"PT"`: notDuration, `"P"`: notDuration, `"P1DT"`: notDuration, `"1H"`: notDuration, `"PT1M1H"`: notDuration,
			`"PT.5S"`: notDuration, `"PT1.S"`: notDuration, `"PT0.5M1S"`: notDuration, `"PT0.M"`: notDuration, `"+PT1S"`: notDuration, `"P1W1D"`: notDuration, `"P1D2H"`: notDuration, `"PT1D"`: notDuration,
			`"P99999999999999D"`: tooLong, `"PT9223372036854775807S"`: tooLong, `"PT99999999999999999999S"`: tooLong, `5`: "want a string, got a number",
		}},
		{schemas.JSON, map[string]string{
			`{ "a" : [ 1 , "x  y" ] }`: `{"a":[1,"x  y"]}`, `"t"`: `"t"`, `[ ]`: "[]", ` 1.50 `: "1.50", `null`: null, "[\"\xff\"]": "[\"\ufffd\"]",
		}, nil},
		{schemas.Member, map[string]string{
			`{"@odata.type":"x","phone":null,"user":{},"guest":{}}`: "user", `{"phone":null}`: null, `{}`: null, `null`: null, `""`: null, `{"a\u0062":{"id":1}}`: "ab",
		}, map[string]string{`"user"`: "want an object, got a string", `[{}]`: "want an object, got an array"}},
		{schemas.Present, map[string]string{`{"reason":"deleted"}`: "true", `false`: "true", `null`: "false"}, nil},
		{schemas.KeyText, map[string]string{`"Zoë"`: "Zoë", `null`: "", `""`: ""}, nil},
		{schemas.Version, map[string]string{
			`7`: "7", `"1614618259349"`: "1614618259349", `"2026-11-22T08:00:00.1234567Z"`: "1795334400123456700", `"0001-01-01T00:00:00Z"`: null, `""`: null, `"67.0"`: "67", `"0001-01-01"`: null,
		}, map[string]string{
			`"abc"`: "want a number, got other text", `"2026-11-22"`: notInstant, `"1500-01-01T00:00:00Z"`: "an instant that is too far from 1970 to count nanoseconds", `true`: "want a number, got a boolean",
		}},
		{schemas.Hash, map[string]string{`{}`: "44136fa355b3678a1146ad16f7e8649e"}, nil},
	} {
		for text, want := range c.good {
			rows, misfits, errs := readOdd(t, one(c.typ), `{"id":"a1","v":`+text+`}`)
			if errs[0] != nil || rows[0] != "t: a1 | "+want || len(misfits) != 0 {
				t.Errorf("%v %s: got %q, %v, %v; want %s", c.typ, text, rows, misfits, errs[0], want)
			}
		}
		for text, want := range c.bad {
			record := `{"id":"a1","v":` + text + `}`
			rows, misfits, errs := readOdd(t, one(c.typ), record)
			if errs[0] != nil || rows[0] != "t: a1 | (null)" || !maps.Equal(misfits, map[Misfit]int64{{"t", "v", "v", want}: 1}) {
				t.Errorf("%v %s: got %q, %v, %v; want null for %s", c.typ, text, rows, misfits, errs[0], want)
			}
			rows, misfits, errs = readOdd(t, lenient(one(c.typ)), record)
			if errs[0] != nil || rows[0] != "t: a1 | (null)" || len(misfits) != 0 {
				t.Errorf("lenient %v %s: got %q, %v, %v; want null", c.typ, text, rows, misfits, errs[0])
			}
			if c.typ == schemas.Member { // its value is the name of another
				continue
			}
			needed := one(c.typ)
			needed[0].Columns[1].Required = true
			rows, misfits, errs = readOdd(t, needed, record)
			bad, ok := errors.AsType[*RecordError](errs[0])
			if !ok || *bad != (RecordError{"a1", "v", want}) || len(rows) != 0 || len(misfits) != 0 {
				t.Errorf("required %v %s: got %q, %v, %v; want %s", c.typ, text, rows, misfits, errs[0], want)
			}
		}
		want := "t: a1 | (null)"
		switch c.typ {
		case schemas.Present:
			want = "t: a1 | false"
		case schemas.KeyText:
			want = "t: a1 | "
		}
		if rows, errs := readRows(t, one(c.typ), `{"id":"a1"}`); errs[0] != nil || rows[0] != want {
			t.Errorf("%v absent: got %q, %v", c.typ, rows, errs[0])
		}
	}
}

func lenient(tables []schemas.Table) []schemas.Table {
	tables = slices.Clone(tables)
	for i := range tables {
		tables[i].Lenient = true
	}
	return tables
}
