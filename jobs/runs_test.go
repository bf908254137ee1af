package jobs_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"graphlake/internal/graphsim"
	"graphlake/jobs"
	"graphlake/load"
	"graphlake/schemas"
)

// A run that was given its id has it in its report, which is found by the id also where it was given on another day than the run began.
func TestRunOfAnID(t *testing.T) {
	r := newRig(t, graphsim.New(graphsim.Options{Users: 3, From: monday, To: monday.Add(2 * schemas.Day), Now: func() time.Time { return later }}))
	r.RunID = jobs.NewRunID(time.Now().Add(-20 * time.Hour))
	rep := r.run(t, 1, callLogs...)
	if rep.Run != r.RunID {
		t.Errorf("the run is %s, want %s", rep.Run, r.RunID)
	}
	kept, err := jobs.LoadReport(t.Context(), r.store, r.RunID)
	if err != nil || kept.Run != r.RunID || time.Since(kept.Started) > time.Hour {
		t.Errorf("%+v, %v", kept, err)
	}
	for _, id := range []string{"", "nonsense", r.RunID + "x", "20261123T023000Z-", "20261123T023000Z-../x", "20261123T023000Z-" + strings.Repeat("x", 1000)} {
		if _, err := jobs.LoadReport(t.Context(), r.store, id); !errors.Is(err, jobs.ErrNoRun) {
			t.Errorf("the report of %.40q: %v", id, err)
		}
	}
	if at, ok := load.TimeOfRun(r.RunID); !ok || load.NewRun(at, r.RunID[17:]) != r.RunID {
		t.Errorf("the time of %s is %v, %v", r.RunID, at, ok)
	}
}
