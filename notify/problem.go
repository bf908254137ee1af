package notify

import (
	"slices"
	"time"

	"graphlake/jobs"
	"graphlake/jobs/clock"
	"graphlake/jobs/state"
)

// Kind is what is wrong, or that it no longer is.
type Kind string

// The kinds.
const (
	Late      Kind = "late"       // what was due at a time of a job is still not read
	Failed    Kind = "failed"     // a unit of a run failed, or a run could not begin
	SignedOut Kind = "signed_out" // the person of a tenant has to sign in before anything of it can be read
	Refused   Kind = "refused"    // nothing may be read: credentials or consent are missing
	Lost      Kind = "lost"       // Graph has forgotten something before it was read whole
	Recovered Kind = "recovered"  // of these what was told, but for what is lost, is gone
)

// Kinds are all of them, the worst first.
func Kinds() []Kind { return []Kind{Failed, SignedOut, Refused, Lost, Late, Recovered} }

// Subject is what a problem is of; without a tenant it is a run as a whole, without a dataset all of a tenant.
type Subject struct {
	Tenant  string `json:"tenant,omitempty"` // its name
	Dataset string `json:"dataset,omitempty"`
}

// Problem is one thing that is wrong.
type Problem struct {
	Kind Kind `json:"kind"`
	Subject
	Day    string    `json:"day"` // that it is of, as 2026-11-23: it is told once for each
	Job    string    `json:"job,omitempty"`
	Run    string    `json:"run,omitempty"`
	Reason string    `json:"reason,omitempty"` // the kind of an error
	Since  time.Time `json:"since,omitzero"`   // of what is late, the time of the job; of who is signed out, since when
}

// Found is what somebody who looked has seen: what is wrong, and what is not.
type Found struct {
	Problems []Problem
	Well     []Problem // of which kind and subject count: that of it nothing is wrong
}

// OfRun is what the report of a run says. What could not be reached, or was locked, it leaves open: that is tried again, and late if
// it stays so. That somebody is signed out [OfSignIns] says.
func OfRun(rep jobs.Report, job string) Found {
	day := rep.Started.UTC().Format(time.DateOnly)
	worst := map[Subject]Problem{}
	var order []Subject
	note := func(s Subject, o state.Outcome, err *jobs.ErrorReport) {
		c := Problem{Subject: s, Day: day, Job: job, Run: rep.Run}
		switch {
		case o == state.Failed:
			c.Kind = Failed
		case o == state.Forbidden && err.OfSignIn():
			c.Kind = open
		case o == state.Forbidden:
			c.Kind = Refused
		case o == state.Unavailable, o == state.Interrupted:
			c.Kind = open
		}
		if err != nil {
			c.Reason = err.Kind
		}
		before, known := worst[s]
		if !known {
			order = append(order, s)
		}
		if !known || severity(c.Kind) > severity(before.Kind) {
			worst[s] = c
		}
	}
	f := Found{Well: []Problem{{Kind: Failed}}} // a run has begun
	for _, u := range rep.Units {
		s := Subject{u.Tenant, u.Dataset}
		note(s, u.Outcome, u.Error)
		if lost := (Problem{Kind: Lost, Subject: s, Day: day, Job: job, Run: rep.Run}); u.Lost > 0 && !slices.Contains(f.Problems, lost) {
			f.Problems = append(f.Problems, lost)
		}
	}
	for _, r := range rep.Removals() {
		if r.Dataset != "" && (r.Outcome == state.Failed || r.Outcome == state.Forbidden) {
			note(Subject{r.Tenant, r.Dataset}, r.Outcome, r.Error)
		}
	}
	for _, s := range order {
		switch c := worst[s]; c.Kind {
		case Failed, Refused:
			f.Problems = append(f.Problems, c)
		case "":
			f.Well = append(f.Well, Problem{Kind: Failed, Subject: s}, Problem{Kind: Refused, Subject: s})
		}
	}
	return f
}

// open is no kind of a problem: nothing is concluded.
const open Kind = "open"

func severity(k Kind) int { return slices.Index([]Kind{"", open, Refused, Failed}, k) }

// OfNoRun is that a run could not begin, for a reason that is no word of anybody's.
func OfNoRun(job, reason string, now time.Time) Found {
	return Found{Problems: []Problem{{Kind: Failed, Day: now.UTC().Format(time.DateOnly), Job: job, Reason: reason}}}
}

// OfLate is what is late of some jobs, and what of theirs is not. What is not to be told it leaves open.
func OfLate(late []clock.Overdue, of []clock.Job, tell func(clock.Overdue) bool) Found {
	var f Found
	lags, told := map[Subject]bool{}, map[Subject]bool{}
	for _, o := range late {
		s := Subject{o.Tenant, o.Dataset}
		lags[s] = true
		if told[s] || !tell(o) { // two jobs read it
			continue
		}
		told[s] = true
		c := Problem{Kind: Late, Subject: s, Day: o.Due.UTC().Format(time.DateOnly), Job: o.Job, Since: o.Due.UTC()}
		if o.Tables {
			c.Reason = "tables"
		}
		f.Problems = append(f.Problems, c)
	}
	for _, j := range of {
		for _, t := range j.Selection.Tenants {
			for _, d := range j.Selection.Datasets {
				if s := (Subject{t.Name, d.Name}); !lags[s] {
					lags[s] = true
					f.Well = append(f.Well, Problem{Kind: Late, Subject: s})
				}
			}
		}
	}
	return f
}

// OfSignIns is who has to sign in, and who need not. Who is signed out is told so once for each day.
func OfSignIns(all []clock.SignIn, now time.Time) Found {
	var f Found
	for _, s := range all {
		c := Problem{Kind: SignedOut, Subject: Subject{Tenant: s.Tenant}}
		if s.SignedOut == nil {
			f.Well = append(f.Well, c)
			continue
		}
		c.Day, c.Since = now.UTC().Format(time.DateOnly), s.SignedOut.Since.UTC()
		f.Problems = append(f.Problems, c)
	}
	return f
}

// And is both findings.
func (f Found) And(g Found) Found {
	return Found{slices.Concat(f.Problems, g.Problems), slices.Concat(f.Well, g.Well)}
}
