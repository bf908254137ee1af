package privacy

import (
	"bytes"
	"strings"

	"graphlake/internal/json"
)

// Quotes of what somebody wrote, in a message of somebody else.
//
// Teams writes a quote twice: as an attachment, whose content is JSON in a string, and in HTML as
//
//	<blockquote itemscope itemtype="http://schema.skype.com/Reply" itemid="…">
//	  <strong itemprop="mri" itemid="8:orgid:…">Name</strong><span itemprop="time" …></span><p itemprop="preview">what they wrote</p>
//	</blockquote>

var (
	senderWord     = []byte("essageSender")
	blockquoteWord = []byte("blockquote")
	previewWord    = []byte("preview")
)

// quotes reports whether a quote may be in a text.
func (f *Filter) quotes(raw []byte) bool {
	return !f.within && bytes.Contains(raw, senderWord) || bytes.Contains(raw, blockquoteWord) && bytes.Contains(raw, previewWord)
}

// quote takes out of a string what people wrote and somebody quotes. It is done, if the string is JSON that has changed.
func (f *Filter) quote(v json.Value, raw []byte) (done bool, err error) {
	if !f.within && bytes.Contains(raw, senderWord) {
		if done, err = f.quoteJSON(v, raw); done || err != nil {
			return done, err
		}
	}
	for at := 0; ; {
		next := bytes.Index(raw[at:], blockquoteWord)
		if next < 0 {
			return false, nil
		}
		at += next + len(blockquoteWord)
		end := bytes.Index(raw[at:], blockquoteWord)
		if end < 0 {
			end = len(raw) - at
		}
		if err := f.stop(); err != nil {
			return false, err
		}
		f.quoteHTML(v.Start+at, raw[at:at+min(end, window)])
	}
}

func isJSON(text []byte) bool { return json.Check(text) == nil }

func (f *Filter) quoteJSON(v json.Value, raw []byte) (done bool, err error) {
	text := json.AppendString(nil, raw)
	if t := bytes.TrimSpace(text); len(t) == 0 || t[0] != '{' && t[0] != '[' || !isJSON(text) {
		return false, nil
	}
	if f.inner == nil {
		f.inner = &Filter{finder: f.finder, within: true, outer: anyText}
		f.inner.places.Root = f.inner.places.New("")
		f.inner.order = json.NewOrder(&f.inner.places)
	}
	if err := f.inner.walk(f.stop, text); err != nil || len(f.inner.changes) == 0 {
		return false, err
	}
	quoted := json.AppendQuoted(nil, string(f.inner.edited(text)))
	f.changes = append(f.changes, change{v.Start, v.End, quoted[1 : len(quoted)-1], true})
	return true, nil
}

// quoteHTML looks at what follows the name of a blockquote's tag, up to the next such name, and takes its author's name and words out,
// if it is of somebody who goes.
func (f *Filter) quoteHTML(start int, raw []byte) {
	f.layer = unescape(raw, f.layer)
	t, at := f.layer.text, f.layer.at
	var by who
	name, preview := [2]int{}, [2]int{}
	for i := 0; i < len(t); i++ {
		if t[i] != '<' {
			continue
		}
		tag, attributes, end := tagAt(t, i)
		switch attributes["itemprop"] {
		case "mri":
			if e := f.finder.whole([]byte(attributes["itemid"])); e != nil {
				by = who(e.person.word)
			} else if id := attributes["itemid"]; isWord([]byte(id[strings.LastIndexByte(id, ':')+1:])) {
				by = who(id[strings.LastIndexByte(id, ':')+1:])
			}
			name = [2]int{end, end + max(0, bytes.IndexByte(t[end:], '<'))}
		case "preview":
			preview = [2]int{end, len(t)}
			if closing := bytes.LastIndex(t[end:], []byte("</"+tag)); closing >= 0 {
				preview[1] = end + closing
			} else if bytes.HasSuffix(t[end:], []byte("</")) {
				preview[1] -= len("</")
			}
		}
		i = end - 1
	}
	if !by.gone() {
		return
	}
	if name[1] > name[0] && !isWord(t[name[0]:name[1]]) {
		f.changes = append(f.changes, change{start + at[name[0]], start + at[name[1]], []byte(by), true})
	}
	if preview[1] > preview[0] {
		f.changes = append(f.changes, change{start + at[preview[0]], start + at[preview[1]], nil, true})
	}
}

// tagAt reads the tag that begins at a place: its name, its attributes, and where it ends.
func tagAt(t []byte, from int) (name string, attributes map[string]string, end int) {
	i := from + 1
	word := func(until string) string {
		start := i
		for i < len(t) && strings.IndexByte(until, t[i]) < 0 {
			i++
		}
		return string(t[start:i])
	}
	name = strings.ToLower(word(" \t\r\n/>"))
	for i < len(t) && t[i] != '>' && len(attributes) < mostAttributes {
		if strings.IndexByte(" \t\r\n/", t[i]) >= 0 {
			i++
			continue
		}
		attribute, value := strings.ToLower(word("= \t\r\n/>")), ""
		if i+1 < len(t) && t[i] == '=' {
			if i++; t[i] == '"' || t[i] == '\'' {
				quote := string(t[i])
				i++
				value = word(quote)
				i++
			} else {
				value = word(" \t\r\n>")
			}
		} else if i < len(t) && t[i] == '=' {
			i++
		}
		if attributes == nil {
			attributes = map[string]string{}
		}
		if _, twice := attributes[attribute]; !twice {
			attributes[attribute] = value
		}
	}
	return name, attributes, min(i+1, len(t))
}

// mostAttributes is how many attributes of a tag are read; those of quotes have three.
const mostAttributes = 16

// withoutQuotes is a text that is a value of a record, without what it quotes.
func withoutQuotes(f *finder, text string) string {
	one := Filter{finder: f, outer: anyText}
	if !one.quotes([]byte(text)) {
		return text
	}
	one.places.Root = one.places.New("")
	one.order = json.NewOrder(&one.places)
	quoted := json.AppendQuoted(nil, text)
	if _ = one.walk(func() error { return nil }, quoted); len(one.changes) == 0 {
		return text
	}
	quoted = one.edited(quoted)
	return string(json.AppendString(nil, quoted[1:len(quoted)-1]))
}
