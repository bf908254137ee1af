package cli

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"go.opentelemetry.io/otel/metric"
	nometric "go.opentelemetry.io/otel/metric/noop"

	"graphlake/extract/graph"
	"graphlake/jobs"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load/lane"
	"graphlake/notify"
)

// Engine is what a program needs that runs tenants by an engine of its own, in the same lake and by the same configuration
// as the command: the tenants, the jobs, and the runners of their runs. What is due, what a failure means and how long the
// lake keeps anything is decided where it is for the command. It is safe for concurrent use.
type Engine struct {
	setup    *setup // its runner has no clients
	notifier *notify.Notifier

	mu      sync.Mutex
	clients map[string]*graph.Client // guarded by mu: by the tenant's id, of those that were asked for
}

// EngineOptions are the flags of the command that hold for such a program too.
type EngineOptions struct {
	Config, Lake, LogFormat string
	Quiet                   bool
	Stderr                  io.Writer
	// Patience is how long a request waits between all its tries, at most; 0 is the usual time. The engine tries again.
	Patience time.Duration
	// Scraped keeps metrics for whoever asks [Engine.Metrics].
	Scraped bool
}

// Configure reads the configuration, and nothing else: of what it gives, LakeName, Tenants, Jobs, Selection and Log work.
// It needs neither the lake nor a secret.
func Configure(o EngineOptions) (*Engine, error) {
	c := &command{
		Config: cmp.Or(o.Config, defaultConfig), Lake: o.Lake, LogFormat: cmp.Or(o.LogFormat, "auto"), Quiet: o.Quiet,
		stdout: io.Discard, stderr: newScreen(o.Stderr), scraped: o.Scraped,
	}
	cfg, err := c.configuration()
	if err != nil {
		return nil, err
	}
	cfg.patience = o.Patience
	e := &Engine{setup: &setup{command: c, config: cfg, telemetry: &telemetry{}}, clients: map[string]*graph.Client{}}
	e.setup.runner.Log = c.logger()
	cfg.budgets = map[string]*graph.Budgets{}
	for _, t := range cfg.Tenants {
		cfg.budgets[t.TenantID] = graph.NewBudgets(cfg.Graph.Rate, 0)
		e.setup.tenants = append(e.setup.tenants, t.planned())
	}
	return e, nil
}

// NewEngine reads the configuration and opens the lake for all tenants and datasets, which it makes where there is none. It
// asks Graph nothing, and no tenant's secret is read. It has to be closed.
func NewEngine(ctx context.Context, o EngineOptions) (*Engine, error) {
	e, err := Configure(o)
	if err != nil {
		return nil, err
	}
	if e.setup, err = e.setup.command.newSetup(e.setup.config, e.setup.tenants); err != nil {
		return nil, err
	}
	if err := e.setup.open(ctx, e.setup.config.set); err != nil {
		return nil, err
	}
	e.notifier = e.setup.config.notifier(ctx, e.setup.runner.Store, e.setup.runner.Log)
	return e, nil
}

// Close sends the telemetry that was not sent yet.
func (e *Engine) Close(ctx context.Context) { e.setup.close(ctx) }

// Log writes as the command does: a line under the context of a run has its id, and texts of others are made printable.
func (e *Engine) Log() *slog.Logger { return e.setup.runner.Log }

// Store is where the lake is.
func (e *Engine) Store() state.Store { return e.setup.runner.Store }

// Metrics are what the command's /metrics are, if they are kept; nil: they are not.
func (e *Engine) Metrics() http.Handler { return e.setup.telemetry.scrape }

// Meter is for what the engine itself counts, beside what the product does, under the name of its package.
func (e *Engine) Meter(name string) metric.Meter {
	return cmp.Or[metric.MeterProvider](e.setup.telemetry.meters, nometric.NewMeterProvider()).Meter(name)
}

// Tenants are all that are configured.
func (e *Engine) Tenants() []plan.Tenant { return slices.Clone(e.setup.tenants) }

// notInNames is what a name of a lake does not have.
var notInNames = regexp.MustCompile(`[^A-Za-z0-9._]+`)

// LakeName tells the lake from others where one engine serves several: as calls-prod-1f0c9ad2, by its place. Whoever has a
// directory under another path calls it otherwise.
func (e *Engine) LakeName() string {
	c := e.setup.config
	place, err := filepath.Abs(c.Lake)
	account, short := "", filepath.Base(place)
	if err != nil { // where nobody knows in which directory this is
		place = c.Lake
	}
	if c.inBlobStorage() {
		place, account = strings.TrimRight(c.Lake, "/"), strings.TrimRight(c.Azure.AccountURL, "/")
		short = strings.TrimPrefix(place, "az://")
	}
	sum := sha256.Sum256([]byte(account + "\n" + place))
	short = strings.Trim(notInNames.ReplaceAllString(short, "-"), "-")
	return cmp.Or(short, "lake") + "-" + hex.EncodeToString(sum[:4])
}

// EngineJob is a job of the configuration.
type EngineJob struct {
	Name     string
	Schedule string // in the form of cron; empty: it has no times of its own
	Timezone string // of the schedule; empty: UTC
	Jitter   time.Duration
	Late     time.Duration // how long after its time its data may not be there
	Datasets []string      // that it names
	Reads    bool          // it asks Graph for datasets; else it only removes
	Removes  bool          // at its end, or instead of reading: what Tidy does
}

// Jobs are those of the configuration, by their names.
func (e *Engine) Jobs() []EngineJob {
	var all []EngineJob
	for _, name := range slices.Sorted(maps.Keys(e.setup.config.Jobs)) {
		j := e.setup.config.Jobs[name]
		all = append(all, EngineJob{
			Name: name, Schedule: j.Schedule, Timezone: j.Timezone, Jitter: time.Duration(j.Jitter), Late: j.late(),
			Datasets: slices.Clone(j.Datasets), Reads: len(j.Datasets) > 0, Removes: j.Expire || j.Vacuum,
		})
	}
	return all
}

// EngineAsk is what is to be read of a tenant, as by the flags of graphlake run.
type EngineAsk struct {
	Tenant   string
	Job      string   // whose datasets and lookback; empty: the datasets of all jobs, and each dataset's own lookback
	Datasets []string // instead of these
	From, To time.Time
	Now      time.Time
	Back     bool // now was set back
	Yes      bool // however much is due
}

// Selection is what a run of it reads. It removes nothing at its end: [Engine.Tidy] does, once for all tenants.
func (e *Engine) Selection(a EngineAsk) (plan.Selection, error) {
	job, err := e.job(a.Job)
	if err != nil {
		return plan.Selection{}, err
	}
	if a.Tenant == "" {
		return plan.Selection{}, usage(errors.New("an engine reads one tenant at a time: name it"))
	}
	s := selection{From: moment{instant: instant{a.From}}, To: moment{instant: instant{a.To}}, Now: instant{a.Now}}
	s.Tenant, s.Dataset = a.Tenant, a.Datasets
	if len(a.Datasets) == 0 {
		s.Job = a.Job
	}
	sel, err := s.of(e.setup.config)
	if err == nil {
		err = forSomebody(sel, a.Datasets)
	}
	if err == nil && len(sel.Datasets) == 0 {
		err = usage(fmt.Errorf("the job %q reads nothing, it only removes", a.Job))
	}
	sel.Lookback, sel.Back, sel.Yes = time.Duration(job.Lookback), a.Back, a.Yes
	return sel, err
}

// job is the one of that name; the zero job of none.
func (e *Engine) job(name string) (jobConfig, error) {
	j, known := e.setup.config.Jobs[name]
	if name != "" && !known {
		return j, e.setup.config.noJob(name)
	}
	return j, nil
}

// Runner is that of one run of a tenant, at what counts as now. All of them share the tenant's client of Graph, and with it
// the budgets: it is made when it is first asked for, so that a tenant whose secret is missing fails alone, and may be
// asked for again. One that refused everything has another client from then on, see [Engine.Ended].
func (e *Engine) Runner(tenant plan.Tenant, now time.Time) (*jobs.Runner, error) {
	client, err := e.client(tenant)
	if err != nil {
		return nil, err
	}
	r := e.setup.at(now)
	r.Clients = map[string]*graph.Client{tenant.ID: client}
	return r, nil
}

// ReplayRunner is one that asks Graph nothing.
func (e *Engine) ReplayRunner(now time.Time) *jobs.Runner { return e.setup.at(now) }

func (e *Engine) client(tenant plan.Tenant) (*graph.Client, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if client := e.clients[tenant.ID]; client != nil {
		return client, nil
	}
	made, err := e.setup.config.clients([]plan.Tenant{tenant}, e.setup.runner.Log)
	if err != nil {
		return nil, err
	}
	if made[tenant.ID] == nil {
		return nil, e.setup.config.noTenant(tenant.Name)
	}
	e.clients[tenant.ID] = made[tenant.ID]
	return made[tenant.ID], nil
}

// forget lets the next runner of a tenant have another client.
func (e *Engine) forget(tenant plan.Tenant) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.clients, tenant.ID)
}

// refusesAll reports whether a tenant has let nothing be read for what it was asked with.
func refusesAll(tenant plan.Tenant, rep jobs.Report) (all bool) {
	for _, u := range rep.Units {
		if u.Tenant != tenant.Name {
			continue
		}
		if u.Error == nil || u.Error.Kind != graph.Unauthorized.String() {
			return false
		}
		all = true
	}
	return all
}

// Ended tells telemetry how far the datasets of these tenants are, and who is notified what a run of them has found, which
// has ended with a report, an error, or both. What is late, NotifyOfLate tells. A tenant that refused everything is signed in to
// anew by its next run, with what its files and variables have by then: nobody has to restart a worker for a new certificate.
func (e *Engine) Ended(ctx context.Context, job string, tenants []plan.Tenant, rep jobs.Report, err error) {
	for _, t := range tenants {
		if refusesAll(t, rep) {
			e.forget(t)
		}
	}
	e.setup.telemetry.observe(ctx, e.setup.config, e.setup.runner.Store, tenants)
	if len(e.setup.config.Notify) == 0 {
		return
	}
	e.notifier.Tell(ctx, foundByRun(job, rep, err).And(e.setup.signIns(ctx, tenants)), time.Now())
}

// NotifyOfLate tells who is notified what is late of all scheduled jobs, and of all tenants.
func (e *Engine) NotifyOfLate(ctx context.Context, now time.Time) {
	if len(e.setup.config.Notify) == 0 {
		return
	}
	found := e.setup.late(ctx, now)
	e.notifier.Tell(ctx, found.And(e.setup.signIns(ctx, e.setup.tenants)), time.Now())
}

// Tidy does what a job does at its end, or instead of reading, for the whole lake: removes what is older than it keeps, and
// what no reader of the Delta tables needs any more. Did says that the job does so at all.
func (e *Engine) Tidy(ctx context.Context, job string, now time.Time) (rep jobs.Report, did bool, err error) {
	j, err := e.job(job)
	if err != nil {
		return rep, false, err
	}
	if !j.Expire && !j.Vacuum {
		return rep, false, nil
	}
	sel, err := e.setup.config.everything(tenantChoice{}, j.Vacuum)
	if err == nil && len(j.Datasets) > 0 {
		of := sel
		sel, err = selection{choice: choice{Job: job}}.of(e.setup.config)
		sel.KeepRuns, sel.Vacuum = of.KeepRuns, j.Vacuum
	}
	if err != nil {
		return rep, true, err
	}
	sel.Back = time.Since(now) > setBack
	r := e.setup.at(now)
	if !j.Expire {
		rep, err = r.Vacuum(ctx, sel, jobs.VacuumOptions{OlderThan: lane.KeepVersions, Compact: true})
		return rep, true, err
	}
	r.Clients = map[string]*graph.Client{} // they are asked for Graph's time alone, which takes no token
	for _, t := range sel.Tenants {
		if client, err := e.client(t); err == nil { // else others tell it
			r.Clients[t.ID] = client
		}
	}
	rep, err = r.Expire(ctx, sel, jobs.ExpireOptions{Whole: len(j.Datasets) == 0})
	return rep, true, err
}

// setBack is how long ago what counts as now is at least where it was set back by hand, and is no time that a job was planned for
// and that its run has come to late.
const setBack = 12 * time.Hour

// EngineCheck is what graphlake check has found of a tenant.
type EngineCheck struct {
	ExitStatus int
	Needs      []string // permissions by their names, and for what else is missing what [NeedOf] says
}

// Check tries what reading a tenant takes, for the datasets of all jobs: its sign-in, its permissions, each dataset, and the
// lake. It signs in anew, with what was consented to since; what it asks counts in the budgets of the tenant's runs. The error is one of the configuration, by which nothing was tried.
func (e *Engine) Check(ctx context.Context, tenant string) (EngineCheck, error) {
	tenants, err := tenantChoice{Tenant: tenant}.tenants(e.setup.config)
	if err != nil {
		return EngineCheck{}, err
	}
	all, err := datasets(nil, e.setup.config)
	if err != nil {
		return EngineCheck{}, usage(err)
	}
	rep := e.setup.config.checkReading(ctx, tenants, all, e.setup.runner.Log)
	return EngineCheck{ExitStatus: rep.conclude(), Needs: rep.needs()}, nil
}

// needs are what the report finds missing, each once: names of permissions first.
func (r *checkReport) needs() (all []string) {
	add := func(need string) {
		if need != "" && !slices.Contains(all, need) {
			all = append(all, need)
		}
	}
	for _, t := range r.Tenants {
		lacks := false
		for _, p := range t.Permissions {
			if p.State == missing {
				add(string(p.Permission))
				lacks = true
			}
		}
		add(t.need())
		for _, d := range t.Datasets {
			if !lacks || !d.refused { // else the permissions say it
				add(d.need())
			}
		}
	}
	if r.Privacy.Error != nil {
		add("the lake's rules of privacy, and the key of its pseudonyms, as the lake was begun with them: see graphlake check")
	}
	if r.Lake.Error != nil {
		add("a lake that can be written to: see graphlake check")
	}
	return all
}

// need is what is needed against what was found, if something was.
func (f finding) need() string {
	if f.Error == nil {
		return ""
	}
	return NeedOf(f.Error.Kind)
}

// needOfKind is what is needed against errors, by their kinds as reports have them. It names nobody, and is fit to be kept anywhere.
var needOfKind = map[string]string{
	"usage":            "a configuration without the error that graphlake check shows",
	"misconfigured":    "a configuration without the error that graphlake check shows",
	"clock":            "a clock of the worker that is right: set it, as by NTP",
	"unauthorized":     "credentials that Entra accepts, and the permission for the dataset, with admin consent: see graphlake check",
	"forbidden":        "credentials that Entra accepts, and the permission for the dataset, with admin consent: see graphlake check",
	"no access policy": "an application access policy of Teams for the organizers, which an administrator grants in PowerShell",
	"signed_out":       "that the person of the tenant signs in again: graphlake sign-in",
	"nobody":           "people or groups in privacy.exclude that the tenant knows",
	"off":              "a license, or a switch of its administrators, that the tenant lacks; or a job without the dataset",
	"no attribution":   "that an administrator allows speaker attribution in the Teams admin center",
	"throttled":        "a lower graph.rate, or more time: Graph wants fewer requests",
	"unavailable":      "that Graph, Entra and the lake can be reached: try again later",
	"incomplete":       "whole answers of Graph: try again later",
	"locked":           "that the other run that works on the dataset ends",
	"conflict":         "that no other program writes to the dataset's part of the lake",
	"foreign table":    "a lake whose Delta tables nobody else writes to: see docs/runbook.md",
	"bad record":       "a look into quarantine: too many records of a day cannot be read",
	"rejected":         "a look at the report of the run: Graph takes the request for wrong",
	"malformed":        "a look at the report of the run: the pages of an answer have no end",
	"failed":           "a look at the report of the run, or into the log of the worker",
}

// NeedOf is what is needed against an error of a kind, as one sentence of ours; empty where nothing is.
func NeedOf(kind string) string {
	switch kind {
	case "", "interrupted":
		return ""
	}
	return cmp.Or(needOfKind[kind], needOfKind["failed"])
}

// ExitStatus is that of a command that ends with the error.
func ExitStatus(err error) int { return exitStatus(err) }

// ReportStatus is that of a command that has ended with a report, or with an error.
func ReportStatus(rep jobs.Report, err error) int { return reportStatus(rep, err) }

// KindOf is the kind of an error by which no run has begun, in the words of reports, with usage and clock besides; empty of
// no error.
func KindOf(err error) string {
	switch status := exitStatus(err); {
	case err == nil:
		return ""
	case errors.Is(err, jobs.ErrClock), errors.Is(err, jobs.ErrNotTold):
		return "clock"
	case status == ExitUsage:
		return "usage"
	default:
		kind := jobs.KindOf(err)
		if kind == "failed" && status == ExitLater {
			return "unavailable"
		}
		return kind
	}
}
