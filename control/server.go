package control

import (
	"context"
	_ "embed" // of the description
	"errors"
	"log/slog"
	"net/http"
	"path"
	"sync/atomic"
	"time"

	"graphlake/control/bearer"
	"graphlake/internal/foreign"
	"graphlake/jobs"
	"graphlake/jobs/clock"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
)

// Options are what a server needs of the command that starts it.
type Options struct {
	Store   state.Store
	Tenants []plan.Tenant // that are configured
	Callers Callers
	Longest time.Duration // of a range that is asked for
	Rate    int           // requests of one caller in a second; 0: 10
	// Select says what a choice means in the configuration. What is wrong with it, the error says to the caller: it names nothing
	// that is another's.
	Select func(Choice) (plan.Selection, error)
	// Execute makes the run of that id until it has ended, and breaks it off when ctx ends.
	Execute func(ctx context.Context, run string, sel plan.Selection) Result
	// Status is how the lake stands in what is selected.
	Status func(ctx context.Context, sel plan.Selection, now time.Time) (clock.Status, error)
	// ExitStatus is that of a command that has ended with a report, or with an error.
	ExitStatus func(jobs.Report, error) int
	Host       string // where the server runs
	PID        int
	Log        *slog.Logger
	Now        func() time.Time // nil: the present
}

// Callers say who asks. What is not a [bearer.RefusedError] means that it cannot be said now.
type Callers interface {
	Caller(ctx context.Context, header http.Header) (bearer.Caller, error)
}

// Result is what became of a run.
type Result struct {
	Report     jobs.Report // without an id if the run has not begun
	ExitStatus int
	Error      string // why there is no report; empty: there is one
}

// usualRate is how many requests of a caller are answered in a second.
const usualRate = 10

// Server is the control API. Begin with [Server.BeginRuns]; meanwhile it may [Server.Serve].
type Server struct {
	options  Options
	queue    *queue
	health   health
	mux      *http.ServeMux
	limits   limits
	requests perSecond    // of callers, by their names
	refused  perSecond    // that the log has a line of
	unseen   atomic.Int64 // that it has none of, since its last one
}

// New makes a server. It begins nothing before BeginRuns.
func New(o Options) *Server {
	if o.Now == nil {
		o.Now = func() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }
	}
	if o.Rate == 0 {
		o.Rate = usualRate
	}
	s := &Server{options: o, mux: http.NewServeMux(), limits: usualLimits}
	s.queue = newQueue(s)
	s.mux.HandleFunc("POST /v1/runs", s.guarded("ask for a run", s.askRun))
	s.mux.HandleFunc("GET /v1/runs/{run}", s.guarded("look at a run", s.getRun))
	s.mux.HandleFunc("POST /v1/runs/{run}/cancel", s.guarded("cancel a run", s.cancelRun))
	s.mux.HandleFunc("GET /v1/status", s.guarded("status", s.getStatus))
	s.mux.HandleFunc("GET /v1/coverage", s.guarded("coverage", s.getCoverage))
	s.mux.HandleFunc("GET /v1/openapi.json", getOpenAPI)
	s.mux.HandleFunc("GET /healthz", s.getHealth)
	return s
}

// BeginRuns begins the runs that are asked for until ctx ends, and returns when those under way have ended too. They are broken off when
// graceful ends.
func (s *Server) BeginRuns(ctx, graceful context.Context) { s.queue.run(ctx, graceful) }

// Handler answers requests.
func (s *Server) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, pattern := s.mux.Handler(r)
		if pattern == "" || r.URL.Path != path.Clean(r.URL.Path) {
			s.nothing(w, r)
			return
		}
		s.mux.ServeHTTP(w, r)
	})
}

// nothing answers what no route is for.
func (s *Server) nothing(w http.ResponseWriter, r *http.Request) {
	h, pattern := s.mux.Handler(r)
	other := &headOnly{header: http.Header{}, status: http.StatusOK}
	if pattern == "" {
		h.ServeHTTP(other, r)
	}
	if allow := other.header.Get("Allow"); allow != "" && other.status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", allow)
		problem(w, http.StatusMethodNotAllowed, "")
		return
	}
	problem(w, http.StatusNotFound, "")
}

// headOnly takes an answer without its body.
type headOnly struct {
	header http.Header
	status int
}

func (h *headOnly) Header() http.Header         { return h.header }
func (h *headOnly) WriteHeader(status int)      { h.status = status }
func (h *headOnly) Write(b []byte) (int, error) { return len(b), nil }

// openAPI describes the control API, in version 3.1 of OpenAPI.
//
//go:embed openapi.json
var openAPI []byte

func getOpenAPI(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(openAPI) // the other side has gone: nobody is left to be told
}

// away answers when the lake does not.
func (s *Server) away(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() == nil || !errors.Is(err, context.Canceled) {
		s.options.Log.ErrorContext(r.Context(), "request could not be answered", "error", foreign.Printable(err.Error()))
	}
	w.Header().Set("Retry-After", "30")
	problem(w, http.StatusServiceUnavailable, "the lake does not answer; ask again later")
}
