package graphsim

import (
	"os"
	"strings"
	"testing"
)

// Groups, teams, presence, mailboxes and calendars, too, send nothing that Graph's metadata does not know,
// and whatever may be selected exists.
func TestDirectoryAgainstGraphsTypes(t *testing.T) {
	folder := os.Getenv(referenceVariable)
	if folder == "" {
		t.Skip(referenceVariable + " is not set")
	}
	ref := readReference(t, folder)
	tenant := meetings(afterwards)
	newer := []string{"Prefer", "include-unknown-enum-members"}
	groups, _ := all(t, tenant, groupsPath)
	for _, g := range groups {
		ref.check(t, g, "microsoft.graph.group", "group")
	}
	teams, _ := all(t, tenant, teamsPath)
	for _, listed := range teams {
		ref.check(t, listed, "microsoft.graph.team", "listed team")
		path := teamsPath + "/" + listed["id"].(string)
		ref.check(t, get(t, tenant, path, newer...).json, "microsoft.graph.team", "team")
		ref.check(t, get(t, tenant, path+"/members").json["value"], "Collection(microsoft.graph.conversationMember)", "team member")
		for _, c := range get(t, tenant, path+"/allChannels", newer...).values(t) {
			ref.check(t, c, "microsoft.graph.channel", "channel")
			if members := get(t, tenant, path+"/channels/"+c["id"].(string)+"/members"); members.status == 200 {
				ref.check(t, members.json["value"], "Collection(microsoft.graph.conversationMember)", "member")
			}
		}
	}
	users, _ := all(t, tenant, usersPath+"?$select=id")
	ref.check(t, post(t, tenant, presencesTarget, idsBody(column(users, "id"))).json["value"], "Collection(microsoft.graph.presence)", "presence")
	for _, id := range column(users, "id") {
		if a := get(t, tenant, usersPath+"/"+id+"/mailboxSettings", newer...); a.status == 200 {
			ref.check(t, a.json, "microsoft.graph.mailboxSettings", "mailbox")
		}
	}
	for function, row := range map[string]string{"getSmsLog": "smsLogRow", "getPstnOnlineMeetingDialoutReport": "pstnOnlineMeetingDialoutReport"} {
		rows, _ := all(t, tenant, betaPath+"/"+function+"(fromDateTime=2026-11-02,toDateTime=2026-11-08)")
		for _, r := range rows {
			ref.check(t, r, "microsoft.graph.callRecords."+row+".BETA", row)
		}
	}
	for _, e := range readDiary(t, tenant).events {
		ref.check(t, e, "microsoft.graph.event", "event")
	}
	ref.check(t, get(t, tenant, "/v1.0/subscribedSkus").json["value"], "Collection(microsoft.graph.subscribedSku)", "sku")
	for _, c := range collections {
		if c.typ == nil || c.typ == &organizationType || c.typ == &resourceAccountType { // of which the reference has nothing
			continue
		}
		of := ref.types[short(c.typ.name)]
		if of == nil {
			t.Errorf("there is no type %s", c.typ.name)
			continue
		}
		for _, name := range c.typ.sample(tenant).names() {
			if of.properties[name] == "" && !strings.Contains(name, "@") {
				t.Errorf("%s has no property %q", c.typ.name, name)
			}
		}
	}
}
