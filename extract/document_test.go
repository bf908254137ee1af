package extract_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"graphlake/extract"
	"graphlake/extract/graph"
	"graphlake/schemas"
)

// office answers as Graph does where meetings were transcribed: lists for Ada and Ben, and documents by "form id", where the form is
// metadata, vtt or text. What is not there is not found.
type office struct {
	mu        sync.Mutex
	documents map[string]string // a leading "403 inner [outer]" is an error with these codes
	asked     []string          // "form id" in the order of asking, and "list user"
	wire      []string          // paths as they are on the wire
	headers   map[string]string // further ones of documents
}

const (
	oddID     = "VjIj/MQ=="
	spokenDoc = "WEBVTT\n\n00:00:01.000 --> 00:00:03.000\n" +
		`{"startDateTime":"2026-03-01T09:00:01Z","endDateTime":"2026-03-01T09:00:03Z","speakerName":"Ada Quill","spokenText":"Is the ladder here?","spokenLanguage":"en-us"}` +
		"\n\n00:00:02.000 --> 00:00:05.500\n" +
		`{"startDateTime":"2026-03-01T09:00:02Z","endDateTime":"2026-03-01T09:00:05.5Z","speakerName":"Ben Osei","spokenText":"Yes.","spokenLanguage":"en-us"}` + "\n"
	voicedDoc  = "WEBVTT\n\n00:00:01.000 --> 00:00:03.000\n<v Ada Quill>Is the ladder here?</v>\n"
	spokenRows = `"utterances":[{"startMs":1000,"endMs":3000,"startDateTime":"2026-03-01T09:00:01Z","endDateTime":"2026-03-01T09:00:03Z","speakerName":"Ada Quill","spokenText":"Is the ladder here?","spokenLanguage":"en-us"},` +
		`{"startMs":2000,"endMs":5500,"startDateTime":"2026-03-01T09:00:02Z","endDateTime":"2026-03-01T09:00:05.5Z","speakerName":"Ben Osei","spokenText":"Yes.","spokenLanguage":"en-us"}]`
	spokenFacts = `"state":"present","version":4,"attributed":true,"warnings":0,"utterances":2,"speakers":2,"speechMs":4500,"language":"en-us"`
)

func (o *office) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	o.mu.Lock()
	defer o.mu.Unlock()
	w.Header()["Date"] = nil
	path := r.URL.Path
	user, what, _ := strings.Cut(strings.TrimPrefix(path, "/v1.0/users/"), "/")
	var answer, name string
	switch {
	case path == "/v1.0/users":
		answer = `{"value":[{"id":"ada"},{"id":"ben"}]}`
	case strings.HasPrefix(what, "onlineMeetings/getAllTranscripts("):
		o.asked = append(o.asked, "list "+user)
		answer = `{"value":[]}`
		if list, ok := o.documents["list "+user]; ok {
			answer = list
		}
	default:
		_, id, _ := strings.Cut(what, "/transcripts/")
		id = id[:strings.LastIndexByte(id, '/')]
		form := "vtt"
		if strings.HasSuffix(what, "/metadataContent") {
			form = "metadata"
		} else if strings.Contains(r.Header.Get("Accept"), "transcript+text") {
			form = "text"
		}
		name = form + " " + id
		o.asked, o.wire = append(o.asked, name), append(o.wire, r.URL.EscapedPath())
		answer = "404 NotFound"
		if document, ok := o.documents[name]; ok {
			answer = document
		}
		for name, value := range o.headers {
			w.Header().Set(name, value)
		}
	}
	if code, rest, _ := strings.Cut(answer, " "); len(code) == 3 && strings.Trim(code, "0123456789") == "" {
		status := 0
		fmt.Sscan(code, &status)
		w.WriteHeader(status)
		if status != http.StatusNoContent {
			inner, outer, _ := strings.Cut(rest, " ")
			fmt.Fprintf(w, `{"error":{"code":%q,"message":%q,"innerError":{"code":%q}}}`, cmp.Or(outer, "Forbidden"), "for a reason: "+rest, inner)
		}
		return
	}
	_, _ = io.WriteString(w, answer)
}

// listedTranscript is one of Ada's on the first of March, as Graph lists it.
func listedTranscript(id string) string {
	return fmt.Sprintf(`{"id":%q,"meetingId":"MSo/1==","createdDateTime":"2026-03-01T09:00:00Z","endDateTime":"2026-03-01T09:30:00Z"}`, id)
}

func (o *office) reading(t *testing.T, options extract.Options) *extract.Reading {
	t.Helper()
	server := httptest.NewServer(o)
	t.Cleanup(server.Close)
	client, err := graph.New(graph.Options{Endpoint: server.URL, Tries: 1, Token: graph.StaticToken{Secret: "token"}})
	if err != nil {
		t.Fatal(err)
	}
	if options.Now.IsZero() {
		options.Now = day("2026-03-03")
	}
	return extract.Read(client, schemas.Transcripts, march1, options)
}

// A document is read below the ids, which are put into the path whatever is in them; the links that Graph gives are followed nowhere.
func TestDocumentBecomesMembers(t *testing.T) {
	listed := strings.TrimSuffix(listedTranscript(oddID), "}") + `,"transcriptContentUrl":"http://elsewhere.example/content"}`
	o := &office{documents: map[string]string{"list ada": `{"value":[` + listed + `]}`, "metadata " + oddID: "\ufeff" + strings.ReplaceAll(spokenDoc, "\n", "\r\n")}}
	reading := o.reading(t, extract.Options{})
	got, err := collect(t, reading)
	if err != nil {
		t.Fatal(err)
	}
	want(t, got, strings.TrimSuffix(listed, "}")+`,`+spokenRows+`,"@graphlake":{"parent":"ada","source":"scheduled","transcript":{`+spokenFacts+`}}}`)
	if path := "/v1.0/users/ada/onlineMeetings/MSo%2F1%3D%3D/transcripts/VjIj%2FMQ%3D%3D/metadataContent"; !slices.Equal(o.wire, []string{path}) {
		t.Errorf("asked %q, want %q", o.wire, path)
	}
	if len(reading.Behind()) > 0 {
		t.Errorf("behind are %v", reading.Behind())
	}
}

func TestWhatBecomesOfADocument(t *testing.T) {
	const speakers = "403 SpeakerAttributionNotAllowed"
	unattributed := "00:00:01.000 --> 00:00:03.000\n\nIs the ladder here?\n"
	for name, c := range map[string]struct {
		metadata, vtt, text string // empty: not found
		now                 string
		asked               string // forms
		facts               string // empty: the record does not come, and is behind
		utterances          int    // -1: none are known
	}{
		"whole":                         {metadata: spokenDoc, asked: "metadata", facts: spokenFacts, utterances: 2},
		"no metadata":                   {vtt: voicedDoc, asked: "metadata vtt", facts: `"state":"present","version":4,"attributed":true,"warnings":0,"utterances":1,"speakers":1,"speechMs":2000`, utterances: 1},
		"empty metadata":                {metadata: "WEBVTT\n", vtt: voicedDoc, asked: "metadata vtt", facts: `"state":"present","version":4,"attributed":true,"warnings":0,"utterances":1,"speakers":1,"speechMs":2000`, utterances: 1},
		"empty metadata and no content": {metadata: "{}", asked: "metadata vtt", facts: `"state":"present","version":2,"attributed":true,"warnings":1,"utterances":0,"speakers":0,"speechMs":0`},
		"nothing at all":                {metadata: "204 ", vtt: "204 ", asked: "metadata vtt", facts: `"state":"present","version":2,"attributed":true,"warnings":1,"utterances":0,"speakers":0,"speechMs":0`},
		"no speakers":                   {metadata: speakers, text: unattributed, asked: "metadata text", facts: `"state":"present","version":3,"attributed":false,"warnings":0,"utterances":1,"speakers":0,"speechMs":2000`, utterances: 1},
		"no speakers in what stands in its place": {vtt: speakers, text: unattributed, asked: "metadata vtt text",
			facts: `"state":"present","version":3,"attributed":false,"warnings":0,"utterances":1,"speakers":0,"speechMs":2000`, utterances: 1},
		"no speakers, by a code that stands outside": {metadata: "403 AccessDenied SpeakerAttributionNotAllowed", text: unattributed, asked: "metadata text",
			facts: `"state":"present","version":3,"attributed":false,"warnings":0,"utterances":1,"speakers":0,"speechMs":2000`, utterances: 1},
		"no speakers, and an identifier first": {metadata: speakers, text: "1b/12-0\n" + unattributed, asked: "metadata text",
			facts: `"state":"present","version":3,"attributed":false,"warnings":0,"utterances":1,"speakers":0,"speechMs":2000`, utterances: 1},
		"no speakers, and a comment first": {metadata: speakers, text: "NOTE of the ladder\r\n\r\n" + unattributed, asked: "metadata text",
			facts: `"state":"present","version":3,"attributed":false,"warnings":0,"utterances":1,"speakers":0,"speechMs":2000`, utterances: 1},
		"no speakers, and a text that is none": {metadata: speakers, text: "the ladder", asked: "metadata text"},
		"expired, as 410":                      {metadata: "410 Gone", vtt: "410 Gone", asked: "metadata vtt", facts: `"state":"gone","version":1`, utterances: -1},
		"refused in every form":                {metadata: speakers, text: speakers, asked: "metadata text", facts: `"state":"refused","version":1`, utterances: -1},
		"too young":                            {now: "2026-03-02T09:29:59Z", asked: "metadata vtt", facts: `"state":"not_yet","version":0`, utterances: -1},
		"expired":                              {now: "2026-03-02T09:30:00Z", asked: "metadata vtt", facts: `"state":"gone","version":1`, utterances: -1},
		"a form that the service does not have": {metadata: "406 NotAcceptable", vtt: voicedDoc, asked: "metadata vtt",
			facts: `"state":"present","version":4,"attributed":true,"warnings":0,"utterances":1,"speakers":1,"speechMs":2000`, utterances: 1},
		"no form that the service has":    {metadata: "400 BadRequest", vtt: "406 NotAcceptable", asked: "metadata vtt"},
		"a wrong request, and no content": {metadata: "400 BadRequest", asked: "metadata vtt"},
		"another refusal":                 {metadata: "403 Other", asked: "metadata"},
		"an error with status 200":        {metadata: `{"error":{"code":"UnknownError","message":"sorry"}}`, asked: "metadata"},
		"JSON of something":               {metadata: `{"message":"the ladder"}`, asked: "metadata"},
		"a page of HTML":                  {metadata: "\n<!DOCTYPE html><p>the ladder", asked: "metadata"},
		"a text that is none":             {metadata: "the ladder", asked: "metadata"},
		"an error of the service":         {metadata: "503 Sorry", asked: "metadata"},
		"a payload beyond the bounds":     {metadata: "WEBVTT\n\n00:00:01.000 --> 00:00:03.000\n" + strings.Repeat("ladder ", 20_000), asked: "metadata", facts: `"state":"unreadable","version":1`, utterances: -2},
		"more than 32 MiB":                {metadata: "WEBVTT\n\n" + strings.Repeat("NOTE the ladder\n\n", 2<<20), asked: "metadata", facts: `"state":"unreadable","version":1`, utterances: -2},
	} {
		t.Run(name, func(t *testing.T) {
			o := &office{documents: map[string]string{"list ada": `{"value":[` + listedTranscript("t") + `]}`, "list ben": `{"value":[` + strings.Replace(listedTranscript("other"), `"MSo/1=="`, `"m2"`, 1) + `]}`, "metadata other": spokenDoc}}
			for form, document := range map[string]string{"metadata t": c.metadata, "vtt t": c.vtt, "text t": c.text} {
				if document != "" {
					o.documents[form] = document
				}
			}
			options := extract.Options{Workers: 1}
			if c.now != "" {
				options.Now, _ = time.Parse(time.RFC3339, c.now)
			}
			reading := o.reading(t, options)
			got, err := collect(t, reading)
			if err != nil {
				t.Fatal(err)
			}
			var forms []string
			for _, asked := range o.asked {
				if form, ok := strings.CutSuffix(asked, " t"); ok {
					forms = append(forms, form)
				}
			}
			if strings.Join(forms, " ") != c.asked {
				t.Errorf("asked %q, want %q", forms, c.asked)
			}
			i := slices.IndexFunc(got, func(r string) bool { return strings.HasPrefix(r, `{"id":"t"`) })
			if c.facts == "" {
				if i >= 0 || len(reading.Behind()) != 1 || reading.Behind()[0].Record != "t" || len(got) != 1 {
					t.Fatalf("got %q, behind %v; want the record behind, and the other", got, reading.Behind())
				}
				if strings.Contains(fmt.Sprint(reading.Behind()), "ladder") {
					t.Errorf("what is behind quotes a document: %v", reading.Behind())
				}
				return
			}
			if i < 0 || len(got) != 2 {
				t.Fatalf("got %q, behind %v", got, reading.Behind())
			}
			if !strings.Contains(got[i], `"transcript":{`+c.facts+`}`) {
				t.Errorf("got %.600s, want %s", got[i], c.facts)
			}
			var record struct{ Utterances any }
			if err := json.Unmarshal([]byte(got[i]), &record); err != nil {
				t.Fatal(err)
			}
			switch u := record.Utterances.(type) {
			case nil:
				if c.utterances != -1 {
					t.Errorf("there are no utterances, want %d", c.utterances)
				}
			case string: // which is no list, so that the record is put aside
				if c.utterances != -2 || strings.Contains(u, "ladder") {
					t.Errorf("utterances are %q", u)
				}
			case []any:
				if len(u) != c.utterances {
					t.Errorf("there are %d utterances, want %d", len(u), c.utterances)
				}
			}
		})
	}
}

// The switch for all transcripts is the tenant's, wherever it is met: the dataset ends there, and says how to turn it on.
func TestTranscriptsAreOff(t *testing.T) {
	const off = "403 GraphAccessToTranscriptsDisabled"
	for name, documents := range map[string]map[string]string{
		"at the list":     {"list ada": off, "list ben": off},
		"at the document": {"list ada": `{"value":[` + listedTranscript("t") + `]}`, "metadata t": off},
	} {
		t.Run(name, func(t *testing.T) {
			o := &office{documents: documents}
			_, err := collect(t, o.reading(t, extract.Options{}))
			if graph.KindOf(err) != graph.Off || !strings.Contains(err.Error(), "Transcript API access") {
				t.Errorf("got %v, want that it is off", err)
			}
		})
	}
}

// An organizer for whom the application has no policy is behind, and the others are read.
func TestOneOrganizerIsRefused(t *testing.T) {
	o := &office{documents: map[string]string{"list ada": "403 NoPolicy", "list ben": `{"value":[` + listedTranscript("t") + `]}`, "metadata t": spokenDoc}}
	reading := o.reading(t, extract.Options{})
	got, err := collect(t, reading)
	if err != nil || len(got) != 1 {
		t.Fatalf("got %q, %v", got, err)
	}
	if b := reading.Behind(); len(b) != 1 || b[0].Parent != "ada" || b[0].Kind != graph.Unauthorized {
		t.Errorf("behind are %v, want Ada", b)
	}
}

// What is held with something in it is not read again; what was not to be had is.
func TestHeldDocumentIsNotReadAgain(t *testing.T) {
	for version, again := range []bool{true, true, true, false, false} {
		o := &office{documents: map[string]string{"list ada": `{"value":[` + listedTranscript("t") + `]}`, "metadata t": spokenDoc}}
		got, err := collect(t, o.reading(t, extract.Options{Held: map[string]int64{"t": int64(version)}}))
		if err != nil || len(got) != 1 {
			t.Fatalf("version %d: got %q, %v", version, got, err)
		}
		if read := got[0] != "unchanged t"; read != again || slices.Contains(o.asked, "metadata t") != again {
			t.Errorf("version %d: got %.60s, asked %q", version, got[0], o.asked)
		}
	}
}

// One that two list, as both sides of a call, comes for each of them, whoever answers first: which copy stays is decided where all are known.
// On two pages of one it comes once.
func TestTranscriptOfTwoOrganizers(t *testing.T) {
	list := `{"value":[` + listedTranscript("t") + `,` + listedTranscript("t") + `]}`
	o := &office{documents: map[string]string{"list ada": list, "list ben": list, "metadata t": spokenDoc}}
	got, err := collect(t, o.reading(t, extract.Options{}))
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(got)
	if len(got) != 2 || !strings.Contains(got[0], `"parent":"ada"`) || !strings.Contains(got[1], `"parent":"ben"`) {
		t.Errorf("got %q, want one for each", got)
	}
}

// The document itself comes only for who wants it.
func TestDocumentAsSent(t *testing.T) {
	for _, wanted := range []bool{false, true} {
		o := &office{documents: map[string]string{"list ada": `{"value":[` + listedTranscript("t") + `]}`, "metadata t": spokenDoc}}
		got, err := collect(t, o.reading(t, extract.Options{Documents: wanted}))
		if err != nil || len(got) != 1 {
			t.Fatalf("got %q, %v", got, err)
		}
		var record struct {
			Ours struct{ Document *string } `json:"@graphlake"`
		}
		if err := json.Unmarshal([]byte(got[0]), &record); err != nil {
			t.Fatal(err)
		}
		if d := record.Ours.Document; (d != nil) != wanted || wanted && *d != spokenDoc {
			t.Errorf("wanted %t, got %.600s", wanted, got[0])
		}
	}
}

// Both bounds are left out by Graph: a millisecond more is asked for, and what is too much is dropped.
func TestTranscriptsWithinTheRange(t *testing.T) {
	at := func(id, created string) string {
		return fmt.Sprintf(`{"id":%q,"createdDateTime":%q,"endDateTime":null}`, id, created)
	}
	o := &office{documents: map[string]string{"list ada": `{"value":[` + strings.Join([]string{
		at("first", "2026-03-01T00:00:00Z"), at("before", "2026-02-28T23:59:59.9995Z"), at("last", "2026-03-01T23:59:59.9999999Z"), at("after", "2026-03-02T00:00:00Z"),
	}, ",") + `]}`}}
	got, err := collect(t, o.reading(t, extract.Options{ListOnly: true}))
	if err != nil {
		t.Fatal(err)
	}
	for i, id := range []string{"first", "last"} {
		if len(got) != 2 || !strings.HasPrefix(got[i], `{"id":"`+id) {
			t.Errorf("got %q", got)
		}
	}
	if o.wire != nil {
		t.Errorf("a list alone asks for documents: %q", o.wire)
	}
}

// A transcript without the id of its meeting has no place to be read from, and is kept all the same.
func TestTranscriptWithoutAMeeting(t *testing.T) {
	o := &office{documents: map[string]string{"list ada": `{"value":[{"id":"t","meetingId":null,"createdDateTime":"2026-03-01T09:00:00Z"}]}`}}
	got, err := collect(t, o.reading(t, extract.Options{}))
	if err != nil || len(got) != 1 || !strings.Contains(got[0], `"state":"gone"`) || o.wire != nil {
		t.Errorf("got %q, %v, asked %q", got, err, o.wire)
	}
}

// Documents that together are more than may be in memory are read all the same, one after the other.
func TestManyLargeDocuments(t *testing.T) {
	large := "WEBVTT\n\n" + strings.Repeat("NOTE the ladder\n\n", 1<<20) + strings.TrimPrefix(spokenDoc, "WEBVTT\n\n")
	o := &office{documents: map[string]string{}}
	for _, user := range []string{"ada", "ben"} {
		var listed []string
		for i := range 3 {
			id := fmt.Sprint(user, i)
			listed = append(listed, listedTranscript(id))
			o.documents["metadata "+id] = large
		}
		o.documents["list "+user] = `{"value":[` + strings.Join(listed, ",") + `]}`
	}
	got, err := collect(t, o.reading(t, extract.Options{}))
	if err != nil || len(got) != 6 {
		t.Fatalf("got %d records, %v", len(got), err)
	}
	for _, record := range got {
		if !strings.Contains(record, spokenFacts) {
			t.Errorf("got %.200s", record)
		}
	}
}
