package privacy

import (
	"path/filepath"
	"testing"

	"graphlake/schemas"
)

// What is allowed in which mode, counted by hand: of 16, in how many.
func TestAllowed(t *testing.T) {
	for _, c := range []struct {
		dataset, path string
		kind          kind
		modes         int
	}{
		{"call_records", "sessions[].failureInfo.reason", word, 16},
		{"users", "department", word, 16},
		{"users", "jobTitle", quasi, 8},
		{"users", "userPrincipalName", person, 8},
		{"users", "streetAddress", device, 4},
		{"users", "aboutMe", unknown, 2},
		{"users", "zzAddedByGraph", unknown, 2},
		{"chat_messages", "body.content", body, 8},
		{"chat_messages", "attachments[].content", payload, 4},
		{"chat_messages", "subject", title, 6},
		{"chat_messages", "mentions[].mentionText", text, 4},
		{"chat_messages", "policyViolation.policyTip.generalText", text, 4},
		{"call_records", "sessions[].caller.feedback.text", text, 4},
		{"call_records", "organizer_v2.identity.user.tenantId", word, 16},
		{"call_records", "organizer_v2.identity.someNewUser.displayName", person, 8},
		{"calendar_events", "bodyPreview", body, 8},
		{"sms_logs", "sourceNumber", person, 8},
		{"sms_logs", "smsId", word, 16},
		{"sms_logs", "otherPartyCountryCode", word, 16},
		{"blocked_users_log", "userTelephoneNumber", person, 8},
		{"incoming_channels", "description", text, 4},
		{"incoming_channels", "webUrl", title, 6},
		{"joined_teams", "displayName", person, 8},
	} {
		p, n := place{c.dataset, c.path}, 0
		for _, m := range modes() {
			if p.allowed(m) {
				n++
			}
		}
		if kindOf(p) != c.kind || n != c.modes {
			t.Errorf("%v is of kind %d and allowed in %d modes, want kind %d and %d", p, kindOf(p), n, c.kind, c.modes)
		}
	}
}

// Each dataset has texts, and a record of it comes to have all of them.
func TestCanaries(t *testing.T) {
	all, err := trees(schemas.BuiltIn(), "", filepath.Join("..", "..", "..", "schemas", "testdata"))
	if err != nil {
		t.Fatal(err)
	}
	c := newCanaries(schemas.BuiltIn(), all)
	for _, d := range schemas.BuiltIn() {
		if n := len(all[d.Name].texts("")); n < 2 { // of one that Graph adds up most are keys
			t.Errorf("%s has %d texts", d.Name, n)
		}
	}
	one := c.inject(all["users"], map[string]any{"id": "1", "mail": nil, "accountEnabled": true}, "users", "").(map[string]any)
	if one["id"] != "1" || one["mail"] != c.of[place{"users", "mail"}] || one["zzAddedByGraph"] == nil || one["accountEnabled"] != true {
		t.Errorf("a user became %v", one)
	}
}
