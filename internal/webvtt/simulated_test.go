package webvtt

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"graphlake/internal/graphsim"
)

// What the simulator says was spoken is what is read of its documents, in each of their forms and however they are spelled.
func TestSimulatedTranscripts(t *testing.T) {
	first := time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)
	tenant := graphsim.New(graphsim.Options{
		Seed: 3, Users: 60, CallsPerUserDay: 8, Large: 40, Moves: -1, From: first, To: first.AddDate(0, 0, 5),
		Now: func() time.Time { return first.AddDate(0, 0, 8) },
	})
	read := map[Form]int{}
	for _, fact := range tenant.Facts().Transcripts {
		if fact.State != "present" || fact.Meeting == "" {
			continue
		}
		path := "/v1.0/users/" + fact.Organizer + "/onlineMeetings/" + url.PathEscape(fact.Meeting) + "/transcripts/" + url.PathEscape(fact.ID)
		for form, from := range map[Form][2]string{
			Metadata: {"/metadataContent"}, Voiced: {"/content", "text/vtt"}, Unattributed: {"/content", "application/vnd.microsoft.graph.transcript+text"},
		} {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://example.com"+path+from[0], nil)
			r.Header.Set("Accept", from[1])
			w := httptest.NewRecorder()
			tenant.ServeHTTP(w, r)
			if form == Metadata && w.Code == http.StatusNotFound {
				continue // there is content
			}
			d, err := Parse(w.Body.Bytes(), form)
			if w.Code != http.StatusOK || err != nil {
				t.Fatalf("%s%s: %d, %v", path, from[0], w.Code, err)
			}
			read[form]++
			isSaid(t, path+from[0], d.Utterances, &fact, form != Unattributed)
		}
	}
	if read[Metadata] < 50 || read[Voiced] <= read[Metadata] || read[Unattributed] != read[Voiced] {
		t.Errorf("read %v", read)
	}
}

// isSaid compares what was read with the facts.
func isSaid(t *testing.T, path string, read []Utterance, fact *graphsim.TranscriptFact, attributed bool) {
	t.Helper()
	if len(read) != fact.Utterances {
		t.Fatalf("%s: %d utterances, want %d", path, len(read), fact.Utterances)
	}
	questions, talk := 0, map[string][]Utterance{}
	for i, u := range read {
		if !strings.Contains(u.Text, fact.Markers[i]) {
			t.Fatalf("%s: utterance %d is %q, want %s in it", path, i, u.Text, fact.Markers[i])
		}
		if strings.HasSuffix(u.Text, "?") || strings.HasSuffix(u.Text, "？") || strings.HasSuffix(u.Text, "\u037e") || strings.HasSuffix(u.Text, "؟") {
			questions++
		}
		talk[u.Speaker] = append(talk[u.Speaker], u)
	}
	if questions != fact.Questions || attributed && len(talk) != len(fact.Speakers) {
		t.Errorf("%s: %d questions of %d speakers, want %d of %d", path, questions, len(talk), fact.Questions, len(fact.Speakers))
	}
	for _, s := range fact.Speakers {
		if got := union(talk[s.Name]); attributed && got != s.Talk {
			t.Errorf("%s: %q talks for %v, want %v", path, s.Name, got, s.Talk)
		}
	}
}

// union is how long at least one of the utterances lasts.
func union(all []Utterance) (long time.Duration) {
	slices.SortFunc(all, func(a, b Utterance) int { return int(a.StartMS - b.StartMS) })
	for i, until := 0, int64(0); i < len(all); i++ {
		u := all[i]
		if i == 0 || u.StartMS > until {
			until = u.StartMS
		}
		if u.EndMS > until {
			long, until = long+time.Duration(u.EndMS-until)*time.Millisecond, u.EndMS
		}
	}
	return long
}
