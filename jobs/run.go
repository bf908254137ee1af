package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"graphlake/extract"
	"graphlake/extract/graph"
	"graphlake/load"
	"graphlake/schemas"
	"graphlake/transform"
)

// Runner runs plans against a lake.
type Runner struct {
	Lake    *load.Lake
	Clients map[string]*graph.Client // by tenant id
	Now     time.Time                // what counts as now
	Log     *slog.Logger
}

const (
	// Units under way at once: while one is encoded the next is read. Their requests share the
	// tenant's budgets, so more of them would only wait.
	unitsAtOnce = 2
	// Values held before they are handed on to the lake, by every unit and every derivation.
	batchBytes = 4 << 20
)

// Run carries out the plan. A unit that fails leaves the others alone; what became of each is in
// the report, in the order of the plan.
func (r *Runner) Run(ctx context.Context, p Plan) Report {
	rep := Report{Units: make([]UnitReport, len(p.Units)), Notes: p.Notes}
	// Encoding is what takes memory: a page of each of some hundred columns. Graph's limits leave it
	// the time to take its turn.
	encoders := semaphore.NewWeighted(1)
	var units errgroup.Group
	units.SetLimit(unitsAtOnce)
	for i, u := range p.Units {
		units.Go(func() error {
			rep.Units[i] = r.unit(ctx, u, encoders)
			return nil
		})
	}
	_ = units.Wait() // its functions return nil: a unit's error is in its report
	rep.conclude()
	return rep
}

func (r *Runner) unit(ctx context.Context, u Unit, encoders *semaphore.Weighted) UnitReport {
	start := time.Now()
	rep := newUnitReport(u)
	rep.started = start
	log := r.Log.With("tenant", u.Tenant.Name, "dataset", u.Dataset.Name, "from", u.Range.From, "to", u.Range.To)
	var count graph.Counter
	err := r.readAndDerive(graph.WithCounter(ctx, &count), u, encoders, &rep)
	rep.decide(u, err)
	rep.Requests, rep.Throttled, rep.Bytes = count.Requests.Load(), count.Throttled.Load(), count.BytesRead.Load()
	rep.Seconds = time.Since(start).Seconds()
	log.Info("unit ended", "outcome", rep.Outcome, "records", rep.Records, "written", rep.Written,
		"unchanged", rep.Unchanged, "requests", rep.Requests, "seconds", rep.Seconds)
	return rep
}

// readAndDerive is the two halves of a unit: Graph → raw, raw → tables.
func (r *Runner) readAndDerive(ctx context.Context, u Unit, encoders *semaphore.Weighted, rep *UnitReport) error {
	if u.Expired {
		return nil
	}
	days, err := r.read(ctx, u, encoders, rep)
	if err != nil {
		return err
	}
	var errs []error
	for _, day := range days {
		if err := encoders.Acquire(ctx, 1); err != nil {
			return err
		}
		err := r.Derive(ctx, u.Dataset, u.Tenant, day, rep)
		encoders.Release(1)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s of %s: %w", u.Dataset.Name, day.Format(time.DateOnly), err))
		}
	}
	return errors.Join(errs...)
}

// read commits what Graph has for the unit to raw, and returns the days that it wrote.
func (r *Runner) read(ctx context.Context, u Unit, encoders *semaphore.Weighted, rep *UnitReport) ([]time.Time, error) {
	table := schemas.RawTable(u.Dataset)
	plan, err := transform.Compile([]schemas.Table{table})
	if err != nil {
		return nil, err
	}
	rows := plan.NewBuilder(allocator)
	defer rows.Release()
	ties := load.HashDecides
	if u.Dataset.Source.Paging == schemas.Delta { // Graph repeats in it who changed meanwhile
		ties = load.LastDecides
	}
	spool, err := r.Lake.Spool(table, u.Tenant.ID, u.Range, ties)
	if err != nil {
		return nil, err
	}
	defer spool.Discard()

	flush := func() error {
		batch := rows.Flush()[0]
		defer batch.Release()
		return spool.Add(batch)
	}
	reading := extract.Read(r.Clients[u.Tenant.ID], u.Dataset, u.Range, extract.Options{Now: r.Now, Log: r.Log})
	for record, err := range reading.Records(ctx) {
		if err != nil {
			return nil, err
		}
		if err := rows.Append(record); err != nil {
			return nil, err
		}
		if rows.Size() >= batchBytes {
			if err := flush(); err != nil {
				return nil, err
			}
		}
	}
	if err := flush(); err != nil {
		return nil, err
	}
	counts := reading.Counts()
	rep.NotYet, rep.Gone = int64(counts.NotYet), int64(counts.Gone)

	if err := encoders.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	defer encoders.Release(1)
	commits, err := spool.Commit(ctx)
	if err != nil {
		return nil, err
	}
	var days []time.Time
	for _, c := range commits {
		days = append(days, c.Partition.Date)
		rep.Records += c.Rows
		rep.count(c)
	}
	return days, nil
}
