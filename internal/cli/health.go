package cli

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"graphlake/jobs"
	"graphlake/jobs/clock"
	"graphlake/load"
	"graphlake/notify"
)

// health says whether the data of the jobs is there, to whoever asks and to those who are notified. A probe gets what was found
// out last: it does not wait for the lake, and cannot burden it.
type health struct {
	store    load.Store
	jobs     []clock.Job
	log      *slog.Logger
	notifier *notify.Notifier // nil: nobody is notified
	began    time.Time        // to be watched

	refreshing sync.Mutex
	lag        map[clock.Overdue]time.Time // since when tables lag

	mu       sync.Mutex // of what follows
	found    healthReport
	underWay map[string]time.Time // jobs, since when
}

func newHealth(store load.Store, all []clock.Job, log *slog.Logger) *health {
	return &health{store: store, jobs: all, log: log, began: time.Now(), lag: map[clock.Overdue]time.Time{}, underWay: map[string]time.Time{}}
}

// healthReport is what /healthz answers.
type healthReport struct {
	Status    string          `json:"status"` // ok, late, signed_out, or unknown
	Time      time.Time       `json:"time"`   // when that was found out
	Late      []clock.Overdue `json:"late"`
	SignedOut []clock.SignIn  `json:"signed_out,omitempty"` // whose person has to sign in
	Error     string          `json:"error,omitempty"`

	signIns []clock.SignIn // all of them
}

const (
	refreshEvery = time.Minute
	maxAge       = 10 * time.Minute // after which nothing is known any more: the lake does not answer
	lagGrace     = 30 * time.Minute // for so long a run may leave tables behind raw
)

// watch finds out what is late every minute until the context ends, and notifies of it.
func (h *health) watch(ctx context.Context) {
	tick := time.NewTicker(refreshEvery)
	defer tick.Stop()
	for {
		select {
		case now := <-tick.C:
			h.refresh(ctx, now)
			h.notify(ctx, now)
		case <-ctx.Done():
			return
		}
	}
}

// serve answers until the context ends: with the page, the health, and the metrics. Then what became of it comes by the channel.
func (h *health) serve(ctx context.Context, l net.Listener, metrics http.Handler) <-chan error {
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", newPageServer(h))
	mux.Handle("GET /healthz", h)
	mux.Handle("GET /metrics", metrics)
	server := &http.Server{
		Handler: mux, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 2 * pageTime, MaxHeaderBytes: 16 << 10,
	}
	at, ok := l.Addr().(*net.TCPAddr)
	if ok && at.IP.IsLoopback() {
		h.log.InfoContext(ctx, "serves the page, /healthz and /metrics", "address", l.Addr().String())
	} else {
		h.log.WarnContext(ctx, "serves the page, /healthz and /metrics to whoever can reach the address, for there is no sign-in: they see names of tenants and datasets, and numbers", "address", l.Addr().String())
	}
	done := make(chan error, 1)
	go func() {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			done <- err
		}
		close(done)
	}()
	context.AfterFunc(ctx, func() { _ = server.Close() }) // the process ends: who asks at this moment hears that
	return done
}

// begin notes that a job is at work, until it is ended.
func (h *health) begin(job string) (end func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.underWay[job] = time.Now()
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.underWay, job)
	}
}

// notify tells who has to sign in and what is late, and what no longer is so. A job that is at work has its time before that is told of it, and so, since
// this began, has one of a dataset that nobody has asked for yet: on the first night it may wait for another job, or for its jitter.
func (h *health) notify(ctx context.Context, now time.Time) {
	h.mu.Lock()
	found, judged := h.found, slices.Clone(h.jobs)
	atWork := func(j clock.Job) bool {
		since, ok := h.underWay[j.Name]
		return ok && now.Sub(since) < j.Late
	}
	judged = slices.DeleteFunc(judged, atWork)
	h.mu.Unlock()
	if found.Error != "" {
		return
	}
	late := notify.OfLate(found.Late, judged, func(o clock.Overdue) bool {
		return slices.ContainsFunc(judged, func(j clock.Job) bool {
			return j.Name == o.Job && (o.Tried() || now.Sub(h.began) >= j.Late)
		})
	})
	h.notifier.Tell(ctx, late.And(notify.OfSignIns(found.signIns, now)), now)
}

// notifyOfRun tells what a run of a job has found.
func (h *health) notifyOfRun(ctx context.Context, job string, rep jobs.Report, err error) {
	h.notifier.Tell(ctx, foundByRun(job, rep, err), time.Now())
	h.notify(ctx, time.Now())
}

// refresh finds out what is late, and who has to sign in.
func (h *health) refresh(ctx context.Context, now time.Time) {
	h.refreshing.Lock()
	defer h.refreshing.Unlock()
	now = now.UTC().Truncate(time.Second)
	rep := healthReport{Status: "ok", Time: now, Late: []clock.Overdue{}}
	late, err := clock.Late(ctx, h.store, h.jobs, now)
	if err == nil {
		rep.signIns, err = clock.LoadSignIns(ctx, h.store, ofAll(h.jobs).Tenants)
	}
	switch {
	case err != nil:
		h.log.WarnContext(ctx, "the states in the lake could not be read", "error", err)
		rep.Status, rep.Error = "unknown", "the states in the lake could not be read; the log says why"
	default:
		if rep.Late = append(rep.Late, h.withoutRecentLag(late, now)...); len(rep.Late) > 0 {
			rep.Status = "late"
		}
		if rep.SignedOut = clock.SignedOut(rep.signIns); len(rep.SignedOut) > 0 {
			rep.Status = "signed_out"
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.found = rep
}

// withoutRecentLag leaves out tables that lag only since a while: a run may be at work on them.
func (h *health) withoutRecentLag(late []clock.Overdue, now time.Time) []clock.Overdue {
	before := h.lag
	h.lag = map[clock.Overdue]time.Time{}
	return slices.DeleteFunc(late, func(o clock.Overdue) bool {
		if !o.Tables {
			return false
		}
		o.Due = time.Time{} // the same days lag at the next time of the job
		since, ok := before[o]
		if !ok {
			since = now
		}
		h.lag[o] = since
		return now.Sub(since) < lagGrace
	})
}

// report is what was found out last, as far as it can still be believed.
func (h *health) report() healthReport {
	h.mu.Lock()
	rep := h.found
	h.mu.Unlock()
	if time.Since(rep.Time) > maxAge {
		rep.Status, rep.Error = "unknown", "the lake has not answered since"
	}
	return rep
}

func (h *health) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	rep := h.report()
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	if rep.Status != "ok" {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(rep) // the other side has gone: nobody is left to be told
}
