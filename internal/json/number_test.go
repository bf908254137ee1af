package json

import (
	"errors"
	"math"
	"math/big"
	"strconv"
	"strings"
	"testing"
)

func TestParseInt(t *testing.T) {
	for text, want := range map[string]int64{
		"0": 0, "-0": 0, "7": 7, "-42": -42, "999999999999999999": 999999999999999999, "-999999999999999999": -999999999999999999,
		"1000000000000000000": 1000000000000000000, "9223372036854775807": math.MaxInt64, "-9223372036854775808": math.MinInt64,
		"1.0": 1, "1e3": 1000, "-67.000": -67, "4E0": 4, "0e99999999999": 0, "0.0": 0, "120e-1": 12, "0.00000000000000000012e20": 12,
		"1000000000000000000000000e-20": 10000, "9223372036854775807.0": math.MaxInt64, "-922337203685477580.8e1": math.MinInt64,
	} {
		if got, err := ParseInt([]byte(text)); err != nil || got != want {
			t.Errorf("%s: got %d, %v", text, got, err)
		}
	}
	for text, want := range map[string]error{
		"9223372036854775808": ErrRange, "-9223372036854775809": ErrRange, "123456789012345678901234567890": ErrRange,
		"1.5": ErrNotInteger, "1e-1": ErrNotInteger, "0.9999999999999999999": ErrNotInteger, "1e19": ErrRange, "1e99999999999": ErrRange,
		"9223372036854775807.5": ErrRange, "9223372036854775808.0": ErrRange, "-92233720368547758.09e2": ErrRange,
	} {
		if got, err := ParseInt([]byte(text)); !errors.Is(err, want) {
			t.Errorf("%s: got %d, %v; want %v", text, got, err, want)
		}
	}
}

// Of a number in any spelling what arithmetic without bounds gives, rounded half away from zero.
func FuzzParseScaled(f *testing.F) {
	for _, text := range []string{
		"0", "-0.0", "12.34", "0.000001", "0.0000005", "-0.0000005", "0.15000000000000002", "1E-05", "0.1234567", "999999999999.9999995", "1e11", "4e0", "67.0",
		"100000000000000000000e-10", "0.00000000000000000000001e20", "123456789012345678e-6", "1234567890123456789e-7", "5e-7", "-1E+2", "9223372036854775807.49", "-9223372036854775808.5",
	} {
		f.Add(text, 6)
		f.Add(text, 0)
	}
	f.Fuzz(func(t *testing.T, text string, scale int) {
		if !IsNumber([]byte(text)) || len(text) > 100 || scale < -20 || scale > 20 {
			return
		}
		got, whole, err := ParseScaled([]byte(text), scale)
		i, errInt := ParseInt([]byte(text))
		if _, digits, found := strings.Cut(strings.ToLower(text), "e"); found && len(digits) > 3 {
			return // too large for arithmetic without bounds
		}
		exact, _ := new(big.Rat).SetString(text)
		if errInt == nil && exact.Cmp(new(big.Rat).SetInt64(i)) != 0 || (errInt == nil) != (exact.IsInt() && exact.Num().IsInt64()) {
			t.Fatalf("%s: got %d, %v; want %v", text, i, errInt, exact)
		}
		power := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(scale, -scale))), nil))
		if scale < 0 {
			power.Inv(power)
		}
		exact.Mul(exact, power)
		rounded := new(big.Rat).Add(new(big.Rat).Abs(exact), big.NewRat(1, 2))
		want := new(big.Int).Quo(rounded.Num(), rounded.Denom())
		if exact.Sign() < 0 {
			want.Neg(want)
		}
		if want.IsInt64() != (err == nil) || err == nil && (want.Int64() != got || whole != exact.IsInt()) {
			t.Fatalf("%s × 10^%d: got %d, %v, %v; want %v, %v", text, scale, got, whole, err, want, exact.IsInt())
		}
	})
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
