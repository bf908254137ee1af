package sick

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"graphlake/extract/graph"
	"graphlake/internal/graphsim"
	"graphlake/jobs"
	"graphlake/jobs/audit"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/load/memstore"
	"graphlake/schemas"
)

// The tenant of every life: its first day is a Monday.
var (
	first  = time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)
	tenant = plan.Tenant{Name: "contoso", ID: "4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30"}
)

// before is how long before the first day a reading of everything begins: some events have moved there.
const before = 7 * schemas.Day

// number is the seed as a flag has it.
func (l *life) number() string { return strconv.FormatInt(l.seed, 10) }

// A life is a lake that is read night after night.
type life struct {
	result
	seed     int64
	rand     *rand.Rand
	all      []schemas.Dataset
	now      atomic.Int64 // of the simulator, in seconds since 1970
	options  graphsim.Options
	ill      *graphsim.Tenant
	ever     []graphsim.Illness
	run      func(ctx context.Context, s plan.Selection, now time.Time) []byte // gives the report
	audit    func(ctx context.Context, now time.Time) []byte
	store    load.Store
	dir      string
	reports  [][]byte    // of all runs
	last     []byte      // of the last night
	lately   []time.Time // the nights
	names    names       // what the lake says is not there
	problems []problem
}

type problem struct{ sort, what, table, root string }

func (l *life) tell(sort, format string, args ...any) {
	l.problems = append(l.problems, problem{sort: sort, what: fmt.Sprintf(format, args...)})
}

func newLife(t *testing.T, seed int64) *life {
	l := &life{seed: seed, rand: rand.New(rand.NewPCG(uint64(seed), 1)), dir: t.TempDir()}
	for _, d := range schemas.BuiltIn() {
		if *datasets == "" || strings.Contains(","+*datasets+",", ","+d.Name+",") {
			l.all = append(l.all, d)
		}
	}
	l.options = graphsim.Options{
		Seed: seed, Users: 12, Tenant: tenant.ID, From: first, To: first.AddDate(0, 0, *nights), CallsPerUserDay: 1, Large: 14, Late: 0.2, Moves: 20,
		MessagesPerUserDay: 2, Now: l.simulated, Sick: graphsim.Sick{Seed: seed, Share: 0.04},
	}
	if *kinds != "" {
		l.options.Sick.Kinds = strings.Split(*kinds, ",")
	}
	l.ill = graphsim.New(l.options)
	return l
}

func (l *life) simulated() time.Time { return time.Unix(l.now.Load(), 0).UTC() }

// to moves the simulator's clock, and waits until it is as late for the client.
func (l *life) to(at time.Time) {
	l.now.Store(at.Unix())
	time.Sleep(time.Until(at))
}

// virtual lives in virtual time, in this process.
func (l *life) virtual(t *testing.T) {
	p := l.process(l.ill)
	l.run, l.store = p.run, p.Store
	l.audit = p.audit
	l.live(t, l.to)
}

// live is a life: nights, what happens between them, and at its end the comparison, the healing and
// another comparison.
func (l *life) live(t *testing.T, to func(time.Time)) {
	ctx := t.Context()
	seen := map[string]bool{}
	for n := 1; n <= *nights; n++ {
		at := first.AddDate(0, 0, n)
		if n < *nights && l.rand.IntN(3) == 0 {
			at = at.Add(150 * time.Minute) // the last one is read at the instant up to which all is compared
		}
		if n > 1 && n < *nights && l.rand.IntN(12) == 0 {
			continue // a night that does not come
		}
		to(at)
		for _, i := range l.ill.Illnesses(at) {
			key := strings.Join([]string{i.Kind, i.Dataset, i.ID, i.Parent}, " ")
			if !seen[key] {
				seen[key] = true
				l.sick++
				l.ever = append(l.ever, i)
			}
		}
		l.between(ctx, at, n)
		l.last, l.lately = l.run(ctx, l.night(), at), append(l.lately, at)
		l.reports = append(l.reports, l.last)
		l.nights++
		if t.Failed() || ctx.Err() != nil {
			return
		}
	}
	end := l.simulated()
	want, err := l.reference(ctx, end)
	if err != nil {
		t.Fatal(err)
	}
	earlier := l.lately[len(l.lately)-2]
	yesterday, err := l.reference(ctx, earlier)
	if err != nil {
		t.Fatal(err)
	}
	got, err := l.contents(ctx)
	if err != nil {
		t.Fatal(err)
	}
	states, err := l.states(ctx)
	if err != nil {
		t.Fatal(err)
	}
	l.names = named(states, l.reports, l.last, l.audit(ctx, end))
	l.compare(got, want, yesterday, l.ill.Illnesses(earlier), l.ill.Illnesses(end))

	// In health all is read again, and one more night confirms what is not there any more.
	end = end.AddDate(0, 0, 1)
	l.ill.Heal(end)
	to(end)
	whole := l.night()
	whole.From, whole.To, whole.Believe = first.Add(-before), end, true // whoever looks sees that it is right
	l.reports = append(l.reports, l.run(ctx, whole, end))
	end = end.AddDate(0, 0, 1)
	to(end)
	last := l.night()
	last.Believe = true
	l.reports = append(l.reports, l.run(ctx, last, end))
	l.nights++
	if yesterday, err = l.reference(ctx, end.AddDate(0, 0, -1)); err != nil {
		t.Fatal(err)
	}
	if want, err = l.reference(ctx, end); err != nil {
		t.Fatal(err)
	}
	if got, err = l.contents(ctx); err != nil {
		t.Fatal(err)
	}
	l.compareHealed(got, want, yesterday)
}

// night is what a night reads.
func (l *life) night() plan.Selection {
	return plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: l.all}
}

// between is what happens before a night: a run with a clock that is wrong, and a range that is read again.
func (l *life) between(ctx context.Context, at time.Time, n int) {
	if n > 1 && l.rand.IntN(6) == 0 && *clocks {
		wrong := []time.Time{at.AddDate(0, 0, 40), at.AddDate(0, 0, -2)}[l.rand.IntN(2)]
		s := l.night()
		s.Back = true // as --now is
		l.reports = append(l.reports, l.run(ctx, s, wrong))
	}
	if n > 1 && l.rand.IntN(3) == 0 {
		s := l.night()
		from := l.rand.IntN(n - 1)
		s.From = first.AddDate(0, 0, from)
		s.To = s.From.AddDate(0, 0, 1+l.rand.IntN(n-from))
		if k := l.rand.IntN(len(l.all)); l.rand.IntN(2) == 0 {
			s.Datasets = l.all[k : k+1]
		}
		if s.To.After(at) {
			s.To = at.Truncate(schemas.Day)
		}
		l.reports = append(l.reports, l.run(ctx, s, at))
	}
}

// reference is a lake that was read at once, at an instant, from the same tenant in health.
func (l *life) reference(ctx context.Context, at time.Time) (contents, error) {
	o := l.options
	o.Sick.Heal = first
	o.Now = func() time.Time { return at }
	well := l.process(graphsim.New(o))
	s := l.night()
	s.From, s.To, s.Back = first.Add(-before), at, true
	report := well.run(ctx, s, at)
	var said jobs.Report
	if err := json.Unmarshal(report, &said); err != nil {
		return nil, err
	}
	for _, u := range said.Units {
		if u.Error != nil || u.Behind > 0 || u.Quarantined > 0 {
			return nil, fmt.Errorf("seed %d: the healthy tenant is not read whole: %s of %s: %+v", l.seed, u.Dataset, u.From.Format(time.DateOnly), u.Error)
		}
	}
	return read(ctx, well.Store, l.all)
}

func (l *life) contents(ctx context.Context) (contents, error) { return read(ctx, l.store, l.all) }

// states are the states of the datasets, as JSON.
func (l *life) states(ctx context.Context) (map[string][]byte, error) {
	all := map[string][]byte{}
	for _, d := range l.all {
		st, err := state.Load(ctx, l.store, state.Pair{TenantID: tenant.ID, Dataset: d.Name})
		if err != nil {
			return nil, err
		}
		if all[d.Name], err = json.Marshal(st); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// A process is a Runner with a simulator in the same process.
type process struct {
	jobs.Runner
	life *life
	wire *wire
}

func (l *life) process(sim *graphsim.Tenant) *process {
	w := &wire{handler: sim}
	client, err := graph.New(graph.Options{
		Endpoint: "http://127.0.0.1:1", Token: graph.StaticToken{Secret: "t"}, Rate: 1e6, Transport: w,
	})
	if err != nil {
		panic(err)
	}
	store := memstore.New()
	return &process{life: l, wire: w, Runner: jobs.Runner{
		Store: store, Lake: load.New(store, l.dir), Clients: map[string]*graph.Client{tenant.ID: client}, Log: slog.New(slog.DiscardHandler),
	}}
}

// mostRequests of a run are let through. More only come from one that has no end.
const mostRequests = 30_000

func (p *process) run(ctx context.Context, s plan.Selection, now time.Time) []byte {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	p.wire.left.Store(mostRequests)
	p.wire.end = cancel
	r := p.Runner
	r.Now, r.CheckClock = now, true // Graph's clock is the simulator's, and this machine's is virtual
	report, err := r.Run(ctx, s)
	if p.wire.left.Load() < 0 {
		p.life.unnamed++
		p.life.tell("a run without end", "more than %d requests, last to %s", mostRequests, p.wire.last.Load())
	}
	text, marshal := json.Marshal(report)
	if err = errors.Join(err, marshal); err != nil {
		return fmt.Appendf(nil, `{"error":%q}`, err)
	}
	return text
}

func (p *process) audit(ctx context.Context, now time.Time) []byte {
	a := audit.Auditor{Store: p.Store, Now: now, Log: p.Log}
	found, err := a.Audit(ctx, p.life.night())
	text, marshal := json.Marshal(found)
	if err = errors.Join(err, marshal); err != nil {
		p.life.tell("no audit", "%v", err)
	}
	return text
}

// A wire is a connection without a network: the handler's answer is the client's.
type wire struct {
	handler http.Handler
	left    atomic.Int64
	end     context.CancelFunc
	last    atomic.Value
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	if w.left.Add(-1) < 0 {
		w.last.Store(r.URL.Path)
		w.end()
		return nil, context.Canceled
	}
	in := r.Clone(r.Context())
	in.Header.Del("Accept-Encoding") // compression is another trial's
	in.Host = r.URL.Host
	in.RequestURI = r.URL.RequestURI()
	if in.Body == nil {
		in.Body = http.NoBody
	}
	a := &answer{header: http.Header{}}
	w.handler.ServeHTTP(a, in)
	_ = in.Body.Close()
	body := io.Reader(bytes.NewReader(a.body.Bytes()))
	length := int64(a.body.Len())
	if text := a.header.Get("Content-Length"); text != "" {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil && n > length {
			length, body = n, io.MultiReader(body, broken{})
		}
	}
	return &http.Response{
		StatusCode: a.status, Status: http.StatusText(a.status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: a.header, Body: io.NopCloser(body), ContentLength: length, Request: r,
	}, nil
}

// An answer collects what a handler writes.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

func (a *answer) Write(b []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(b)
}

// broken is what is read of a connection that has ended too early.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
