package transform

import (
	"crypto/sha256"
	"encoding/hex"
	"math"
	"slices"
	"unicode/utf8"

	"graphlake/schemas"
	"graphlake/transform/jsonpull"
)

// asSent is the type of a text column whose path is the record itself: the record's text as it is.
const asSent schemas.Type = math.MaxUint8

// hashBytes is how much of a SHA-256 a hash column keeps: enough to tell any two records apart.
const hashBytes = 16

// convert reads a value as a type. If it does not fit, the cell is null and the reason says why.
func (b *Builder) convert(t schemas.Type, v jsonpull.Value) (c cell, reason string) {
	switch t {
	case asSent:
		return b.textOf(v), ""
	case schemas.Hash:
		return b.hash(v), ""
	}
	if v.Kind == jsonpull.Null {
		return cell{}, ""
	}
	switch t {
	case schemas.String, schemas.Enum, schemas.LongText:
		if v.Kind == jsonpull.String {
			return b.textCell(v), ""
		}
		return cell{}, wrongKind(jsonpull.String, v.Kind)
	case schemas.Bool:
		if v.Kind == jsonpull.Bool {
			return cell{truth(b.record[v.Start] == 't'), isBits}, ""
		}
		return cell{}, wrongKind(jsonpull.Bool, v.Kind)
	case schemas.Present:
		return cell{truth(true), isBits}, ""
	case schemas.JSON:
		return b.compact(v), ""
	case schemas.Timestamp, schemas.DurationMS:
		if v.Kind != jsonpull.String {
			return cell{}, wrongKind(jsonpull.String, v.Kind)
		}
	}
	return b.convertNumber(t, v)
}

func truth(v bool) uint64 {
	if v {
		return 1
	}
	return 0
}

// convertNumber reads what is stored as a number.
func (b *Builder) convertNumber(t schemas.Type, v jsonpull.Value) (c cell, reason string) {
	text := b.scan.Text(v)
	if v.Kind == jsonpull.String {
		if !v.Plain {
			text = b.text(b.textCell(v))
		}
		switch t {
		case schemas.Timestamp:
			return instantMicros(text)
		case schemas.DurationMS:
			return durationMillis(text)
		case schemas.Version:
			if len(text) > 4 && text[4] == '-' {
				return instantNanos(text)
			}
		case schemas.Float64:
			if s := string(text); s == "NaN" || s == "INF" || s == "-INF" {
				return cell{}, ""
			}
		}
		quotable := t == schemas.Int64 || t == schemas.Decimal || t == schemas.Version
		if !quotable {
			return cell{}, wrongKind(jsonpull.Number, v.Kind)
		}
		if !jsonpull.IsNumber(text) {
			return cell{}, "want a number, got other text"
		}
	} else if v.Kind != jsonpull.Number {
		return cell{}, wrongKind(jsonpull.Number, v.Kind)
	}
	return number(t, text)
}

// number is the value of a number as JSON writes it.
func number(t schemas.Type, text []byte) (c cell, reason string) {
	var err error
	switch t {
	case schemas.Float64:
		var f float64
		f, err = jsonpull.ParseFloat(text)
		c.bits = math.Float64bits(f)
	case schemas.Decimal:
		var d int64
		d, err = parseDecimal(text)
		c.bits = uint64(d)
	default:
		var i int64
		i, err = jsonpull.ParseInt(text)
		if t == schemas.Int32 && int64(int32(i)) != i {
			err = jsonpull.ErrRange
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
func (b *Builder) textCell(v jsonpull.Value) cell {
	if v.Plain {
		return cell{span(v.Start, v.End), inRecord}
	}
	start := len(b.made)
	b.made = jsonpull.AppendString(b.made, b.scan.Text(v))
	return b.madeFrom(start)
}

// textOf is the text of a value as it was sent, but for bytes that are not UTF-8.
func (b *Builder) textOf(v jsonpull.Value) cell {
	v = quoted(v)
	if utf8.Valid(b.scan.Text(v)) {
		return cell{span(v.Start, v.End), inRecord}
	}
	start := len(b.made)
	b.made = jsonpull.AppendValid(b.made, b.scan.Text(v))
	return b.madeFrom(start)
}

// compact is the text of a value without white space between its parts, as Graph mostly sends it.
func (b *Builder) compact(v jsonpull.Value) cell {
	v = quoted(v)
	text := b.scan.Text(v)
	if !slices.ContainsFunc(text, func(c byte) bool { return c <= ' ' || c >= utf8.RuneSelf }) {
		return cell{span(v.Start, v.End), inRecord}
	}
	start := len(b.made)
	b.made = jsonpull.AppendCompact(b.made, text)
	return b.madeFrom(start)
}

func (b *Builder) hash(v jsonpull.Value) cell {
	start := len(b.made)
	sum := sha256.Sum256(b.scan.Text(quoted(v)))
	b.made = hex.AppendEncode(b.made, sum[:hashBytes])
	return b.madeFrom(start)
}

func (b *Builder) madeFrom(start int) cell { return cell{span(start, len(b.made)), inMade} }

func span(start, end int) uint64 { return uint64(start)<<32 | uint64(end) }

// quoted widens the text of a string by its quotes.
func quoted(v jsonpull.Value) jsonpull.Value {
	if v.Kind == jsonpull.String {
		v.Start--
		v.End++
	}
	return v
}
