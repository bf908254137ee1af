package duckdb

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The query of docs/telephony.md joins what an operator's own script prints, as PowerShell writes it, with the lake.
func TestQueueSettingsBesideTheLake(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "docs/telephony.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, query, _ := strings.Cut(string(text), "```sql\n")
	query, _, _ = strings.Cut(query, ";\n```")
	for _, c := range []struct{ name, file, want string }{
		{"several queues", "\ufeff" + `[
  {"Identity": "5b7e", "Name": "Support", "ApplicationInstances": ["QUEUE-7", "queue-8"], "RoutingMethod": "Attendant", "TimeoutThreshold": 1200,
   "Agents": [{"ObjectId": "ann", "OptIn": true}, {"ObjectId": "bob", "OptIn": false}], "OverflowThreshold": 50, "MusicOnHoldFileName": null},
  {"Identity": "6c8f", "Name": "Orders", "ApplicationInstances": [], "RoutingMethod": 2, "Agents": [], "TimeoutThreshold": null},
  {"Identity": "7d90", "Name": "Night", "ApplicationInstances": ["gone"]}
]`, "Support, Attendant, 2, 1200, Support line, tel:+41441000, 2, 2|Night, NULL, NULL, NULL, NULL, NULL, 0, 0|Support, Attendant, 2, 1200, Support line 2, NULL, 0, 0"},
		{"one", `[{"Identity": "5b7e", "Name": "Support", "ApplicationInstances": ["queue-8"], "Agents": null}]`, "Support, NULL, NULL, NULL, Support line 2, NULL, 0, 0"},
		{"none", `[]`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "queues.json")
			if err := os.WriteFile(file, []byte(c.file), 0o600); err != nil {
				t.Fatal(err)
			}
			l := empty(t)
			l.exec(t, `INSERT INTO resource_accounts_current (tenant_id, account_id, display_name, phone_number) VALUES ('T', 'queue-7', 'Support line', 'tel:+41441000'), ('T', 'queue-8', 'Support line 2', NULL);
				INSERT INTO call_participants (tenant_id, dt, call_id, participant_index, application_instance_id) VALUES
				('T', '2026-11-16', 'c1', 0, 'queue-7'), ('T', '2026-11-17', 'c2', 0, 'queue-7'), ('T', '2026-11-17', 'c2', 1, 'queue-7'), ('T', '2026-12-01', 'c3', 0, 'queue-7'), ('U', '2026-11-16', 'c4', 0, 'queue-7')`)
			got := l.rowTexts(t, strings.Replace(query, "'queues.json'", "'"+strings.ReplaceAll(file, "'", "''")+"'", 1))
			var want []string
			if c.want != "" {
				want = strings.Split(c.want, "|")
			}
			if !slices.Equal(got, want) {
				t.Errorf("is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		})
	}
}
