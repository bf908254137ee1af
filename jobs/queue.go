package jobs

import (
	"slices"
	"sync"

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

// queue lets the units of a run begin, whoever asks for them. It is safe for concurrent use.
type queue struct {
	mu       sync.Mutex // of what follows
	waiting  []waiting  // in the order in which they may begin
	underWay int
	budgets  map[budgetOf]int    // units under way
	serial   map[state.Pair]bool // datasets of which a unit is under way that the next one has to wait for
}

// waiting is a unit that may not begin yet. Its begin is called once it may, and does not wait for the unit.
type waiting struct {
	unit  *live
	begin func()
}

// budgetOf is what Graph counts the requests of a unit in; each tenant has its own.
type budgetOf struct{ tenant, budget string }

func newQueue() *queue {
	return &queue{budgets: map[budgetOf]int{}, serial: map[state.Pair]bool{}}
}

// add lets units begin in their order, behind those that wait already. Ranges that the lake holds already are read after those
// that it lacks: nothing of them is about to be forgotten, and their lists, of which all is known, fill up what the others
// leave of a limit. Each unit that has begun is to be told to ended.
func (q *queue) add(all ...waiting) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = append(q.waiting, all...)
	slices.SortStableFunc(q.waiting, func(a, b waiting) int { return heldLast(a.unit.Unit) - heldLast(b.unit.Unit) })
	q.beginAll()
}

// drop takes a unit out that nobody waits for any more, and says whether it had not begun.
func (q *queue) drop(l *live) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	before := len(q.waiting)
	q.waiting = slices.DeleteFunc(q.waiting, func(w waiting) bool { return w.unit == l })
	return len(q.waiting) < before
}

// ended is told of a unit that has begun.
func (q *queue) ended(l *live) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.underWay--
	q.budgets[budget(l.Unit)]--
	delete(q.serial, l.Pair())
	q.beginAll()
}

// beginAll begins what may. The caller holds the mutex.
func (q *queue) beginAll() {
	for w, ok := q.next(); ok; w, ok = q.next() {
		w.begin()
	}
}

// next takes the first unit that may begin now, if one may before another has ended.
func (q *queue) next() (_ waiting, ok bool) {
	if q.underWay == unitsAtOnce {
		return waiting{}, false
	}
	for i, w := range q.waiting {
		u := w.unit.Unit
		if q.budgets[budget(u)] == unitsOfBudget || q.serial[u.Pair()] {
			continue
		}
		q.waiting = slices.Delete(q.waiting, i, i+1)
		q.underWay++
		q.budgets[budget(u)]++
		q.serial[u.Pair()] = inOrder(u)
		return w, true
	}
	return waiting{}, false
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
