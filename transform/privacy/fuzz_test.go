package privacy_test

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"graphlake/internal/instant"
	"graphlake/internal/record"
	"graphlake/schemas"
	"graphlake/transform/privacy"
)

// FuzzScrub holds a scrubber against a second reading of the record: whatever it is given, and whatever a lake keeps, JSON
// comes out, and of what is said at places where the settings keep nothing, nothing; and scrubbed again, it stays as it is.
func FuzzScrub(f *testing.F) {
	users, calls := "users", "call_records"
	f.Add(users, byte(1), []byte(`{"id":"person 1","displayName":"Ada Byron","otherMails":["ada@adatum.example"],"manager@delta":[{"id":"person 2"}],"x":{"y":["secret"]},"department":"Sales"}`))
	f.Add(users, byte(1), []byte(`{"id":"person 1","@removed":{"reason":"deleted"},"@graphlake":{"parent":"person 3"}}`))
	f.Add(users, byte(1), []byte(`{"id":7,"displayName":{"a":"nested"},"\u0069d":"escaped","businessPhones":"+1 425 555"} `))
	f.Add(users, byte(1), []byte(`{"id":"cut off`))
	f.Add(calls, byte(1), []byte(fixture(f, calls)[0]))
	f.Add("calendar_events", byte(1), []byte(`{"id":"1","start":{"dateTime":"2026-11-22T08:00:00","timeZone":"UTC","x":"person 1"},"timeZone":"person 2"}`))
	f.Add(calls, byte(1), []byte(`{"organizer_v2":{"identity":{"user":{"id":"person 1","tenantId":"tenant"},"robot":{"name":"person 2"}}},"sessions":[[{"id":"x"}],{"caller":"person 3"}]}`))
	for mode := range modes() {
		f.Add("chat_messages", byte(mode), []byte(`{"id":"message 1","subject":"subject 1","chatId":"chat 1","policyViolation":{"dlpAction":"none","policyTip":{"x":["tip 1"]},"n":1425},"eventDetail":{"@odata.type":"#e","callId":"call 1","chatDisplayName":"topic 1","x":"word 1","initiator":{"user":{"id":"person 1","x":"word 2"}}},"attachments":[{"name":"file 1","content":"card 1"}],"body":{"contentType":"text","content":"body 1","x":"word 3"},"x":{"y":["word 4","2026-11-22T00:00:00Z",4711]}}`))
		f.Add(users, byte(mode), []byte(`{"id":"person 1","jobTitle":"title 1","createdDateTime":"2019-07-01T08:00:00Z","employeeOrgData":{"division":"division 1","x":"word 1"},"postalCode":80331,"otherMails":["mail 1"],"businessPhones":{"x":"phone 1"}}`))
		f.Add(calls, byte(mode), []byte(`{"id":"call 1","sessions":[{"caller":{"feedback":{"text":"feedback 1","text@graphlake.characters":"word 1"},"userAgent":{"headerValue":"agent 1"},"cpuCoresCount":1024}}]}`))
	}
	f.Fuzz(func(t *testing.T, dataset string, mode byte, text []byte) {
		d, ok := schemas.BuiltIn().Find(dataset)
		if !ok {
			return
		}
		settings := modes()[int(mode)%len(modes())]
		s, err := privacy.NewScrubber(d, settings)
		if err != nil {
			t.Fatal(err)
		}
		made := scrub(t, s, record.Record{JSON: text})
		scrubbed := made.JSON
		if got, want := rawRow(t, d, made), rawRow(t, d, record.Record{JSON: scrubbed}); got != want {
			t.Fatalf("%s became %s, of which is known\n%s\nwant\n%s", text, scrubbed, got, want)
		}
		all := settings.Content == schemas.FullContent && len(settings.Key) == 0
		if all && (settings.Detail == schemas.FullDetail || !json.Valid(text)) {
			return
		}
		if !json.Valid(scrubbed) {
			t.Fatalf("%s became %s, which is no JSON", text, scrubbed)
		}
		scrubbed = slices.Clone(scrubbed)
		if len(settings.Key) == 0 {
			again, err := privacy.NewRescrubber(d, settings)
			if err != nil {
				t.Fatal(err)
			}
			if twice := scrub(t, again, record.Record{JSON: scrubbed}).JSON; !bytes.Equal(twice, scrubbed) {
				t.Errorf("%s became %s,\nand scrubbed again %s", text, scrubbed, twice)
			}
		}
		places := placesOf(d, settings)
		secrets, spoken := map[string]bool{}, map[string]bool{}
		var v any
		if json.Unmarshal(text, &v) != nil {
			spoken = nil
		}
		eachValue(v, "", func(path, said string, number bool) {
			if places.open(path, said, number) {
				spoken[said] = true
			} else {
				secrets[said] = true
			}
		})
		var after any
		if err := json.Unmarshal(scrubbed, &after); err != nil {
			t.Fatal(err)
		}
		eachValue(after, "", func(path, said string, _ bool) {
			if len(said) > 2 && secrets[said] && !spoken[said] && !places.bodies[path] && !strings.HasSuffix(said, "-01-01T00:00:00Z") {
				t.Errorf("%q, at %s of %s, is still in %s", said, path, text, scrubbed)
			}
		})
		if spoken == nil && !bytes.HasPrefix(scrubbed, []byte(`{"@graphlake":{"unreadable":true,`)) {
			t.Errorf("%s is no JSON, and became %s", text, scrubbed)
		}
	})
}

// places says where in the records of a dataset a value may stay, by paths as eachValue spells them.
type places struct {
	settings privacy.Settings
	closed   map[string]bool // a column is marked, and the lake does not keep what it marks
	coarse   map[string]bool // closed, because of how closely it tells
	named    map[string]bool
	whole    []string        // columns that read all below
	bounded  map[string]bool // whole, but of texts only those that are named
	bodies   map[string]bool
}

func placesOf(d schemas.Dataset, settings privacy.Settings) places {
	p := places{settings, map[string]bool{}, map[string]bool{}, map[string]bool{}, nil, map[string]bool{}, map[string]bool{}}
	for _, table := range d.Tables {
		for _, c := range table.Columns {
			for _, at := range append([]schemas.Path{c.Path}, c.Else...) {
				path := strings.NewReplacer("[0]", "[]", "{}", "").Replace(string(at.Absolute(table.Each)))
				if beside, err := schemas.Path(path).Beside(schemas.ZoneMember); err == nil && c.Type == schemas.UTCTime {
					p.named[string(beside)] = true
				}
				p.coarse[path] = p.coarse[path] || c.Quasi && settings.Detail == schemas.CoarseDetail
				p.closed[path] = p.closed[path] || p.coarse[path] || c.Personal && len(settings.Key) > 0 || !settings.Content.Keeps(c.Written)
				p.named[path] = p.named[path] || c.Type != schemas.Present && c.Type != schemas.Member
				if c.Type == schemas.JSON {
					p.whole = append(p.whole, path)
					p.bounded[path] = c.Texts != nil
					for _, text := range c.Texts {
						p.named[string(text.In(schemas.Path(path)))] = true
					}
				}
			}
		}
	}
	for _, at := range append(slices.Clone(d.Time), d.Version) {
		p.named[string(at)] = true
	}
	for _, b := range d.Bodies {
		at := string(b.Path)
		if b.Form == schemas.ItemBody {
			at += ".content"
		}
		p.bodies[at], p.closed[at] = settings.Content.Keeps(schemas.Text), !settings.Content.Keeps(schemas.Text)
	}
	return p
}

func (p places) open(path, said string, number bool) bool {
	_, _, isInstant := instant.Parse([]byte(said))
	switch {
	case strings.HasSuffix(path, "@odata.type") && typeName.MatchString(said), strings.HasSuffix(path, "@removed.reason") && reason.MatchString(said):
		return true
	case p.bodies[path]:
		return true
	case p.bounded[path] && !p.closed[path]: // a text in the place of an object
		return number || isInstant || len(p.settings.Key) == 0 && p.settings.Content == schemas.FullContent
	case p.named[path] || p.closed[path]:
		return !p.closed[path]
	}
	for _, w := range p.whole {
		if strings.HasPrefix(path, w+".") || strings.HasPrefix(path, w+"[") {
			if !p.closed[w] {
				return !p.bounded[w] || number || isInstant || len(p.settings.Key) == 0 && p.settings.Content == schemas.FullContent
			} else if p.coarse[w] {
				return false
			}
		}
	}
	return len(p.settings.Key) == 0 && (number || isInstant || p.settings.Content == schemas.FullContent)
}

var typeName, reason = regexp.MustCompile(`^#(Collection\()?microsoft\.graph\.[A-Za-z0-9._]{0,112}\)?$`), regexp.MustCompile(`^[A-Za-z]{0,16}$`)

// eachValue visits the strings of a value, and its numbers as they are written.
func eachValue(v any, path string, visit func(path, text string, number bool)) {
	switch v := v.(type) {
	case string:
		visit(path, v, false)
	case float64:
		visit(path, strconv.FormatFloat(v, 'f', -1, 64), true)
	case []any:
		for _, e := range v {
			eachValue(e, path+"[]", visit)
		}
	case map[string]any:
		for name, m := range v {
			eachValue(m, strings.TrimPrefix(path+"."+name, "."), visit)
		}
	}
}
