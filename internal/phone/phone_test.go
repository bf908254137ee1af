package phone_test

import (
	"testing"

	"graphlake/internal/phone"
)

// What is asked of a number is the same of its shape, which says nothing else.
func TestShapes(t *testing.T) {
	for number, shape := range map[string]string{
		"+41440000001": "+CH", "+4930000***": "+DE*", "+14165550100": "+CA", "+121*******": "+*", "+18005550100": "+", "+": "+",
		"***": "*", "0441234***": "*", "anonymous": "*", "Anonymous": "*",
		"0041440000001": "", "Ada": "", "": "", "8:orgid:ada": "", "9f86d081884c7d659a2feaa0c55ad015": "",
	} {
		got := phone.Shape(number)
		if got != shape {
			t.Errorf("the shape of %s is %s, want %s", number, got, shape)
		}
		if again := phone.Shape(got); again != shape {
			t.Errorf("the shape of %s is %s", got, again)
		}
		if phone.Country(got) != phone.Country(number) {
			t.Errorf("%s is of %q, and its shape %s of %q", number, phone.Country(number), got, phone.Country(got))
		}
		hidden, known := phone.Masked(number)
		if h, k := phone.Masked(got); h != hidden || k != known {
			t.Errorf("%s is masked: %v, known: %v; its shape %s: %v, %v", number, hidden, known, got, h, k)
		}
	}
}
