package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"graphlake/load"
)

// What is told when, per target:
//
//   - A problem is told if its day is later than the last that was told of it: once for each day on which it is found.
//   - A problem that was told and is found to be gone is told once as recovered, at most once for each day that was told of it. What is
//     lost is never gone.
//   - What is late is not told of a dataset of which is told that it failed or was refused, nor of a tenant whose person is signed
//     out: that is why.
//
// Before something is sent it is claimed in the lake by compare-and-swap, so that of two processes one sends it. Who could not send it
// gives the claim back. A claim that neither was given back nor became a note within claimTime is that of a process that died: the
// next one sends it, and if the other had done so already it is told twice. It is never told less than once.

// told is the document of the lake, whose name is [load.Notified].
type told struct {
	Format   int     `json:"format"`
	Problems []entry `json:"problems"`
}

// entry is what a target knows of a problem.
type entry struct {
	To string `json:"to"` // the target's name
	Problem
	Gone      bool      `json:"gone,omitempty"`
	Told      string    `json:"told,omitempty"`           // the day that was told last
	Recovered string    `json:"told_recovered,omitempty"` // the day that was told when it was last told as recovered
	Claimed   time.Time `json:"claimed,omitzero"`         // since when somebody is sending it
	Seen      string    `json:"seen,omitempty"`           // the day on which it was found last
}

const (
	format = 1
	// claimTime is longer than sending takes.
	claimTime = 5 * time.Minute
	// forgetAfter is how long a problem that nobody finds any more, nor says of that it is gone, is remembered: its dataset is no
	// longer configured.
	forgetAfter = 35 * 24 * time.Hour
)

func (e entry) is(to string, c Problem) bool {
	return e.To == to && e.Kind == c.Kind && e.Subject == c.Subject
}

// due reports whether the entry is to be told.
func (t *told) due(e entry) bool {
	if e.Gone {
		return e.Recovered < e.Told
	}
	explained := e.Kind == Late && slices.ContainsFunc(t.Problems, func(o entry) bool {
		why := o.Subject == e.Subject && (o.Kind == Failed || o.Kind == Refused) || o.Kind == SignedOut && o.Tenant == e.Tenant
		return o.To == e.To && !o.Gone && why
	})
	return e.Day > e.Told && !explained
}

// update takes in what was found now for a target that is told of some kinds.
func (t *told) update(to string, of []Kind, f Found, now time.Time) {
	today := now.UTC().Format(time.DateOnly)
	find := func(c Problem) int {
		return slices.IndexFunc(t.Problems, func(e entry) bool { return e.is(to, c) })
	}
	for _, c := range f.Well {
		if i := find(c); i >= 0 {
			t.Problems[i].Gone = true
		}
	}
	for _, c := range f.Problems {
		if i := find(c); i >= 0 {
			t.Problems[i].Problem, t.Problems[i].Gone, t.Problems[i].Seen = c, false, today
		} else if slices.Contains(of, c.Kind) {
			t.Problems = append(t.Problems, entry{To: to, Problem: c, Seen: today})
		}
	}
	t.Problems = slices.DeleteFunc(t.Problems, func(e entry) bool {
		return e.To == to && (e.Gone && e.Told == "" || !slices.Contains(of, e.Kind))
	})
	if !slices.Contains(of, Recovered) {
		for i, e := range t.Problems {
			if e.To == to && e.Gone {
				t.Problems[i].Recovered = e.Told
			}
		}
	}
}

// claim marks what is to be sent to a target and nobody is about to, and gives it.
func (t *told) claim(to string, now time.Time) []entry {
	var all []entry
	for i, e := range t.Problems {
		if e.To == to && t.due(e) && now.Sub(e.Claimed) >= claimTime {
			t.Problems[i].Claimed = now
			all = append(all, e)
		}
	}
	return all
}

// settle notes that what was claimed was sent, or gives it back.
func (t *told) settle(sent []entry, ok bool) {
	for _, s := range sent {
		for i, e := range t.Problems {
			if !e.is(s.To, s.Problem) {
				continue
			}
			t.Problems[i].Claimed = time.Time{}
			switch {
			case !ok:
			case s.Gone:
				t.Problems[i].Recovered = s.Told
			default:
				t.Problems[i].Told = s.Day
			}
		}
	}
}

// forget drops what nobody has found for long.
func (t *told) forget(now time.Time) {
	oldest := now.UTC().Add(-forgetAfter).Format(time.DateOnly)
	t.Problems = slices.DeleteFunc(t.Problems, func(e entry) bool { return max(e.Day, e.Seen) < oldest })
}

// Store is where a lake keeps its documents.
type Store interface {
	load.Store
	load.Swapper
}

func loadTold(ctx context.Context, s Store) (t told, v load.Version, err error) {
	text, v, err := load.ReadObject(ctx, s, load.Notified)
	if errors.Is(err, fs.ErrNotExist) {
		return told{Format: format}, "", nil
	}
	if err != nil {
		return t, "", err
	}
	if json.Unmarshal(text, &t) != nil || t.Format != format {
		t = told{Format: format} // it is made anew: told twice is better than never
	}
	return t, v, nil
}

// swaps is how often a change is tried while others change the document.
const swaps = 8

// changeTold changes the document in the lake. The change is made anew of what another process has left meanwhile.
func changeTold(ctx context.Context, s Store, change func(*told)) (told, error) {
	for range swaps {
		t, v, err := loadTold(ctx, s)
		if err != nil {
			return t, err
		}
		before, err := json.Marshal(t)
		if err != nil {
			return t, err
		}
		change(&t)
		text, err := json.Marshal(t)
		if err != nil || bytes.Equal(before, text) {
			return t, err
		}
		if _, err = s.Swap(ctx, load.Notified, v, text); err == nil {
			return t, nil
		} else if !errors.Is(err, load.ErrConflict) {
			return t, fmt.Errorf("%s: %w", load.Notified, err)
		}
	}
	return told{}, fmt.Errorf("%s: %w", load.Notified, load.ErrConflict)
}
