package graphsim

import (
	"slices"
	"strings"
	"time"
)

// A Bearer is whose a token is.
type Bearer struct {
	Person    string   // the id of the user who is signed in; empty: an application's own
	Scopes    []string // what the person has consented to
	Challenge string   // of a token that is refused: what the header WWW-Authenticate says
}

// The delegated permissions of which a person's token needs one. A collection without any is not for one person.
var (
	profileScopes    = strings.Fields("User.Read User.ReadWrite User.Read.All User.ReadWrite.All Directory.Read.All Directory.ReadWrite.All")
	presenceScopes   = []string{"Presence.Read", "Presence.Read.All", "Presence.ReadWrite"}
	mailboxScopes    = []string{"MailboxSettings.Read", "MailboxSettings.ReadWrite"}
	calendarScopes   = []string{"Calendars.ReadBasic", "Calendars.Read", "Calendars.ReadWrite"}
	chatScopes       = []string{"Chat.ReadBasic", "Chat.Read", "Chat.ReadWrite"}
	chatMemberScopes = append([]string{"ChatMember.Read", "ChatMember.ReadWrite"}, chatScopes...)
	joinedScopes     = strings.Fields("Team.ReadBasic.All TeamSettings.Read.All TeamSettings.ReadWrite.All User.Read.All User.ReadWrite.All Directory.Read.All")
	meetingScopes    = []string{"OnlineMeetings.Read", "OnlineMeetings.ReadWrite"}
	transcriptScopes = []string{"OnlineMeetingTranscript.Read.All"}
)

// me is a path in which a person's own id stands in the place of me, as Graph takes both.
func (b Bearer) me(segments []string) []string {
	if segments[0] != "me" || b.Person == "" {
		return segments
	}
	return append([]string{"users", b.Person}, segments[1:]...)
}

// permit checks that the token holds one of the permissions that open a collection; that of a person, also that it is the person's
// own.
func (t *Tenant) permit(b Bearer, c *collection, keys []string) error {
	if b.Person == "" {
		if t.Roles == nil || len(c.roles) == 0 || slices.ContainsFunc(c.roles, func(r string) bool { return slices.Contains(t.Roles, r) }) {
			return nil
		}
		return refuse(403, "Forbidden", "Missing role permissions on the request. API requires one of '%s'. Roles on the request '%s'.",
			strings.Join(c.roles, ", "), strings.Join(t.Roles, ", "))
	}
	switch {
	case len(c.scopes) == 0:
		return refuse(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
	case !slices.ContainsFunc(c.scopes, func(s string) bool { return slices.Contains(b.Scopes, s) }):
		return refuse(403, "Forbidden", "Missing scope permissions on the request. API requires one of '%s'. Scopes on the request '%s'.",
			strings.Join(c.scopes, ", "), strings.Join(b.Scopes, ", "))
	}
	return t.own(b, c, keys, t.Now().UTC())
}

// own checks that what a path names is a person's own, or a chat that the person is in.
func (t *Tenant) own(b Bearer, c *collection, keys []string, now time.Time) error {
	p, here := t.findPerson(b.Person, now)
	switch {
	case !here:
		return refuse(401, "InvalidAuthenticationToken", "The identity of the calling application could not be established.")
	case strings.HasPrefix(c.path, "users/{}"):
		if of, ok := t.findPerson(keys[0], now); !ok || of.number != p.number {
			return accessDenied()
		}
	case strings.HasPrefix(c.path, "chats/{}"):
		of, ok := t.findChat(keys[0])
		if !ok || !slices.ContainsFunc(t.present(&of, now), func(m membership) bool { return m.who.kind == internal && m.who.number == p.number }) {
			return refuse(403, "Forbidden", "The user is not a member of the chat.")
		}
	}
	return nil
}

// UserID is the id of the user with a number, of whom there are Options.Users at From.
func (t *Tenant) UserID(number int) string { return t.person(number).id.String() }

// TruthOf is what the tables of a lake must hold, as the keys of their rows, of one person by what the person may see: of datasets
// that are for one person, as of now. Transcripts are those of meetings whose event is in the person's own calendar, on the day of
// the transcript or on one beside it.
func (t *Tenant) TruthOf(id string) map[string][]string {
	now := t.Now().UTC()
	p, here := t.findPerson(id, now)
	if !here {
		return nil
	}
	l := ledger{map[string]*tally{}, map[string][]string{}, nil}
	t.countUser(l, &p, now)
	for _, e := range t.chatEntries(p.number, false, now) {
		chat := t.chatID(&e.chat)
		l.add("chats", chat)
		for _, m := range t.present(&e.chat, now) {
			l.add("chat_members", chat, t.membershipID(&e.chat, m.who))
		}
	}
	for _, one := range t.capturesOf(p.number, t.first, t.first+t.days) {
		if !one.adhoc && one.shown(now) && t.leadsTo(&p, one, now) {
			t.countCapture(l, one, now)
		}
	}
	delete(l.keys, "users")
	delete(l.keys, "user_licenses")
	return l.keys
}

// leadsTo says whether an organizer's calendar leads to a capture.
func (t *Tenant) leadsTo(p *person, of *capture, now time.Time) bool {
	if !p.hasMailbox() || t.TranscriptsOff {
		return false
	}
	day := midnight(dayOf(of.from))
	return slices.ContainsFunc(t.between(p.number, stretch{day.AddDate(0, 0, -1), day.AddDate(0, 0, 2)}, now), func(e event) bool {
		if e.call == nil || e.organizer != p.number || t.meetingID(e.call) != t.meetingID(&of.call) {
			return false
		}
		m := plannedMeeting{organizer: p.number, first: e.call, seed: e.call.seed}
		return !m.gone()
	})
}

// ownTranscripts are those of a meeting that its organizer lists.
func (t *Tenant) ownTranscripts(r *request) (rows, error) {
	p, err := t.captureOwner(r, false, transcriptMark)
	if err != nil {
		return nil, err
	}
	if _, err := t.knownMeeting(&p, r.keys[1]); err != nil {
		return nil, err
	}
	return func(yield func(int, entity) bool) {
		for at, one := range t.capturesOf(p.number, t.first, t.first+t.days) {
			in := at >= r.from && !one.adhoc && one.has(transcriptMark) && one.shown(r.now) && t.meetingID(&one.call) == r.keys[1]
			if in && !yield(at, t.captureEntity(r, one, transcriptMark)) {
				return
			}
		}
	}, nil
}
