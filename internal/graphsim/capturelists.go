package graphsim

import (
	"strings"
	"time"
)

// captureList tells the four lists of captures apart.
type captureList struct {
	adhoc bool
	mark  string // of what is listed
	of    string // the argument that says whose
}

var (
	meetingTranscripts = captureList{false, transcriptMark, "meetingOrganizerUserId"}
	meetingRecordings  = captureList{false, recordingMark, "meetingOrganizerUserId"}
	callTranscripts    = captureList{true, transcriptMark, "userId"}
	callRecordings     = captureList{true, recordingMark, "userId"}
)

// rows are those of a user that the function's arguments ask for. Both bounds are of the instant of creation, and belong to it neither.
func (l *captureList) rows(t *Tenant, r *request) (rows, error) {
	p, err := t.captureOwner(r, l.adhoc, l.mark)
	if err != nil {
		return nil, err
	}
	from, to, err := l.bounds(r.keys[1], &p)
	if err != nil {
		return nil, err
	}
	first, last := t.first, t.first+t.days
	if !from.IsZero() {
		first = dayOf(from) - 1 // on which a call may have begun that was captured later
	}
	if !to.IsZero() {
		last = dayOf(to)
	}
	return func(yield func(int, entity) bool) {
		for at, one := range t.capturesOf(p.number, first, last) {
			in := at >= r.from && one.adhoc == l.adhoc && one.has(l.mark) && one.shown(r.now) && one.from.After(from) && (to.IsZero() || one.from.Before(to))
			if in && !yield(at, t.captureEntity(r, one, l.mark)) {
				return
			}
		}
	}, nil
}

// bounds reads the arguments of the function.
func (l *captureList) bounds(arguments string, p *person) (from, to time.Time, err error) {
	given := map[string]string{}
	for argument := range strings.SplitSeq(arguments, ",") {
		name, value, _ := strings.Cut(argument, "=")
		given[strings.TrimSpace(name)] = strings.TrimSpace(value)
	}
	user, ok := given[l.of]
	if !ok {
		return from, to, badRequest("The required parameter '%s' is missing.", l.of)
	}
	if !strings.EqualFold(user, "'"+p.id.String()+"'") {
		return from, to, badRequest("The value of '%s' is not the user of the request.", l.of)
	}
	delete(given, l.of)
	for _, bound := range []struct {
		name string
		at   *time.Time
	}{{"startDateTime", &from}, {"endDateTime", &to}} {
		text, there := given[bound.name]
		if delete(given, bound.name); !there {
			continue
		}
		if *bound.at, ok = parseInstant(text); !ok {
			return from, to, badRequest("The value of '%s' is not a valid DateTimeOffset literal.", bound.name)
		}
	}
	if len(given) > 0 {
		return from, to, badRequest("Error in query syntax: the function takes %s, startDateTime and endDateTime.", l.of)
	}
	if !from.IsZero() && !to.IsZero() && !from.Before(to) {
		return from, to, badRequest("startDateTime must be before endDateTime.")
	}
	return from, to, nil
}

// captureOwner is the user of a request for what was captured, or Graph's refusal. The tenant's switch is of transcripts only.
func (t *Tenant) captureOwner(r *request, adhoc bool, mark string) (person, error) {
	if t.TranscriptsOff && mark == transcriptMark {
		return person{}, &refusal{
			status: 403, code: "Forbidden", message: "Access to transcripts through Microsoft Graph is disabled for this tenant.", inner: "GraphAccessToTranscriptsDisabled",
		}
	}
	return t.meetingOwner(r, !adhoc)
}

// captureEntity is a transcript or a recording as a list shows it. Its URL cannot be followed, as those of Graph's examples cannot.
func (t *Tenant) captureEntity(r *request, p *capture, mark string) entity {
	s := seeded(p.seed, 'O')
	id, organizer := t.captureID(p, mark), t.key(p.call.first)
	correlation := drawGUID(&s).String() + p.from.Format("-20060102_150405")
	spelled := either(s.chance(0.2), "#Microsoft.Teams.GraphSvc.teamworkUserIdentity", "#microsoft.graph.teamworkUserIdentity")
	kind, folder := "call"+mark, strings.ToLower(mark)
	who := entity{"application", nil, "device", nil, "user", entity{
		"@odata.type", spelled, "id", organizer, "displayName", nil, "userIdentityType", "aadUser", "tenantId", t.Tenant,
	}}
	if p.adhoc {
		e := entity{"id", id}
		if mark == transcriptMark {
			e = append(e, "meetingId", nil)
		}
		return append(e, "callId", p.call.id, "contentCorrelationId", correlation,
			folder+"ContentUrl", r.root+"/$metadata#users('"+organizer+"')/adhocCalls('"+p.call.id.String()+"')/"+folder+"s/('"+id+"')/content",
			"createdDateTime", p.from, "endDateTime", p.to, "meetingOrganizer", who)
	}
	meeting := t.meetingID(&p.call)
	e := entity{"@odata.type", "#microsoft.graph." + kind, "id", id, "meetingId", meeting}
	if !s.chance(0.03) { // older ones have none
		e = append(e, "callId", p.call.id, "contentCorrelationId", correlation)
	}
	e = append(e, "createdDateTime", p.from)
	if !s.chance(0.03) {
		e = append(e, "endDateTime", p.to)
	}
	return append(e,
		folder+"ContentUrl", r.root+"/$metadata#users('"+organizer+"')/onlineMeetings('"+meeting+"')/"+folder+"s/('"+id+"')/content",
		"meetingOrganizer", who)
}

// metadataContent is the document of a transcript in which each cue is JSON.
func (l *captureList) metadataContent(t *Tenant, r *request) (document, error) {
	p, err := l.content(t, r)
	switch {
	case err != nil:
		return document{}, err
	case t.NoAttribution:
		return document{}, notAttributed()
	case p.trap == noMetadata:
		return document{}, notFound("The metadata content of the transcript was not found.")
	}
	return document{vttType, t.document(&p, ofMetadata)}, nil
}

const (
	vttType  = "text/vtt"
	bareType = "application/vnd.microsoft.graph.transcript+text"
)

// speech is the document of a transcript with who says what or, where only that may be read, with what is said.
func (l *captureList) speech(t *Tenant, r *request) (document, error) {
	p, err := l.content(t, r)
	if err != nil {
		return document{}, err
	}
	format := r.get("$format")
	accepts := func(mime string) bool { return format == "" && strings.Contains(r.accept, mime) }
	switch {
	case accepts(bareType):
		return document{bareType, t.document(&p, ofText)}, nil
	case format != vttType && !accepts(vttType):
		return document{}, refuse(400, "BadRequest", "The requested format is not supported. Supported formats are: %s.", vttType)
	case t.NoAttribution:
		return document{}, notAttributed()
	}
	return document{vttType, t.document(&p, ofVoices)}, nil
}

// content is the capture of a request for a document, if that has one.
func (l *captureList) content(t *Tenant, r *request) (p capture, err error) {
	owner, err := t.captureOwner(r, l.adhoc, l.mark)
	if err != nil {
		return p, err
	}
	p, ok := t.findCapture(r.keys[2], l.mark, r.now)
	switch {
	case !ok, p.adhoc != l.adhoc, p.call.first.number != owner.number:
		return p, notFound("The transcript was not found.")
	case r.keys[1] != t.capturedIn(&p):
		return p, notFound("The meeting or call was not found.")
	case !p.hasContent(r.now):
		return p, notFound("The content of the transcript was not found.")
	}
	return p, nil
}

// capturedIn is the id of the meeting or call in whose path a capture lies.
func (t *Tenant) capturedIn(p *capture) string {
	if p.adhoc {
		return p.call.id.String()
	}
	return t.meetingID(&p.call)
}

func notFound(message string) error { return refuse(404, "NotFound", "%s", message) }

func notAttributed() error {
	return &refusal{
		status: 403, code: "Forbidden", message: "Speaker attribution is not allowed for this tenant.", inner: "SpeakerAttributionNotAllowed",
	}
}
