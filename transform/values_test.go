package transform

import (
	"math/big"
	"regexp"
	"strings"
	"testing"
)

var (
	slowDuration = regexp.MustCompile(`^(-?)P(?:(N)W|(?:(N)D)?(?:T(?:(N)H)?(?:(N)M)?(?:(N)S)?)?)$`)
	slowNumber   = regexp.MustCompile(`\d+(?:[.,]\d+)?`)
)

// Durations are those of a regular expression and arithmetic without bounds.
func FuzzDuration(f *testing.F) {
	for _, text := range []string{
		"PT1H2M3S", "P1DT2H", "PT0.016S", "-P2W", "PT0.0005S", "-PT0.0004S", "P", "PT", "P1DT", "P1Y", "PT1.S", "P1W2D", "PT1.5M", "PT1,5H", "P0.5D", "PT1.5H2M", "PT0.0000001388888888888888888888888888889H", "P1.5W", "PT0.99999999999999M", "P106751991167DT7H12M55.8075S", "PT9223372036854775.807S", "PT9223372036854775.8075S",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		numbers := slowNumber.FindAllString(text, -1)
		m := slowDuration.FindStringSubmatch(slowNumber.ReplaceAllString(text, "N"))
		good := m != nil && len(numbers) > 0 && !strings.HasSuffix(text, "T") && !strings.Contains(text, "N")
		for i, n := range numbers {
			good = good && (i == len(numbers)-1 || !strings.ContainsAny(n, ".,"))
		}
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
				n, _ := new(big.Rat).SetString(strings.ReplaceAll(numbers[0], ",", "."))
				sum.Add(sum, n.Mul(n, new(big.Rat).SetInt64(length)))
				numbers = numbers[1:]
			}
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
