package cli

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"graphlake/internal/graphsim"
	"graphlake/jobs"
	"graphlake/jobs/clock"
	"graphlake/jobs/state"
	"graphlake/schemas"
)

// Of a token with half of the permissions all is read that it permits, and of the rest the permission is
// named and nothing is kept that looks as if it had been read.
func TestHalfOfThePermissions(t *testing.T) {
	half := graphsim.Options{Users: 12, Roles: []string{
		"CallRecords.Read.All", "User.Read.All", "GroupMember.Read.All", "Presence.Read.All", "Team.ReadBasic.All",
	}}
	missing := map[string]string{
		"organization": "Organization.Read.All", "teams": "Channel.ReadBasic.All", "mailbox_settings": "MailboxSettings.Read",
		"calendar_events": "Calendars.ReadBasic.All", "chats": "Chat.ReadBasic.All", "chat_messages": "Chat.Read.All",
		"channel_messages": "ChannelMessage.Read.All",
	}
	s := simulate(t, half, "")
	night := []string{"run", "--from", "2026-11-16", "--to", "2026-11-18", "--now", "2026-11-18T00:00:00Z"}
	var rep jobs.Report
	if status := s.asJSON(t, &rep, night...); status != ExitForbidden {
		t.Errorf("exit status %d, want %d", status, ExitForbidden)
	}
	refused := map[string]string{}
	for _, u := range rep.Units {
		if u.Outcome == state.Forbidden {
			refused[u.Dataset] = u.Error.Message
		} else if u.Outcome != state.Data {
			t.Errorf("%s: %s: %+v", u.Dataset, u.Outcome, u.Error)
		}
	}
	if got, want := slices.Sorted(maps.Keys(refused)), slices.Sorted(maps.Keys(missing)); !slices.Equal(got, want) {
		t.Errorf("refused: %q, want %q", got, want)
	}
	for dataset, permission := range missing {
		if _, named, _ := strings.Cut(refused[dataset], dataset+" needs"); !strings.Contains(named, permission) {
			t.Errorf("%s: %q does not name %s", dataset, refused[dataset], permission)
		}
		d, _ := schemas.BuiltIn().Find(dataset)
		for _, kind := range []string{"raw", "tables", "quarantine"} {
			for _, name := range append([]string{dataset}, tableNames(d)...) {
				if _, err := os.Stat(filepath.Join(s.dir, "lake", kind, name)); err == nil {
					t.Errorf("there is %s/%s", kind, name)
				}
			}
		}
	}
	s.held(t, missing)

	// With all permissions the same command reads the rest.
	half.Roles = nil
	s.become(half, 18)
	if status := s.asJSON(t, &rep, night...); status != ExitDone {
		t.Errorf("with all permissions: exit status %d", status)
	}
	s.held(t, nil)
}

func tableNames(d schemas.Dataset) (names []string) {
	for _, t := range d.Tables {
		names = append(names, t.Name)
	}
	return names
}

// held fails unless status says that everything is held but the missing, of which it says why.
func (s *simulated) held(t *testing.T, missing map[string]string) {
	t.Helper()
	var status clock.Status
	s.asJSON(t, &status, "status", "--now", "2026-11-18T00:00:00Z")
	for _, d := range status.Datasets {
		_, lacks := missing[d.Dataset]
		if lacks != (d.Outcome == state.Forbidden) || lacks != d.Reaches.IsZero() || lacks && d.Records > 0 {
			t.Errorf("%s: missing %t, and status says %+v", d.Dataset, lacks, d)
		}
	}
}

// A policy may close single mailboxes and teams. The others are read, the command says how many it could not
// read, and that it is not all (exit 4). Once it may, it reads them from where they stand.
func TestForbiddenParents(t *testing.T) {
	closed := graphsim.Options{Seed: 2, Users: 30, Forbidden: 0.2, Moves: -1}
	s := simulate(t, closed, "")
	status, out := s.command(t, "run", "--from", "2026-11-16", "--to", "2026-11-18", "--now", "2026-11-18T00:00:00Z")
	if status != ExitIncomplete {
		t.Errorf("exit status %d", status)
	}
	behind := map[string]int{}
	var said clock.Status
	s.asJSON(t, &said, "status", "--now", "2026-11-18T00:00:00Z")
	for _, d := range said.Datasets {
		if d.Behind > 0 {
			behind[d.Dataset] = d.Behind
		}
		if d.Behind > 0 != strings.Contains(string(out), d.Dataset+" of contoso, ") && d.Dataset != "call_records" {
			t.Errorf("%d parents of %s are behind, and the run says\n%s", d.Behind, d.Dataset, out)
		}
	}
	if got := slices.Sorted(maps.Keys(behind)); !slices.Equal(got, []string{"calendar_events", "channel_messages", "chat_messages", "chats", "mailbox_settings", "teams"}) {
		t.Errorf("behind: %v", behind)
	}

	closed.Forbidden = 0
	s.become(closed, 19)
	if status, out := s.command(t, "run", "--now", "2026-11-19T00:00:00Z"); status != ExitDone {
		t.Errorf("exit status %d\n%s", status, out)
	}
	truth := s.tenant.Truth().Tables
	for table, days := range map[string][2]int{
		"mailbox_settings": {19, 20}, "teams": {19, 20}, "channels": {19, 20}, "chats": {19, 20}, "chat_members": {19, 20},
		"calendar_events": {16, 18}, "chat_messages": {16, 18}, "channel_messages": {16, 18},
	} {
		if got := s.rows(t, table, days[0], days[1]); got != truth[table].Rows || got == 0 {
			t.Errorf("%s has %d rows, want %d", table, got, truth[table].Rows)
		}
	}
	s.asJSON(t, &said, "status", "--now", "2026-11-19T00:00:00Z")
	for _, d := range said.Datasets {
		if d.Behind > 0 {
			t.Errorf("%d parents of %s are still behind", d.Behind, d.Dataset)
		}
	}
}
