package graphsim

import "time"

// The pages of Graph, in records.
const (
	recordPage      = 60
	sessionPage     = 60
	participantPage = 130
	logPage         = 1000
	userPage        = 100
)

const (
	youngest = time.Hour           // after the end of a call its details may still be missing
	oldest   = 30 * 24 * time.Hour // and after this nothing of it is left
)

// recordProperties may be selected. The navigation properties among them are read by $expand.
var recordProperties = []string{
	"id", "version", "type", "modalities", "lastModifiedDateTime", "startDateTime", "endDateTime", "joinWebUrl",
	"organizer", "participants", "organizer_v2", "participants_v2", "sessions",
}

// listed says whether the list names a call at an instant.
func (c *call) listed(now time.Time) bool { return !c.end.After(now) && now.Sub(c.end) <= oldest }

// readable says whether the details of a call exist at an instant.
func (c *call) readable(now time.Time) bool { return c.listed(now) && now.Sub(c.end) >= youngest }

// record writes the properties of a call record, without its children.
func (t *Tenant) record(w *writer, c *call, q *question) {
	for _, p := range recordWriters {
		if q.ask.has(p.name) {
			p.write(w, c)
		}
	}
	if q.ask.has("organizer_v2") { // Graph expands it without being asked
		w.text("organizer_v2@odata.context", q.root+"/$metadata#communications/callRecords('"+c.id.String()+"')/organizer_v2/$entity")
		w.open("organizer_v2")
		t.participant(w, ask{}, c.first)
		w.close()
	}
}

var recordWriters = []struct {
	name  string
	write func(*writer, *call)
}{
	{"id", func(w *writer, c *call) { w.guid("id", c.id) }},
	{"version", func(w *writer, c *call) { w.int("version", c.version) }},
	{"type", func(w *writer, c *call) { w.text("type", c.callType) }},
	{"modalities", func(w *writer, c *call) { w.texts("modalities", c.modalities...) }},
	{"lastModifiedDateTime", func(w *writer, c *call) { w.time("lastModifiedDateTime", c.modified) }},
	{"startDateTime", func(w *writer, c *call) { w.time("startDateTime", c.start) }},
	{"endDateTime", func(w *writer, c *call) { w.time("endDateTime", c.end) }},
	{"joinWebUrl", joinWebURL},
	// Announced to hold nothing since the middle of 2026; organizer_v2 and participants_v2 replace them.
	{"organizer", func(w *writer, _ *call) { w.null("organizer") }},
	{"participants", func(w *writer, _ *call) { w.list("participants"); w.end() }},
}

func joinWebURL(w *writer, c *call) {
	if c.kind < dialIn {
		w.null("joinWebUrl")
		return
	}
	w.text("joinWebUrl", c.joinURL())
}

// participant writes a party as organizer_v2 and participants_v2 show it.
func (t *Tenant) participant(w *writer, ask ask, p party) {
	if ask.has("id") {
		w.text("id", t.key(p))
	}
	if ask.has("administrativeUnitInfos") {
		w.list("administrativeUnitInfos")
		if p.kind == internal && p.number%5 == 0 {
			w.open("")
			w.guid("id", t.id(otherIDs, uint64(p.number%3)))
			w.close()
		}
		w.end()
	}
	if ask.has("identity") {
		t.identity(w, "identity", p)
	}
}

// detail answers /communications/callRecords/{id}.
func (t *Tenant) detail(w *writer, q *question, id string) error {
	if err := q.allow("$select", "$expand"); err != nil {
		return err
	}
	if err := q.expandable(); err != nil {
		return err
	}
	if err := q.selectFrom("microsoft.graph.callRecords.callRecord", recordProperties); err != nil {
		return err
	}
	c, err := t.find(id, q.now)
	if err != nil {
		return err
	}
	path := q.root + "/communications/callRecords('" + c.id.String() + "')"
	w.open("")
	w.text("@odata.context", q.root+"/$metadata#communications/callRecords"+q.ask.shape()+"/$entity")
	t.record(w, &c, q)
	if q.ask.sessions {
		legs := t.legs(&c)
		w.list("sessions")
		for i := range legs[:min(sessionPage, len(legs))] {
			t.session(w, &c, &legs[i], ask{segments: q.ask.segments})
		}
		w.end()
		if len(legs) > sessionPage {
			more := path + "/sessions?"
			if q.ask.segments {
				more += "$expand=segments&"
			}
			w.text("sessions@odata.nextLink", more+"$skiptoken="+t.token("s", sessionPage))
		}
	}
	if q.ask.participants {
		t.inlineParticipants(w, &c, path)
	}
	w.close()
	return nil
}

func (t *Tenant) inlineParticipants(w *writer, c *call, path string) {
	parties := t.parties(c)
	w.list("participants_v2")
	for _, p := range parties[:min(participantPage, len(parties))] {
		w.open("")
		t.participant(w, ask{}, p)
		w.close()
	}
	w.end()
	if len(parties) > participantPage {
		w.text("participants_v2@odata.nextLink", path+"/participants_v2?$skiptoken="+t.token("p", participantPage))
	}
}

// find is the call of an id. Graph says the same of a call that is too young, too old or unknown.
func (t *Tenant) find(id string, now time.Time) (call, error) {
	if number, ok := t.number(callIDs, id); ok {
		day, index := int(number>>32), int(number&(1<<32-1))
		if index < t.count(day) {
			if c := t.asOf(t.call(day, index), now); c.readable(now) {
				return c, nil
			}
		}
	}
	return call{}, refuse(404, "NotFound", "Could not find the requested call record. "+
		"Records about calls or online meetings that started more than 30 days ago are not available.")
}
