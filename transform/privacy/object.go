package privacy

import (
	"cmp"
	"slices"

	"graphlake/internal/json"
	"graphlake/schemas"
)

// Whose an object is.
//
// A key tells of a value that it is somebody's. An object whose id or address is somebody's tells it of all that
// it says, in whatever words: the name from before a wedding, the sign-in name of another tenant. So does what is around
// it, as far as it speaks of that person alone: an endpoint of the computer and of what its user wrote about the call, and
// of a call's media the half of that side; a quote of what was quoted; an utterance, of which a name is all that says whose it is, of
// what was said. Names and addresses become the word;
// texts, devices and addresses of machines become null. An object with the id of somebody else stays theirs.
//
// Members are known by their names, for these say the same in all datasets, and in JSON that is of none. A word in the place of
// an id says as much as the id did.

// who is whom a value speaks of: nobody, somebody who stays, or a person by the word for them.
type who string

const somebodyElse who = "?"

func (w who) gone() bool { return w != "" && w != somebodyElse }

// says is by what an object says whom it speaks of.
type says uint8

const (
	nothing       says = iota
	byUser             // the id of the user that a membership or a row of a log is of
	byID               // its own id
	byAddress          // an address or a sign-in name
	byMember           // of an identity set: the user
	byOtherMember      // of an identity set: another identity
	byIdentity         // of a participant or an endpoint
	byAssociated       // of an endpoint
	byEmail            // of an attendee
	byMentioned        // of a mention
	bySender           // of a quote
	byFrom             // of a message
	byCaller           // of a session or a segment
	byCallee
	bySpeakerID // of an utterance
	bySpeaker   // of an utterance, by the name
	saysEnd
)

// about is what a member tells of the person whom an object speaks of.
type about uint16

const (
	aboutName     about = 1 << iota // who they are
	aboutUser                       // who the user is that a row of a log is of
	aboutAddress                    // the name beside an address
	aboutSet                        // another identity of theirs
	aboutEndpoint                   // their device
	aboutMention                    // the name by which they are mentioned
	aboutQuote                      // what they wrote, in somebody else's message
	aboutMessage                    // what they wrote, in a message within another record
	aboutCaller                     // the caller's machine
	aboutCallee
	aboutSpeaker // the name of who spoke
	aboutSpoken  // what they said
	inPart       // of an endpoint, in an object within it
)

type role struct {
	says  says
	about about
}

// roles are what members say by their names.
var roles = func() map[string]role {
	all := map[string]role{
		"id": {says: byID}, "userId": {says: byUser},
		"address": {byAddress, aboutName}, "name": {about: aboutAddress | aboutEndpoint},
		"displayName": {about: aboutName}, "userDisplayName": {about: aboutUser}, "phone": {byOtherMember, aboutName | aboutSet},
		"user": {says: byMember}, "guest": {byOtherMember, aboutSet}, "encrypted": {byOtherMember, aboutSet},
		"onPremises": {byOtherMember, aboutSet}, "assertedIdentity": {byOtherMember, aboutSet},
		"azureCommunicationServicesUser": {byOtherMember, aboutSet}, "acsUser": {byOtherMember, aboutSet}, "device": {about: aboutSet},
		"identity": {says: byIdentity}, "associatedIdentity": {says: byAssociated}, "cpuName": {about: aboutEndpoint}, "emailAddress": {says: byEmail},
		"mentioned": {says: byMentioned}, "mentionText": {about: aboutMention},
		"messageSender": {says: bySender}, "messagePreview": {about: aboutQuote}, "messageSubject": {about: aboutQuote},
		"originalMessageSender": {says: bySender}, "originalMessageContent": {about: aboutQuote}, "originalMessageSubject": {about: aboutQuote},
		"from": {says: byFrom}, "body": {about: aboutMessage}, "subject": {about: aboutMessage | aboutQuote}, "summary": {about: aboutMessage}, "attachments": {about: aboutMessage},
		"caller": {says: byCaller}, "callee": {says: byCallee},
		"speakerId": {says: bySpeakerID}, "speakerName": {bySpeaker, aboutSpeaker}, "spokenText": {about: aboutSpoken},
	}
	for _, c := range schemas.Users.Tables[0].Columns {
		if steps, err := c.Path.Steps(); err == nil && c.Personal && len(steps) == 1 && steps[0].Kind == schemas.Into {
			if name := steps[0].Name; all[name] == (role{}) {
				all[name] = role{about: aboutName}
			}
		}
	}
	all["mail"], all["email"] = role{byAddress, aboutName}, role{byAddress, aboutName}
	all["userPrincipalName"] = role{byAddress, aboutName | aboutUser}
	return all
}()

// parts are members that hold objects of which some members are about the one to whom the object around them belongs.
var parts = func() map[string]*part {
	machine := map[string]bool{}
	for _, name := range []string{
		"ipAddress", "subnet", "reflexiveIPAddress", "macAddress", "basicServiceSetIdentifier", "traceRouteHops", "dnsSuffix",
		"captureDeviceName", "captureDeviceDriver", "renderDeviceName", "renderDeviceDriver",
	} {
		machine[name] = true
	}
	return map[string]*part{
		"feedback": {inPart, map[string]bool{"text": true}}, "userAgent": {inPart, map[string]bool{"headerValue": true}},
		"callerNetwork": {aboutCaller, machine}, "callerDevice": {aboutCaller, machine},
		"calleeNetwork": {aboutCallee, machine}, "calleeDevice": {aboutCallee, machine},
	}
}()

type part struct {
	about about
	of    map[string]bool
}

// longestRole is as long as the longest name among roles and parts.
const longestRole = 32

// told is a value that goes if the object around it is a person's.
type told struct {
	about    about
	depth    int // of the object that it is a member of
	kind     json.Kind
	from, to int
}

// mostUp is how far above a network or a device the call's sides may be.
const mostUp = 6

// object is what was read of one.
type object struct {
	part *part
	says [saysEnd]who
}

// is is whom the object speaks of.
func (o *object) is() who {
	return cmp.Or(o.says[byUser], o.says[byID], o.says[byMember], o.says[byOtherMember], o.says[byIdentity], o.says[byAssociated], o.says[byEmail], o.says[byAddress])
}

// speaker is who spoke, of an utterance. An id says it, and where there is none a name, as far as it is one person's alone.
func (o *object) speaker() who { return cmp.Or(o.says[bySpeakerID], o.says[bySpeaker]) }

// member notes what a member says that was read.
func (f *Filter) member(o *object, name string, v json.Value, root bool) {
	var about about
	if o.part != nil && o.part.of[name] {
		about = o.part.about
	} else {
		r := roles[name]
		if r.says != nothing && !o.says[r.says].gone() {
			o.says[r.says] = f.said
		}
		if about = r.about; f.said.gone() { // and says so itself
			about &^= aboutSet
		}
	}
	if about != 0 && !root && v.Kind != json.Null && v.End-v.Start > len(`""`) {
		f.told = append(f.told, told{about, f.depth, v.Kind, v.Start, v.End})
	}
}

// endObject decides of what was told in an object and those within it since some.
func (f *Filter) endObject(o *object, since int, text []byte) {
	waiting := f.told[:since]
	for _, t := range f.told[since:] {
		by, named, decided := o.decides(t, f.depth)
		switch {
		case by.gone():
			f.tell(t, by, named, text)
		case !decided && t.depth-f.depth < mostUp:
			waiting = append(waiting, t)
		}
	}
	f.told = waiting
	f.said = o.is()
	f.spoke = f.spoke || o.speaker().gone()
}

// decides is whose something is that was told, as far as the object at a depth knows, and whether it is what names them; not
// decided: an object around it may know.
func (o *object) decides(t told, depth int) (by who, named, decided bool) {
	endpoint := cmp.Or(o.says[byIdentity], o.says[byAssociated])
	switch t.about {
	case aboutCaller:
		return o.says[byCaller], false, o.says[byCaller] != ""
	case aboutCallee:
		return o.says[byCallee], false, o.says[byCallee] != ""
	case inPart:
		return endpoint, false, t.depth > depth
	}
	own := cmp.Or(o.says[byUser], o.says[byID])
	address, message := who(""), who("")
	if own == "" {
		address = o.says[byAddress]
	}
	if depth > 1 { // the record itself is its owner's
		message = o.says[byFrom]
	}
	for _, one := range [...]struct {
		about about
		by    who
		named bool
	}{
		{aboutName, cmp.Or(own, address), true},
		{aboutUser, cmp.Or(o.says[byUser], o.says[byAddress]), true},
		{aboutAddress, address, true},
		{aboutMention, o.says[byMentioned], true},
		{aboutEndpoint, endpoint, false},
		{aboutSet, cmp.Or(o.says[byMember], o.says[byOtherMember]), false},
		{aboutQuote, o.says[bySender], false},
		{aboutMessage, message, false},
		{aboutSpeaker, o.says[bySpeakerID], true},
		{aboutSpoken, o.speaker(), false},
	} {
		if t.about&one.about != 0 && one.by.gone() {
			return one.by, one.named, true
		}
	}
	return "", false, true
}

// tell puts the word, or null, in the place of what was told.
func (f *Filter) tell(t told, by who, named bool, text []byte) {
	c := change{t.from, t.to, null, true}
	switch {
	case named && t.kind == json.String:
		if c = (change{t.from + 1, t.to - 1, []byte(by), true}); isWord(text[c.from:c.to]) {
			return
		}
	case named && t.kind == json.Array:
		c.by, f.retyped = []byte("[]"), true
	default:
		f.retyped = true
	}
	f.changes = append(f.changes, c)
}

// settle puts the changes in order. What lies in one that is of all of a value goes with it.
func (f *Filter) settle() {
	slices.SortStableFunc(f.changes, func(a, b change) int {
		c := cmp.Or(a.from-b.from, b.to-a.to)
		if c == 0 && a.all != b.all {
			if c = 1; a.all {
				c = -1
			}
		}
		return c
	})
	n := 0
	for _, c := range f.changes[min(1, len(f.changes)):] {
		if last := &f.changes[n]; c.from < last.to {
			last.to = max(last.to, c.to)
			continue
		}
		n++
		f.changes[n] = c
	}
	f.changes = f.changes[:min(n+1, len(f.changes))]
}
