package cli

import (
	"testing"
	"time"
)

func TestRounded(t *testing.T) {
	for want, d := range map[string]time.Duration{
		"0s": 0, "16s": 15600 * time.Millisecond, "1m": time.Minute, "9m8s": 9*time.Minute + 8*time.Second, "12m": 12*time.Minute + 20*time.Second,
		"1h": time.Hour, "3h20m": 3*time.Hour + 20*time.Minute + 5*time.Second, "26h": 26 * time.Hour,
	} {
		if got := rounded(d); got != want {
			t.Errorf("%v is %s, want %s", d, got, want)
		}
	}
}
