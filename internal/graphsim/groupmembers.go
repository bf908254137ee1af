package graphsim

import (
	"iter"
	"slices"
	"time"
)

// candidates is how many users may be found in a group, now or later.
func (t *Tenant) candidates(g *directoryGroup, now time.Time) int {
	if g.number == everyone {
		return t.everybody(now)
	}
	return min(t.Users, g.size+g.size/4+1)
}

// candidate is the number of a group's k-th candidate, and whether they belong to it at an instant. Who
// leaves the directory leaves their groups.
func (t *Tenant) candidate(g *directoryGroup, k int, now time.Time) (number int, member bool) {
	if g.number == everyone {
		_, here := t.personAt(k, now)
		return k, here
	}
	number = (g.first + k*stride(t.Users)) % t.Users
	member = k < g.size
	for day := g.day; day <= dayOf(now); day++ {
		s := seeded(t.seed, uint64(g.number)<<32|uint64(k), uint64(day), 'q')
		if !s.chance(t.Moves / 1000 * 3) {
			continue
		}
		if at := midnight(day).Add(time.Duration(s.between(7*3600, 18*3600)) * time.Second); at.After(now) {
			break
		}
		member = !member
	}
	if member {
		_, member = t.personAt(number, now)
	}
	return number, member
}

// groupMembers are the users in a group at an instant, from the k-th candidate on, each with its k.
func (t *Tenant) groupMembers(g *directoryGroup, k int, now time.Time) iter.Seq2[int, *person] {
	return func(yield func(int, *person) bool) {
		for ; k < t.candidates(g, now); k++ {
			number, member := t.candidate(g, k, now)
			if !member {
				continue
			}
			if p, _ := t.personAt(number, now); !yield(k, &p) {
				return
			}
		}
	}
}

// owners are the users who own a group at an instant: up to two of its members, and never a guest.
func (t *Tenant) owners(g *directoryGroup, now time.Time) (list []*person) {
	s := g.source
	want := pick(&s, []int{0, 1, 1, 2, 2, 2})
	if g.number == everyone {
		want = 1
	}
	for _, p := range t.groupMembers(g, 0, now) {
		if len(list) == want {
			break
		}
		if !p.guest {
			list = append(list, p)
		}
	}
	return list
}

// ownerNumbers are the numbers of a group's owners, none for a group that is not there.
func (t *Tenant) ownerNumbers(g *directoryGroup, now time.Time, here bool) (list []int) {
	if !here {
		return nil
	}
	for _, p := range t.owners(g, now) {
		list = append(list, p.number)
	}
	return list
}

// A relation is a member or an owner whom delta names, because they are new or because they are gone.
type relation struct {
	number int
	gone   bool
}

// ownerChanges are the owners who came and went between two lists.
func ownerChanges(before, now []int) (list []relation) {
	for _, number := range now {
		if !slices.Contains(before, number) {
			list = append(list, relation{number: number})
		}
	}
	for _, number := range before {
		if !slices.Contains(now, number) {
			list = append(list, relation{number, true})
		}
	}
	return list
}
