package privacy

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"unicode/utf8"

	"graphlake/internal/json"
	"graphlake/internal/phone"
	"graphlake/schemas"
	"graphlake/transform/prose"
)

// bodies is what is known of a record's bodies, and of the member that says so.
type bodies struct {
	text   string // of the item body that is being read, as plain text
	counts []byte // of item bodies, as members of an object
	aside  []byte // the record's own member "@graphlake", scrubbed, if it does not stay where it is
	at     int    // otherwise: where it ends; 0: it is not there
	whole  []byte // the member that is added
}

func (b *bodies) reset() { b.text, b.counts, b.aside, b.at = "", b.counts[:0], b.aside[:0], 0 }

// item reads the item body in front of a scanner, and counts it. What is wrong with it, the walk finds.
func (b *bodies) item(ctx context.Context, scan json.Scanner, name string) {
	var contentType, content json.Value
	b.text = ""
	more, err := scan.Object()
	for more && err == nil {
		var member, v json.Value
		if member, err = scan.Name(); err != nil {
			return
		}
		if v, err = scan.Value(); err != nil {
			return
		}
		switch string(scan.Unquote(member)) {
		case "contentType":
			contentType = v
		case "content":
			content = v
		}
		more, err = scan.NextMember()
	}
	if err != nil || content.Kind != json.String {
		return
	}
	b.text = string(json.AppendString(nil, scan.Text(content)))
	kind := string(json.AppendString(nil, scan.Text(contentType)))
	var counts prose.Counts
	if strings.EqualFold(kind, "html") {
		if b.text, counts, err = prose.FromHTML(ctx, b.text); err != nil { // which is that of the record
			return
		}
	} else {
		counts = prose.Count(b.text)
	}
	b.count(name, kind, counts)
}

func (b *bodies) count(name, kind string, c prose.Counts) {
	if len(b.counts) > 0 {
		b.counts = append(b.counts, ',')
	}
	b.counts = append(json.AppendQuoted(b.counts, name), `:{"type":`...)
	b.counts = json.AppendQuoted(b.counts, kind)
	for _, of := range []struct {
		what string
		n    int
	}{
		{"characters", c.Characters}, {"words", c.Words}, {"links", c.Links}, {"mentions", c.Mentions},
		{"emoji", c.Emoji}, {"images", c.Images}, {"attachments", c.Attachments},
	} {
		b.counts = append(append(append(b.counts, `,"`...), of.what...), `":`...)
		b.counts = strconv.AppendInt(b.counts, int64(of.n), 10)
	}
	b.counts = append(b.counts, '}')
}

// body scrubs the value in front, which is a body or says how one is written. Without the form that it
// should have, nothing of it stays but null.
func (s *Scrubber) body(b body, kind json.Kind) error {
	v, err := s.scan.Read(kind)
	if err != nil || kind == json.Null || s.again || s.settings.Content == schemas.FullContent {
		return err
	}
	isText := kind == json.String
	switch {
	case b == itemType && isText:
	case s.settings.Content != schemas.TextContent || b == itemType || b == payload || !isText:
		from, to := v.Bounds()
		s.edit.Replace(from, to, null)
	case b == itemContent:
		s.write(v, s.bodies.text)
	case b == htmlBody:
		text, _, err := prose.FromHTML(s.ctx, string(json.AppendString(nil, s.scan.Text(v))))
		if err != nil {
			return err
		}
		s.write(v, text)
	}
	return nil
}

// length adds behind the text in front of a scanner a member that says how many characters it has. The members are in the
// record until its edit is applied.
func (s *Scrubber) length(front json.Scanner, m *members, at *spot) {
	v, err := front.Value()
	if err != nil { // which the walk has found
		return
	}
	text := string(json.AppendString(nil, front.Text(v)))
	characters := utf8.RuneCountInString(text)
	if at.body == htmlBody && !s.again {
		_, counts, err := prose.FromHTML(s.ctx, text)
		if err != nil {
			return
		}
		characters = counts.Characters
	}
	from := len(s.beside)
	s.beside = append(json.AppendQuoted(append(s.beside, ','), at.length), ':')
	s.beside = strconv.AppendInt(s.beside, int64(characters), 10)
	s.edit.Put(m.last, s.beside[from:])
	m.counted = at.length
}

// spoken adds behind the text in front of a scanner, which somebody said, a member with what is counted of it. What cannot be
// counted is not there.
func (s *Scrubber) spoken(front json.Scanner, m *members) {
	v, err := front.Value()
	if err != nil { // which the walk has found
		return
	}
	c := prose.CountSpeech(string(json.AppendString(nil, front.Text(v))))
	from := len(s.beside)
	s.beside = append(s.beside, `,"`+schemas.Local+`":{"spoken":{"characters":`...)
	s.beside = strconv.AppendInt(s.beside, int64(c.Characters), 10)
	if c.Divided {
		s.beside = strconv.AppendInt(append(s.beside, `,"words":`...), int64(c.Words), 10)
	}
	s.beside = strconv.AppendInt(append(s.beside, `,"questions":`...), int64(c.Questions), 10)
	s.beside = append(s.beside, "}}"...)
	s.edit.Put(m.last, s.beside[from:])
	m.counted = schemas.Local
}

// shape adds behind the number in front of a scanner, in whose place is a pseudonym, a member with what of it is not about
// whose it is.
func (s *Scrubber) shape(front json.Scanner, m *members, name string) {
	v, err := front.Value()
	if err != nil { // which the walk has found
		return
	}
	shape := phone.Shape(string(json.AppendString(nil, front.Text(v))))
	if shape == "" {
		return
	}
	from := len(s.beside)
	s.beside = append(json.AppendQuoted(append(s.beside, ','), name), ':')
	s.beside = json.AppendQuoted(s.beside, shape)
	s.edit.Put(m.last, s.beside[from:])
}

// write puts a text in the place of a string.
func (s *Scrubber) write(v json.Value, text string) {
	from, to := v.Bounds()
	s.edit.Replace(from, to, json.AppendQuoted(nil, text))
}

// local scrubs the record's own member "@graphlake", to which something may be added, and reports whether there is a
// member behind it. It is the last of the record: where it stands elsewhere, or not as graphlake writes it, it goes
// there.
func (s *Scrubber) local(m *members, start int, to *node) (more bool, err error) {
	s.scan.Kind() // to stand on the value
	from := s.scan.Pos()
	outer := s.edit
	s.edit = json.Edit{}
	if s.again {
		err = s.value(to, keep)
	} else {
		err = s.value(to, m.treatment)
	}
	if err != nil {
		return false, err
	}
	end := s.scan.Pos()
	inner := s.edit
	s.edit = outer
	if more, err = s.scan.NextMember(); err != nil {
		return false, err
	}
	s.bodies.aside, s.bodies.at = s.bodies.aside[:0], 0
	scrubbed := inner.AppendPart(nil, s.record, from, end)
	if more || !s.asWritten(m, start, end, scrubbed) {
		m.missing = true
		s.elsewhere = s.elsewhere || len(bytes.Trim(scrubbed, "{} \t\r\n")) > 0
		s.bodies.aside = append(s.bodies.aside, scrubbed...)
		return more, nil
	}
	s.stays(m, start)
	s.edit.Add(&inner)
	m.last, s.bodies.at = end, end
	return false, nil
}

// asWritten reports whether the member "@graphlake", from start to end, is as graphlake writes it, and says something.
func (s *Scrubber) asWritten(m *members, start, end int, scrubbed []byte) bool {
	beside := start == m.last || m.missing || m.kept > 0 && start == m.last+1
	n := len(scrubbed)
	return beside && bytes.HasPrefix(s.record[start:], []byte(`"`+schemas.Local+`":{`)) && s.record[end] == '}' &&
		n > 2 && scrubbed[0] == '{' && scrubbed[1] > ' ' && scrubbed[n-2] > ' '
}

// addLocal adds what there is to say to the record's last member, "@graphlake", or adds the member.
func (s *Scrubber) addLocal(m *members, end int) {
	if s.bodies.at > 0 {
		if len(s.bodies.counts) > 0 {
			s.edit.Put(s.bodies.at-1, comma, s.bodies.counts)
		}
		return
	}
	inner := s.bodies.aside
	if len(inner) > 0 && inner[0] == '{' {
		inner = bytes.TrimSpace(inner[1 : len(inner)-1])
	} else {
		inner = nil
	}
	if len(inner)+len(s.bodies.counts) == 0 {
		return
	}
	text := s.bodies.whole[:0]
	if m.kept > 0 {
		text = append(text, ',')
	}
	text = append(append(text, `"`+schemas.Local+`":{`...), inner...)
	if len(inner) > 0 && len(s.bodies.counts) > 0 {
		text = append(text, ',')
	}
	text = append(append(text, s.bodies.counts...), '}')
	s.bodies.whole = text
	s.edit.Put(end, text)
}

// unreadable is what the lake holds of a record that cannot be read. Its hash is one with the key, if
// there is one, or who knows a person could ask whether the record is theirs.
func (s *Scrubber) unreadable() []byte {
	if s.outer == keep && !s.settings.coarse() {
		return s.record
	}
	sum := sha256.Sum256(s.record)
	hashed := sum[:]
	if s.hider != nil {
		hashed = s.hider.hash(s.record)
	}
	s.out = append(s.out[:0], `{"`+schemas.Local+`":{"unreadable":true,"sha256":"`...)
	return append(hex.AppendEncode(s.out, hashed), `"}}`...)
}
