package transform

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"math"
	"unicode/utf8"

	"graphlake/internal/instant"
	"graphlake/internal/json"
	"graphlake/schemas"
)

// asSent is the type of a text column whose path is the record itself: the record's text as it is.
const asSent schemas.Type = math.MaxUint8

// hashBytes is how much of a SHA-256 a hash column keeps: enough to tell any two records apart.
const hashBytes = 16

// convert reads a value as a type. If it does not fit, the cell is null and the reason says why. A reason is
// one of few, and holds nothing of the value.
func (b *Builder) convert(t schemas.Type, v json.Value) (c cell, reason string) {
	switch t {
	case asSent:
		return b.textOf(v), ""
	case schemas.Hash:
		return b.hash(v), ""
	case schemas.Digest:
		return b.digest(v)
	}
	switch v.Kind {
	case json.Null:
		return cell{}, ""
	case json.String:
		return b.convertString(t, v)
	case json.Number:
		if wants(t) == json.Number {
			return number(t, b.scan.Text(v))
		}
	case json.Bool:
		if t == schemas.Bool {
			return truth(b.record[v.Start] == 't'), ""
		}
	}
	switch t {
	case schemas.JSON:
		return b.compact(v), ""
	case schemas.Present:
		return truth(true), ""
	}
	return cell{}, wrongKind(wants(t), v.Kind)
}

// isEmpty reports whether a value is the empty string, which stands for null where no text is meant.
func isEmpty(v json.Value) bool { return v.Kind == json.String && v.Start == v.End }

// wants is the kind that holds a type's values.
func wants(t schemas.Type) json.Kind {
	switch t {
	case schemas.Bool:
		return json.Bool
	case schemas.Int32, schemas.Int64, schemas.Float64, schemas.Decimal, schemas.Version:
		return json.Number
	}
	return json.String
}

// isText reports whether a type takes a string as it is.
func isText(t schemas.Type) bool {
	return t == schemas.String || t == schemas.Enum || t == schemas.LongText || t == schemas.KeyText
}

// Reads reports whether a column of a type reads a string, given what it says, or a number.
func Reads(t schemas.Type, kind json.Kind, text []byte) bool {
	switch {
	case t == schemas.JSON || t == schemas.Hash:
		return true
	case kind == json.Number:
		return wants(t) == json.Number
	case isText(t) || t == schemas.Zone:
		return true
	}
	_, reason := fromText(t, text)
	return reason == ""
}

func truth(v bool) cell {
	if v {
		return cell{1, isBits}
	}
	return cell{0, isBits}
}

// convertString reads a string, which may be a number, true or false in quotes.
func (b *Builder) convertString(t schemas.Type, v json.Value) (c cell, reason string) {
	if isText(t) {
		return b.textCell(v), ""
	}
	switch t {
	case schemas.JSON:
		return b.compact(v), ""
	case schemas.Present:
		return truth(true), ""
	}
	text := b.scan.Text(v)
	if !v.Plain {
		text = b.text(b.textCell(v))
	}
	switch t {
	case schemas.UTCTime:
		return b.timeInZone(text)
	case schemas.Zone:
		return b.zoneCell(text), ""
	}
	return fromText(t, text)
}

// timeInZone reads a date and time in the zone of the object that is being read.
func (b *Builder) timeInZone(text []byte) (c cell, reason string) {
	if len(text) == 0 {
		return cell{}, ""
	}
	var zone []byte
	switch b.zone.Kind {
	case json.None, json.Null:
	case json.String:
		zone = b.scan.Text(b.zone)
		if !b.zone.Plain {
			zone = b.text(b.textCell(b.zone))
		}
	default:
		zone = []byte{0} // which no zone is called
	}
	return zonedMicros(text, zone)
}

// zoneCell is a time zone's IANA name, null if the name that Graph sent is none of a zone.
func (b *Builder) zoneCell(name []byte) cell {
	iana := instant.IANA(name)
	if iana == "" {
		return cell{}
	}
	start := len(b.made)
	b.made = append(b.made, iana...)
	return b.madeFrom(start)
}

// fromText reads the text of a string as a type that is not text itself, for which no text is null.
func fromText(t schemas.Type, text []byte) (c cell, reason string) {
	if len(text) == 0 {
		return cell{}, ""
	}
	switch t {
	case schemas.Timestamp:
		return instantMicros(text)
	case schemas.UTCTime:
		return zonedMicros(text, nil)
	case schemas.DurationMS:
		return durationMillis(text)
	case schemas.Bool:
		switch string(text) {
		case "true":
			return truth(true), ""
		case "false":
			return truth(false), ""
		}
	case schemas.Version:
		if len(text) > 4 && text[4] == '-' {
			return instantNanos(text)
		}
		return quotedNumber(t, text)
	case schemas.Int32, schemas.Int64, schemas.Float64, schemas.Decimal:
		return quotedNumber(t, text)
	}
	return cell{}, wrongKind(wants(t), json.String)
}

func quotedNumber(t schemas.Type, text []byte) (c cell, reason string) {
	if json.IsNumber(text) {
		return number(t, text)
	}
	switch string(text) {
	case "NaN", "INF", "-INF", "Infinity", "-Infinity": // of OData, of XML Schema and of .NET: no number
		return cell{}, ""
	}
	return cell{}, "want a number, got other text"
}

// beyondDecimal is the smallest count of the smallest unit that has too many digits for a DECIMAL of ours.
const beyondDecimal = 1_000_000_000_000_000_000

// number is the value of a number as JSON writes it.
func number(t schemas.Type, text []byte) (c cell, reason string) {
	var err error
	switch t {
	case schemas.Float64:
		var f float64
		f, err = json.ParseFloat(text)
		c.bits = math.Float64bits(f)
	case schemas.Decimal:
		var d int64
		if d, _, err = json.ParseScaled(text, schemas.DecimalScale); d >= beyondDecimal || d <= -beyondDecimal {
			err = json.ErrRange
		}
		c.bits = uint64(d)
	default:
		var i int64
		i, err = json.ParseInt(text)
		if t == schemas.Int32 && int64(int32(i)) != i {
			err = json.ErrRange
		}
		c.bits = uint64(i)
	}
	if err != nil {
		return cell{}, err.Error()
	}
	c.from = isBits
	return c, ""
}

// textCell is the value of a string as a cell.
func (b *Builder) textCell(v json.Value) cell {
	if v.Plain {
		return cell{span(v.Start, v.End), inRecord}
	}
	start := len(b.made)
	b.made = json.AppendString(b.made, b.scan.Text(v))
	return b.madeFrom(start)
}

// textOf is the text of a value as it was sent, but for bytes that are not UTF-8.
func (b *Builder) textOf(v json.Value) cell {
	from, to := v.Bounds()
	text := b.record[from:to]
	if utf8.Valid(text) {
		return cell{span(from, to), inRecord}
	}
	start := len(b.made)
	b.made = json.AppendValid(b.made, text)
	return b.madeFrom(start)
}

// compact is the text of a value without white space between its parts, as Graph mostly sends it.
func (b *Builder) compact(v json.Value) cell {
	from, to := v.Bounds()
	text := b.record[from:to]
	if b.scan.Compact(v) && utf8.Valid(text) {
		return cell{span(from, to), inRecord}
	}
	start := len(b.made)
	b.made = json.AppendCompact(b.made, text)
	return b.madeFrom(start)
}

func (b *Builder) hash(v json.Value) cell {
	start := len(b.made)
	from, to := v.Bounds()
	sum := sha256.Sum256(b.record[from:to])
	b.made = hex.AppendEncode(b.made, sum[:hashBytes])
	return b.madeFrom(start)
}

// digest is the hash of what a value says, but for what is said about it.
func (b *Builder) digest(v json.Value) (c cell, reason string) {
	if v.Kind != json.Object {
		return cell{}, wrongKind(json.Object, v.Kind)
	}
	text, said := b.scan.Text(v), []byte{'{'}
	for m, err := range json.Members(text) {
		if err != nil {
			return cell{}, err.Error()
		}
		if bytes.HasPrefix(m.Name, []byte{'@'}) && string(m.Name) != schemas.Local {
			continue
		}
		if len(said) > 1 {
			said = append(said, ',')
		}
		said = json.AppendQuoted(said, string(m.Name))
		said = append(append(said, ':'), text[m.From:m.To]...)
	}
	canonical, err := json.AppendCanonical(nil, append(said, '}'))
	if err != nil {
		return cell{}, err.Error()
	}
	start := len(b.made)
	sum := sha256.Sum256(canonical)
	b.made = hex.AppendEncode(b.made, sum[:hashBytes])
	return b.madeFrom(start), ""
}

func (b *Builder) madeFrom(start int) cell { return cell{span(start, len(b.made)), inMade} }

func span(start, end int) uint64 { return uint64(start)<<32 | uint64(end) }
