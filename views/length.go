package views

import (
	"fmt"
	"strings"

	"graphlake/schemas"
)

// Lengths of strings in bytes of UTF-8. Without any, Synapse takes 8000 of each and asks for memory by that;
// a value beyond its length would be cut or fail the query, so they are generous.
const (
	longestWord = 128  // what we chose from a list: a member's name, a time zone, a hash
	longestEnum = 512  // the directory's longest such value is of 128 characters (a city)
	longestName = 1024 // the longest name is of 256 characters; ids are shorter
	longestLink = 4096 // links to files, whose names are encoded, and to meetings
)

// typ is a column's type in T-SQL. Every string says how long it can be.
func (synapse) typ(c schemas.Column) string {
	switch c.Type {
	case schemas.Bool, schemas.Present:
		return "BIT"
	case schemas.Int32:
		return "INT"
	case schemas.Int64, schemas.DurationMS, schemas.Version:
		return "BIGINT"
	case schemas.Float64:
		return "FLOAT"
	case schemas.Decimal:
		return decimal
	case schemas.Timestamp, schemas.UTCTime:
		return "DATETIME2" // of instants in UTC
	case dateType:
		return "DATE"
	case schemas.LongText, schemas.JSON:
		return "VARCHAR(MAX)"
	default:
		return fmt.Sprintf("VARCHAR(%d)", longest(c))
	}
}

// longest is how many bytes a string can have.
func longest(c schemas.Column) int {
	switch {
	case c.Type == schemas.Member, c.Type == schemas.Zone, c.Type == schemas.Hash:
		return longestWord
	case c.Type == schemas.Enum:
		return longestEnum
	case strings.HasSuffix(c.Name, "_url"):
		return longestLink
	default:
		return longestName
	}
}
