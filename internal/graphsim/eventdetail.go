package graphsim

import "time"

// An eventKind is what a system message tells of; noEvent: it is a message of somebody.
type eventKind uint8

const (
	noEvent eventKind = iota
	membersAdded
	membersDeleted
	membersJoined
	membersLeft
	chatRenamed
	callStarted
	callEnded
	callRecording
	callTranscript
	meetingPolicyUpdated
	messagePinned
	messageUnpinned
	tabUpdated
	appInstalled
	appRemoved
	appUpgraded
	roleUpdated
	channelAdded
	channelDeleted
	channelDescriptionUpdated
	channelRenamed
	channelSetAsFavorite
	channelUnsetAsFavorite
	teamArchived
	teamCreated
	teamDescriptionUpdated
	teamJoiningDisabled
	teamJoiningEnabled
	teamRenamed
	teamUnarchived
)

// smallEvents happen in chats, and teamEvents in channels, without a trace elsewhere.
var (
	smallEvents = []eventKind{
		messagePinned, messageUnpinned, tabUpdated, appInstalled, appRemoved, appUpgraded, roleUpdated,
		callRecording, callTranscript, meetingPolicyUpdated,
	}
	teamEvents = []eventKind{
		channelAdded, channelDeleted, channelDescriptionUpdated, channelRenamed, channelSetAsFavorite,
		channelUnsetAsFavorite, teamArchived, teamCreated, teamDescriptionUpdated, teamJoiningDisabled,
		teamJoiningEnabled, teamRenamed, teamUnarchived, tabUpdated, appInstalled, messagePinned,
	}
)

// details says of each event its type, and writes what it has besides the initiator.
var eventDetails = [...]struct {
	name  string
	write func(t *Tenant, w *writer, m *message, s *source)
}{
	membersAdded:              {"membersAdded", addedMembers},
	membersDeleted:            {"membersDeleted", eventMembers},
	membersJoined:             {"membersJoined", eventMembers},
	membersLeft:               {"membersLeft", eventMembers},
	chatRenamed:               {"chatRenamed", renamedChat},
	callStarted:               {"callStarted", startedCall},
	callEnded:                 {"callEnded", endedCall},
	callRecording:             {"callRecording", recordedCall},
	callTranscript:            {"callTranscript", transcribedCall},
	meetingPolicyUpdated:      {"meetingPolicyUpdated", meetingPolicy},
	messagePinned:             {"messagePinned", pinned},
	messageUnpinned:           {"messageUnpinned", pinned},
	tabUpdated:                {"tabUpdated", updatedTab},
	appInstalled:              {"teamsAppInstalled", eventApp},
	appRemoved:                {"teamsAppRemoved", eventApp},
	appUpgraded:               {"teamsAppUpgraded", eventApp},
	roleUpdated:               {"conversationMemberRoleUpdated", updatedRole},
	channelAdded:              {"channelAdded", eventChannel("channelDisplayName")},
	channelDeleted:            {"channelDeleted", eventChannel("channelDisplayName")},
	channelDescriptionUpdated: {"channelDescriptionUpdated", eventChannel("channelDescription")},
	channelRenamed:            {"channelRenamed", eventChannel("channelDisplayName")},
	channelSetAsFavorite:      {"channelSetAsFavoriteByDefault", eventChannel("")},
	channelUnsetAsFavorite:    {"channelUnsetAsFavoriteByDefault", eventChannel("")},
	teamArchived:              {"teamArchived", eventTeam()},
	teamCreated:               {"teamCreated", eventTeam("teamDescription", "teamDisplayName")},
	teamDescriptionUpdated:    {"teamDescriptionUpdated", eventTeam("teamDescription")},
	teamJoiningDisabled:       {"teamJoiningDisabled", eventTeam()},
	teamJoiningEnabled:        {"teamJoiningEnabled", eventTeam()},
	teamRenamed:               {"teamRenamed", eventTeam("teamDisplayName")},
	teamUnarchived:            {"teamUnarchived", eventTeam()},
}

// eventDetail writes what a system message tells of.
func (t *Tenant) eventDetail(w *writer, m *message) {
	s := seeded(m.seed, 'd')
	detail := eventDetails[m.event]
	w.text("@odata.type", "#microsoft.graph."+detail.name+"EventMessageDetail")
	detail.write(t, w, m, &s)
	if m.event != callTranscript {
		t.fromSet(w, "initiator", t.initiator(m, &s))
	}
}

// initiator is who caused an event.
func (t *Tenant) initiator(m *message, s *source) party {
	switch m.event {
	case membersLeft, membersJoined, callStarted, callEnded, chatRenamed:
		return m.turn.who
	}
	return t.somebody(m, s)
}

func eventMembers(t *Tenant, w *writer, m *message, _ *source) {
	w.list("members")
	w.open("")
	t.teamsIdentity(w, m.turn.who)
	w.close()
	w.end()
}

func addedMembers(t *Tenant, w *writer, m *message, s *source) {
	eventMembers(t, w, m, s)
	w.time("visibleHistoryStartDateTime", time.Time{})
}

func renamedChat(_ *Tenant, w *writer, m *message, _ *source) {
	w.text("chatId", m.thread.id)
	w.text("chatDisplayName", m.turn.name)
}
