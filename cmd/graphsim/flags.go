package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"graphlake/internal/graphsim"
)

type flags struct {
	Addr            string   `default:"127.0.0.1:0" help:"Where to listen; port 0 takes a free one."`
	Users           int      `default:"200" help:"Users of the tenant, at --from."`
	Seed            int64    `default:"1" help:"Another seed is another tenant."`
	From            string   `placeholder:"DATE" help:"First day with calls (default: seven days before --to)."`
	To              string   `placeholder:"DATE" help:"First day without (default: today)."`
	Now             string   `placeholder:"TIME" help:"What the age of a record is measured against, and answers are dated by (default: the clock)."`
	NowFile         string   `placeholder:"FILE" help:"A file with that instant, read anew whenever it changes."`
	Late            float64  `default:"0.05" help:"Share of calls that get further versions until two days after they ended."`
	Moves           float64  `default:"2" help:"Users of a thousand who join, leave or get another manager or job, a day."`
	CallsPerUserDay float64  `default:"5" help:"Calls that a user begins on a working day."`
	Large           int      `default:"400" help:"Participants of the largest meetings."`
	Forbidden       float64  `placeholder:"SHARE" help:"Share of users and teams that nobody may read, for instance 0.02 (default: none)."`
	TranscriptsOff  bool     `help:"Set the tenant's switch that lets no application read transcripts."`
	NoAttribution   bool     `help:"Set the tenant's switch by which nobody learns who said what."`
	NoPolicy        float64  `placeholder:"SHARE" help:"Share of organizers whose meetings no application access policy opens (default: none)."`
	Messages        float64  `default:"4" help:"Messages that a user writes in chats on a working day."`
	Rate            float64  `placeholder:"FACTOR" help:"Throttle at so many times Graph's published limits (default: not at all)."`
	Fail            float64  `placeholder:"SHARE" help:"Share of requests that fail, for instance 0.05 (default: none)."`
	Fault           []string `placeholder:"KIND" help:"How they fail: ${faults} (default: in every way)."`
	Sick            int64    `placeholder:"SEED" help:"Let records, mailboxes, teams and lists be sick for nights, by this seed (default: nothing is)."`
	SickKind        []string `placeholder:"KIND" help:"Of what they are sick: ${sicknesses} (default: of everything)."`
	Heal            string   `placeholder:"TIME" help:"From when on nothing is sick any more."`
	Illnesses       bool     `help:"Print what is sick now, as JSON, and end."`
	Token           string   `help:"The only token that is accepted (default: any, and none)."`
	Role            []string `placeholder:"PERMISSION" help:"What the token permits, for instance CallRecords.Read.All (default: everything)."`
	Serve           []string `sep:"none" placeholder:"PATH=FILE" help:"Answer a path of Graph with the pages of a JSON file, or of page-*.json in a directory: '[METHOD] PATH [ROLE,ROLE…]=FILE', as 'GET /v1.0/users/{id}/licenseDetails=pages'."`
	Stats           string   `placeholder:"FILE" help:"Where to write, at the end, how many requests there were, as JSON."`
	Truth           bool     `help:"Print what the tenant holds, as JSON, and end."`
	Keys            bool     `help:"With --truth: the key of every row, too."`
	Command         []string `arg:"" optional:"" help:"A command to run against the simulator, after --."`
}

// options checks what the flags say and hands it on.
func (f *flags) options() (graphsim.Options, error) {
	o := graphsim.Options{
		Seed: f.Seed, Users: f.Users, CallsPerUserDay: f.CallsPerUserDay, Large: f.Large, Late: f.Late, Moves: f.Moves,
		Forbidden: f.Forbidden, MessagesPerUserDay: f.Messages, Rate: f.Rate, Token: f.Token, Roles: f.Role,
		TranscriptsOff: f.TranscriptsOff, NoAttribution: f.NoAttribution, NoPolicy: f.NoPolicy,
	}
	if f.Users < 1 || f.Large < 2 || f.CallsPerUserDay <= 0 {
		return o, fmt.Errorf("--users %d, --large %d, --calls-per-user-day %g: a tenant needs one user, two in a meeting, and calls",
			f.Users, f.Large, f.CallsPerUserDay)
	}
	for _, day := range []struct {
		flag, text string
		at         *time.Time
	}{{"--from", f.From, &o.From}, {"--to", f.To, &o.To}} {
		if day.text == "" {
			continue
		}
		at, err := time.Parse(time.DateOnly, day.text)
		if err != nil {
			return o, fmt.Errorf("%s %q: want a date, as 2026-11-16", day.flag, day.text)
		}
		*day.at = at
	}
	if !o.To.IsZero() && !o.From.Before(o.To) {
		return o, fmt.Errorf("--from %s --to %s: there is no day between them", f.From, f.To)
	}
	if f.Forbidden < 0 || f.Forbidden > 1 {
		return o, fmt.Errorf("--forbidden %g: want a share, from 0 to 1", f.Forbidden)
	}
	if f.NoPolicy < 0 || f.NoPolicy > 1 {
		return o, fmt.Errorf("--no-policy %g: want a share, from 0 to 1", f.NoPolicy)
	}
	if f.Rate < 0 {
		return o, fmt.Errorf("--rate %g: want a factor, as 1 for Graph's limits", f.Rate)
	}
	if f.Late <= 0 {
		o.Late = -1
	}
	if f.Moves <= 0 {
		o.Moves = -1
	}
	if f.Messages <= 0 {
		o.MessagesPerUserDay = -1
	}
	for _, text := range f.Serve {
		fixture, err := parseFixture(text)
		if err != nil {
			return o, err
		}
		o.Fixtures = append(o.Fixtures, fixture)
	}
	var err error
	if o.Faults, err = f.faults(); err != nil {
		return o, err
	}
	if o.Sick, err = f.sick(); err != nil {
		return o, err
	}
	o.Now, err = f.clock()
	return o, err
}

func (f *flags) faults() (graphsim.Faults, error) {
	faults := graphsim.Faults{Share: f.Fail}
	if f.Fail < 0 || f.Fail >= 1 || f.Fail == 0 && f.Fault != nil {
		return faults, fmt.Errorf("--fail %g: want the share of requests that fail, above 0 and below 1", f.Fail)
	}
	for _, name := range f.Fault {
		fault, err := graphsim.ParseFault(name)
		if err != nil {
			return faults, fmt.Errorf("--fault: %w", err)
		}
		faults.Kinds = append(faults.Kinds, fault)
	}
	return faults, nil
}

func (f *flags) sick() (graphsim.Sick, error) {
	s := graphsim.Sick{Seed: f.Sick, Kinds: f.SickKind}
	if f.Sick == 0 && (f.SickKind != nil || f.Heal != "" || f.Illnesses) {
		return s, fmt.Errorf("--sick-kind, --heal and --illnesses say something of what is sick: want --sick SEED too, and not 0")
	}
	for _, name := range f.SickKind {
		if names := graphsim.SickKinds(false); !slices.Contains(names, name) {
			return s, fmt.Errorf("--sick-kind: no sickness is called %q: there are %s", name, strings.Join(names, ", "))
		}
	}
	if f.Heal == "" {
		return s, nil
	}
	at, err := parseNow(f.Heal)
	if err != nil {
		return s, fmt.Errorf("--heal %w", err)
	}
	s.Heal = at
	return s, nil
}

// clock is what the flags set for now; nil is the machine's.
func (f *flags) clock() (func() time.Time, error) {
	switch {
	case f.Now != "" && f.NowFile != "":
		return nil, fmt.Errorf("--now %s and --now-file %s: want one of them", f.Now, f.NowFile)
	case f.Now != "":
		at, err := parseNow(f.Now)
		if err != nil {
			return nil, fmt.Errorf("--now %w", err)
		}
		return func() time.Time { return at }, nil
	case f.NowFile != "":
		clock, err := openClock(f.NowFile)
		if err != nil {
			return nil, fmt.Errorf("--now-file: %w", err)
		}
		return clock.now, nil
	}
	return nil, nil
}
