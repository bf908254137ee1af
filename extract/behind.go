package extract

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"time"

	"graphlake/extract/graph"
)

// Whatever one parent or record answers steadily is its own: it is behind, to be read again later, while the others
// are read. Some answers are nobody's own:
//
//   - there is no token to ask with, or it is the tenant's for another cause;
//   - the tenant lacks what is asked for;
//   - inARow that were asked one after the other fail alike, but for those that are forbidden or not found:
//     then the service is sick;
//   - the first refusedAtFirst are all forbidden: then a permission is missing. Of a policy of Teams that they lack it is not concluded, for
//     it is granted to each, and may be to a few;
//   - none that was asked has answered: then the dataset is refused. Of windows of records this is not concluded,
//     for the list that named them has answered to the same permission. Who had nothing that leads to records has answered
//     to what lies before them alone.
const (
	inARow         = 20
	refusedAtFirst = 300
)

// Behind is a parent or a record that could not be read though others could, and what of it is to be
// read later.
type Behind struct {
	Parent, Record string    // the id of either
	From, To       time.Time // half-open; of a record without a time all of the reading's range
	Kind           graph.Kind
	Reason         string // the kind, with the status and Graph's code
}

// behind collects those that could not be read.
type behind struct {
	mu       sync.Mutex
	answers  []answer // of all that were asked, in the order of asking
	listed   bool     // a parent of parents has named its own
	reached  int      // after how many answers on the way to the records somebody was: 0, nobody has answered
	failedAt int      // at which answer somebody has failed, counted from 1
	all      []Behind
	first    error           // of one that is not merely not found
	who      map[string]bool // parents that were read to the end
}

// answer is what became of one that was asked.
type answer uint8

const (
	underWay answer = iota
	halved          // a batch was refused, and its halves are asked instead
	fine
	noToken // 401, which the kinds do not tell from 403
	failed  // and the kind above it
)

// ask notes that somebody is asked, and gives the place in the order of asking.
func (b *behind) ask() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.answers = append(b.answers, underWay)
	return len(b.answers) - 1
}

// serviceError is an error that is nobody's own, however deep in a parent it was met.
type serviceError struct{ error }

func (s serviceError) Unwrap() error { return s.error }

// halve notes that a batch was refused, which says nothing: its halves are asked instead.
func (b *behind) halve(place int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.answers[place] = halved
}

// list notes that a parent of parents has named its own, which is no answer of the dataset: what opens the list
// need not open what is asked of those that it names.
func (b *behind) list(place int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.answers[place] = fine
	b.listed = true
}

// depthError is an error that was met after so many answers on the way from a parent to its records.
type depthError struct {
	error
	after int
}

func (d depthError) Unwrap() error { return d.error }

// read notes that those who were asked at a place were read to the end, and how many answers on the way to the records, and of
// these, that took: 1, where nothing lies between.
func (b *behind) read(place, depth int, ids ...string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.answers[place] = fine
	b.reached = max(b.reached, depth)
	for _, id := range ids {
		if b.who == nil {
			b.who = map[string]bool{}
		}
		b.who[id] = true
	}
}

// reach notes how deep somebody came who has failed then.
func (b *behind) reach(depth int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.reached = max(b.reached, depth)
}

// failed notes an error of one that was asked at a place. It gives an error that is nobody's own.
func (b *behind) failed(ctx context.Context, place int, one Behind, err error) error {
	e, ok := errors.AsType[*graph.Error](err)
	_, ends := errors.AsType[serviceError](err)
	// A connection that timed out is a deadline too, but then it is Graph's error.
	ended := !ok && (errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded))
	if ctx.Err() != nil || ended || ends || ok && (e.SignIn || e.OfTenant) {
		return err
	}
	how := failed
	one.Kind, one.Reason = graph.Malformed, graph.Malformed.String() // an answer that cannot be completed
	if ok {
		one.Kind, one.Reason = e.Kind, reason(e)
		if how += answer(e.Kind); e.Status == 401 {
			how = noToken
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.answers[place] = how
	b.all = append(b.all, one)
	after := 0
	if d, ok := errors.AsType[depthError](err); ok {
		after = d.after
	}
	if one.Kind != graph.NotFound {
		b.failedAt = max(b.failedAt, after+1)
		b.first = cmp.Or(b.first, err)
	}
	switch {
	case one.Kind == graph.Off: // which is the tenant's
		return serviceError{err}
	case one.Kind == graph.NotFound, one.Kind == graph.NoPolicy:
	case one.Kind == graph.Unauthorized && how != noToken:
		if n := len(b.all); b.nobody() && !b.listed && n >= refusedAtFirst && !slices.ContainsFunc(b.all, func(o Behind) bool { return o.Kind != one.Kind }) {
			return serviceError{fmt.Errorf("%d were asked, and nothing else was answered: %w", n, err)}
		}
	case b.alike(place) >= inARow:
		return serviceError{fmt.Errorf("%d in a row have answered like this: %w", inARow, err)}
	}
	return nil
}

// alike is how many that were asked one after the other, around a place, have answered as the one there.
func (b *behind) alike(place int) int {
	n := 1
	for _, step := range []int{-1, 1} {
		for i := place + step; i >= 0 && i < len(b.answers) && n < inARow; i += step {
			switch b.answers[i] {
			case halved:
				continue
			case b.answers[place]:
				n++
				continue
			}
			break
		}
	}
	return n
}

// verdict is an error if of those that were asked none has answered.
func (b *behind) verdict() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.nobody() {
		return b.first
	}
	return nil
}

// nobody says whether of those that were asked none has answered to all that one has failed at.
func (b *behind) nobody() bool { return b.reached < b.failedAt }

var codes = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,64}$`)

// reason says of an error what may be stored: no word of Graph's but its code.
func reason(e *graph.Error) string {
	s := e.Kind.String()
	if e.Status != 0 {
		s += " " + strconv.Itoa(e.Status)
	}
	if code := cmp.Or(e.InnerCode, e.Code); codes.MatchString(code.String()) {
		s += " " + code.String()
	}
	return s
}

// Behind are the parents and records that could not be read, though others could. It is known once
// Records has ended without an error.
func (r *Reading) Behind() []Behind { return r.behind.all }

// Answered are the parents that were read to the end; the caller changes nothing of it. It is known once Records has
// ended without an error.
func (r *Reading) Answered() map[string]bool { return r.behind.who }
