package privacy_test

import (
	"strings"
	"testing"

	"graphlake/internal/record"
	"graphlake/schemas"
	"graphlake/transform/privacy"
)

// BenchmarkScrub is what privacy costs a record: nothing, where there is nothing to do; with
// pseudonyms, next to a plain copy.
func BenchmarkScrub(b *testing.B) {
	d, _ := schemas.BuiltIn().Find("call_records")
	text := fixture(b, "call_records")[0]
	b.Run("copy", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		var out []byte
		for b.Loop() {
			out = append(out[:0], text...)
		}
	})
	letter := schemas.Dataset{Name: "letters", Bodies: []schemas.Body{{Path: "body"}}}
	written := []byte(`{"id":"1","body":{"contentType":"html","content":"` +
		strings.Repeat(`<p>See <at id=\"0\">Person 1<\/at>, all is well &amp; on its way 😀<\/p>`, 10) + `"}}`)
	for _, c := range []struct {
		name     string
		dataset  schemas.Dataset
		settings privacy.Settings
		text     []byte
	}{
		{"nothing", d, privacy.Settings{Content: schemas.NoContent}, text},
		{"pseudonyms", d, hidden, text},
		{"body", letter, privacy.Settings{Content: schemas.NoContent}, written},
	} {
		b.Run(c.name, func(b *testing.B) {
			s, err := privacy.NewScrubber(c.dataset, c.settings)
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(c.text)))
			b.ReportAllocs()
			for b.Loop() {
				s.Scrub(record.Record{JSON: c.text})
			}
		})
	}
}
