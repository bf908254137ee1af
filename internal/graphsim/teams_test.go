package graphsim

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

const teamsPath = "/v1.0/teams"

// The list of teams is that of the groups with a team, and says three things of each.
func TestTeams(t *testing.T) {
	tenant := New(restless(monday.AddDate(0, 0, 4)))
	groups, _ := all(t, tenant, groupsPath+"?$filter=resourceProvisioningOptions/Any(x:x eq 'Team')")
	teams, pages := all(t, tenant, teamsPath+"?$top=5")
	if !slices.Equal(column(teams, "id"), column(groups, "id")) || pages[0] != 5 {
		t.Errorf("%d teams on pages of %v for %d groups", len(teams), pages, len(groups))
	}
	archived := 0
	for i, listed := range teams {
		if keys := slices.Sorted(maps.Keys(listed)); !slices.Equal(keys, []string{"description", "displayName", "id"}) {
			t.Fatalf("the list says %v of a team", keys)
		}
		id := listed["id"].(string)
		one := get(t, tenant, teamsPath+"/"+id)
		if one.status != 200 || one.json["displayName"] != listed["displayName"] || one.json["displayName"] != groups[i]["displayName"] {
			t.Fatalf("a team is %s", one.body)
		}
		if one.json["isArchived"] == true {
			archived++
		}
		members, _ := all(t, tenant, groupsPath+"/"+id+"/members?$top=999&$select=userType")
		guests := 0
		for _, m := range members {
			if m["userType"] == "Guest" {
				guests++
			}
		}
		sum := one.json["summary"].(map[string]any)
		if sum["guestsCount"] != float64(guests) || sum["membersCount"] != float64(len(members)-guests) {
			t.Errorf("%s has %d members, of them %d guests; its summary is %v", id, len(members), guests, sum)
		}
	}
	if archived == 0 || archived == len(teams) {
		t.Errorf("%d of %d teams are archived", archived, len(teams))
	}
}

// A team that is deleted is gone, with its channels; one that is founded is there.
func TestTeamsComeAndGo(t *testing.T) {
	before, after := New(restless(monday)), New(restless(sunday))
	old, _ := all(t, before, teamsPath)
	now, _ := all(t, after, teamsPath)
	here := column(now, "id")
	gone := 0
	for _, id := range column(old, "id") {
		if slices.Contains(here, id) {
			continue
		}
		gone++
		for _, path := range []string{"", "/channels", "/allChannels", "/channels/x/members"} {
			if a := get(t, after, teamsPath+"/"+id+path); a.status != 404 {
				t.Errorf("%s of a deleted team: %d", path, a.status)
			}
		}
	}
	if gone == 0 || len(now) <= len(old)-gone {
		t.Errorf("of %d teams %d were deleted, and then there are %d", len(old), gone, len(now))
	}
	security := ""
	groups, _ := all(t, after, groupsPath)
	for _, g := range groups {
		if g["securityEnabled"] == true {
			security = g["id"].(string)
		}
	}
	if a := get(t, after, teamsPath+"/"+security); a.status != 404 || a.text(t, "error", "code") != "NotFound" {
		t.Errorf("the team of a group without one: %d %s", a.status, a.body)
	}
}

// Every team has a General, and channels of all three kinds occur; what others share comes in
// allChannels only.
func TestChannels(t *testing.T) {
	tenant := directory(400)
	teams, _ := all(t, tenant, teamsPath)
	kinds, incoming := map[any]int{}, 0
	ids := map[string]int{}
	for _, team := range teams {
		path := teamsPath + "/" + team["id"].(string)
		newer := []string{"Prefer", "include-unknown-enum-members"}
		channels := get(t, tenant, path+"/channels", newer...).values(t)
		if channels[0]["displayName"] != "General" || channels[0]["membershipType"] != "standard" {
			t.Errorf("the first channel is %v", channels[0])
		}
		for _, c := range channels {
			kinds[c["membershipType"]]++
			ids[c["id"].(string)]++
		}
		everywhere := get(t, tenant, path+"/allChannels", newer...).values(t)
		for i, c := range everywhere {
			if i >= len(channels) {
				incoming++
				if c["membershipType"] != "shared" {
					t.Errorf("from another team comes %v", c)
				}
			} else if c["id"] != channels[i]["id"] {
				t.Errorf("allChannels has %v in place of %v", c["id"], channels[i]["id"])
			}
		}
		private := get(t, tenant, path+"/channels?$filter=membershipType eq 'private'&$select=id").values(t)
		kinds["filtered"] += len(private)
		for _, c := range get(t, tenant, path+"/channels").values(t) {
			if c["membershipType"] == "unknownFutureValue" {
				kinds["unknown"]++
			}
		}
	}
	if len(ids) != kinds["standard"]+kinds["private"]+kinds["shared"] {
		t.Errorf("%d ids for channels of %v", len(ids), kinds)
	}
	if kinds["standard"] < len(teams) || kinds["private"] == 0 || kinds["filtered"] != kinds["private"] ||
		kinds["shared"] == 0 || kinds["unknown"] != kinds["shared"] || incoming == 0 {
		t.Errorf("channels of %d teams: %v, %d incoming", len(teams), kinds, incoming)
	}
}

// The members of a standard channel are those of the team, page by page; the ids of memberships are
// other ones in every channel.
func TestChannelMembers(t *testing.T) {
	tenant := directory(400)
	teams, _ := all(t, tenant, teamsPath)
	memberships := map[string]int{}
	rows, outside := 0, 0
	for _, team := range teams[:20] {
		id := team["id"].(string)
		members, _ := all(t, tenant, groupsPath+"/"+id+"/members?$select=id")
		for _, c := range get(t, tenant, teamsPath+"/"+id+"/channels").values(t) {
			list, _ := all(t, tenant, teamsPath+"/"+id+"/channels/"+c["id"].(string)+"/members")
			if c["membershipType"] == "standard" && !slices.Equal(column(list, "userId"), column(members, "id")) {
				t.Errorf("%v has %d members, its team %d", c["id"], len(list), len(members))
			}
			if c["membershipType"] == "private" && len(members) > 20 && len(list) >= len(members) {
				t.Errorf("a private channel has all %d members", len(list))
			}
			for _, m := range list {
				memberships[m["id"].(string)]++
				rows++
				if m["tenantId"] != tenant.Tenant {
					outside++
				}
			}
		}
	}
	if len(memberships) != rows || outside == 0 {
		t.Errorf("%d ids of %d memberships, %d of another tenant", len(memberships), rows, outside)
	}
	big := tenant.id(groupIDs, bigGroup).String()
	channel := get(t, tenant, teamsPath+"/"+big+"/channels").values(t)[0]["id"].(string)
	if _, pages := all(t, tenant, teamsPath+"/"+big+"/channels/"+channel+"/members"); !slices.Equal(pages, []int{100, 100, 100}) {
		t.Errorf("the large team has pages of %v", pages)
	}
	if a := get(t, tenant, teamsPath+"/"+big+"/channels/19:x@thread.tacv2/members"); a.status != 404 {
		t.Errorf("the members of no channel: %d", a.status)
	}
}

// What forbidden teams have answers 403; their groups and the list of teams do not mind.
func TestForbiddenTeams(t *testing.T) {
	o := small()
	o.Users, o.Forbidden = 400, 0.2
	tenant := New(o)
	teams, _ := all(t, tenant, teamsPath)
	open, _ := all(t, directory(400), teamsPath)
	refused := 0
	for _, id := range column(teams, "id") {
		a := get(t, tenant, teamsPath+"/"+id)
		if a.status == 200 {
			continue
		}
		refused++
		if b := get(t, tenant, teamsPath+"/"+id+"/channels"); a.status != 403 || b.status != 403 || b.text(t, "error", "code") != "ErrorAccessDenied" {
			t.Errorf("%s: %d, its channels %d %s", id, a.status, b.status, b.body)
		}
		if a := get(t, tenant, teamsPath+"/"+id+"/channels/getAllMessages"); a.status != 403 {
			t.Errorf("the messages of a forbidden team: %d", a.status)
		}
		if a := get(t, tenant, groupsPath+"/"+id); a.status != 200 {
			t.Errorf("the group of a forbidden team: %d", a.status)
		}
	}
	if len(teams) != len(open) || refused < 3 || refused > 20 {
		t.Errorf("%d of %d teams are forbidden, want about a fifth of %d", refused, len(teams), len(open))
	}
}

// The members of a team are those of its group, with who owns it; a user's teams are those with the user in them.
func TestTeamMembers(t *testing.T) {
	tenant := directory(400)
	teams, _ := all(t, tenant, teamsPath)
	of, ids := map[string][]string{}, map[string]int{}
	memberships, guests := 0, 0
	for _, id := range column(teams, "id") {
		members, _ := all(t, tenant, groupsPath+"/"+id+"/members?$select=id")
		owners, _ := all(t, tenant, groupsPath+"/"+id+"/owners?$select=id")
		list, pages := all(t, tenant, teamsPath+"/"+id+"/members")
		if !slices.Equal(column(list, "userId"), column(members, "id")) || pages[0] > 100 {
			t.Errorf("team %s has %d members on pages of %v, its group %d", id, len(list), pages, len(members))
		}
		for _, m := range list {
			ids[m["id"].(string)]++
			user := m["userId"].(string)
			of[user] = append(of[user], id)
			memberships++
			switch roles := m["roles"].([]any); {
			case slices.Contains(roles, "guest"):
				guests++
			case slices.Contains(roles, "owner") != slices.Contains(column(owners, "id"), user):
				t.Errorf("%s in %s has the roles %v", user, id, roles)
			}
		}
	}
	if len(ids) >= memberships || guests == 0 {
		t.Errorf("%d ids of %d memberships, want some in two teams; %d guests", len(ids), memberships, guests)
	}
	users, _ := all(t, tenant, usersPath+"?$select=id&$top=999")
	for _, user := range column(users, "id") {
		joined, _ := all(t, tenant, usersPath+"/"+user+"/joinedTeams")
		if !slices.Equal(column(joined, "id"), of[user]) {
			t.Errorf("%s has joined %d teams, and is in %d", user, len(joined), len(of[user]))
		}
	}
	if a := get(t, tenant, usersPath+"/nobody/joinedTeams"); a.status != 404 {
		t.Errorf("the teams of nobody: %d", a.status)
	}
	if a := get(t, tenant, usersPath+"/"+column(users, "id")[0]+"/joinedTeams?$select=id"); a.status != 400 {
		t.Errorf("an option of joinedTeams: %d", a.status)
	}
}

// What is shared into a team comes with the link to its host, some of another tenant's, and is the end of allChannels.
func TestIncomingChannels(t *testing.T) {
	tenant := directory(400)
	teams, _ := all(t, tenant, teamsPath)
	hosts := map[bool]int{}
	for _, id := range column(teams, "id") {
		incoming, _ := all(t, tenant, teamsPath+"/"+id+"/incomingChannels")
		everywhere := get(t, tenant, teamsPath+"/"+id+"/allChannels").values(t)
		if !slices.Equal(column(everywhere[len(everywhere)-len(incoming):], "id"), column(incoming, "id")) {
			t.Errorf("allChannels of %s does not end with what is shared with it", id)
		}
		for _, c := range incoming {
			link := "/tenants/" + c["tenantId"].(string) + "/teams/"
			if at, _ := c["@odata.id"].(string); !strings.Contains(at, link) || strings.Contains(at, id) || !strings.HasSuffix(at, "/channels/"+c["id"].(string)) {
				t.Errorf("%s leads to its host by %s", id, at)
			}
			hosts[c["tenantId"] == tenant.Tenant]++
		}
	}
	if hosts[true] == 0 || hosts[false] == 0 {
		t.Errorf("%d incoming channels of this tenant, %d of another", hosts[true], hosts[false])
	}
}
