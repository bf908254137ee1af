package cli

import (
	"strings"
	"testing"
)

// Whoever puts a secret in the place of a variable's name does not find it in a message.
func TestSecretInPlaceOfAVariable(t *testing.T) {
	for _, name := range []string{"8nfjJN0h7rAAYPR54=", "pa ss", "", strings.Repeat("A", 200), "Secret-Value"} {
		_, err := environment(name)
		if err == nil || name != "" && strings.Contains(err.Error(), name) {
			t.Errorf("%q: %v", name, err)
		}
	}
	t.Setenv("GRAPHLAKE_SOMETHING", "a value\n")
	if value, err := environment("GRAPHLAKE_SOMETHING"); err != nil || value != "a value" {
		t.Errorf("got %q, %v", value, err)
	}
}
