package graphsim

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
)

// Of every family exactly as many requests pass as Graph publishes.
func TestDirectoryLimits(t *testing.T) {
	const team, other = teamsPath + "/11111111-2222-4333-8444-555555555555", teamsPath + "/21111111-2222-4333-8444-555555555555"
	numbered := func(format string) func(int) string {
		return func(i int) string { return fmt.Sprintf(format, i) }
	}
	always := func(path string) func(int) string { return func(int) string { return path } }
	for name, c := range map[string]publishedLimit{
		"groups":            {always(groupsPath + "/nobody"), 3500, "10"},
		"members":           {always(groupsPath + "/nobody/members"), 1166, "10"},
		"selected members":  {always(groupsPath + "/nobody/members?$select=id"), 1750, "10"},
		"organisation":      {always("/v1.0/organization?$select=id"), 3500, "10"},
		"skus":              {always("/v1.0/subscribedSkus?$select=id"), 1166, "10"},
		"teams":             {numbered(teamsPath + "/%d"), 30, "1"},
		"a team":            {always(team), 4, "1"},
		"channels":          {numbered(teamsPath + "/%d/channels"), 60, "1"},
		"a team's channels": {always(team + "/channels"), 1, "1"},
		"channels' members": {numbered(teamsPath + "/%d/channels/x%[1]d/members"), 60, "1"},
		"teams' members":    {numbered(teamsPath + "/%d/members"), 60, "1"},
		"joined teams":      {numbered(usersPath + "/%d/joinedTeams"), 30, "1"},
		"a channel":         {func(i int) string { return []string{team, other}[i%2] + "/channels/x/members" }, 1, "1"},
		"transcripts": {func(i int) string {
			return usersPath + []string{"/nobody/onlineMeetings/getAllTranscripts(x=1)", "/nobody/adhocCalls/x/transcripts/y/content"}[i%2]
		}, 30, "1"},
		"presences": {numbered(usersPath + "/nobody%d/presence"), 1500, "30"},
		"a mailbox": {func(i int) string {
			return usersPath + []string{"/A/mailboxSettings", "/a/calendarView?$top=1"}[i%2]
		}, 10_000, "600"},
	} {
		t.Run(name, c.holds)
	}
	synctest.Test(t, func(t *testing.T) { // however many are asked for in one request
		o := small()
		o.Rate = 1
		tenant := New(o)
		for i := range 1501 {
			if a := post(t, tenant, presencesTarget, idsBody([]string{"11111111-2222-4333-8444-555555555555"})); (a.status == 429) != (i == 1500) {
				t.Fatalf("POST %d of presences: %d", i+1, a.status)
			}
		}
	})
}

// Each resource wants its own permission; broader ones do, narrower ones do not.
func TestDirectoryRoles(t *testing.T) {
	tenant := New(small())
	user := usersPath + "/" + tenant.id(userIDs, 0).String()
	group := groupsPath + "/" + tenant.id(groupIDs, bigGroup).String()
	team := teamsPath + "/" + tenant.id(groupIDs, bigGroup).String()
	paths := capturePaths(tenant.id(userIDs, 0).String())
	var channel string
	for _, c := range get(t, tenant, team+"/channels").values(t) {
		channel = c["id"].(string)
	}
	for target, roles := range map[string][2]string{ // one that suffices, and one that does not
		groupsPath + "/delta":      {"Group.ReadBasic.All", "User.Read.All"},
		groupsPath:                 {"GroupMember.Read.All", "Team.ReadBasic.All"},
		group:                      {"Directory.Read.All", "User.Read.All"},
		group + "/members":         {"GroupMember.Read.All", "User.Read.All"},
		group + "/owners":          {"Group.Read.All", "Group.ReadBasic.All"},
		"/v1.0/organization":       {"User.Read.All", "Group.Read.All"},
		"/v1.0/subscribedSkus":     {"Organization.Read.All", "User.Read.All"},
		teamsPath:                  {"Team.ReadBasic.All", "Group.Read.All"},
		team:                       {"Group.Read.All", "Channel.ReadBasic.All"},
		team + "/channels":         {"Group.Read.All", "Team.ReadBasic.All"},
		team + "/allChannels":      {"Channel.ReadBasic.All", "Group.Read.All"},
		team + "/incomingChannels": {"Channel.ReadBasic.All", "Group.Read.All"},
		team + "/members":          {"TeamMember.Read.All", "Group.Read.All"},
		user + "/joinedTeams":      {"Team.ReadBasic.All", "Group.Read.All"},
		betaPath + "/getSmsLog(fromDateTime=2026-11-02,toDateTime=2026-11-02)": {"CallRecord-PstnCalls.Read.All", "Group.Read.All"},
		team + "/channels/" + channel + "/members":                             {"ChannelMember.Read.All", "Group.Read.All"},
		user + "/presence":                 {"Presence.Read.All", "User.Read.All"},
		user + "/mailboxSettings":          {"MailboxSettings.Read", "Calendars.Read"},
		user + "/calendarView" + wholeWeek: {"Calendars.Read", "MailboxSettings.Read"},
		paths["transcripts"]:               {"OnlineMeetingTranscript.Read.All", "CallTranscripts.Read.All"},
		paths["recordings"]:                {"OnlineMeetingRecording.Read.All", "OnlineMeetingTranscript.Read.All"},
		paths["call_transcripts"]:          {"CallTranscripts.Read.All", "CallRecordings.Read.All"},
		paths["call_recordings"]:           {"CallRecordings.Read.All", "CallRecords.Read.All"},
	} {
		for i, want := range []int{200, 403} {
			o := small()
			o.Roles = roles[i : i+1]
			if a := get(t, New(o), target); a.status != want {
				t.Errorf("%s with %s: %d %.200s, want %d", target, roles[i], a.status, a.body, want)
			}
		}
	}
}

// What Graph refuses, or this simulator does not answer, of groups and teams.
func TestDirectoryRefusals(t *testing.T) {
	tenant := New(small())
	group, team := groupsPath+"/"+tenant.id(groupIDs, 0).String(), teamsPath+"/"+tenant.id(groupIDs, bigGroup).String()
	for target, status := range map[string]int{
		groupsPath + "?$top=1000": 400, groupsPath + "?$select=shoeSize": 400, groupsPath + "?$orderby=displayName": 501,
		groupsPath + "?$filter=displayName eq 'x'": 501, groupsPath + "?$skiptoken=x": 400, groupsPath + "/nobody": 404,
		group + "/nowhere": 400, group + "/members/nowhere": 400, group + "/members?$select=shoeSize": 400, group + "/members?$count=true": 501,
		groupsPath + "/nobody/owners": 404, groupsPath + "/delta?$top=5": 400, groupsPath + "/delta?$filter=id eq 'x'": 501,
		groupsPath + "/delta?$select=shoeSize": 400, groupsPath + "/delta?$deltatoken=x": 400, group + "?$expand=members": 501,
		groupsPath + "?$select=members":   400,
		teamsPath + "?$select=visibility": 400, teamsPath + "?$filter=displayName eq 'x'": 501, team + "/nowhere": 400,
		team + "?$select=shoeSize": 400, team + "/channels?$top=5": 400, team + "/channels?$filter=displayName eq 'x'": 400,
		team + "/channels/x": 400, team + "/channels/x/members?$select=id": 501,
		"/v1.0/organization/x": 400, "/v1.0/organization?$select=shoeSize": 400, "/v1.0/subscribedSkus?$top=1": 400,
		usersPath + "/nobody/mailboxSettings?$select=shoeSize": 400, usersPath + "/nobody/mailboxSettings": 404,
	} {
		if a := get(t, tenant, target); a.status != status || a.text(t, "error", "code") == "" {
			t.Errorf("%s: %d %s, want %d", target, a.status, a.body, status)
		}
	}
}

// The new collections mislead like the others, and whoever follows ends up with the same.
func TestDirectoryFaults(t *testing.T) {
	h := newHost(t)
	h.tenant.Store(New(small()))
	user := usersPath + "/" + New(small()).id(userIDs, 0).String()
	for _, path := range []string{
		groupsPath + "/delta?$select=members", groupsPath + "?$top=3", teamsPath, user + "/calendarView" + wholeWeek, "/v1.0/organization",
	} {
		h.tenant.Store(New(small()))
		want := pageAt(t, h.URL+path)
		if first, second := h.pages(t, h.URL+path, FaultEmpty); len(first.Value) != 0 || fmt.Sprint(second.ids()) != fmt.Sprint(want.ids()) {
			t.Errorf("%s: after an empty page %v, want %v", path, second.ids(), want.ids())
		}
		if first, _ := h.pages(t, h.URL+path, FaultForeign); !strings.HasPrefix(first.Next, "https://graph.adatum.example/") {
			t.Errorf("%s leads to %s", path, first.Next)
		}
	}
	o := small()
	o.Faults = Faults{Share: 1, Kinds: []Fault{FaultUnavailable}}
	if a := post(t, New(o), presencesTarget, "{}"); a.status != http.StatusServiceUnavailable {
		t.Errorf("a fault of presences: %d", a.status)
	}
}
