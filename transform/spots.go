package transform

import (
	"errors"
	"fmt"
	"slices"

	"graphlake/internal/json"
	"graphlake/schemas"
)

// A spot is a place in a record that privacy has a word on: a node of the tree that the paths of
// columns and bodies make. All elements of an array are one spot.
type spot struct {
	name     string // of the member
	spelled  string // the name as JSON, with the colon behind it
	members  map[string]*spot
	elements *spot
	// first and next are the members that came first and next the last time.
	first, next *spot

	types    []schemas.Type // as which columns read the value, if it is no object and no array
	whole    bool           // a column reads the value with all that is in it
	personal bool
	naming   bool // a column reads the name of the first member that is an object

	body  body
	item  string // of an item body: the name of its counts
	leads bool   // to a body
	ours  bool   // graphlake writes it, and takes it from nobody
}

// body is what a spot holds of a body.
type body uint8

const (
	noBody body = iota
	itemType
	itemContent
	plainBody
	htmlBody
	payload
)

// spots makes the tree of a dataset. Columns are in it only if there are pseudonyms: without them
// nothing but bodies changes.
func spots(d schemas.Dataset, p Privacy) (*spot, error) {
	root := &spot{}
	if len(p.Key) > 0 {
		if err := root.addColumns(d); err != nil {
			return nil, err
		}
	}
	for _, b := range d.Bodies {
		if err := root.addBody(b); err != nil {
			return nil, err
		}
	}
	return root, nil
}

func (s *spot) addColumns(d schemas.Dataset) error {
	var errs []error
	add := func(path schemas.Path, c schemas.Column) {
		at, err := s.at(path, func(*spot) {})
		if err != nil {
			errs = append(errs, err)
			return
		}
		at.read(c)
		if c.Type == schemas.UTCTime {
			beside, err := path.Beside(schemas.ZoneMember)
			if err != nil {
				errs = append(errs, err)
				return
			}
			at, _ := s.at(beside, func(*spot) {}) // whose steps were read before
			at.read(schemas.Column{Type: schemas.Zone})
		}
	}
	for _, t := range d.Tables {
		for _, c := range t.Columns {
			add(c.Path.Absolute(t.Each), c)
			for _, other := range c.Else {
				add(other.Absolute(t.Each), c)
			}
		}
	}
	for _, when := range d.Time {
		add(when, schemas.Column{Type: d.TimeType(when)})
	}
	if d.Version != "" {
		add(d.Version, schemas.Column{Type: schemas.Version})
	}
	return errors.Join(errs...)
}

// read notes what a column reads at the spot. What one column calls personal is so for all.
func (s *spot) read(c schemas.Column) {
	s.personal = s.personal || c.Personal
	switch c.Type {
	case schemas.Present: // whatever is there
	case schemas.Member:
		s.naming = true
	case schemas.JSON:
		s.whole = true
		fallthrough
	default:
		if !slices.Contains(s.types, c.Type) {
			s.types = append(s.types, c.Type)
		}
	}
}

func (s *spot) addBody(b schemas.Body) error {
	at, err := s.at(b.Path, func(on *spot) { on.leads = true })
	if err != nil {
		return err
	}
	switch b.Form {
	case schemas.PlainBody:
		at.body = plainBody
	case schemas.HTMLBody:
		at.body = htmlBody
	case schemas.Payload:
		at.body = payload
	default:
		steps, _ := b.Path.Steps() // which at has read
		at.item, at.leads = steps[len(steps)-1].Name, true
		s.member(schemas.Local).member(at.item).ours = true
		at.member("contentType").body = itemType
		at.member("content").body = itemContent
	}
	return nil
}

// at is the spot at a path from the record on, after a visit of each on the way.
func (s *spot) at(p schemas.Path, visit func(*spot)) (*spot, error) {
	steps, err := p.Steps()
	if err != nil {
		return nil, err
	}
	for _, step := range steps {
		visit(s)
		switch step.Kind {
		case schemas.Into:
			s = s.member(step.Name)
		case schemas.Each, schemas.FirstOf:
			if s.elements == nil {
				s.elements = &spot{}
			}
			s = s.elements
		case schemas.Only: // the object itself
		case schemas.Position:
			return &spot{}, nil // which no value of the record holds
		default:
			return nil, fmt.Errorf("path %q: a step of unknown kind", p)
		}
	}
	return s, nil
}

func (s *spot) member(name string) *spot {
	if s.members == nil {
		s.members = map[string]*spot{}
	}
	if s.members[name] == nil {
		s.members[name] = &spot{name: name, spelled: `"` + name + `":`}
	}
	return s.members[name]
}

// enters reports whether the spot has a word on what is in a value of the kind.
func (s *spot) enters(k json.Kind) bool {
	return k == json.Object && s.members != nil || k == json.Array && s.elements != nil
}

// entered reports whether the spot, or what is in it, has a word on what an array or object holds.
func (s *spot) entered() bool { return s != nil && (s.members != nil || s.elements != nil) }
