package erase

import (
	"encoding/base64"
	"encoding/hex"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
)

const id = "3f2a9c1e-77b1-4d0e-9a55-0123456789ab"

var lee = []person{{id, []string{id, "an.lee@contoso.example", "+14255550100", "Zoë O'Leary", "E00042"}, false}}

// Keys are found in every coding that there is, and only they.
func TestNeedles(t *testing.T) {
	n := newNeedles(lee)
	binary, _ := hex.DecodeString("3f2a9c1e77b14d0e9a550123456789ab")
	windows, _ := hex.DecodeString("1e9c2a3fb1770e4d9a550123456789ab")
	wide := func(s string) string { return strings.Join(strings.Split(s, ""), "\x00") + "\x00" }
	all := []string{
		id, strings.ToUpper(id), strings.ReplaceAll(id, "-", ""), string(binary), string(windows), "AN.LEE@contoso.example", "an.lee%40contoso.example",
		"an.lee%2540contoso.example", "an.lee&#64;contoso.example", "an.lee&#x40;contoso.example", `an.lee\u0040contoso.example`, "an_lee_contoso_example",
		"+14255550100", "x14255550100", "%2B14255550100", "Zoë O'Leary", "ZOË O'LEARY", "Zo%C3%AB+O%27Leary", "Zo%C3%AB%20O%27Leary", "Zoë O&#39;Leary", `Zo\u00eb\u0020O\u0027Leary`,
		"E00042", "(e00042)", wide("an.lee@contoso.example"), "\x00" + wide("an.lee@contoso.example"), hex.EncodeToString([]byte("an.lee@contoso.example")),
	}
	for before := range 3 {
		for _, key := range []string{id, "an.lee@contoso.example", "14255550100", string(binary), string(windows), wide("an.lee@contoso.example")} {
			all = append(all, base64.StdEncoding.EncodeToString([]byte(strings.Repeat("?", before)+key+"??")), base64.URLEncoding.EncodeToString([]byte(strings.Repeat("?", before)+key)))
		}
	}
	for _, text := range all {
		if len(n.in([]byte("before "+text+" after"))) == 0 {
			t.Errorf("not found: %q", text)
		}
	}
	for _, text := range []string{"3f2a9c1e-77b1-4d0e-9a55-0123456789ac", "an.lee@fabrikam.example", "1425555010", "E000421", "0E00042", "Zoë Leary", url.QueryEscape("an.leer@contoso.example"), ""} {
		if hits := n.in([]byte("before " + text + " after")); len(hits) > 0 {
			t.Errorf("%q found in %q", hits[0].text, text)
		}
	}
}

// A key of which another's has a part is nobody's own.
func TestOwn(t *testing.T) {
	all := own([]person{{"a", []string{"a-id", "an.lee@x", "An Lee", "+1"}, false}, {"b", []string{"b-id", "jan.lee@x", "an lee", "+12"}, false}})
	if !all[0].shares || !slices.Equal(all[0].keys, []string{"a-id"}) || !slices.Equal(all[1].keys, []string{"b-id", "jan.lee@x", "+12"}) {
		t.Errorf("%v", all)
	}
}

// Others say the same, but where somebody was named.
func TestChanged(t *testing.T) {
	n := newNeedles(lee)
	coded := base64.URLEncoding.EncodeToString([]byte("the mailbox " + id + " and more"))
	before := row{"dt": "2026-11-01", "who": id, "chat": "19:" + id + "_other@unq", "event": coded, "list": `[{"a":"` + id + `"},{"a":"other"}]`, "mail": "SMTP:an.lee@contoso.example", "text": "to Zoë O'Leary, soon"}
	after := row{"dt": "2026-11-01", "who": "erased", "chat": "19:erased-0a1b2c3d_other@unq", "event": "erased-01234567", "list": `[{"a":"other"}]`, "mail": "erased", "text": "to erased, soon"}
	want, names := before.without(n)
	if got := after.withoutWords(); got != want || !names {
		t.Errorf("%s\nis not\n%s", got, want)
	}
	for column, text := range map[string]string{"chat": "19:erased-0a1b2c3d_others@unq", "list": "[]", "who": "else", "text": "to erased, later", "dt": "2026-11-02"} {
		changed := maps.Clone(after)
		changed[column] = text
		if changed.withoutWords() == want {
			t.Errorf("%s may be %s", column, text)
		}
	}
}
