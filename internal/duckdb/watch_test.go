package duckdb

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"graphlake/schemas"
)

// While a process is killed again and again, merges and goes on, a reader of the views, who asks again what has met a file that was just replaced, sees no
// key twice in a partition and, reading the root table first, no call without its sessions. In the end
// no row is without its parent.
func TestWatch(t *testing.T) {
	dir := t.TempDir()
	w := &watched{lake: &lake{dir: filepath.Join(dir, "lake"), bin: filepath.Join(dir, "bin"), again: 3}, clock: filepath.Join(dir, "now")}
	command(t, "go", "build", "-o", w.bin+string(filepath.Separator), "./cmd/graphlake", "./cmd/graphsim")
	w.simulate(t, dir)
	w.night(t, 23, 0) // a lake without files has no views
	w.open(t)
	w.datasets = watchedDatasets
	w.exec(t, w.script(t, "duckdb")) // which caches no file: here one is replaced several times in a second

	var ended atomic.Bool
	go func() {
		defer ended.Store(true)
		w.nights(t)
	}()
	rounds := 0
	for last := false; !last && !t.Failed(); rounds++ {
		last = ended.Load()
		w.keys(t)
		w.rootFirst(t)
	}
	w.parents(t)
	t.Logf("%d rounds of reading, %d processes killed", rounds, w.killed)
}

// watchedDatasets are enough to see merges, pictures and children.
var watchedDatasets = []schemas.Dataset{schemas.CallRecords, schemas.PSTNCalls, schemas.DirectRoutingCalls, schemas.Users}

func watchedNames() (names []string) {
	for _, d := range watchedDatasets {
		names = append(names, d.Name)
	}
	return names
}

// watched is a lake and the process that works on it.
type watched struct {
	*lake
	clock  string
	config string
	killed int
}

// simulate starts a simulator whose clock is moved from night to night.
func (w *watched) simulate(t *testing.T, dir string) {
	t.Helper()
	w.setClock(t, 23)
	sim := exec.CommandContext(t.Context(), filepath.Join(w.bin, "graphsim"), "--users", "12", "--large", "20", "--late", "0.6",
		"--moves", "100", "--from", "2026-11-19", "--to", "2026-11-25", "--now-file", w.clock)
	out, err := sim.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := sim.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sim.Wait() }) // the test's context has ended it
	var url string
	if _, err := fmt.Fscanln(out, &url); err != nil {
		t.Fatal(err)
	}
	w.config = filepath.Join(dir, "graphlake.yaml")
	text := fmt.Sprintf(`lake: %s
graph: {endpoint: %q, rate: 100000}
tenants:
  - name: contoso
    tenant_id: 4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30
    auth: {method: token, token_env: GRAPHSIM_TOKEN}
`, w.dir, url)
	if err := os.WriteFile(w.config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (w *watched) setClock(t *testing.T, date int) {
	t.Helper()
	if err := os.WriteFile(w.clock, []byte(atNight(date)), 0o600); err != nil {
		t.Fatal(err)
	}
}

func atNight(date int) string { return fmt.Sprintf("2026-11-%dT02:30:00Z", date) }

// nights are runs that find late versions and other users, each killed a few times on its way.
func (w *watched) nights(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for date := 24; date <= 26; date++ {
		w.setClock(t, date)
		start := time.Now()
		for range 8 {
			w.night(t, date, time.Duration(random.Int64N(int64(400*time.Millisecond))))
		}
		w.night(t, date, 0)
		t.Logf("the night of %s took %v", atNight(date), time.Since(start).Round(time.Millisecond))
	}
}

// night is one start of the command, which is killed after a time unless that is 0.
func (w *watched) night(t *testing.T, date int, after time.Duration) {
	t.Helper()
	ctx := t.Context()
	if after > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, after) // its end kills the process
		defer cancel()
	}
	cmd := exec.CommandContext(ctx, filepath.Join(w.bin, "graphlake"), "--config", w.config, "--quiet", "run",
		"--dataset", strings.Join(watchedNames(), ","), "--now", atNight(date))
	cmd.Env = append(os.Environ(), "GRAPHSIM_TOKEN=t")
	out, err := cmd.CombinedOutput()
	switch {
	case err != nil && ctx.Err() != nil:
		w.killed++
	case err != nil:
		t.Errorf("graphlake run: %v\n%s", err, out)
	}
}

// rootFirst takes the calls that are there, and then looks for their sessions.
func (w *watched) rootFirst(t *testing.T) {
	t.Helper()
	w.exec(t, "CREATE OR REPLACE TEMP TABLE seen AS SELECT dt, call_id FROM calls")
	rows, err := w.db.QueryContext(t.Context(), "SELECT DISTINCT call_id FROM seen ANTI JOIN call_sessions USING (dt, call_id)")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var missing []string
	for rows.Next() {
		var id sql.NullString
		if err := rows.Scan(&id); err != nil {
			t.Fatal(err)
		}
		missing = append(missing, id.String)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	if len(missing) > 0 {
		t.Errorf("calls that were there before their sessions: %s", strings.Join(missing, ", "))
	}
}
