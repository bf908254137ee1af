package erased

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"strings"
	"testing"

	"graphlake/load"
	"graphlake/load/memstore"
	"graphlake/transform/privacy"
)

var clear1 = []privacy.PersonKey{
	{Kind: privacy.IDKey, Value: "3f2a9c1e-77b1-4d0e-9a55-0123456789ab"}, {Kind: privacy.AddressKey, Value: "An.Lee@contoso.example"},
	{Kind: privacy.NumberKey, Value: "+1 425 555 0100"}, {Kind: privacy.NameKey, Value: "An Lee"}, {Kind: privacy.OtherKey, Value: "anlee"},
}

// Keys are found in whatever coding they are written, and what is somebody else's is not.
func TestPatterns(t *testing.T) {
	p := newPatterns(clear1)
	binary, _ := hex.DecodeString("3f2a9c1e77b14d0e9a550123456789ab")
	utf16 := func(s string) string { return strings.Join(strings.Split(s, ""), "\x00") + "\x00" }
	for _, text := range []string{
		"3F2A9C1E-77B1-4D0E-9A55-0123456789AB", "19:3f2a9c1e77b14d0e9a550123456789ab_x", string(binary), base64.StdEncoding.EncodeToString(binary),
		"\x1ean.lee@contoso.example", "SMTP:AN.LEE@CONTOSO.EXAMPLE", "x%3Aan.lee%40contoso.example", `\nan.lee@contoso.example`, `an.lee\u0040contoso.example`,
		"an.lee&#64;contoso.example", "an.lee&#x40;contoso.example", "/personal/an_lee_contoso_example/Documents", utf16("an.lee@contoso.example"),
		"'an.lee@contoso.example'", "tel:+14255550100", "\x00\x00\x0014255550100\x00", utf16("14255550100"),
	} {
		if !p.in([]byte("before " + text + " after")) {
			t.Errorf("not found: %q", text)
		}
	}
	for _, key := range []string{"3f2a9c1e-77b1-4d0e-9a55-0123456789ab", "an.lee@contoso.example", "14255550100"} {
		for before := range 3 {
			text := base64.URLEncoding.EncodeToString([]byte(strings.Repeat("x", before) + key + "yy"))
			if !p.in([]byte(text)) {
				t.Errorf("not found in base64 behind %d bytes: %s", before, key)
			}
		}
	}
	for _, text := range []string{
		"jan.lee@contoso.example", "o'an.lee@contoso.example", `o\u0027an.lee@contoso.example`, "3f2a9c1e-77b1-4d0e-9a55-0123456789ac", "914255550100", "142555501007", "An Lee", "anlee", url.QueryEscape("jan.lee@contoso.example"), "",
	} {
		if p.in([]byte(text)) {
			t.Errorf("found in %q", text)
		}
	}
}

// A search says in which object somebody is, wherever that lies, and nothing of whom; without keys it goes by hashes.
func TestSearchFinds(t *testing.T) {
	store := memstore.New()
	put := func(name, text string) {
		t.Helper()
		if _, err := store.Swap(t.Context(), name, "", []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	put("runs/dt=2026-11-16/a.json", `{"units":[{"error":{"message":"user An Lee was not found"}}]}`)
	put("state/"+strings.Repeat("0", 8)+"-0000-0000-0000-000000000000/users.json", `{"cursor":"https://graph/x?token=`+base64.RawURLEncoding.EncodeToString([]byte("id=3f2a9c1e-77b1-4d0e-9a55-0123456789ab;"))+`"}`)
	put("state/fine.json", `{"who":"jan.lee@contoso.example","names":["An Leeds","Jan Lee"],"number":14255550101}`)
	put("stray.bin", "\x00\x01"+strings.Repeat("|", 3<<20)+"AN.LEE@contoso.example")
	put("raw/users/tenant_id=x/dt=2026-11-16/users.parquet", "PAR1 is no Parquet, and says 3f2a9c1e-77b1-4d0e-9a55-0123456789ab")
	put("empty", "")
	set, err := privacy.NewPeople(privacy.NewSalt())
	if err == nil {
		err = set.Add(privacy.Person{Word: privacy.Erased, Keys: clear1}, privacy.Settings{})
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		keys []privacy.PersonKey
		want string
	}{
		{clear1, "raw/users/tenant_id=x/dt=2026-11-16/users.parquet runs/dt=2026-11-16/a.json state/00000000-0000-0000-0000-000000000000/users.json stray.bin"},
		{nil, "runs/dt=2026-11-16/a.json state/00000000-0000-0000-0000-000000000000/users.json stray.bin"},
	} {
		r, err := Search{Store: store, People: []*privacy.People{set}, Keys: c.keys}.Run(t.Context())
		var found []string
		for _, f := range r.Found {
			found = append(found, f.Object)
		}
		if err != nil || strings.Join(found, " ") != c.want || len(r.Unread) != 1 || r.Objects != 6 || r.Clean() {
			t.Errorf("with %d keys: %q, unread %q of %d, %v; want %q", len(c.keys), found, r.Unread, r.Objects, err, c.want)
		}
	}
	if p, ok := load.ParsePartition("raw/users/tenant_id=x/dt=2026-11-16/users.parquet"); !ok || p.Name != "users" {
		t.Error("the damaged object is no partition")
	}
}

// By hashes alone somebody is found in codings that no answer of Graph's has, wherever an object is cut, and others are not.
func TestSearchByHashes(t *testing.T) {
	const id, address = "3f2a9c1e-77b1-4d0e-9a55-0123456789ab", "an.lee@contoso.example"
	set, err := privacy.NewPeople(privacy.NewSalt())
	if err == nil {
		err = set.Add(privacy.Person{Word: privacy.Erased, Keys: clear1}, privacy.Settings{})
	}
	if err != nil {
		t.Fatal(err)
	}
	digits := strings.ReplaceAll(id, "-", "")
	binary, _ := hex.DecodeString(digits)
	turned := append([]byte{binary[3], binary[2], binary[1], binary[0], binary[5], binary[4], binary[7], binary[6]}, binary[8:]...)
	pack := func(s string) string {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		_, _ = w.Write([]byte(s))
		_ = w.Close()
		return b.String()
	}
	lines := func(s string) (all string) {
		for text := base64.StdEncoding.EncodeToString([]byte(s)); text != ""; {
			n := min(76, len(text))
			all, text = all+text[:n]+"\r\n", text[n:]
		}
		return all
	}
	blanks := strings.Repeat(" ", 3<<20)
	for what, text := range map[string]string{
		"UTF-16":               string(utf16of("to "+address+".", false)),
		"UTF-16, turned":       string(utf16of("to "+address+".", true)),
		"UTF-16, odd":          "x" + string(utf16of("to An Lee.", false)),
		"bytes of a GUID":      "\x00\x01" + string(binary) + "\x03",
		"bytes, turned":        "ab" + string(turned),
		"bytes in base64":      base64.StdEncoding.EncodeToString([]byte("\x01\x02\x03" + string(binary) + "\x04\x05")),
		"packed":               "before" + pack(strings.Repeat("x", 200<<10)+" "+address+" ") + "behind",
		"packed in base64":     base64.StdEncoding.EncodeToString([]byte(pack("of " + id))),
		"base64 in lines":      lines("some text of a longer kind, and then " + address + " and more of it here and there"),
		"base64 in JSON":       `{"a":"` + strings.ReplaceAll(lines("some text of a longer kind, and then "+address+" and more of it"), "\r\n", `\r\n`) + `"}`,
		"a guest":              `"an.lee_contoso.example#EXT#@fabrikam.example"`,
		"a deleted user":       digits + "bob@contoso.example",
		"digits among letters": "abc" + digits + "z9",
		"behind much":          blanks + "to " + address + " ",
		"number behind much":   blanks + "+1 425 555 0100 ",
		"UTF-16 behind much":   blanks + string(utf16of("to "+address+".", false)),
		"packed behind much":   blanks + pack("to "+address+" "),
		"on an edge":           strings.Repeat(" ", windowBytes-10) + address + strings.Repeat(" ", 2<<20),
	} {
		if r := searched(t, "state/x.json", text, set); len(r.Found) != 1 || r.Found[0].Object != "state/x.json" {
			t.Errorf("%s: found %+v", what, r.Found)
		}
	}
	for what, text := range map[string]string{
		"another":         string(utf16of("to jan.lee@contoso.example.", false)) + "jan.lee_contoso.example#EXT#@x.example " + strings.Repeat("ab", 40),
		"cut in front":    strings.Repeat(" ", windowBytes-load.Overlap-1) + "j" + address + strings.Repeat(" ", 2<<20),
		"cut behind":      strings.Repeat(" ", windowBytes-len(address)) + address + "s" + strings.Repeat(" ", 2<<20),
		"no gzip":         "\x1f\x8b\x08" + strings.Repeat("\x1f\x8b\x08\x00", 100),
		"cut in a packed": pack(strings.Repeat(" ", windowBytes-len(address)) + address + "s" + strings.Repeat(" ", 2<<20)),
	} {
		if r := searched(t, "state/x.json", text, set); len(r.Found) > 0 {
			t.Errorf("%s: found %+v", what, r.Found)
		}
	}
	for name, want := range map[string]string{"raw/zz-" + address + ".txt": "raw/zz-erased.txt", "x/" + id + "/y": "x/erased/y"} {
		if r := searched(t, name, "x", set); len(r.Found) != 1 || r.Found[0] != (Found{want, "its name", 1}) {
			t.Errorf("%s: found %+v, want %s", name, r.Found, want)
		}
	}
}

func searched(t *testing.T, name, text string, set *privacy.People) Result {
	t.Helper()
	store := memstore.New()
	if _, err := store.Swap(t.Context(), name, "", []byte(text)); err != nil {
		t.Fatal(err)
	}
	r, err := Search{Store: store, People: []*privacy.People{set}}.Run(t.Context())
	if err != nil || len(r.Unread) > 0 {
		t.Fatal(r.Unread, err)
	}
	return r
}
