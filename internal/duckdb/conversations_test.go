package duckdb

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"graphlake/schemas"
	"graphlake/views"
)

// spokenKinds are the two kinds of conversations: in a lake may be one of them, or both.
var spokenKinds = map[string][2]string{"scheduled": {"transcripts", "utterances"}, "adhoc": {"call_transcripts", "call_utterances"}}

// The views of conversations are there where a lake has one kind of them alone, or both, and no list of people at all; and a filter on a day and
// a tenant reaches all files.
func TestConversationsOfOneKind(t *testing.T) {
	for _, kinds := range [][]string{{"scheduled"}, {"adhoc"}, {"scheduled", "adhoc"}} {
		t.Run(strings.Join(kinds, " and "), func(t *testing.T) {
			l := spokenLake(t, kinds)
			for view, want := range map[string]int{
				"all_transcripts": 14, "all_utterances": 28, "metric_speech": 28, "metric_conversations": 14, "transcript_speakers": 28,
			} {
				if got := l.number(t, "SELECT count(*) FROM %s", view); got != int64(want*len(kinds)) {
					t.Errorf("%s has %d rows, want %d", view, got, want*len(kinds))
				}
			}
			for _, p := range l.pairs(t, "SELECT source, matched_by FROM transcript_speakers GROUP BY ALL") {
				if !slices.Contains(kinds, p[0]) || p[1] != "none" {
					t.Errorf("of no list of people somebody is matched: %v", p)
				}
			}
			for _, view := range []string{"all_transcripts", "all_utterances", "metric_speech", "metric_conversations"} {
				l.readsOneDay(t, view, one)
			}
		})
	}
}

// spokenLake is seven days of two tenants, with a transcript a day of each kind in which two people speak.
func spokenLake(t *testing.T, kinds []string) *lake {
	t.Helper()
	dir := t.TempDir()
	rows := empty(t)
	written := map[string]bool{}
	for _, kind := range kinds {
		transcripts, utterances := spokenKinds[kind][0], spokenKinds[kind][1]
		written[transcripts], written[utterances] = true, true
		rows.exec(t, `CREATE OR REPLACE TEMP TABLE days AS SELECT tenant, ('2026-11-' || day)::DATE AS day, day::VARCHAR || '`+kind+`' AS id
			FROM range(16, 23) AS d(day), (VALUES ('`+one+`'), ('`+two+`')) AS v(tenant)`)
		rows.exec(t, "INSERT INTO "+transcripts+" (tenant_id, dt, transcript_id, source, created_time, content_state, attributed) SELECT tenant, day, id, '"+kind+"', day::TIMESTAMPTZ, 'present', true FROM days")
		rows.exec(t, "INSERT INTO "+utterances+` (tenant_id, dt, transcript_id, utterance_index, start_ms, end_ms, speaker_name)
			SELECT tenant, day, id, i, i * 1000, i * 1000 + 1500, name FROM days, (VALUES (0, 'Ann'), (1, 'Bob')) AS v(i, name)`)
	}
	missing := map[string]bool{}
	for _, d := range schemas.BuiltIn() {
		for _, table := range d.Tables {
			if missing[table.Name] = !written[table.Name]; missing[table.Name] {
				continue
			}
			for _, p := range rows.pairs(t, "SELECT DISTINCT tenant_id, dt::VARCHAR FROM %s", table.Name) {
				file := filepath.Join(dir, "tables", table.Name, "tenant_id="+p[0], "dt="+p[1], table.Name+".parquet")
				if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
					t.Fatal(err)
				}
				rows.exec(t, fmt.Sprintf("COPY (SELECT * EXCLUDE (tenant_id, dt) FROM %s WHERE tenant_id = '%s' AND dt = '%s') TO '%s' (FORMAT parquet)", table.Name, p[0], p[1], file))
			}
		}
	}
	script, err := views.New(views.DuckDB, views.Lake{Place: views.Place{Dir: filepath.ToSlash(dir)}, Datasets: schemas.BuiltIn(), Missing: missing})
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1)
	seen := &lake{db: db}
	for _, s := range script.Statements {
		seen.exec(t, s)
	}
	return seen
}
