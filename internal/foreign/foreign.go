// Package foreign is the one way by which text of others gets into what we print, log, trace, notify or store: the words of
// Graph, Entra, Blob Storage and proxies, headers, and the errors of libraries that quote what they were sent.
//
// A [Text] is such text with what must not be shown taken out, and there is no way to make one but [New] and [ID]. An error of
// others becomes one of ours by [Error]. Whatever is put in, what comes out is one line of valid UTF-8 of at most [Most]
// characters, all of which print, without
//
//   - tokens, signatures, secrets and keys, and the queries of URLs, which may hold them;
//   - what is quoted, for services quote what they were asked about;
//   - ids of people, chats and records, addresses of mailboxes and machines, numbers of telephones.
//
// The names of people that are neither quoted nor part of an address cannot be told from other words, and stay. To clean
// clean text changes nothing. [Printable] and [Writer] are for text of our own on its way out, of which a part was foreign.
package foreign

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Most is how many characters a Text has at most.
const Most = 400

// mostRead is how many bytes of a foreign text are looked at.
const mostRead = 8 << 10

// Text is foreign text that may be shown.
type Text struct{ clean string }

// New makes a foreign text fit to be shown.
func New(s string) Text { return Text{clean(s, words)} }

// ID is the id of a request, by which those who answered it find it in their logs. What cannot be one is empty.
func ID(s string) Text {
	if len(s) > 64 || strings.Trim(s, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.:") != "" || withoutSecrets(s) != s {
		return Text{}
	}
	return Text{s}
}

func (t Text) String() string { return t.clean }

// MarshalText makes JSON and logs show the text as String does.
func (t Text) MarshalText() ([]byte, error) { return []byte(t.clean), nil }

// Error is an error of others, as of the network or of a library, with its text fit to be shown. It wraps err. The addresses of
// machines stay, for they are those that were called. A nil error stays nil.
func Error(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[Cleaned](err); ok { // what is around it is ours
		return err
	}
	return &cleanError{err, clean(err.Error(), called)}
}

// Cleaned is an error that has cleaned what is foreign in its text.
type Cleaned interface {
	error
	Cleaned()
}

type cleanError struct {
	err   error
	clean string
}

func (e *cleanError) Error() string { return e.clean }
func (e *cleanError) Unwrap() error { return e.err }
func (e *cleanError) Cleaned()      {}

// manner is what sort of text is cleaned.
type manner uint8

const (
	words  manner = iota // of a service: nothing in it is of ours
	called               // of a connection: addresses of machines are those that were called
	asked                // of a URL: what is quoted in it is what we asked for
)

// clean cleans until there is nothing left to clean, as in what was left of two things when one between them went.
func clean(s string, m manner) string {
	s = cut(flat(cut(s, 4*mostRead)), mostRead)
	for range mostPasses {
		next := shortened(flat(withoutNames(withoutSecrets(s), m)))
		if next == s {
			return s
		}
		s = next
	}
	return "…"
}

// mostPasses are made of a text. A plain one takes two.
const mostPasses = 16

// narrow is the character of ASCII that another one is but for its width or style, or its digits, or itself.
func narrow(r rune) rune {
	if r < utf8.RuneSelf {
		return r
	}
	if s := norm.NFKC.String(string(r)); len(s) == 1 {
		return rune(s[0])
	}
	for _, of := range unicode.Nd.R16 { // runs of all ten digits
		if lo, hi := rune(of.Lo), rune(of.Hi); lo <= r && r <= hi {
			return '0' + (r-lo)%10
		}
	}
	for _, of := range unicode.Nd.R32 {
		if lo, hi := rune(of.Lo), rune(of.Hi); lo <= r && r <= hi {
			return '0' + (r-lo)%10
		}
	}
	return r
}

// flat is text as one line of valid UTF-8 with nothing in it that a terminal obeys or that cannot be seen, in narrow characters.
func flat(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.IsControl(r):
			return ' '
		case !unicode.IsPrint(r): // bidi and zero width among them: words that they part are one
			return -1
		}
		return narrow(r)
	}, strings.ToValidUTF8(s, "\ufffd"))
	return strings.Join(strings.Fields(s), " ")
}

// cut is text of at most so many bytes, without the word that is cut through: the rest of it might not be known for what it is.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	s = s[:most]
	return s[:max(0, strings.LastIndexAny(s, " \n\t"))]
}

// shortened is text of at most Most characters, cut between words where it can.
func shortened(s string) string {
	if utf8.RuneCountInString(s) <= Most {
		return s
	}
	head := string([]rune(s)[:Most-1])
	if i := strings.LastIndexByte(head, ' '); i > len(head)/2 {
		head = head[:i]
	}
	return head + "…"
}
