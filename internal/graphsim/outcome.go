package graphsim

import "time"

// An outcome is what became of a session, in the words of docs/metrics.md.
type outcome uint8

const (
	answered outcome = iota
	unanswered
	declined
	busy
	abandoned // the caller hung up before
	failed    // it could not be set up
	elsewhere // an agent was rung, and another one answered
	joined    // a conference
	inMailbox // the caller spoke to the machine
	inMenu
	inQueue
	untold // people talked, and nothing shows it
	tested
)

var outcomes = [...]string{
	answered: "answered", unanswered: "missed", declined: "declined", busy: "busy", abandoned: "abandoned", failed: "failed",
	elsewhere: "answered_elsewhere", joined: "joined", inMailbox: "voicemail", inMenu: "attendant", inQueue: "queued", untold: "unknown",
	tested: "test",
}

func (o outcome) String() string { return outcomes[o] }

// reasons are what Graph says, in free text, of a session that was not answered. It says nothing of three in ten, and of some
// that the reason is unknown.
var reasons = map[outcome][]string{
	unanswered: {"The callee did not answer.", "Call setup timed out."},
	declined:   {"The callee declined the call.", "The call was rejected."},
	busy:       {"The callee was busy."},
	abandoned:  {"The caller canceled the call."},
	failed:     {"No route to the callee was found.", "The call could not be set up."},
	elsewhere:  {"The call was answered elsewhere."},
}

const unknownReason = "unknown"

// reason draws what Graph says of an outcome; empty where it says nothing.
func (o outcome) reason(s *source) string {
	switch u := s.unit(); {
	case u < 0.3:
		return ""
	case u < 0.35:
		return unknownReason
	}
	return pick(s, reasons[o])
}

const (
	setup   = "callSetup"
	midcall = "midcall"
)

// refuse makes of a leg one that nobody answered.
func (l *leg) refuse(o outcome, s *source) {
	l.meant, l.stage, l.reason, l.silent = o, setup, o.reason(s), true
}

// broken makes of a leg one that ended before people wanted it to. Of some Graph knows no stage.
func (l *leg) broken(s *source) {
	l.stage, l.reason = midcall, pick(s, []string{
		"", "The network of the caller changed.", `The media relay reported "timeout".`,
	})
	if s.chance(0.1) {
		l.stage, l.reason = "unknown", ""
	}
	l.silent = s.chance(0.5)
}

// fateOf draws how a call between two ends, from [answered] to [failed].
func (t *Tenant) fateOf(c *call) outcome {
	s := seeded(c.seed, 'F')
	switch c.kind {
	case missed:
		return pick(&s, []outcome{unanswered, unanswered, unanswered, unanswered, declined, declined, busy, abandoned, abandoned, failed})
	case voicemail:
		return pick(&s, []outcome{unanswered, unanswered, unanswered, declined, busy})
	case pstnIn:
		if s.chance(0.18) {
			return pick(&s, []outcome{unanswered, unanswered, unanswered, declined, busy, abandoned, abandoned})
		}
	case pstnOut:
		if s.chance(0.08) {
			return pick(&s, []outcome{unanswered, unanswered, busy, abandoned, failed})
		}
	case trunkIn, trunkOut:
		return c.routing().fate
	}
	return answered
}

// ringing draws how long somebody is rung who does not answer. Who answers does so sooner.
func ringing(s *source, answers bool) time.Duration {
	if answers {
		u := s.unit()
		return time.Duration(2000+u*u*23_000) * time.Millisecond
	}
	return time.Duration(s.between(5_000, 45_000)) * time.Millisecond
}

// unseen says whether the media of an answered call between two have not arrived: of some they never do, and of some of those
// that get later versions they come with the first of these.
func (t *Tenant) unseen(c *call) bool {
	switch c.kind {
	case direct, pstnIn, pstnOut:
	default:
		return false
	}
	s := seeded(c.seed, 'u')
	if s.chance(0.015) {
		return true
	}
	return c.more == 0 && s.chance(0.3) && len(t.late(c)) > 0
}

// known is what the record says of a leg, by the generator's own rules and not by the metric's; where agents are rung, what
// the whole journey says. The evidence is what decides.
func (c *call) known(l *leg) (o outcome, evidence string) {
	switch {
	case l.test:
		return tested, "none"
	case l.meant == inMailbox || l.meant == inMenu || l.meant == inQueue:
		return l.meant, "role"
	case l.stage == setup && l.besideAnswer:
		if l.reason == "" || l.reason == unknownReason || l.meant == elsewhere || l.meant == unanswered || l.meant == abandoned {
			return elsewhere, "sibling"
		}
		return l.meant, "reason"
	case l.stage == setup && (l.reason == "" || l.reason == unknownReason || l.meant == failed || l.meant == joined):
		return failed, "stage"
	case l.stage == setup && l.meant == elsewhere: // its reason has the word "answered"
		return unanswered, "reason"
	case l.stage == setup:
		return l.meant, "reason"
	case l.meant == joined:
		return joined, "role"
	case !l.silent && l.flows():
		return answered, "media"
	case l.stage == midcall:
		return answered, "stage"
	}
	return untold, "none"
}

// flows says whether a leg has streams where it is not silent: data has none, and no leg has data alone.
func (l *leg) flows() bool { return len(l.modalities) > 0 && labels[l.modalities[0]] != "" }
