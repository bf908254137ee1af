package graphsim

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

// An entity is an object as Graph sends it: names and values by turns, in the order in which they are
// written. A value is nil, a text, a number, an instant, a duration, a guid, an entity, a list of entities or
// of texts, or JSON. Of a directory object nil is what was never set.
type entity []any

type (
	cents   int    // an Edm.Decimal with two digits
	younger string // a member of an enum that is younger than the enum's sentinel
)

// get is a member's value; false if there is no such member.
func (e entity) get(name string) (any, bool) {
	for i := 0; i < len(e); i += 2 {
		if e[i] == name {
			return e[i+1], true
		}
	}
	return nil, false
}

// set replaces a member, or appends it.
func (e *entity) set(name string, value any) {
	for i := 0; i < len(*e); i += 2 {
		if (*e)[i] == name {
			(*e)[i+1] = value
			return
		}
	}
	*e = append(*e, name, value)
}

func (e *entity) remove(name string) {
	for i := 0; i < len(*e); i += 2 {
		if (*e)[i] == name {
			*e = slices.Delete(*e, i, i+2)
			return
		}
	}
}

// pick is the entity with the named members only, and what is annotated of them and of itself.
func (e entity) pick(names []string) entity {
	var some entity
	for i := 0; i < len(e); i += 2 {
		name, _ := e[i].(string)
		if of, _, _ := strings.Cut(name, "@"); of == "" || slices.Contains(names, of) {
			some = append(some, name, e[i+1])
		}
	}
	return some
}

// known is the entity without what was never set.
func (e entity) known() entity {
	var some entity
	for i := 0; i < len(e); i += 2 {
		if e[i+1] != nil {
			some = append(some, e[i], e[i+1])
		}
	}
	return some
}

// parseEntity takes an object apart into its members, each of which stays JSON; nil if it is no object.
func parseEntity(body []byte) (e entity) {
	in := json.NewDecoder(bytes.NewReader(body))
	if open, err := in.Token(); err != nil || open != json.Delim('{') {
		return nil
	}
	for in.More() {
		name, err := in.Token()
		if err != nil {
			return nil
		}
		var value json.RawMessage
		if err := in.Decode(&value); err != nil {
			return nil
		}
		e = append(e, name, value)
	}
	return e
}

// A writer appends JSON, as .NET writes it.
type writer struct {
	b []byte
	// newer is set by Prefer: include-unknown-enum-members. Without it Graph writes
	// unknownFutureValue where the member is younger than that sentinel.
	newer bool
	mime  string // of what is written, if it is no JSON
}

func (w *writer) entity(e entity) {
	w.b = append(w.b, '{')
	for i := 0; i < len(e); i += 2 {
		if i > 0 {
			w.b = append(w.b, ',')
		}
		name, _ := e[i].(string)
		w.b = append(append(append(w.b, '"'), name...), '"', ':')
		w.value(e[i+1])
	}
	w.b = append(w.b, '}')
}

func (w *writer) value(v any) {
	switch v := v.(type) {
	case nil:
		w.b = append(w.b, "null"...)
	case string:
		w.b = appendText(w.b, v)
	case bool:
		w.b = strconv.AppendBool(w.b, v)
	case int:
		w.b = strconv.AppendInt(w.b, int64(v), 10)
	case cents:
		w.b = append(strconv.AppendInt(w.b, int64(v/100), 10), '.', byte('0'+v/10%10), byte('0'+v%10))
	case float32: // an Edm.Single; tiny ones get an exponent
		format := byte('f')
		if v != 0 && v < 1e-4 && v > -1e-4 {
			format = 'E'
		}
		w.b = strconv.AppendFloat(w.b, float64(v), format, -1, 32)
	case guid:
		w.b = append(v.append(append(w.b, '"')), '"')
	case time.Time: // as many digits as the instant needs, 0 to 7
		w.b = append(v.AppendFormat(append(w.b, '"'), "2006-01-02T15:04:05.9999999Z"), '"')
	case time.Duration:
		w.b = appendDuration(w.b, v)
	case younger:
		if !w.newer {
			v = "unknownFutureValue"
		}
		w.b = appendText(w.b, string(v))
	case entity:
		w.entity(v)
	case []entity:
		appendList(w, v, w.entity)
	case []string:
		appendList(w, v, func(s string) { w.b = appendText(w.b, s) })
	case []json.RawMessage:
		appendList(w, v, func(raw json.RawMessage) { w.b = append(w.b, raw...) })
	case json.RawMessage:
		w.b = append(w.b, v...)
	default:
		panic("no entity has such a value")
	}
}

func appendList[T any](w *writer, all []T, one func(T)) {
	w.b = append(w.b, '[')
	for i, v := range all {
		if i > 0 {
			w.b = append(w.b, ',')
		}
		one(v)
	}
	w.b = append(w.b, ']')
}

// orNull is the value, or nil for the zero value.
func orNull[T comparable](v T) any {
	if v == *new(T) {
		return nil
	}
	return v
}

// when is the value if something holds, and otherwise nil.
func when(holds bool, value any) any {
	if holds {
		return value
	}
	return nil
}

// either is one of two texts.
func either(holds bool, yes, no string) string {
	if holds {
		return yes
	}
	return no
}

// appendDuration writes an ISO 8601 duration, hours and minutes only if there are any.
func appendDuration(b []byte, d time.Duration) []byte {
	b = append(b, '"', 'P', 'T')
	if h := d / time.Hour; h > 0 {
		b = append(strconv.AppendInt(b, int64(h), 10), 'H')
	}
	if m := d % time.Hour / time.Minute; m > 0 {
		b = append(strconv.AppendInt(b, int64(m), 10), 'M')
	}
	if s := d % time.Minute; s > 0 || d < time.Minute {
		b = append(strconv.AppendFloat(b, float64(s)/float64(time.Second), 'f', -1, 64), 'S')
	}
	return append(b, '"')
}

func appendText(b []byte, s string) []byte {
	b = append(b, '"')
	done := 0 // of s is written
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 0x20 && c < 0xf0 && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[done:i]...)
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c == '\n':
			b = append(b, '\\', 'n')
		case c < 0x20:
			b = appendEscape(b, uint16(c))
		default: // beyond the first plane: .NET writes both surrogates as escapes
			r, size := utf8.DecodeRuneInString(s[i:])
			high, low := utf16.EncodeRune(r)
			b = appendEscape(appendEscape(b, uint16(high)), uint16(low))
			i += size - 1
		}
		done = i + 1
	}
	return append(append(b, s[done:]...), '"')
}

func appendEscape(b []byte, v uint16) []byte {
	const digits = "0123456789ABCDEF"
	return append(b, '\\', 'u', digits[v>>12], digits[v>>8&15], digits[v>>4&15], digits[v&15])
}
