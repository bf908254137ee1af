package jobs

import (
	"testing"

	"graphlake/extract"
	"graphlake/load"
)

// A record that one parent lists as it is held, and another in a newer version, is the newer one.
func TestUnchangedYieldsToANewVersion(t *testing.T) {
	held, news := `{"id":"c","topic":"old","gone":1}`, `{"id":"c","topic":"new"}`
	for _, c := range []struct {
		held string
		read []string
		want string
	}{
		{held, nil, held},
		{`{"id":"c","@absent":"2026-11-16","topic":"old"}`, nil, `{"id":"c","topic":"old"}`},
		{held, []string{news}, news},
	} {
		var read [][]byte
		for _, text := range c.read {
			read = append(read, []byte(text))
		}
		a := applying{
			complete: true, unread: func([]byte) bool { return false },
			unchanged: func(record []byte) bool { return extract.Text(record, "id") == "c" },
		}
		got, err := a.changed(load.Change{Keyed: true, Held: []byte(c.held), Read: read})
		if err != nil || string(got) != c.want || a.listed != 1 || a.before != 1 {
			t.Errorf("of %q became %s, %v, with %d of %d listed; want %s", c.read, got, err, a.listed, a.before, c.want)
		}
	}
}
