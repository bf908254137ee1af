package transform

import (
	"graphlake/internal/json"
	"graphlake/schemas"
)

// members is an object that is being read, and how far it has been.
type members struct {
	at      *spot
	fate    fate // of members that no column reads
	root    bool // the object is the record
	last    int  // behind the last member that stays, or in front of the first
	kept    int  // how many stay
	missing bool // one was left out behind last
}

// object scrubs the object in front; f is the fate of members that no column reads.
func (s *Scrubber) object(at *spot, f fate, root bool) error {
	if !at.entered() && f == keep {
		_, err := s.scan.Value()
		return err
	}
	m := members{at: at, fate: f, root: root}
	more, err := s.scan.Object()
	if m.last = s.scan.Pos(); !more {
		m.last-- // in front of the closing brace
	}
	var behind *spot // the member before
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
		if err := s.member(&m, start, name, to); err != nil {
			return err
		}
		if more, err = s.scan.NextMember(); err != nil {
			return err
		}
	}
	if err != nil {
		return err
	}
	end := s.scan.Pos() - 1
	if m.missing {
		s.replace(m.last, end, "")
	}
	if root {
		s.copyTo(end)
		s.local(m.kept > 0)
	}
	return nil
}

// name reads a member's name and finds its spot, nil if it has none. Graph writes members in the same
// order most of the time, so that the one that came next the last time is tried before all are looked at.
func (s *Scrubber) name(at, behind *spot) (string, *spot, error) {
	var next **spot
	switch {
	case behind != nil:
		next = &behind.next
	case at != nil:
		next = &at.first
	}
	if next != nil && *next != nil && s.scan.NameIs((*next).spelled) {
		return (*next).name, *next, nil
	}
	v, err := s.scan.Name()
	if err != nil {
		return "", nil, err
	}
	text := s.text(v)
	if at != nil {
		if to := at.members[string(text)]; to != nil {
			*next = to
			return to.name, to, nil
		}
	}
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

// member scrubs the member that begins at start. Without a spot, only names with a meaning are given.
func (s *Scrubber) member(m *members, start int, name string, to *spot) error {
	f := m.fate
	var stays bool
	switch {
	case m.root && name == schemas.Local:
		m.missing = true
		return s.setAside(to, f)
	case to != nil:
		stays = !to.ours
	case f != drop:
		stays = true
	case name == typeName || name == removedName:
		stays, f = true, keep
	case m.at != nil && m.at.naming:
		stays = s.scan.Kind() == json.Object
	}
	if !stays {
		m.missing = true
		_, err := s.scan.Value()
		return err
	}
	if m.missing {
		comma := ""
		if m.kept > 0 {
			comma = ","
		}
		s.replace(m.last, start, comma)
		m.missing = false
	}
	m.kept++
	err := s.value(to, f)
	m.last = s.scan.Pos()
	return err
}

func (s *Scrubber) array(at *spot, f fate) error {
	if !at.entered() && f == keep {
		_, err := s.scan.Value()
		return err
	}
	var elements *spot
	if at != nil {
		elements = at.elements
	}
	more, err := s.scan.Array()
	for more && err == nil {
		if err = s.value(elements, f); err != nil {
			return err
		}
		more, err = s.scan.NextElement()
	}
	return err
}
