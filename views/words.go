package views

import (
	"fmt"
	"strings"
	"text/template"

	"graphlake/schemas"
)

// The words by which metrics say what engines say differently. Each engine has the same ones.
//
//	sec A B            seconds from one instant to another, with their fraction
//	addsec X N         an instant some seconds later
//	date X             the UTC date of an instant
//	midnight D         the instant at which a UTC date begins
//	local X ZONE       the time on the clock of a zone at an instant, in the engine's own form
//	localdate L        its date
//	localsec L         its whole seconds since midnight by the clock
//	utc D N ZONE       the instant of N seconds after midnight by the clock of a zone
//	zone               the column that names the zone of the working hours, as the engine knows zones
//	monday D           the Monday of its week
//	workday P D        whether a date is a working day by the columns works_monday and so on of P
//	adddays D N        a date some days later
//	days A B           days from one date to another
//	slot X             the quarter of an hour in which an instant lies
//	slots A B          quarters of an hour from that of one instant to that of another
//	nobody X           whether an id stands in the place of that of somebody who was erased or left out
//	t X, f X           whether a column of truth is true, and false
//	max2 A B, min2 A B the greater and the lesser of two; no null
//	double X           as a floating point number
//	notext             a text that is null
//	agg X              the texts of a group in their order, with commas
//	inline             before the query of a WITH: it is not kept, so that a condition reaches the files
//	numbers            the numbers from 0 to 4095, as n
//
// CAST(instant AS DATE), date_trunc and the like follow the session's zone in DuckDB and Spark: a metric has none of
// them but on what local gave.

func duckDBWords() template.FuncMap {
	f := fmt.Sprintf
	isodow := func(d string) string { return f("isodow(%s)", d) }
	return template.FuncMap{
		"sec":       func(a, b string) string { return f("((epoch_us(%s) - epoch_us(%s)) / 1e6)", b, a) },
		"addsec":    func(x, n string) string { return f("(%s + to_seconds(%s))", x, n) },
		"date":      func(x string) string { return f("CAST(%s AT TIME ZONE 'UTC' AS DATE)", x) },
		"midnight":  func(d string) string { return f("(CAST(%s AS TIMESTAMP) AT TIME ZONE 'UTC')", d) },
		"local":     func(x, z string) string { return f("(%s AT TIME ZONE %s)", x, z) },
		"localdate": func(l string) string { return f("CAST(%s AS DATE)", l) },
		"localsec":  func(l string) string { return f("(epoch_us(%s) %% 86400000000 // 1000000)", l) },
		"utc":       func(d, n, z string) string { return f("((%s + to_seconds(%s)) AT TIME ZONE %s)", d, n, z) },
		"zone":      func() string { return "working_hours_iana_time_zone" },
		"workday":   workday(isodow),
		"monday":    func(d string) string { return f("(%s - CAST(isodow(%s) - 1 AS INTEGER))", d, d) },
		"adddays":   func(d, n string) string { return f("(%s + CAST(%s AS INTEGER))", d, n) },
		"days":      func(a, b string) string { return f("date_diff('day', %s, %s)", a, b) },
		"slot":      func(x string) string { return f("to_timestamp(floor(epoch(%s) / 900) * 900)", x) },
		"slots":     func(a, b string) string { return f("(floor(epoch(%s) / 900) - floor(epoch(%s) / 900))", b, a) },
		"nobody":    nobody,
		"t":         func(x string) string { return x },
		"f":         func(x string) string { return "NOT " + x },
		"max2":      choose(">"),
		"min2":      choose("<"),
		"double":    func(x string) string { return f("CAST(%s AS DOUBLE)", x) },
		"notext":    func() string { return "CAST(NULL AS VARCHAR)" },
		"agg":       func(x string) string { return f("string_agg(%s, ',' ORDER BY %s)", x, x) },
		"inline":    func() string { return "NOT MATERIALIZED " },
		"numbers":   func() string { return "SELECT CAST(range AS INTEGER) AS n FROM range(4096)" },
	}
}

// synapseWords: instants are DATETIME2 in UTC, zones have Windows names, and Monday is found from 1900-01-01, which was
// one: what DATEPART says of weeks depends on the session's language.
func synapseWords() template.FuncMap {
	f := fmt.Sprintf
	isodow := func(d string) string { return f("(DATEDIFF(DAY, '1900-01-01', %s) %% 7 + 1)", d) }
	const from = "CAST('2000-01-01' AS DATETIME2)"
	return template.FuncMap{
		"sec":       func(a, b string) string { return f("(DATEDIFF_BIG(MICROSECOND, %s, %s) / 1000000.0)", a, b) },
		"addsec":    func(x, n string) string { return f("DATEADD(SECOND, %s, %s)", n, x) },
		"date":      func(x string) string { return f("CAST(%s AS DATE)", x) },
		"midnight":  func(d string) string { return f("CAST(%s AS DATETIME2)", d) },
		"local":     func(x, z string) string { return f("CAST(%s AT TIME ZONE 'UTC' AT TIME ZONE %s AS DATETIME2)", x, z) },
		"localdate": func(l string) string { return f("CAST(%s AS DATE)", l) },
		"localsec":  func(l string) string { return f("DATEDIFF(SECOND, CAST(CAST(%s AS DATE) AS DATETIME2), %s)", l, l) },
		"utc": func(d, n, z string) string {
			return f("CAST(DATEADD(SECOND, %s, CAST(%s AS DATETIME2)) AT TIME ZONE %s AT TIME ZONE 'UTC' AS DATETIME2)", n, d, z)
		},
		"zone":    func() string { return "working_hours_windows_time_zone" },
		"workday": workday(isodow),
		"monday":  func(d string) string { return f("DATEADD(DAY, -(DATEDIFF(DAY, '1900-01-01', %s) %% 7), %s)", d, d) },
		"adddays": func(d, n string) string { return f("DATEADD(DAY, %s, %s)", n, d) },
		"days":    func(a, b string) string { return f("DATEDIFF(DAY, %s, %s)", a, b) },
		"slot": func(x string) string {
			return f("DATEADD(MINUTE, DATEDIFF(MINUTE, %s, %s) / 15 * 15, %s)", from, x, from)
		},
		"slots": func(a, b string) string {
			return f("(DATEDIFF(MINUTE, %s, %s) / 15 - DATEDIFF(MINUTE, %s, %s) / 15)", from, b, from, a)
		},
		"nobody": nobody,
		"t":      func(x string) string { return x + " = 1" },
		"f":      func(x string) string { return x + " = 0" },
		"max2":   choose(">"), // not every pool knows GREATEST
		"min2":   choose("<"),
		"double": func(x string) string { return f("CAST(%s AS FLOAT)", x) },
		"notext": func() string { return "CAST(NULL AS VARCHAR(64))" },
		"agg":    func(x string) string { return f("STRING_AGG(%s, ',') WITHIN GROUP (ORDER BY %s)", x, x) },
		"inline": func() string { return "" },
		"numbers": func() string {
			const d = "(VALUES (0),(1),(2),(3),(4),(5),(6),(7),(8),(9),(10),(11),(12),(13),(14),(15))"
			return "SELECT a.n + 16 * b.n + 256 * c.n AS n\nFROM " + d + " AS a (n)\nCROSS JOIN " + d + " AS b (n)\nCROSS JOIN " + d + " AS c (n)"
		},
	}
}

// sparkWords: the clock of a zone is microseconds since 1970 by that clock, for a TIMESTAMP shows the session's zone
// wherever a date or a time is taken of it.
func sparkWords() template.FuncMap {
	f := fmt.Sprintf
	isodow := func(d string) string { return f("(weekday(%s) + 1)", d) }
	return template.FuncMap{
		"sec":       func(a, b string) string { return f("((unix_micros(%s) - unix_micros(%s)) / 1e6)", b, a) },
		"addsec":    func(x, n string) string { return f("timestamp_micros(unix_micros(%s) + (%s) * 1000000L)", x, n) },
		"date":      func(x string) string { return f("date_from_unix_date(CAST(unix_seconds(%s) div 86400 AS INT))", x) },
		"midnight":  func(d string) string { return f("timestamp_seconds(unix_date(%s) * 86400L)", d) },
		"local":     func(x, z string) string { return f("unix_micros(from_utc_timestamp(%s, %s))", x, z) },
		"localdate": func(l string) string { return f("date_from_unix_date(CAST(%s div 86400000000L AS INT))", l) },
		"localsec":  func(l string) string { return f("(%s %% 86400000000L div 1000000L)", l) },
		"utc": func(d, n, z string) string {
			return f("to_utc_timestamp(timestamp_seconds(unix_date(%s) * 86400L + %s), %s)", d, n, z)
		},
		"zone":    func() string { return "working_hours_iana_time_zone" },
		"workday": workday(isodow),
		"monday":  func(d string) string { return f("date_sub(%s, weekday(%s))", d, d) },
		"adddays": func(d, n string) string { return f("date_add(%s, CAST(%s AS INT))", d, n) },
		"days":    func(a, b string) string { return f("datediff(%s, %s)", b, a) },
		"slot":    func(x string) string { return f("timestamp_seconds(unix_seconds(%s) div 900 * 900)", x) },
		"slots":   func(a, b string) string { return f("(unix_seconds(%s) div 900 - unix_seconds(%s) div 900)", b, a) },
		"nobody":  nobody,
		"t":       func(x string) string { return x },
		"f":       func(x string) string { return "NOT " + x },
		"max2":    choose(">"),
		"min2":    choose("<"),
		"double":  func(x string) string { return f("CAST(%s AS DOUBLE)", x) },
		"notext":  func() string { return "CAST(NULL AS STRING)" },
		"agg":     func(x string) string { return f("array_join(array_sort(collect_list(%s)), ',')", x) },
		"inline":  func() string { return "" },
		"numbers": func() string { return "SELECT CAST(id AS INT) AS n FROM range(4096)" },
	}
}

// choose gives the one of two that compares so to the other.
func choose(comparison string) func(a, b string) string {
	return func(a, b string) string {
		return fmt.Sprintf("CASE WHEN %s %s %s THEN %s ELSE %s END", a, comparison, b, a, b)
	}
}

func nobody(id string) string {
	return fmt.Sprintf("%s IN ('%s', '%s')", id, schemas.ExcludedWord, schemas.ErasedWord)
}

// workday asks one of seven columns, of which there is one for each day of the week; isodow numbers these from Monday, which is 1.
func workday(isodow func(date string) string) func(prefix, date string) string {
	return func(prefix, date string) string {
		var days []string
		for i, day := range []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"} {
			days = append(days, fmt.Sprintf("WHEN %d THEN %sworks_%s", i+1, prefix, day))
		}
		return "CASE " + isodow(date) + " " + strings.Join(days, " ") + " END = 1"
	}
}
