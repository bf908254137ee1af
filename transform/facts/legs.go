package facts

import (
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

// What became of each leg of a call.
//
// The kind of an end is that of the first rule which fits: a service by its role; without an identity unknown; a number,
// which begins with "+", pstn; an identity of the lake's tenant user; any other external. Voicemail is one only where it is
// called: it calls nobody.
//
// The outcome is that of the first rule which fits. By the callee: voicemail, attendant, queued. What failed in callSetup:
// failed towards a conference, and else what a word in the reason says, whether there were media or not. Towards a
// conference joined. With media, or broken midcall, answered. Else unknown: media may be missing although two talked, and
// then the leg is not missed. Last, a leg from a queue to a person that was missed, failed, unknown or abandoned was
// answered_elsewhere if an answered leg from the queue in the same call overlaps it; touching is not overlapping.
//
// Graph's reasons are free text and often null (microsoft-graph-docs issue 11584), and callSetup is also said of callers
// who hang up in a menu.

type kind string

const (
	user       kind = "user"
	external   kind = "external"
	pstn       kind = "pstn"
	queue      kind = "queue"
	attendant  kind = "attendant"
	conference kind = "conference"
	voicemail  kind = "voicemail"
	service    kind = "service"
	unknown    kind = "unknown"
)

// isPerson reports whether the identity of an end of the kind is somebody's.
func (k kind) isPerson() bool { return k == user || k == external || k == pstn }

// roles are the kinds of services by what Graph calls their role.
var roles = map[string]kind{
	"mediationServer": pstn, "mediationServerCloudConnectorEdition": pstn, "gateway": pstn, "skypeForBusinessMicrosoftTeamsGateway": pstn,
	"voicemail": voicemail, "exchangeUnifiedMessagingService": voicemail,
	"skypeForBusinessCallQueues":            queue,
	"skypeForBusinessAutoAttendant":         attendant,
	"mediaController":                       conference,
	"audioTeleconferencerController":        conference,
	"skypeForBusinessAudioVideoMcu":         conference,
	"skypeForBusinessApplicationSharingMcu": conference,
	"conferencingAttendant":                 conference,
	"conferencingAnnouncementService":       conference,
}

type outcome string

const (
	answered          outcome = "answered"
	answeredElsewhere outcome = "answered_elsewhere"
	joined            outcome = "joined"
	toVoicemail       outcome = "voicemail"
	toAttendant       outcome = "attendant"
	queued            outcome = "queued"
	declined          outcome = "declined"
	busy              outcome = "busy"
	abandoned         outcome = "abandoned"
	missed            outcome = "missed"
	failed            outcome = "failed"
	notKnown          outcome = "unknown"
)

// words in a reason say the outcome, the first that is there.
var words = []struct {
	word string
	says outcome
}{
	{"declin", declined}, {"reject", declined}, {"busy", busy}, {"cancel", abandoned}, {"abandon", abandoned},
	{"answer", missed}, {"timeout", missed}, {"timed out", missed},
}

// Evidence of an outcome.
const (
	byRole    = "role"
	byReason  = "reason"
	byStage   = "stage"
	byMedia   = "media"
	bySibling = "sibling"
	byNothing = "none"
)

const (
	callSetup = "callSetup"
	midcall   = "midcall"
)

// leg is a session that was no test.
type leg struct {
	row      int // in call_sessions
	kinds    [2]kind
	outcome  outcome
	evidence string
	dropped  bool
	// When it was, if both are told.
	start, end arrow.Timestamp
	timed      bool
}

// talked reports whether people were connected.
func (l *leg) talked() bool { return l.outcome == answered || l.outcome == joined }

type legsTable struct {
	call, session, callerKind, calleeKind, outcome, evidence *array.StringBuilder
	ids                                                      [2]*array.StringBuilder
	shapes                                                   [2]shapeColumns
	callStart, start, end                                    *array.TimestampBuilder
	dropped                                                  *array.BooleanBuilder
	talk                                                     *array.Float64Builder
	index                                                    *array.Int32Builder
}

func (c *calls) bindLegs(f *Facts) []array.Builder {
	const of = "call_legs"
	t := &c.legsTable
	made := append(t.shapes[caller].bind(f, of, "caller"), t.shapes[callee].bind(f, of, "callee")...)
	return append(made,
		give(f, of, "call_id", &t.call), give(f, of, "call_start_time", &t.callStart), give(f, of, "session_id", &t.session),
		give(f, of, "start_time", &t.start), give(f, of, "end_time", &t.end),
		give(f, of, "caller_kind", &t.callerKind), give(f, of, "caller_id", &t.ids[caller]),
		give(f, of, "callee_kind", &t.calleeKind), give(f, of, "callee_id", &t.ids[callee]),
		give(f, of, "outcome", &t.outcome), give(f, of, "evidence", &t.evidence), give(f, of, "dropped", &t.dropped),
		give(f, of, "talk_seconds", &t.talk), give(f, of, "session_index", &t.index),
	)
}

// computeLegs makes the legs of a call, whose sessions begin at a row.
func (c *calls) computeLegs(call int, from rows) {
	c.legs = c.legs[:0]
	for row := from.session; row < c.next.session; row++ {
		if !c.isTest(row) {
			c.legs = append(c.legs, c.leg(row, c.with[row-from.session]))
		}
	}
	c.judgeSiblings()
	t := &c.legsTable
	for i := range c.legs {
		l := &c.legs[i]
		t.call.Append(c.call.id.Value(call))
		appendTime(t.callStart, c.call.start, call)
		appendText(t.session, c.session.id, l.row)
		t.index.Append(c.session.index.Value(l.row))
		appendTime(t.start, c.session.start, l.row)
		appendTime(t.end, c.session.end, l.row)
		t.callerKind.Append(string(l.kinds[caller]))
		t.calleeKind.Append(string(l.kinds[callee]))
		for side := range t.ids {
			if end := &c.session.ends[side]; l.kinds[side].isPerson() {
				appendText(t.ids[side], end.id, l.row)
				t.shapes[side].append(end.at(l.row))
			} else {
				t.ids[side].AppendNull()
				t.shapes[side].append("")
			}
		}
		t.outcome.Append(string(l.outcome))
		t.evidence.Append(l.evidence)
		t.dropped.Append(l.dropped)
		if l.talked() && l.timed {
			t.talk.Append(seconds(l.start, l.end))
		} else {
			t.talk.Append(0)
		}
	}
}

func (c *calls) isTest(session int) bool {
	return c.session.test.IsValid(session) && c.session.test.Value(session)
}

// leg is a session by itself.
func (c *calls) leg(row int, media bool) leg {
	s := &c.session
	l := leg{row: row, kinds: [2]kind{c.kindOf(row, caller), c.kindOf(row, callee)}, timed: s.start.IsValid(row) && s.end.IsValid(row)}
	if l.timed {
		l.start, l.end = s.start.Value(row), s.end.Value(row)
	}
	stage := text(s.stage, row)
	l.dropped = stage == midcall
	l.outcome, l.evidence = outcomeOf(l.kinds[callee], stage, text(s.reason, row), media)
	return l
}

func (c *calls) kindOf(row, side int) kind {
	end := &c.session.ends[side]
	if end.role.IsValid(row) {
		k, ok := roles[end.role.Value(row)]
		if !ok || k == voicemail && side == caller {
			return service
		}
		return k
	}
	switch {
	case end.id.IsNull(row):
		return unknown
	case strings.HasPrefix(end.at(row), "+"):
		return pstn
	case end.tenant.IsValid(row) && end.tenant.Value(row) == c.tenant:
		return user
	}
	return external
}

// outcomeOf is what became of a leg by itself, and what says so.
func outcomeOf(callee kind, stage, reason string, media bool) (outcome, string) {
	switch {
	case callee == voicemail:
		return toVoicemail, byRole
	case callee == attendant:
		return toAttendant, byRole
	case callee == queue:
		return queued, byRole
	case stage == callSetup && callee == conference:
		return failed, byStage
	case stage == callSetup:
		reason = strings.ToLower(reason)
		for _, w := range words {
			if strings.Contains(reason, w.word) {
				return w.says, byReason
			}
		}
		return failed, byStage
	case callee == conference:
		return joined, byRole
	case media:
		return answered, byMedia
	case stage == midcall:
		return answered, byStage
	}
	return notKnown, byNothing
}

// span is when something was.
type span struct{ from, to arrow.Timestamp }

// judgeSiblings finds the legs that rang until another agent of the queue had answered.
func (c *calls) judgeSiblings() {
	c.taken = c.taken[:0]
	for i := range c.legs {
		if l := &c.legs[i]; l.kinds[caller] == queue && l.outcome == answered && l.timed {
			c.taken = append(c.taken, span{l.start, l.end})
		}
	}
	if len(c.taken) == 0 {
		return
	}
	slices.SortFunc(c.taken, func(a, b span) int { return int(min(1, max(-1, a.from-b.from))) })
	for i := 1; i < len(c.taken); i++ { // until when any of those that began so early was answered
		c.taken[i].to = max(c.taken[i].to, c.taken[i-1].to)
	}
	for i := range c.legs {
		l := &c.legs[i]
		if l.kinds[caller] != queue || !l.timed || l.kinds[callee] != user && l.kinds[callee] != external {
			continue
		}
		switch l.outcome {
		case missed, failed, notKnown, abandoned:
		default:
			continue
		}
		began, _ := slices.BinarySearchFunc(c.taken, l.end, func(s span, end arrow.Timestamp) int {
			if s.from < end {
				return -1
			}
			return 1
		})
		if began > 0 && c.taken[began-1].to > l.start {
			l.outcome, l.evidence = answeredElsewhere, bySibling
		}
	}
}
