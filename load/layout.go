package load

// The names of all objects of a lake. Nobody else spells one, nor a prefix or a pattern of some.
//
//	lake.json                                                     what holds for the whole lake; the first run writes it, once
//	raw/<dataset>/tenant_id=<id>/dt=<date>/<dataset>.parquet      records; a unit replaces it, under the lock of its dataset
//	tables/<table>/tenant_id=<id>/dt=<date>/<table>.parquet       rows; replaced after raw, children before their root
//	quarantine/<dataset>/tenant_id=<id>/dt=<date>/<dataset>.parquet   records that could not be read; replaced with the tables
//	state/<tenant id>/<dataset>.json                              cursor, coverage, dirty days; swapped at each step of a unit
//	state/<tenant id>/<dataset>.behind-<hash>.json                who is behind, if many; written before the state that names it, removed after
//	state/<tenant id>/<dataset>.days.json                         what is held of each day, for readers; the end of each run writes it
//	state/<tenant id>/<dataset>.lock                              the lock; whoever works on the dataset holds it
//	state/<tenant id>/sign-in.json                                when the person's tokens were renewed last, and whether Graph refuses them; whoever renews them swaps it
//	state/<tenant id>/sign-in.lock                                the lock of the person's tokens; who renews them, or signs in or out, holds it
//	state/<tenant id>/engine-worker.json                          what leads to the worker of an engine that has the tenant; it swaps it after it has the lock, and empties it before it lets go
//	state/<tenant id>/engine-worker.lock                          the lock of the tenant among the workers of an engine; who asks Graph for it holds it, besides those of datasets
//	state/running/<run>.json                                      whose locks they are and how far the run is; it replaces it every while, and removes it at its end
//	state/declared/<dataset>.json                                 columns of a declared dataset; a run or replay swaps it before it writes others
//	state/notified.json                                           who was told of what; a run or schedule that notifies swaps it before and after it sends
//	state/check/<random>.txt                                      written, read and removed by a check
//	runs/dt=<date>/<run>.json                                     the report of a run; its end writes it, once
//	control/<run>.json                                            a run that somebody asked the control API for; swapped by who asks, who begins it, while it runs, who cancels it, and at its end
//	control/keys/<hash>.json                                      the same as it was asked for with an Idempotency-Key; written once, before it
//	erased.json                                                   who was erased, as salted hashes; swapped before anything of somebody goes
//	erased/<proof>.json                                           what a search for somebody who was erased has found; written once
//	.staging/…                                                    on a disk only: drafts, until they are committed or the next process removes them
//
// Those of Delta tables are in layoutdelta.go. A file of any other name is none of the lake's: no reader is told to read
// it, and no run counts it.

import (
	"fmt"
	"path"
	"strings"
	"time"
)

// Kind is a part of the lake that holds partitions.
type Kind string

// The kinds: records as they were sent, typed rows, and records that could not be read.
const (
	Raw        Kind = "raw"
	Tables     Kind = "tables"
	Quarantine Kind = "quarantine"
)

// Settings is the object of what holds for the whole lake.
const Settings = "lake.json"

// Staging is the directory of drafts on a disk. Its dot keeps it from the names of objects.
const Staging = ".staging"

// Erased is the object of who was erased.
const Erased = "erased.json"

// States, Reports and Proofs begin the names of all states, of the reports of all runs, and of the proofs that somebody
// was erased.
const (
	States  = "state/"
	Reports = "runs/"
	Proofs  = "erased/"
)

// Asked begins the names of what was asked of the control API, and AskedKeys those of what was asked for with a key.
const (
	Asked     = "control/"
	AskedKeys = Asked + "keys/"
)

const (
	tenantPart = TenantColumn + "="
	datePart   = DateColumn + "="
	extension  = ".parquet"
	document   = ".json"
	ofDays     = ".days" + document

	signIn       = "sign-in" // no dataset is called so: a dash is in no name of one
	engineWorker = "engine-worker"
)

// AnyTenant matches ids of tenants and AnyDate dates, for readers whose patterns have classes; in others a star stands
// for each. Not all that AnyDate matches is a date.
const (
	AnyTenant = hex4 + hex4 + "-" + hex4 + "-" + hex4 + "-" + hex4 + "-" + hex4 + hex4 + hex4
	AnyDate   = "[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]"

	hex4 = "[0-9a-f][0-9a-f][0-9a-f][0-9a-f]"
)

// IsTenant reports whether a tenant's directory may be called so.
func IsTenant(id string) bool {
	matched, err := path.Match(AnyTenant, id)
	return matched && err == nil
}

// Under begins the names of all partitions of the kind.
func (k Kind) Under() string { return string(k) + "/" }

// Of begins the names of the partitions of a table or dataset.
func (k Kind) Of(name string) string { return k.Under() + name + "/" }

// Files is a pattern of the partitions of a table or dataset, in which tenants stands for the tenant and dates for the date.
func (k Kind) Files(name, tenants, dates string) string {
	return k.Of(name) + tenantPart + tenants + "/" + datePart + dates + "/" + name + extension
}

// Partition is one tenant's day of a table, or of a dataset in raw and quarantine. It is one file.
type Partition struct {
	Kind     Kind
	Name     string // of the table or dataset
	TenantID string
	Date     time.Time // a midnight in UTC
}

// Object is the partition's name in the store,
// as tables/calls/tenant_id=ID/dt=2026-11-22/calls.parquet.
func (p Partition) Object() string {
	return path.Join(string(p.Kind), p.Name, tenantPart+p.TenantID, datePart+p.Date.UTC().Format(time.DateOnly), p.Name+extension)
}

func (p Partition) String() string { return p.Object() }

// ParsePartition is the inverse of [Partition.Object]; anything else is no partition.
func ParsePartition(object string) (Partition, bool) {
	parts := strings.Split(object, "/")
	if len(parts) != 5 {
		return Partition{}, false
	}
	date, err := time.Parse(time.DateOnly, strings.TrimPrefix(parts[3], datePart))
	p := Partition{Kind: Kind(parts[0]), Name: parts[1], TenantID: strings.TrimPrefix(parts[2], tenantPart), Date: date}
	known := p.Kind == Raw || p.Kind == Tables || p.Kind == Quarantine
	return p, known && err == nil && p.TenantID != "" && CheckName(object) == nil && p.Object() == object
}

// check refuses a partition whose file would not be found again.
func (p Partition) check() error {
	if got, ok := ParsePartition(p.Object()); !ok || !got.Date.Equal(p.Date) || got.Name != p.Name || got.TenantID != p.TenantID {
		return fmt.Errorf("no partition: %q of %q, tenant %q at %v: want a name, a tenant id and a midnight in UTC",
			p.Kind, p.Name, p.TenantID, p.Date)
	}
	return nil
}

// Surroundings is where an object lies that is among partitions and is none: their kind and name, and the
// tenant's and the day's directory, as far as it lies in such. A directory of no day has the zero date.
func Surroundings(object string) (p Partition) {
	parts := strings.Split(object, "/")
	p.Kind = Kind(parts[0])
	if len(parts) < 3 {
		return p
	}
	p.Name = parts[1]
	for _, part := range parts[2 : len(parts)-1] {
		if id, ok := strings.CutPrefix(part, tenantPart); ok {
			p.TenantID = id
		}
		if date, ok := strings.CutPrefix(part, datePart); ok {
			p.Date, _ = time.Parse(time.DateOnly, date)
		}
	}
	return p
}

// StateObject holds the state of a dataset of a tenant.
func StateObject(tenantID, dataset string) string {
	return States + tenantID + "/" + dataset + document
}

// ParseState is the inverse of [StateObject]; anything else is no state.
func ParseState(object string) (tenantID, dataset string, ok bool) {
	parts := strings.Split(object, "/")
	if len(parts) != 3 {
		return "", "", false
	}
	tenantID, dataset = parts[1], strings.TrimSuffix(parts[2], document)
	called := dataset != signIn && dataset != engineWorker && !strings.Contains(dataset, ".")
	return tenantID, dataset, called && IsTenant(tenantID) && StateObject(tenantID, dataset) == object
}

// SignInObject holds when the person who is signed in to a tenant was renewed last.
func SignInObject(tenantID string) string { return StateObject(tenantID, signIn) }

// SignInLock is the name of the lock of the tokens of the person who is signed in to a tenant.
func SignInLock(tenantID string) string { return LockObject(tenantID, signIn) }

// EngineWorkerObject holds what leads to the worker of an engine that has a tenant.
func EngineWorkerObject(tenantID string) string { return StateObject(tenantID, engineWorker) }

// EngineWorkerLock is the name of the lock of a tenant among the workers of an engine.
func EngineWorkerLock(tenantID string) string { return LockObject(tenantID, engineWorker) }

// BehindObject holds the list of who is behind that a state names, by the hash of its text.
func BehindObject(tenantID, dataset, hash string) string {
	return BehindObjects(tenantID, dataset) + hash + document
}

// BehindObjects begins the names of all such lists of a dataset.
func BehindObjects(tenantID, dataset string) string {
	return States + tenantID + "/" + dataset + ".behind-"
}

// DaysObject holds what is known of each day of a dataset of a tenant.
func DaysObject(tenantID, dataset string) string { return States + tenantID + "/" + dataset + ofDays }

// DaysFiles is a pattern of these: its stars are the tenant and the dataset.
const DaysFiles = States + "*/*" + ofDays

// IsDays reports whether an object is one of these.
func IsDays(object string) bool {
	parts := strings.Split(object, "/")
	return len(parts) == 3 && parts[0]+"/" == States && strings.HasSuffix(object, ofDays)
}

// LockFiles is a pattern of these locks on a disk: its stars are the tenant and the dataset.
const LockFiles = States + "*/*.lock"

// Notified is the object of what was told to whom by notifications.
const Notified = States + "notified" + document

// Tops are the names at the top of a lake: of its directories, and of the objects that lie in none.
func Tops() []string {
	return []string{
		Settings, string(Raw), string(Tables), string(Quarantine), strings.TrimSuffix(States, "/"), strings.TrimSuffix(Reports, "/"),
		strings.TrimSuffix(Asked, "/"), LaneObject, strings.TrimSuffix(DeltaTables, "/"),
	}
}

// LockObject is the name of the lock of a dataset of a tenant.
func LockObject(tenantID, dataset string) string { return States + tenantID + "/" + dataset + ".lock" }

// Heartbeats begins the names of what runs say of themselves while they hold locks.
const Heartbeats = States + "running/"

// HeartbeatObject holds what a run says of itself while it holds locks.
func HeartbeatObject(run string) string { return Heartbeats + run + document }

// ReportsOf begins the names of the reports of the runs that began on a day.
func ReportsOf(day time.Time) string { return Reports + datePart + day.Format(time.DateOnly) + "/" }

// ReportObject holds the report of a run, by when it began.
func ReportObject(began time.Time, run string) string { return ReportsOf(began) + run + document }

// ReportFiles is a pattern of the reports, in which dates stands for the date. Its last star is the run.
func ReportFiles(dates string) string { return Reports + datePart + dates + "/*" + document }

// IsReport reports whether an object is one of these.
func IsReport(object string) bool {
	parts := strings.Split(object, "/")
	return len(parts) == 3 && parts[0]+"/" == Reports && strings.HasPrefix(parts[1], datePart) && strings.HasSuffix(object, document)
}

// DateOfReport is the day on which the run of a report began; zero of what is no report.
func DateOfReport(object string) time.Time {
	if !IsReport(object) {
		return time.Time{}
	}
	date, err := time.Parse(time.DateOnly, strings.TrimPrefix(strings.Split(object, "/")[1], datePart))
	if err != nil {
		return time.Time{}
	}
	return date
}

// RunOf is the run whose report an object is.
func RunOf(report string) string { return strings.TrimSuffix(path.Base(report), document) }

// runTime is how the id of a run begins: with when it began, or was asked for, in UTC.
const runTime = "20060102T150405Z"

// NewRun is the id of a run that begins, or is asked for, at an instant: it sorts by time, and the suffix tells it from others.
func NewRun(at time.Time, suffix string) string { return at.UTC().Format(runTime) + "-" + suffix }

// TimeOfRun is the instant that the id of a run begins with.
func TimeOfRun(run string) (at time.Time, ok bool) {
	began, suffix, _ := strings.Cut(run, "-")
	at, err := time.Parse(runTime, began)
	return at, err == nil && suffix != "" && !strings.Contains(run, "/") && CheckName(run) == nil
}

// AskedObject holds what is known of a run that the control API was asked for.
func AskedObject(run string) string { return Asked + run + document }

// AskedOn begins the names of those that were asked for on a day.
func AskedOn(day time.Time) string { return Asked + day.UTC().Format("20060102") + "T" }

// ParseAsked is the inverse of [AskedObject]; anything else is no asked run.
func ParseAsked(object string) (run string, ok bool) {
	run = strings.TrimSuffix(strings.TrimPrefix(object, Asked), document)
	_, ok = TimeOfRun(run)
	return run, ok && AskedObject(run) == object
}

// AskedKeyObject holds what was asked for with a key, by the hash of the key and of whose it is.
func AskedKeyObject(hash string) string { return AskedKeys + hash + document }

// IsAskedKey reports whether an object is one of these.
func IsAskedKey(object string) bool {
	hash, ok := strings.CutPrefix(object, AskedKeys)
	return ok && strings.HasSuffix(hash, document) && !strings.Contains(hash, "/")
}

// ProofObject holds what was found of somebody who was erased.
func ProofObject(proof string) string { return Proofs + proof + document }

// DeclaredObject holds what the files of a declared dataset have, in all tenants.
func DeclaredObject(dataset string) string { return States + "declared/" + dataset + document }

// checkObject is what a check writes and removes.
func checkObject(random string) string { return States + "check/" + random + ".txt" }
