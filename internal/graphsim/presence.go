package graphsim

import (
	"encoding/json"
	"time"
)

var presenceRoles = []string{"Presence.Read.All", "Presence.ReadWrite.All"}

// mostPresences is how many users one request may ask for.
const mostPresences = 650

// A presence is whether somebody can be reached at an instant.
type presence struct {
	id                     guid
	availability, activity string
	away                   bool // out of office
}

// How people are at work and outside it. Graph's lists of both words grow: they are open.
var (
	atWork = []presence{
		{availability: "Available", activity: "Available"}, {availability: "Available", activity: "Available"},
		{availability: "Busy", activity: "InACall"}, {availability: "Busy", activity: "InAMeeting"},
		{availability: "DoNotDisturb", activity: "Presenting"}, {availability: "Away", activity: "Away"},
		{availability: "BeRightBack", activity: "BeRightBack"}, {availability: "AvailableIdle", activity: "Inactive"},
		{availability: "focusing", activity: "doNotDisturb"},
	}
	atHome = []presence{
		{availability: "Offline", activity: "Offline"}, {availability: "Offline", activity: "OffWork"},
		{availability: "Away", activity: "Away"}, {availability: "Offline", activity: "Offline"},
	}
)

// presence is how somebody is at an instant. It changes every quarter of an hour, with the hours of the
// site.
func (t *Tenant) presence(p *person, now time.Time) presence {
	quarter := uint64(now.Unix()) / 900
	s := seeded(t.seed, uint64(p.number), quarter, 'Y')
	one := presence{availability: "Offline", activity: "Offline"}
	local := now.Add(p.site.offset)
	switch {
	case p.guest:
		one = presence{availability: "PresenceUnknown", activity: "PresenceUnknown"}
	case !p.enabled:
	case t.isOut(p, now):
		one = presence{availability: "Offline", activity: "OutOfOffice", away: true}
	case !weekend(dayOf(local)) && s.chance(p.site.activity(now.Sub(midnight(dayOf(now))))):
		one = pick(&s, atWork)
	default:
		one = pick(&s, atHome)
	}
	one.id = p.id
	return one
}

func (one *presence) write(w *writer) {
	w.guid("id", one.id)
	w.text("availability", one.availability)
	w.text("activity", one.activity)
	w.null("statusMessage")
	w.open("outOfOfficeSettings")
	w.textOrNull("message", map[bool]string{true: "I am back on Monday."}[one.away])
	w.bool("isOutOfOffice", one.away)
	w.close()
}

// onePresence answers /users/{id}/presence.
func (t *Tenant) onePresence(w *writer, q *question, key string) error {
	if err := q.allow(); err != nil {
		return err
	}
	p, ok := t.findPerson(key, q.now)
	if !ok {
		return notThere(key)
	}
	one := t.presence(&p, q.now)
	w.open("")
	w.text("@odata.context", q.root+"/$metadata#users('"+p.id.String()+"')/presence/$entity")
	one.write(w)
	w.close()
	return nil
}

// presences answers POST /communications/getPresencesByUserId. It leaves out whom it does not know.
func (t *Tenant) presences(w *writer, q *question) error {
	if err := q.allow(); err != nil {
		return err
	}
	var body struct{ IDs []string }
	if err := json.Unmarshal(q.body, &body); err != nil {
		return badRequest("Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.")
	}
	switch n := len(body.IDs); {
	case n == 0:
		return badRequest("The ids are required.")
	case n > mostPresences:
		return badRequest("The number of ids must not exceed %d.", mostPresences)
	}
	w.open("")
	w.text("@odata.context", q.root+"/$metadata#Collection(microsoft.graph.presence)")
	w.list("value")
	for _, id := range body.IDs {
		if _, ok := parseGUID(id); !ok {
			return badRequest("The id '%s' is not a GUID.", id)
		}
		p, ok := t.findPerson(id, q.now)
		if !ok {
			continue
		}
		one := t.presence(&p, q.now)
		w.open("")
		one.write(w)
		w.close()
	}
	w.end()
	w.close()
	return nil
}
