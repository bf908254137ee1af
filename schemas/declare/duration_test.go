package declare

import (
	"testing"
	"time"
)

func TestParseDuration(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"7d": 168 * time.Hour, "400d": 9600 * time.Hour, "72h": 72 * time.Hour, "90m": 90 * time.Minute, "1d12h": 36 * time.Hour,
		"1d1h30m": 25*time.Hour + 30*time.Minute, "0d": 0, "2w": 336 * time.Hour, "1w2d3h": 219 * time.Hour, "0": 0, "36h0m": 36 * time.Hour, "1.5h": 90 * time.Minute,
	} {
		if got, ok := ParseDuration(text); !ok || got != want {
			t.Errorf("%q is %v, %t; want %v", text, got, ok, want)
		}
	}
	for _, text := range []string{
		"", "7", "d", "-7d", "-72h", "+7d", "1.5d", "7 d", " 7d", "7D", "7days", "w", "1w-1d", "1d1w", "1000w", "1w1", "1m1w", "1d-12h", "1d+12h", "12h1d", "1d1d", "1d2", "100000d", "99999d9999999h", "999w99999d", "999w99999d1h", "1d.5h", "7d\n", "1y",
	} {
		if got, ok := ParseDuration(text); ok {
			t.Errorf("%q is %v; want none", text, got)
		}
	}
}

// Whatever is written: what is taken is not negative, and the same when it is written as Go writes it.
func FuzzParseDuration(f *testing.F) {
	for _, text := range []string{"7d", "2w", "1w2d3h", "1d12h", "72h", "99999d2562047h", "999w99999d1h", "0", "1d-1h", "9223372036854775807ns"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, ok := ParseDuration(text)
		if !ok {
			return
		}
		if again, ok := ParseDuration(d.String()); d < 0 || !ok || again != d {
			t.Errorf("%q is %v, and that is %v, %t", text, d, again, ok)
		}
	})
}
