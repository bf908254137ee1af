package extract

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"iter"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"graphlake/extract/graph"
	"graphlake/internal/record"
	"graphlake/schemas"
)

// Options of a reading. Maps and slices stay the caller's and must not change while it runs.
type Options struct {
	// Now is the time at which the reading starts. As long as Graph has not told its own, it decides whether
	// a record that Graph does not find is still to come or already gone.
	Now     time.Time
	Workers int // records that are read by their ids at once; 0 is 32
	// Margin is how far about the range parents are read too: a record may have moved over its edge.
	Margin time.Duration
	// Names are what the caller calls parents and records: in what follows, and in errors.
	Names Names
	// LeftOut says of parents, by Graph's id, that they are not to be asked for; nil: of none.
	LeftOut func(id string) bool
	// Behind are parents that could not be read before, and from when on each is to be read now.
	Behind map[string]time.Time
	Cursor string       // where an earlier reading by delta ended; empty: from the start
	Log    *slog.Logger // nil discards
	// Held are the versions in which the caller has records: numbers, or instants in nanoseconds since 1970. A record
	// that is read by its id is not read if it is held as it is listed, or in a higher version: it is unchanged.
	Held map[string]int64
	// Starts are when the records of the range lie, in order, as far as the caller holds them; Guessed says that it
	// holds none and that they are those of a like day, moved to this one. The windows of a list are fitted to them.
	Starts  []time.Time
	Guessed bool
	Shared  *Shared // with the other readings of a run; nil: with none
	// ListOnly gives the records as they are listed; none is read by its id.
	ListOnly bool
	// Documents says that a record is to hold its document as Graph sent it, too. Without it, it has what was read of it alone.
	Documents bool
}

// Names give an id of Graph's as the caller has it; both are safe for concurrent use. nil: as Graph has it.
type Names struct{ Parent, Record func(id string) string }

// Reading is one reading of a dataset for a range, by one tenant's client. One goroutine ranges over Records, once; Counts
// may be asked from any, at any time, and all else when Records has ended.
type Reading struct {
	client  *graph.Client
	dataset schemas.Dataset
	asked   schemas.Range
	options Options

	fields     fields
	properties []string // that the dataset reads
	seen       seen
	documents  *semaphore.Weighted // bytes of those in memory
	begun      atomic.Bool
	started    time.Time
	counts     counts
	behind     behind
	delta      string // the link on the last page
	whole      bool   // everything was read and handed on
}

// Read prepares a reading. It asks nothing yet.
func Read(c *graph.Client, ds schemas.Dataset, r schemas.Range, o Options) *Reading {
	if o.Workers <= 0 {
		o.Workers = 32
	}
	asGiven := func(id string) string { return id }
	if o.Names.Parent == nil {
		o.Names.Parent = asGiven
	}
	if o.Names.Record == nil {
		o.Names.Record = asGiven
	}
	o.Shared = cmp.Or(o.Shared, &Shared{})
	o.Log = cmp.Or(o.Log, slog.New(slog.DiscardHandler))
	return &Reading{client: c, dataset: ds, asked: r, options: o, properties: ds.Select(), documents: semaphore.NewWeighted(mostDocuments)}
}

// Records reads. It can be ranged over once. A record is valid until the next one; the first error
// is the last thing it yields. The records of a delta come in Graph's order, which decides between
// two of the same key; all others come in none.
func (r *Reading) Records(ctx context.Context) iter.Seq2[record.Record, error] {
	return func(yield func(record.Record, error) bool) {
		if r.begun.Swap(true) {
			yield(record.Record{}, fmt.Errorf("read %s: the records of a reading can be ranged over only once", r.dataset.Name))
			return
		}
		ctx, stop := context.WithCancel(ctx)
		records := make(chan []record.Record) // of a page; unbuffered: whoever has read them holds them until they are wanted
		ended := make(chan error, 1)
		go func() {
			defer close(records)
			ended <- r.read(ctx, records)
		}()
		defer func() {
			stop()
			for range records { // closed when nothing runs any more
			}
		}()
		for page := range records {
			for _, rec := range page {
				if !rec.Unchanged {
					r.counts.read.Add(1)
				}
				if !yield(rec, nil) {
					return
				}
			}
		}
		if err := <-ended; err != nil {
			yield(record.Record{}, fmt.Errorf("read %s: %w", r.dataset.Name, err))
			return
		}
		r.whole = true
	}
}

// Cursor is where the next reading goes on, if the dataset pages by delta: a link relative to Graph's
// endpoint. It is empty until Records has ended without an error: a cursor beyond what was read would lose the
// rest for ever. It stays empty if the link that Graph gave cannot be used: the next reading starts anew.
func (r *Reading) Cursor() string {
	if !r.whole {
		return ""
	}
	return r.delta
}

func (r *Reading) read(ctx context.Context, records chan<- []record.Record) (err error) {
	r.started = time.Now() //nolint:forbidigo // only to tell how long it has gone on
	if r.fields, err = fieldsOf(r.dataset); err != nil {
		return err
	}
	whole := &listing{reading: r, asked: r.asked}
	switch source := r.dataset.Source; {
	case source.Paging == schemas.Delta:
		return r.readDelta(ctx, records)
	case source.Parent != nil:
		return r.readParents(ctx, records)
	case source.Paging == schemas.Single:
		return whole.single(ctx, records)
	case source.Detail != nil && !r.options.ListOnly:
		return r.readDetails(ctx, records)
	default:
		return whole.windows(ctx, func(ctx context.Context, listed []graph.Value, req graph.Request) error {
			if r.day(req) == nil { // the same row on another day is another
				listed = slices.DeleteFunc(listed, r.repeated)
			}
			return r.sendCompleted(ctx, records, listed, req, parent{})
		})
	}
}

// readDelta reads one page after the other: the order of changes is part of what they say. Only the last page
// says where the changes go on, so without that it is not the last.
func (r *Reading) readDelta(ctx context.Context, records chan<- []record.Record) error {
	req := r.listRequest(r.asked, parent{})
	pages := r.client.Pages(ctx, req)
	if r.options.Cursor != "" {
		pages = r.client.Resume(ctx, req, r.options.Cursor)
	}
	var link string // of the last page
	var bad bool
	for page, err := range pages {
		if err != nil {
			return err
		}
		r.counts.listed.Add(int64(len(page.Values)))
		if err := r.sendCompleted(ctx, records, page.Values, req, parent{}); err != nil {
			return err
		}
		link, bad = page.DeltaLink, page.BadDeltaLink
	}
	if link == "" && !bad {
		return req.Incomplete("the last page has no deltaLink")
	}
	r.delta = graph.Relative(link)
	return nil
}

// repeated says whether a listed record was listed before.
func (r *Reading) repeated(v graph.Value) bool {
	if r.seen.first(v.JSON) {
		return false
	}
	r.counts.repeated.Add(1)
	return true
}

// sendCompleted completes the records that req has listed, of a parent if there are any, with requests like it, and
// sends them on.
func (r *Reading) sendCompleted(ctx context.Context, records chan<- []record.Record, listed []graph.Value, req graph.Request, of parent) error {
	page := make([]record.Record, len(listed))
	for i := range listed {
		if err := r.complete(ctx, &listed[i], req); err != nil {
			return err
		}
		page[i] = r.named(&listed[i], of, r.day(req)...)
	}
	return send(ctx, records, page)
}

// named is a record of what is complete. It says whom it was read for, if for anybody, and more in pairs.
func (r *Reading) named(v *graph.Value, of parent, more ...string) record.Record {
	label := r.dataset.Source.Label
	if of.id == "" && len(more) == 0 && label == "" {
		return r.fields.record(v)
	}
	var pairs []string
	if of.id != "" {
		pairs = append(pairs, "parent", of.id)
	}
	if label != "" {
		pairs = append(pairs, "source", label)
	}
	pairs = append(pairs, more...)
	if of.of != "" {
		pairs = append(pairs, "grandparent", of.of)
	}
	if own := r.dataset.Source.Own; own != nil && of.id != "" && bytes.HasPrefix(v.Plain(r.fields.own), []byte(own.Prefix)) {
		pairs = append(pairs, "mailbox", of.id)
	}
	return note(v.JSON, of.by, pairs...)
}

// day is what a record of a window says of its day, in a pair, where that is all that is known of its time. Such a
// window begins with its day, in whatever layout.
func (r *Reading) day(req graph.Request) []string {
	if !slices.Contains(r.dataset.Time, schemas.AskedDay) {
		return nil
	}
	return []string{"day", req.Params["from"][:len(time.DateOnly)] + "T00:00:00Z"}
}

// sendNameless sends on what is listed without an id, as it is, once: whoever flattens it puts it aside, and
// it takes nothing with it.
func (r *Reading) sendNameless(ctx context.Context, records chan<- []record.Record, listed graph.Value) error {
	if !r.seen.first(listed.JSON) {
		return nil
	}
	return send(ctx, records, []record.Record{{JSON: listed.JSON}})
}

func send[T any](ctx context.Context, to chan<- T, v T) error {
	select {
	case to <- v:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
