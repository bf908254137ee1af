package graphsim

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// silentMessages are the properties of chats and messages that are never sent with a value.
var silentMessages = strings.Fields(`chat.installedApps chat.lastMessagePreview chat.messages chat.permissionGrants
	chat.pinnedMessages chat.tabs chat.targetedMessages chat.viewpoint chat.migrationMode chat.originalCreatedDateTime
	chatMessage.hostedContents chatMessage.replies chatMessage.messageHistory aadUserConversationMember.user
	chatMessageMentionedIdentitySet.device chatMessageReactionIdentitySet.device
	chatMessageReactionIdentitySet.application`)

// Chats and messages are what Graph's metadata says, and have everything that it says but what is listed.
func TestMessagesAgainstGraphsTypes(t *testing.T) {
	folder := os.Getenv(referenceVariable)
	if folder == "" {
		t.Skip(referenceVariable + " is not set")
	}
	ref := readReference(t, folder)
	o := chatty()
	o.MessagesPerUserDay = 60 // so many that every kind of event is among them
	tenant := New(o)
	newer := []string{"Prefer", "include-unknown-enum-members"}
	users, _ := all(t, tenant, "/v1.0/users?$select=id&$top=999")
	for i, user := range column(users, "id") {
		if i%5 > 0 {
			continue // somebody of each circle is enough
		}
		chats, _ := all(t, tenant, "/v1.0/users/"+user+"/chats?$top=50&$expand=members", newer...)
		for _, c := range chats {
			ref.check(t, c, "microsoft.graph.chat", "chat")
		}
		messages, _ := all(t, tenant, "/v1.0/users/"+user+"/chats/getAllMessages?$top=50", newer...)
		for _, m := range messages {
			ref.check(t, m, "microsoft.graph.chatMessage", "message")
		}
	}
	for _, team := range tenant.readableTeams(afterwards) {
		messages, _ := all(t, tenant, "/v1.0/teams/"+tenant.id(groupIDs, uint64(team)).String()+"/channels/getAllMessages?$top=50", newer...)
		for _, m := range messages {
			ref.check(t, m, "microsoft.graph.chatMessage", "message")
		}
	}
	names := strings.Fields(`chat teamworkOnlineMeetingInfo aadUserConversationMember anonymousGuestConversationMember
		skypeUserConversationMember chatMessage channelIdentity itemBody chatMessageAttachment chatMessageMention
		chatMessageMentionedIdentitySet chatMessageFromIdentitySet chatMessageReaction chatMessageReactionIdentitySet
		chatMessagePolicyViolation chatMessagePolicyViolationPolicyTip teamworkUserIdentity teamworkApplicationIdentity
		teamworkConversationIdentity teamworkTagIdentity callParticipantInfo`)
	for _, event := range slices.Concat(smallEvents, teamEvents, strings.Fields("membersAdded membersDeleted membersJoined membersLeft chatRenamed callStarted callEnded")) {
		names = append(names, event+"EventMessageDetail")
	}
	for _, name := range names {
		def := ref.types[name]
		for property := range def.properties {
			if never := slices.Contains(silentMessages, name+"."+property); def.seen[property] == never {
				t.Errorf("%s.%s was sent with a value: %v", name, property, def.seen[property])
			}
		}
	}
	for name := range ref.types {
		if strings.HasSuffix(name, "EventMessageDetail") && !slices.Contains(names, name) {
			t.Errorf("no message tells of %s", name)
		}
	}
}
