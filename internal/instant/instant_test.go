package instant

import (
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		"2026-11-22T08:09:10Z":              "2026-11-22T08:09:10Z",
		"2026-11-22t08:09:10z":              "2026-11-22T08:09:10Z",
		"2026-11-22 08:09:10Z":              "2026-11-22T08:09:10Z",
		"2026-11-22T08:09:10,5Z":            "2026-11-22T08:09:10.5Z",
		"2026-11-22T08:09:10.123456789987Z": "2026-11-22T08:09:10.123456789Z",
		"2026-11-22T08:09Z":                 "2026-11-22T08:09:00Z",
		"2026-11-22T08:09+01":               "2026-11-22T07:09:00Z",
		"2026-11-22T08:09:10+0130":          "2026-11-22T06:39:10Z",
		"2026-11-22T08:09:10-08:00":         "2026-11-22T16:09:10Z",
		"2026-12-31T23:59:60Z":              "2027-01-01T00:00:00Z",
		"2016-12-31T23:59:60.25Z":           "2017-01-01T00:00:00.25Z",
		"2026-11-22T08:09:10":               "2026-11-22T08:09:10 no zone",
		"2026-11-22T08:09":                  "2026-11-22T08:09:00 no zone",
		"2024-02-29T00:00:00-00:00":         "2024-02-29T00:00:00Z",
		"0001-01-01":                        "none", "0001-01-01T00:00:00": "none", "0001-01-01T00:00:00Z": "none", "0001-12-31T23:59:59Z": "none",
		"0001-01-01T00:00:00+01:00": "none", "9999-12-31T23:59:59-01:00": "too late",
		"2026-11-22": "", "": "", "Z": "", "2026-11-22T": "", "2026-11-22T08Z": "", "2026-11-22T08:09:10.Z": "", "2026-11-22T08:09:1Z": "", "2026-11-22T08:09:": "",
		"2026-11-22T24:00:00Z": "", "2026-11-22T08:09:61Z": "", "2026-02-29T00:00:00Z": "", "2026-13-01T00:00:00Z": "", "0000-01-01T00:00:00Z": "",
		"2026-11-22T08:09:10+24:00": "", "2026-11-22T08:09:10+01:0": "", "2026-11-22T08:09:10+1": "", "2026-11-22T08:09:10 01:00": "", "2026-11-22T08:09:10ZZ": "",
		"2026-11-22T08:09:10*01": "", "2026-11-22X08:09:10Z": "", "2026-11-22T08:09.5Z": "", "20261122T080910Z": "", "1700000000": "",
	} {
		got := ""
		i, zoned, ok := Parse([]byte(text))
		switch {
		case !ok:
		case i.IsNone():
			got = "none"
		case i.IsTooLate():
			got = "too late"
		case !zoned:
			got = strings.TrimSuffix(i.Time().Format(time.RFC3339Nano), "Z") + " no zone"
		default:
			got = i.Time().Format(time.RFC3339Nano)
		}
		if got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

var (
	spelling = regexp.MustCompile(`^(\d{4}-\d\d-\d\d)[Tt ]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d|60)(?:[.,](\d+))?)?(?:([Zz])|([+-](?:[01]\d|2[0-3]))(?::?([0-5]\d))?)?$`)
)

// Instants are those of a regular expression and package time, for which the text is spelled as RFC 3339.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"2026-11-22T08:09:10Z", "2024-02-29T23:59:59.1234567-08:00", "1900-02-29T00:00:00Z", "2000-02-29T00:00:00.999999999999Z",
		"0001-01-01T00:00:00Z", "0000-12-31T00:00:00Z", "9999-12-31T23:59:59.9Z", "2026-11-22T08:09:10+00:00", "2026-11-22T8:09:10Z", "2026-11-22T08:09:60Z",
		"2026-11-22 08:09+0130", "0001-01-01", "2026-11-22t08:09:10,5z", "2026-11-22T08:09-01",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		i, zoned, ok := Parse([]byte(text))
		if text == "0001-01-01" {
			if !ok || !i.IsNone() {
				t.Fatal("the first day is not read")
			}
			return
		}
		m := spelling.FindStringSubmatch(text)
		if m == nil {
			if ok {
				t.Fatalf("%q: read as %v", text, i.Time())
			}
			return
		}
		leap := m[4] == "60"
		if m[4] == "" {
			m[4] = "00"
		} else if leap {
			m[4] = "59"
		}
		offset := "Z"
		if m[7] != "" {
			offset = m[7] + ":" + (m[8] + "00")[:2]
		}
		if m[5] != "" {
			m[5] = "." + m[5]
		}
		want, err := time.Parse(time.RFC3339, m[1]+"T"+m[2]+":"+m[3]+":"+m[4]+m[5]+offset)
		if leap {
			want = want.Add(time.Second)
		}
		if good := err == nil && !strings.HasPrefix(text, "0000"); ok != good {
			t.Fatalf("%q: read %v, package time says %v", text, ok, err)
		}
		if ok && (!i.Time().Equal(want) || zoned != (m[6]+m[7] != "")) {
			t.Fatalf("%q: got %v with a zone %v, want %v", text, i.Time(), zoned, want.UTC())
		}
	})
}
