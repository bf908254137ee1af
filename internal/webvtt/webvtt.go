// Package webvtt reads transcripts as Graph writes them: WebVTT, the two dialects of it in which Teams says who spoke, and the
// one in which it does not.
//
// It promises that what is read is what stands there, in the order of the document: nothing is sorted, merged, or left out because it was
// said before. Every text and name is valid UTF-8, and no end is before its start. A document is read whole or not at all, and what is
// kept of it is bounded by its length. What it could not make out, and went on without, it counts. No error holds a word of what was said.
// It knows no meeting and no person: a speaker is a name.
package webvtt

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"graphlake/internal/instant"
	"graphlake/internal/json"
)

// Form is one of the ways in which Graph writes a transcript.
type Form uint8

const (
	// Metadata is metadataContent: each cue is a JSON object with times, speaker, text and language.
	Metadata Form = iota + 1
	// Voiced is content as text/vtt: speakers are voice spans, as in <v Ann Example>Good morning.</v>
	Voiced
	// Unattributed is content as application/vnd.microsoft.graph.transcript+text, where the tenant does not allow to say who spoke: it has
	// no first line, and a blank line stands between a time and what was said.
	Unattributed
)

// Document is what a transcript says.
type Document struct {
	Utterances []Utterance // in the order of the document, which need not be that of their times
	Warnings   int         // what was not as it should be: a time that cannot be read, an end before its start, a text without a time, …
}

// Utterance is what somebody said in one go. Texts that are unknown are empty.
type Utterance struct {
	StartMS, EndMS     int64  // from the start of the transcript on; before it they are negative
	StartTime, EndTime string // instants, as Graph spelled them; of Metadata only
	Speaker            string // a name as it is displayed: trimmed, and with single blanks
	Text               string
	Language           string // as en-us; of Metadata only
}

// Bounds: what is beyond them is an error, never a part.
const (
	MostBytes      = 32 << 20 // a document
	mostUtterances = 200_000  // as many cues, too
	mostPayload    = 64 << 10
	mostName       = 512
)

var (
	errForm       = errors.New("no such form of a transcript")
	errLong       = errors.New("a transcript of more than 32 MiB")
	errNoWebVTT   = errors.New("a transcript that does not begin with WEBVTT")
	errUtterances = errors.New("a transcript of more than 200000 cues or utterances")
	errPayload    = errors.New("a cue of more than 64 KiB in a transcript")
	errName       = errors.New("a speaker's name of more than 512 bytes in a transcript")
)

// Parse reads a document. Its blocks are divided by blank lines: a header, comments, and cues, which are a time and a payload. Where the
// time stands alone, its payload is the next block: always if the form is Unattributed, where what was said may look like a time; else
// if that block has no time itself. A document without anything, or with an empty object, says nothing, which is worth a warning.
func Parse(document []byte, form Form) (Document, error) {
	if form < Metadata || form > Unattributed {
		return Document{}, errForm
	}
	if len(document) > MostBytes {
		return Document{}, errLong
	}
	document = bytes.TrimPrefix(document, []byte("\ufeff"))
	if said := bytes.TrimSpace(document); len(said) == 0 || string(said) == "{}" {
		return Document{Warnings: 1}, nil
	}
	if !utf8.Valid(document) {
		document = bytes.ToValidUTF8(document, []byte("\ufffd"))
	}
	rest := lines{document}
	if !rest.header() && form != Unattributed {
		return Document{}, errNoWebVTT
	}
	p := parser{form: form, known: map[string]string{}}
	for cues := 0; ; {
		block := rest.block()
		if len(block.text) == 0 {
			return p.document, nil
		}
		if block.isComment() {
			continue
		}
		span, isCue, ok := block.timing()
		if ok && len(block.text) == 0 {
			ahead := rest
			if next := ahead.block(); form == Unattributed || !next.isComment() && !next.isCue() {
				block, rest = next, ahead
			}
		}
		if !ok { // also what has no time at all, as what stands behind a blank line that somebody said
			p.document.Warnings++
			if !isCue {
				continue
			}
		}
		if cues++; cues > mostUtterances {
			return Document{}, errUtterances
		}
		if err := p.cue(span, ok, block); err != nil {
			return Document{}, err
		}
	}
}

// lines is text that is read line by line. A line ends with CR LF, with CR or with LF.
type lines struct{ text []byte }

func (l *lines) next() []byte {
	i := bytes.IndexAny(l.text, "\r\n")
	if i < 0 {
		i = len(l.text)
	}
	line, rest := l.text[:i], l.text[i:]
	if bytes.HasPrefix(rest, []byte("\r\n")) {
		rest = rest[1:]
	}
	l.text = rest[min(1, len(rest)):]
	return line
}

// block takes the next run of lines that are not blank; it is empty at the end.
func (l *lines) block() lines {
	from := l.text
	for len(l.text) > 0 && isBlank(l.next()) {
		from = l.text
	}
	for to := len(from) - len(l.text); len(l.text) > 0; to = len(from) - len(l.text) {
		if isBlank(l.next()) {
			return lines{from[:to]}
		}
	}
	return lines{from}
}

func isBlank(line []byte) bool { return len(bytes.Trim(line, " \t")) == 0 }

// header takes the first line, if it is that of WebVTT, and what belongs to it: up to a blank line, or to a time that somebody wrote there.
func (l *lines) header() bool {
	ahead := *l
	if !beginsWith(ahead.next(), "WEBVTT") {
		return false
	}
	for *l = ahead; len(ahead.text) > 0; *l = ahead {
		if line := ahead.next(); isBlank(line) || bytes.Contains(line, arrow) {
			break
		}
	}
	return true
}

func (l lines) isComment() bool {
	line := l.next()
	return beginsWith(line, "NOTE") || beginsWith(line, "STYLE") || beginsWith(line, "REGION")
}

// beginsWith says whether the line is the word, or goes on behind it after a blank.
func beginsWith(line []byte, word string) bool {
	rest, ok := bytes.CutPrefix(line, []byte(word))
	return ok && (len(rest) == 0 || rest[0] == ' ' || rest[0] == '\t')
}

var arrow = []byte("-->")

// milliseconds is a span of time within a transcript.
type milliseconds struct{ start, end int64 }

// timing takes the line with the time, and the line before it, which may be an identifier: these repeat, and say nothing. If there is an
// arrow, it is a cue, and ok if its times can be read.
func (l *lines) timing() (span milliseconds, isCue, ok bool) {
	line := l.next()
	if !bytes.Contains(line, arrow) {
		line = l.next()
	}
	from, to, isCue := bytes.Cut(line, arrow)
	to = bytes.TrimLeft(to, " \t")
	if i := bytes.IndexAny(to, " \t"); i >= 0 {
		to = to[:i] // settings follow
	}
	start, ok := offset(bytes.Trim(from, " \t"))
	end, also := offset(to)
	return milliseconds{start, end}, isCue, isCue && ok && also
}

func (l lines) isCue() bool {
	_, isCue, _ := l.timing()
	return isCue
}

// offset reads [-][hours:]minutes:seconds[.fraction] as milliseconds. A part may have one digit or two, hours have nine at most.
func offset(text []byte) (ms int64, ok bool) {
	text, negative := bytes.CutPrefix(text, []byte("-"))
	if i := bytes.IndexAny(text, ".,"); i >= 0 {
		fraction := text[i+1:]
		if text = text[:i]; len(fraction) == 0 {
			return 0, false
		}
		for j, c := range fraction {
			if c < '0' || c > '9' {
				return 0, false
			}
			ms += int64(c-'0') * [...]int64{100, 10, 1, 0}[min(j, 3)]
		}
	}
	hours, text, long := bytes.Cut(text, []byte(":"))
	minutes, seconds := hours, text
	if bytes.IndexByte(text, ':') >= 0 {
		minutes, seconds, _ = bytes.Cut(text, []byte(":"))
	} else {
		hours = []byte("0")
	}
	h, ok1 := digits(hours, 9)
	m, ok2 := digits(minutes, 2)
	s, ok3 := digits(seconds, 2)
	ms += ((h*60+m)*60 + s) * 1000
	if negative {
		ms = -ms
	}
	return ms, long && ok1 && ok2 && ok3
}

func digits(text []byte, most int) (n int64, ok bool) {
	if len(text) == 0 || len(text) > most {
		return 0, false
	}
	for _, c := range text {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = 10*n + int64(c-'0')
	}
	return n, true
}

type parser struct {
	form     Form
	document Document
	payload  []byte            // of the cue that is read
	text     []byte            // of the span that is read
	known    map[string]string // names and languages, of which a transcript has few
}

// cue reads the payload that a block goes on with, if its time is one; else it looks at its bounds only.
func (p *parser) cue(span milliseconds, timed bool, block lines) error {
	p.payload = p.payload[:0]
	for n := 0; len(block.text) > 0; n++ {
		if n > 0 && p.form != Metadata {
			p.payload = append(p.payload, ' ')
		}
		if p.payload = append(p.payload, block.next()...); len(p.payload) > mostPayload {
			return errPayload
		}
	}
	switch {
	case !timed || isBlank(p.payload):
		return nil
	case span.end < span.start:
		span.end = span.start
		p.document.Warnings++
	}
	if p.form == Metadata {
		return p.object(span)
	}
	return p.spans(span)
}

// object reads a payload of Metadata. What is no object is text.
func (p *parser) object(span milliseconds) error {
	u := Utterance{StartMS: span.start, EndMS: span.end}
	warnings := 0
	var s json.Scanner
	s.Reset(p.payload)
	more, err := s.Object()
	for more && err == nil {
		var name, v json.Value
		if name, err = s.Name(); err != nil {
			break
		}
		if v, err = s.Value(); err != nil {
			break
		}
		value, ok := s.Unquote(v), v.Kind == json.String
		if !ok {
			value, ok = nil, v.Kind == json.Null
		}
		switch string(s.Unquote(name)) {
		case "speakerName":
			if u.Speaker, err = p.name(value); err != nil {
				return err
			}
		case "spokenText":
			u.Text = string(value)
		case "spokenLanguage":
			ok = ok && isLanguage(value)
			u.Language = p.keep(kept(value, ok))
		case "startDateTime":
			ok = ok && isInstant(value)
			u.StartTime = string(kept(value, ok))
		case "endDateTime":
			ok = ok && isInstant(value)
			u.EndTime = string(kept(value, ok))
		default:
			ok = true
		}
		if !ok {
			warnings++
		}
		more, err = s.NextMember()
	}
	if err == nil {
		err = s.End()
	}
	if err != nil {
		u, warnings = Utterance{StartMS: span.start, EndMS: span.end, Text: string(bytes.Trim(p.payload, " \t"))}, 1
	}
	p.document.Warnings += warnings
	return p.add(u)
}

// isInstant and isLanguage keep out what is neither, and so may be anything that was said; null is nothing.
func isInstant(text []byte) bool {
	_, _, ok := instant.Parse(text)
	return ok || text == nil
}

func isLanguage(text []byte) bool {
	for _, c := range text {
		if c != '-' && c != '_' && (c < '0' || c > '9') && (c|' ' < 'a' || c|' ' > 'z') {
			return false
		}
	}
	return len(text) <= 35
}

func kept(text []byte, ok bool) []byte {
	if !ok {
		return nil
	}
	return text
}

// keep is a text that is often the same.
func (p *parser) keep(text []byte) string {
	known, ok := p.known[string(text)]
	if !ok {
		known = string(text)
		p.known[known] = known
	}
	return known
}

func (p *parser) name(text []byte) (string, error) {
	text = bytes.Join(bytes.Fields(text), []byte(" "))
	if len(text) > mostName {
		return "", errName
	}
	return p.keep(text), nil
}

func (p *parser) add(u Utterance) error {
	if len(p.document.Utterances) == mostUtterances {
		return errUtterances
	}
	p.document.Utterances = append(p.document.Utterances, u)
	return nil
}

// spans reads a payload with tags. Each voice span is an utterance, and what stands outside of them is one of nobody, if there is
// anything. The next span ends the one before. Other tags go, and their text stays. Only then entities are decoded: an escaped tag is speech.
func (p *parser) spans(span milliseconds) error {
	u := Utterance{StartMS: span.start, EndMS: span.end}
	voice := false
	tagged := bytes.LastIndexByte(p.payload, '>') + 1 // so that no search for it is in vain
	p.text = p.text[:0]
	for rest := p.payload[:tagged]; len(rest) > 0; {
		if rest[0] != '<' {
			n := bytes.IndexByte(rest, '<')
			if n < 0 {
				n = len(rest)
			}
			p.text, rest = append(p.text, rest[:n]...), rest[n:]
			continue
		}
		name, annotation, n := tag(rest)
		if n == 0 {
			p.text, rest = append(p.text, '<'), rest[1:]
			continue
		}
		rest = rest[n:]
		if p.form == Unattributed || name != "v" && name != "/v" {
			continue
		}
		if err := p.said(u, voice); err != nil {
			return err
		}
		var err error
		if u.Speaker, err = p.name(decoded(annotation)); err != nil {
			return err
		}
		voice = name == "v"
	}
	p.text = append(p.text, p.payload[tagged:]...)
	return p.said(u, voice)
}

// said adds the text since the last tag of a voice.
func (p *parser) said(u Utterance, voice bool) error {
	text := decoded(bytes.Trim(p.text, " \t"))
	p.text = p.text[:0]
	if len(text) == 0 && !voice {
		return nil
	}
	u.Text = string(text)
	return p.add(u)
}

// tag is the tag that text begins with: its name, with the slash of a closing one, what stands behind the name and its classes, and its
// length. The length is 0 if it is no tag that WebVTT has, or has no end: then it is speech.
func tag(text []byte) (name string, annotation []byte, length int) {
	for _, known := range [...]string{"v", "/v", "c", "/c", "i", "/i", "b", "/b", "u", "/u", "ruby", "/ruby", "rt", "/rt", "lang", "/lang"} {
		rest, ok := bytes.CutPrefix(text[1:], []byte(known))
		if !ok || len(rest) == 0 || !strings.ContainsRune(">. \t", rune(rest[0])) {
			continue
		}
		end := bytes.IndexByte(rest, '>')
		if end < 0 {
			return "", nil, 0
		}
		if i := bytes.IndexAny(rest[:end], " \t"); i >= 0 {
			annotation = rest[i:end]
		}
		return known, annotation, 1 + len(known) + end + 1
	}
	const longest = 32 // more than any time has
	end := bytes.IndexByte(text[:min(len(text), longest)], '>')
	if end < 0 {
		return "", nil, 0
	}
	if _, ok := offset(text[1:end]); !ok {
		return "", nil, 0
	}
	return "time", nil, end + 1
}

var entities = map[string]string{"amp": "&", "lt": "<", "gt": ">", "quot": `"`, "apos": "'", "nbsp": "\u00a0", "lrm": "\u200e", "rlm": "\u200f"}

// decoded is text with characters in place of entities; what is no entity is speech. A number that is no character is U+FFFD, and so is NUL.
func decoded(text []byte) []byte {
	if bytes.IndexByte(text, '&') < 0 && bytes.IndexByte(text, 0) < 0 {
		return text
	}
	to := make([]byte, 0, len(text))
	for len(text) > 0 {
		c := text[0]
		if text = text[1:]; c == 0 {
			to = utf8.AppendRune(to, utf8.RuneError)
			continue
		}
		const longest = 10 // #x10ffff; and something
		if end := bytes.IndexByte(text[:min(len(text), longest)], ';'); c == '&' && end > 0 {
			if said, ok := entity(string(text[:end])); ok {
				to, text = append(to, said...), text[end+1:]
				continue
			}
		}
		to = append(to, c)
	}
	return to
}

func entity(name string) (string, bool) {
	number, ok := strings.CutPrefix(name, "#")
	if !ok {
		said, ok := entities[name]
		return said, ok
	}
	base := 10
	if hex := strings.TrimLeft(number, "xX"); len(hex) == len(number)-1 {
		number, base = hex, 16
	}
	n, err := strconv.ParseUint(number, base, 32)
	if err != nil {
		return "", false
	}
	if n == 0 || n > utf8.MaxRune {
		n = utf8.RuneError
	}
	return string(rune(n)), true
}
