package graph

import (
	"strings"
	"testing"
	"time"
)

func TestParseRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	tests := []struct {
		value string
		want  time.Duration
		ok    bool
	}{
		{"0", 0, true},
		{"7", 7 * time.Second, true},
		{" 120 ", 2 * time.Minute, true},
		{"0.9", 900 * time.Millisecond, true},
		{"Sun, 22 Nov 2026 10:01:30 GMT", 90 * time.Second, true},
		{"Sun, 22 Nov 2026 09:00:00 GMT", 0, true},
		{"", 0, false},
		{"-1", 0, false},
		{"NaN", 0, false},
		{"1e3", 0, false},
		{"1.2.3", 0, false},
		{".", 0, false},
		{"soon", 0, false},
		{"0,120", 2 * time.Minute, true},
		{"120, 0", 2 * time.Minute, true},
		{"soon, 7", 7 * time.Second, true},
		{"5,Sun, 22 Nov 2026 10:01:30 GMT, 60", 90 * time.Second, true},
		{",", 0, false},
	}
	for _, test := range tests {
		if got, ok := parseRetryAfter(test.value, now); got != test.want || ok != test.ok {
			t.Errorf("parseRetryAfter(%q) = %v, %v, want %v, %v", test.value, got, ok, test.want, test.ok)
		}
	}
}

// FuzzParseRetryAfter: never a wait before now, and none where there is no advice; more digits never
// mean a shorter wait.
func FuzzParseRetryAfter(f *testing.F) {
	for _, s := range []string{"1", "0.9", "99999999999999999999", "Sun, 22 Nov 2026 10:01:30 GMT", "Sun, 22 Nov 0000 10:01:30 GMT", "9223372036.854775807"} {
		f.Add(s)
	}
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, value string) {
		got, ok := parseRetryAfter(value, now)
		if got < 0 || (!ok && got != 0) {
			t.Fatalf("parseRetryAfter(%q) = %v, %v", value, got, ok)
		}
		if ok && strings.Trim(value, "0123456789") == "" {
			if longer, _ := parseRetryAfter(value+"0", now); longer < got {
				t.Fatalf("%s is %v, but %s0 is %v", value, got, value, longer)
			}
		}
	})
}
