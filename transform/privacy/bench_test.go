package privacy_test

import (
	"fmt"
	"strings"
	"testing"

	"graphlake/internal/json"
	"graphlake/internal/record"
	"graphlake/schemas"
	"graphlake/transform/privacy"
)

// BenchmarkScrub is what privacy costs a record: where there is nothing to do, a look for what is new; with
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
		{"nothing", d, privacy.Settings{Content: schemas.FullContent}, text},
		{"texts", d, privacy.Settings{Content: schemas.NoContent}, text},
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
				_, _ = s.Scrub(b.Context(), record.Record{JSON: c.text})
			}
		})
	}
}

// BenchmarkPeople is what people who may not be in a lake cost a record that names none of them, and whose ids were not met
// before, next to a walk: nothing, if there are none.
func BenchmarkPeople(b *testing.B) {
	some := make([]privacy.Person, 200)
	for i := range some {
		some[i] = privacy.Person{Word: privacy.Excluded, Keys: []privacy.PersonKey{
			{Kind: privacy.IDKey, Value: fmt.Sprintf("%08x-3d4e-4f50-8a61-7b8c9dadb001", i)},
			{Kind: privacy.AddressKey, Value: fmt.Sprintf("person%d@adatum.example", i)},
			{Kind: privacy.NumberKey, Value: fmt.Sprintf("+49 30 5550 %04d", i)},
			{Kind: privacy.NameKey, Value: fmt.Sprintf("Person Number%d", i)},
		}}
	}
	for _, name := range []string{"call_records", "chat_messages", "users"} {
		d, _ := schemas.BuiltIn().Find(name)
		text := []byte(fixture(b, name)[0])
		b.Run(name+"/walk", func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				_ = json.Check(text)
			}
		})
		for kind, set := range map[string]*privacy.People{"nobody": people(b, privacy.Settings{}), "people": people(b, privacy.Settings{}, some...)} {
			b.Run(name+"/"+kind, func(b *testing.B) {
				f, err := set.Filter(d)
				if err != nil {
					b.Fatal(err)
				}
				b.SetBytes(int64(len(text)))
				b.ReportAllocs()
				fresh := []byte(nil)
				for n := 0; b.Loop(); n++ {
					fresh = otherDigits(fresh[:0], text, n)
					f.Apply(b.Context(), record.Record{JSON: fresh})
				}
			})
		}
	}
}

// otherDigits is a record with other digits in its strings, so that it says nothing that was met before.
func otherDigits(dst, text []byte, n int) []byte {
	quoted, by := false, byte(n)
	for i, c := range text {
		if c == '"' && text[max(0, i-1)] != '\\' {
			quoted = !quoted
		}
		if quoted && '0' <= c && c <= '9' && text[i-1] != 'u' {
			c = '0' + (c-'0'+by)%10
			by = by*31 + byte(n>>8) + 7
		}
		dst = append(dst, c)
	}
	return dst
}
