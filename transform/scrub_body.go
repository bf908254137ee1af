package transform

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"graphlake/internal/json"
	"graphlake/schemas"
	"graphlake/transform/prose"
)

// bodies is what is known of a record's bodies, and of the member that says so.
type bodies struct {
	text   string // of the item body that is being read, as plain text
	counts []byte // of item bodies, as members of an object
	aside  []byte // the record's own member "@graphlake", scrubbed
}

func (b *bodies) reset() { b.text, b.counts, b.aside = "", b.counts[:0], b.aside[:0] }

// item reads the item body in front of a scanner, and counts it. What is wrong with it, the walk finds.
func (b *bodies) item(scan json.Scanner, name string) {
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
		switch string(scan.Text(member)) {
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
		b.text, counts = prose.FromHTML(b.text)
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
	if err != nil || kind == json.Null || s.privacy.Content == schemas.FullContent {
		return err
	}
	isText := kind == json.String
	switch {
	case b == itemType && isText:
	case s.privacy.Content != schemas.TextContent || b == itemType || b == payload || !isText:
		if isText { // whose quotes are not part of the value
			v.Start, v.End = v.Start-1, v.End+1
		}
		s.replace(v.Start, v.End, "null")
	case b == itemContent:
		s.write(v, s.bodies.text)
	case b == htmlBody:
		text, _ := prose.FromHTML(string(json.AppendString(nil, s.scan.Text(v))))
		s.write(v, text)
	}
	return nil
}

// write puts a text in the place of a string.
func (s *Scrubber) write(v json.Value, text string) {
	s.copyTo(v.Start - 1)
	s.out = json.AppendQuoted(s.out, text)
	s.copied = v.End + 1
}

// setAside scrubs the value of the record's member "@graphlake", to which something may be added.
func (s *Scrubber) setAside(at *spot, f fate) error {
	s.scan.Kind() // to stand on the value
	out, copied := s.out, s.copied
	s.out, s.copied = s.bodies.aside[:0], s.scan.Pos()
	err := s.value(at, f)
	s.copyTo(s.scan.Pos())
	s.bodies.aside, s.out, s.copied = s.out, out, copied
	return err
}

// local writes the record's last member, "@graphlake", if it says anything.
func (s *Scrubber) local(behind bool) {
	inner := s.bodies.aside
	if len(inner) > 0 && inner[0] == '{' {
		inner = bytes.TrimSpace(inner[1 : len(inner)-1])
	} else {
		inner = nil
	}
	if len(inner)+len(s.bodies.counts) == 0 {
		return
	}
	if behind {
		s.out = append(s.out, ',')
	}
	s.out = append(s.out, `"`+schemas.Local+`":{`...)
	s.out = append(s.out, inner...)
	if len(inner) > 0 && len(s.bodies.counts) > 0 {
		s.out = append(s.out, ',')
	}
	s.out = append(append(s.out, s.bodies.counts...), '}')
}

// unreadable is what the lake holds of a record that cannot be read. Its hash is one with the key, if
// there is one, or who knows a person could ask whether the record is theirs.
func (s *Scrubber) unreadable() []byte {
	if s.hider == nil && s.privacy.Content == schemas.FullContent {
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
