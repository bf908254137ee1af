package jobs_test

import (
	"testing"
	"time"

	"graphlake/extract/graphsim"
	"graphlake/jobs"
	"graphlake/schemas"
)

// restless is a small tenant whose directory changes much from one night to the next.
func restless(clock *time.Time, forbidden float64) *graphsim.Tenant {
	return graphsim.New(graphsim.Options{
		Users: 180, From: november(16), To: november(18), Moves: 60, Forbidden: forbidden, Now: func() time.Time { return *clock },
	})
}

// What a dataset of pictures holds is what the tenant has, also after a second night, and who has left
// is marked.
func TestPicturesEqualTheTruth(t *testing.T) {
	for _, d := range []schemas.Dataset{schemas.Users, schemas.Groups} {
		t.Run(d.Name, func(t *testing.T) {
			clock := at(18, 2)
			sim := restless(&clock, 0)
			r := newRig(t, sim)
			for _, day := range []int{18, 24} {
				clock = at(day, 2)
				if rep := r.at(clock).night(t, d); rep.Status != jobs.Data {
					t.Fatalf("night %d: %+v", day, rep)
				}
				r.equalsTruth(t, sim, d, november(day))
			}
			if n := r.marked(t, d.Root(), november(24)); n == 0 {
				t.Error("nothing is marked as removed")
			}
		})
	}
}
