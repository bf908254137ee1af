package schemas

import "testing"

// The links that a reader joins by, written by hand.
func TestParents(t *testing.T) {
	want := map[string]string{
		"calls": "", "call_participants": "calls", "call_sessions": "calls", "call_segments": "call_sessions",
		"call_media": "call_segments", "call_media_streams": "call_media",
		"pstn_calls": "", "direct_routing_calls": "", "users": "", "user_licenses": "users",
		"groups": "", "group_members": "groups", "group_owners": "groups",
		"tenants": "", "subscribed_skus": "tenants", "teams": "", "channels": "teams", "channel_members": "", "presence": "", "mailbox_settings": "",
		"calendar_events": "", "event_attendees": "calendar_events",
		"chats": "", "chat_members": "chats",
		"chat_messages": "", "message_mentions": "chat_messages", "message_attachments": "chat_messages",
		"message_reactions": "chat_messages", "message_events": "chat_messages",
		"channel_messages": "", "channel_message_mentions": "channel_messages", "channel_message_attachments": "channel_messages",
		"channel_message_reactions": "channel_messages", "channel_message_events": "channel_messages",
	}
	for _, d := range BuiltIn() {
		for _, table := range d.Tables {
			parent, _ := d.Parent(table)
			if _, listed := want[table.Name]; !listed && (parent.Name == "") != (table.Each == "") {
				t.Errorf("the parent of %s is %q, and it has a row per %q", table.Name, parent.Name, table.Each)
			} else if listed && parent.Name != want[table.Name] {
				t.Errorf("the parent of %s is %q, want %q", table.Name, parent.Name, want[table.Name])
			}
			delete(want, table.Name)
		}
	}
	if len(want) > 0 {
		t.Errorf("no tables: %v", want)
	}
}
