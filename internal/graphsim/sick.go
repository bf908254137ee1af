package graphsim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// What is sick answers wrong, and is the same in the tenant: Truth does not change with a sickness. Who is
// sick of what in which night follows from Sick.Seed and the id alone, so that Illnesses can say it without
// having been asked for anything. Faults pass with the next try; a sickness lasts for nights, or until all
// is healed. The one thing that Sick.Seed changes in the tenant itself is that some calls move to another
// day with a new version, which is no sickness: whoever reads every night finds them.

// Sick says how much of a tenant is sick. The zero value is nothing.
type Sick struct {
	Seed   int64     // of who is sick of what; 0: nobody
	From   time.Time // before its night nobody is sick; default Options.From
	Nights int       // that a sickness lasts at most, unless it lasts for good; default 3
	Share  float64   // of the call records; of mailboxes, teams and chats three times as many; default 0.03
	Kinds  []string  // the sicknesses that there are; default all
	Page   int       // records on a page, so that a small collection has several; default 5
	Heal   time.Time // from when on nothing is sick; zero: never
}

// An Illness is something that is sick at an instant.
type Illness struct {
	Kind    string    `json:"kind"`
	Dataset string    `json:"dataset"`
	ID      string    `json:"id,omitempty"`     // of the record
	Parent  string    `json:"parent,omitempty"` // whose records are sick; without both it is the whole list
	From    time.Time `json:"from"`
	To      time.Time `json:"to,omitzero"`      // zero: until it is healed
	Value   bool      `json:"value,omitempty"`  // one optional value of the record is not as it should be, all else is
	Silent  bool      `json:"silent,omitempty"` // nothing in an answer shows it
	Whole   bool      `json:"whole,omitempty"`  // whoever reads with care misses nothing
}

// A target is what a request is for, as far as it can be sick.
type target struct {
	class    answerKind
	dataset  string
	key      int    // which key of the path is the id
	id       string // of the record, or of the parent
	isRecord bool
	day      int // on which a call took place
}

// answerKind is the sort of answer that a target gets: it says which sicknesses the target can have.
type answerKind uint8

const (
	callAnswer   answerKind = 1 << iota // a call record by its id
	pageAnswer                          // a parent's collection
	objectAnswer                        // a parent's one object
	listAnswer                          // a list of the tenant's
	batchAnswer                         // a user in a batch of many
	textAnswer                          // a transcript's documents
)

// A sickKind is a sickness.
type sickKind struct {
	name     string
	answers  answerKind
	fault    faultKind
	only     string // the datasets that can have it; empty: all
	listed   func(*call, source)
	other    bool // another record answers
	waits    bool // a client tries again and waits
	oneNight bool // it lasts for no more
	value    bool
	silent   bool
	whole    bool
}

// Lists that others are read for.
const (
	usersList = "/users"
	teamsList = "/teams"
)

func refusing(status int, code string) faultKind {
	return faultKind{refusal: func(time.Time) *refusal {
		return &refusal{status: status, code: code, message: "It cannot be read."}
	}}
}

const anything = callAnswer | pageAnswer | objectAnswer

var sickKinds = [...]sickKind{
	{name: "404", answers: anything, fault: refusing(404, "NotFound")},
	{name: "400", answers: anything | batchAnswer | textAnswer, fault: refusing(400, "BadRequest")},
	{name: "401", answers: anything | textAnswer, fault: refusing(401, "InvalidAuthenticationToken")},
	{name: "403", answers: anything | textAnswer, fault: refusing(403, "AclCheckFailed")},
	{name: "500", answers: anything | textAnswer, fault: refusing(500, "InternalServerError"), waits: true},
	{name: "503", answers: anything | textAnswer, fault: refusing(503, "ServiceUnavailable"), waits: true},
	{name: "patience", answers: anything | textAnswer, fault: faultKind{refusal: func(time.Time) *refusal { return tooMany("100000") }}},
	{name: "cut-body", answers: anything | textAnswer, fault: faultKind{send: cutBody}, waits: true},
	{name: "cut-json", answers: anything, fault: faultKind{send: cutJSON}, waits: true},
	{name: "empty-object", answers: callAnswer | objectAnswer, fault: onBody(func([]byte) []byte { return []byte("{}") }), waits: true},
	{name: "other-record", answers: callAnswer, other: true, waits: true},
	{name: "ahead", answers: callAnswer, listed: func(c *call, _ source) { c.version++ }},
	{name: "elsewhere", answers: callAnswer, listed: func(c *call, s source) {
		c.start = c.start.AddDate(0, 0, pick(&s, []int{-2, -1, 1, 2}))
	}, silent: true},
	{name: "missing-session", answers: callAnswer, fault: onLists(missingSession), waits: true},
	{name: "respelled", answers: callAnswer, fault: faultKind{edit: respell}, value: true},
	{name: "null-element", answers: callAnswer, fault: onLists(nullElements), whole: true},
	{name: "session-twice", answers: callAnswer, fault: onLists(sessionTwice), whole: true},
	{name: "not-utf8", answers: anything | listAnswer, fault: onBody(notUTF8), waits: true},
	{name: "bom", answers: anything | listAnswer, fault: onBody(func(body []byte) []byte { return append([]byte("\xef\xbb\xbf"), body...) }), whole: true},
	{name: "circle", answers: pageAnswer, fault: faultKind{edit: linking("loop", false)}},
	{name: "endless", answers: pageAnswer, fault: faultKind{edit: linking("fresh", true)}},
	{name: "error-element", answers: pageAnswer | listAnswer, fault: onPage(errorElement), waits: true},
	{name: "error-beside", answers: pageAnswer | listAnswer, fault: onPage(errorBeside), waits: true},
	{name: "error-200", answers: anything | listAnswer | textAnswer, fault: onBody(func([]byte) []byte { return []byte(`{"error":` + anError + `}`) }), waits: true},
	{name: "short-count", answers: pageAnswer | listAnswer, fault: onPage(shortCount), waits: true,
		only: usersList + " " + teamsList + " chats chat_messages channel_messages channel_members team_members transcripts recordings call_transcripts call_recordings"},
	{name: "link-case", answers: pageAnswer | listAnswer, fault: onBody(linkCase), waits: true},
	{name: "overlap", answers: pageAnswer | listAnswer, fault: faultKind{edit: overlap}, whole: true},
	{name: "empty", answers: pageAnswer, fault: onPage(func(d *entity, _ []json.RawMessage) { cutShort(d, nil) }), only: "calendar_events", oneNight: true, silent: true},
	{name: "empty-list", answers: listAnswer, fault: onPage(func(d *entity, _ []json.RawMessage) { cutShort(d, nil) }), only: usersList},
	{name: "half-list", answers: listAnswer, fault: onPage(func(d *entity, value []json.RawMessage) { cutShort(d, value[:max(0, len(value)-1)/2]) }), only: usersList},
	{name: "page-expired", answers: listAnswer, fault: refusing(400, "Directory_ExpiredPageToken"), only: usersList},
	{name: "cursor-expired", answers: listAnswer, fault: refusing(400, "Directory_ExpiredPageToken"), only: "users groups", whole: true},
}

// SickKinds are the names of all sicknesses, or of those with which a client needs no patience.
func SickKinds(quick bool) (names []string) {
	for i := range sickKinds {
		if k := &sickKinds[i]; !quick || !k.waits {
			names = append(names, k.name)
		}
	}
	return names
}

// ill is what a tenant remembers of how it was asked while it was sick. The zero value is of nobody.
type ill struct {
	mu    sync.Mutex
	heal  time.Time
	tries map[string]int    // by night and URL
	lasts map[string][]byte // the last element of the page before, by the link to the next
}

// Heal ends all sicknesses at an instant.
func (t *Tenant) Heal(at time.Time) {
	t.ill.mu.Lock()
	defer t.ill.mu.Unlock()
	t.ill.heal = at
}

// unhealed says whether anything can be sick at an instant.
func (t *Tenant) unhealed(now time.Time) bool {
	t.ill.mu.Lock()
	defer t.ill.mu.Unlock()
	return t.Sick.Seed != 0 && (t.ill.heal.IsZero() || now.Before(t.ill.heal)) && !now.Before(t.Sick.From)
}

// try counts how often a URL was asked for in a night.
func (t *Tenant) try(r *http.Request, night int) int {
	t.ill.mu.Lock()
	defer t.ill.mu.Unlock()
	key := fmt.Sprint(night, r.URL)
	t.ill.tries[key]++
	return t.ill.tries[key]
}

// A sickness is what is wrong with a target on the nights [from, to).
type sickness struct {
	kind     *sickKind
	from, to int
	brief    bool // and only for the first tries of each request
	draw     source
}

const (
	forGood    = 1 << 30
	briefTries = 2
)

// sickness draws the sickness of a target. A night is a UTC day.
func (t *Tenant) sickness(p target, night int) (c sickness, ok bool) {
	parts := []uint64{uint64(t.Sick.Seed), 'S', uint64(p.class), hashed(p.dataset), hashed(p.id)}
	share := t.Sick.Share * 3
	switch p.class {
	case callAnswer:
		share = t.Sick.Share
	case listAnswer:
		parts = append(parts, uint64(night)) // a list can be sick every night anew
	}
	s := seeded(parts...)
	if !s.chance(share) {
		return c, false
	}
	var kinds []*sickKind
	for i := range sickKinds {
		k := &sickKinds[i]
		suits := k.answers&p.class != 0 && (k.only == "" || slices.Contains(strings.Fields(k.only), p.dataset))
		if suits && (t.Sick.Kinds == nil || slices.Contains(t.Sick.Kinds, k.name)) {
			kinds = append(kinds, k)
		}
	}
	if len(kinds) == 0 {
		return c, false
	}
	c.kind = pick(&s, kinds)
	if p.class == listAnswer {
		c.from, c.to, c.brief = night, night+1, !c.kind.whole && s.chance(0.75)
		switch c.kind.name {
		case "page-expired":
			c.brief = true
		case "empty-list", "half-list":
			c.brief = false
		}
	} else {
		// A call or transcript falls sick in one of the first two nights after its day, and others in any night.
		first, last := t.first+1, t.first+max(1, t.days)
		if p.class == callAnswer || p.class == textAnswer {
			first, last = p.day+1, p.day+2
		}
		c.from = s.between(first, last)
		c.to = c.from + s.between(1, t.Sick.Nights)
		switch good := s.chance(0.35); {
		case c.kind.oneNight:
			c.to = c.from + 1
		case good:
			c.to = forGood
		}
	}
	c.draw = s
	return c, c.from <= night && night < c.to
}

func hashed(text string) uint64 {
	s := source(len(text))
	for _, b := range []byte(text) {
		s = source(mix(uint64(s) ^ uint64(b)))
		s.next()
	}
	return uint64(s)
}

func callTarget(c *call) target {
	return target{class: callAnswer, dataset: "call_records", id: c.id.String(), isRecord: true, day: c.day}
}

// target is what a request for a collection is for; the zero value is of none.
func (t *Tenant) target(c *collection, keys []string, now time.Time) (p target) {
	if c == nil {
		return p
	}
	switch p = c.sick; p.class {
	case callAnswer:
		c, err := t.find(keys[0], now)
		if err != nil {
			return target{}
		}
		return callTarget(&c)
	case textAnswer:
		one, ok := t.findCapture(keys[p.key], transcriptMark, now)
		if !ok {
			return target{}
		}
		return t.transcriptTarget(&one)
	case pageAnswer, objectAnswer:
		p.id = keys[p.key]
	}
	return p
}

// transcriptTarget is what a request for a document of a transcript is for. That it is not there is no sickness: it may not be there yet.
func (t *Tenant) transcriptTarget(p *capture) target {
	dataset := either(p.adhoc, "call_transcripts", "transcripts")
	return target{class: textAnswer, dataset: dataset, id: t.captureID(p, transcriptMark), isRecord: true, day: p.call.day}
}

// sicken is the request that is answered, and how, where what it asks for is sick.
func (t *Tenant) sicken(r *http.Request, now time.Time) (*http.Request, *faultKind) {
	none := &faultKind{}
	asked, keys := t.matched(r)
	p, night := t.target(asked, keys, now), dayOf(now)
	switch {
	case p.class == 0 || !t.unhealed(now):
		return r, none
	case p.class == batchAnswer:
		return r, t.sickBatch(r, night)
	}
	c, ok := t.sickness(p, night)
	options := r.URL.Query()
	switch {
	case !ok, c.brief && t.try(r, night) > briefTries:
		return r, none
	case c.kind.name == "page-expired" && (!options.Has("$skiptoken") || t.try(withQuery(r, "page-expired"), night) > 1):
		return r, none
	case c.kind.name == "cursor-expired" && !isDeltaLink(nil, options):
		return r, none
	case c.kind.other:
		return t.toAnother(r, keys[0], now), none
	}
	return r, &c.kind.fault
}

// sickBatch refuses a batch with somebody sick in it.
func (t *Tenant) sickBatch(r *http.Request, night int) *faultKind {
	text, err := io.ReadAll(io.LimitReader(r.Body, longestBody))
	r.Body = io.NopCloser(bytes.NewReader(text))
	var body struct{ IDs []string }
	if err == nil {
		err = json.Unmarshal(text, &body)
	}
	if err != nil {
		return &faultKind{}
	}
	for _, id := range body.IDs {
		if c, ok := t.sickness(target{class: batchAnswer, dataset: "presence", id: id}, night); ok {
			return &c.kind.fault
		}
	}
	return &faultKind{}
}

// toAnother asks for the call after the one that is asked for, or for the one before the last.
func (t *Tenant) toAnother(r *http.Request, id string, now time.Time) *http.Request {
	number, _ := t.number(callIDs, id)
	day, index := int(number>>32), int(number&(1<<32-1))
	for _, step := range []int{1, -1, 2, -2} {
		if i := index + step; i >= 0 && i < t.count(day) {
			if c := t.asOf(t.call(day, i), now); c.readable(now) {
				r = r.Clone(r.Context())
				r.URL.Path = strings.Replace(r.URL.Path, id, c.id.String(), 1)
				return r
			}
		}
	}
	return r
}

// Illnesses are what is sick at an instant. What is sick for a few tries only is not among them.
func (t *Tenant) Illnesses(now time.Time) (list []Illness) {
	if !t.unhealed(now) {
		return nil
	}
	night := dayOf(now)
	note := func(p target, datasets ...string) {
		c, ok := t.sickness(p, night)
		if !ok || c.brief {
			return
		}
		for _, dataset := range datasets {
			i := Illness{
				Kind: c.kind.name, Dataset: dataset, From: midnight(c.from), Value: c.kind.value, Silent: c.kind.silent, Whole: c.kind.whole,
			}
			if c.to != forGood {
				i.To = midnight(c.to)
			}
			if p.isRecord {
				i.ID = p.id
			} else {
				i.Parent = p.id
			}
			list = append(list, i)
		}
	}
	for day := t.first; day < t.first+t.days; day++ {
		for index := range t.count(day) {
			if c := t.asOf(t.call(day, index), now); c.listed(now) {
				note(callTarget(&c), "call_records")
			}
		}
	}
	for _, p := range t.people(0, now) {
		for _, of := range []target{
			{class: objectAnswer, dataset: "mailbox_settings"}, {class: batchAnswer, dataset: "presence"},
			{class: pageAnswer, dataset: "calendar_events"}, {class: pageAnswer, dataset: "chats"}, {class: pageAnswer, dataset: "chat_messages"},
			{class: pageAnswer, dataset: "transcripts"}, {class: pageAnswer, dataset: "recordings"},
			{class: pageAnswer, dataset: "call_transcripts"}, {class: pageAnswer, dataset: "call_recordings"},
			{class: pageAnswer, dataset: "joined_teams"},
		} {
			of.id = p.id.String()
			note(of, of.dataset)
			if of.dataset == "calendar_events" { // by which attendance is found
				note(of, "attendance_reports")
			}
		}
	}
	for _, s := range t.everySession(now) {
		note(target{class: objectAnswer, dataset: "attendance_reports", id: s.id().String(), isRecord: true}, "attendance_reports")
	}
	for _, g := range t.teams(0, now) {
		note(target{class: objectAnswer, dataset: "teams", id: g.id.String(), isRecord: true}, "teams")
		for _, dataset := range []string{"channel_messages", "team_members", "incoming_channels"} {
			note(target{class: pageAnswer, dataset: dataset, id: g.id.String()}, dataset)
		}
		for _, c := range t.channels(g, now) {
			note(target{class: pageAnswer, dataset: "channel_members", id: c.id}, "channel_members")
		}
	}
	for c := range t.everyChat(now) {
		note(target{class: pageAnswer, dataset: "chats", id: t.chatID(&c), isRecord: true}, "chats")
	}
	for p := range t.everyCapture(now) {
		if p.transcribed {
			of := t.transcriptTarget(p)
			note(of, of.dataset)
		}
	}
	for _, dataset := range []string{
		"call_records", "pstn_calls", "direct_routing_calls", "users", "groups", "phone_numbers", "resource_accounts", "teams_user_configurations",
		"sms_logs", "blocked_users_log", "dial_out_logs",
	} {
		note(target{class: listAnswer, dataset: dataset}, dataset)
	}
	note(target{class: listAnswer, dataset: usersList}, "presence", "mailbox_settings", "calendar_events", "chats", "chat_messages",
		"transcripts", "recordings", "call_transcripts", "call_recordings", "joined_teams", "attendance_reports")
	note(target{class: listAnswer, dataset: teamsList}, "teams", "channel_members", "channel_messages", "team_members", "incoming_channels")
	return list
}

// stray is when and by how much a call between two is moved to another day: a few are, and not so far
// that the three days before a night do not show it, or what it becomes later, any more.
func (t *Tenant) stray(c *call) (by time.Duration, at time.Time, ok bool) {
	s := seeded(uint64(t.Sick.Seed), c.seed, 'm')
	if t.Sick.Seed == 0 || c.kind != direct || !s.chance(0.12) {
		return 0, at, false
	}
	by = time.Duration(pick(&s, []int{-2, -1, 1, 2})) * 24 * time.Hour
	at = later(c.end, c.end.Add(by)).Add(time.Duration(s.between(3700, 7000)) * time.Second)
	day := dayOf(c.start.Add(by))
	if day < t.first || day >= t.first+t.days || by < 0 && len(t.late(c)) > 0 {
		return 0, at, false
	}
	return by, at, by > -48*time.Hour || at.Before(midnight(c.day+1))
}

// farthest is how far the list and the tenant can differ about the start of a call.
const farthest = 4 * 24 * time.Hour

// listing are the calls that the list has of a stretch, from a place on.
func (t *Tenant) listing(at place, f stretch, now time.Time) iter.Seq[*call] {
	sick := t.unhealed(now)
	return func(yield func(*call) bool) {
		for c := range t.calls(at, f.to, now) {
			if sick {
				t.listedAs(c, now)
			}
			if f.open(c.start) && !yield(c) {
				return
			}
		}
	}
}

// listedAs makes of a call what the list says of it. A call that moves, or that would be listed where the
// tenant has no calls, is not listed elsewhere: no night would find it.
func (t *Tenant) listedAs(c *call, now time.Time) {
	ill, ok := t.sickness(callTarget(c), dayOf(now))
	if !ok || ill.kind.listed == nil {
		return
	}
	shown := *c
	ill.kind.listed(&shown, ill.draw)
	_, _, moves := t.stray(&shown)
	day := dayOf(shown.start)
	if shown.start.Equal(c.start) || !moves && day >= t.first && day < t.first+t.days {
		*c = shown
	}
}

// keyOf is a link without its host.
func keyOf(link string) string {
	u, err := url.Parse(link)
	if err != nil {
		return link
	}
	return u.RequestURI()
}
