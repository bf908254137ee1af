package main

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"graphlake/internal/foreign"
	"graphlake/jobs"
)

// logEvery is how often a line says how far a long run is, where there is no terminal for bars.
const logEvery = 30 * time.Second

// watch shows how far a run is until stop is called: by bars or by lines of the log, and not at all if it
// is to be quiet.
func (c *command) watch(ctx context.Context, p *jobs.Progress, log *slog.Logger, bars bool) (stop func()) {
	switch {
	case c.Quiet:
		return func() {}
	case bars:
		b := newBars(c.stderr, p.Standing)
		return every(ctx, drawEvery, b.show, b.end)
	}
	return logProgress(ctx, p.Standing, log)
}

// logProgress logs at an interval how far a run is, until stop is called.
func logProgress(ctx context.Context, standing func() jobs.Standing, log *slog.Logger) (stop func()) {
	var sent pace
	show := func() {
		now := standing()
		args := []any{"run", now.Run, "units", now.All.Units, "done", now.All.Done}
		args = append(args, counts(now.All)...)
		args = append(args, "per_second", sent.of(now.All.Requests, logEvery))
		for _, w := range now.Each {
			if w.Done < w.Units && w.Requests > 0 {
				args = append(args, slog.Group(w.Dataset+" of "+w.Tenant, counts(w)...))
			}
		}
		log.InfoContext(ctx, "progress", args...)
	}
	return every(ctx, logEvery, show, func() {})
}

// every calls show at an interval until stop is called, and then end, also if ctx ends before: a run that is
// stopped still has to end. Both are called by one goroutine, which has ended when stop returns.
func every(ctx context.Context, interval time.Duration, show, end func()) (stop func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		ticks := time.NewTicker(interval)
		defer ticks.Stop()
		for {
			select {
			case <-ticks.C:
				show()
			case <-ctx.Done():
				end()
				return
			}
		}
	}()
	return func() {
		cancel()
		<-ended
	}
}

// counts are those of some units for a line of the log. How long it takes is left out where it is not known.
func counts(w jobs.Work) []any {
	args := []any{
		"requests", w.Requests, "expected", w.Expected, "records", w.Records, "throttled", w.Throttled,
		"waited_seconds", w.Waited.Round(time.Second).Seconds(),
	}
	if w.Known {
		args = append(args, "left_seconds", w.Left.Round(time.Second).Seconds())
	}
	return args
}

// pace is how many requests a second were sent of late.
type pace struct{ sent []int64 }

// paced are the intervals that it looks back.
const paced = 10

// of takes what was sent so far, at every interval.
func (p *pace) of(sent int64, interval time.Duration) float64 {
	if p.sent = append(p.sent, sent); len(p.sent) > paced+1 {
		p.sent = p.sent[1:]
	}
	n := len(p.sent) - 1
	if n == 0 {
		return float64(sent) / interval.Seconds() // since the start
	}
	return float64(sent-p.sent[0]) / (float64(n) * interval.Seconds())
}

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
	s.setAbove(b.drawn)
	return b
}

func (b *bars) show() {
	now := b.standing()
	b.all.set(now.All)
	sums, order := byDataset(now.Each)
	for _, name := range order {
		if b.each[name] == nil {
			b.each[name] = b.add(foreign.Printable(name))
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
	b.screen.setAbove(nil)
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

func (r *bar) set(w jobs.Work) {
	text := line(w, r.pace.of(w.Requests, drawEvery))
	r.text.Store(&text)
	r.drawn.SetCurrent(min(int64(w.Share*barTotal), barTotal-1)) // a bar that is full is not drawn any more
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
