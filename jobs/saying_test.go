package jobs_test

import (
	"maps"
	"testing"
	"time"

	"graphlake/internal/graphsim"
	"graphlake/jobs"
	"graphlake/jobs/state"
	"graphlake/schemas"
)

// Rows that have no id, or are a day added up, change from night to night. Nothing is lost or there twice: after each night the
// lake is what Graph says, as one that reads all at once, and reading again changes nothing.
func TestRowsWithoutAnID(t *testing.T) {
	t.Run("text messages", func(t *testing.T) {
		r := twoNoons(t, graphsim.Options{Users: 400, CallsPerUserDay: 0.1}, schemas.SMSLogs, schemas.BlockedUsersLog)
		if n := r.marked(t, schemas.SMSLogs.Root(), november(18)); n == 0 {
			t.Error("no charge of a message was corrected")
		}
	})
	t.Run("dialing out", func(t *testing.T) {
		sums := map[string]bool{}
		r := twoNoons(t, graphsim.Options{Users: 6, CallsPerUserDay: 400}, schemas.DialOutLogs)
		for _, row := range r.rows(t, schemas.DialOutLogs.Root(), november(18), "calls") {
			sums[row] = true
		}
		if n := r.marked(t, schemas.DialOutLogs.Root(), november(18)); n > 0 || len(sums) < 2 {
			t.Errorf("%d sums of a day were removed, though they only grew; they are of %d sizes", n, len(sums))
		}
	})
}

// twoNoons reads three days at noon of the last, when half of it is still to come, and again in the night after the next noon.
func twoNoons(t *testing.T, o graphsim.Options, all ...schemas.Dataset) *rig {
	clock := november(18)
	o.From, o.To, o.Large, o.Now = november(16), november(19), 8, func() time.Time { return clock }
	sim := graphsim.New(o)
	r := newRig(t, sim)
	for _, day := range []int{18, 19} {
		clock = november(day).Add(12 * time.Hour)
		read := func() jobs.Report { return r.at(clock).days(t, 16, 19, all...) }
		if day == 19 {
			read = func() jobs.Report { return r.at(clock).night(t, all...) }
		}
		if rep := read(); rep.Status != state.Data {
			t.Fatalf("day %d: %+v", day, rep)
		}
		fresh := newRig(t, sim)
		fresh.at(clock).days(t, 16, 19, all...)
		for _, d := range all {
			r.equalsTruth(t, sim, d, november(16), november(17), november(18))
			r.equalsOf(t, fresh, d, november(16), november(17), november(18))
		}
		before := r.bytes(t)
		if r.at(clock).days(t, 16, 19, all...); !maps.Equal(r.bytes(t), before) {
			t.Errorf("the same days again change the lake of day %d", day)
		}
	}
	return r
}

// Who belongs to which team is what the directory says of its group, also when people and teams come and go.
func TestMembersOfTeamsEqualTheTruth(t *testing.T) {
	all := []schemas.Dataset{schemas.TeamMembers, schemas.IncomingChannels, schemas.JoinedTeams}
	clock := at(18, 2)
	sim := graphsim.New(graphsim.Options{Users: 80, From: november(16), To: november(18), Large: 8, CallsPerUserDay: 1, Moves: 60, Now: func() time.Time { return clock }})
	r := newRig(t, sim)
	for _, day := range []int{18, 30} {
		clock = at(day, 2)
		r.at(clock).night(t, all...)
		if day == 30 { // what is not listed is believed to be gone on the second day
			r.at(clock.Add(schemas.Day)).night(t, all...)
			day++
		}
		for _, d := range all {
			r.equalsTruth(t, sim, d, november(day))
		}
	}
	for _, d := range all[:2] {
		if r.marked(t, d.Root(), november(31)) == 0 {
			t.Errorf("nothing of %s is marked as removed", d.Name)
		}
	}
}
