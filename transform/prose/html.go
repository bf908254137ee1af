package prose

import (
	"context"
	"io"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// FromHTML gives the plain text of HTML as Teams and Outlook write it, and what it consists of. An
// emoji is its character, a mention its text, a cell of a table is followed by a tab; images and
// attachments have no text. It ends soon after the context does, and then has no text.
func FromHTML(ctx context.Context, source string) (string, Counts, error) {
	r := reader{from: html.NewTokenizer(strings.NewReader(source)), rest: source}
	for {
		t := r.next()
		if err := ctx.Err(); err != nil {
			return "", Counts{}, err
		}
		switch t {
		case html.ErrorToken: // of a string there is no error but its end
			text := strings.TrimSpace(r.flow.out.String())
			c := Count(text)
			r.Characters, r.Words = c.Characters, c.Words
			return text, r.Counts, nil
		case html.TextToken:
			r.text()
		case html.StartTagToken, html.SelfClosingTagToken:
			r.start(r.from.Token())
		case html.EndTagToken:
			r.end(r.from.Token())
		}
	}
}

type reader struct {
	from *html.Tokenizer
	rest string // of the source, behind the token
	raw  bool   // it begins with text in which no element starts
	flow flow
	Counts
	unseen  string // the element around that browsers do not show
	anchors int    // links around
}

// next goes on to the next token. A tag that is long is read by a tokenizer of its own, which goes on with what follows.
func (r *reader) next() html.TokenType {
	if !r.raw && startsTag(r.rest) {
		length, _, _ := eachAttribute(r.rest, func(string, string) {})
		if length == 0 {
			return html.ErrorToken
		}
		if length > longTag {
			short := shortTag(r.rest[:length])
			r.rest = r.rest[length:]
			r.from = html.NewTokenizer(io.MultiReader(strings.NewReader(short), strings.NewReader(r.rest)))
			return r.from.Next()
		}
	}
	r.raw = false
	t := r.from.Next()
	r.rest = r.rest[len(r.from.Raw()):]
	return t
}

func (r *reader) text() {
	if r.unseen != "" {
		return
	}
	s := string(r.from.Text())
	r.flow.out.Grow(len(s)) // at once, for a text may be most of the source
	r.flow.text(s)
	r.Emoji += emoji(s)
	if r.anchors == 0 {
		r.Links += addresses(s)
	}
}

func (r *reader) start(t html.Token) {
	r.raw = isRaw(t.Data)
	switch t.DataAtom {
	case atom.Br:
		r.flow.line()
	case atom.Td, atom.Th: // set off by the end of the one before
	case atom.Pre:
		r.keepSpace(1)
	case atom.A:
		if t.Type == html.StartTagToken && attribute(t, "href") != "" {
			r.Links++
			r.anchors++
		}
	case atom.Img:
		r.image(t)
	case atom.Script, atom.Style, atom.Title, atom.Iframe, atom.Noembed, atom.Noframes, atom.Noscript:
		r.unseen = t.Data
	default:
		r.teams(t)
	}
}

// teams reads the start of an element that only Teams has, or of a block.
func (r *reader) teams(t html.Token) {
	switch t.Data {
	case "at":
		r.Mentions++
	case "attachment":
		r.Attachments++
	case "emoji", "customemoji":
		r.Emoji++
		r.flow.text(attribute(t, "alt"))
	case "codeblock":
		r.keepSpace(1)
	default:
		r.block(t)
	}
}

func (r *reader) end(t html.Token) {
	switch {
	case t.Data == r.unseen:
		r.unseen = ""
	case t.DataAtom == atom.A:
		r.anchors = max(r.anchors-1, 0)
	case t.DataAtom == atom.Td || t.DataAtom == atom.Th:
		r.flow.cell()
	case t.DataAtom == atom.Pre || t.Data == "codeblock":
		r.keepSpace(-1)
	default:
		r.block(t)
	}
}

func (r *reader) block(t html.Token) {
	switch t.DataAtom {
	case atom.Address, atom.Article, atom.Aside, atom.Blockquote, atom.Body, atom.Caption, atom.Dd, atom.Div, atom.Dl, atom.Dt,
		atom.Figcaption, atom.Figure, atom.Footer, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Header, atom.Hr,
		atom.Li, atom.Main, atom.Nav, atom.Ol, atom.P, atom.Section, atom.Table, atom.Tbody, atom.Tfoot, atom.Thead, atom.Tr, atom.Ul:
		r.flow.block()
	}
}

// keepSpace begins or ends a block of code.
func (r *reader) keepSpace(by int) {
	r.flow.block()
	r.flow.pre = max(r.flow.pre+by, 0)
}

// image reads an image, which in older messages may be an emoji.
func (r *reader) image(t html.Token) {
	if strings.HasSuffix(strings.ToLower(attribute(t, "itemtype")), "/emoji") {
		r.Emoji++
		r.flow.text(attribute(t, "alt"))
		return
	}
	r.Images++
}

func attribute(t html.Token, name string) string {
	for _, a := range t.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
