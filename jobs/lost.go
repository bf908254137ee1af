package jobs

import (
	"context"
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

// Accepted is what somebody has accepted as lost.
type Accepted struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	By   string    `json:"by"`
	At   time.Time `json:"at"`
}

// forget notes that Graph has forgotten a range. What of it was not read whole is lost: it says how many such
// parts are new.
func (s *State) forget(r schemas.Range, now time.Time) (lost int64) {
	add := func(l Lost) {
		if !slices.ContainsFunc(s.Lost, func(o Lost) bool {
			return o.Parent == l.Parent && o.Record == l.Record && !o.From.After(l.From) && !o.To.Before(l.To)
		}) {
			l.Noted = now.UTC()
			s.Lost = append(s.Lost, l)
			lost++
		}
	}
	read := s.Coverage.ranges(func(c Covered) bool { return c.Held() && !c.Unsure || c.Outcome == Expired })
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

// AcceptLost notes that somebody knows of what is lost of a unit and does not want to be told again. It says
// how many parts that are.
func AcceptLost(ctx context.Context, store Store, u Unit, by string, now time.Time) (n int, err error) {
	t, d, r, pair := u.Tenant, u.Dataset, u.Range, u.Pair()
	lock, err := store.Lock(ctx, pair.lock())
	if err != nil {
		return 0, err
	}
	h := &holding{store: store, tenant: t, dataset: d, lock: lock}
	defer func() {
		if e := h.release(ctx); err == nil {
			err = e
		}
	}()
	if h.state, h.version, err = loadState(ctx, store, pair); err != nil {
		return 0, err
	}
	within := func(l Lost) bool { return !l.From.Before(r.From) && !l.To.After(r.To) }
	for _, l := range h.state.Lost {
		if within(l) {
			n++
		}
	}
	if n == 0 {
		return 0, nil
	}
	return n, h.update(ctx, func(st *State) {
		st.Lost = slices.DeleteFunc(st.Lost, within)
		st.Accepted = append(st.Accepted, Accepted{r.From.UTC(), r.To.UTC(), by, now.UTC()})
	})
}
