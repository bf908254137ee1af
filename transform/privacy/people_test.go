package privacy_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"graphlake/internal/record"
	"graphlake/schemas"
	"graphlake/transform/privacy"
)

const (
	adaID    = "0aa0f1c2-3d4e-4f50-8a61-7b8c9dadb001"
	adaAt    = "ada.byron@adatum.example"
	adaPhone = "+49 30 5550 1234"
	adaName  = "Ada Byron"
	bobID    = "b0b0f1c2-3d4e-4f50-8a61-7b8c9dadb002"
)

var (
	peopleSalt = []byte(strings.Repeat("salt of a test! ", 2))
	ada        = privacy.Person{Word: privacy.Excluded, Keys: []privacy.PersonKey{
		{privacy.IDKey, adaID}, {privacy.AddressKey, adaAt}, {privacy.AddressKey, "SMTP:Äda@adatum.example"}, {privacy.NumberKey, adaPhone},
		{privacy.NameKey, adaName}, {privacy.NameKey, "Ada"}, {privacy.OtherKey, "adab"}, {privacy.IDKey, "employee-4711"}, {privacy.NumberKey, "+1 425 555 0100;ext=12"},
	}}
)

func people(t testing.TB, settings privacy.Settings, all ...privacy.Person) *privacy.People {
	t.Helper()
	p, err := privacy.NewPeople(peopleSalt)
	for _, one := range all {
		if err == nil {
			err = p.Add(one, settings)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// apply is what a filter makes of a record.
func apply(t testing.TB, f *privacy.Filter, r record.Record) (without record.Record, keep bool) {
	t.Helper()
	without, keep, err := f.Apply(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return without, keep
}

// mark is the mark of a person.
func mark(t testing.TB, p *privacy.People, id string) string {
	t.Helper()
	found, ok := strings.CutPrefix(p.Text("x:"+id+"."), "x:excluded-")
	if !ok || len(found) != 9 {
		t.Fatalf("%q has no mark", found)
	}
	return found[:8]
}

// Keys in whatever spelling and coding, what is about them, and what becomes of it. # stands for the mark of the person, ? for some mark.
func TestPeopleInTexts(t *testing.T) {
	p := people(t, privacy.Settings{}, ada)
	m := mark(t, p, adaID)
	n := strings.ReplaceAll(adaID, "-", "")
	outlook := base64.URLEncoding.EncodeToString([]byte("\x00\x00\x00\x00mailbox\x01" + adaID + "\x02\x03 and more of it"))
	member := base64.StdEncoding.EncodeToString([]byte("MCMjMCMj##19:abc@thread.v2##" + adaID))
	raw, _ := hex.DecodeString(n)
	windows := []byte{raw[3], raw[2], raw[1], raw[0], raw[5], raw[4], raw[7], raw[6]}
	for _, c := range [][2]string{
		{adaID, "excluded"},
		{strings.ToUpper(adaID), "excluded"},
		{" {" + adaID + "} ", "excluded"},
		{n, "excluded"},
		{"8:orgid:" + adaID, "excluded"},
		{"19:" + adaID + "_" + bobID + "@unq.gbl.spaces", "19:excluded-#_" + bobID + "@unq.gbl.spaces"},
		{"19:" + bobID + "_" + adaID + "@unq.gbl.spaces", "19:" + bobID + "_excluded-#@unq.gbl.spaces"},
		{"https://t.example/l/meetup-join/19%3ameeting%40thread.v2/0?context=%7b%22Tid%22%3a%22" + bobID + "%22%2c%22Oid%22%3a%22" + adaID + "%22%7d",
			"https://t.example/l/meetup-join/19%3ameeting%40thread.v2/0?context=%7b%22Tid%22%3a%22" + bobID + "%22%2c%22Oid%22%3a%22excluded-#%22%7d"},
		{"https://t.example/users/ada.byron%40adatum.example/x", "https://t.example/users/excluded-#/x"},
		{"https://t.example/users/ada.byron%2540adatum.example/x", "https://t.example/users/excluded-#/x"},
		{"https://adatum-my.example/personal/ada_byron_adatum_example/Documents/a.docx", "https://adatum-my.example/personal/excluded-#/Documents/a.docx"},
		{outlook, "excluded-?"}, {strings.TrimRight(outlook, "="), "excluded-?"}, {member, "excluded-?"},
		{"/events/" + outlook + "/x", "/events/excluded-?/x"},
		{base64.StdEncoding.EncodeToString(raw), "excluded-?"},
		{"/a/" + base64.RawURLEncoding.EncodeToString(raw) + "/b", "/a/excluded-?/b"},
		{base64.StdEncoding.EncodeToString([]byte("A\x00d\x00a\x00 \x00B\x00y\x00r\x00o\x00n\x00")), "excluded-?"},
		{base64.StdEncoding.EncodeToString(append(windows, raw[8:]...)), "excluded-?"},
		{hex.EncodeToString([]byte("to " + adaAt)), "excluded-?"},
		{"Ada.Byron@Adatum.example", "excluded"},
		{"SMTP:" + adaAt, "excluded"}, {"sip:" + adaAt + ";user=x", "excluded"}, {"<" + adaAt + ">", "excluded"},
		{"mailto:" + adaAt + "?subject=x", "excluded"},
		{"#" + adaAt, "#excluded-#"},
		{"ÄDA@adatum.example", "excluded"}, {"A\u0308da@adatum.example", "excluded"},
		{"write to ada.byron@adatum.example.", "write to excluded."},
		{"write to ada.byron@adatum.example.Soon", "write to excluded.Soon"},
		{"to “ada.byron@adatum.example”!", "to “excluded”!"},
		{"mail ada.byron&#64;adatum&period;example or &#x61;da.byron&commat;adatum.example", "mail excluded or excluded"},
		{`{"to":"ada.byron\u0040adatum.example"}`, `{"to":"excluded-#"}`},
		{"+493055501234", "excluded"}, {"tel:+49-30-5550-1234", "excluded"}, {"004930 5550 1234", "excluded"}, {"030/55501234", "excluded"},
		{"sip:+493055501234@sbc.adatum.example;user=phone", "excluded"},
		{"call (030) 5550-1234, room 5", "call (excluded, room 5"},
		{"call 2 +49 30 55501234 now", "call 2 excluded now"}, {"at 10 +493055501234 2026-11-22", "at 10 excluded 2026-11-22"},
		{"Ada Byron", "excluded"}, {"ADA  BYRON", "excluded"},
		{"Lunch with Ada Byron's team", "Lunch with excluded's team"},
		{`<at id="0">Ada</at>&nbsp;<b>Byron</b>: hi`, `<at id="0">excluded</b>: hi`},
		{"Ada+Byron.pdf", "excluded.pdf"},
		{"employee-4711", "excluded"}, {"Byron, Ada", "excluded"},
		{n + "zorro@adatum.example", "excluded"}, {strings.ToUpper(n) + "ada@adatum.example", "excluded"},
		{"ada.byron_adatum.example#EXT#@fabrikam.example", "excluded"}, {"see ada.byron_adatum.example#ext#@fabrikam.example!", "see excluded!"},
		{"+49\u201130\u20115550\u20111234", "excluded"}, {"tel:+49\u202f30\u202f55501234", "excluded"}, {"\uff0b\uff14\uff19 30 5550 1234", "excluded"}, {"+49.30.55501234", "excluded"},
		{"call +49\u200930\u20115550\u20131234 today", "call excluded today"}, {"+49 (0)30 5550 1234: busy", "excluded: busy"},
		{"a/employee-4711/x", "a/excluded-#/x"},
		{"+1 (425) 555-0100 ext. 12", "excluded"},
		// What is another's.
		{"Ada Byronson and Grada Byron, Ada and Byron's", ""},
		{"bob.ada.byron@adatum.example", ""}, {"ada.byron@adatum.example.com", ""}, {"ada.byron@adatum.examples", ""},
		{"4930555012345", ""}, {"14930 55501234", ""}, {"+1 425 555 0100", ""},
		{"Ada", ""}, {"adab", ""}, {"Ada-Byron", ""}, {"Byron, Ada and Bob", ""},
		{"Lunch with Ada Byron Lopez", ""}, {"Mia-Ada Byron came", ""}, {"to Ada Byron-Lopez", ""}, {"<b>Ada Byron&nbsp;Lopez</b>", ""}, {"D'Ada Byron", ""}, {"Ada.Byron", ""},
		{"o'ada.byron@adatum.example", ""}, {"o’ada.byron@adatum.example", ""}, {"a%ada.byron@adatum.example", ""}, {"x.ada_byron_adatum_example", ""}, {"/mia-ada_byron_adatum_example/", ""},
		{"+49 30 5550 1234-12", ""}, {"+49 30 5550 1234 12", ""}, {"+1 5 49 30 5550 1234", ""}, {"call +49 30 5550 1234 ext. 7", ""}, {"a +493055501234b", ""}, {"+4930 5550 1234 2026", ""}, {"id_493055501234", ""},
		{"2030-55-50 12:34", ""}, {bobID, ""}, {"19:" + bobID + "@thread", ""}, {"adabx", ""}, {"a adab b", ""}, {"xemployee-47112", ""}, {"", ""}, {"2026-11-22T08:00:00Z", ""},
	} {
		want := strings.ReplaceAll(c[1], "-#", "-"+m)
		if want == "" {
			want = c[0]
		}
		got := p.Text(c[0])
		if front, rest, ok := strings.Cut(want, "?"); ok && strings.HasSuffix(front, "excluded-") && len(got) > len(front)+8 {
			want = front + got[len(front):len(front)+8] + rest
		} else if ok && strings.HasSuffix(front, "excluded-") && len(got) == len(front)+8 {
			want = got[:len(front)+8]
			if !strings.HasPrefix(got, front) {
				want = front
			}
		}
		if got != want {
			t.Errorf("%q became %q, want %q", c[0], got, want)
		}
	}
	if got := p.Text("/a/" + outlook[:len(outlook)-1] + "/b/c/" + member + "/d"); strings.Count(got, "/excluded-") != 2 || len(got) != len("/a/excluded-12345678/b/c/excluded-12345678/d") {
		t.Errorf("two ids in a path became %s", got)
	}
	for value, want := range map[string]bool{adaID: true, "tel:" + adaPhone: true, bobID: false, "x " + adaID: false} {
		if word, is := p.Is(value); is != want || is && word != privacy.Excluded {
			t.Errorf("%q is %v, %q; want %v", value, is, word, want)
		}
	}
}

// Whose a record is, it goes; of rows those go that are told from others by the person; elsewhere the word stands. All else
// stays byte for byte.
func TestPeopleInRecords(t *testing.T) {
	p := people(t, privacy.Settings{}, ada)
	m := mark(t, p, adaID)
	for _, c := range []struct{ dataset, record, want string }{
		{"users", `{"id":"` + adaID + `","displayName":"Ada Byron"}`, ""},
		{"users", `{"id":"` + bobID + `", "manager@delta":[{"id":"` + adaID + `"}],"mailNickname":"adab","department":"Ada"}`,
			`{"id":"` + bobID + `", "manager@delta":[{"id":"excluded"}],"mailNickname":"adab","department":"Ada"}`},
		{"groups", `{"id":"g","members@delta":[ {"id":"` + adaID + `"} , {"id":"` + bobID + `"},{"id":"` + adaID + `"}],"owners@delta":[{"id":"` + adaID + `"}]}`,
			`{"id":"g","members@delta":[ {"id":"` + bobID + `"}],"owners@delta":[]}`},
		{"groups", `{"members@delta":[{"id":"a"},{"id":"` + adaID + `"},{"id":"b"}, {"id":"c"}],"id":"g"}`,
			`{"members@delta":[{"id":"a"},{"id":"b"}, {"id":"c"}],"id":"g"}`},
		{"chats", `{"id":"19:` + adaID + `_` + bobID + `@unq","members":[{"id":"` + base64.StdEncoding.EncodeToString([]byte("19:x##"+adaID)) + `","userId":"` + adaID + `"},{"id":"m2","userId":"` + bobID + `"},{"id":"of ` + adaID + ` and another","userId":"` + bobID + `"}]}`,
			`{"id":"19:excluded-` + m + `_` + bobID + `@unq","members":[{"id":"m2","userId":"` + bobID + `"},{"id":"of excluded and another","userId":"` + bobID + `"}]}`},
		// Whose a membership is, its id does not say: it has the chat's in it, and so both who are in it, and is another when one of them has gone.
		{"chats", `{"id":"19:c","members":[{"id":"excluded-0a1b2c3d","userId":"` + adaID + `"},{"id":"p","email":"` + adaAt + `"}]}`, `{"id":"19:c","members":[]}`},
		{"chat_messages", `{"id":"1","from":{"user":{"id":"` + adaID + `"}}}`, ""},
		{"chat_messages", `{"id":"1","from":{"user":{"id":"` + bobID + `"}},"body":{"content":"<p>hi Ada\nByron, \u0061da.byron@adatum.example</p>"},"mentions":[{"id":0,"mentionText":"Ada Byron"}]}`,
			`{"id":"1","from":{"user":{"id":"` + bobID + `"}},"body":{"content":"<p>hi excluded, excluded</p>"},"mentions":[{"id":0,"mentionText":"excluded"}]}`},
		{"call_records", `{"id":"c","organizer_v2":{"id":"` + adaID + `"},"participants_v2":[{"id":"` + adaID + `"},{"id":"` + bobID + `"}],"sessions":[{"caller":{"associatedIdentity":{"id":"4930555012345"}},"callee":{"x":493055501234}}]}`,
			`{"id":"c","organizer_v2":{"id":"excluded"},"participants_v2":[{"id":"excluded"},{"id":"` + bobID + `"}],"sessions":[{"caller":{"associatedIdentity":{"id":"4930555012345"}},"callee":{"x":493055501234}}]}`},
		{"calendar_events", `{"id":"e","@graphlake":{"parent":"` + adaID + `"}}`, ""},
		{"calendar_events", `{"id":"e","attendees":[{"emailAddress":{"address":"` + adaAt + `"}}],"` + adaID + `":1,"@graphlake":{"parent":"` + bobID + `"}}`,
			`{"id":"e","attendees":[{"emailAddress":{"address":"excluded"}}],"excluded":1,"@graphlake":{"parent":"` + bobID + `"}}`},
		{"pstn_calls", `{"id":"p","calleeNumber":"+493055501234"}`, `{"id":"p","calleeNumber":"excluded"}`},
		{"pstn_calls", `{"id":"p","calleeNumber":"+493055501234","calleeNumber@graphlake.shape":"+DE","callerNumber":"+41","callerNumber@graphlake.shape":"+CH"}`,
			`{"id":"p","calleeNumber":"excluded","calleeNumber@graphlake.shape":null,"callerNumber":"+41","callerNumber@graphlake.shape":"+CH"}`},
		{"pstn_calls", `{"id":"p", "x":"\nada","y":"\u00e9"}`, `{"id":"p", "x":"\nada","y":"\u00e9"}`},
		{"pstn_calls", `{"id":"` + adaID, `{"id":"excluded-` + m},
	} {
		d, ok := schemas.BuiltIn().Find(c.dataset)
		if !ok {
			t.Fatal(c.dataset)
		}
		f, err := p.Filter(d)
		if err != nil {
			t.Fatal(err)
		}
		r, keep := apply(t, f, record.Record{JSON: []byte(c.record)})
		if keep != (c.want != "") || string(r.JSON) != c.want {
			t.Errorf("%s: %s\nbecame %s\nwant   %s", c.dataset, c.record, r.JSON, c.want)
		}
		if n := f.Counts(); (n.Own > 0) != (c.want == "") || (n.Changed > 0) != (c.want != "" && c.want != c.record) {
			t.Errorf("%s: %s: counts %+v", c.dataset, c.record, n)
		}
		if again, keep := apply(t, f, r); c.want != "" && (!keep || string(again.JSON) != c.want) {
			t.Errorf("%s: once more it became %s", c.want, again.JSON)
		}
	}
}

// Where a value is one thing of one person, all of it has to be the key; and in what is neither text nor anybody's, nothing is found.
func TestPeopleInPlaces(t *testing.T) {
	short := privacy.Person{Word: privacy.Erased, Keys: []privacy.PersonKey{
		{privacy.IDKey, adaID}, {privacy.AddressKey, "neil@adatum.example"}, {privacy.NameKey, "Juan Garcia"}, {privacy.NumberKey, "000-0000"}, {privacy.NumberKey, "20 26 11 27"},
		{privacy.NumberKey, "5550100"}, {privacy.NumberKey, "+49 30 1234567"}, {privacy.NumberKey, "+1 202 611 2711"}, {privacy.OtherKey, "garcia"}, {privacy.OtherKey, "2026"}, {privacy.NameKey, "Juan"},
		{privacy.FullNameKey, "Eva Lin"},
	}}
	p := people(t, privacy.Settings{}, short)
	for _, c := range []struct{ dataset, record, want string }{
		{"calendar_events", `{"id":"e","start":{"dateTime":"2026-11-27T11:00:00.0000000","timeZone":"UTC"},"x":"2026-11-27","y":"2026-11-27 11","subject":"2026 11 27 with Eva Lin","attendees":[{"emailAddress":{"name":"Juan Garcia (Extern)","address":"o'neil@adatum.example"}},{"emailAddress":{"name":"Maria-Juan Garcia"}},{"emailAddress":{"name":"juan garcia lopez"}}]}`, ""},
		{"calendar_events", `{"id":"e","subject":"Juan Garcia (Extern)","attendees":[{"emailAddress":{"name":"Garcia, Juan"}},{"emailAddress":{"name":"eva lin"}}]}`,
			`{"id":"e","subject":"erased (Extern)","attendees":[{"emailAddress":{"name":"erased"}},{"emailAddress":{"name":"erased"}}]}`},
		{"users", `{"id":"` + bobID + `","givenName":"Juan","surname":"Garcia","mailNickname":"garcia","employeeId":"2026","streetAddress":"5550100","businessPhones":["+49 30 1234567-12","+49 89 5550100"],"onPremisesExtensionAttributes":{"extensionAttribute1":"2026","extensionAttribute2":"5550100"},"createdDateTime":"2026-11-27T00:00:00Z"}`, ""},
		{"users", `{"id":"` + bobID + `","businessPhones":["555-0100"],"mobilePhone":"(030) 1234567"}`, `{"id":"` + bobID + `","businessPhones":["erased"],"mobilePhone":"erased"}`},
		{"pstn_calls", `{"id":"493012345670","duration":5550100,"charge":2026112711,"calleeNumber":"+49 30 1234567-12","callerNumber":"tel:+49\u201130\u20111234567"}`,
			`{"id":"493012345670","duration":5550100,"charge":2026112711,"calleeNumber":"+49 30 1234567-12","callerNumber":"erased"}`},
		{"groups", `{"id":"g","displayName":"Team of Juan Garcia","mailNickname":"garcia"}`, `{"id":"g","displayName":"Team of erased","mailNickname":"garcia"}`},
	} {
		d, _ := schemas.BuiltIn().Find(c.dataset)
		f, err := p.Filter(d)
		if err != nil {
			t.Fatal(err)
		}
		if c.want == "" {
			c.want = c.record
		}
		if r, keep := apply(t, f, record.Record{JSON: []byte(c.record)}); !keep || string(r.JSON) != c.want {
			t.Errorf("%s: %s\nbecame %s\nwant   %s", c.dataset, c.record, r.JSON, c.want)
		}
	}
	root := schemas.Users.Root()
	for column, values := range map[string][2]string{
		"display_name": {"Juan Garcia (Extern)", ""}, "given_name": {"Juan", ""}, "mobile_phone": {"5550100", "erased"}, "employee_id": {"5550100", ""}, "surname": {"JUAN GARCIA", "erased"},
		"job_title": {"aide of Juan Garcia", "aide of erased"}, "department": {"Juan Garcia", ""},
	} {
		c, _ := root.Column(column)
		if values[1] == "" {
			values[1] = values[0]
		}
		if got := p.Cell(root, c, values[0]); got != values[1] {
			t.Errorf("%s: %q became %q", column, values[0], got)
		}
	}
}

// A lake with nobody pays nothing, and a record with nobody in it is not copied.
func TestPeopleWithoutAnybody(t *testing.T) {
	d, _ := schemas.BuiltIn().Find("call_records")
	text := []byte(fixture(t, "call_records")[0])
	for _, p := range []*privacy.People{nil, people(t, privacy.Settings{}), people(t, privacy.Settings{}, ada)} {
		f, err := p.Filter(d)
		if err != nil {
			t.Fatal(err)
		}
		if r, keep := apply(t, f, record.Record{JSON: text}); !keep || &r.JSON[0] != &text[0] || len(r.JSON) != len(text) {
			t.Errorf("%d people: the record was copied", p.Len())
		}
	}
}

// What a lake has of people says of nobody who it is, and finds the same.
func TestPeopleInALake(t *testing.T) {
	key := privacy.Settings{Key: []byte(strings.Repeat("k", 32))}
	p := people(t, key, ada)
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range ada.Keys {
		if strings.Contains(strings.ToLower(string(text)), strings.ToLower(k.Value)) {
			t.Errorf("%q is in %s", k.Value, text)
		}
	}
	read := new(privacy.People)
	if err := json.Unmarshal(text, read); err != nil {
		t.Fatal(err)
	}
	same, _ := json.Marshal(read)
	if string(same) != string(text) || read.Len() != 1 {
		t.Errorf("%s became %s", text, same)
	}
	for _, value := range []string{adaID, "sip:" + adaAt, key.Pseudonym(adaID), key.Pseudonym("SMTP:" + adaAt), key.Pseudonym("tel:" + adaPhone), key.Pseudonym("ada byron")} {
		if _, is := read.Is(value); !is {
			t.Errorf("%q is nobody's", value)
		}
	}
	if err := read.Add(ada, key); err != nil || read.Len() != 1 {
		t.Errorf("to add twice made %d people, %v", read.Len(), err)
	}
	if read.Add(privacy.Person{Word: privacy.Erased, Keys: []privacy.PersonKey{{privacy.NameKey, " "}}}, key) == nil || read.Add(privacy.Person{Word: "x", Keys: ada.Keys}, key) == nil {
		t.Error("somebody without a key, or with another word, was added")
	}
	if _, err := privacy.NewPeople([]byte("short")); err == nil {
		t.Error("a salt of five bytes was taken")
	}
	salt := strings.Repeat("0a", 32)
	for _, bad := range []string{
		"", "00", "x", salt + ";", salt + ";erased", salt + ";erased 12345678", salt + ";other 12345678 id/32/" + salt[:32], salt + ";erased x2345678 id/32/" + salt[:32],
		salt + ";erased 12345678 iris/32/" + salt[:32], salt + ";erased 12345678 id/0/" + salt[:32], salt + ";erased 12345678 id/32/" + salt[:30], salt + ";erased 12345678 id/32/" + salt[:30] + "xx",
	} {
		if new(privacy.People).UnmarshalText([]byte(bad)) == nil {
			t.Errorf("%q was read", bad)
		}
	}
	if err := new(privacy.People).UnmarshalText([]byte(salt + ";erased 12345678 id/32/" + salt[:32])); err != nil {
		t.Error(err)
	}
}

// Of somebody who was left out before the record was scrubbed the word stays, and no pseudonym of it.
func TestPeopleAndPseudonyms(t *testing.T) {
	d, _ := schemas.BuiltIn().Find("pstn_calls")
	f, err := people(t, hidden, ada).Filter(d)
	if err != nil {
		t.Fatal(err)
	}
	s, err := privacy.NewScrubber(d, hidden)
	if err != nil {
		t.Fatal(err)
	}
	r, keep := apply(t, f, record.Record{JSON: []byte(`{"id":"p","calleeNumber":"+493055501234"}`)})
	if got := scrub(t, s, r).JSON; !keep || string(got) != `{"id":"p","calleeNumber":"excluded"}` {
		t.Errorf("it became %s", got)
	}
}

// FuzzPeople hides a key in a text, coded in ways that follow each other, in a record of no particular shape: JSON
// comes out, and the key is nowhere in it, however it is decoded.
func FuzzPeople(f *testing.F) {
	f.Add("see ", uint8(0), []byte{0}, " soon")
	f.Add("", uint8(1), []byte{1, 2}, "")
	f.Add("\n\"", uint8(2), []byte{3}, "\\é")
	f.Add("a/", uint8(3), []byte{4, 1}, "/b")
	f.Add("<p>", uint8(4), []byte{5, 2, 6}, "</p>")
	p := people(f, privacy.Settings{}, ada)
	keys := []string{adaID, strings.ReplaceAll(adaID, "-", ""), adaAt, "+493055501234", adaName}
	codings := []func(string) string{
		func(s string) string { return s },
		url.QueryEscape, url.PathEscape,
		func(s string) string { return strings.NewReplacer("@", "&#64;", "a", "&#x61;").Replace(s) },
		func(s string) string { return strings.NewReplacer("@", `\u0040`, "-", `\u002d`).Replace(s) },
		strings.ToUpper,
		func(s string) string { return base64.StdEncoding.EncodeToString([]byte("padded: " + s)) },
		func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte("padding: " + s)) },
	}
	d, _ := schemas.BuiltIn().Find("chat_messages")
	f.Fuzz(func(t *testing.T, front string, which uint8, how []byte, behind string) {
		if len(how) > 3 {
			return
		}
		filter, err := p.Filter(d)
		if err != nil {
			t.Fatal(err)
		}
		said := keys[int(which)%len(keys)]
		nested, escaped := 0, false
		for _, h := range how {
			n := int(h) % len(codings)
			if n >= 6 {
				nested++
			}
			escaped = escaped || n == 4
			if n == 5 && (nested > 0 || escaped) || nested > 2 {
				return // base64 and escapes in capitals are lost, and so is what lies deeper than anybody writes
			}
			said = codings[n](said)
		}
		inner, err := json.Marshal(front + " " + said + " | " + behind)
		if err != nil {
			t.Fatal(err)
		}
		text := fmt.Appendf(nil, `{"id":"1","body":{"content":%s},%s:[%s,{"x":%s}]}`, inner, inner, inner, inner)
		r, keep := apply(t, filter, record.Record{JSON: text})
		if !keep || !json.Valid(r.JSON) {
			t.Fatalf("%s became %s", text, r.JSON)
		}
		if strings.Contains(string(r.JSON), strings.Trim(string(mustJSON(t, said)), `"`)) {
			t.Errorf("%q is still in %s", said, r.JSON)
		}
		if again, keep := apply(t, filter, record.Record{JSON: append([]byte(nil), r.JSON...)}); !keep || string(again.JSON) != string(r.JSON) {
			t.Errorf("%s became %s when it was looked at again", r.JSON, again.JSON)
		}
	})
}

func mustJSON(t *testing.T, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// Private records go also where nobody is left out, and only those whose owner calls them so, at the place where they say it.
func TestPrivateRecords(t *testing.T) {
	var nobody *privacy.People
	f, err := nobody.WithoutPrivate(schemas.CalendarEvents)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{
		`{"id":"1","sensitivity":"normal","subject":"private"}`:                       true,
		`{"id":"1","subject":"x","sensitivity":"private"}`:                            false,
		`{"sensitivity":"personal","id":"1"}`:                                         false,
		`{"id":"1","sensitivity":" Normal "}`:                                         true,
		`{"id":"1","sensitivity":"Private"}`:                                          false, // what is not called normal is private
		`{"id":"1","sensitivity":" private"}`:                                         false,
		`{"id":"1","sensitivity":"something new"}`:                                    false,
		`{"id":"1","sensitivity":""}`:                                                 false,
		`{"id":"1","sensitivity":["normal"]}`:                                         false,
		`{"sensitivity":{},"id":"1"}`:                                                 false,
		`{"id":"1","sensitivity":2}`:                                                  false,
		`{"id":"1","sensitivity":"confid\u0065ntial"}`:                                false,
		`{"id":"1","sensitivity":null}`:                                               true,
		`{"id":"1","attendees":[{"sensitivity":"private","x":"private"}],"more":"x"}`: true,
		`{"id":"1","sensitivity":`:                                                    true, // and is put into quarantine as what cannot be read
	} {
		r, keep := apply(t, f, record.Record{JSON: []byte(text)})
		if keep != want || keep && string(r.JSON) != text {
			t.Errorf("%s: %v, %s", text, keep, r.JSON)
		}
	}
	if n := f.Counts().Private; n != 10 {
		t.Errorf("%d were private", n)
	}
	if f, err = nobody.WithoutPrivate(schemas.Users); err != nil {
		t.Fatal(err)
	}
	if _, keep := apply(t, f, record.Record{JSON: []byte(`{"id":"1","sensitivity":"private"}`)}); !keep {
		t.Error("a user goes")
	}
}
