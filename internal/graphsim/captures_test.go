package graphsim

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// talks is a week in which much is said.
func talks(o Options) *Tenant {
	o.Seed, o.Users, o.Moves, o.Large, o.CallsPerUserDay = 6, 60, -1, 25, 8
	o.From, o.To = monday, sunday
	if o.Now == nil {
		o.Now = at(afterwards)
	}
	return New(o)
}

// capturePaths are the four lists of a user's captures, by the table that each fills.
func capturePaths(user string) map[string]string {
	path, span := usersPath+"/"+user, "='"+user+"',startDateTime=2026-11-02T00:00:00Z,endDateTime=2026-11-10T00:00:00Z)"
	return map[string]string{
		"transcripts":      path + "/onlineMeetings/getAllTranscripts(meetingOrganizerUserId" + span,
		"recordings":       path + "/onlineMeetings/getAllRecordings(meetingOrganizerUserId" + span,
		"call_transcripts": path + "/adhocCalls/getAllTranscripts(userId" + span,
		"call_recordings":  path + "/adhocCalls/getAllRecordings(userId" + span,
	}
}

// documentPath is where the documents of a transcript lie, made of what a list says.
func documentPath(transcript map[string]any) string {
	user := transcript["meetingOrganizer"].(map[string]any)["user"].(map[string]any)["id"].(string)
	in := "/adhocCalls/" + texts(transcript, "callId")
	if meeting := texts(transcript, "meetingId"); meeting != "" {
		in = "/onlineMeetings/" + url.PathEscape(meeting)
	}
	return usersPath + "/" + user + in + "/transcripts/" + url.PathEscape(texts(transcript, "id"))
}

// fetchText asks for an escaped path, as a client does. Headers come in pairs.
func fetchText(t *testing.T, h http.Handler, target string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://example.com"+target, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	return rec
}

// everyTranscript are all that the lists of a tenant name, of both sorts.
func everyTranscript(t *testing.T, tenant *Tenant) (list []map[string]any) {
	t.Helper()
	for number := range tenant.Users {
		paths := capturePaths(tenant.id(userIDs, uint64(number)).String())
		for _, table := range []string{"transcripts", "call_transcripts"} {
			values, _ := all(t, tenant, paths[table])
			list = append(list, values...)
		}
	}
	return list
}

// cues are the blocks of a document that have a time, by the simplest reading there is: what is right for all that this tenant writes.
func cues(document string, f form) (payloads []string) {
	text := strings.NewReplacer("\ufeff", "", "\r\n", "\n", "\r", "\n").Replace(document)
	blocks := strings.Split(strings.ReplaceAll(text, "\n \t\n", "\n\n"), "\n\n")
	for i, block := range blocks {
		block = strings.Trim(block, "\n")
		lines := strings.Split(block, "\n")
		at := slices.IndexFunc(lines, func(line string) bool { return strings.Contains(line, " --> ") })
		switch {
		case at < 0 || strings.HasPrefix(block, "NOTE"):
		case f == ofText && i+1 < len(blocks):
			payloads = append(payloads, strings.Trim(blocks[i+1], "\n"))
		default:
			payloads = append(payloads, strings.Join(lines[at+1:], " "))
		}
	}
	return payloads
}

// Every document of every transcript holds what was said, in all its forms, and every trap is there.
func TestDocumentsHoldWhatWasSaid(t *testing.T) {
	tenant := talks(Options{})
	traps, spelled := map[trap]int{}, map[string]int{}
	said, markers := 0, map[string]bool{}
	for _, one := range everyTranscript(t, tenant) {
		p, ok := tenant.findCapture(texts(one, "id"), transcriptMark, afterwards)
		if !ok {
			t.Fatalf("%s is listed, and nobody finds it", texts(one, "id"))
		}
		traps[p.trap]++
		list := tenant.conversation(&p)
		path := documentPath(map[string]any{"id": one["id"], "callId": p.call.id.String(), "meetingId": one["meetingId"], "meetingOrganizer": one["meetingOrganizer"]})
		metadata, voices := fetchText(t, tenant, path+"/metadataContent"), fetchText(t, tenant, path+"/content?$format=text/vtt")
		bare := fetchText(t, tenant, path+"/content", "Accept", "application/vnd.microsoft.graph.transcript+text")
		if p.trap == neverContent {
			if metadata.Code != 404 || voices.Code != 404 || bare.Code != 404 {
				t.Errorf("%s: content that there never is: %d, %d, %d", path, metadata.Code, voices.Code, bare.Code)
			}
			continue
		}
		want := 200
		if p.trap == noMetadata {
			want = 404
		}
		if metadata.Code != want || voices.Code != 200 || bare.Code != 200 {
			t.Fatalf("%s: %d, %d, %d: %s", path, metadata.Code, voices.Code, bare.Code, voices.Body)
		}
		if got := voices.Header().Get("Content-Type"); got != "text/vtt" {
			t.Errorf("%s is %s", path, got)
		}
		for mark, has := range map[string]bool{
			"bom": strings.HasPrefix(voices.Body.String(), "\ufeff"), "crlf": strings.Contains(voices.Body.String(), "\r\n"), "note": strings.Contains(voices.Body.String(), "\nNOTE"),
			"negative": strings.Contains(voices.Body.String(), "\n-0"), "two": strings.Contains(voices.Body.String(), "</v><v"), "identifier": strings.Contains(voices.Body.String(), "/12-0"),
			"amp": strings.Contains(voices.Body.String(), "&amp; Daughters &lt;"), "guest": strings.Contains(voices.Body.String(), "(Guest)>"), "rtl": strings.Contains(voices.Body.String(), "דנה"),
			"one digit": strings.Contains(voices.Body.String(), "\n0:0:") || strings.Contains(voices.Body.String(), "\n1:0:"), "unnamed": strings.Contains(metadata.Body.String(), `"speakerName":null`),
		} {
			if has {
				spelled[mark]++
			}
		}
		if p.trap == emptyObject {
			continue
		}
		if got := cues(bare.Body.String(), ofText); len(got) != len(list) {
			t.Fatalf("%s: %d cues without names, want %d", path, len(got), len(list))
		}
		together := 0
		for i := range list {
			if list[i].together {
				together++
			}
			said++
			markers[marker(p.seed, list[i].number)] = true
		}
		if got := cues(voices.Body.String(), ofVoices); len(got) != len(list)-together {
			t.Errorf("%s: %d cues with voices, want %d", path, len(got), len(list)-together)
		}
		if p.trap != noMetadata {
			got := cues(metadata.Body.String(), ofMetadata)
			if len(got) != len(list) {
				t.Fatalf("%s: %d cues, want %d", path, len(got), len(list))
			}
			for i, u := range list {
				var doc entity
				if doc = parseEntity([]byte(got[i])); u.bare != (doc == nil) {
					t.Errorf("%s: %q is JSON: %v", path, got[i], doc != nil)
				}
				if text := fmt.Sprintf("%s", doc.at("spokenText")); !u.bare && !strings.Contains(text, marker(p.seed, u.number)) {
					t.Errorf("%s: %q is not what was said", path, text)
				}
			}
		}
	}
	if said != len(markers) || said < 1000 {
		t.Errorf("%d utterances have %d words of their own", said, len(markers))
	}
	for k := range trapShares {
		if traps[trap(k)] == 0 {
			t.Errorf("no transcript has trap %d", k)
		}
	}
	for mark := range strings.FieldsSeq("bom crlf note negative two identifier amp guest rtl unnamed") {
		if spelled[mark] == 0 {
			t.Errorf("nothing is ever spelled with %s: %v", mark, spelled)
		}
	}
}

// The lists page by skipToken, take neither bound, and give ids that stay one segment of a path.
func TestCaptureLists(t *testing.T) {
	tenant := talks(Options{})
	slashes, total, correlated := 0, 0, map[string]bool{}
	for number := range tenant.Users {
		user := tenant.id(userIDs, uint64(number)).String()
		for table, path := range capturePaths(user) {
			whole, _ := all(t, tenant, path)
			paged, pages := all(t, tenant, path+"?$top=2")
			if fmt.Sprint(column(whole, "id")) != fmt.Sprint(column(paged, "id")) || len(whole) > 2 && len(pages) < 2 {
				t.Errorf("%s: %d by pages of %v, and %d at once", table, len(paged), pages, len(whole))
			}
			total += len(whole)
			first := get(t, tenant, path+"?$top=1")
			if next := first.text(t, "@odata.nextLink"); len(whole) > 1 && !strings.Contains(next, "&skipToken=") && !strings.Contains(next, "?skipToken=") {
				t.Errorf("%s leads to %s", table, next)
			}
			if n := float64(len(first.values(t))); first.json["@odata.count"] != n {
				t.Errorf("%s counts %v of %v", table, first.json["@odata.count"], n)
			}
			for _, one := range whole {
				if strings.ContainsAny(texts(one, "id"), "/") {
					slashes++
				}
				if key := texts(one, "contentCorrelationId"); strings.HasSuffix(table, "transcripts") {
					correlated[key] = true
				}
				created := texts(one, "createdDateTime")
				of := strings.Replace(path, "2026-11-02T00:00:00Z", created, 1)
				if after, _ := all(t, tenant, of); slices.Contains(column(after, "id"), texts(one, "id")) {
					t.Errorf("%s: created at %s, and listed after that", table, created)
				}
				of = strings.Replace(path, "2026-11-10T00:00:00Z", created, 1)
				if before, _ := all(t, tenant, of); slices.Contains(column(before, "id"), texts(one, "id")) {
					t.Errorf("%s: created at %s, and listed before that", table, created)
				}
				url := texts(one, strings.TrimSuffix(strings.TrimPrefix(table, "call_"), "s")+"ContentUrl")
				if !strings.Contains(url, "/$metadata#users('"+user+"')") {
					t.Errorf("%s can be followed: %q", table, url)
				}
			}
		}
	}
	if slashes == 0 || total < 50 {
		t.Errorf("%d of %d ids have a slash", slashes, total)
	}
	joined := 0
	for number := range tenant.Users {
		values, _ := all(t, tenant, capturePaths(tenant.id(userIDs, uint64(number)).String())["recordings"])
		for _, one := range values {
			if correlated[texts(one, "contentCorrelationId")] {
				joined++
			}
		}
	}
	if joined == 0 {
		t.Error("no recording has the transcript of the same stretch")
	}
}

// What Graph refuses of transcripts, and with which codes.
func TestCaptureRefusals(t *testing.T) {
	tenant := talks(Options{})
	list := everyTranscript(t, tenant)
	at := slices.IndexFunc(list, func(one map[string]any) bool {
		p, _ := tenant.findCapture(texts(one, "id"), transcriptMark, afterwards)
		return p.trap == noTrap && !p.adhoc
	})
	one, other := list[at], tenant.id(userIDs, 3).String()
	path := documentPath(one)
	user := one["meetingOrganizer"].(map[string]any)["user"].(map[string]any)["id"].(string)
	meetings := usersPath + "/" + user + "/onlineMeetings"
	for target, status := range map[string]int{
		meetings + "/getAllTranscripts(startDateTime=2026-11-02T00:00:00Z)":                                                                        400,
		meetings + "/getAllTranscripts(meetingOrganizerUserId='" + other + "')":                                                                    400,
		meetings + "/getAllTranscripts(meetingOrganizerUserId='" + user + "',startDateTime=2026-11-02)":                                            400,
		meetings + "/getAllTranscripts(meetingOrganizerUserId='" + user + "',startDateTime=2026-11-03T00:00:00Z,endDateTime=2026-11-02T00:00:00Z)": 400,
		meetings + "/getAllTranscripts(userId='" + user + "')":                                                                                     400,
		meetings + "/getAllTranscripts": 400,
		meetings + "/getAllTranscripts(meetingOrganizerUserId='" + user + "')?$top=101":                 400,
		meetings + "/getAllTranscripts(meetingOrganizerUserId='" + user + "')?skipToken=x":              400,
		meetings + "/getAllTranscripts(meetingOrganizerUserId='" + user + "')?$select=id":               501,
		meetings + "/getAllTranscripts(meetingOrganizerUserId='" + user + "')/delta":                    501,
		meetings + "/getAllRecordings(meetingOrganizerUserId='" + user + "')":                           200,
		usersPath + "/" + user + "/adhocCalls/getAllTranscripts(meetingOrganizerUserId='" + user + "')": 400,
		usersPath + "/x/onlineMeetings/getAllTranscripts(meetingOrganizerUserId='x')":                   404,
		path + "/content":                                          400,
		path + "/content?$format=docx":                             400,
		path + "/content?$format=text/vtt":                         200,
		path + "/metadataContent":                                  200,
		path + "/metadataContent?$format=x":                        400,
		path + "x/metadataContent":                                 404,
		strings.Replace(path, user, other, 1) + "/metadataContent": 404,
		strings.Replace(path, "/onlineMeetings/", "/onlineMeetings/x", 1) + "/metadataContent": 404,
		strings.Replace(path, "/onlineMeetings/", "/adhocCalls/", 1) + "/metadataContent":      404,
		path: 501,
	} {
		if a := fetchText(t, tenant, target); a.Code != status {
			t.Errorf("%s: %d %s, want %d", target, a.Code, a.Body, status)
		}
	}
	if a := fetchText(t, tenant, path+"/content", "Accept", "text/vtt"); a.Code != 200 {
		t.Errorf("by the header: %d %s", a.Code, a.Body)
	}
	closed := talks(Options{NoAttribution: true})
	for target, want := range map[string]string{"/metadataContent": "SpeakerAttributionNotAllowed", "/content?$format=text/vtt": "SpeakerAttributionNotAllowed"} {
		if a := fetchText(t, closed, path+target); a.Code != 403 || !strings.Contains(a.Body.String(), `"code":"`+want+`"`) {
			t.Errorf("%s without attribution: %d %s", target, a.Code, a.Body)
		}
	}
	if a := fetchText(t, closed, path+"/content", "Accept", "application/vnd.microsoft.graph.transcript+text"); a.Code != 200 || strings.Contains(a.Body.String(), "<v") {
		t.Errorf("the text alone: %d %s", a.Code, a.Body)
	}
	off, outside, shut := talks(Options{TranscriptsOff: true}), talks(Options{NoPolicy: 1}), talks(Options{Forbidden: 1})
	for table, target := range capturePaths(user) {
		refused := strings.HasSuffix(table, "transcripts")
		if a := fetchText(t, off, target); refused != (a.Code == 403 && strings.Contains(a.Body.String(), `"code":"GraphAccessToTranscriptsDisabled"`)) {
			t.Errorf("%s with the switch off: %d %s", table, a.Code, a.Body)
		}
		if a := fetchText(t, outside, target); strings.HasPrefix(table, "call_") != (a.Code == 200) {
			t.Errorf("%s without a policy: %d %s", table, a.Code, a.Body)
		}
		if a := fetchText(t, shut, target); a.Code != 403 {
			t.Errorf("%s that nobody may read: %d %s", table, a.Code, a.Body)
		}
	}
}

// A transcript is listed some time after its end, its content may come hours later and go after weeks; at last it is forgotten.
func TestCapturesInTime(t *testing.T) {
	now := afterwards
	tenant := talks(Options{Now: func() time.Time { return now }})
	late, gone := false, false
	for _, one := range everyTranscript(t, tenant) {
		now = afterwards
		p, _ := tenant.findCapture(texts(one, "id"), transcriptMark, now)
		path := documentPath(map[string]any{"id": one["id"], "callId": p.call.id.String(), "meetingId": one["meetingId"], "meetingOrganizer": one["meetingOrganizer"]}) + "/content?$format=text/vtt"
		status := func(at time.Time) int {
			now = at
			return fetchText(t, tenant, path).Code
		}
		switch p.trap {
		case lateContent:
			late = true
			if a, b := status(p.to.Add(contentDelay-time.Second)), status(p.to.Add(contentDelay)); a != 404 || b != 200 {
				t.Errorf("content that is late: %d, then %d", a, b)
			}
		case expiring:
			gone = true
			if a, b := status(p.to.Add(contentAge-time.Second)), status(p.to.Add(contentAge)); a != 200 || b != 404 {
				t.Errorf("content that expires: %d, then %d", a, b)
			}
			if values, _ := all(t, tenant, capturePaths(tenant.key(p.call.first))[either(p.adhoc, "call_", "")+"transcripts"]); !slices.Contains(column(values, "id"), texts(one, "id")) {
				t.Error("whose content has expired is listed no more")
			}
		case noTrap:
			if a, b, c := status(p.listed.Add(-time.Second)), status(p.listed), status(p.to.Add(captureAge)); a != 404 || b != 200 || c != 404 {
				t.Errorf("before it is listed, then, and long after: %d, %d, %d", a, b, c)
			}
		}
	}
	if !late || !gone {
		t.Errorf("some content was late: %v; and some expired: %v", late, gone)
	}
}

// A document gets lost on its way as any answer does, and is never half of what it says it is.
func TestDocumentFaults(t *testing.T) {
	sound := talks(Options{})
	list := everyTranscript(t, sound)
	at := slices.IndexFunc(list, func(one map[string]any) bool {
		p, _ := sound.findCapture(texts(one, "id"), transcriptMark, afterwards)
		return p.trap == noTrap
	})
	path := documentPath(list[at]) + "/content?$format=text/vtt"
	whole := fetchText(t, sound, path).Body.String()
	for fault, status := range map[Fault]int{FaultThrottledSeconds: 429, FaultUnavailable: 503, FaultCutBody: 200, FaultCutJSON: 200, FaultLoop: 200} {
		broken := talks(Options{Faults: Faults{Share: 1, Kinds: []Fault{fault}}})
		a := fetchText(t, broken, path)
		if a.Code != status || fault == FaultCutBody != (status == 200 && a.Body.String() != whole) {
			t.Errorf("%v: %d, %d bytes of %d", fault, a.Code, a.Body.Len(), len(whole))
		}
	}
	page := capturePaths(sound.id(userIDs, 0).String())["transcripts"]
	misled := talks(Options{Faults: Faults{Share: 1, Kinds: []Fault{FaultEmpty}}})
	if a := get(t, misled, page); len(a.values(t)) != 0 || len(get(t, misled, a.text(t, "@odata.nextLink")).values(t)) == 0 {
		t.Errorf("an empty page: %s", a.body)
	}
}

// Transcripts and recordings are what Graph's metadata says, in all but the spelling of a type.
func TestCapturesAgainstGraphsTypes(t *testing.T) {
	folder := os.Getenv(referenceVariable)
	if folder == "" {
		t.Skip(referenceVariable + " is not set")
	}
	ref, tenant := readReference(t, folder), talks(Options{})
	for number := range tenant.Users {
		for table, path := range capturePaths(tenant.id(userIDs, uint64(number)).String()) {
			typ := "microsoft.graph.callTranscript"
			if strings.HasSuffix(table, "recordings") {
				typ = "microsoft.graph.callRecording"
			}
			values, _ := all(t, tenant, path)
			for _, one := range values {
				user := one["meetingOrganizer"].(map[string]any)["user"].(map[string]any)
				user["@odata.type"] = strings.Replace(user["@odata.type"].(string), "#Microsoft.Teams.GraphSvc.", "#microsoft.graph.", 1)
				ref.check(t, one, typ, table)
			}
		}
	}
	for _, name := range []string{"callTranscript", "callRecording"} {
		for property := range ref.types[name].properties {
			if stream := strings.HasSuffix(property, "ontent"); ref.types[name].seen[property] == stream {
				t.Errorf("%s.%s was sent: %v", name, property, !stream)
			}
		}
	}
}

// Facts and Truth are of the same, and are what follows from what is said.
func TestCaptureFacts(t *testing.T) {
	tenant := talks(Options{})
	facts, truth := tenant.Facts(), tenant.Truth().Tables
	rows := map[string]int{}
	for _, f := range facts.Transcripts {
		of := either(f.Source == "adhoc", "call_", "")
		rows[of+"transcripts"]++
		rows[of+"utterances"] += f.Utterances
		var talk time.Duration
		n := 0
		for _, s := range f.Speakers {
			talk += s.Talk
			n += s.Utterances
			if s.Monologue < s.Talk/time.Duration(s.Utterances) {
				t.Errorf("%s: a longest turn of %v in a talk of %v", f.ID, s.Monologue, s.Talk)
			}
		}
		if n != f.Utterances || talk-f.Speech != f.TalkedOver || f.TalkedOver < 0 || f.Silence < 0 || f.Speech+f.Silence != f.Last-f.First || len(f.Markers) != n {
			t.Errorf("%s: %+v", f.ID, f)
		}
	}
	for _, f := range facts.Recordings {
		rows[either(f.Source == "adhoc", "call_", "")+"recordings"]++
	}
	for table := range strings.FieldsSeq("transcripts utterances recordings call_transcripts call_utterances call_recordings") {
		if rows[table] != truth[table].Rows || rows[table] == 0 {
			t.Errorf("%s: the facts have %d rows, the truth %d", table, rows[table], truth[table].Rows)
		}
	}
}

// The example of the documentation of the metrics, counted by hand.
func TestTellingOfSpeech(t *testing.T) {
	var f TranscriptFact
	f.tell([]utterance{
		{start: 0, end: 10_000, speaker: "ann", words: 10, countable: true},
		{start: 10_000, end: 20_000, speaker: "ann", words: 12, countable: true, question: true},
		{start: 18_000, end: 25_000, speaker: "bob", words: 9, countable: true},
		{start: 30_000, end: 40_000, speaker: "ann", words: 20, countable: true, question: true},
	}, 1)
	want := "[{ann 3 30s 42 0 2 20s } {bob 1 7s 9 0 0 7s }]"
	if got := fmt.Sprint(f.Speakers); got != want || f.Silence != 5*time.Second || f.LongestSilence != 5*time.Second || f.TalkedOver != 2*time.Second {
		t.Errorf("%s, silence %v, longest %v, talked over %v; want %s", got, f.Silence, f.LongestSilence, f.TalkedOver, want)
	}
}

// One transcript of a week is very long.
func TestLongTranscript(t *testing.T) {
	tenant := talks(Options{})
	for _, f := range tenant.Facts().Transcripts {
		if f.Utterances == mostCues {
			return
		}
	}
	t.Errorf("no transcript has %d cues", mostCues)
}
