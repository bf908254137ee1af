package graphsim

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// A TranscriptFact is a transcript of a meeting or call, with what was said in it as far as somebody could read that in some night
// (metric_conversations). Instants of speech are durations since the transcript began, and are exact to the millisecond.
type TranscriptFact struct {
	ID, Source     string // scheduled, adhoc
	Call, Meeting  string // the former is empty where the transcript does not say it, the latter where it is ad hoc
	Organizer      string
	Created, Ended time.Time
	State          string // present, not_yet, gone
	Recorded       bool   // there is a recording of the same stretch
	Utterances     int
	Speakers       []SpeakerFact // by name
	First, Last    time.Duration // from the first beginning to the last end
	Speech         time.Duration // somebody speaks
	Silence        time.Duration // nobody does, between First and Last
	LongestSilence time.Duration
	TalkedOver     time.Duration // the speakers' talk less Speech: where three speak at once it counts twice
	Words          int           // of what has words that can be counted
	Questions      int
	Markers        []string // of all utterances, each of which occurs nowhere else
}

// A SpeakerFact is whoever stands in a transcript by a name, which several may share; empty for whom it does not name (metric_speech).
type SpeakerFact struct {
	Name       string
	Utterances int
	Talk       time.Duration // of the union of what they say
	Words      int
	Uncounted  int // utterances in a language that is not divided into words
	Questions  int
	Monologue  time.Duration // the longest turn: it ends when another speaks, or after a pause of more than turnPause
	User       string        // whose name it is, if it is that of one user of the tenant, and of no other who takes part
}

// A RecordingFact is a recording.
type RecordingFact struct {
	ID, Source, Organizer string
	Created               time.Time
}

const (
	turnPause  = 10 * time.Second
	notYetTime = 24 * time.Hour // after which content that is not there is taken to be gone
)

// captureFacts are the transcripts and recordings that could be read in some night.
func (t *Tenant) captureFacts(nights []time.Time) (transcripts []TranscriptFact, recordings []RecordingFact) {
	type known struct{ content bool }
	seen := map[string]*known{}
	for _, night := range nights {
		for p := range t.everyCapture(night) {
			id, source, organizer := t.captureID(p, transcriptMark), either(p.adhoc, "adhoc", "scheduled"), t.key(p.call.first)
			k := seen[id]
			if k == nil {
				k = new(known)
				seen[id] = k
				if p.recorded {
					recordings = append(recordings, RecordingFact{t.captureID(p, recordingMark), source, organizer, p.from})
				}
			}
			k.content = k.content || p.hasContent(night)
		}
	}
	last := nights[len(nights)-1]
	for number := range t.Users {
		for _, p := range t.capturesOf(number, t.first, t.first+t.days) {
			if k := seen[t.captureID(p, transcriptMark)]; k != nil && p.transcribed && !t.TranscriptsOff {
				one := t.transcriptFact(p, k.content)
				if !k.content {
					one.State = either(last.Sub(p.to) > notYetTime, "gone", "not_yet")
				}
				transcripts = append(transcripts, one)
			}
		}
	}
	return transcripts, recordings
}

// transcriptFact is a transcript, with what was said in it.
func (t *Tenant) transcriptFact(p *capture, said bool) TranscriptFact {
	shown := t.captureEntity(new(request), p, transcriptMark)
	one := TranscriptFact{
		ID: t.captureID(p, transcriptMark), Source: either(p.adhoc, "adhoc", "scheduled"), Organizer: t.key(p.call.first),
		Created: p.from, Ended: p.to, State: "present", Recorded: p.recorded, Meeting: shown.text("meetingId"),
	}
	if _, told := shown.get("callId"); told {
		one.Call = p.call.id.String()
	}
	if said {
		one.tell(t.conversation(p), p.seed)
		for i := range one.Speakers {
			one.Speakers[i].User = t.userOf(one.Speakers[i].Name, &p.call)
		}
	}
	return one
}

// userOf is whose name a speaker of a call has, if that is one user and nobody else in it.
func (t *Tenant) userOf(name string, c *call) (user string) {
	for _, p := range t.parties(c) {
		if t.speakerName(p) != name {
			continue
		}
		id := t.key(p)
		if p.kind != internal || user != "" && user != id {
			return ""
		}
		user = id
	}
	return user
}

// tell counts what is said.
func (f *TranscriptFact) tell(said []utterance, seed uint64) {
	const ms = time.Millisecond
	f.Utterances = len(said)
	spans, all := map[string][]span{}, make([]span, 0, len(said))
	by := map[string]*SpeakerFact{}
	for i := range said {
		u := &said[i]
		name := u.speaker
		s := by[name]
		if s == nil {
			s = &SpeakerFact{Name: name}
			by[name] = s
		}
		s.Utterances++
		s.Words += u.words
		f.Words += u.words
		if u.question {
			s.Questions++
			f.Questions++
		}
		if !u.countable {
			s.Uncounted++
		}
		spans[name] = append(spans[name], span{u.start, u.end})
		all = append(all, span{u.start, u.end})
		f.Markers = append(f.Markers, marker(seed, u.number))
	}
	if len(all) == 0 {
		return
	}
	speech, gap := union(all) // sorts by the start
	first, last := all[0].start, all[0].end
	for _, s := range all {
		last = max(last, s.end)
	}
	talk := 0
	for name, own := range spans {
		long, _ := union(own)
		by[name].Talk = time.Duration(long) * ms
		talk += long
	}
	f.First, f.Last, f.Speech = time.Duration(first)*ms, time.Duration(last)*ms, time.Duration(speech)*ms
	f.Silence, f.LongestSilence, f.TalkedOver = f.Last-f.First-f.Speech, time.Duration(gap)*ms, time.Duration(talk-speech)*ms
	for name, length := range monologues(said) {
		by[name].Monologue = time.Duration(length) * ms
	}
	for _, name := range slices.Sorted(maps.Keys(by)) {
		f.Speakers = append(f.Speakers, *by[name])
	}
}

// monologues are the longest turns of all speakers.
func monologues(said []utterance) map[string]int {
	order := slices.Clone(said)
	slices.SortStableFunc(order, func(a, b utterance) int { return cmp.Or(a.start-b.start, a.end-b.end) })
	longest := map[string]int{}
	var turn span
	for i := range order {
		u := &order[i]
		goes := i > 0 && u.speaker == order[i-1].speaker && u.start-turn.end <= int(turnPause/time.Millisecond)
		if !goes {
			turn = span{u.start, u.end}
		}
		turn.end = max(turn.end, u.end)
		longest[u.speaker] = max(longest[u.speaker], turn.end-turn.start)
	}
	return longest
}

// captureTruth counts the tables of transcripts and recordings.
func (t *Tenant) captureTruth(l ledger, now time.Time) {
	for p := range t.everyCapture(now) {
		if day := dayOf(p.from); day < t.first || day >= t.first+t.days {
			continue // it belongs to a day that is not counted
		}
		if p.recorded {
			l.add(either(p.adhoc, "call_", "")+"recordings", t.captureID(p, recordingMark))
		}
		t.countCapture(l, p, now)
	}
}

// countCapture adds a transcript with what was said in it, if that is one of a stretch.
func (t *Tenant) countCapture(l ledger, p *capture, now time.Time) {
	if !p.transcribed || t.TranscriptsOff {
		return
	}
	of, id := either(p.adhoc, "call_", ""), t.captureID(p, transcriptMark)
	l.add(of+"transcripts", id)
	if !p.hasContent(now) {
		return
	}
	for i := range t.conversation(p) {
		l.add(of+"utterances", id, position(i))
	}
}
