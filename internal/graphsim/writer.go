package graphsim

import (
	"strconv"
	"time"
)

func (w *writer) comma() {
	if n := len(w.b); n > 0 && w.b[n-1] != '{' && w.b[n-1] != '[' {
		w.b = append(w.b, ',')
	}
}

func (w *writer) name(name string) {
	w.comma()
	w.b = append(w.b, '"')
	w.b = append(w.b, name...)
	w.b = append(w.b, '"', ':')
}

// open begins an object: a property, or an element or a document if the name is empty.
func (w *writer) open(name string) {
	if name == "" {
		w.comma()
	} else {
		w.name(name)
	}
	w.b = append(w.b, '{')
}

func (w *writer) close() { w.b = append(w.b, '}') }

func (w *writer) list(name string) {
	w.name(name)
	w.b = append(w.b, '[')
}

func (w *writer) end() { w.b = append(w.b, ']') }

func (w *writer) null(name string) {
	w.name(name)
	w.b = append(w.b, "null"...)
}

func (w *writer) text(name, value string) {
	w.name(name)
	w.b = appendText(w.b, value)
}

// textOrNull writes null for the empty string.
func (w *writer) textOrNull(name, value string) {
	if value == "" {
		w.null(name)
		return
	}
	w.text(name, value)
}

func (w *writer) texts(name string, values ...string) {
	w.list(name)
	for _, v := range values {
		w.comma()
		w.b = appendText(w.b, v)
	}
	w.end()
}

// member writes a member of an enum that is younger than the enum's sentinel.
func (w *writer) member(name, value string) {
	if !w.newer {
		value = "unknownFutureValue"
	}
	w.text(name, value)
}

// raw writes what is JSON already.
func (w *writer) raw(name string, value []byte) {
	w.name(name)
	w.b = append(w.b, value...)
}

func (w *writer) guid(name string, g guid) {
	w.name(name)
	w.b = append(g.append(append(w.b, '"')), '"')
}

func (w *writer) int(name string, v int) {
	w.name(name)
	w.b = strconv.AppendInt(w.b, int64(v), 10)
}

// digits writes a number as a text, as Graph does with ids that are numbers.
func (w *writer) digits(name string, v int) {
	w.name(name)
	w.b = append(strconv.AppendInt(append(w.b, '"'), int64(v), 10), '"')
}

func (w *writer) bool(name string, v bool) {
	w.name(name)
	w.b = strconv.AppendBool(w.b, v)
}

// single writes an Edm.Single; tiny ones get an exponent, as .NET writes them.
func (w *writer) single(name string, v float32) {
	w.name(name)
	format := byte('f')
	if v != 0 && v < 1e-4 && v > -1e-4 {
		format = 'E'
	}
	w.b = strconv.AppendFloat(w.b, float64(v), format, -1, 32)
}

// cents writes an Edm.Decimal with two digits.
func (w *writer) cents(name string, v int) {
	w.name(name)
	w.b = strconv.AppendInt(w.b, int64(v/100), 10)
	w.b = append(w.b, '.', byte('0'+v/10%10), byte('0'+v%10))
}

func (w *writer) time(name string, at time.Time) {
	w.name(name)
	w.b = append(w.b, '"')
	// Trailing zeros are dropped, as Graph does: so many digits as the instant needs, 0 to 7.
	w.b = at.AppendFormat(w.b, "2006-01-02T15:04:05.9999999Z")
	w.b = append(w.b, '"')
}

// timeOrNull writes null for the zero instant.
func (w *writer) timeOrNull(name string, at time.Time) {
	if at.IsZero() {
		w.null(name)
		return
	}
	w.time(name, at)
}

// duration writes an ISO 8601 duration, hours and minutes only if there are any.
func (w *writer) duration(name string, d time.Duration) {
	w.name(name)
	w.b = append(w.b, '"', 'P', 'T')
	if h := d / time.Hour; h > 0 {
		w.b = append(strconv.AppendInt(w.b, int64(h), 10), 'H')
	}
	if m := d % time.Hour / time.Minute; m > 0 {
		w.b = append(strconv.AppendInt(w.b, int64(m), 10), 'M')
	}
	if s := d % time.Minute; s > 0 || d < time.Minute {
		w.b = append(strconv.AppendFloat(w.b, float64(s)/float64(time.Second), 'f', -1, 64), 'S')
	}
	w.b = append(w.b, '"')
}
