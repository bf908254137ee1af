package cli

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"graphlake/jobs/plan"
	"graphlake/schemas"
)

// choice is the flags that choose among what is configured.
type choice struct {
	Job     string   `placeholder:"NAME" xor:"what" help:"The datasets, and for a run the lookback, of a configured job."`
	Dataset []string `placeholder:"NAME" xor:"what" sep:"," help:"A dataset; may be repeated. Without it and --job: the datasets of all jobs."`
	tenantChoice
}

// tenantChoice is the flags that choose among the configured tenants.
type tenantChoice struct {
	Tenant string `placeholder:"NAME" xor:"tenants" help:"One of the configured tenants (default: all)."`
	Shard  shard  `placeholder:"I/N" xor:"tenants" help:"Of N shares of the tenants the one with the number I, from 0 on; with N alone, I is in $$JOB_COMPLETION_INDEX."`
}

// selection is the flags by which run and plan are told what to read.
type selection struct {
	choice
	From moment   `placeholder:"DATE|TIME" help:"Start of the range, included: 2026-11-01, 2026-11-01T06:00:00Z, yesterday or today, in UTC."`
	To   moment   `placeholder:"DATE|TIME" help:"End of the range, not included."`
	Last lastDays `placeholder:"DURATION" help:"Instead of both ends: so many whole days up to the last midnight in UTC, as 7d or 2w."`
	Now  instant  `placeholder:"TIME" help:"What counts as now: the present (default), or a time before it."`
}

// instant is a date, which means its midnight in UTC, or an RFC 3339 time.
type instant struct{ time.Time }

// Instant is how a flag of another command takes one.
type Instant = instant

// UnmarshalText reads the value of a flag.
func (i *instant) UnmarshalText(text []byte) error {
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(layout, string(text)); err == nil {
			i.Time = t.UTC()
			return nil
		}
	}
	return fmt.Errorf("%q is neither a date (2026-11-01) nor a time (2026-11-01T06:00:00Z)", text)
}

// String is a midnight as its date, and another time in RFC 3339; a dash if there is none.
func (i instant) String() string {
	switch t := i.UTC(); {
	case t.IsZero():
		return "-"
	case t.Equal(t.Truncate(24 * time.Hour)):
		return t.Format(time.DateOnly)
	default:
		return t.Format(time.RFC3339)
	}
}

// moment is an end of a range: an instant, or a day that is counted from now on.
type moment struct {
	instant
	day string // yesterday, today or tomorrow; empty: the instant
}

// daysAgo are the words for a day.
var daysAgo = map[string]int{"tomorrow": -1, "today": 0, "yesterday": 1}

func (m *moment) UnmarshalText(text []byte) error {
	if _, is := daysAgo[string(text)]; is {
		m.day = string(text)
		return nil
	}
	if err := m.instant.UnmarshalText(text); err != nil {
		return fmt.Errorf("%w, nor yesterday, today or tomorrow", err)
	}
	return nil
}

// at is the instant, where now is an instant too.
func (m moment) at(now time.Time) time.Time {
	if m.day == "" {
		return m.Time
	}
	return now.UTC().Truncate(schemas.Day).AddDate(0, 0, -daysAgo[m.day])
}

// lastDays is so many whole days; 0: it is not said how many.
type lastDays duration

func (l *lastDays) UnmarshalText(text []byte) error {
	var d duration
	if err := d.UnmarshalText(text); err != nil || d <= 0 || time.Duration(d)%schemas.Day != 0 {
		return fmt.Errorf("%q: want whole days, as 7d or 2w", text)
	}
	*l = lastDays(d)
	return nil
}

func (l lastDays) String() string { return duration(l).String() }

// span is the range of the flags: both ends, one of them, or none. The last days end with the last midnight before now.
func (l lastDays) span(from, to moment, now time.Time) (r schemas.Range, err error) {
	r = schemas.Range{From: from.at(now), To: to.at(now)}
	switch {
	case l == 0 && !r.From.IsZero() && !r.To.IsZero() && !r.From.Before(r.To):
		return r, usage(fmt.Errorf("the range %v is empty or backwards: from has to be before to", r))
	case l == 0:
		return r, nil
	case !r.From.IsZero() || !r.To.IsZero():
		return r, usage(fmt.Errorf("--last %v is a range, as --from and --to are: give the one or the other", l))
	}
	midnight := now.UTC().Truncate(schemas.Day)
	return schemas.Range{From: midnight.Add(-time.Duration(l)), To: midnight}, nil
}

// selected is the configuration, and what the flags ask for of it.
func (c *command) selected(s selection) (*config, plan.Selection, error) {
	cfg, err := c.configuration()
	if err != nil {
		return nil, plan.Selection{}, err
	}
	sel, err := s.of(cfg)
	return cfg, sel, err
}

func (s selection) now() time.Time {
	if s.Now.IsZero() {
		return time.Now().UTC()
	}
	return s.Now.Time
}

// ofAll is of for what is done to a lake as it is: without names it is all datasets that there are, also those that no job
// reads any more.
func (s selection) ofAll(c *config) (plan.Selection, error) {
	sel, err := s.of(c)
	if err == nil && len(s.Dataset) == 0 {
		sel.Datasets = slices.Clone(c.set)
	}
	return sel, err
}

// of is what the flags ask for of a configuration.
func (s selection) of(c *config) (plan.Selection, error) {
	span, err := s.Last.span(s.From, s.To, s.now())
	if err != nil {
		return plan.Selection{}, err
	}
	if span.From.IsZero() != span.To.IsZero() {
		return plan.Selection{}, usage(errors.New("a range needs both ends: give --from and --to, or neither; --last 7d is a range too"))
	}
	sel := plan.Selection{From: span.From, To: span.To, Back: !s.Now.IsZero(), Counted: s.Last > 0}
	tenants, err := s.tenants(c)
	if err != nil {
		return plan.Selection{}, err
	}
	for _, t := range tenants {
		sel.Tenants = append(sel.Tenants, t.planned())
	}
	if sel.Datasets, err = s.datasets(c); err != nil {
		return plan.Selection{}, err
	}
	sel.Keep = c.keep()
	sel.Lookback = time.Duration(c.Jobs[s.Job].Lookback)
	return sel, usage(sel.Check(s.now()))
}

// forSomebody is an error for a dataset that is named and that none of the tenants is read for, since a person is signed in to each.
func forSomebody(sel plan.Selection, named []string) error {
	for _, name := range named {
		i := slices.IndexFunc(sel.Datasets, func(d schemas.Dataset) bool { return d.Name == name })
		if i < 0 || len(sel.Tenants) == 0 || slices.ContainsFunc(sel.Tenants, func(t plan.Tenant) bool { _, reads := t.Reads(sel.Datasets[i]); return reads }) {
			continue
		}
		var can []string
		for _, d := range schemas.ForPerson(schemas.BuiltIn()) {
			can = append(can, d.Name)
		}
		return usage(fmt.Errorf("%s is not for one person, and to %s a person is signed in: choose among %s, or sign in to the tenant as an application, as with auth.method: client_secret",
			name, sel.Tenants[0].Name, strings.Join(can, ", ")))
	}
	return nil
}

// planned is the tenant as plans know it.
func (t tenantConfig) planned() plan.Tenant {
	return plan.Tenant{Name: t.Name, ID: t.TenantID, Person: t.Auth.Method == byDeviceCode}
}

// tenants are the chosen ones.
func (t tenantChoice) tenants(c *config) ([]tenantConfig, error) {
	if t.Tenant == "" {
		return t.Shard.tenants(c.Tenants), nil
	}
	i := slices.IndexFunc(c.Tenants, func(x tenantConfig) bool { return x.Name == t.Tenant })
	if i < 0 {
		return nil, c.noTenant(t.Tenant)
	}
	return c.Tenants[i : i+1], nil
}

func (c *config) noTenant(name string) error {
	var known []string
	for _, t := range c.Tenants {
		known = append(known, t.Name)
	}
	return usage(unknown("tenant", name, " in "+c.file, known))
}

func (c *config) noJob(name string) error {
	return usage(unknown("job", name, " in "+c.file, slices.Sorted(maps.Keys(c.Jobs))))
}

// datasets are the chosen ones.
func (h choice) datasets(c *config) ([]schemas.Dataset, error) {
	names := h.Dataset
	if h.Job != "" {
		job, ok := c.Jobs[h.Job]
		if !ok {
			return nil, c.noJob(h.Job)
		}
		if names = job.Datasets; len(names) == 0 {
			return nil, nil // it only removes what is too old
		}
	}
	all, err := datasets(names, c)
	return all, usage(err)
}

// datasets are those that are named, else those of all jobs, else all that are not optional.
func datasets(names []string, c *config) ([]schemas.Dataset, error) {
	if len(names) == 0 {
		for _, job := range c.Jobs {
			names = append(names, job.Datasets...)
		}
	}
	for _, name := range names {
		if _, ok := c.set.Find(name); !ok {
			return nil, unknownDataset(c.set, name)
		}
	}
	all := slices.Clone(c.set)
	if len(names) == 0 {
		return slices.DeleteFunc(all, func(d schemas.Dataset) bool { return d.Optional }), nil
	}
	return slices.DeleteFunc(all, func(d schemas.Dataset) bool { return !slices.Contains(names, d.Name) }), nil
}

// completionIndex is where Kubernetes tells a pod of an Indexed Job which one it is.
const completionIndex = "JOB_COMPLETION_INDEX"

// shard is one of several shares of the tenants, counted from 0. The zero shard is all of them.
type shard struct{ index, of int }

// UnmarshalText reads I/N, or N alone, which leaves I to the environment.
func (s *shard) UnmarshalText(text []byte) error {
	index, of, both := strings.Cut(string(text), "/")
	if !both {
		if index, of = os.Getenv(completionIndex), index; index == "" {
			return fmt.Errorf("%q needs the share too, as 0/%s, or in the variable %s", text, text, completionIndex)
		}
	}
	i, err := strconv.Atoi(index)
	n, wrong := strconv.Atoi(of)
	if err != nil || wrong != nil || i < 0 || i >= n {
		return fmt.Errorf("%q: want a share and the number of shares, from 0/%s to the last", index+"/"+of, of)
	}
	*s = shard{i, n}
	return nil
}

func (s shard) String() string { return fmt.Sprintf("%d/%d", s.index, s.of) }

// tenants are those of the share. A tenant stays in its share as long as the number of shares does,
// because its id alone decides.
func (s shard) tenants(all []tenantConfig) []tenantConfig {
	if s.of == 0 {
		return all
	}
	return slices.DeleteFunc(slices.Clone(all), func(t tenantConfig) bool {
		sum := sha256.Sum256([]byte(t.TenantID))
		return binary.BigEndian.Uint64(sum[:])%uint64(s.of) != uint64(s.index)
	})
}
