package graphsim

func pinned(_ *Tenant, w *writer, m *message, _ *source) { w.time("eventDateTime", m.created) }

func updatedTab(_ *Tenant, w *writer, _ *message, s *source) { w.guid("tabId", drawGUID(s)) }

func eventApp(_ *Tenant, w *writer, _ *message, s *source) {
	w.guid("teamsAppId", drawGUID(s))
	w.text("teamsAppDisplayName", pick(s, []string{"Polls", "Reminders", "Contoso Travel"}))
}

func updatedRole(t *Tenant, w *writer, m *message, s *source) {
	w.texts("conversationMemberRoles", pick(s, []string{"owner", "guest"}))
	w.open("conversationMemberUser")
	t.teamsIdentity(w, t.somebody(m, s))
	w.close()
}

// eventChannel writes the details of an event of a channel that has one text besides the id, or none.
func eventChannel(text string) func(*Tenant, *writer, *message, *source) {
	return func(_ *Tenant, w *writer, m *message, s *source) {
		w.text("channelId", m.thread.id)
		if text != "" {
			w.text(text, pick(s, subjects))
		}
	}
}

// eventTeam is the same of a team, with any number of texts.
func eventTeam(texts ...string) func(*Tenant, *writer, *message, *source) {
	return func(_ *Tenant, w *writer, m *message, s *source) {
		w.text("teamId", m.thread.team)
		for _, name := range texts {
			w.text(name, pick(s, subjects))
		}
	}
}
