package graphsim

import (
	"slices"
	"testing"
	"time"
)

// Guests and some disabled accounts have no mailbox; who has one has settings of all kinds.
func TestMailboxSettings(t *testing.T) {
	tenant := directory(900)
	users, _ := all(t, tenant, usersPath+"?$select=id,userType,accountEnabled&$top=999")
	codes, zones, replies, purposes := map[string]int{}, map[string]int{}, map[any]int{}, map[any]int{}
	for _, u := range users {
		a := get(t, tenant, usersPath+"/"+u["id"].(string)+"/mailboxSettings")
		if a.status == 404 {
			codes[a.text(t, "error", "code")]++
			if u["userType"] == "Member" && u["accountEnabled"] == true {
				t.Errorf("%v has no mailbox", u)
			}
			continue
		}
		if a.status != 200 || u["userType"] == "Guest" {
			t.Fatalf("%v: %d %s", u, a.status, a.body)
		}
		zones[a.text(t, "timeZone")]++
		purposes[a.json["userPurpose"]]++
		setting := a.json["automaticRepliesSetting"].(map[string]any)
		replies[setting["status"]]++
		if _, err := time.Parse("2006-01-02T15:04:05.0000000", a.text(t, "automaticRepliesSetting", "scheduledStartDateTime", "dateTime")); err != nil {
			t.Error(err)
		}
	}
	if codes["ErrorItemNotFound"] < 5 || codes["MailboxNotEnabledForRESTAPI"] < 5 || len(codes) != 2 {
		t.Errorf("without a mailbox: %v", codes)
	}
	if zones["Asia/Kolkata"] == 0 || zones["W. Europe Standard Time"] < 5*zones["Europe/Zurich"]/2 || len(zones) != 8 {
		t.Errorf("time zones: %v", zones)
	}
	if replies["scheduled"] < 10 || replies["alwaysEnabled"] < 3 || replies["disabled"] < 700 || purposes["shared"]+purposes["room"] != replies["alwaysEnabled"] || purposes["room"] == 0 {
		t.Errorf("automatic replies: %v, purposes: %v", replies, purposes)
	}
	some := get(t, tenant, usersPath+"/"+users[0]["id"].(string)+"/mailboxSettings?$select=timeZone,language")
	if len(some.json) != 3 || some.text(t, "language", "locale") == "" {
		t.Errorf("a selection is %s", some.body)
	}
}

// The settings change from week to week, and for who is away only.
func TestMailboxSettingsChange(t *testing.T) {
	o := small()
	now := afterwards
	o.Users, o.Now = 300, func() time.Time { return now }
	tenant := New(o)
	read := func() (bodies []string) {
		for number := range o.Users {
			a := get(t, tenant, usersPath+"/"+tenant.id(userIDs, uint64(number)).String()+"/mailboxSettings")
			if a.status != 200 { // an error has the time in it
				a.body = nil
			}
			bodies = append(bodies, string(a.body))
		}
		return bodies
	}
	first := read()
	now = now.Add(time.Hour)
	if !slices.Equal(first, read()) {
		t.Error("the settings change within the week")
	}
	now = now.AddDate(0, 0, 7)
	changed := 0
	for i, body := range read() {
		if body != first[i] {
			changed++
		}
	}
	if changed < 10 || changed > 100 {
		t.Errorf("of 300 mailboxes %d change in a week", changed)
	}
}

func TestForbiddenMailboxes(t *testing.T) {
	o := small()
	o.Users, o.Forbidden = 300, 0.1
	tenant := New(o)
	refused := 0
	for number := range o.Users {
		path := usersPath + "/" + tenant.id(userIDs, uint64(number)).String()
		a := get(t, tenant, path+"/mailboxSettings")
		for _, chats := range []string{"/chats", "/chats/getAllMessages"} {
			if b := get(t, tenant, path+chats); (a.status == 403) != (b.status == 403) {
				t.Errorf("the mailbox answers %d and %s %d", a.status, chats, b.status)
			}
		}
		if a.status == 403 {
			refused++
			if a.text(t, "error", "code") != "ErrorAccessDenied" || get(t, tenant, path).status != 200 {
				t.Errorf("a forbidden mailbox is %s, or its user forbidden too", a.body)
			}
		}
	}
	if refused < 15 || refused > 50 {
		t.Errorf("of 300 mailboxes %d are forbidden, want about 30", refused)
	}
}
