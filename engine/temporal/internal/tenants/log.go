package tenants

import (
	"cmp"
	"slices"
	"time"
)

// Request is what a worker asked of a tenant. Ended is when the last byte of the answer was written, or when nobody waited any more.
type Request struct {
	Asker
	Path         string
	Began, Ended time.Time
	Status       int // 0: no answer
}

func (g *Graph) note(r Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.log = append(g.log, r)
}

// Log is what was asked so far, in the order of the answers.
func (g *Graph) Log() []Request {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.log)
}

// Of are the requests for a tenant.
func Of(tenant string, log []Request) []Request {
	return slices.DeleteFunc(slices.Clone(log), func(r Request) bool { return r.Tenant != tenant })
}

// Overlapping counts the requests that began while another worker waited for an answer of the same tenant.
func Overlapping(log []Request) (n int) {
	sorted := slices.SortedFunc(slices.Values(log), func(a, b Request) int { return a.Began.Compare(b.Began) })
	open := map[string][]Request{} // by tenant
	for _, r := range sorted {
		waiting := slices.DeleteFunc(open[r.Tenant], func(o Request) bool { return !o.Ended.After(r.Began) })
		if slices.ContainsFunc(waiting, func(o Request) bool { return o.Worker != r.Worker }) {
			n++
		}
		open[r.Tenant] = append(waiting, r)
	}
	return n
}

// Hold is a stretch of time in which a worker may ask a tenant.
type Hold struct {
	Asker
	From, To time.Time
}

// Outside counts the requests that no hold of their worker covers, and the pairs of holds of one tenant by two workers at once.
func Outside(log []Request, holds []Hold) (requests, pairs int) {
	for _, r := range log {
		covers := func(h Hold) bool {
			return h.Asker == r.Asker && !r.Began.Before(h.From) && !r.Began.After(h.To)
		}
		if !slices.ContainsFunc(holds, covers) {
			requests++
		}
	}
	for i, a := range holds {
		for _, b := range holds[:i] {
			if a.Tenant == b.Tenant && a.Worker != b.Worker && a.From.Before(b.To) && b.From.Before(a.To) {
				pairs++
			}
		}
	}
	return requests, pairs
}

// Workers are those who asked, each once, with how many requests; the busiest first.
func Workers(log []Request) (names []string, requests map[string]int) {
	requests = map[string]int{}
	for _, r := range log {
		if requests[r.Worker]++; requests[r.Worker] == 1 {
			names = append(names, r.Worker)
		}
	}
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(requests[b], requests[a]) })
	return names, requests
}
