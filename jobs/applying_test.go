package jobs

import (
	"testing"

	"graphlake/load"
)

// A record that one parent lists as it is held, and another in a newer version, is the newer one.
func TestUnchangedYieldsToANewVersion(t *testing.T) {
	held, unchanged, news := `{"id":"c","topic":"old","gone":1}`, `{"id":"c","@odata.type":"#graphlake.unchanged"}`, `{"id":"c","topic":"new"}`
	for _, c := range []struct {
		read []string
		want string
	}{
		{[]string{unchanged}, held},
		{[]string{news, unchanged}, news},
		{[]string{unchanged, news}, news},
	} {
		var read [][]byte
		for _, text := range c.read {
			read = append(read, []byte(text))
		}
		a := applying{complete: true, unread: func([]byte) bool { return false }}
		got, err := a.changed(load.Change{Keyed: true, Held: []byte(held), Read: read})
		if err != nil || string(got) != c.want {
			t.Errorf("of %q became %s, %v; want %s", c.read, got, err, c.want)
		}
	}
}
