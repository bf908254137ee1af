package jsonpull

import (
	"errors"
	"math"
	"strconv"
	"testing"
)

func TestParseInt(t *testing.T) {
	for text, want := range map[string]int64{
		"0": 0, "-0": 0, "7": 7, "-42": -42, "999999999999999999": 999999999999999999, "-999999999999999999": -999999999999999999,
		"1000000000000000000": 1000000000000000000, "9223372036854775807": math.MaxInt64, "-9223372036854775808": math.MinInt64,
	} {
		if got, err := ParseInt([]byte(text)); err != nil || got != want {
			t.Errorf("%s: got %d, %v", text, got, err)
		}
	}
	for text, want := range map[string]error{
		"9223372036854775808": ErrRange, "-9223372036854775809": ErrRange, "123456789012345678901234567890": ErrRange,
		"1.0": ErrNotInteger, "1e3": ErrNotInteger, "1.5": ErrNotInteger, "": ErrNotInteger, "-": ErrNotInteger,
	} {
		if got, err := ParseInt([]byte(text)); !errors.Is(err, want) {
			t.Errorf("%s: got %d, %v; want %v", text, got, err, want)
		}
	}
}

// Of every number the same float64, to the bit, as strconv.
func FuzzParseFloat(f *testing.F) {
	for _, text := range []string{
		"0", "-0", "0.0", "-0.0", "0.1", "12.75", "-3.140", "123456789012345", "1234567890.12345", "0.00000000000001", "1e22", "1E-5",
		"9007199254740993", "0.30000000000000004", "123456789012345678901234567890", "1e400", "-1e400", "1e-400", "4294967295", "2.2250738585072011e-308",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !IsNumber([]byte(text)) {
			return
		}
		want, refused := strconv.ParseFloat(text, 64)
		got, err := ParseFloat([]byte(text))
		if (err == nil) != (refused == nil) || err == nil && math.Float64bits(got) != math.Float64bits(want) {
			t.Fatalf("%s: got %v, %v; want %v, %v", text, got, err, want, refused)
		}
	})
}
