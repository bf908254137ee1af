package graphsim

import (
	"iter"
	"net/url"
	"strings"
	"time"
)

const (
	youngest = time.Hour           // after the end of a call its details may still be missing
	oldest   = 30 * 24 * time.Hour // and after this nothing of it is left
)

// listed says whether the list names a call at an instant.
func (c *call) listed(now time.Time) bool { return !c.end.After(now) && now.Sub(c.end) <= oldest }

// readable says whether the details of a call exist at an instant.
func (c *call) readable(now time.Time) bool { return c.listed(now) && now.Sub(c.end) >= youngest }

// record is a call record without its children.
func (t *Tenant) record(r *request, c *call) entity {
	join := any(nil)
	if c.kind >= dialIn {
		join = t.joinURL(c)
	}
	path := "communications/callRecords('" + c.id.String() + "')/organizer_v2"
	return entity{
		"id", c.id, "version", c.version, "type", c.callType, "modalities", c.modalities, "lastModifiedDateTime", c.modified,
		"startDateTime", c.start, "endDateTime", c.end, "joinWebUrl", join,
		// Announced to hold nothing since the middle of 2026; organizer_v2 and participants_v2 replace them.
		"organizer", nil, "participants", []entity(nil),
		// Graph expands it without being asked.
		"organizer_v2@odata.context", r.root + "/$metadata#" + path + "/$entity", "organizer_v2", t.participant(c.first),
	}
}

// participant is a party as organizer_v2 and participants_v2 show it.
func (t *Tenant) participant(p party) entity {
	var units []entity
	if p.kind == internal && p.number%5 == 0 {
		units = []entity{{"id", t.id(otherIDs, uint64(p.number%3))}}
	}
	return entity{"id", t.key(p), "administrativeUnitInfos", units, "identity", t.identity(p)}
}

// What may be selected. The navigation properties among it are read by $expand.
var (
	recordType = entityType{
		name: "microsoft.graph.callRecords.callRecord", more: "participants_v2 sessions",
		sample: func(t *Tenant) entity { return t.record(new(request), new(call)) },
	}
	sessionType = entityType{
		name: "microsoft.graph.callRecords.session", more: "segments",
		sample: func(t *Tenant) entity { return t.session(new(call), new(leg), false) },
	}
	participantType = entityType{name: "microsoft.graph.callRecords.participant", sample: func(t *Tenant) entity { return t.participant(party{}) }}
)

// records are the calls that the list names.
func (t *Tenant) records(r *request) (rows, error) {
	from, to := bounds(r.where, "startDateTime")
	participant := ""
	for i, c := range r.where {
		if c.any {
			participant = strings.Trim(c.value, "'")
			r.where = append(r.where[:i:i], r.where[i+1:]...) // the list does not show it
			break
		}
	}
	at := place{day: r.from >> 32, index: r.from & (1<<32 - 1)}
	if r.from == 0 {
		if at = t.placeOf(from); t.Sick.Seed != 0 && !from.IsZero() {
			at = t.placeOf(from.Add(-farthest))
		}
	}
	r.shape = ""
	return func(yield func(int, entity) bool) {
		for c := range t.listing(at, stretch{from, to}, r.now) {
			if !c.listed(r.now) || participant != "" && !t.took(c, participant) {
				continue
			}
			if !yield(c.day<<32|c.index, t.record(r, c)) {
				return
			}
		}
	}, nil
}

// A place is a call's place in time.
type place struct{ day, index int }

// placeOf is the place of the first call that begins at or after an instant.
func (t *Tenant) placeOf(at time.Time) place {
	day := t.first
	if !at.IsZero() {
		day = max(day, dayOf(at))
	}
	return place{day, t.firstFrom(day, at)}
}

// calls are all calls from a place on, the earliest first, as they are now: those that begin before an instant, and,
// where some have moved, others that began near it.
func (t *Tenant) calls(at place, to, now time.Time) iter.Seq[*call] {
	slack := time.Duration(0)
	if t.Sick.Seed != 0 {
		slack = farthest
	}
	return func(yield func(*call) bool) {
		for day, index := at.day, at.index; day < t.first+t.days; day, index = day+1, 0 {
			for n := t.count(day); index < n; index++ {
				c := t.call(day, index)
				if !to.IsZero() && !c.start.Before(to.Add(slack)) {
					return
				}
				if c = t.asOf(c, now); !yield(&c) {
					return
				}
			}
		}
	}
}

// callsOf are the calls that begin on a day, as they are at an instant.
func (t *Tenant) callsOf(day int, now time.Time) iter.Seq[*call] {
	near := day
	if t.Sick.Seed != 0 {
		near = max(t.first, day-4)
	}
	return func(yield func(*call) bool) {
		for c := range t.calls(place{day: near}, midnight(day+1), now) {
			if dayOf(c.start) == day && !yield(c) {
				return
			}
		}
	}
}

// took says whether somebody took part in a call.
func (t *Tenant) took(c *call, key string) bool {
	for _, p := range t.parties(c) {
		if t.key(p) == key {
			return true
		}
	}
	return false
}

// oneRecord is a call record, with what is expanded of it as far as a page has room for.
func (t *Tenant) oneRecord(r *request) (entity, error) {
	expand := strings.ReplaceAll(r.get("$expand"), " ", "")
	shapes := map[string]string{
		"": "", "sessions": "(sessions())", "sessions($expand=segments)": "(sessions(segments()))", "participants_v2": "(participants_v2())",
	}
	shape, ok := shapes[expand]
	switch {
	case r.has("$expand") && expand == "":
		return nil, badRequest("Parsing OData Select and Expand failed: the value of $expand is empty.")
	case !ok && strings.Contains(expand, "participants_v2") && strings.Contains(expand, "sessions"):
		// Both in one are shown nowhere in Graph's documentation.
		return nil, badRequest("Expanding sessions and participants_v2 in one request is not supported.")
	case !ok:
		return nil, badRequest("Parsing OData Select and Expand failed: '%s' cannot be expanded on type '%s'.", expand, recordType.name)
	}
	c, err := t.find(r.keys[0], r.now)
	if err != nil {
		return nil, err
	}
	r.shape = shape
	e := t.record(r, &c)
	name, _, _ := strings.Cut(expand, "(")
	if name == "" {
		return e, nil
	}
	r.expand(name)
	child := &request{of: &collection{page: sessionPage}, root: r.root, path: c.path() + "/" + name, size: sessionPage, options: url.Values{}}
	var all rows
	if name == "sessions" {
		legs := t.legs(&c)
		segments := strings.Contains(expand, "segments")
		if segments {
			child.options.Set("$expand", "segments")
		}
		all = listed(child, legs, func(l leg) entity { return t.session(&c, &l, segments) })
	} else {
		child.size = participantPage
		all = listed(child, t.parties(&c), t.participant)
	}
	page, next := child.cut(all)
	e = append(e, name, page)
	if link := child.link(t, next); link != nil {
		e = append(e, name+"@odata.nextLink", link[1])
	}
	return e, nil
}

func (c *call) path() string { return "communications/callRecords('" + c.id.String() + "')" }

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

func (t *Tenant) sessions(r *request) (rows, error) {
	segments := r.get("$expand") == "segments"
	if e := r.get("$expand"); e != "" && !segments {
		return nil, badRequest("Could not find a property named '%s' on type '%s'.", e, sessionType.name)
	}
	c, err := t.find(r.keys[0], r.now)
	if err != nil {
		return nil, err
	}
	r.shape = ""
	if segments {
		r.shape = "(segments())"
		r.expand("segments")
	}
	return listed(r, t.legs(&c), func(l leg) entity { return t.session(&c, &l, segments) }), nil
}

func (t *Tenant) participants(r *request, c call) rows {
	r.shape = ""
	return listed(r, t.parties(&c), t.participant)
}

func (t *Tenant) organizerOf(r *request, c call) entity {
	r.shape = ""
	return t.participant(c.first)
}

// The ages, counted from its end, between which a call gets its late versions.
const (
	firstLate = 2 * time.Hour
	lastLate  = 44 * time.Hour
)

// late are the instants, in order, at which a call gets a further version: none for most calls.
func (t *Tenant) late(c *call) []time.Time {
	s := seeded(c.seed, 'v')
	if !s.chance(t.Late) {
		return nil
	}
	age := s.between(int(firstLate/time.Second), int(lastLate/time.Second))
	list := []time.Time{c.end.Add(time.Duration(age) * time.Second)}
	if s.chance(0.3) {
		age = s.between(age, int(lastLate/time.Second))
		list = append(list, c.end.Add(time.Duration(age)*time.Second))
	}
	return list
}

// asOf is a call as Graph shows it at an instant. With each late version telemetry of the organizer's
// session arrives, and the session is cut into one more segment.
func (t *Tenant) asOf(c call, now time.Time) call {
	by, moved, moves := t.stray(&c)
	for _, at := range t.late(&c) {
		if at.After(now) {
			break
		}
		c.version++
		c.modified = at
		c.more++
	}
	if moves && !moved.After(now) {
		c.start, c.end = c.start.Add(by), c.end.Add(by)
		c.version++
		c.modified = later(c.modified, moved)
	}
	return c
}
