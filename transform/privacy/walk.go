package privacy

import (
	"graphlake/internal/json"
	"graphlake/schemas"
)

// members is an object that is being read, and how far it has been.
type members struct {
	at        *node
	treatment treatment // of members that no column reads
	root      bool      // the object is the record
	last      int       // behind the last member that stays, or in front of the first
	kept      int       // how many stay
	missing   bool      // one was left out behind last
}

// object scrubs the object in front; outer is the treatment of members that no column reads.
func (s *Scrubber) object(at *node, outer treatment, root bool) error {
	if !entered(at) && outer == keep {
		_, err := s.scan.Value()
		return err
	}
	m := members{at: at, treatment: outer, root: root}
	more, err := s.scan.Object()
	if m.last = s.scan.Pos(); !more {
		m.last-- // in front of the closing brace
	}
	var behind *node // the member before
	for more && err == nil {
		s.scan.Kind() // to stand on the name
		start := s.scan.Pos()
		name, to, err := s.name(at, behind)
		if err != nil {
			return err
		}
		if to != nil {
			behind = to
		}
		if root && name == schemas.Local {
			more, err = s.local(&m, start, to)
		} else if err = s.member(&m, start, name, to); err == nil {
			more, err = s.scan.NextMember()
		}
		if err != nil {
			return err
		}
	}
	if err != nil {
		return err
	}
	end := s.scan.Pos() - 1
	if m.missing {
		s.edit.Cut(m.last, end)
	}
	if root {
		s.addLocal(&m, end)
	}
	return nil
}

// name reads a member's name and finds its node, nil if it has none. The name is given if it has a meaning.
func (s *Scrubber) name(at, behind *node) (name string, to *node, err error) {
	var v json.Value
	if at != nil && at.Members != nil {
		if v, to, err = s.order.Member(&s.scan, at, behind); to != nil {
			return to.Name, to, nil
		}
	} else {
		v, err = s.scan.Name()
	}
	if err != nil {
		return "", nil, err
	}
	text := s.text(v)
	for _, known := range [...]string{schemas.Local, typeName, removedName} {
		if string(text) == known {
			return known, nil, nil
		}
	}
	return "", nil, nil
}

// Names of members that say what an object is, and not who anybody is.
const (
	typeName    = "@odata.type"
	removedName = "@removed"
)

// member scrubs the member that begins at start. Without a node, only names with a meaning are given.
func (s *Scrubber) member(m *members, start int, name string, to *node) error {
	outer := m.treatment
	var stays bool
	switch {
	case to != nil:
		stays = !to.Is.ours
	case outer != drop:
		stays = true
	case name == typeName || name == removedName:
		stays, outer = true, keep
	case spotOf(m.at).naming:
		stays = s.scan.Kind() == json.Object
	}
	if !stays {
		m.missing = true
		_, err := s.scan.Value()
		return err
	}
	s.stays(m, start)
	kind := s.scan.Kind()
	from := s.scan.Pos()
	err := s.value(to, outer)
	m.last = s.scan.Pos()
	if m.root && to == nil && name == removedName {
		s.note(s.places.removed, json.Value{Kind: kind, Start: from, End: m.last})
	}
	return err
}

// stays closes the gap that members have left which did not stay, in front of one that does.
func (s *Scrubber) stays(m *members, start int) {
	if m.missing {
		if m.kept > 0 {
			s.edit.Replace(m.last, start, comma)
		} else {
			s.edit.Cut(m.last, start)
		}
		m.missing = false
	}
	m.kept++
}

func (s *Scrubber) array(at *node, outer treatment) error {
	if !entered(at) && outer == keep {
		_, err := s.scan.Value()
		return err
	}
	var elements *node
	if at != nil {
		elements = at.Elements
	}
	more, err := s.scan.Array()
	for more && err == nil {
		if err = s.value(elements, outer); err != nil {
			return err
		}
		more, err = s.scan.NextElement()
	}
	return err
}
