package graphsim

import (
	"iter"
	"time"
)

// A reaction is somebody's to a message. It may be taken back.
type reaction struct {
	at, gone time.Time
	index    int
	seed     uint64
}

// everReacted are all reactions that a message gets in its life, in no order of time.
func (m *message) everReacted() iter.Seq[reaction] {
	return func(yield func(reaction) bool) {
		s := seeded(m.seed, 'r')
		if !s.chance(0.2) {
			return
		}
		for i := range s.between(1, 3) {
			r := reaction{index: i, at: m.created.Add(age(&s)), gone: forever, seed: s.next()}
			if taken := m.created.Add(age(&s)); s.chance(0.1) && taken.After(r.at) {
				r.gone = taken
			}
			if !yield(r) {
				return
			}
		}
	}
}

// reactions are those that a message has at an instant: none if it is deleted.
func (m *message) reactions(now time.Time) (list []reaction) {
	if m.event != noEvent || !m.deleted.IsZero() {
		return nil
	}
	for r := range m.everReacted() {
		if r.at.Before(now) && !r.gone.Before(now) {
			list = append(list, r)
		}
	}
	return list
}

// reacted writes the reactions that a message has.
func (t *Tenant) reacted(w *writer, m *message, now time.Time) {
	w.list("reactions")
	for _, r := range m.reactions(now) {
		s := source(r.seed)
		kind := pick(&s, reactionKinds)
		w.open("")
		w.text("reactionType", kind.text)
		w.textOrNull("displayName", kind.name)
		if kind.text == "custom" {
			w.text("reactionContentUrl", hostedURL(m, "custom"))
		} else {
			w.null("reactionContentUrl")
		}
		w.time("createdDateTime", r.at)
		t.fromSet(w, "user", t.somebody(m, &s))
		w.close()
	}
	w.end()
}

// reactionKinds are older names and, mostly, emoji.
var reactionKinds = []struct{ text, name string }{
	{"👍", "Like"}, {"👍", "Like"}, {"❤️", "Heart"}, {"😆", "Laugh"}, {"🎉", "Celebration"}, {"🙏🏽", "Thank you"},
	{"like", ""}, {"heart", ""}, {"custom", "contoso-cat"},
}
