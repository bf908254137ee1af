package sick

import (
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
)

var (
	seed     = flag.Int64("life", 0, "the seed that is lived; 0: none is")
	nights   = flag.Int("nights", 7, "of it")
	bin      = flag.String("bin", "", "where graphlake and graphsim are, if they live it")
	datasets = flag.String("datasets", "", "only these, with commas between; default all")
	kinds    = flag.String("kinds", "", "only these sicknesses, with commas between; default all")
	clocks   = flag.Bool("clocks", true, "let some runs have a clock that is wrong")
)

// A life prints its problems and its result: Trial reads them.
func TestLife(t *testing.T) {
	if *seed == 0 {
		t.Skip("make trial T=sick lives them")
	}
	l := newLife(t, *seed)
	if *bin != "" {
		l.real(t)
	} else {
		synctest.Test(t, l.virtual)
	}
	l.print()
}

// A result is read back as it was written.
func TestResult(t *testing.T) {
	want := result{1, 2, 3, 4, 5, 6}
	var got result
	if !got.parse(want.String()+"\n") || got != want {
		t.Errorf("%v, want %v", got, want)
	}
	if got.parse("sick nights=3") {
		t.Error("half a line passed for a result")
	}
}

// What is not read is named by its id, by its dataset, or not at all.
func TestNamed(t *testing.T) {
	states := map[string][]byte{"calendar_events": []byte(`{"behind":[{"parent":"ada","record":"","reason":"forbidden"},{"record":"meeting"}]}`)}
	older := []byte(`{"units":[{"dataset":"users","quarantined":1},{"dataset":"teams","behind":2,"error":{"kind":"failed"}}]}`)
	last := []byte(`{"units":[{"dataset":"presence","error":{"kind":"unavailable"}},{"dataset":"chats","who":[{"parent":"bob"}]}]}`)
	audit := []byte(`{"findings":[{"kind":"refused","dataset":"call_records","record":"call"}]}`)
	says := named(states, [][]byte{older}, last, audit)
	for _, c := range []struct {
		dataset, id string
		want        bool
	}{
		{"calendar_events", "ada", true}, {"calendar_events", "meeting", true}, {"calendar_events", "bob", false},
		{"users", "anybody", true}, {"teams", "anything", false}, {"presence", "anybody", true},
		{"chats", "bob", true}, {"chats", "ada", false}, {"call_records", "call", true}, {"call_records", "other", false},
	} {
		if got := says(c.dataset, []string{c.id}); got != c.want {
			t.Errorf("%s of %s: %v, want %v", c.id, c.dataset, got, c.want)
		}
	}
}

// mostTold are the sorts of problems of a seed that have a line.
const mostTold = 12

// print says what was wrong, each sort of problem once as far as there is room.
func (l *life) print() {
	times := map[string]int{}
	var sorts []problem
	for _, p := range l.problems {
		times[p.sort]++
	}
	for _, p := range l.problems {
		// What is wrong with a record is seldom otherwise in what it is made of.
		if ofRoot := strings.Replace(p.sort, " "+p.table, " "+p.root, 1); p.table != p.root && times[ofRoot] > 0 {
			continue
		}
		if !slices.ContainsFunc(sorts, func(q problem) bool { return q.sort == p.sort }) {
			sorts = append(sorts, p)
		}
	}
	for _, p := range sorts[:min(len(sorts), mostTold)] {
		fmt.Printf("seed=%d %s (%d of these): %s\n", l.seed, p.sort, times[p.sort], p.what)
	}
	if n := len(sorts) - mostTold; n > 0 {
		fmt.Printf("seed=%d and %d more sorts of problems\n", l.seed, n)
	}
	fmt.Println(l.result)
}
