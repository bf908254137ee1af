package graphsim

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

// A told session is what somebody reads of a session of a record.
type told struct {
	call, caller, callee, stage, reason string
	queueToPerson, toConference         bool
	role                                string // of a callee that is a machine: what it is to the caller
	start, end                          time.Time
	streams                             int
}

func side(t *testing.T, session map[string]any, name string) (role, id string) {
	t.Helper()
	of := session[name].(map[string]any)
	agent, _ := of["userAgent"].(map[string]any)
	who, _ := of["associatedIdentity"].(map[string]any)
	return texts(agent, "role"), texts(who, "id")
}

// readSessions reads the sessions of all calls of a tenant but tests, by their ids, and gives each stream to a function.
func readSessions(t *testing.T, tenant *Tenant, stream func(key string, label string, s map[string]any)) map[string]told {
	t.Helper()
	sessions := map[string]told{}
	records, _ := all(t, tenant, recordsPath)
	for _, record := range records {
		call := texts(record, "id")
		if get(t, tenant, recordsPath+"/"+call).status == 404 {
			continue
		}
		for _, s := range whole(t, tenant, call, "sessions", "sessions($expand=segments)") {
			if s["isTest"] == true {
				continue
			}
			one := told{call: call, start: instantOf(t, s, "startDateTime"), end: instantOf(t, s, "endDateTime")}
			failure, _ := s["failureInfo"].(map[string]any)
			one.stage, one.reason = texts(failure, "stage"), strings.ToLower(texts(failure, "reason"))
			var from, to string
			from, one.caller = side(t, s, "caller")
			to, one.callee = side(t, s, "callee")
			one.queueToPerson = from == "skypeForBusinessCallQueues" && to == ""
			switch to {
			case "skypeForBusinessAutoAttendant":
				one.role = "attendant"
			case "skypeForBusinessCallQueues":
				one.role = "queued"
			case "voicemail", "exchangeUnifiedMessagingService":
				one.role = "voicemail"
			case "mediaController", "skypeForBusinessAudioVideoMcu":
				one.toConference = true
			}
			for _, segment := range objects(t, s, "segments") {
				for i, medium := range objects(t, segment, "media") {
					for j, v := range objects(t, medium, "streams") {
						one.streams++
						stream(fmt.Sprint(texts(s, "id"), texts(segment, "id"), i, j), texts(medium, "label"), v)
					}
				}
			}
			sessions[texts(s, "id")] = one
		}
	}
	return sessions
}

// alone is the outcome of a session by itself.
func (s told) alone() string {
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(s.reason, w) })
	}
	switch {
	case s.role != "":
		return s.role
	case s.stage == "callSetup" && s.toConference:
		return "failed"
	case s.stage == "callSetup" && has("declin", "reject"):
		return "declined"
	case s.stage == "callSetup" && has("busy"):
		return "busy"
	case s.stage == "callSetup" && has("cancel", "abandon"):
		return "abandoned"
	case s.stage == "callSetup" && has("answer", "timeout", "timed out"):
		return "missed"
	case s.stage == "callSetup":
		return "failed"
	case s.toConference:
		return "joined"
	case s.streams > 0 || s.stage == "midcall":
		return "answered"
	}
	return "unknown"
}

// outcomesOf are the outcomes of sessions by the words of the definition.
func outcomesOf(sessions map[string]told) map[string]string {
	byCall := map[string][]told{}
	for _, s := range sessions {
		byCall[s.call] = append(byCall[s.call], s)
	}
	outcomes := map[string]string{}
	for id, s := range sessions {
		outcomes[id] = s.alone()
		if !s.queueToPerson || !slices.Contains([]string{"missed", "failed", "unknown", "abandoned"}, outcomes[id]) {
			continue
		}
		if slices.ContainsFunc(byCall[s.call], func(o told) bool {
			return o.queueToPerson && o.alone() == "answered" && o.start.Before(s.end) && s.start.Before(o.end)
		}) {
			outcomes[id] = "answered_elsewhere"
		}
	}
	return outcomes
}

func number(v any) float64 {
	n, ok := v.(float64)
	if !ok {
		return math.NaN()
	}
	return n
}

// milli reads a duration of Graph in whole milliseconds.
func milli(t *testing.T, v any) float64 {
	t.Helper()
	text, ok := v.(string)
	if !ok {
		return math.NaN()
	}
	d, err := time.ParseDuration(strings.ToLower(strings.TrimPrefix(text, "PT")))
	if err != nil {
		t.Fatal(err)
	}
	return math.Round(float64(d) / 1e6)
}

// judge is the class of a stream by the published rules; a comparison with NaN is false.
func judge(t *testing.T, label string, s map[string]any) string {
	t.Helper()
	packets, delay, jitter := number(s["packetUtilization"]), milli(t, s["averageRoundTripTime"]), milli(t, s["averageJitter"])
	loss := float64(float32(number(s["averagePacketLossRate"])))
	if strings.Contains(label, "audio") {
		bad := delay > 500 || jitter > 30 || float32(loss) > 0.1
		switch {
		case !(packets > 500):
			return "unclassified"
		case bad:
			return "poor"
		case delay != delay && jitter != jitter && loss != loss:
			return "unclassified"
		}
		return "good"
	}
	slow := 7.0
	if strings.Contains(label, "sharing") {
		slow = 2
	}
	frames, rate, repaired := number(s["averageVideoFrameLossPercentage"]), number(s["averageVideoFrameRate"]), number(s["postForwardErrorCorrectionPacketLossRate"])
	switch {
	case frames == frames:
		return either(frames > 50, "poor", "good")
	case rate == rate:
		return either(rate < slow, "poor", "good")
	case repaired == repaired:
		return either(float32(repaired) > 0.15, "poor", "good")
	}
	return "unclassified"
}

// Who reads the records and follows the definitions finds the outcomes, the streams and the journeys that the facts tell, before the
// late versions and after them.
func TestFactsAreWhatRecordsSay(t *testing.T) {
	for _, now := range []time.Time{monday.Add(27 * time.Hour), afterwards} {
		o := Options{Seed: 2, Users: 120, Large: 30, Late: 0.3, From: monday, To: monday.AddDate(0, 0, 1), Now: at(now)}
		tenant := New(o)
		facts := tenant.Facts()
		classes := map[string]string{}
		sessions := readSessions(t, tenant, func(key, label string, s map[string]any) { classes[key] = judge(t, label, s) })
		outcomes := outcomesOf(sessions)
		if len(facts.Legs) != len(sessions) || len(facts.Streams) != len(classes) || len(sessions) < 1000 {
			t.Errorf("%d legs and %d streams, want %d and %d", len(facts.Legs), len(facts.Streams), len(sessions), len(classes))
		}
		kinds := map[string]int{}
		for _, l := range facts.Legs {
			kinds[l.Outcome]++
			if outcomes[l.Session] != l.Outcome || !sessions[l.Session].start.Equal(l.Start) {
				t.Errorf("leg %s is %s, and its record says %s: %+v", l.Session, l.Outcome, outcomes[l.Session], sessions[l.Session])
			}
		}
		for _, f := range facts.Streams {
			if got := classes[fmt.Sprint(f.Session, f.Segment, f.Media, f.Stream)]; got != f.Class {
				t.Errorf("stream %+v, by its values %s", f, got)
			}
		}
		for _, want := range everyOutcome {
			if kinds[want] == 0 {
				t.Errorf("at %v no leg is %s: %v", now, want, kinds)
			}
		}
		for _, j := range facts.Journeys {
			queued, rung := 0, 0
			for _, s := range sessions {
				if s.call == j.Call && s.role == "queued" {
					queued++
				}
				if s.call == j.Call && s.queueToPerson && j.Result != "forwarded" {
					rung++
				}
			}
			if queued != j.Turns || rung != j.AgentsRung || j.Wait < 0 {
				t.Errorf("%+v: read %d turns and %d rung", j, queued, rung)
			}
		}
	}
}

// everyOutcome are those that a day of some size must have.
var everyOutcome = []string{"answered", "missed", "declined", "busy", "abandoned", "failed", "answered_elsewhere", "joined", "voicemail", "attendant", "queued", "unknown"}

// share is how many of a list, of a hundred, are such.
func share[T any](list []T, such func(T) bool) float64 {
	n := 0
	for _, one := range list {
		if such(one) {
			n++
		}
	}
	return 100 * float64(n) / float64(max(1, len(list)))
}

// A week has what a week has in life, in about these shares, and the three stories.
func TestDataAsInLife(t *testing.T) {
	o := Options{Seed: 1, Users: 300, Large: 60, From: monday, To: sunday, Now: at(afterwards)}
	facts := New(o).Facts()
	between := func(what string, got, low, high float64) {
		if got < low || got > high {
			t.Errorf("%s: %.1f %%, want %g to %g", what, got, low, high)
		}
	}
	matched := slices.DeleteFunc(slices.Clone(facts.Missed), func(m MissedFact) bool { return !m.CanMatch })
	between("missed calls that can be matched", share(facts.Missed, func(m MissedFact) bool { return m.CanMatch }), 80, 99)
	between("missed calls returned", share(matched, func(m MissedFact) bool { return !m.Returned.IsZero() }), 25, 55)
	between("returned by whoever missed it", share(matched, func(m MissedFact) bool { return m.CalledBack }), 20, 50)
	audio := slices.DeleteFunc(slices.Clone(facts.Streams), func(s StreamFact) bool { return s.Medium != "audio" || s.Class == "unclassified" })
	between("poor audio", share(audio, func(s StreamFact) bool { return s.Class == "poor" }), 3, 12)
	between("queue calls answered", share(facts.Journeys, func(j JourneyFact) bool { return j.Result == "agent_answered" }), 35, 70)
	between("queue calls left", share(facts.Journeys, func(j JourneyFact) bool { return j.Result == "left" }), 12, 45)
	inbound := slices.DeleteFunc(slices.Clone(facts.Calls), func(c CallFact) bool { return c.Direction != "inbound" || c.Kind != "one_to_one" })
	between("inbound calls missed", share(inbound, func(c CallFact) bool { return c.Outcome != "answered" && c.Outcome != "unknown" }), 8, 30)
	planned := slices.DeleteFunc(slices.Clone(facts.Calls), func(c CallFact) bool { return c.Planned.IsZero() })
	between("meetings that begin early", share(planned, func(c CallFact) bool { return c.Start.Before(c.Planned) }), 60, 95)
	active := 0
	for _, day := range facts.Active[:5] {
		active += len(day.Users)
	}
	between("people who are active on a working day", float64(active)/5/300*100, 60, 93)

	story := func(what string, then, else_ float64, times float64) {
		if then < times*else_ || then == 0 {
			t.Errorf("%s: %.1f %% then and %.1f %% otherwise", what, then, else_)
		}
	}
	broken := func(r RoutedFact) bool { return r.Result == "network" }
	starts := map[string]time.Time{}
	for _, c := range facts.Calls {
		starts[c.Call] = c.Start
	}
	var then, otherwise []RoutedFact
	for _, r := range facts.Routed {
		if at := starts[r.Call]; r.Trunk == "sbc2.contoso.example" && at.Weekday() == time.Thursday && at.Hour() >= 12 && at.Hour() < 16 {
			then = append(then, r)
		} else {
			otherwise = append(otherwise, r)
		}
	}
	story("the trunk fails on Thursday afternoon", share(then, broken), share(otherwise, broken), 5)
	var morning, later []JourneyFact
	for _, j := range facts.Journeys {
		if at := starts[j.Call]; at.Weekday() == time.Monday && at.Hour() >= 7 && at.Hour() < 10 {
			morning = append(morning, j)
		} else {
			later = append(later, j)
		}
	}
	unserved := func(j JourneyFact) bool { return j.Result != "agent_answered" && j.Result != "forwarded" }
	story("the queue drowns on Monday morning", share(morning, unserved), share(later, unserved), 1.5)
	tenant := New(o)
	var finance, others []MessageFact
	for _, m := range facts.Messages {
		n, ok := tenant.number(userIDs, m.Author)
		if !ok || m.Hours == "not_known" || m.Table != "chat_messages" {
			continue
		}
		if tenant.person(int(n)).department == nightDepartment {
			finance = append(finance, m)
		} else {
			others = append(others, m)
		}
	}
	outside := func(m MessageFact) bool { return m.Hours == "outside" }
	story("Finance writes at night", share(finance, outside), share(others, outside), 1.5)
}

// What failed on a trunk belongs to a record without media.
func TestFailedRowsHaveNoMedia(t *testing.T) {
	facts := New(week()).Facts()
	outcomes := map[string]LegFact{}
	for _, l := range facts.Legs {
		outcomes[l.Call] = l
	}
	results := map[string]int{}
	for _, r := range facts.Routed {
		results[r.Result]++
		if l := outcomes[r.Call]; (r.Result == "success") != (l.Outcome == "answered") || r.Ring <= 0 || r.Ring > 45*time.Second {
			t.Errorf("%+v belongs to %+v", r, l)
		}
	}
	if len(results) != 6 {
		t.Errorf("rows by result: %v, want six", slices.Sorted(maps.Keys(results)))
	}
}

// Clocks change: the same hour of a site is another one in UTC after it.
func TestSummerTime(t *testing.T) {
	zurich, seattle := &sites[0], &sites[2]
	for _, c := range []struct {
		of   *site
		at   string
		want time.Duration
	}{
		{zurich, "2026-10-25T00:59:59Z", 2 * time.Hour}, {zurich, "2026-10-25T01:00:00Z", time.Hour},
		{seattle, "2026-11-01T08:59:59Z", -7 * time.Hour}, {seattle, "2026-11-01T09:00:00Z", -8 * time.Hour},
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		if got := c.of.offset(at); err != nil || got != c.want {
			t.Errorf("%s at %s: %v, want %v", c.of.city, c.at, got, c.want)
		}
	}
}

// Whoever works from eight to five on five days works 45 hours a week, also in that in which the clocks change.
func TestWorked(t *testing.T) {
	from := time.Date(2026, 10, 19, 0, 0, 0, 0, time.UTC) // a Monday; clocks change in Europe on the Sunday after, and in America a week later
	tenant := New(Options{Seed: 1, Users: 40, Moves: -1, From: from, To: from.AddDate(0, 0, 7), Now: at(from)})
	hours := map[int]float64{
		1: 45, 2: 45, // eight to five on five days
		4:  42.5, // from half past eight
		8:  34,   // the same on four days
		11: 40,   // nights of eight hours
		13: 0,    // nobody knows
	}
	for number, want := range hours {
		if p := tenant.person(number); !p.hasMailbox() {
			continue
		}
		for _, week := range []int{0, 1, 2, 3} {
			// From noon in the middle of the Pacific, at which nobody works, so that each week has its own days everywhere.
			begin := from.AddDate(0, 0, 7*week).Add(-12 * time.Hour)
			got, known := tenant.Worked(tenant.id(userIDs, uint64(number)).String(), begin, begin.AddDate(0, 0, 7))
			if known != (want > 0) || got.Hours() != want {
				t.Errorf("user %d worked %v hours in week %d (%v), want %v", number, got.Hours(), week, known, want)
			}
		}
	}
	if _, known := tenant.Worked("somebody", from, afterwards); known {
		t.Error("the hours of somebody who is no user are known")
	}
}
