package json

func (s *Scanner) passObject() error {
	more, err := s.Object()
	for more && err == nil {
		if _, err = s.Name(); err != nil {
			return err
		}
		if _, err = s.Value(); err != nil {
			return err
		}
		more, err = s.NextMember()
	}
	return err
}

func (s *Scanner) passArray() error {
	more, err := s.Array()
	for more && err == nil {
		if _, err = s.Value(); err != nil {
			return err
		}
		more, err = s.NextElement()
	}
	return err
}

func (s *Scanner) word(w string) error {
	rest := s.data[s.pos:]
	if len(rest) >= len(w) && string(rest[:len(w)]) == w {
		s.pos += len(w)
		return nil
	}
	err := s.want(w) // here it begins, wherever the text ends
	if len(rest) < len(w) && string(rest) == w[:len(rest)] {
		s.pos = len(s.data)
	}
	return err
}

// AppendCompact appends a JSON value without the white space between its parts, and as valid UTF-8.
// The value has been read before, so it is known to be well formed.
func AppendCompact(dst, value []byte) []byte {
	quoted := false
	start := 0
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case !quoted && c <= ' ':
			dst = AppendValid(dst, value[start:i])
			start = i + 1
		}
	}
	return AppendValid(dst, value[start:])
}
