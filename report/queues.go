package report

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// inTarget is how long a caller may have waited for an agent to have been in time.
const inTarget = 20 * time.Second

// Queue is a day of a queue, which is a set of resource accounts (metric_queue_days).
type Queue struct {
	Day                                                     time.Time
	Accounts                                                string // their ids, in order, with commas
	Name                                                    string // as the newest call has it
	Offered, Answered, InTarget, Forwarded, Voicemail, Left int64
	longest                                                 time.Duration
}

// GradeOfService is how many of all calls an agent took in time.
func (q Queue) GradeOfService() Share { return Share{q.InTarget, q.Offered} }

type queueDay struct {
	day      time.Time
	accounts string
}

// journey is a call's way through a queue (metric_queue_journeys).
type journey struct {
	accounts, name string
	entered, left  time.Time
	result         string
	wait           time.Duration
}

// journey is false of a call that reached no queue.
func (c call) journey() (journey, bool) {
	j := journey{result: "left"}
	entered := 0
	for _, l := range c.legs {
		if l.calleeKind != "queue" {
			continue
		}
		if entered == 0 || l.start.Before(j.entered) {
			j.entered = l.start
		}
		if l.end.After(j.left) {
			j.left = l.end
		}
		entered++
	}
	if entered == 0 {
		return journey{}, false
	}
	var answer, voicemail *leg
	for i, l := range c.legs {
		if l.callerKind == "queue" && l.outcome == "answered" && (answer == nil || l.start.Before(answer.start) || l.start.Equal(answer.start) && l.id < answer.id) {
			answer = &c.legs[i]
		}
		if l.outcome == "voicemail" && !l.start.Before(j.entered) && (voicemail == nil || l.start.Before(voicemail.start)) {
			voicemail = &c.legs[i]
		}
	}
	switch {
	case answer != nil:
		j.result, j.wait = "agent_answered", answer.start.Sub(j.entered)
		if answer.calleeKind == "pstn" {
			j.result = "forwarded"
		}
	case voicemail != nil:
		j.result, j.wait = "voicemail", voicemail.start.Sub(j.entered)
	default:
		j.wait = j.left.Sub(j.entered)
		if entered > 1 {
			j.result = "requeued_and_left"
		}
	}
	var accounts, names []string
	for _, p := range c.participants {
		if p.account != "" {
			accounts = append(accounts, p.account)
			names = append(names, p.accountName)
		}
	}
	slices.Sort(accounts)
	j.accounts = cmp.Or(strings.Join(accounts, ","), unknown)
	slices.Sort(names)
	j.name = strings.Join(slices.Compact(slices.DeleteFunc(names, func(s string) bool { return s == "" })), ", ")
	return j, true
}

func (p *pass) queued(j journey, day time.Time) {
	key := queueDay{day, j.accounts}
	q := p.queues[key]
	if q == nil {
		q = &Queue{Day: day, Accounts: j.accounts}
		p.queues[key] = q
	}
	if j.name != "" {
		p.names[j.accounts] = j.name
	}
	q.Offered++
	q.longest = max(q.longest, j.wait)
	switch j.result {
	case "agent_answered":
		q.Answered++
		if j.wait <= inTarget {
			q.InTarget++
		}
	case "forwarded":
		q.Forwarded++
	case "voicemail":
		q.Voicemail++
	default:
		q.Left++
	}
}
