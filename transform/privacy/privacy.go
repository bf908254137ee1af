// Package privacy takes out of a record what the lake may not hold of it, before it goes any further: what people
// wrote, who somebody is, and what singles somebody out.
//
// [Settings] say what a lake keeps. A [Scrubber] makes of a dataset's records what they allow, in one walk, which also
// notes where raw's own values are then. It promises that what is kept is kept byte for byte, and that no text passes
// which no column reads, unless the lake keeps all content; with pseudonyms nothing does that no column reads. It knows of
// a dataset the paths of its columns and bodies; it does not know its name, nor what becomes of the record.
package privacy

import (
	"fmt"
	"io"
	"log/slog"

	"graphlake/schemas"
)

// Settings are what a lake keeps of what people wrote and of who they are.
type Settings struct {
	Content schemas.Content
	Detail  schemas.DetailLevel // empty: full
	Key     Key                 // of the pseudonyms; empty: there are none
}

// coarse reports whether what singles people out is not told closely.
func (s Settings) coarse() bool { return s.Detail == schemas.CoarseDetail }

// KeepsDocuments reports whether a lake has the document of a record as Graph sent it, which names who spoke in every line.
func (s Settings) KeepsDocuments() bool { return s.Content == schemas.FullContent && len(s.Key) == 0 }

// Rules says by which rules records are scrubbed. Those of version 1 left alone what people wrote outside of bodies, and
// texts that no column reads; and they spelled pseudonyms otherwise.
const Rules = 2

// Key makes pseudonyms. However it is printed, logged or encoded, it reads "[redacted]".
type Key []byte

const redacted = "[redacted]"

func (Key) String() string               { return redacted }
func (Key) LogValue() slog.Value         { return slog.StringValue(redacted) }
func (Key) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// Format is there because verbs that do not fit, as %x, would print the bytes past String.
func (Key) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// Pseudonym is what stands for a value in a lake with pseudonyms; without them it is the value.
func (s Settings) Pseudonym(value string) string {
	if len(s.Key) == 0 || value == "" {
		return value
	}
	return string(newHider(s.Key).pseudonym([]byte(value)))
}
