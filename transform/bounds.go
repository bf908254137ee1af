package transform

import (
	"fmt"

	"graphlake/schemas"
)

// What a value and the rows of a record may take. A text becomes part of statistics and dictionaries, is compared when rows
// are sorted, and stands in every row of what is below it; so its bound is what such a text may be, and not what fits.
const (
	longestKey  = 2 << 10  // bytes of a text that must be there: a key, or what else a row cannot do without
	longestText = 64 << 10 // of another text
	longestLong = 4 << 20  // of a body, or of JSON: Graph lets a message have 28 kB, and cards 100
	mostRows    = 1 << 20  // rows of a record in one table: 20,000 sessions have some 400,000 streams
	// The texts of a record's rows may take so many times its bytes, and so many more: what belongs to the record stands in
	// each row below it.
	mostTimes = 8
	mostMore  = 4 << 20
)

// longest is how many bytes a value of a type may have as text, if it must be there and if not.
func longest(t schemas.Type, strict bool) int {
	switch {
	case t == asSent:
		return maxRecord
	case t == schemas.LongText || t == schemas.JSON:
		return longestLong
	case strict:
		return longestKey
	default:
		return longestText
	}
}

func longerThan(most int) string { return fmt.Sprintf("a text of more than %d bytes", most) }

var (
	tooManyRows = fmt.Sprintf("more than %d rows of one table", mostRows)
	tooMuchText = fmt.Sprintf("its rows would take more than %d times its bytes", mostTimes)
)
