package privacy

import (
	"strings"

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
	counted   string    // the member that was added last, which says how long a text is
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
	if !spotOf(at).within || s.scan.Kind() == json.String {
		s.meet(at, text)
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
	kind := s.scan.Kind()
	outer := m.treatment
	var stays bool
	switch {
	case to != nil && to.Is.ours:
		stays, outer, to = s.again && name != m.counted, keep, nil
	case to != nil:
		stays = true
	case outer == keep || outer == hide:
		stays = true
	case name == typeName && kind == json.String && s.isTypeName():
		stays, outer = true, keep
	case name == removedName:
		if stays, outer = true, drop; s.isRemoval() {
			outer = keep
		}
	case outer == mute && kind == json.String:
		return s.unread(m, start)
	case outer == mute:
		stays = true
	case spotOf(m.at).naming:
		stays = kind == json.Object
	}
	if !stays {
		m.missing = true
		_, err := s.scan.Value()
		return err
	}
	s.stays(m, start)
	front := s.scan
	err := s.value(to, outer)
	m.last = s.scan.Pos()
	if m.root && to == nil && name == removedName {
		s.note(s.places.removed, json.Value{Kind: kind, Start: front.Pos(), End: m.last})
	}
	if to != nil && to.Is.length != "" && kind == json.String && err == nil {
		s.length(front, m, &to.Is)
	}
	if to != nil && to.Is.spoken && kind == json.String && err == nil {
		s.spoken(front, m)
	}
	if to != nil && to.Is.shape != "" && to.Is.personal && kind == json.String && err == nil {
		s.shape(front, m, to.Is.shape)
	}
	return err
}

// isTypeName reports whether the string in front has the form of a type's name, as "#microsoft.graph.user".
func (s *Scrubber) isTypeName() bool {
	front := s.scan
	v, err := front.Value()
	if err != nil {
		return false
	}
	name, ok := strings.CutPrefix(string(front.Text(v)), "#")
	if within, is := strings.CutPrefix(name, "Collection("); is {
		name = strings.TrimSuffix(within, ")")
	}
	return ok && strings.HasPrefix(name, "microsoft.graph.") && len(name) <= longestTypeName && isMade(name, letters+digits+"._")
}

// isRemoval reports whether the value in front says that something was removed, and for a reason of one word, and nothing else.
func (s *Scrubber) isRemoval() bool {
	front := s.scan
	if more, err := front.Object(); err != nil || !more {
		return err == nil
	}
	front.Kind() // to stand on the name
	name, err := front.Name()
	if err != nil || string(front.Text(name)) != "reason" || front.Kind() != json.String {
		return false
	}
	v, err := front.Value()
	if err != nil {
		return false
	}
	reason := string(front.Text(v))
	more, err := front.NextMember()
	return err == nil && !more && len(reason) <= longestReason && isMade(reason, letters)
}

const (
	longestTypeName = 128
	longestReason   = 16 // of "changed" and "deleted"
)

const digits, letters = "0123456789", "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

// isMade reports whether a text is made of some characters.
func isMade(text, of string) bool { return strings.Trim(text, of) == "" }

// unread scrubs a member whose value is a string that no column reads: an instant stays.
func (s *Scrubber) unread(m *members, start int) error {
	v, err := s.scan.Value()
	if err != nil {
		return err
	}
	if !s.instant(v) {
		m.missing = true
		return nil
	}
	s.stays(m, start)
	m.last = s.scan.Pos()
	return nil
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
