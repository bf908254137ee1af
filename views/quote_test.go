package views_test

import (
	"strings"
	"testing"
	"unicode"

	"graphlake/schemas"
	"graphlake/views"
)

// Whatever the lake's place is called, the script is made of the same statements, comments and names: only what
// stands in literals differs. A name with a character that does not print is refused.
func FuzzPlace(f *testing.F) {
	for _, s := range []string{
		"/a'b", "/a''; DROP TABLE calls; --", "/a\nDROP TABLE calls;\n", "/a\r\nGO\r\nSELECT 1", `/a"b\`, "/a/*b", "/a]--b",
		"/a`b``; DROP TABLE calls; --", "/a\u2028DROP TABLE calls;", "/a\x00b", "/[*]?",
	} {
		f.Add(s)
	}
	script := func(t *testing.T, e views.Engine, at views.Place, ofDelta map[string][]views.DeltaTable) string {
		lake := views.Lake{Place: at, Datasets: []schemas.Dataset{hosts}, Missing: map[string]bool{"host_pets": true}, Runs: true, Days: true}
		plain, err := views.New(e, lake)
		if err != nil {
			t.Fatal(err)
		}
		lake.Delta = ofDelta
		ofLane, err := views.New(e, lake)
		if err != nil {
			t.Fatal(err)
		}
		return plain.String() + ofLane.String()
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, e := range engines {
			for name, pair := range map[string][2]views.Place{
				"a directory": {{Dir: "/" + s}, {Dir: "/lake"}},
				"a container": {
					{Container: "c" + s, Prefix: "p" + s, AccountURL: "https://a.example" + s},
					{Container: "c", Prefix: "p", AccountURL: "https://a.example"},
				},
				"a connection string": {{Container: "c" + s, SecretEnv: "E" + s}, {Container: "c", SecretEnv: "E"}},
			} {
				if strings.IndexFunc(strings.ToValidUTF8(s, "\x00"), func(r rune) bool { return !unicode.IsPrint(r) }) >= 0 || e == views.DuckDB && strings.Contains(s, `\`) {
					if _, err := views.New(e, views.Lake{Place: pair[0]}); err == nil || strings.ContainsFunc(err.Error(), func(r rune) bool { return !unicode.IsPrint(r) }) {
						t.Errorf("%s of %q: %v, want that it is refused", e, name, err)
					}
					continue
				}
				ofDelta := delta
				if e == views.DuckDB && strings.ContainsFunc(s, func(r rune) bool { return r == '%' || r > unicode.MaxASCII }) {
					ofDelta = nil // refused
				}
				odd, even := script(t, e, pair[0], ofDelta), script(t, e, pair[1], ofDelta)
				if got, want := bones(e, odd), bones(e, even); got != want {
					t.Errorf("%s of %s is told\n%s\nwhich is not\n%s", e, name, got, want)
				}
				if got, want := batches(odd), batches(even); e == views.Synapse && got != want {
					t.Errorf("%d batches for %s, want %d", got, name, want)
				}
			}
		}
	})
}

// bones is a script without what stands in its literals and comments, by the rules of SQL: a comment ends with the
// line, a literal with a quote that is not followed by another, and in Spark not behind a backslash; the name of a Delta table of Spark ends as a literal does. Empty lines are left out too.
func bones(e views.Engine, script string) string {
	var out strings.Builder
	for script != "" {
		switch {
		case strings.HasPrefix(script, "--"):
			end := strings.IndexAny(script+"\n", "\n\r\u0085\u2028\u2029")
			out.WriteString("--")
			script = script[min(end, len(script)):]
		case e == views.Spark && strings.HasPrefix(script, "delta.`"):
			end := len("delta.`")
			for script[end] != '`' || strings.HasPrefix(script[end:], "``") {
				if script[end] == '`' {
					end++
				}
				end++
			}
			out.WriteString("delta.``")
			script = script[end+1:]
		case script[0] == '\'':
			end := 1
			for end < len(script) && (script[end] != '\'' || strings.HasPrefix(script[end:], "''")) {
				if script[end] == '\'' || e == views.Spark && script[end] == '\\' {
					end++
				}
				end++
			}
			out.WriteString("''")
			script = script[min(end+1, len(script)):]
		default:
			out.WriteByte(script[0])
			script = script[1:]
		}
	}
	return strings.ReplaceAll(out.String(), "\n\n", "\n")
}

// batches is how many sqlcmd finds: it looks for lines, also in literals.
func batches(script string) (n int) {
	for l := range strings.FieldsFuncSeq(script, func(r rune) bool { return r == '\n' || r == '\r' }) {
		if strings.EqualFold(strings.TrimSpace(l), "GO") {
			n++
		}
	}
	return n
}
