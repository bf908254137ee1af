package jobs

import (
	"testing"

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
		change := &load.Change{Keyed: true, Of: "c", Held: []byte(c.held)}
		for _, text := range c.read {
			change.Read = append(change.Read, []byte(text))
		}
		j := &judge{picture: true, complete: true, unchanged: map[string]bool{"c": true}}
		got, err := j.becomes(change, nil)
		if err != nil || string(got) != c.want || j.listed != 1 || j.before != 1 {
			t.Errorf("of %q became %s, %v, with %d of %d listed; want %s", c.read, got, err, j.listed, j.before, c.want)
		}
	}
}
