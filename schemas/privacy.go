package schemas

import "fmt"

// Content is what a lake keeps of the bodies of its records.
type Content string

// The kinds of content. Whatever is kept, an [ItemBody] leaves counts of what it said.
const (
	NoContent   Content = "none" // nothing
	TextContent Content = "text" // plain text
	FullContent Content = "full" // all, as Graph sent it
)

// Contents lists the kinds, from the least to the most.
func Contents() []Content { return []Content{NoContent, TextContent, FullContent} }

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
)

// Local is the member of a record that Graph did not send but graphlake added.
const Local = "@graphlake"

// validate checks that the path leads to the body, and that an item body's counts have one place.
func (b Body) validate() error {
	steps, err := b.Path.Steps()
	if err != nil {
		return fmt.Errorf("body: %w", err)
	}
	if len(steps) == 0 || b.Form > Payload {
		return fmt.Errorf("body %q: a path into the record and a form are required", b.Path)
	}
	for _, s := range steps {
		if s.Kind == Position || b.Form == ItemBody && s.Kind != Into {
			return fmt.Errorf("body %q: want the path of one value, for an item body outside of arrays", b.Path)
		}
	}
	return nil
}

// Hides reports whether a value of the type can be replaced by a pseudonym.
func (t Type) Hides() bool {
	return t == String || t == Enum || t == LongText || t == KeyText || t == JSON
}
