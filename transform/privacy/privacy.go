// Package privacy takes out of a record what the lake may not hold of it, before it goes any further: the text of
// what people wrote, and who somebody is.
//
// [Settings] say what a lake keeps. A [Scrubber] makes of a dataset's records what they allow, in one walk, which also
// notes where raw's own values are then. It promises that what is kept is kept byte for byte, and that what no column
// reads does not pass, if there are pseudonyms. It knows of a dataset the paths of its columns and bodies; it
// does not know its name, nor what becomes of the record.
package privacy

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"

	"graphlake/schemas"
)

// Settings are what a lake keeps of what people wrote and of who they are.
type Settings struct {
	Content schemas.Content
	Key     Key // of the pseudonyms; empty: there are none
}

// Key makes pseudonyms. However it is printed, logged or encoded, it reads "[redacted]".
type Key []byte

const redacted = "[redacted]"

func (Key) String() string               { return redacted }
func (Key) LogValue() slog.Value         { return slog.StringValue(redacted) }
func (Key) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// Format is there because verbs that do not fit, as %x, would print the bytes past String.
func (Key) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// Fingerprint tells keys apart and gives none away; "" if there is none.
func (k Key) Fingerprint() string {
	if len(k) == 0 {
		return ""
	}
	sum := hmac.New(sha256.New, k)
	_, _ = io.WriteString(sum, "graphlake: the fingerprint of a key")
	return hex.EncodeToString(sum.Sum(nil)[:8])
}

// Pseudonym is what stands for a value in a lake with pseudonyms; without them it is the value.
func (s Settings) Pseudonym(value string) string {
	if len(s.Key) == 0 || value == "" {
		return value
	}
	return string(newHider(s.Key).pseudonym([]byte(value)))
}
