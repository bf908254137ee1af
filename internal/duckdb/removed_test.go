package duckdb

import (
	"os"
	"path/filepath"
	"testing"
)

// Ten days of a log, of which raw is kept for six and tables for eight.
const expiringNight = `set -e
(echo "lake: ./lake"; echo "graph: {endpoint: '$GRAPHSIM_URL', rate: 20}"
echo "tenants: [{name: contoso, tenant_id: ` + one + `, auth: {method: token, token_env: GRAPHSIM_TOKEN}}]") >graphlake.yaml
$BIN/graphlake --quiet run --dataset pstn_calls --from 2026-11-10 --to 2026-11-20 --now 2026-11-20T02:30:00Z
echo "privacy: {keep: {raw: 6d, tables: 8d}}" >>graphlake.yaml
$BIN/graphlake --quiet expire --now 2026-11-20T02:30:00Z
$BIN/graphlake --quiet audit --now 2026-11-20T02:30:00Z
$BIN/graphlake sql --engine duckdb >views.sql`

// Of days that were removed coverage says so to another reader, and the tables have no rows of them; where raw alone was,
// the tables have what the coverage says.
func TestRemovedDays(t *testing.T) {
	dir := t.TempDir()
	bin := filepath.Join(dir, "bin")
	command(t, "go", "build", "-o", bin+string(filepath.Separator), "./cmd/graphlake", "./cmd/graphsim")
	t.Setenv("BIN", bin)
	command(t, filepath.Join(bin, "graphsim"), "--users", users, "--from", "2026-11-10", "--to", "2026-11-20", "--now", "2026-11-20T02:30:00Z", "--token", "demo",
		"--", "sh", "-c", "cd "+dir+"; "+expiringNight)
	l := &lake{dir: filepath.Join(dir, "lake"), bin: bin}
	l.open(t)
	views, err := os.ReadFile(filepath.Join(dir, "views.sql"))
	if err != nil {
		t.Fatal(err)
	}
	l.exec(t, string(views))
	l.rowsAre(t, "SELECT min(dt)::VARCHAR, max(dt)::VARCHAR, count(*), outcome IN ('data', 'empty') AS held, removed FROM coverage GROUP BY held, removed ORDER BY 1",
		"2026-11-10 2026-11-11 2 false raw, tables",
		"2026-11-12 2026-11-13 2 true raw",
		"2026-11-14 2026-11-19 6 true null")
	l.rowsAre(t, "SELECT DISTINCT outcome FROM coverage WHERE dt < '2026-11-12'", "removed")
	l.rowsAre(t, `SELECT dt, records, (SELECT count(*) FROM pstn_calls p WHERE p.dt = c.dt) AS rows FROM coverage c
WHERE rows <> CASE outcome WHEN 'removed' THEN 0 ELSE records END`)
	for _, dates := range []string{"'2026-11-12' AND '2026-11-13'", "'2026-11-14' AND '2026-11-19'"} {
		if n := l.number(t, "SELECT count(*) FROM pstn_calls WHERE dt BETWEEN %s", dates); n == 0 {
			t.Errorf("there are no rows of %s", dates)
		}
	}
}
