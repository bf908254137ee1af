package transform

import (
	"math/big"
	"regexp"
	"strings"
	"testing"
	"time"

	"graphlake/transform/jsonpull"
)

var strictRFC3339 = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$`)

// Instants are those of package time, where that is as strict as RFC 3339.
func FuzzInstant(f *testing.F) {
	for _, text := range []string{
		"2026-11-22T08:09:10Z", "2024-02-29T23:59:59.1234567-08:00", "1900-02-29T00:00:00Z", "2000-02-29T00:00:00.999999999999Z",
		"0001-01-01T00:00:00Z", "0000-12-31T00:00:00Z", "9999-12-31T23:59:59.9Z", "2026-11-22T08:09:10+00:00", "2026-11-22T8:09:10Z", "2026-11-22T08:09:60Z",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		want, err := time.Parse(time.RFC3339, text)
		good := err == nil && strictRFC3339.MatchString(text) && !strings.HasPrefix(text, "0000")
		seconds, nanos, ok := parseInstant([]byte(text))
		if ok != good {
			t.Fatalf("%q: read %v, package time says %v", text, ok, err)
		}
		if ok && !time.Unix(seconds, nanos).Equal(want) {
			t.Fatalf("%q: got %v, want %v", text, time.Unix(seconds, nanos).UTC(), want.UTC())
		}
	})
}

var slowDuration = regexp.MustCompile(`^(-?)P(?:(\d+)W|(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d+))?S)?)?)$`)

// Durations are those of a regular expression and arithmetic without bounds.
func FuzzDuration(f *testing.F) {
	for _, text := range []string{
		"PT1H2M3S", "P1DT2H", "PT0.016S", "-P2W", "PT0.0005S", "-PT0.0004S", "P", "PT", "P1DT", "P1Y", "PT1.S", "P1W2D", "P106751991167DT7H12M55.8075S", "PT9223372036854775.807S", "PT9223372036854775.8075S",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m := slowDuration.FindStringSubmatch(text)
		good := m != nil && strings.ContainsAny(text, "0123456789") && !strings.HasSuffix(text, "T")
		c, reason := durationMillis([]byte(text))
		if !good {
			if reason != notDuration {
				t.Fatalf("%q: got %d, %q", text, int64(c.bits), reason)
			}
			return
		}
		sum := new(big.Rat)
		for i, length := range []int64{604_800_000, 86_400_000, 3_600_000, 60_000, 1000} {
			if m[i+2] != "" {
				n, _ := new(big.Rat).SetString(m[i+2])
				sum.Add(sum, n.Mul(n, new(big.Rat).SetInt64(length)))
			}
		}
		if m[7] != "" {
			n, _ := new(big.Rat).SetString("0." + m[7])
			sum.Add(sum, n.Mul(n, new(big.Rat).SetInt64(1000)))
		}
		sum.Add(sum, big.NewRat(1, 2))
		want := new(big.Int).Quo(sum.Num(), sum.Denom())
		if m[1] == "-" {
			want.Neg(want)
		}
		if fits := want.IsInt64() && want.Int64() != -1<<63; fits != (reason == "") || fits && int64(c.bits) != want.Int64() {
			t.Fatalf("%q: got %d, %q; want %v", text, int64(c.bits), reason, want)
		}
	})
}

// Decimals are those of rational arithmetic.
func FuzzDecimal(f *testing.F) {
	for _, text := range []string{
		"0", "-0.0", "12.34", "0.000001", "0.0000001", "999999999999.999999", "1000000000000", "1e11", "1.0000000e-1", "100000000000000000000e-10",
		"0.00000000000000000000001e20", "123456789012345678", "1234567890123456789", "5e-7", "-1E+2", "0e999999999999", "123456789012345678e-6", "1234567890123456789e-7",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !jsonpull.IsNumber([]byte(text)) || len(text) > 100 {
			return
		}
		got, err := parseDecimal([]byte(text))
		if _, digits, found := strings.Cut(strings.ToLower(text), "e"); found && len(digits) > 3 {
			return // too large for arithmetic without bounds
		}
		want, _ := new(big.Rat).SetString(text)
		want.Mul(want, big.NewRat(1_000_000, 1))
		good := want.IsInt() && len(new(big.Int).Abs(want.Num()).String()) <= 18
		if good != (err == nil) || good && want.Num().Cmp(big.NewInt(got)) != 0 {
			t.Fatalf("%s: got %d, %v; want %v", text, got, err, want)
		}
	})
}
