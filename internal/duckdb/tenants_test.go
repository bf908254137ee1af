package duckdb

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"graphlake/schemas"
)

// each says that an answer is about one tenant at a time, and another has rows of its own.
const each = "tenant_id"

// doubled are the columns of each answer that double where a second tenant has the same as the first. What is
// not named stays, as shares and averages do, and people who are the same are counted once. A sum that is rounded,
// with a minus, is not compared.
var doubled = map[string][]string{
	"call_records":         {"streams poor by_loss by_jitter by_delay", "sessions failed_in_setup failed_in_call", "meetings"},
	"pstn_calls":           {"calls cost -minutes", each},
	"direct_routing_calls": {"failed", "most_calls"},
	"users":                {each, "assigned of_closed_accounts", each},
	"groups":               {each, each},
	"organization":         {each},
	"teams":                {each, each},
	"channel_members":      {each, each},
	"team_members":         {each, each},
	"incoming_channels":    {each, each},
	"joined_teams":         {each},
	"sms_logs":             {"messages units cost"},
	"blocked_users_log":    {each},
	"dial_out_logs":        {each},
	"presence":             {"people"},
	"mailbox_settings":     {"people", each},

	"phone_numbers":             {each, each},
	"resource_accounts":         {each},
	"teams_user_configurations": {each, each},

	"transcripts":        {"-thousand_words questions"}, // whose ids are the same
	"call_transcripts":   {"-thousand_words questions"},
	"recordings":         {"recordings -hours"},
	"call_recordings":    {"recordings -hours"},
	"attendance_reports": {each, each, each},

	"calendar_events":  {each, "invitations"},
	"chats":            {"chats silent_chats", "chats with_others"},
	"chat_messages":    {"messages", "reactions"},
	"channel_messages": {"posts answered", each},
}

// tenants asks the queries of a lake in which a second tenant has what the first has.
func (l *lake) tenants(t *testing.T, seen *lake, dirs ...string) {
	both := &lake{dir: filepath.Join(t.TempDir(), "lake"), bin: l.bin}
	for _, dir := range dirs {
		if err := os.CopyFS(filepath.Join(both.dir, "tables"), os.DirFS(filepath.Join(dir, "tables"))); err != nil {
			t.Fatal(err)
		}
	}
	for _, d := range queried() {
		for _, table := range d.Tables {
			seen.copyTo(t, both.dir, table)
		}
	}
	both = both.views(t)
	for _, d := range queried() {
		for i, q := range d.Queries {
			want, got := seen.answers(t, q, doubled[d.Name][i], true), both.answers(t, q, doubled[d.Name][i], false)
			if doubled[d.Name][i] == each {
				want = slices.Concat(want, want)
				slices.Sort(want)
			} else { // more of what is rare may have come
				got = slices.DeleteFunc(got, func(row string) bool { return !slices.Contains(want, row) })
			}
			if !slices.Equal(got, want) {
				t.Errorf("%q: two tenants have\n%s\nwant\n%s", q.Question, strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		}
	}
}

// copyTo writes a table's rows as those of another tenant.
func (l *lake) copyTo(t *testing.T, dir string, table schemas.Table) {
	t.Helper()
	const other = "5a2d3b8f-04c6-4d19-9e70-306b8d2f0c41"
	var own []string // of whom the tenant is
	for _, c := range []string{"member_tenant_id", "host_tenant_id", "sender_tenant_id", "receiver_tenant_id"} {
		if _, ok := table.Column(c); ok {
			own = append(own, fmt.Sprintf("CASE WHEN %[1]s = tenant_id THEN '%[2]s' ELSE %[1]s END AS %[1]s", c, other))
		}
	}
	replaced := ""
	if own != nil {
		replaced = "REPLACE (" + strings.Join(own, ", ") + ")"
	}
	to := filepath.Join(dir, "tables", table.Name, "tenant_id="+other)
	l.exec(t, fmt.Sprintf("COPY (SELECT * EXCLUDE (tenant_id) %s FROM %s ORDER BY ALL) TO '%s' (FORMAT parquet, PARTITION_BY (dt), FILENAME_PATTERN '%s')",
		replaced, table.Name, to, table.Name))
	files, err := filepath.Glob(filepath.Join(to, "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if err := os.Rename(file, filepath.Join(filepath.Dir(file), table.Name+".parquet")); err != nil {
			t.Fatal(err)
		}
	}
}

var limit = regexp.MustCompile(`\nLIMIT \d+$`)

// answers are the rows of a query as text, sorted, without whose they are. What doubles is doubled if twice is
// true.
func (l *lake) answers(t *testing.T, q schemas.Query, doubles string, twice bool) (all []string) {
	t.Helper()
	var without, sums []string
	for c := range strings.FieldsSeq(doubles) {
		switch rounded, ok := strings.CutPrefix(c, "-"); {
		case ok:
			without = append(without, rounded)
		case c == each:
			without = append(without, c)
		case twice:
			sums = append(sums, c+" + "+c+" AS "+c)
		}
	}
	columns := "*"
	if without != nil {
		columns += " EXCLUDE (" + strings.Join(without, ", ") + ")"
	}
	if sums != nil {
		columns += " REPLACE (" + strings.Join(sums, ", ") + ")"
	}
	for _, p := range l.pairs(t, "SELECT answer::VARCHAR, '' FROM (SELECT %s FROM (%s)) AS answer", columns, limit.ReplaceAllString(q.SQL, "")) {
		all = append(all, p[0])
	}
	slices.Sort(all)
	return all
}
