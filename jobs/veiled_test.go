package jobs_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"graphlake/jobs"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/schemas"
	"graphlake/transform/privacy"
)

// With pseudonyms and without content, raw holds nothing that a lake that keeps all calls personal; and
// the same rows stand in the tables.
func TestMessagesAndMeetingsAreVeiled(t *testing.T) {
	t.Parallel()
	for _, d := range []schemas.Dataset{schemas.CalendarEvents, schemas.Chats, schemas.ChatMessages, schemas.ChannelMessages} {
		t.Run(d.Name, func(t *testing.T) {
			clock := at(18, 2)
			sim := meeters(&clock, -1, 0)
			open, veiled := newRig(t, sim), newRig(t, sim)
			open.Privacy = jobs.Privacy{Content: schemas.FullContent}
			veiled.Privacy = jobs.Privacy{Content: schemas.NoContent, Key: privacy.Key(bytes.Repeat([]byte{7}, 32))}
			for _, r := range []*rig{open, veiled} {
				for range 2 { // of which the second has the first to compare with
					if rep := r.at(clock).days(t, 16, 18, d); rep.Status != state.Data {
						t.Fatalf("%+v", rep)
					}
				}
			}
			secrets, rows := personal(t, open, d)
			if _, veiledRows := personal(t, veiled, d); !cmp.Equal(rows, veiledRows) || len(secrets) < 50 {
				t.Errorf("%d secrets; rows of the tables: %s", len(secrets), cmp.Diff(rows, veiledRows))
			}
			text := raw(t, veiled, d)
			for secret := range secrets {
				if strings.Contains(text, secret) {
					t.Errorf("raw says %q", secret)
				}
			}
		})
	}
}

// personal is what the personal columns of a lake say, and how many rows its tables have.
func personal(t *testing.T, r *rig, d schemas.Dataset) (secrets map[string]bool, rows map[string]int) {
	t.Helper()
	secrets, rows = map[string]bool{}, map[string]int{}
	for _, table := range d.Tables {
		for day := 16; day < 19; day++ {
			p := load.Partition{Kind: load.Tables, Name: table.Name, TenantID: tenant.ID, Date: november(day)}
			if there, err := r.Lake.Exists(t.Context(), p); err != nil || !there {
				continue
			}
			for row, err := range r.Lake.Rows(t.Context(), p, table) {
				if err != nil {
					t.Fatal(err)
				}
				rows[table.Name]++
				for i, c := range table.Columns {
					if text, ok := row[i].(string); ok && c.Personal && c.Type != schemas.JSON && len(text) > 3 {
						secrets[text] = true
					}
				}
			}
		}
	}
	return secrets, rows
}

// raw is everything in the raw partitions of a dataset.
func raw(t *testing.T, r *rig, d schemas.Dataset) string {
	t.Helper()
	var all strings.Builder
	for day := 16; day < 19; day++ {
		p := load.Partition{Kind: load.Raw, Name: d.Name, TenantID: tenant.ID, Date: november(day)}
		if there, err := r.Lake.Exists(t.Context(), p); err != nil || !there {
			continue
		}
		for row, err := range r.Lake.Rows(t.Context(), p, schemas.RawTable(d)) {
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintln(&all, row...)
		}
	}
	return all.String()
}
