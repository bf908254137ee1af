package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"graphlake/internal/graphsim"
	"graphlake/jobs"
)

// Where nobody looks, logs are JSON, and every line of a run has its id, whoever writes it: the run, its units,
// a dirty day, a request that is sent again.
func TestEveryLineNamesItsRun(t *testing.T) {
	o := graphsim.Options{Users: 8, Faults: graphsim.Faults{Share: 0.1, Kinds: []graphsim.Fault{graphsim.FaultGateway}}}
	s := simulate(t, o, "")
	said := map[string]int{}
	for range 2 {
		var rep jobs.Report
		status := s.asJSON(t, &rep, "run", "--dataset", "users,call_records", "--from", "2026-11-16", "--to", "2026-11-18", "--now", "2026-11-18T00:00:00Z")
		if status != ExitDone || len(rep.Units) != 3 {
			t.Fatalf("exit status %d, %d units", status, len(rep.Units))
		}
		for _, line := range s.lines(t) {
			if line["run"] != rep.Run {
				t.Errorf("of the run %s: %v", rep.Run, line)
			}
			said[line["msg"].(string)]++
		}
		s.markDirty(t, "call_records", "2026-11-17T00:00:00Z")
	}
	again := said["graph request is sent again"]
	delete(said, "graph request is sent again")
	if got, want := fmt.Sprint(said), "map[dirty day derived:1 run begins:2 run ended:2 unit ended:6]"; got != want || again == 0 {
		t.Errorf("got %s and %d requests sent again, want %s and some", got, again, want)
	}
}

// lines are what the last command logged.
func (s *simulated) lines(t *testing.T) (all []map[string]any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(s.dir, fmt.Sprintf("stderr-%d", s.runs)))
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(text) {
		var said map[string]any
		if err := json.Unmarshal(line, &said); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		all = append(all, said)
	}
	return all
}

// markDirty marks a day as dirty in the state, as a run leaves it that ends between raw and tables.
func (s *simulated) markDirty(t *testing.T, dataset, day string) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(s.dir, "lake", "state", "*", dataset+".json"))
	if err != nil || len(names) != 1 {
		t.Fatalf("states %v: %v", names, err)
	}
	text, err := os.ReadFile(names[0])
	if err != nil {
		t.Fatal(err)
	}
	text = bytes.Replace(text, []byte(`{"format":1,`), fmt.Appendf(nil, `{"format":1,"dirty":[%q],`, day), 1)
	if err := os.WriteFile(names[0], text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// What is asked for decides; what is not a terminal gets JSON.
func TestLogFormat(t *testing.T) {
	for _, c := range []struct{ format, want string }{{"auto", `{"time"`}, {"json", `{"time"`}, {"text", "time="}} {
		var out bytes.Buffer
		(&command{LogFormat: c.format, stderr: newScreen(&out)}).logger().With("tenant", "contoso").InfoContext(t.Context(), "x")
		if got := out.String(); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %s", c.format, got)
		}
	}
}
