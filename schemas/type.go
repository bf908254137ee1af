package schemas

import (
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
)

// Type is what a column holds, how it is read from JSON and how it is stored.
type Type uint8

// The types. What JSON or ISO 8601 let one write in another form is read if it can mean one thing only: 4.0
// and 1e3 are integers, a number, true or false may be quoted, and no text is null where no text is meant.
// Null and absent are null. What does not fit is null too, and counted, or where the column is required an
// error of the record: never a guess.
const (
	String     Type = iota + 1 // text; ids are always text
	Enum                       // text with few distinct values, also ones unknown today; dictionary-encoded
	LongText                   // text without an upper length worth naming: no statistics
	Bool                       //
	Int32                      // as of all numbers, "NaN", "INF", "Infinity" and the negative of these are null
	Int64                      //
	Float64                    //
	Decimal                    // DECIMAL(18,6); more digits behind the point are rounded half away from zero
	Timestamp                  // an RFC 3339 instant and its other spellings, as microseconds in UTC; the year 0001 is null
	UTCTime                    // the same of a dateTimeTimeZone's dateTime, in the zone that its [ZoneMember] names
	DurationMS                 // an ISO 8601 duration, as milliseconds, half a millisecond rounded up
	Zone                       // a time zone by its Windows or IANA name, as its IANA name; another is null
	JSON                       // any value, as its JSON text without insignificant white space
	Member                     // of an object: the name of its first member that is an object
	Present                    // true if the value is there and not null, else false; never null
	Version                    // a number, or an instant as nanoseconds since 1970: compared, never shown
	KeyText                    // text in a key: where there is none it is empty, because a key has no nulls
	Hash                       // SHA-256 of the value's JSON text as sent, the first 16 bytes as hex
	// Digest is a key for what has no id: SHA-256 of what an object says, the first 16 bytes as hex. The order of
	// members and how they are spelled do not count, nor members of the object itself whose names begin with "@",
	// which say something about the record, but for [Local]: the same said of another parent or day is another record.
	Digest
)

// Arrow is the type of the column in Arrow, and by it in Parquet.
func (t Type) Arrow() arrow.DataType {
	switch t {
	case Bool, Present:
		return arrow.FixedWidthTypes.Boolean
	case Int32:
		return arrow.PrimitiveTypes.Int32
	case Int64, DurationMS, Version:
		return arrow.PrimitiveTypes.Int64
	case Float64:
		return arrow.PrimitiveTypes.Float64
	case Decimal:
		return &arrow.Decimal128Type{Precision: DecimalPrecision, Scale: DecimalScale}
	case Timestamp, UTCTime:
		return &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"}
	default:
		return arrow.BinaryTypes.String
	}
}

// ZoneMember is the member beside a [UTCTime] that says in which zone it is, by a Windows or IANA name. Without
// it, or if it is empty, the zone is UTC. A zone that the time itself names goes before it; one that nobody
// knows gives no time.
const ZoneMember = "timeZone"

// NeverNull reports whether a column of the type has a value in every row, also where the record has none.
func (t Type) NeverNull() bool { return t == Present || t == KeyText }

// Precision and scale of [Decimal]: money with room for the fractions of a cent that operators charge.
const (
	DecimalPrecision = 18
	DecimalScale     = 6
)

var typeNames = map[Type]string{
	String: "string", Enum: "enum", LongText: "long text", Bool: "bool", Int32: "int32", Int64: "int64",
	Float64: "float64", Decimal: "decimal(18,6)", Timestamp: "timestamp", UTCTime: "zoned timestamp", DurationMS: "milliseconds",
	Zone: "time zone", JSON: "json", Member: "member", Present: "present", Version: "version", KeyText: "key text", Hash: "hash", Digest: "digest",
}

// TypeNamed is the type of a declared column by its name, with underscores in the place of blanks. The types that
// only raw has are not among them.
func TypeNamed(name string) (Type, bool) {
	for _, t := range declarable {
		if t.declared() == name {
			return t, true
		}
	}
	return 0, false
}

// TypeNames are those that [TypeNamed] knows, in the order of the types.
func TypeNames() []string {
	var names []string
	for _, t := range declarable {
		names = append(names, t.declared())
	}
	return names
}

var declarable = []Type{
	String, Enum, LongText, Bool, Int32, Int64, Float64, Decimal, Timestamp, UTCTime, DurationMS, Zone, JSON, Member, Present, KeyText, Digest,
}

func (t Type) declared() string {
	name, _, _ := strings.Cut(typeNames[t], "(")
	return strings.ReplaceAll(name, " ", "_")
}

func (t Type) String() string {
	if name, ok := typeNames[t]; ok {
		return name
	}
	return "unknown"
}
