package graphsim

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A form is how a transcript is written down.
type form uint8

const (
	ofMetadata form = iota // each cue is JSON, of one utterance
	ofVoices               // <v Name>text</v>, at times several in a cue
	ofText                 // without a header and names, and with an empty line between time and text
)

// A layout is how a document is spelled: what WebVTT, and Teams, leave open.
type layout struct {
	bom         bool
	newline     string
	blank       string // between blocks
	header      string // after WEBVTT
	notes       bool
	identifiers string // what they begin with; empty: there are none
	hours       bool   // even where there are none
	digits      bool   // two of every part, and three of the fraction
	comma       bool
	settings    bool
	wrapped     bool // payloads of several lines
	unclosed    bool // voices
	classes     bool
	tagged      bool
	more        bool // members of JSON that nobody knows
	zulu        bool // instants end with Z
	cutEnd      bool // no newline at the end
}

func layoutOf(p *capture) (l layout) {
	s := seeded(p.seed, 'L')
	ids := drawGUID(&s).String()
	l = layout{newline: "\n", hours: !s.chance(0.15), digits: !s.chance(0.12)}
	switch u := s.unit(); {
	case u < 0.15:
		l.newline = "\r\n"
	case u < 0.17:
		l.newline = "\r"
	}
	l.bom = l.newline == "\r\n" && s.chance(0.6)
	if s.chance(0.5) {
		l.identifiers = ids
	}
	if s.chance(0.05) {
		l.blank = " \t"
	}
	if s.chance(0.08) {
		l.header = pick(&s, []string{" - made by Teams", "\tKind: captions", " " + "\nKind: captions\nLanguage: en"})
	}
	for _, flag := range []struct {
		of    *bool
		share float64
	}{
		{&l.notes, 0.1}, {&l.comma, 0.03}, {&l.settings, 0.05}, {&l.wrapped, 0.04}, {&l.unclosed, 0.06}, {&l.classes, 0.03},
		{&l.tagged, 0.04}, {&l.more, 0.05}, {&l.zulu, 0.1}, {&l.cutEnd, 0.2},
	} {
		*flag.of = s.chance(flag.share)
	}
	return l
}

// document is a transcript in one of its forms.
func (t *Tenant) document(p *capture, f form) []byte {
	switch p.trap {
	case noBytes:
		return nil
	case emptyObject:
		return []byte("{}")
	}
	l := layoutOf(p)
	var b bytes.Buffer
	if f != ofText {
		b.WriteString("WEBVTT" + l.header + "\n\n")
	}
	said := t.conversation(p)
	for i := 0; i < len(said); {
		n := 1 // utterances in this cue
		for f == ofVoices && i+n < len(said) && said[i+n].together {
			n++
		}
		if l.notes && i%20 == 3 && f != ofText {
			b.WriteString("NOTE not for you\nof two lines\n\n")
		}
		if l.notes && i == 0 && f != ofText {
			b.WriteString("STYLE\n::cue { color: lime }\n\nREGION\nid:below\n\nNOTE\n\n")
		}
		l.cue(&b, p, f, i, said[i:i+n])
		i += n
	}
	text := b.String()
	if l.cutEnd {
		text = strings.TrimRight(text, "\n")
	}
	if l.blank != "" && f != ofText {
		text = strings.ReplaceAll(text, "\n\n", "\n"+l.blank+"\n")
	}
	text = strings.ReplaceAll(text, "\n", l.newline)
	return []byte(either(l.bom, "\ufeff", "") + text)
}

// cue writes the utterances of a cue.
func (l *layout) cue(b *bytes.Buffer, p *capture, f form, index int, said []utterance) {
	if l.identifiers != "" && f != ofText {
		fmt.Fprintf(b, "%s/%d-%d\n", l.identifiers, index/2, index%2) // each number comes once; none is a key
	}
	of := &said[0]
	b.WriteString(l.clock(of.start) + " --> " + l.clock(of.end-of.backwards))
	if l.settings {
		b.WriteString(" align:start position:10%")
	}
	b.WriteByte('\n')
	switch {
	case f == ofText:
		b.WriteString("\n" + of.text)
	case of.bare:
		b.WriteString(of.text)
	case f == ofMetadata:
		b.Write(l.json(p, of))
	default:
		for i := range said {
			if i > 0 && l.wrapped {
				b.WriteByte('\n')
			}
			b.WriteString(l.voice(&said[i], i+1 == len(said)))
		}
	}
	b.WriteString("\n\n")
}

// clock is a time of a cue.
func (l *layout) clock(ms int) string {
	sign := either(ms < 0, "-", "")
	ms = max(ms, -ms)
	h, m, s, fraction := ms/3_600_000, ms/60_000%60, ms/1000%60, fmt.Sprintf("%03d", ms%1000)
	two := func(n int) string {
		if l.digits {
			return fmt.Sprintf("%02d", n)
		}
		return strconv.Itoa(n)
	}
	if !l.digits {
		fraction = either(ms%1000 == 0, "0", strings.TrimRight(fraction, "0"))
	}
	text := two(m) + ":" + two(s) + either(l.comma, ",", ".") + fraction
	if l.hours || h > 0 {
		text = two(h) + ":" + text
	}
	return sign + text
}

// json is the payload of a cue of metadata.
func (l *layout) json(p *capture, u *utterance) []byte {
	instant := func(ms int) string {
		at := p.from.Add(time.Duration(ms) * time.Millisecond)
		if l.zulu {
			return at.Format("2006-01-02T15:04:05.9999999Z")
		}
		return at.Format("2006-01-02T15:04:05.0000000-07:00")
	}
	e := entity{"startDateTime", instant(u.start), "endDateTime", instant(u.end - u.backwards), "speakerName", orNull(u.speaker), "spokenText", u.text}
	if u.language != "" {
		e = append(e, "spokenLanguage", u.language)
	}
	if l.more {
		e = append(entity{"confidence", entity{"value", 87, "of", []string{"speech"}}, "isFinal", true}, e...)
	}
	text := rewritten(e)
	if l.wrapped {
		text = bytes.Replace(text, []byte(`,"spokenText":`), []byte(",\n\"spokenText\":"), 1)
	}
	return text
}

// escaped is text as it stands in a cue.
var escaped = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// voice is the payload of a cue, or a part of it, with who speaks.
func (l *layout) voice(u *utterance, last bool) string {
	text := escaped.Replace(u.text)
	if first, rest, ok := strings.Cut(text, " "); ok && l.tagged {
		text = "<c.loud>" + first + "</c> <00:00:01.000><i>" + rest + "</i>"
	}
	if l.wrapped {
		text = strings.Replace(text, " ", "\n", 1)
	}
	if u.speaker == "" {
		return text
	}
	return "<v" + either(l.classes, ".first.loud", "") + " " + escaped.Replace(u.speaker) + ">" + text + either(l.unclosed && last, "", "</v>")
}
