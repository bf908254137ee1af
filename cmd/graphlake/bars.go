package main

import (
	"fmt"
	"sync/atomic"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"graphlake/jobs"
)

const (
	drawEvery = 500 * time.Millisecond
	barWidth  = 24
	barTotal  = 1000 // a bar counts thousandths of what is to be done
)

// bars are one for all that a run does, and one for each dataset.
type bars struct {
	screen   *screen
	standing func() jobs.Standing
	drawn    *mpb.Progress
	all      *bar
	each     map[string]*bar // by dataset
}

// newBars draws the bar of all. Those of the datasets come with the plan.
func newBars(s *screen, standing func() jobs.Standing) *bars {
	b := &bars{screen: s, standing: standing, each: map[string]*bar{}}
	b.drawn = mpb.New(mpb.WithOutput(s.stderr), mpb.WithRefreshRate(drawEvery), mpb.WithWidth(barWidth))
	b.all = b.add("all")
	s.lines(b.drawn)
	return b
}

func (b *bars) show() {
	now := b.standing()
	b.all.set(now.All)
	sums, order := byDataset(now.Each)
	for _, name := range order {
		if b.each[name] == nil {
			b.each[name] = b.add(name)
		}
		b.each[name].set(sums[name])
	}
}

// end leaves the bars as they stand.
func (b *bars) end() {
	b.show()
	for _, each := range b.each {
		each.drawn.Abort(false)
	}
	b.all.drawn.Abort(false)
	b.drawn.Wait()
	b.screen.lines(nil)
}

// byDataset adds up the tenants of each dataset. Their budgets are used side by side.
func byDataset(each []jobs.Work) (sums map[string]jobs.Work, order []string) {
	sums = map[string]jobs.Work{}
	for _, w := range each {
		sum, ok := sums[w.Dataset]
		if !ok {
			order = append(order, w.Dataset)
			sum.Known = true
		}
		units := sum.Units + w.Units
		sum.Share = (sum.Share*float64(sum.Units) + w.Share*float64(w.Units)) / float64(units)
		sum.Units, sum.Done = units, sum.Done+w.Done
		sum.Expected += w.Expected
		sum.Requests += w.Requests
		sum.Records += w.Records
		sum.Throttled += w.Throttled
		sum.Waited += w.Waited
		sum.Left, sum.Known = max(sum.Left, w.Left), sum.Known && w.Known
		sums[w.Dataset] = sum
	}
	return sums, order
}

type bar struct {
	drawn *mpb.Bar
	text  atomic.Pointer[string]
	pace  pace
}

func (b *bars) add(name string) *bar {
	x := &bar{}
	x.text.Store(new(string))
	x.drawn = b.drawn.AddBar(barTotal,
		mpb.PrependDecorators(decor.Name(name, decor.WCSyncSpaceR)),
		mpb.AppendDecorators(decor.Any(func(decor.Statistics) string { return *x.text.Load() })),
	)
	return x
}

func (x *bar) set(w jobs.Work) {
	text := line(w, x.pace.of(w.Requests, drawEvery))
	x.text.Store(&text)
	x.drawn.SetCurrent(min(int64(w.Share*barTotal), barTotal-1)) // a bar that is full is not drawn any more
}

// line is what stands beside a bar: units, requests of those that are expected, and for how long requests have waited.
// Eighty columns hold it.
func line(w jobs.Work, perSecond float64) string {
	if w.Expected == 0 { // a replay
		return fmt.Sprintf(" %d/%d, %d records", w.Done, w.Units, w.Records)
	}
	left := "?"
	if w.Known {
		left = w.Left.Round(time.Second).String()
	}
	return fmt.Sprintf(" %d/%d, %d/%d requests %.1f/s, %d throttled, waited %v, left %s", w.Done, w.Units, w.Requests, w.Expected,
		perSecond, w.Throttled, w.Waited.Round(time.Second), left)
}
