package jobs

import (
	"slices"

	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/schemas"
)

// A run takes as long as the slowest of Graph's budgets, not as long as all of them: units of different budgets are
// under way side by side, and of one budget as many as it takes to use it up.
const (
	// Units of one budget under way at once: while one is encoded, or waits for its last answers, the others are read.
	// Two leave a part of the list of call records' budget to nobody: all that it lets out at once is more than they ask
	// for, whose further pages have to wait.
	unitsOfBudget = 3
	// Units under way at once in all. Each of them holds some megabytes of what it reads.
	unitsAtOnce = 12
)

// queue is the units of a run that have not begun, in the order in which they may.
type queue struct {
	waiting  []*live
	underWay int
	budgets  map[budgetOf]int    // units under way
	serial   map[state.Pair]bool // datasets of which a unit is under way that the next one has to wait for
}

// budgetOf is what Graph counts the requests of a unit in; each tenant has its own.
type budgetOf struct{ tenant, budget string }

// newQueue takes over the units. Ranges that the lake holds already are read after those that it lacks: nothing of them is
// about to be forgotten, and their lists, of which all is known, fill up what the others leave of a limit.
func newQueue(units []*live) *queue {
	slices.SortStableFunc(units, func(a, b *live) int { return heldLast(a.Unit) - heldLast(b.Unit) })
	return &queue{waiting: units, budgets: map[budgetOf]int{}, serial: map[state.Pair]bool{}}
}

// next takes the first unit that may begin now; nil if none may before another has ended.
func (q *queue) next() *live {
	if q.underWay == unitsAtOnce {
		return nil
	}
	for i, l := range q.waiting {
		if q.budgets[budget(l.Unit)] == unitsOfBudget || q.serial[l.Pair()] {
			continue
		}
		q.waiting = append(q.waiting[:i:i], q.waiting[i+1:]...)
		q.underWay++
		q.budgets[budget(l.Unit)]++
		q.serial[l.Pair()] = inOrder(l.Unit)
		return l
	}
	return nil
}

// ended is told of a unit that next has given.
func (q *queue) ended(l *live) {
	q.underWay--
	q.budgets[budget(l.Unit)]--
	delete(q.serial, l.Pair())
}

// heldLast sorts a unit: 1 if the lake holds all of its range already, else 0.
func heldLast(u plan.Unit) int {
	if u.Dataset.Mode == schemas.Windowed && u.New == 0 && !u.Expired {
		return 1
	}
	return 0
}

func budget(u plan.Unit) budgetOf { return budgetOf{u.Tenant.ID, u.Dataset.Source.Budget.Name} }

// inOrder says whether a unit has to know whom the one before it has left behind.
func inOrder(u plan.Unit) bool { return u.Dataset.Source.Parent != nil }
