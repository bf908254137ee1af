package schemas

import (
	"fmt"
	"strings"
	"testing"
)

func TestPathSteps(t *testing.T) {
	for path, want := range map[Path]string{
		"":                               "",
		"/":                              "",
		"#":                              "#",
		"id":                             "id",
		"/id":                            "id",
		"organizer_v2.identity.user.id":  "organizer_v2 identity user id",
		"sessions[].segments[].id":       "sessions [] segments [] id",
		"sessions[]#":                    "sessions [] #",
		"manager@delta[0].id":            "manager@delta [0] id",
		"caller.@odata.type":             "caller @odata.type",
		"participants_v2@odata.nextLink": "participants_v2@odata.nextLink",
		"a.b@odata.c.d":                  "a b@odata.c d",
		"matrix[][0].x":                  "matrix [] [0] x",
	} {
		steps, err := path.Steps()
		if got := spell(steps); err != nil || got != want {
			t.Errorf("%q: got %q, %v; want %q", path, got, err, want)
		}
	}
	for _, path := range []Path{".", "a.", "a..b", "[]", "a[1]", "a[]x", "a[", "a#", "a[0]#"} {
		if steps, err := path.Steps(); err == nil {
			t.Errorf("%q: got %q, want an error", path, spell(steps))
		}
	}
}

func TestPathBeside(t *testing.T) {
	for path, want := range map[Path]Path{
		"start.dateTime": "start.timeZone", "/start.dateTime": "/start.timeZone", "when": "timeZone", "times[].@odata.x": "times[].timeZone", "times[0].a": "times[0].timeZone",
	} {
		if got, err := path.Beside("timeZone"); err != nil || got != want {
			t.Errorf("%q: got %q, %v; want %q", path, got, err, want)
		}
	}
	for _, path := range []Path{"", "/", "#", "times[]", "times[0]", "a..b"} {
		if got, err := path.Beside("timeZone"); err == nil {
			t.Errorf("%q: got %q, want an error", path, got)
		}
	}
}

func TestPathAbsolute(t *testing.T) {
	for _, c := range []struct{ path, each, want Path }{
		{"id", "", "id"},
		{"/id", "sessions[]", "id"},
		{"id", "sessions[]", "sessions[].id"},
		{"", "sessions[]", "sessions[]"},
		{"#", "sessions[]", "sessions[]#"},
		{"/sessions[]#", "sessions[].segments[]", "sessions[]#"},
	} {
		if got := c.path.Absolute(c.each); got != c.want {
			t.Errorf("%q in %q: got %q, want %q", c.path, c.each, got, c.want)
		}
	}
}

func spell(steps []Step) string {
	words := make([]string, len(steps))
	for i, s := range steps {
		words[i] = [...]string{Into: s.Name, Each: "[]", FirstOf: "[0]", Position: "#"}[s.Kind]
	}
	return strings.Join(words, " ")
}

// Whatever parses, prints back to a path that parses to the same steps.
func FuzzPathSteps(f *testing.F) {
	for _, seed := range []string{"a.b[].c", "@odata.type", "/a[0]", "a[]#", "..", "[]["} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		steps, err := Path(s).Steps()
		if err != nil {
			return
		}
		var b strings.Builder
		for i, step := range steps {
			switch step.Kind {
			case Into:
				if i > 0 {
					b.WriteByte('.')
				}
				b.WriteString(step.Name)
			case Each:
				b.WriteString("[]")
			case FirstOf:
				b.WriteString("[0]")
			case Position:
				b.WriteString("#")
			}
		}
		again, err := Path(b.String()).Steps()
		if err != nil || fmt.Sprint(again) != fmt.Sprint(steps) {
			t.Fatalf("%q: steps %v print as %q, which parses to %v, %v", s, steps, b.String(), again, err)
		}
	})
}
