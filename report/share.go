package report

import (
	"cmp"
	"maps"
	"slices"
)

// Fewest is how many people a group has to have for its numbers to be shown.
const Fewest = 5

// unknown is the group of those of whom nothing is told, beside all others.
const unknown = "unknown"

// A Group is what was counted of some people: those of a department, or whose audio went over a network.
type Group[T any] struct {
	Name   string
	People int
	Hidden bool // they are too few, or another group that is hidden could be told by them; Of is then zero
	Of     T
}

// groups are in the order of their names, those that are too small hidden. What is shown and the sum of all together would
// tell the numbers of those that are hidden if these were fewer than Fewest people; then the next smallest are hidden too.
func groups[T any](of map[string]T, people map[string]int) []Group[T] {
	var all []Group[T]
	for _, name := range slices.Sorted(maps.Keys(of)) {
		all = append(all, Group[T]{Name: name, People: people[name], Of: of[name]})
	}
	bySize := make([]int, len(all))
	for i := range all {
		bySize[i] = i
	}
	slices.SortStableFunc(bySize, func(a, b int) int { return cmp.Compare(all[a].People, all[b].People) })
	hidden := 0 // people
	for n, i := range bySize {
		if all[i].People >= Fewest && (n == 0 || hidden >= Fewest) {
			break
		}
		all[i].Hidden = true
		hidden += all[i].People
		var none T
		all[i].Of = none
	}
	return all
}

// Share is a part of a whole.
type Share struct{ Part, Of int64 }

// Percent is false where there is nothing to have a share of.
func (s Share) Percent() (float64, bool) {
	if s.Of == 0 {
		return 0, false
	}
	return 100 * float64(s.Part) / float64(s.Of), true
}
