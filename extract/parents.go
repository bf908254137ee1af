package extract

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"graphlake/extract/graph"
	"graphlake/schemas"
)

// parent is an element of the collection that the source is asked for, and whose parent it has itself.
type parent struct {
	id string
	of string // empty: it has none
}

// readParents reads the source for each of its parents, several at once; the client keeps the pace. A
// parent that is forbidden or has vanished leaves the others alone.
func (x *Reading) readParents(ctx context.Context, records chan<- []byte) error {
	g, ctx := errgroup.WithContext(ctx)
	parents := make(chan []parent)
	g.Go(func() error {
		defer close(parents)
		return x.listParents(ctx, parents)
	})
	for range x.options.Workers {
		g.Go(func() error {
			for batch := range parents {
				err := x.readParent(ctx, records, batch)
				if err == nil {
					x.behind.answered.Add(1)
				} else if err = x.judge(batch[0].id, err); err != nil {
					return err
				}
				x.progress(ctx)
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return x.behind.verdict()
}

// readParent reads what there is for one parent, or for those of a batch.
func (x *Reading) readParent(ctx context.Context, records chan<- []byte, batch []parent) error {
	if x.dataset.Source.Parent.Batch > 0 {
		return x.readBatch(ctx, records, batch)
	}
	l := &listing{Reading: x, asked: x.asked, parent: batch[0]}
	if from, ok := x.options.Behind(l.parent.id); ok && from.Before(l.asked.From) {
		l.asked.From = from
	}
	if x.dataset.Source.Paging == schemas.Single {
		return l.single(ctx, records)
	}
	take := func(ctx context.Context, listed []byte, r graph.Request) error {
		record, err := x.complete(ctx, listed, r)
		if err != nil {
			return err
		}
		return send(ctx, records, l.named(record))
	}
	if x.dataset.Source.Detail != nil {
		take = func(ctx context.Context, listed []byte, r graph.Request) error {
			e, wanted, err := x.wanted(ctx, records, listed)
			if err != nil || !wanted {
				return err
			}
			e.listed, e.request = listed, r
			return x.handDetail(ctx, records, e)
		}
	}
	err := l.windows(ctx, take)
	if graph.KindOf(err) == graph.NotFound && l.answered.Load() {
		return fmt.Errorf("%w: %w", errBrokenOff, err)
	}
	return err
}

// errBrokenOff says that a parent was there, and in the midst of its list no longer. It may have moved, and
// what was not read of it be there still: as vanished, it would be taken to have no more.
var errBrokenOff = errors.New("its list breaks off")

// single reads an answer that is the record.
func (l *listing) single(ctx context.Context, records chan<- []byte) error {
	r := l.listRequest(l.asked, l.parent)
	record, err := l.client.Get(ctx, r)
	if err == nil {
		record, err = l.complete(ctx, record, r)
	}
	if err != nil {
		return err
	}
	l.counts.listed.Add(1)
	return send(ctx, records, l.named(record))
}

// named is a record that says whom it was read for.
func (l *listing) named(record []byte) []byte {
	pairs := []string{"parent", l.parent.id}
	if l.parent.of != "" {
		pairs = append(pairs, "grandparent", l.parent.of)
	}
	if own := l.dataset.Source.Own; own != nil && bytes.HasPrefix(plain(valueAt(record, l.fields.own)), []byte(own.Prefix)) {
		pairs = append(pairs, "mailbox", l.parent.id)
	}
	return note(record, pairs...)
}

// readBatch reads what one request gives for many parents, as it is at the instant that was asked for.
func (x *Reading) readBatch(ctx context.Context, records chan<- []byte, batch []parent) error {
	r := x.batchRequest(batch)
	for page, err := range x.client.Pages(ctx, r) {
		if err != nil {
			return err
		}
		for _, listed := range page.Values {
			x.counts.listed.Add(1)
			record, err := x.complete(ctx, listed, r)
			if err != nil {
				return err
			}
			if err := send(ctx, records, note(record, "observed", x.asked.From.UTC().Format(time.RFC3339))); err != nil {
				return err
			}
		}
	}
	return nil
}

// judge keeps what is wrong with one parent from the others.
func (x *Reading) judge(id string, err error) error {
	one, brokenOff := x.dataset.Source.Parent.Batch == 0, errors.Is(err, errBrokenOff)
	switch {
	case one && graph.KindOf(err) == graph.NotFound && !brokenOff:
		x.counts.vanished.Add(1)
	case one && (refusal(err) || brokenOff):
		from := x.asked.From
		if earlier, ok := x.options.Behind(id); ok && earlier.Before(from) {
			from = earlier
		}
		x.behind.add(id, from, err)
	default:
		return fmt.Errorf("parent %s: %w", x.options.Called(id), err)
	}
	return nil
}

const forbidden = 403

// refusal says whether an error is of what was asked for, and not of the service or of the token. A link
// that leads astray is of the service: the next time it may lead on.
func refusal(err error) bool {
	e, ok := errors.AsType[*graph.Error](err)
	return ok && (e.Status == forbidden || e.Kind == graph.Rejected && e.Status >= 400)
}

// progress says now and then how far a long reading is.
func (x *Reading) progress(ctx context.Context) {
	done := x.counts.done.Add(1)
	seconds := int64(time.Since(x.started).Seconds())
	if last := x.counts.told.Load(); seconds >= last+30 && x.counts.told.CompareAndSwap(last, seconds) {
		x.options.Log.InfoContext(ctx, "parents read", "done", done, "listed", x.counts.parents.Load(), "records", x.counts.read.Load())
	}
}

// Behind is a parent that could not be read, and from when on it has to be read later.
type Behind struct {
	Parent string
	From   time.Time
	Reason string
}

// behind collects the parents that could not be read.
type behind struct {
	answered atomic.Int64
	mu       sync.Mutex
	parents  []Behind
	first    error
	rejected []error // of those, that the request is wrong
}

func (b *behind) add(parent string, from time.Time, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.first == nil {
		b.first = err
	}
	if graph.KindOf(err) == graph.Rejected {
		b.rejected = append(b.rejected, err)
	}
	b.parents = append(b.parents, Behind{parent, from, graph.KindOf(err).String()})
}

// Of more than these, a request that is called wrong is wrong, whoever it was sent for.
const (
	rejectedParents = 10
	rejectedShare   = 0.01
)

// verdict is an error if nobody that was asked has answered, for then it is the dataset that is refused,
// or if too many say that the request is wrong, for then it is.
func (b *behind) verdict() error {
	asked := len(b.parents) + int(b.answered.Load())
	switch n := len(b.rejected); {
	case len(b.parents) > 0 && len(b.parents) == asked:
		return b.first
	case n > rejectedParents && float64(n) > rejectedShare*float64(asked):
		return fmt.Errorf("%d of %d parents: %w", n, asked, b.rejected[0])
	}
	return nil
}

// Behind are the parents that could not be read, though others could. It is known once Records has
// ended without an error.
func (x *Reading) Behind() []Behind { return x.behind.parents }
