package graphsim

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

func teamOf(t *testing.T, tenant *Tenant, team int, options string) []map[string]any {
	t.Helper()
	list, _ := all(t, tenant, "/v1.0/teams/"+tenant.id(groupIDs, uint64(team)).String()+"/channels/getAllMessages"+options)
	return list
}

func chatty() Options {
	o := talkative()
	o.MessagesPerUserDay = 30
	return o
}

// A reply is newer than what it replies to, which is in the same channel and replies to nothing.
func TestRepliesHaveRoots(t *testing.T) {
	tenant := New(chatty())
	counts := map[string]int{}
	for _, team := range tenant.readableTeams(afterwards) {
		of := tenant.id(groupIDs, uint64(team)).String()
		byKey := map[string]map[string]any{}
		messages := teamOf(t, tenant, team, "?$top=50")
		for _, m := range messages {
			where := m["channelIdentity"].(map[string]any)
			if where["teamId"] != of || m["chatId"] != nil {
				t.Fatalf("a message of team %s is of %v", of, where)
			}
			key := fmt.Sprint(where["channelId"], m["id"])
			if byKey[key] != nil {
				t.Errorf("two messages are %s", key)
			}
			byKey[key] = m
		}
		for _, m := range messages {
			counts["all"]++
			if m["subject"] != nil {
				counts["subject"]++
			}
			if m["eventDetail"] != nil {
				counts["event"]++
			}
			if m["replyToId"] == nil {
				continue
			}
			counts["reply"]++
			root := byKey[fmt.Sprint(m["channelIdentity"].(map[string]any)["channelId"], m["replyToId"])]
			if root == nil || root["replyToId"] != nil || !instantOf(t, m, "createdDateTime").After(instantOf(t, root, "createdDateTime")) {
				t.Errorf("%v replies to %v", m, root)
			}
			if root != nil && dayOf(instantOf(t, m, "createdDateTime")) != dayOf(instantOf(t, root, "createdDateTime")) {
				counts["later"]++
			}
		}
	}
	if counts["reply"] < counts["all"]/2 || counts["subject"] < 100 || counts["event"] < 20 || counts["later"] < 50 {
		t.Errorf("messages: %v", counts)
	}
}

// Channels are read in windows as chats are, and what changes is in the window in which it changed.
func TestChannelMessagesByWindow(t *testing.T) {
	now := monday.AddDate(0, 0, 3)
	since := now
	o := chatty()
	o.Moves = -1 // the teams stay
	o.Now = func() time.Time { return now }
	tenant := New(o)
	of := func(options string) (messages []map[string]any) {
		for _, team := range tenant.readableTeams(since) {
			messages = append(messages, teamOf(t, tenant, team, options)...)
		}
		return messages
	}
	before := of("?$top=50")
	now = now.AddDate(0, 0, 1)
	after := of("?$top=50")
	changes := of(fmt.Sprintf(between, since.Add(-tick).Format(time.RFC3339Nano), now.Format(time.RFC3339)))
	var want []string
	old := map[string]string{}
	for _, m := range before {
		old[keysOf([]map[string]any{m})[0]] = fmt.Sprint(m)
	}
	for _, m := range after {
		if key := keysOf([]map[string]any{m})[0]; old[key] != fmt.Sprint(m) {
			want = append(want, key)
		}
	}
	slices.Sort(want)
	if got := keysOf(changes); !slices.Equal(got, want) || len(want) < len(after)-len(before)+20 {
		t.Errorf("%d messages changed, and %d are in the window; there were %d and are %d", len(want), len(got), len(before), len(after))
	}
}

// Nothing was written in a team before it was founded, and nothing replies to what was not.
func TestMessagesAreNotOlderThanTheirTeam(t *testing.T) {
	now := sunday
	o := chatty()
	o.Moves, o.Now = 200, at(now)
	tenant := New(o)
	young := 0
	for _, team := range tenant.readableTeams(now) {
		g, _ := tenant.groupAt(team, now)
		for _, m := range teamOf(t, tenant, team, "?$top=50") {
			since := g.created.Truncate(time.Millisecond)
			if since.After(monday) {
				young++
			}
			root, replies := m["replyToId"].(string)
			if instantOf(t, m, "createdDateTime").Before(since) || replies && root < stampOf(since) {
				t.Errorf("%v is older than its team, of %v", m["id"], since)
			}
		}
	}
	if young == 0 {
		t.Error("no team was founded in the week")
	}
}

func TestUnknownTeams(t *testing.T) {
	tenant := New(talkative())
	for _, id := range []string{"x", tenant.id(groupIDs, 9999).String(), tenant.id(userIDs, 0).String()} {
		if a := get(t, tenant, "/v1.0/teams/"+id+"/channels/getAllMessages"); a.status != 404 {
			t.Errorf("%s: %d %s", id, a.status, a.body)
		}
	}
	o := talkative()
	o.Roles = []string{"Chat.Read.All"}
	if a := get(t, New(o), "/v1.0/teams/x/channels/getAllMessages"); a.status != 403 {
		t.Errorf("without the role: %d", a.status)
	}
}
