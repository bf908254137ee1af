package state

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"graphlake/schemas"
)

// Lost is a part of a dataset's time that Graph has forgotten before it was read whole: all of it, or what
// one parent or record has of it.
type Lost struct {
	From   time.Time `json:"from"`
	To     time.Time `json:"to"`
	Parent string    `json:"parent,omitempty"`
	Record string    `json:"record,omitempty"`
	Noted  time.Time `json:"noted"`
}

// Accepted is a range of which audits no longer tell what is lost, and who has said so.
type Accepted struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	By   string    `json:"by"`
	At   time.Time `json:"at"`
}

// Forget notes that Graph has forgotten a range. What of it was not read whole is lost: it says how many such
// parts are new.
func (s *State) Forget(r schemas.Range, now time.Time) (lost int64) {
	add := func(l Lost) {
		if !slices.ContainsFunc(s.Lost, func(o Lost) bool {
			return o.Parent == l.Parent && o.Record == l.Record && !o.From.After(l.From) && !o.To.Before(l.To)
		}) {
			l.Noted = now.UTC()
			s.Lost = append(s.Lost, l)
			lost++
		}
	}
	read := s.Coverage.Ranges(func(c Covered) bool { return c.Held() && !c.Unsure || c.Outcome == Expired || c.Outcome == Removed })
	for _, a := range s.Accepted {
		read = append(read, schemas.Range{From: a.From, To: a.To})
	}
	for _, part := range schemas.Subtract([]schemas.Range{r}, read...) {
		add(Lost{From: part.From, To: part.To})
	}
	s.Behind = slices.DeleteFunc(s.Behind, func(b Behind) bool {
		gone := b.Record != "" && !b.From.Before(r.From) && !b.To.After(r.To)
		if gone {
			add(Lost{From: b.From, To: b.To, Record: b.Record})
		}
		return gone
	})
	return lost
}

// AcceptLost notes, under the lock, that somebody knows of what is lost within a time and does not want to be told again.
// It says how many parts that are.
func AcceptLost(ctx context.Context, store Store, p Pair, a Accepted, log *slog.Logger) (n int, err error) {
	d, err := Open(ctx, store, p, log)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, d.Close(ctx)) }()
	within := func(l Lost) bool { return !l.From.Before(a.From) && !l.To.After(a.To) }
	st := d.View()
	for _, l := range st.Lost {
		if within(l) {
			n++
		}
	}
	if n == 0 {
		return 0, nil
	}
	return n, d.Update(ctx, func(st *State) {
		st.Lost = slices.DeleteFunc(st.Lost, within)
		st.Accepted = append(st.Accepted, Accepted{a.From.UTC(), a.To.UTC(), a.By, a.At.UTC()})
	})
}
