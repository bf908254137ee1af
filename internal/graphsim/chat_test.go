package graphsim

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// talkative is a tenant of a week in which many come and go.
func talkative() Options {
	return Options{Seed: 3, Users: 150, Moves: 60, From: monday, To: sunday, Now: at(afterwards)}
}

// chatsOfFirst are the chats of user 0, who never leaves the tenant.
func chatsOfFirst(t *testing.T, tenant *Tenant, options string) ([]map[string]any, []int) {
	t.Helper()
	return all(t, tenant, "/v1.0/users/"+tenant.id(userIDs, 0).String()+"/chats"+options)
}

func membersOf(t *testing.T, tenant *Tenant, chat string) []map[string]any {
	t.Helper()
	list, _ := all(t, tenant, "/v1.0/chats/"+url.PathEscape(chat)+"/members")
	return list
}

// sweep asks for the chats of everybody who is there, as a night does, and gives each chat once, with the
// users who have it in their list.
func sweep(t *testing.T, tenant *Tenant) (chats map[string]map[string]any, in map[string][]string) {
	t.Helper()
	chats, in = map[string]map[string]any{}, map[string][]string{}
	users, _ := all(t, tenant, "/v1.0/users?$select=id&$top=999")
	for _, user := range column(users, "id") {
		list, _ := all(t, tenant, "/v1.0/users/"+user+"/chats?$top=50")
		for _, c := range list {
			id := c["id"].(string)
			if known := chats[id]; known != nil && !maps.EqualFunc(known, c, sameText) {
				t.Fatalf("%s is shown in two ways: %v and %v", id, known, c)
			}
			chats[id] = c
			in[id] = append(in[id], user)
		}
	}
	return chats, in
}

func sameText(a, b any) bool {
	one, _ := a.(string)
	two, _ := b.(string)
	return one == two
}

// Whoever of the tenant is a member of a chat has it in the list, and nobody else has.
func TestChatsAreListedForTheirMembers(t *testing.T) {
	tenant := New(talkative())
	chats, in := sweep(t, tenant)
	kinds, strangers := map[string]int{}, map[string]int{}
	for id, c := range chats {
		kinds[c["chatType"].(string)]++
		var want []string
		for _, m := range membersOf(t, tenant, id) {
			if m["tenantId"] == tenant.Tenant {
				want = append(want, m["userId"].(string))
			} else {
				strangers[m["@odata.type"].(string)]++
			}
		}
		slices.Sort(want)
		slices.Sort(in[id])
		if !slices.Equal(want, in[id]) {
			t.Errorf("%s has the members %v and is in the lists of %v", id, want, in[id])
		}
	}
	// 19 circles of up to twelve pairs and two groups, and three blocks; a meeting on most of seven days.
	if kinds["oneOnOne"] < 200 || kinds["group"] < 19*2+3 || kinds["meeting"] < 19*5 {
		t.Errorf("chats: %v", kinds)
	}
	if len(strangers) != 3 {
		t.Errorf("members from elsewhere: %v, want three types", strangers)
	}
}

// A meeting's chat has the link of its call.
func TestMeetingChatsHaveTheirCallsLink(t *testing.T) {
	tenant := New(talkative())
	records, _ := all(t, tenant, recordsPath)
	links := column(records, "joinWebUrl")
	chats, _ := chatsOfFirst(t, tenant, "?$filter=chatType eq 'meeting'")
	for _, c := range chats {
		link := c["onlineMeetingInfo"].(map[string]any)["joinWebUrl"].(string)
		thread := strings.TrimSuffix(strings.TrimPrefix(c["id"].(string), "19:"), "@thread.v2")
		if !slices.Contains(links, link) || !strings.Contains(link, "19%3a"+thread+"%40thread.v2") {
			t.Errorf("chat %s: no call has the link %s", c["id"], link)
		}
	}
	if len(chats) < 5 {
		t.Errorf("%d meetings in a week", len(chats))
	}
}

// lastUpdatedDateTime moves when members or the topic change, and then only.
func TestChatsAreUpdated(t *testing.T) {
	now := sunday.AddDate(0, 0, -3)
	since := now
	o := talkative()
	o.Now = func() time.Time { return now }
	tenant := New(o)
	before, _ := sweep(t, tenant)
	members := map[string][]string{}
	for id := range before {
		members[id] = column(membersOf(t, tenant, id), "id")
	}
	now = afterwards
	after, _ := sweep(t, tenant)
	changed := map[bool]int{}
	for id, c := range before {
		if after[id] == nil {
			continue // all who were in it have left the tenant
		}
		other := !slices.Equal(members[id], column(membersOf(t, tenant, id), "id")) || c["topic"] != after[id]["topic"]
		if !other && c["chatType"] == "meeting" {
			continue // a guest may have come and gone between
		}
		changed[other]++
		if updated := instantOf(t, after[id], "lastUpdatedDateTime"); updated.After(since) != other {
			t.Errorf("chat %s was last updated at %v; it changed after %v: %v", id, updated, since, other)
		}
		if other != (c["lastUpdatedDateTime"] != after[id]["lastUpdatedDateTime"]) || c["createdDateTime"] != after[id]["createdDateTime"] {
			t.Errorf("chat %s was %v and is %v", id, c, after[id])
		}
	}
	if changed[true] < 20 || changed[false] < 100 || len(after)-len(before) < 5 {
		t.Errorf("changed chats: %v; %d chats became %d", changed, len(before), len(after))
	}
}

// A list of chats comes in pages, and cuts the members of a chat without a word.
func TestChatPages(t *testing.T) {
	tenant := New(talkative())
	whole, pages := chatsOfFirst(t, tenant, "?$expand=members")
	cut, small := chatsOfFirst(t, tenant, "?$top=5")
	if !slices.Equal(column(whole, "id"), column(cut, "id")) || len(pages) != 1 || len(small) != (len(whole)+4)/5 || len(whole) < 10 {
		t.Fatalf("%d chats on pages of %v, and %d on pages of %v", len(whole), pages, len(cut), small)
	}
	largest := ""
	for _, c := range whole {
		expanded := objects(t, c, "members")
		members := membersOf(t, tenant, c["id"].(string))
		if len(members) > 26 {
			largest = c["id"].(string)
		}
		if want := members[:min(25, len(members))]; !slices.Equal(column(expanded, "id"), column(want, "id")) {
			t.Errorf("%d of %d members are expanded", len(expanded), len(members))
		}
	}
	members, pages := all(t, tenant, "/v1.0/chats/"+largest+"/members", "Prefer", "odata.maxpagesize=10")
	if got := membersOf(t, tenant, largest); !slices.Equal(column(members, "id"), column(got, "id")) || len(pages) < 3 || pages[0] != 10 {
		t.Errorf("%d members on pages of %v, and %d at once", len(members), pages, len(got))
	}
	for _, target := range []string{"?$top=51", "?$top=0", "?$skiptoken=x", "?$search=x"} {
		if a := get(t, tenant, "/v1.0/users/"+tenant.id(userIDs, 0).String()+"/chats"+target); a.status != 400 {
			t.Errorf("%s: %d %s", target, a.status, a.body)
		}
	}
}

// The documented order is that of the last messages, and filters are those that are documented.
func TestChatOrderAndFilter(t *testing.T) {
	o := talkative()
	o.Now = at(monday.AddDate(0, 0, 3))
	tenant := New(o)
	const byLast = "?$orderby=lastMessagePreview/createdDateTime desc"
	last := map[string]time.Time{}
	messages, _ := all(t, tenant, "/v1.0/users/"+tenant.id(userIDs, 0).String()+"/chats/getAllMessages?$top=50")
	for _, m := range messages {
		id := m["chatId"].(string)
		last[id] = later(last[id], instantOf(t, m, "createdDateTime"))
	}
	ordered, _ := chatsOfFirst(t, tenant, byLast)
	paged, pages := chatsOfFirst(t, tenant, byLast+"&$top=3")
	ids := column(ordered, "id")
	if !slices.IsSortedFunc(ids, func(a, b string) int { return last[b].Compare(last[a]) }) || len(last) < 5 {
		t.Errorf("the chats %v are not in the order of %v", ids, last)
	}
	if !slices.Equal(column(paged, "id"), ids) || pages[0] != 3 {
		t.Errorf("on pages of %v: %v, want %v", pages, column(paged, "id"), ids)
	}
	groups, _ := chatsOfFirst(t, tenant, "?$filter=chatType eq 'group'")
	topic := ""
	for _, c := range groups {
		if c["chatType"] != "group" {
			t.Errorf("%v is no group", c)
		}
		topic, _ = c["topic"].(string)
	}
	named, _ := chatsOfFirst(t, tenant, "?$filter=topic eq '"+url.QueryEscape(topic)+"'")
	if len(groups) != 3 || len(named) == 0 || named[0]["topic"] != topic {
		t.Errorf("%d groups, and %v of the topic %q", len(groups), named, topic)
	}
	for options, want := range map[string]int{
		"?$orderby=createdDateTime": 400, "?$orderby=lastMessagePreview/createdDateTime": 400, "?$filter=id eq 'x'": 501, "?$expand=lastMessagePreview": 501,
	} {
		if a := get(t, tenant, "/v1.0/users/"+tenant.id(userIDs, 0).String()+"/chats"+options); a.status != want {
			t.Errorf("%s: %d %s", options, a.status, a.body)
		}
	}
}

// What is no chat of the tenant's, or of nobody who is there, is not found.
func TestUnknownChats(t *testing.T) {
	tenant := New(talkative())
	whole, _ := chatsOfFirst(t, tenant, "")
	for _, c := range whole {
		id := c["id"].(string)
		if _, ok := tenant.findChat(id); !ok {
			t.Errorf("%s is not found", id)
		}
		for _, bad := range []string{id[1:], id + "x", strings.Replace(id, "19:", "19:0", 1), strings.ToUpper(id)} {
			if _, ok := tenant.findChat(bad); ok {
				t.Errorf("%s is found", bad)
			}
		}
	}
	gone := ""
	for number := range 150 {
		if !tenant.stay(number, afterwards).has(afterwards) {
			gone = tenant.id(userIDs, uint64(number)).String()
		}
	}
	a, b := tenant.id(userIDs, 0).String(), tenant.id(userIDs, 3).String() // of a circle, and without a chat of two
	stranger := "/v1.0/chats/19:" + min(a, b) + "_" + max(a, b) + "@unq.gbl.spaces/members"
	for _, target := range []string{stranger, "/v1.0/chats/19:x@thread.v2/members", "/v1.0/users/" + gone + "/chats"} {
		if a := get(t, tenant, target); a.status != 404 {
			t.Errorf("%s: %d %s", target, a.status, a.body)
		}
	}
	o := talkative()
	o.Roles = []string{"ChatMember.Read.All"}
	reader := New(o)
	if a := get(t, reader, "/v1.0/users/x/chats"); a.status != 403 {
		t.Errorf("chats without their role: %d", a.status)
	}
	if a := get(t, reader, "/v1.0/chats/19:x/members"); a.status != 404 {
		t.Errorf("members with their role: %d", a.status)
	}
}

// stay agrees with what the directory shows.
func TestStay(t *testing.T) {
	tenant := New(talkative())
	left := 0
	for now := monday; now.Before(afterwards); now = now.Add(5 * time.Hour) {
		for number := range tenant.everybody(now) + 5 {
			_, here := tenant.personAt(number, now)
			if got := tenant.stay(number, now).has(now); got != here {
				t.Fatalf("user %d at %v: %v, want %v", number, now, got, here)
			}
			if !here {
				left++
			}
		}
	}
	if left < 100 {
		t.Errorf("nobody left: %d", left)
	}
}

func FuzzChatIDs(f *testing.F) {
	tenant := New(talkative())
	for _, c := range tenant.chats(5) {
		f.Add(tenant.chatID(&c))
	}
	f.Add("19:meeting_@thread.v2")
	f.Add("19:_@unq.gbl.spaces")
	f.Fuzz(func(t *testing.T, id string) {
		// Whatever is taken for an id is exactly the one that is given for its chat.
		if c, ok := tenant.findChat(id); ok && tenant.chatID(&c) != id {
			t.Errorf("%q is taken for the chat of %q", id, tenant.chatID(&c))
		}
	})
}
