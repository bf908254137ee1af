package extract

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"graphlake/extract/graph"
	"graphlake/schemas"
)

// parallelWindows is how many windows are listed at once. The narrow budget of the lists bounds them
// more than this does, but one window's pages can only come one after the other.
const parallelWindows = 4

// window is a part of the range: what Graph is asked for, and what of it counts. Graph reads an upper
// bound here as excluded, there as included, and a date as its midnight or as its whole day. What is
// asked for holds everything whichever way it is read; what is too much is dropped.
type window struct{ ask, keep schemas.Range }

func (l *listing) window(ask schemas.Range) window {
	keep := ask
	if keep.From.Before(l.asked.From) {
		keep.From = l.asked.From
	}
	if keep.To.After(l.asked.To) {
		keep.To = l.asked.To
	}
	return window{ask, keep}
}

// listing is the list of a range, or of one parent's.
type listing struct {
	reading *Reading
	asked   schemas.Range
	parent  parent // empty: there are none
	atOnce  int    // windows that are listed at once; 0 is parallelWindows
}

// stretches cut the range, to whole seconds or days, into what is walked at once: the windows, or if
// these follow what there is, a few stretches of them.
func (l *listing) stretches() []schemas.Range {
	w, whole := l.reading.dataset.Source.Window, l.whole()
	length := w.Step()
	if w.Page > 0 {
		windows := len(whole.Split(length))
		length *= time.Duration((windows + parallelWindows - 1) / parallelWindows)
	}
	return whole.Split(length)
}

// whole is the range in whole seconds or days, as bounds are written.
func (l *listing) whole() schemas.Range {
	step := time.Second
	if !hasClock(l.reading.dataset.Source.Window.Layout) {
		step = schemas.Day
	}
	if slices.Contains(l.reading.dataset.Time, schemas.AskedDay) {
		step = schemas.Day
	}
	return schemas.Range{From: l.asked.From.UTC().Truncate(step), To: l.asked.To.UTC().Add(step - 1).Truncate(step)}
}

// hasClock says whether a layout tells one time of a day from another.
func hasClock(layout string) bool {
	var midnight time.Time
	return midnight.Format(layout) != midnight.Add(schemas.Day/2).Format(layout)
}

// take is given the listed records of a page that are in the range, and the request that listed them.
type take func(ctx context.Context, listed []graph.Value, r graph.Request) error

// windows gives take what lies in the range, concurrently.
func (l *listing) windows(ctx context.Context, take take) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(cmp.Or(l.atOnce, parallelWindows))
	if whole := l.whole(); l.parent.id == "" {
		l.reading.counts.span.Add(int64(whole.To.Sub(whole.From)))
	}
	if f := l.fitted(); f != nil {
		for range cmp.Or(l.atOnce, parallelWindows) {
			g.Go(func() error { return l.listFitted(ctx, f, take) })
		}
		return g.Wait()
	}
	for _, stretch := range l.stretches() {
		g.Go(func() error { return l.walk(ctx, stretch, take) })
	}
	return g.Wait()
}

// fitted cuts the range by what is known of it; nil if nothing is, or if the source has no pages to fill.
func (l *listing) fitted() *fitted {
	w, known := l.reading.dataset.Source.Window, l.reading.options.Starts
	if w.Page == 0 || len(known) == 0 {
		return nil
	}
	whole := l.whole()
	i, _ := slices.BinarySearchFunc(known, whole.From, time.Time.Compare)
	return &fitted{
		window: w, budget: l.reading.dataset.Source.Budget, guessed: l.reading.options.Guessed, planned: &l.reading.options.Shared.planned,
		at: whole.From, end: whole.To, starts: known[i:],
	}
}

// listFitted lists window by window, of which others list some.
func (l *listing) listFitted(ctx context.Context, f *fitted, take take) error {
	for {
		c, ok := f.next()
		if !ok {
			return nil
		}
		w := l.window(c.Range)
		if !w.keep.From.Before(w.keep.To) {
			continue
		}
		listed, err := l.listWindow(ctx, w, take)
		if err != nil {
			return fmt.Errorf("window %v: %w", w.ask, err)
		}
		f.learn(c, listed)
	}
}

// walk lists a stretch, window by window.
func (l *listing) walk(ctx context.Context, stretch schemas.Range, take take) error {
	s := newStride(l.reading.dataset.Source.Window, stretch)
	for at := stretch.From; at.Before(stretch.To); {
		w := l.window(schemas.Range{From: at, To: s.end(at)})
		at = w.ask.To
		if !w.keep.From.Before(w.keep.To) {
			continue
		}
		listed, err := l.listWindow(ctx, w, take)
		if err != nil {
			return fmt.Errorf("window %v: %w", w.ask, err)
		}
		s.learn(w.ask, listed)
	}
	return nil
}

// listWindow lists a window to its last page, and says how much was listed. If the token of a page has run
// out, or fewer came than are counted, it begins again: what it has given before is given again.
func (l *listing) listWindow(ctx context.Context, w window, take take) (n int, err error) {
	var restarts restarts
	for {
		n, err = l.listPages(ctx, w, take)
		if err == nil && l.parent.id == "" {
			l.reading.counts.spanned.Add(int64(w.ask.To.Sub(w.ask.From)))
		}
		if !restarts.allow(err) {
			return n, err
		}
	}
}

func (l *listing) listPages(ctx context.Context, w window, take take) (n int, err error) {
	r := l.reading.listRequest(l.lower(w.ask), l.parent)
	for page, err := range l.reading.pages(ctx, r) {
		if err != nil {
			return n, err
		}
		n += len(page.Values)
		l.reading.counts.listed.Add(int64(len(page.Values)))
		inside := slices.DeleteFunc(page.Values, func(v graph.Value) bool {
			when, ok := l.reading.fields.asked(&v)
			if slices.Contains(l.reading.dataset.Time, schemas.AskedDay) {
				when, ok = w.ask.From, true
			}
			return ok && !w.keep.Contains(when)
		})
		l.reading.counts.outside.Add(int64(len(page.Values) - len(inside)))
		if err := take(ctx, inside, r); err != nil {
			return n, err
		}
	}
	return n, nil
}

// lower moves the start of what is asked for where Graph would leave out the instant itself.
func (l *listing) lower(ask schemas.Range) schemas.Range {
	if l.reading.dataset.Source.Window.Exclusive {
		ask.From = ask.From.Add(-time.Millisecond)
	}
	return ask
}
