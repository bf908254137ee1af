package json

import (
	"bytes"
	"math"
	"slices"
	"strconv"
)

// AppendCanonical appends one spelling of what a JSON value says, much as RFC 8785 has it: members in the order of their
// names, those of one name in their own, no white space, no escape that need not be, and one spelling of each
// number. But integers keep their digits: some are too large for a float64, which would make two of them alike.
func AppendCanonical(dst, value []byte) ([]byte, error) {
	var s Scanner
	s.Reset(value)
	dst, err := s.canonical(dst)
	if err != nil {
		return nil, err
	}
	return dst, s.End()
}

func (s *Scanner) canonical(dst []byte) (_ []byte, err error) {
	switch kind := s.Kind(); kind {
	case Object:
		return s.canonicalObject(dst)
	case Array:
		dst = append(dst, '[')
		more, err := s.Array()
		for i := 0; more && err == nil; i++ {
			if i > 0 {
				dst = append(dst, ',')
			}
			if dst, err = s.canonical(dst); err != nil {
				return nil, err
			}
			more, err = s.NextElement()
		}
		return append(dst, ']'), err
	default:
		v, err := s.Read(kind)
		if err != nil {
			return nil, err
		}
		switch text := s.Text(v); kind {
		case String:
			return AppendQuoted(dst, string(AppendString(nil, text))), nil
		case Number:
			return appendNumber(dst, text), nil
		default:
			return append(dst, text...), nil
		}
	}
}

func (s *Scanner) canonicalObject(dst []byte) ([]byte, error) {
	type member struct{ name, text []byte }
	var all []member
	more, err := s.Object()
	for more && err == nil {
		name, err := s.Name()
		if err != nil {
			return nil, err
		}
		m := member{name: AppendString(nil, s.Text(name))}
		m.text = append(AppendQuoted(nil, string(m.name)), ':')
		if m.text, err = s.canonical(m.text); err != nil {
			return nil, err
		}
		all = append(all, m)
		if more, err = s.NextMember(); err != nil {
			return nil, err
		}
	}
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(all, func(a, b member) int { return bytes.Compare(a.name, b.name) })
	dst = append(dst, '{')
	for i, m := range all {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, m.text...)
	}
	return append(dst, '}'), nil
}

// appendNumber spells a number as ECMAScript does, but an integer, and what is no float64, as it is.
func appendNumber(dst, number []byte) []byte {
	f, err := ParseFloat(number)
	if err != nil || !bytes.ContainsAny(number, ".eE") {
		return append(dst, number...)
	}
	format := byte('f')
	if size := math.Abs(f); size != 0 && (size < 1e-6 || size >= 1e21) {
		format = 'e'
	}
	return strconv.AppendFloat(dst, f, format, -1, 64)
}
