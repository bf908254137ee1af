package graphsim

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"iter"
	"strings"
	"time"
)

// A capture is a stretch of a call that was transcribed, recorded, or both. Of a meeting that became a call, or of a later run of
// it, it is scheduled; of people who called each other it is ad hoc. Whose it is, is who organized the meeting or called. It does
// not move with a call whose record moves to another day.
type capture struct {
	call        call
	adhoc       bool
	number      int // among those of the call
	seed        uint64
	from, to    time.Time
	listed      time.Time // when a list first names it
	transcribed bool
	recorded    bool
	long        bool // the transcript has mostCues
	trap        trap
}

// A trap is what is odd about when a transcript has content, or about all of that.
type trap uint8

const (
	noTrap       trap = iota
	lateContent       // listed for hours before there is any
	neverContent      // listed, and there never is any
	expiring          // some weeks later it is gone, and the transcript is listed still
	noBytes           // the content is empty
	emptyObject       // the content is {}
	noCues            // the content has a header and nothing else
	noMetadata        // there is content, and no metadataContent
)

// trapShares is how many of a thousand transcripts have each.
var trapShares = [...]int{
	noTrap: 860, lateContent: 40, neverContent: 15, expiring: 15, noBytes: 15, emptyObject: 15, noCues: 10, noMetadata: 30,
}

// How many of the meetings and of the calls between people are captured, and what of a capture there is.
const (
	capturedMeetings = 0.45
	capturedCalls    = 0.058
	transcribed      = 0.86
	recordedToo      = 0.6
	twoParts         = 0.06 // somebody stopped and began again
)

const (
	contentDelay = 2 * time.Hour       // after the end, of the content that is late
	contentAge   = 20 * 24 * time.Hour // after which the content that expires is gone
	captureAge   = 60 * 24 * time.Hour // after which nothing is listed any more
	captureLease = 14 * 24 * time.Hour // nobody captures anything who leaves so soon after the tenant's last day
)

// captures are those of a call, the earliest first: none for most calls.
func (t *Tenant) captures(c *call) (list []capture) {
	adhoc, share := !c.fromCalendar(), capturedMeetings
	if adhoc {
		share = capturedCalls
	}
	s := seeded(c.seed, 'Q')
	long := t.isLong(c)
	switch {
	case !s.chance(share) && !long, c.first.kind != internal, adhoc && !c.betweenPeople():
		return nil
	case !t.capturesAtAll(c.first.number):
		return nil
	}
	length := c.end.Sub(c.start)
	from := c.start.Add(time.Duration((0.02+0.1*s.unit())*float64(length)) + time.Second)
	to := c.end.Add(-time.Duration(0.05 * s.unit() * float64(length)))
	one := capture{call: *c, adhoc: adhoc, long: long, from: from.Truncate(precision(&s)), to: to.Truncate(precision(&s))}
	list = []capture{one}
	if !long && length > 12*time.Minute && s.chance(twoParts) {
		middle := from.Add(to.Sub(from) / 2)
		list = []capture{one, one}
		list[0].to, list[1].from = middle.Add(-30*time.Second).Truncate(tick), middle.Add(30*time.Second).Truncate(tick)
	}
	for i := range list {
		p := &list[i]
		p.number, p.seed = i, s.next()
		p.transcribed = s.chance(transcribed) || long
		p.recorded = !p.transcribed || s.chance(recordedToo)
		p.listed = p.to.Add(time.Duration(s.between(2*60, 40*60)) * time.Second)
		if rest := s.below(1000); !long {
			for k, share := range trapShares {
				if rest < share {
					p.trap = trap(k)
					break
				}
				rest -= share
			}
		}
	}
	return list
}

// fromCalendar says whether a call is a meeting that was planned, or a later run of one.
func (c *call) fromCalendar() bool { return c.scheduled() || c.kind == meeting && c.room != guid{} }

// betweenPeople says whether people called each other, and spoke.
func (c *call) betweenPeople() bool {
	switch c.kind {
	case direct, dropped, group:
		return true
	case pstnOut, trunkOut:
		return c.fate == answered
	}
	return false
}

// isLong says whether the transcript of a call is the long one of its week: of Tuesday's assembly.
func (t *Tenant) isLong(c *call) bool {
	return c.kind == assembly && c.index == t.count(c.day)/2 && midnight(c.day).Weekday() == time.Tuesday && c.fromCalendar()
}

// capturesAtAll says whether a user ever has captures: guests have none, nor has who leaves before they were listed for some time, or a lake
// that was read every night would have what nobody can read any more.
func (t *Tenant) capturesAtAll(number int) bool {
	p := t.person(number)
	return !p.guest && t.stay(number, midnight(t.first+t.days).Add(captureLease)).to.Equal(forever)
}

// shown says whether a list names a capture at an instant.
func (p *capture) shown(now time.Time) bool {
	return !p.listed.After(now) && now.Sub(p.to) < captureAge
}

// hasContent says whether a transcript has its content at an instant.
func (p *capture) hasContent(now time.Time) bool {
	switch p.trap {
	case neverContent:
		return false
	case lateContent:
		return now.Sub(p.to) >= contentDelay
	case expiring:
		return now.Sub(p.to) < contentAge
	}
	return true
}

// meetingID is the id of the meeting of a call; calls by one link have the same. As Graph's it says in plain text whose meeting it is.
func (t *Tenant) meetingID(c *call) string {
	room := *c
	if c.room != (guid{}) {
		room.id = c.room
	}
	return t.meetingKey(c.first, room.thread())
}

// meetingKey is the id of a meeting with a thread.
func (t *Tenant) meetingKey(organizer party, thread string) string {
	return base64.StdEncoding.EncodeToString([]byte("1*" + t.key(organizer) + "*0**19:meeting_" + thread + "@thread.v2"))
}

// The sorts of what has an id.
const (
	transcriptMark = "Transcript"
	recordingMark  = "Recording"
)

// captureID is the id of a transcript or recording. As Graph's it is base64, and has whose it is, and who was called, in plain text beside bytes
// that say nothing: so it may have a slash or a plus in it, and ends with one or two equals signs or none.
func (t *Tenant) captureID(p *capture, mark string) string {
	s := seeded(p.seed, uint64(len(mark)), 'I')
	raw := binary.BigEndian.AppendUint64([]byte{0x92, 0xd5}, s.next())
	raw = append(binary.BigEndian.AppendUint64(raw, s.next()), '|')
	raw = append(raw, t.key(p.call.first)...)
	if p.adhoc && p.call.kind != group { // the chat of the two
		raw = append(append(raw, '_'), t.key(t.callee(&p.call))...)
	}
	raw = append(raw, '|')
	raw = p.call.id.append(raw)
	return base64.StdEncoding.EncodeToString(fmt.Appendf(raw, "|%d-%d-%s", p.number, p.from.Unix()%100, mark))
}

// findCapture is the capture of an id that a list names at an instant.
func (t *Tenant) findCapture(id, mark string, now time.Time) (p capture, ok bool) {
	raw, err := base64.StdEncoding.DecodeString(id)
	parts := strings.Split(string(raw[min(18, len(raw)):]), "|") // the bytes before may have such a sign, too
	if err != nil || len(parts) < 4 {
		return p, false
	}
	number, ok := t.number(callIDs, parts[2])
	day, index := int(number>>32), int(number&(1<<32-1))
	if !ok || index >= t.count(day) {
		return p, false
	}
	c := t.call(day, index)
	for _, p := range t.captures(&c) {
		if p.has(mark) && p.shown(now) && t.captureID(&p, mark) == id {
			return p, true
		}
	}
	return p, false
}

// has says whether there is a transcript, or a recording, of the stretch.
func (p *capture) has(mark string) bool {
	if mark == transcriptMark {
		return p.transcribed
	}
	return p.recorded
}

// capturedOn are the indexes of a day's calls that are captured, by the number of whose it is.
func (t *Tenant) capturedOn(day int) [][]uint32 {
	return t.captured.of(day, func() [][]uint32 {
		by := make([][]uint32, t.Users)
		for index := range t.count(day) {
			switch t.kind(day, index) {
			case direct, dropped, group, pstnOut, trunkOut, dialIn, meeting, assembly:
				if c := t.call(day, index); len(t.captures(&c)) > 0 {
					by[c.first.number] = append(by[c.first.number], uint32(index))
				}
			}
		}
		return by
	})
}

// capturesOf are the captures of a user whose call began on some days, each at its place.
func (t *Tenant) capturesOf(number, first, last int) iter.Seq2[int, *capture] {
	return func(yield func(int, *capture) bool) {
		for day := max(first, t.first); day <= last && day < t.first+t.days && number < t.Users; day++ {
			for _, index := range t.capturedOn(day)[number] {
				c := t.call(day, int(index))
				for _, p := range t.captures(&c) {
					if !yield(day<<40|int(index)<<4|p.number, &p) {
						return
					}
				}
			}
		}
	}
}

// everyCapture are all captures that are listed at an instant and that somebody may read who asks as a list of a user does.
func (t *Tenant) everyCapture(now time.Time) iter.Seq[*capture] {
	return func(yield func(*capture) bool) {
		for number := range t.Users {
			p, here := t.personAt(number, now)
			if !here || t.forbidden(userIDs, number) {
				continue
			}
			for _, one := range t.capturesOf(number, t.first, t.first+t.days) {
				if one.shown(now) && (one.adhoc || !t.policyMissing(&p)) && !yield(one) {
					return
				}
			}
		}
	}
}
