package cli

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"math"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"graphlake/internal/foreign"
	"graphlake/jobs"
	"graphlake/jobs/state"
)

// logEvery is how often a line says how far a long run is, where there is no terminal for bars.
const logEvery = 30 * time.Second

// watch shows how far a run is until stop is called: by bars or by lines of the log, and not at all if that is not wanted.
func (c *command) watch(ctx context.Context, p *jobs.Progress, log *slog.Logger, bars bool) (stop func()) {
	switch {
	case c.Quiet, c.NoProgress:
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
type pace struct {
	sent []int64
	back int // intervals that it looks back; 0 is paced
}

const paced = 10

// of takes what was sent so far, at every interval.
func (p *pace) of(sent int64, interval time.Duration) float64 {
	if p.sent = append(p.sent, sent); len(p.sent) > cmp.Or(p.back, paced)+1 {
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
	drawnPace = 60   // drawings: half a minute, in which the narrow limits of lists let through as many as in any other
	smoothly  = 4    // drawings in which a new guess counts most
	nameWidth = 20   // of a dataset, so that eighty columns hold a line
)

// bars are one for all that a run does, and one for each dataset until it is done: then a line above says what became of it.
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
	sums, order := byDataset(now.Each)
	var slowest time.Duration
	for _, name := range order {
		w := sums[name]
		one := b.each[name]
		if one == nil {
			one = b.add(shortened(foreign.Printable(name), nameWidth))
			b.each[name] = one
		}
		slowest = max(slowest, one.set(w, 0))
		if w.Done == w.Units && !one.told {
			one.told = true
			b.screen.say(doneLine(name, w, time.Since(one.began)))
			one.drawn.Abort(true)
		}
	}
	b.all.set(now.All, slowest)
}

// doneLine says what became of a dataset, with the colour of the worst of its units.
func doneLine(name string, w jobs.Work, took time.Duration) (paint, string) {
	line := fmt.Sprintf("%s: %s, %d records", foreign.Printable(name), cmp.Or(w.Outcome, "done"), w.Records)
	if w.Expected > 0 {
		line += fmt.Sprintf(", %d requests", w.Requests)
	}
	return paintOf(w.Outcome), line + " in " + roughly(took)
}

// end leaves the bars of what is not done as they stand.
func (b *bars) end() {
	b.show()
	for _, each := range b.each {
		each.drawn.Abort(each.told)
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
		sum.Left, sum.Known, sum.Guessed = max(sum.Left, w.Left), sum.Known && w.Known, sum.Guessed || w.Guessed
		if sum.Outcome == "" || jobs.Worse(w.Outcome, sum.Outcome) {
			sum.Outcome = w.Outcome
		}
		sums[w.Dataset] = sum
	}
	return sums, order
}

type bar struct {
	drawn  *mpb.Bar
	text   atomic.Pointer[beside]
	colour atomic.Pointer[paint]
	pace   pace
	waits  pace          // milliseconds, in place of requests
	share  float64       // the most that was drawn: a bar does not go back when more is to be done than was thought
	left   time.Duration // that was drawn last
	began  time.Time     // when something was sent or derived; zero before
	told   bool          // that it is done
}

// beside is what stands behind a bar: what has to be there, and the rest where there is room.
type beside struct{ first, rest string }

func (b *bars) add(name string) *bar {
	x := &bar{began: time.Now(), pace: pace{back: drawnPace}, waits: pace{back: drawnPace}}
	x.text.Store(&beside{first: "  0%  ? left"})
	x.colour.Store(new(paint))
	style := mpb.BarStyle()
	if b.screen.colours {
		painted := func(text string) string { return x.colour.Load().on(text) }
		style = style.FillerMeta(painted).TipMeta(painted)
	}
	x.drawn = b.drawn.New(barTotal, style,
		mpb.PrependDecorators(decor.Name(name, decor.WCSyncSpaceR)),
		mpb.AppendDecorators(decor.Any(func(s decor.Statistics) string { return x.text.Load().within(s.AvailableWidth - barWidth - 2) })),
	)
	return x
}

// within is what of it fits into so many columns.
func (t *beside) within(columns int) string {
	if utf8.RuneCountInString(t.first+t.rest) <= columns {
		return t.first + t.rest
	}
	return strings.TrimRight(t.first, " ")
}

// set draws how far something is. It gives the time that is left: what the budgets allow, or what it takes as fast as it
// is now, if that is more, and at least so much.
func (r *bar) set(w jobs.Work, atLeast time.Duration) time.Duration {
	if w.Requests == 0 && w.Share == 0 {
		r.began = time.Now() // it waits for its turn
	}
	perSecond := r.pace.of(w.Requests, drawEvery)
	waiting := r.waits.of(w.Waited.Milliseconds(), drawEvery) / 1000
	left := max(atLeast, w.Left)
	switch passed := time.Since(r.began); {
	case w.Expected > 0 && perSecond > 0:
		left = max(left, time.Duration(float64(w.Expected-w.Requests)/perSecond*float64(time.Second)))
	case w.Expected == 0 && w.Share > 0: // a replay
		left, w.Known, w.Guessed = time.Duration(float64(passed)*(1/w.Share-1)), true, true
	}
	left = r.smooth(left, w.Known)
	switch {
	case !w.Known:
		r.share = 0 // what is done of nobody knows what is not a share
	case w.Outcome != state.Interrupted:
		r.share = max(r.share, w.Share)
	}
	r.text.Store(&beside{first(w, r.share, left, perSecond), rest(w, waiting)})
	colour := paintOf(w.Outcome)
	if colour == green && w.Done < w.Units {
		colour = unpainted
	}
	r.colour.Store(&colour)
	r.drawn.SetCurrent(min(int64(r.share*barTotal), barTotal-1)) // a bar that is full is not drawn any more
	return left
}

// smooth lets the time that is left go down as time passes, and follow what is newly known slowly, so that it can be read.
func (r *bar) smooth(left time.Duration, known bool) time.Duration {
	if r.left == 0 || !known {
		r.left = left
		return left
	}
	r.left = max(r.left-drawEvery, 0)
	r.left += (left - r.left) / smoothly
	return r.left
}

// first is what stands beside every bar: how much is done, the time that is left, requests a second of late. A time that
// is a guess has ~ before it, and is ? where there is none.
func first(w jobs.Work, share float64, left time.Duration, perSecond float64) string {
	percent := min(int(share*100), 99)
	if w.Done == w.Units && w.Units > 0 && w.Outcome != state.Interrupted {
		percent = 100
	}
	of := ""
	switch {
	case percent == 100:
	case !w.Known:
		of = "? left"
	case w.Guessed:
		of = "~" + roughly(left) + " left"
	default:
		of = roughly(left) + " left"
	}
	rate := ""
	if w.Expected > 0 {
		rate = fmt.Sprintf("%.1f/s", perSecond)
	}
	return fmt.Sprintf("%3d%%  %-12s %8s", percent, of, rate)
}

// rest is what is told where there is room: requests of those that are expected, records, what was throttled, and how many
// requests wait at once for a budget or another try.
func rest(w jobs.Work, waiting float64) string {
	if w.Expected == 0 {
		return fmt.Sprintf("  %d/%d units, %d records", w.Done, w.Units, w.Records)
	}
	return fmt.Sprintf("  %d/%d requests, %d records, %d throttled, %.0f waiting", w.Requests, w.Expected, w.Records, w.Throttled, waiting)
}

// roughly is a time in what somebody who waits wants to know: seconds, minutes, or hours and minutes.
func roughly(d time.Duration) string {
	switch d = max(d, 0); {
	case d < 100*time.Second:
		return fmt.Sprintf("%.0fs", math.Ceil(d.Seconds()))
	case d < 100*time.Minute:
		return fmt.Sprintf("%.0fm", math.Ceil(d.Minutes()))
	}
	minutes := int(math.Ceil(d.Minutes()))
	return fmt.Sprintf("%dh%02dm", minutes/60, minutes%60)
}
