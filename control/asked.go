package control

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"graphlake/jobs"
	"graphlake/jobs/state"
	"graphlake/load"
)

// asked is what the lake remembers of a run that somebody asked for, in an object of its own. Who asks writes it; whoever begins the
// run says so in it, over the version that nobody had begun, so that of several servers one begins it. It names a caller, as the
// configuration does, and no person.
type asked struct {
	Run     string    `json:"run"`
	Asked   time.Time `json:"asked"`
	By      string    `json:"by"`
	Request Request   `json:"request"`
	Tenants []string  `json:"tenants"` // ids of all that it is for

	Begun  time.Time `json:"begun,omitzero"`
	Beat   time.Time `json:"beat,omitzero"` // when the server that runs it last said that it does
	Host   string    `json:"host,omitempty"`
	PID    int       `json:"pid,omitempty"`
	Server string    `json:"server,omitempty"` // which of all servers there ever were has begun it
	Cancel time.Time `json:"cancel,omitzero"`  // when somebody asked for its end

	Ended      time.Time `json:"ended,omitzero"`
	ExitStatus *int      `json:"exit_status,omitempty"`
	BrokenOff  bool      `json:"broken_off,omitempty"` // its server was told to end, or somebody has canceled it, before it had done all
	Error      string    `json:"error,omitempty"`      // why it has no report
}

const (
	// beatEvery is how often a server says of a run that it is at work on it.
	beatEvery = 10 * time.Second
	// beatStale is how old that is of one that has crashed.
	beatStale = time.Minute
	// longestWait is for how long after it was asked for a run may begin.
	longestWait = 24 * time.Hour
)

// State is how far a run is that was asked for.
type State string

// The states of a run. None is final but Ended and Canceled: a server that did not reach the lake, or whose clock is wrong, says late how an
// interrupted run has ended.
const (
	Queued      State = "queued"      // it waits for others, or for a server
	Running     State = "running"     // it has begun
	Ended       State = "ended"       // as its exit status and its report say
	Canceled    State = "canceled"    // somebody has canceled it before it had done all
	Interrupted State = "interrupted" // its server was stopped, or has crashed, before it had done all, or none has begun it within a day: ask again
)

// stateAt is how far the run is at an instant, without what its report says.
func (a asked) stateAt(now time.Time) State {
	switch {
	case !a.Ended.IsZero() && a.BrokenOff && !a.Cancel.IsZero(), a.Begun.IsZero() && !a.Cancel.IsZero():
		return Canceled
	case !a.Ended.IsZero() && a.BrokenOff:
		return Interrupted
	case !a.Ended.IsZero():
		return Ended
	case a.Begun.IsZero() && now.Sub(a.Asked) > longestWait:
		return Interrupted
	case a.Begun.IsZero():
		return Queued
	case now.Sub(a.Beat) > beatStale:
		return Interrupted
	default:
		return Running
	}
}

// key is what makes two requests of a caller one.
type key struct{ caller, person, text string }

func (k key) hash() [sha256.Size]byte {
	return sha256.Sum256(fmt.Appendf(nil, "%q %q %q", k.caller, k.person, k.text))
}

// object holds what was asked for with the key.
func (k key) object() string {
	sum := k.hash()
	return load.AskedKeyObject(hex.EncodeToString(sum[:]))
}

// runID is the id of the run of the key, if it was asked for at an instant.
func (k key) runID(at time.Time) string {
	sum := k.hash()
	return load.NewRun(at, strings.ToLower(base32.StdEncoding.EncodeToString(sum[:10])))
}

// errOtherRequest says that a key came with another request before.
var errOtherRequest = errors.New("the Idempotency-Key came with another request before: use a new one for each")

// writeAsked puts a run that is asked for into the lake, and gives what is there then: with a key that was used before, the run of
// that time, which is not new. A crash between the two objects of a key leaves a run that nobody was told of; who asks again with
// the key goes on with it.
func writeAsked(ctx context.Context, store state.Store, a asked, k key) (there asked, isNew bool, err error) {
	if k.text == "" {
		a.Run = jobs.NewRunID(a.Asked)
		return a, true, a.create(ctx, store, load.AskedObject(a.Run))
	}
	a.Run = k.runID(a.Asked)
	err = a.create(ctx, store, k.object())
	isNew = err == nil
	first := a
	if errors.Is(err, load.ErrConflict) {
		first, _, err = readAsked(ctx, store, k.object())
	}
	switch {
	case err != nil:
		return a, false, err
	case first.Request != a.Request:
		return a, false, errOtherRequest
	}
	err = first.create(ctx, store, load.AskedObject(first.Run))
	if errors.Is(err, load.ErrConflict) { // it was there, or the same key has come once more meanwhile
		first, err = findAsked(ctx, store, first.Run)
	}
	return first, isNew, err
}

// create writes what nobody has written.
func (a asked) create(ctx context.Context, store state.Store, object string) error {
	text, err := json.Marshal(a)
	if err == nil {
		_, err = store.Swap(ctx, object, "", text)
	}
	return err
}

// longestRun is how long an id of a run is at most.
const longestRun = 40

// errNoRun says that nobody has asked for a run.
var errNoRun = errors.New("nobody has asked for such a run")

// findAsked reads what is known of a run, by an id that anybody may have made up.
func findAsked(ctx context.Context, store load.Store, run string) (asked, error) {
	if _, ok := load.TimeOfRun(run); !ok || len(run) > longestRun {
		return asked{}, errNoRun
	}
	a, _, err := readAsked(ctx, store, load.AskedObject(run))
	return a, err
}

func readAsked(ctx context.Context, store load.Store, object string) (a asked, v load.Version, err error) {
	text, v, err := load.ReadObject(ctx, store, object)
	if errors.Is(err, fs.ErrNotExist) {
		return asked{}, "", errNoRun
	}
	if err == nil {
		if err = json.Unmarshal(text, &a); err != nil {
			err = fmt.Errorf("%s does not say what was asked for: %w; remove it, and ask again", object, err)
		}
	}
	return a, v, err
}

// errNoChange ends a change that changes nothing.
var errNoChange = errors.New("nothing is to be changed")

// updateAsked changes what is known of a run, over the version that it has read, and gives it as it is then. After errNoChange it is as it was.
func updateAsked(ctx context.Context, store state.Store, run string, change func(*asked) error) (asked, error) {
	for {
		a, v, err := readAsked(ctx, store, load.AskedObject(run))
		if err != nil {
			return a, err
		}
		if err := change(&a); err != nil {
			return a, err
		}
		text, err := json.Marshal(a)
		if err != nil {
			return a, err
		}
		_, err = store.Swap(ctx, load.AskedObject(run), v, text)
		if err == nil || !errors.Is(err, load.ErrConflict) {
			return a, err
		}
	}
}

// loadAsked reads the runs that were asked for today and the day before, as they were asked for. A damaged one is in the error.
func loadAsked(ctx context.Context, store load.Store, now time.Time, known func(run string) bool) (all []asked, err error) {
	for _, day := range []time.Time{now.Add(-longestWait), now} {
		for info, failed := range store.List(ctx, load.AskedOn(day)) {
			if failed != nil {
				return all, errors.Join(err, fmt.Errorf("list what was asked for: %w", failed))
			}
			run, ok := load.ParseAsked(info.Name)
			if !ok || known(run) {
				continue
			}
			a, failed := findAsked(ctx, store, run)
			if failed != nil {
				err = errors.Join(err, failed)
				continue
			}
			all = append(all, a)
		}
	}
	slices.SortStableFunc(all, func(a, b asked) int { return a.Asked.Compare(b.Asked) })
	return all, err
}
