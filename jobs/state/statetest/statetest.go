// Package statetest writes states down shortly, for the tests of those who read them.
//
// It knows no rule: what a state means is asked of whom a test tries. Begin at [Instant], in whose terms the others are.
package statetest

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"graphlake/jobs/state"
	"graphlake/load/memstore"
)

// Instant reads an instant of November 2026, or of December from day 31 on, as "23T02:30", "23T02" or "23".
func Instant(tb testing.TB, text string) time.Time {
	tb.Helper()
	var day, hour, minute int
	n, err := fmt.Sscanf(text, "%dT%d:%d", &day, &hour, &minute)
	if n == 0 {
		tb.Fatalf("%q: %v", text, err)
	}
	return time.Date(2026, 11, day, hour, minute, 0, 0, time.UTC)
}

// Coverage reads "20-21 data 22T02:30; …", after which "young" may stand, and "#2": the request.
func Coverage(tb testing.TB, text string) (all state.Coverage) {
	tb.Helper()
	for line := range strings.SplitSeq(text, "; ") {
		if line == "" {
			continue
		}
		words := strings.Fields(line)
		from, to, _ := strings.Cut(words[0], "-")
		c := state.Covered{
			From: Instant(tb, from), To: Instant(tb, to), Outcome: state.Outcome(words[1]), Read: Instant(tb, words[2]), Request: 1,
		}
		for _, word := range words[3:] {
			if word == "young" {
				c.NotYet = 1
			} else if _, err := fmt.Sscanf(word, "#%d", &c.Request); err != nil {
				tb.Fatal(err)
			}
		}
		all = append(all, c)
	}
	return all
}

// Store is one that holds nothing but a state.
func Store(tb testing.TB, p state.Pair, st state.State) *memstore.Store {
	tb.Helper()
	st.Format = state.Format
	text, err := json.Marshal(st)
	if err != nil {
		tb.Fatal(err)
	}
	store := memstore.New()
	if _, err := store.Swap(tb.Context(), p.Object(), "", text); err != nil {
		tb.Fatal(err)
	}
	return store
}
