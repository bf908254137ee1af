package jobs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"graphlake/jobs/plan"
	"graphlake/schemas"
)

// Two clocks say what time it is: this machine's, or what was given in its place, and Graph's, which is the
// Date of its answers. Coverage, pictures and what is due follow from it, so nothing is written beyond the
// earlier of the two, and nothing at all if they are far apart.
const (
	clockWarn = 10 * time.Minute // apart by more is said
	clockStop = 24 * time.Hour   // apart by more ends the run before it has begun
)

// ErrClock ends a run before it begins: this machine's clock is a day or more from Graph's.
var ErrClock = errors.New("this machine's clock cannot be right")

// withCheckedClock is the runner at the earlier of what counts as now and Graph's time, with a note if a time that was
// given has not come: now can only be set back. Who cannot be asked does not count: then reading fails by itself.
// It says whether Graph has told its time at all.
func (r *Runner) withCheckedClock(ctx context.Context, s plan.Selection) (at *Runner, told bool, notes []plan.Note, err error) {
	if !r.CheckClock {
		return r, true, nil, nil
	}
	next := *r
	for _, t := range s.Tenants {
		client := r.Clients[t.ID]
		if client == nil {
			continue
		}
		theirs, err := client.AskTime(ctx)
		if ctx.Err() != nil {
			return nil, false, nil, ctx.Err()
		}
		if err != nil {
			r.Log.DebugContext(ctx, "Graph does not tell the time", "tenant", t.Name, "error", err)
			continue
		}
		theirs, told = theirs.UTC(), true
		ours := time.Now().UTC() // what counts as now may be a time of a schedule that is past
		if s.Back {
			ours = r.Now.UTC()
		}
		ahead := ours.Sub(theirs)
		switch {
		case s.Back && ahead > clockWarn:
			notes = append(notes, plan.Note{Message: fmt.Sprintf("%s was given as now and has not come: by Graph's clock it is %s in %s, and that was taken",
				ours.Format(time.RFC3339), theirs.Format(time.RFC3339), t.Name)})
		case s.Back:
		case ahead.Abs() > clockStop:
			return nil, false, nil, fmt.Errorf("%w: it shows %s, and Graph's %s; nothing was read or written; set the clock, as by NTP, and run again, or give the time with --now",
				ErrClock, ours.Format(time.RFC3339), theirs.Format(time.RFC3339))
		case ahead.Abs() > clockWarn:
			r.Log.WarnContext(ctx, "this machine's clock is off: set it, as by NTP", "shows", ours, "graph", theirs)
		}
		next.Now = schemas.Earlier(next.Now, theirs)
	}
	return &next, told, notes, nil
}

// atSureTime is the runner at a time by which may be removed what is too old: one that Graph has told, too. A wrong clock
// would remove what nobody has any more. Whoever vouches for this machine's clock gets the time that it shows, at most.
func (r *Runner) atSureTime(ctx context.Context, s plan.Selection, ownClock bool) (*Runner, []plan.Note, error) {
	if ownClock {
		next := *r
		next.Now = schemas.Earlier(r.Now, time.Now().UTC())
		return &next, nil, nil
	}
	at, told, notes, err := r.withCheckedClock(ctx, s)
	if err == nil && !told {
		err = ErrNotTold
	}
	return at, notes, err
}

// ErrNotTold keeps an expire from removing anything by this machine's clock alone.
var ErrNotTold = errors.New("nothing was removed: Graph, which is asked for its time too, has not answered, and this machine's clock alone may be wrong; " +
	"run again when it can be reached, or, if the clock is right, with graphlake expire --own-clock")
