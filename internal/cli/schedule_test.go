package cli

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// watch starts a schedule whose job runs but at its start, because what was due last night is not there.
func (s *site) watch(t *testing.T, token string, args ...string) *process {
	t.Helper()
	now := time.Now().UTC().Add(-time.Minute) // the next time is a day away
	s.configure(t, fmt.Sprintf("jobs:\n  nightly: {schedule: %q, datasets: [users, pstn_calls, direct_routing_calls], late: 1s}\n", now.Format("4 15 * * *")))
	program, err := exec.LookPath("graphlake")
	if err != nil {
		t.Fatal(err)
	}
	p := &process{cmd: exec.CommandContext(t.Context(), program, append([]string{"--config", s.config, "--output", "json", "schedule"}, args...)...)}
	p.cmd.SysProcAttr = ofItsOwn
	p.cmd.Env = append(os.Environ(), "GRAPH_TOKEN="+token, "BLOBS="+s.blobs)
	p.cmd.Stdout = &p.output
	if p.log, err = p.cmd.StderrPipe(); err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.cmd.Process.Kill()
		p.cmd.Wait()
	})
	return p
}

// freeAddress is one on which nobody listens at the moment.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// healthz asks a schedule for its health; status 0 is no answer.
func healthz(t *testing.T, address string) (status int, rep healthReport) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address+"/healthz", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, rep
	}
	defer answer.Body.Close()
	if err := json.NewDecoder(answer.Body).Decode(&rep); err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, rep
}

// until asks for the health until it is of a status.
func until(t *testing.T, address string, want int) healthReport {
	t.Helper()
	for range 300 {
		if status, rep := healthz(t, address); status == want {
			return rep
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("/healthz has not answered %d within 30 s", want)
	return healthReport{}
}

// What was due last night is read at the start. As long as it is not, the data is late; then the schedule
// is healthy, and ends well when it is told to.
func TestSchedule(t *testing.T) {
	everyLake(t, func(t *testing.T, s *site) {
		address := freeAddress(t)
		p := s.watch(t, "slow", "--listen", address)
		<-s.arrived
		rep := until(t, address, http.StatusServiceUnavailable)
		var late []string
		for _, o := range rep.Late {
			late = append(late, o.Job+" "+o.Tenant+" "+o.Dataset)
		}
		if got := strings.Join(late, ", "); rep.Status != "late" || got != "nightly contoso users, nightly contoso pstn_calls, nightly contoso direct_routing_calls" {
			t.Errorf("before it was read: %s: %s", rep.Status, got)
		}
		close(s.gate)
		if rep := until(t, address, http.StatusOK); rep.Status != "ok" || len(rep.Late) > 0 {
			t.Errorf("when it was read: %+v", rep)
		}
		p.signal(t, syscall.SIGTERM)
		got := p.wait(t)
		if got.status != ExitDone || got.units["users"].Outcome != "data" || got.units["direct_routing_calls"].Outcome != "empty" {
			t.Errorf("it ends with %d: %+v", got.status, got.units)
		}
		if status, _ := healthz(t, address); status != 0 {
			t.Errorf("it has ended and answers %d", status)
		}
	})
}

// Of many units a few are under way when the schedule is told to end: these end, the others do not begin.
func TestScheduleEndsWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	s := newSite(t, "")
	s.addTenants(t, 20)
	const units = 21 * 3
	p := s.watch(t, "slow", "--grace", "1m")
	<-s.arrived
	<-s.arrived
	p.signal(t, syscall.SIGTERM)
	lines := bufio.NewScanner(p.log)
	ended := 0
	for lines.Scan() {
		var line struct{ Msg, Run, Job string }
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Errorf("%v: %s", err, lines.Bytes())
		}
		if strings.Contains(line.Msg, "schedule ends") {
			close(s.gate)
		}
		if strings.HasSuffix(line.Msg, " ended") { // also before it, of units that did not begin
			if ended++; line.Run == "" || line.Job != "nightly" {
				t.Errorf("a line of a run without it, or without its job: %s", lines.Bytes())
			}
		}
	}
	if ended != units+1 {
		t.Errorf("the log has %d ends, want those of all units and of the run", ended)
	}
	got := p.wait(t)
	outcomes := map[string]int{}
	for _, u := range got.all {
		outcomes[u.Outcome]++
	}
	if read := outcomes["data"] + outcomes["empty"]; got.status != ExitDone || read < 2 || outcomes["interrupted"] == 0 || read+outcomes["interrupted"] != units {
		t.Errorf("it ends with %d: %v; want that some units were read and the others did not begin", got.status, outcomes)
	}
	if files := s.files(t); len(files) != 3*outcomes["data"]+3*2*outcomes["empty"] { // of users, and of three days of a log raw and a table
		t.Errorf("it leaves %d files of %v", len(files), outcomes)
	}
}

// When the grace is over, what is under way is given up, and nothing of it is in the lake.
func TestScheduleGivesUp(t *testing.T) {
	t.Parallel()
	s := newSite(t, "")
	p := s.watch(t, "slow", "--grace", "1s")
	<-s.arrived
	start := time.Now()
	p.signal(t, syscall.SIGTERM)
	got := p.wait(t)
	if took := time.Since(start); took > 20*time.Second || got.status != ExitDone || got.units["users"].Outcome != "interrupted" {
		t.Errorf("after %v it ends with %d: %+v", took, got.status, got.units)
	}
	if files := s.files(t); len(files) > 0 {
		t.Errorf("it leaves %v", files)
	}
}

// Who is notified is told by a schedule when a run of a job has ended, and in it nothing of people.
func TestScheduleNotifies(t *testing.T) {
	got := make(chan string, 10)
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		got <- string(text)
	}))
	defer receiver.Close()
	t.Setenv("HOOK", receiver.URL)
	s := newSite(t, "")
	refuse := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, `{"error":{"code":"Forbidden","message":"not for ines@contoso.example"}}`)
	})
	s.other.Store(&refuse)
	s.configure(t, "notify: [{name: operators, webhook_env: HOOK}]\n")
	p := s.watch(t, "fast")
	go func() { _, _ = io.Copy(io.Discard, p.log) }()
	select {
	case text := <-got:
		if !strings.Contains(text, `"title":"graphlake: 3 refused"`) || !strings.Contains(text, `"job":"nightly"`) || strings.Contains(text, "ines") {
			t.Errorf("it is told %s", text)
		}
	case <-time.After(time.Minute):
		t.Error("nobody is told")
	}
	p.signal(t, syscall.SIGTERM)
	if r := p.wait(t); r.status != ExitDone {
		t.Errorf("it ends with %d", r.status)
	}
	if len(got) > 0 {
		t.Errorf("it is told more: %s", <-got)
	}
}
