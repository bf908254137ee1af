package jobs_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"graphlake/internal/graphsim"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/schemas"
)

// attending is a tenant of two weeks with meetings, series among them, and a share of organizers outside of the policy.
func attending(noPolicy float64) (*graphsim.Tenant, func(day, hour int)) {
	now := at(18, 2)
	sim := graphsim.New(graphsim.Options{
		Users: 60, From: november(9), To: november(20), Large: 30, CallsPerUserDay: 2, NoPolicy: noPolicy, Now: func() time.Time { return now },
	})
	return sim, func(day, hour int) { now = at(day, hour) }
}

// seconds are those of a column on all days.
func (r *rig) seconds(t *testing.T, table schemas.Table, column string) (sum int) {
	t.Helper()
	i := slices.IndexFunc(table.Columns, func(c schemas.Column) bool { return c.Name == column })
	for row := range r.eachRow(t, load.Tables, table.Name, table) {
		n, _ := row[i].(int32)
		sum += int(n)
	}
	return sum
}

// equalsAttendance compares the tables of attendance with the tenant: each report once, and all of the seconds.
func (r *rig) equalsAttendance(t *testing.T, sim *graphsim.Tenant, to int) {
	t.Helper()
	var days []time.Time
	for day := 9; day < to; day++ {
		days = append(days, november(day))
	}
	d := schemas.AttendanceReports
	r.equalsTruth(t, sim, d, days...)
	got := graphsim.Attendance{
		Reports: len(slices.Collect(r.eachRow(t, load.Tables, d.Name, d.Tables[0]))),
		Seconds: r.seconds(t, d.Tables[1], "total_seconds"), Stays: r.seconds(t, d.Tables[2], "duration_seconds"),
	}
	if want := sim.Truth().Attendance; got != want {
		t.Errorf("%+v, the tenant has %+v", got, want)
	}
	for _, day := range days {
		for _, start := range r.rows(t, d.Root(), day, "meeting_start_time") {
			if !strings.HasPrefix(start, day.Format(time.DateOnly)) {
				t.Errorf("a report of %s is on %s", start, day.Format(time.DateOnly))
			}
		}
	}
}

// Night after night the lake has every report once, on the day of its session, and no night changes what was read.
func TestAttendanceIsRead(t *testing.T) {
	t.Parallel()
	sim, clock := attending(0)
	r := newRig(t, sim)
	clock(18, 2)
	if rep := r.at(at(18, 2)).days(t, 9, 18, schemas.AttendanceReports); rep.Units[0].Error != nil {
		t.Fatal(rep.Units[0].Error)
	}
	r.equalsAttendance(t, sim, 18)
	before := r.bytes(t)
	r.at(at(18, 2)).days(t, 9, 18, schemas.AttendanceReports)
	for name, text := range r.bytes(t) {
		if before[name] != text {
			t.Errorf("%s changed by the same reading", name)
		}
	}
	for day := 19; day <= 21; day++ {
		clock(day, 2)
		r.at(at(day, 2)).night(t, schemas.AttendanceReports)
	}
	r.equalsAttendance(t, sim, 20)
	for row := range r.eachRow(t, load.Raw, schemas.AttendanceReports.Name, schemas.RawTable(schemas.AttendanceReports)) {
		if raw := fmt.Sprint(row); strings.Contains(raw, "joinInformation") || strings.Contains(raw, "subject") || !strings.Contains(raw, "expiryDateTime") {
			t.Fatal("raw has more of a meeting than its columns, or less")
		}
	}
}

// An organizer outside of the policy is behind, the others are read; once there is a policy, all is there.
func TestAttendanceWithoutAPolicy(t *testing.T) {
	sim, clock := attending(0.3)
	r := newRig(t, sim)
	clock(18, 2)
	r.at(at(18, 2)).days(t, 9, 18, schemas.AttendanceReports)
	r.equalsAttendance(t, sim, 18)
	behind := r.refused(t)
	if len(behind) == 0 {
		t.Fatal("nobody is behind")
	}
	for _, b := range behind {
		if b.Parent == "" || !strings.Contains(b.Reason, "403") {
			t.Errorf("behind: %+v", b)
		}
	}
	sim.NoPolicy = 0
	clock(19, 2)
	r.at(at(19, 2)).night(t, schemas.AttendanceReports)
	r.equalsAttendance(t, sim, 19)
	if behind := r.refused(t); len(behind) > 0 {
		t.Errorf("still behind: %+v", behind)
	}
}

// refused are those who are behind, but for those without a mailbox.
func (r *rig) refused(t *testing.T) []state.Behind {
	t.Helper()
	return slices.DeleteFunc(r.state(t, schemas.AttendanceReports).Behind, func(b state.Behind) bool { return b.Gone })
}

// Without the permission for meetings, or for their reports, the dataset is refused, and nobody is behind.
func TestAttendanceIsRefused(t *testing.T) {
	for _, role := range []string{"/onlineMeetings?", "/attendanceReports"} {
		sim, _ := attending(0)
		r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			if strings.Contains(q.URL.Path+"?", role) {
				w.WriteHeader(http.StatusForbidden)
				_, _ = w.Write([]byte(`{"error":{"code":"Forbidden","message":"Missing role permissions on the request."}}`))
				return
			}
			sim.ServeHTTP(w, q)
		}))
		rep := r.at(at(18, 2)).days(t, 9, 18, schemas.AttendanceReports)
		if rep.Units[0].Error == nil || len(r.state(t, schemas.AttendanceReports).Behind) > 0 {
			t.Errorf("%s: %+v", role, rep.Units[0])
		}
	}
}
