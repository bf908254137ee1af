package transform

import (
	"graphlake/schemas"
	"graphlake/transform/jsonpull"
)

// members is how far the members of an object have been read.
type members struct {
	last    int  // behind the last one that stays, or the brace before the first
	kept    int  // how many stay
	missing bool // one was left out behind last
}

// object scrubs the members of the object in front; f is the fate of those that no column reads.
func (s *Scrubber) object(at *spot, f fate, root bool) error {
	if !at.entered() && f == keep {
		_, err := s.scan.Value()
		return err
	}
	var m members
	more, err := s.scan.Object()
	if m.last = s.scan.Pos(); !more {
		m.last-- // in front of the closing brace
	}
	for more && err == nil {
		s.scan.Kind() // to stand on the name
		start := s.scan.Pos()
		var name jsonpull.Value
		if name, err = s.scan.Name(); err != nil {
			return err
		}
		if err = s.member(&m, at, f, start, s.memberName(name), root); err != nil {
			return err
		}
		more, err = s.scan.NextMember()
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

// member scrubs the member whose name was read at start.
func (s *Scrubber) member(m *members, at *spot, f fate, start int, name []byte, root bool) error {
	var to *spot
	if at != nil {
		to = at.members[string(name)]
	}
	stays := to != nil && !to.ours || to == nil && f != drop
	if to == nil && !stays {
		switch {
		case string(name) == "@odata.type" || string(name) == "@removed":
			stays, f = true, keep
		case at != nil && at.naming:
			stays = s.scan.Kind() == jsonpull.Object
		}
	}
	if root && string(name) == schemas.Local {
		m.missing = true
		return s.setAside(to, f)
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

// memberName is the name itself, valid until the next is asked for.
func (s *Scrubber) memberName(name jsonpull.Value) []byte {
	if name.Plain {
		return s.scan.Text(name)
	}
	s.scratch = jsonpull.AppendString(s.scratch[:0], s.scan.Text(name))
	return s.scratch
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
