package schemas

import "fmt"

// Content is what a lake keeps of what people wrote.
type Content string

// The kinds of content, each of which keeps what the one before keeps. Whatever is kept, an [ItemBody] leaves counts of
// what it said.
const (
	NoContent     Content = "none"   // nothing
	TitlesContent Content = "titles" // titles, and no text
	TextContent   Content = "text"   // bodies as plain text, and other texts
	FullContent   Content = "full"   // all, as Graph sent it
)

// Contents lists the kinds, from the least to the most.
func Contents() []Content { return []Content{NoContent, TitlesContent, TextContent, FullContent} }

// Keeps reports whether a lake with the content has what is so written. A body is kept by its form besides.
func (c Content) Keeps(w Written) bool {
	switch w {
	case Title:
		return c == TitlesContent || c.Keeps(Text)
	case Text:
		return c == TextContent || c == FullContent
	}
	return true
}

// Written says whether a person made up what a column holds, and which of it: then a lake keeps it only as far as its
// [Content] says.
//
// The directory is not written in this sense. Names of users, groups, teams and channels stay where they are looked up,
// and are personal; where a message or an event quotes them, they are part of what it says.
type Written uint8

// The zero value is what nobody made up: an id, an instant, a number, a word of Graph's, a name of the directory.
const (
	Title Written = iota + 1 // a heading, or the name that somebody gave a conversation, a file or a place
	Text                     // any other text, and what holds one
)

var writtenNames = map[Written]string{Title: "title", Text: "text"}

func (w Written) String() string { return writtenNames[w] }

// DetailLevel is how closely a lake tells what is [Column.Quasi].
type DetailLevel string

// The levels of detail.
const (
	FullDetail   DetailLevel = "full"   // as Graph sent it
	CoarseDetail DetailLevel = "coarse" // of an instant the first of its year, of all else nothing
)

// DetailLevels lists the levels.
func DetailLevels() []DetailLevel { return []DetailLevel{FullDetail, CoarseDetail} }

// Body is what somebody wrote, where a record holds it. What becomes of it is a setting of the lake,
// also where its column is marked as personal.
type Body struct {
	Path Path
	Form BodyForm
}

// BodyForm is how a body is written.
type BodyForm uint8

// The forms.
const (
	// ItemBody is an object with a contentType, html or text, and the content. It is counted, in the
	// record under "@graphlake" and the last name of its path.
	ItemBody  BodyForm = iota
	PlainBody          // a string of plain text
	HTMLBody           // a string of HTML
	Payload            // any value in a form of its own, as a card; there is no plain text of it
	// SpokenText is a string of what somebody said, in an element of an array. It is counted, in the element under
	// "@graphlake.spoken".
	SpokenText
)

// Words that stand in a record in the place of people whom a lake does not have.
const (
	ExcludedWord = "excluded" // who was never to be read
	ErasedWord   = "erased"   // who was taken out
)

// IsNobody reports whether an id is no one's, but stands in the place of one.
func IsNobody(id string) bool { return id == ExcludedWord || id == ErasedWord }

// Local is the member of a record that Graph did not send but graphlake added.
const Local = "@graphlake"

// validate checks that the path leads to the body, and that an item body's counts have one place.
func (b Body) validate() error {
	steps, err := b.Path.Steps()
	if err != nil {
		return fmt.Errorf("body: %w", err)
	}
	if len(steps) == 0 || b.Form > SpokenText {
		return fmt.Errorf("body %q: a path into the record and a form are required", b.Path)
	}
	for _, s := range steps {
		if s.Kind == Position || b.Form == ItemBody && s.Kind != Into {
			return fmt.Errorf("body %q: want the path of one value, for an item body outside of arrays", b.Path)
		}
	}
	if n := len(steps); b.Form == SpokenText && (n < 2 || steps[n-1].Kind != Into || steps[n-2].Kind != Each) {
		return fmt.Errorf("body %q: what is said is a member of the elements of an array", b.Path)
	}
	return nil
}

// Hides reports whether a value of the type can be replaced by a pseudonym.
func (t Type) Hides() bool {
	return t == String || t == Enum || t == LongText || t == KeyText || t == JSON
}

// Key is a property by which a person may be known: a text, or a list of some.
type Key struct {
	Path Path
	Kind KeyKind
}

// KeyKind says how a key is spelled, and so how it is found.
type KeyKind string

// The kinds; transform/privacy says how each is looked for.
const (
	IDKey      KeyKind = "id"
	AddressKey KeyKind = "address"
	NumberKey  KeyKind = "number"
	NameKey    KeyKind = "name"
	OtherKey   KeyKind = "other"
)
