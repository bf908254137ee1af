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

// eventDetails say of each event its type, and what it has besides the initiator.
var eventDetails = [...]struct {
	name string
	of   func(t *Tenant, m *message, s *source) entity
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

// eventDetail is what a system message tells of.
func (t *Tenant) eventDetail(m *message) entity {
	s := seeded(m.seed, 'd')
	detail := eventDetails[m.event]
	e := append(entity{"@odata.type", "#microsoft.graph." + detail.name + "EventMessageDetail"}, detail.of(t, m, &s)...)
	if m.event != callTranscript {
		e = append(e, "initiator", t.fromSet(t.initiator(m, &s)))
	}
	return e
}

// initiator is who caused an event.
func (t *Tenant) initiator(m *message, s *source) party {
	switch m.event {
	case membersLeft, membersJoined, callStarted, callEnded, chatRenamed:
		return m.turn.who
	}
	return t.somebody(m, s)
}

func eventMembers(t *Tenant, m *message, _ *source) entity {
	return entity{"members", []entity{t.teamsIdentity(m.turn.who)}}
}

func addedMembers(t *Tenant, m *message, s *source) entity {
	return append(eventMembers(t, m, s), "visibleHistoryStartDateTime", time.Time{})
}

func renamedChat(_ *Tenant, m *message, _ *source) entity {
	return entity{"chatId", m.thread.id, "chatDisplayName", m.turn.name}
}

func pinned(_ *Tenant, m *message, _ *source) entity { return entity{"eventDateTime", m.created} }

func updatedTab(_ *Tenant, _ *message, s *source) entity { return entity{"tabId", drawGUID(s)} }

func eventApp(_ *Tenant, _ *message, s *source) entity {
	return entity{"teamsAppId", drawGUID(s), "teamsAppDisplayName", pick(s, []string{"Polls", "Reminders", "Contoso Travel"})}
}

func updatedRole(t *Tenant, m *message, s *source) entity {
	roles := []string{pick(s, []string{"owner", "guest"})}
	return entity{"conversationMemberRoles", roles, "conversationMemberUser", t.teamsIdentity(t.somebody(m, s))}
}

// eventChannel are the details of an event of a channel that has one text besides the id, or none.
func eventChannel(text string) func(*Tenant, *message, *source) entity {
	return func(_ *Tenant, m *message, s *source) entity {
		if text == "" {
			return entity{"channelId", m.thread.id}
		}
		return entity{"channelId", m.thread.id, text, pick(s, subjects)}
	}
}

// eventTeam is the same of a team, with any number of texts.
func eventTeam(texts ...string) func(*Tenant, *message, *source) entity {
	return func(_ *Tenant, m *message, s *source) entity {
		e := entity{"teamId", m.thread.team}
		for _, name := range texts {
			e = append(e, name, pick(s, subjects))
		}
		return e
	}
}

// callOf is the id and the length of the call that an event in a chat is about: the meeting's, or one of
// which nothing else is known.
func callOf(m *message, s *source) (id guid, length time.Duration) {
	if c := m.thread.chat; c != nil && c.kind == meetingChat {
		return c.call.id, c.call.end.Sub(c.call.start)
	}
	return drawGUID(s), time.Duration(s.between(60, 3600)) * time.Second
}

func startedCall(_ *Tenant, m *message, s *source) entity {
	id, _ := callOf(m, s)
	return entity{"callId", id, "callEventType", "meeting"}
}

func endedCall(t *Tenant, m *message, s *source) entity {
	id, length := callOf(m, s)
	var who []entity
	for range s.between(2, 4) {
		who = append(who, entity{"participant", t.fromSet(t.somebody(m, s))})
	}
	return entity{"callId", id, "callEventType", "meeting", "callDuration", length, "callParticipants", who}
}

func recordedCall(t *Tenant, m *message, s *source) entity {
	id, length := callOf(m, s)
	return entity{
		"callId", id, "callRecordingDisplayName", "Call with " + pick(s, givenNames), "callRecordingDuration", length.Truncate(time.Second),
		"callRecordingStatus", pick(s, []string{"success", "success", "initial", "chunkFinished", "failure"}),
		"callRecordingUrl", "https://contoso.example/recordings/" + id.String(), "meetingOrganizer", t.fromSet(t.somebody(m, s)),
	}
}

func transcribedCall(t *Tenant, m *message, s *source) entity {
	id, _ := callOf(m, s)
	return entity{
		"callId", id, "callTranscriptICalUid", "040000008200E00074C5B7101A82E008" + id.String(), "meetingOrganizer", t.fromSet(t.somebody(m, s)),
	}
}

func meetingPolicy(_ *Tenant, m *message, s *source) entity {
	return entity{"meetingChatEnabled", s.chance(0.5), "meetingChatId", m.thread.id}
}
