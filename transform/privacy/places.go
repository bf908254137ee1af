package privacy

import (
	"errors"
	"fmt"
	"slices"

	"graphlake/internal/json"
	"graphlake/internal/record"
	"graphlake/schemas"
)

// A spot is what privacy knows of a place in a record: a node of the trie that the paths of columns and bodies make.
type spot struct {
	types    []schemas.Type // as which columns read the value, if it is no object and no array
	whole    bool           // a column reads the value with all that is in it
	personal bool
	naming   bool // a column reads the name of the first member that is an object

	body  body
	item  string // of an item body: the name of its counts
	leads bool   // to a body
	ours  bool   // graphlake writes it, and takes it from nobody

	field int // of record.Paths, from 1
}

type node = json.Node[spot]

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

// places are the spots of a dataset.
type places struct {
	json.Trie[spot]
	fields  int // of record.Paths; 0: they are not noted
	removed int // the number among them, from 1, of the mark of a removal, if that is no spot
}

// newPlaces makes the trie of a dataset. Columns are in it only if there are pseudonyms: without them
// nothing but bodies changes.
func newPlaces(d schemas.Dataset, s Settings) (*places, error) {
	p := new(places)
	p.Root = p.New("")
	if len(s.Key) > 0 {
		if err := p.addColumns(d); err != nil {
			return nil, err
		}
	}
	for _, b := range d.Bodies {
		if err := p.addBody(b); err != nil {
			return nil, err
		}
	}
	if len(d.Tables) == 0 {
		return p, nil
	}
	return p, p.addFields(d)
}

// addFields adds what raw has columns for. With pseudonyms all of it is there before, for the tables read it too, but
// for the mark of a removal.
func (p *places) addFields(d schemas.Dataset) error {
	paths, err := record.Paths(d)
	if err != nil {
		return err
	}
	for i, names := range paths {
		if len(names) == 1 && names[0] == removedName && p.Root.Members[removedName] == nil {
			p.removed = i + 1
			continue
		}
		n := p.Root
		for _, name := range names {
			n = p.Into(n, name)
		}
		n.Is.field = i + 1
	}
	p.fields = len(paths)
	return nil
}

func (p *places) addColumns(d schemas.Dataset) error {
	var errs []error
	add := func(path schemas.Path, c schemas.Column) {
		at, err := p.at(path, func(*spot) {})
		if err != nil {
			errs = append(errs, err)
			return
		}
		at.Is.read(c)
		if c.Type == schemas.UTCTime {
			beside, err := path.Beside(schemas.ZoneMember)
			if err != nil {
				errs = append(errs, err)
				return
			}
			at, _ := p.at(beside, func(*spot) {}) // whose steps were read before
			at.Is.read(schemas.Column{Type: schemas.Zone})
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
	case schemas.Present, schemas.Digest: // whatever is there
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

func (p *places) addBody(b schemas.Body) error {
	at, err := p.at(b.Path, func(on *spot) { on.leads = true })
	if err != nil {
		return err
	}
	switch b.Form {
	case schemas.PlainBody:
		at.Is.body = plainBody
	case schemas.HTMLBody:
		at.Is.body = htmlBody
	case schemas.Payload:
		at.Is.body = payload
	default:
		steps, _ := b.Path.Steps() // which at has read
		at.Is.item, at.Is.leads = steps[len(steps)-1].Name, true
		p.Into(p.Into(p.Root, schemas.Local), at.Is.item).Is.ours = true
		p.Into(at, "contentType").Is.body = itemType
		p.Into(at, "content").Is.body = itemContent
	}
	return nil
}

// at is the node at a path from the record on, after a visit of each spot on the way.
func (p *places) at(path schemas.Path, visit func(*spot)) (*node, error) {
	steps, err := path.Steps()
	if err != nil {
		return nil, err
	}
	n := p.Root
	for _, step := range steps {
		visit(&n.Is)
		switch step.Kind {
		case schemas.Into:
			n = p.Into(n, step.Name)
		case schemas.Each, schemas.FirstOf:
			n = p.Each(n)
		case schemas.Only: // the object itself
		case schemas.Position:
			return new(node), nil // which no value of the record holds
		default:
			return nil, fmt.Errorf("path %q: a step of unknown kind", path)
		}
	}
	return n, nil
}

// enters reports whether there is a spot in a value of the kind.
func enters(n *node, k json.Kind) bool {
	return k == json.Object && n.Members != nil || k == json.Array && n.Elements != nil
}

// entered reports whether there is a spot in an array or object.
func entered(n *node) bool { return n != nil && (n.Members != nil || n.Elements != nil) }
