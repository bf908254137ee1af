package graph

import (
	"fmt"
	"io"
	"log/slog"
)

// Secret is a credential. However it is printed, logged or encoded, it reads "[redacted]".
type Secret string

const redacted = "[redacted]"

// Reveal returns the credential itself, for the one place that sends it.
func (s Secret) Reveal() string { return string(s) }

func (Secret) String() string               { return redacted }
func (Secret) LogValue() slog.Value         { return slog.StringValue(redacted) }
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// Format is there because verbs that do not fit a string, as in %d, would print it past String.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }
