package jobs_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"graphlake/jobs"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/schemas"
	"graphlake/transform/privacy"
)

// With pseudonyms and without content, raw says nothing that is personal in a lake that keeps all, the
// tables have the same rows, and who may not be read is known by a pseudonym too.
func TestDirectoryIsVeiled(t *testing.T) {
	for _, d := range []schemas.Dataset{
		schemas.Groups, schemas.Organization, schemas.Teams, schemas.ChannelMembers, schemas.Presence, schemas.MailboxSettings,
	} {
		t.Run(d.Name, func(t *testing.T) {
			clock := at(18, 2)
			lakes := map[string]*rig{}
			for name, privacy := range map[string]jobs.Privacy{
				"open":   {Content: schemas.FullContent},
				"veiled": {Content: schemas.NoContent, Key: privacy.Key(bytes.Repeat([]byte{7}, 32))},
			} {
				r := newRig(t, restless(&clock, 0.3))
				r.Privacy = privacy
				for _, day := range []int{18, 24} {
					clock = at(day, 2)
					if rep := r.at(clock).night(t, d); rep.Status != state.Data {
						t.Fatalf("%s: %+v", name, rep)
					}
				}
				lakes[name] = r
			}
			open, veiled := lakes["open"], lakes["veiled"]
			for _, table := range d.Tables {
				if n, m := len(open.rows(t, table, november(24))), len(veiled.rows(t, table, november(24))); n != m || n == 0 {
					t.Errorf("%s: %d rows, veiled %d", table.Name, n, m)
				}
				if n, m := open.counted(t, table, november(24)).Rows, veiled.counted(t, table, november(24)).Rows; n != m {
					t.Errorf("%s: %d rows of what is there, veiled %d", table.Name, n, m)
				}
			}
			secrets := open.personal(t, d)
			if len(secrets) == 0 {
				t.Error("the tenant has no secrets")
			}
			text := veiled.rawText(t, d)
			for _, secret := range secrets {
				if strings.Contains(text, secret) {
					t.Errorf("raw says %q", secret)
				}
			}
		})
	}
}

// personal are the texts in personal columns of a lake.
func (r *rig) personal(t *testing.T, d schemas.Dataset) (all []string) {
	t.Helper()
	for _, table := range d.Tables {
		for _, c := range table.Columns {
			if c.Personal && c.Type != schemas.JSON {
				all = append(all, r.rows(t, table, november(24), c.Name)...)
			}
		}
	}
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(s string) bool { return len(s) < 4 || s == fmt.Sprint(nil) })
}

// rawText is all that raw holds of a day.
func (r *rig) rawText(t *testing.T, d schemas.Dataset) string {
	t.Helper()
	var all strings.Builder
	p := load.Partition{Kind: load.Raw, Name: d.Name, TenantID: tenant.ID, Date: november(24)}
	for row, err := range r.Lake.Rows(t.Context(), p, schemas.RawTable(d)) {
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&all, row...)
	}
	return all.String()
}
