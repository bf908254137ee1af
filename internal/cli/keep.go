package cli

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"graphlake/jobs/plan"
	"graphlake/schemas"
)

// keepConfig is how long the lake keeps days, and for which datasets otherwise. What is not said is for ever.
type keepConfig struct {
	Raw        *duration           `yaml:"raw"`
	Tables     *duration           `yaml:"tables"`
	Quarantine *duration           `yaml:"quarantine"`
	Runs       *duration           `yaml:"runs"`
	Datasets   map[string]keptTime `yaml:"datasets"`
}

// keptTime is how long the days of a dataset are kept, where that differs.
type keptTime struct {
	Raw        *duration `yaml:"raw"`
	Tables     *duration `yaml:"tables"`
	Quarantine *duration `yaml:"quarantine"`
}

// keepOf is how long the lake keeps a dataset. Quarantine holds records as raw does, so it is kept no longer than that, also
// where nothing is said of it.
func (k keepConfig) keepOf(d schemas.Dataset) plan.Keep {
	own := k.Datasets[d.Name]
	first := func(all ...*duration) time.Duration {
		for _, one := range all {
			if one != nil {
				return time.Duration(*one)
			}
		}
		return 0
	}
	keep := plan.Keep{Raw: first(own.Raw, k.Raw), Tables: first(own.Tables, k.Tables), Quarantine: first(own.Quarantine, k.Quarantine)}
	if keep.Raw > 0 && (keep.Quarantine == 0 || keep.Quarantine > keep.Raw) {
		keep.Quarantine = keep.Raw
	}
	return keep
}

// keep is how long the lake keeps each of the datasets.
func (c *config) keep() map[string]plan.Keep {
	all := map[string]plan.Keep{}
	for _, d := range c.set {
		if keep := c.Privacy.Keep.keepOf(d); keep != (plan.Keep{}) {
			all[d.Name] = keep
		}
	}
	return all
}

func (c *config) keepRuns() time.Duration {
	if c.Privacy.Keep.Runs == nil {
		return 0
	}
	return time.Duration(*c.Privacy.Keep.Runs)
}

// keepsForEver says that nothing was said of how long the lake keeps anything.
func (c *config) keepsForEver() bool { return len(c.keep()) == 0 && c.keepRuns() == 0 }

// checkKeep refuses what would remove days that nights read again, and jobs that would remove nothing.
func (c *config) checkKeep(fail func(path, format string, args ...any)) {
	k := c.Privacy.Keep
	const at = "$.privacy.keep"
	checkKept(keptTime{k.Raw, k.Tables, k.Quarantine}, func(field, format string, args ...any) { fail(at+"."+field, format, args...) })
	if k.Runs != nil && time.Duration(*k.Runs) < schemas.Day {
		fail(at+".runs", "want a day at least, as 90d; what is to be kept for ever is left out")
	}
	for _, name := range slices.Sorted(maps.Keys(k.Datasets)) {
		here := at + ".datasets." + name
		if _, ok := c.set.Find(name); !ok {
			fail(here, "%v", unknownDataset(c.set, name))
		}
		checkKept(k.Datasets[name], func(field, format string, args ...any) { fail(here+"."+field, format, args...) })
	}
	for _, d := range c.set {
		c.checkReread(d, fail)
	}
	for _, name := range slices.Sorted(maps.Keys(c.Jobs)) {
		if c.Jobs[name].Expire && c.keepsForEver() {
			fail("$.jobs."+name+".expire", "privacy.keep does not say how long anything is kept, so there is nothing to remove: write there, as an example, keep: {raw: 400d, tables: 800d}")
		}
	}
}

func checkKept(k keptTime, fail func(field, format string, args ...any)) {
	for _, one := range []struct {
		field string
		keep  *duration
	}{{"raw", k.Raw}, {"tables", k.Tables}, {"quarantine", k.Quarantine}} {
		if one.keep != nil && time.Duration(*one.keep) < schemas.Day {
			fail(one.field, "want a day at least, as 400d; what is to be kept for ever is left out")
		}
	}
	if k.Quarantine != nil && k.Raw != nil && *k.Quarantine > *k.Raw {
		fail("quarantine", "it holds records as raw does, so it is not kept for longer: want %s at most", inDays(time.Duration(*k.Raw)))
	}
}

// checkReread refuses to keep a dataset that is read for less than nights read back: they would read again what was
// removed. Of one that is not in any job only what is said of it alone is looked at.
func (c *config) checkReread(d schemas.Dataset, fail func(path, format string, args ...any)) {
	own, there := c.Privacy.Keep.Datasets[d.Name]
	need, why := d.Settle+d.Lookback, fmt.Sprintf("records of %s change for %s and are read again for %s", d.Name, inDays(d.Settle), inDays(d.Lookback))
	for _, name := range slices.Sorted(maps.Keys(c.Jobs)) {
		j := c.Jobs[name]
		if !slices.Contains(j.Datasets, d.Name) {
			continue
		}
		there = true
		if back := time.Duration(j.Lookback); back > need {
			need, why = back, fmt.Sprintf("the job %s reads %s again for %s", name, d.Name, inDays(back))
		}
	}
	if !there {
		return
	}
	for _, one := range []struct {
		field    string
		own, all *duration
	}{{"raw", own.Raw, c.Privacy.Keep.Raw}, {"tables", own.Tables, c.Privacy.Keep.Tables}} {
		at, keep := "$.privacy.keep.datasets."+d.Name+"."+one.field, one.own
		if keep == nil {
			at, keep = "$.privacy.keep."+one.field, one.all
		}
		if keep != nil && time.Duration(*keep) >= schemas.Day && time.Duration(*keep) < need {
			fail(at, "%s, so that what is removed sooner would be read back: want %s at least", why, inDays(need))
		}
	}
}

// inDays writes a duration as a configuration does: 5d, 1d6h, 36m.
func inDays(d time.Duration) string {
	days := d / schemas.Day
	rest := (d % schemas.Day).String()
	rest = strings.TrimSuffix(strings.TrimSuffix(rest, "0s"), "0m")
	switch {
	case days == 0 && rest == "":
		return "0d"
	case days == 0:
		return rest
	}
	return fmt.Sprintf("%dd%s", days, rest)
}
