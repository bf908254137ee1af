// Package phone says of a telephone number what is not about whose it is: its country, and whether digits of it are hidden.
//
// It reads numbers in international form, as +41440000001, with stars in the place of digits that are hidden; and shapes, which
// stand for numbers that a lake may not hold. It does not know where a number stands.
package phone

import "strings"

// withheld is what Graph writes in the place of a number that the caller keeps to himself.
const withheld = "anonymous"

// Shape is what a number says that is not about whose it is: "+" with its country, "*" if digits are hidden, as in "+CH*", or
// all of it is. Of a text that is no number it is empty. All that is asked of a number here is the same of its shape, and the
// shape of a shape is that shape.
func Shape(number string) string {
	hidden, known := Masked(number)
	if !known {
		return ""
	}
	shape := ""
	if strings.HasPrefix(number, "+") {
		shape = "+" + Country(number)
	}
	if hidden {
		shape += "*"
	}
	return shape
}

// Masked reports whether digits of a number are hidden, by stars or all of them; known, if the text is a number at all, or
// stands for one.
func Masked(number string) (hidden, known bool) {
	if strings.Contains(number, "*") || strings.EqualFold(number, withheld) {
		return true, true
	}
	return false, strings.HasPrefix(number, "+")
}

// Country is that of a number in international form, by the longest prefix that is somebody's; "" if it is nobody's alone. Of
// North America four digits say it, so that what is masked before them is unknown.
func Country(number string) string {
	digits, ok := strings.CutPrefix(number, "+")
	if !ok {
		return ""
	}
	if len(digits) >= codeLength && isCapital(digits[0]) && isCapital(digits[1]) { // a shape
		return digits[:codeLength]
	}
	found, prefix := "", uint32(0)
	for i := range min(len(digits), longestPrefix) {
		c := digits[i]
		if c < '0' || c > '9' {
			break
		}
		prefix = 10*prefix + uint32(c-'0')
		if i == 0 && c == '1' {
			continue // which nobody has alone
		}
		if of, ok := countryOf[prefix]; ok {
			found = of
		} else if i == 3 && digits[0] == '1' {
			found = countryOf[1]
		}
	}
	return found
}

// codeLength is that of a country's code.
const codeLength = 2

func isCapital(c byte) bool { return c >= 'A' && c <= 'Z' }
