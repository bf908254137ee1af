package cli

import (
	"strings"
	"testing"
)

// Whatever is typed, each candidate begins with it, is one line of two fields, and is offered once.
func FuzzComplete(f *testing.F) {
	for _, line := range []string{"", "run --d", "run --dataset users,", "run --output=", "schema c", "--config", "= =", "-- -", "run --dataset=,,users,users,"} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		if strings.Contains(line, "config") {
			t.Skip("that names a file to read, and fuzzing has none")
		}
		words := strings.Split(line, " ")
		seen := map[string]bool{}
		for _, x := range newCommand().complete(words) {
			if !strings.HasPrefix(x.word, words[len(words)-1]) || seen[x.word] {
				t.Errorf("%q may become %q", line, x.word)
			}
			if strings.ContainsAny(x.meaning, "\t\n") || strings.ContainsAny(strings.TrimPrefix(x.word, words[len(words)-1]), "\t\n ") {
				t.Errorf("%q is offered %q", line, x)
			}
			seen[x.word] = true
		}
	})
}
