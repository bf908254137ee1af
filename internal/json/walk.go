package json

import (
	"iter"
	"slices"
)

// Member is a member of an object: its name, and where in the text it and its value are.
type Member struct {
	Name     []byte // its value; valid until the next member
	Start    int    // of the name, with its quote
	From, To int    // of the value, with the quotes of a string
}

// Members are the members of an object in their order, also two of one name. What is behind the object is not
// looked at; an error is the last thing they yield.
func Members(text []byte) iter.Seq2[Member, error] {
	return func(yield func(Member, error) bool) {
		var s Scanner
		s.Reset(text)
		var scratch []byte
		more, err := s.Object()
		for more && err == nil {
			var name, v Value
			if name, err = s.Name(); err != nil {
				break
			}
			if v, err = s.Value(); err != nil {
				break
			}
			m := Member{Name: s.Text(name), Start: name.Start - 1}
			if !name.Plain {
				scratch = AppendString(scratch[:0], m.Name)
				m.Name = scratch
			}
			m.From, m.To = v.Bounds()
			if !yield(m, nil) {
				return
			}
			more, err = s.NextMember()
		}
		if err != nil {
			yield(Member{}, err)
		}
	}
}

// Elements are the elements of an array. What is behind the array is not looked at; an error is the last thing
// they yield.
func Elements(text []byte) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		var s Scanner
		s.Reset(text)
		more, err := s.Array()
		for more && err == nil {
			var v Value
			if v, err = s.Value(); err != nil {
				break
			}
			from, to := v.Bounds()
			if !yield(text[from:to:to], nil) {
				return
			}
			more, err = s.NextElement()
		}
		if err != nil {
			yield(nil, err)
		}
	}
}

// Find is where the value is to which names lead from an object on; of two members with one name it is in the last.
// Not ok: there is none, or null, or what leads to it is no object.
func Find(text []byte, names ...string) (from, to int, ok bool) {
	to = len(text)
	for _, name := range names {
		base := from
		ok = false
		for m, err := range Members(text[from:to]) {
			if err != nil {
				return 0, 0, false
			}
			if string(m.Name) == name {
				from, to, ok = base+m.From, base+m.To, true
			}
		}
		if !ok {
			return 0, 0, false
		}
	}
	if !ok || text[from] == 'n' {
		return 0, 0, false
	}
	return from, to, true
}

// At is the text of the value that [Find] finds, nil if there is none.
func At(text []byte, names ...string) []byte {
	from, to, ok := Find(text, names...)
	if !ok {
		return nil
	}
	return text[from:to]
}

// Unquote is what a JSON string says, and any other JSON value as it is. It copies only what is escaped.
func Unquote(value []byte) []byte {
	if len(value) < 2 || value[0] != '"' {
		return value
	}
	text := value[1 : len(value)-1]
	if slices.Contains(text, '\\') {
		return AppendString(nil, text)
	}
	return text
}

// Check is an error unless the text is exactly one JSON value.
func Check(text []byte) error {
	var s Scanner
	s.Reset(text)
	if _, err := s.Value(); err != nil {
		return err
	}
	return s.End()
}
