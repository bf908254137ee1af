package graphsim

import (
	"fmt"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"
)

const between = "?$top=50&$filter=lastModifiedDateTime gt %s and lastModifiedDateTime lt %s"

// mailboxOfThird are the messages of user 3, who is in the talkative tenant to the end.
func mailboxOfThird(t *testing.T, tenant *Tenant, options string) ([]map[string]any, []int) {
	t.Helper()
	return all(t, tenant, "/v1.0/users/"+tenant.id(userIDs, 3).String()+"/chats/getAllMessages"+options)
}

// everyMessage asks for the messages in the mailboxes of all who are there, as a night does, and gives
// each once by chat and id.
func everyMessage(t *testing.T, tenant *Tenant, options string) (messages map[string]map[string]any, copies int) {
	t.Helper()
	messages = map[string]map[string]any{}
	users, _ := all(t, tenant, "/v1.0/users?$select=id&$top=999")
	for _, user := range column(users, "id") {
		list, _ := all(t, tenant, "/v1.0/users/"+user+"/chats/getAllMessages"+options)
		for _, m := range list {
			key := m["chatId"].(string) + " " + m["id"].(string)
			if known := messages[key]; known != nil && !reflect.DeepEqual(known, m) {
				t.Fatalf("%s is shown in two ways:\n%v\n%v", key, known, m)
			}
			messages[key] = m
			copies++
		}
	}
	return messages, copies
}

// talk is every message of the talkative tenant, read once for all tests that look at it.
var talk struct {
	once     sync.Once
	messages map[string]map[string]any
	copies   int
}

func talkOf(t *testing.T) (messages map[string]map[string]any, copies int) {
	t.Helper()
	talk.once.Do(func() { talk.messages, talk.copies = everyMessage(t, New(talkative()), "?$top=50") })
	return talk.messages, talk.copies
}

func TestMessagesByWindow(t *testing.T) {
	tenant := New(talkative())
	whole, _ := mailboxOfThird(t, tenant, "?$top=50")
	var parts []map[string]any
	for day := monday; day.Before(afterwards); day = day.AddDate(0, 0, 1) {
		// Both bounds are outside, so a window begins a tick earlier.
		list, pages := mailboxOfThird(t, tenant, fmt.Sprintf(between, day.Add(-tick).Format(time.RFC3339Nano), day.AddDate(0, 0, 1).Format(time.RFC3339)))
		for _, m := range list {
			if at := instantOf(t, m, "lastModifiedDateTime"); at.Before(day) || !at.Before(day.AddDate(0, 0, 1)) {
				t.Errorf("%v is in the window of %v", at, day)
			}
		}
		for i, n := range pages {
			if n != 50 && i < len(pages)-1 || n > 50 {
				t.Errorf("pages of %v", pages)
			}
		}
		parts = append(parts, list...)
	}
	if got, want := keysOf(parts), keysOf(whole); !slices.Equal(got, want) || len(want) < 80 {
		t.Errorf("%d messages in windows, %d in all", len(got), len(want))
	}
	small, _ := mailboxOfThird(t, tenant, "?$top=7")
	if !slices.Equal(keysOf(small), keysOf(whole)) {
		t.Error("smaller pages have other messages")
	}
}

func keysOf(messages []map[string]any) []string {
	keys := make([]string, len(messages))
	for i, m := range messages {
		keys[i] = fmt.Sprint(m["chatId"], m["channelIdentity"], m["id"])
	}
	slices.Sort(keys)
	return keys
}

// The ids of messages are unique in their chat, and only there.
func TestMessageIDs(t *testing.T) {
	messages, copies := talkOf(t)
	ids := map[string]int{}
	for _, m := range messages {
		ids[m["id"].(string)]++
		if at := instantOf(t, m, "createdDateTime"); m["id"] != fmt.Sprint(at.UnixMilli()) {
			t.Errorf("message %s was created at %v", m["id"], at)
		}
	}
	if n := len(messages) - len(ids); n < 100 {
		t.Errorf("only %d of %d ids are in two chats", n, len(messages))
	}
	if copies < 2*len(messages) {
		t.Errorf("%d copies of %d messages: no thread is in all mailboxes", copies, len(messages))
	}
	if perUserDay := float64(len(messages)) / 150 / 5.1; perUserDay < 3 || perUserDay > 6 {
		t.Errorf("%.1f messages a user and working day, want about 4", perUserDay)
	}
}

// From one night to the next only what happened between them changes, and the day of no message.
func TestMessagesChange(t *testing.T) {
	now := monday.AddDate(0, 0, 3).Add(2 * time.Hour)
	since := now
	o := talkative()
	o.Moves = -1
	o.Now = func() time.Time { return now }
	tenant := New(o)
	before, _ := everyMessage(t, tenant, "?$top=50")
	now = now.AddDate(0, 0, 1)
	after, _ := everyMessage(t, tenant, "?$top=50")
	window := fmt.Sprintf(between, since.Add(-tick).Format(time.RFC3339Nano), now.Format(time.RFC3339))
	changes, _ := everyMessage(t, tenant, window)
	kinds := map[string]int{}
	for key, m := range before {
		other := !reflect.DeepEqual(m, after[key])
		if _, told := changes[key]; told != other {
			t.Errorf("message %s changed: %v, and is in the window: %v", key, other, told)
		}
		if !other {
			continue
		}
		n := after[key]
		kinds["changed"]++
		for _, name := range []string{"lastEditedDateTime", "deletedDateTime"} {
			if m[name] != n[name] {
				kinds[name]++
			}
		}
		if m["createdDateTime"] != n["createdDateTime"] || m["etag"] == n["etag"] || instantOf(t, n, "lastModifiedDateTime").Before(since) {
			t.Errorf("message %s was %v and is %v", key, m, n)
		}
		if body := n["body"].(map[string]any); n["deletedDateTime"] != nil && (body["content"] != "" || len(n["mentions"].([]any))+len(n["attachments"].([]any))+len(n["reactions"].([]any)) > 0) {
			t.Errorf("the deleted message %s still has %v", key, n)
		}
	}
	for key := range changes {
		if before[key] == nil && instantOf(t, after[key], "createdDateTime").Before(since) {
			t.Errorf("message %s is new and old", key)
		}
	}
	if kinds["changed"] < 50 || kinds["lastEditedDateTime"] < 10 || kinds["deletedDateTime"] == 0 || len(after) < len(before)+300 {
		t.Errorf("%d messages became %d: %v", len(before), len(after), kinds)
	}
}

// A mailbox holds what was written while its user was in the chat, and nothing from before.
func TestMailboxesBeginWithTheirUsers(t *testing.T) {
	tenant := New(talkative())
	seen := 0
	for number := 150; number < tenant.everybody(afterwards); number++ {
		if !tenant.stay(number, afterwards).has(afterwards) {
			continue
		}
		joined := tenant.joined(number)
		messages, _ := all(t, tenant, "/v1.0/users/"+tenant.id(userIDs, uint64(number)).String()+"/chats/getAllMessages?$top=50")
		for _, m := range messages {
			if at := instantOf(t, m, "createdDateTime"); at.Before(joined) {
				t.Errorf("user %d, who joined at %v, has a message of %v", number, joined, at)
			}
		}
		seen += len(messages)
	}
	if seen < 50 {
		t.Errorf("only %d messages of users who joined", seen)
	}
}

// System messages have their type only where it is asked for, and nobody wrote them.
func TestSystemMessages(t *testing.T) {
	tenant := New(talkative())
	user := "/v1.0/users/" + tenant.id(userIDs, 3).String() + "/chats/getAllMessages?$top=50"
	plain, _ := all(t, tenant, user)
	newer, _ := all(t, tenant, user, "Prefer", "include-unknown-enum-members")
	types := map[string]int{}
	for i, m := range newer {
		types[m["messageType"].(string)]++
		want := m["messageType"]
		if want == "systemEventMessage" {
			want = "unknownFutureValue"
			if m["from"] != nil || m["eventDetail"] == nil || m["body"].(map[string]any)["content"] != "<systemEventMessage/>" {
				t.Errorf("system message %v", m)
			}
		}
		if plain[i]["messageType"] != want {
			t.Errorf("without the preference %v is %v", m["messageType"], plain[i]["messageType"])
		}
	}
	if types["systemEventMessage"] < 5 || types["message"] < 60 || len(types) != 2 {
		t.Errorf("types %v", types)
	}
}
