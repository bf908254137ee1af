package extract

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"graphlake/extract/graph"
)

// Those who are asked at once answer in any order; that of asking counts. Who has not answered yet stands
// between his neighbours.
func TestInARowHoweverAnswered(t *testing.T) {
	wrong := &graph.Error{Kind: graph.Rejected, Status: 400}
	for seed := range uint64(50) {
		random := rand.New(rand.NewPCG(seed, 0))
		var b behind
		var places []int
		for i := range inARow {
			place := b.ask()
			if i%3 == 1 { // a batch that is cut is nobody's answer
				b.halve(b.ask())
			}
			places = append(places, place)
		}
		random.Shuffle(len(places), func(i, j int) { places[i], places[j] = places[j], places[i] })
		for i, place := range places {
			err := b.failed(t.Context(), place, Behind{Parent: fmt.Sprint(place)}, wrong)
			if _, ends := errors.AsType[serviceError](err); ends != (i == inARow-1) {
				t.Fatalf("the %dth of %d gives %v", i+1, inARow, err)
			}
		}
	}
}

// A good answer, a list of parents and one that is still to come end a row.
func TestRowIsBroken(t *testing.T) {
	wrong := &graph.Error{Kind: graph.Rejected, Status: 400}
	for name, between := range map[string]func(b *behind){
		"read":      func(b *behind) { b.read(b.ask(), 1, "a") },
		"listed":    func(b *behind) { b.list(b.ask()) },
		"under way": func(b *behind) { b.ask() },
		"missing":   func(b *behind) { _ = b.failed(t.Context(), b.ask(), Behind{}, &graph.Error{Kind: graph.NotFound}) },
	} {
		var b behind
		for i := range 2 * (inARow - 1) {
			if i == inARow-1 {
				between(&b)
			}
			if err := b.failed(t.Context(), b.ask(), Behind{}, wrong); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// A batch is cut if one of those whom it asks for may be why it has no answer, and not if nobody can be asked now.
func TestOfBatch(t *testing.T) {
	for _, c := range []struct {
		err  error
		want bool
	}{
		{&graph.Error{Kind: graph.Rejected, Status: 400}, true},
		{&graph.Error{Kind: graph.Rejected, Status: 413}, true},
		{&graph.Error{Kind: graph.Unauthorized, Status: 403}, true},
		{&graph.Error{Kind: graph.NoPolicy, Status: 403}, true},
		{&graph.Error{Kind: graph.NotFound, Status: 404}, true},
		{&graph.Error{Kind: graph.Unauthorized, Status: 401}, false},
		{&graph.Error{Kind: graph.Throttled, Status: 429}, false},
		{&graph.Error{Kind: graph.Rejected, Status: 501}, true},
		{&graph.Error{Kind: graph.Unavailable, Status: 500}, true},
		{&graph.Error{Kind: graph.Incomplete, Status: 200}, true},
		{&graph.Error{Kind: graph.Incomplete}, false},
		{&graph.Error{Kind: graph.Unauthorized, SignIn: true}, false},
		{&graph.Error{Kind: graph.Unavailable}, false},
		{&graph.Error{Kind: graph.Malformed}, false},
		{errors.New("no JSON"), false},
	} {
		if got := ofBatch(fmt.Errorf("read: %w", c.err)); got != c.want {
			t.Errorf("ofBatch(%v) = %t", c.err, got)
		}
	}
}
