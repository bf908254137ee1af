package graphsim

import "time"

// callOf is the id and the length of the call that an event in a chat is about: the meeting's, or one of
// which nothing else is known.
func callOf(m *message, s *source) (id guid, length time.Duration) {
	if c := m.thread.chat; c != nil && c.kind == meetingChat {
		return c.call.id, c.call.end.Sub(c.call.start)
	}
	return drawGUID(s), time.Duration(s.between(60, 3600)) * time.Second
}

func startedCall(_ *Tenant, w *writer, m *message, s *source) {
	id, _ := callOf(m, s)
	w.guid("callId", id)
	w.text("callEventType", "meeting")
}

func endedCall(t *Tenant, w *writer, m *message, s *source) {
	id, length := callOf(m, s)
	w.guid("callId", id)
	w.text("callEventType", "meeting")
	w.duration("callDuration", length)
	w.list("callParticipants")
	for range s.between(2, 4) {
		w.open("")
		t.fromSet(w, "participant", t.somebody(m, s))
		w.close()
	}
	w.end()
}

func recordedCall(t *Tenant, w *writer, m *message, s *source) {
	id, length := callOf(m, s)
	w.guid("callId", id)
	w.text("callRecordingDisplayName", "Call with "+pick(s, givenNames))
	w.duration("callRecordingDuration", length.Truncate(time.Second))
	w.text("callRecordingStatus", pick(s, []string{"success", "success", "initial", "chunkFinished", "failure"}))
	w.text("callRecordingUrl", "https://contoso.example/recordings/"+id.String())
	t.fromSet(w, "meetingOrganizer", t.somebody(m, s))
}

func transcribedCall(t *Tenant, w *writer, m *message, s *source) {
	id, _ := callOf(m, s)
	w.guid("callId", id)
	w.text("callTranscriptICalUid", "040000008200E00074C5B7101A82E008"+id.String())
	t.fromSet(w, "meetingOrganizer", t.somebody(m, s))
}

func meetingPolicy(_ *Tenant, w *writer, m *message, s *source) {
	w.bool("meetingChatEnabled", s.chance(0.5))
	w.text("meetingChatId", m.thread.id)
}
