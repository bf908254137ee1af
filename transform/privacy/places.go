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
	bounded  bool           // and of texts in it only those that are below
	within   bool           // it is such a value, or in one
	personal bool           // and there are pseudonyms
	written  schemas.Written
	quasi    bool
	naming   bool   // a column reads the name of the first member that is an object
	length   string // the member beside it that says how long it is
	shape    string // the member beside it that says what of a number is not about whose it is

	null   bool // the lake does not have it
	coarse bool // the lake has the year of it
	holds  bool // something in it stays all the same, if it is null

	body   body
	item   string // of an item body: the name of its counts
	spoken bool   // what somebody said, which is counted beside it
	leads  bool   // to a body
	ours   bool   // graphlake writes it, and takes it from nobody

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
	fields  int  // of record.Paths; 0: they are not noted
	removed int  // the number among them, from 1, of the mark of a removal, if that is no spot
	changes bool // a spot says of a value that it does not stay as it is, or that something is added
}

// newPlaces makes the trie of a dataset.
func newPlaces(d schemas.Dataset, s Settings) (*places, error) {
	p := new(places)
	p.Root = p.New("")
	if err := p.addColumns(d, len(s.Key) > 0); err != nil {
		return nil, err
	}
	for _, b := range d.Bodies {
		if err := p.addBody(b); err != nil {
			return nil, err
		}
	}
	p.settle(p.Root, s)
	if len(d.Tables) == 0 {
		return p, nil
	}
	return p, p.addFields(d)
}

// settle decides what becomes of a spot and of those below it, when all is known of them, and reports whether one stays.
func (p *places) settle(n *node, s Settings) (stays bool) {
	at := &n.Is
	at.within = at.within || at.whole
	for _, m := range n.Members {
		m.Is.within = at.within
		at.holds = p.settle(m, s) || at.holds
	}
	if n.Elements != nil {
		n.Elements.Is.within = at.within
		at.holds = p.settle(n.Elements, s) || at.holds
	}
	coarse, told := s.coarse() && at.quasi, s.Content.Keeps(at.written)
	at.coarse = coarse && told && slices.ContainsFunc(at.types, func(t schemas.Type) bool { return t == schemas.Timestamp || t == schemas.UTCTime })
	at.null = !told || coarse && !at.coarse
	p.changes = p.changes || at.null || at.coarse || at.personal || at.body != noBody || at.ours
	return at.holds || !at.null && (len(at.types) > 0 || at.naming || at.body != noBody)
}

// addFields adds what raw has columns for. All of it is there before, for the tables read it too, but for the mark of a
// removal.
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

// addColumns adds what columns read, personal or not if there are pseudonyms, or else nothing of it personal.
func (p *places) addColumns(d schemas.Dataset, pseudonyms bool) error {
	var errs []error
	add := func(path schemas.Path, c schemas.Column) {
		c.Personal = c.Personal && pseudonyms
		if text, is := path.LengthOf(); is {
			errs = append(errs, p.addBeside(path, text, func(of *spot, name string) { of.length = name }))
		}
		if number, is := path.ShapeOf(); is {
			if !pseudonyms {
				return // the number itself says it
			}
			errs = append(errs, p.addBeside(path, number, func(of *spot, name string) { of.shape = name }))
		}
		at, err := p.at(path, func(*spot) {})
		if err != nil {
			errs = append(errs, err)
			return
		}
		at.Is.read(c)
		for _, text := range c.Texts {
			in, err := p.at(text.In(path), func(*spot) {})
			if err != nil {
				errs = append(errs, err)
				continue
			}
			in.Is.read(schemas.Column{Type: schemas.String, Personal: c.Personal, Written: c.Written, Quasi: c.Quasi})
		}
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
	for _, t := range d.Inputs().Tables {
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

// addBeside adds a member that graphlake adds beside a text, and says it of the text.
func (p *places) addBeside(path, text schemas.Path, say func(of *spot, name string)) error {
	on, err := p.at(path, func(*spot) {})
	if err != nil {
		return err
	}
	at, err := p.at(text, func(*spot) {})
	if err != nil {
		return err
	}
	on.Is.ours = true
	say(&at.Is, on.Name)
	return nil
}

// read notes what a column reads at the spot. What one column calls personal, written or singling out is so for all.
func (s *spot) read(c schemas.Column) {
	s.personal = s.personal || c.Personal
	s.written = max(s.written, c.Written)
	s.quasi = s.quasi || c.Quasi
	switch c.Type {
	case schemas.Present, schemas.Digest: // whatever is there
	case schemas.Member:
		s.naming = true
	case schemas.JSON:
		s.bounded = c.Texts != nil && (!s.whole || s.bounded)
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
	case schemas.SpokenText:
		at.Is.body, at.Is.spoken = plainBody, true
		beside, err := b.Path.Beside(schemas.Local)
		if err != nil {
			return err
		}
		counts, err := p.at(beside, func(*spot) {})
		if err != nil {
			return err
		}
		counts.Is.ours = true
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
