package jobs_test

import (
	"bytes"
	"cmp"
	"fmt"
	"hash/crc32"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"graphlake/extract/graph"
	"graphlake/internal/graphsim"
	"graphlake/jobs"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/load/storetest"
	"graphlake/schemas"
	"graphlake/transform/privacy"
)

var captured = []schemas.Dataset{schemas.Transcripts, schemas.CallTranscripts, schemas.Recordings, schemas.CallRecordings}

// talkers are a small tenant in which much is said.
func talkers(clock *time.Time, o graphsim.Options) *graphsim.Tenant {
	o.Seed, o.Users, o.Large, o.CallsPerUserDay, o.Moves = 6, cmp.Or(o.Users, 60), 25, 8, -1
	o.From, o.To, o.Now = november(16), november(18), func() time.Time { return *clock }
	return graphsim.New(o)
}

// What was said, and what was recorded, is what the tenant knows of it, whatever its documents look like; what is held is not
// asked for again, but for what had nothing in it.
func TestTranscriptsEqualTheTruth(t *testing.T) {
	clock := at(18, 2)
	sim := talkers(&clock, graphsim.Options{})
	var mu sync.Mutex
	asked := map[string]int{} // documents, by their paths
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if strings.HasSuffix(q.URL.Path, "Content") || strings.HasSuffix(q.URL.Path, "/content") {
			mu.Lock()
			asked[q.URL.EscapedPath()]++
			mu.Unlock()
		}
		sim.ServeHTTP(w, q)
	}))
	r.Privacy = jobs.Privacy{Content: schemas.NoContent}
	nights := []time.Time{clock, at(19, 2)}
	first := 0
	for i, night := range nights {
		clock = night
		clear(asked)
		if rep := r.at(clock).days(t, 16, 18, captured...); rep.Status != state.Data {
			t.Fatalf("night %d: %+v", i, rep.Units)
		}
		if i == 0 {
			first = len(asked)
		} else if len(asked) == 0 || len(asked) > first/2 {
			t.Errorf("the second night asks for %d documents, the first for %d", len(asked), first)
		}
	}
	for _, d := range captured {
		r.equalsTruth(t, sim, d, november(16), november(17))
	}
	facts := sim.Facts()
	known := map[string]graphsim.TranscriptFact{}
	for _, f := range facts.Transcripts {
		known[f.ID] = f
	}
	states := map[string]int{}
	for _, d := range captured[:2] {
		for _, date := range []time.Time{november(16), november(17)} {
			for _, row := range r.rows(t, d.Root(), date, "transcript_id", "source", "content_state", "utterances_count", "speakers_count", "speech_ms") {
				id, rest, _ := strings.Cut(row, " ")
				f, ok := known[id]
				want := fmt.Sprintf("%s %s <nil> <nil> <nil>", f.Source, f.State)
				if f.State == "present" {
					speakers := slices.DeleteFunc(slices.Clone(f.Speakers), func(s graphsim.SpeakerFact) bool { return s.Name == "" })
					want = fmt.Sprintf("%s present %d %d %d", f.Source, f.Utterances, len(speakers), f.Speech.Milliseconds())
				}
				if !ok || rest != want {
					t.Errorf("%s: %s, want %s", id, rest, want)
				}
				states[f.State]++
			}
			words, questions, wantWords, wantQuestions := 0, 0, 0, 0
			for _, row := range r.rows(t, d.Tables[1], date, "word_count", "question_count") {
				var w, q int
				n, _ := fmt.Sscanf(row, "%d %d", &w, &q)
				if n < 2 {
					_, _ = fmt.Sscanf(row, "<nil> %d", &q)
				}
				words, questions = words+w, questions+q
			}
			for _, f := range facts.Transcripts {
				if f.Created.UTC().Truncate(schemas.Day).Equal(date) && (f.Source == "adhoc") == (d.Name == "call_transcripts") {
					wantWords, wantQuestions = wantWords+f.Words, wantQuestions+f.Questions
				}
			}
			if words != wantWords || questions != wantQuestions || words == 0 {
				t.Errorf("%s of %s: %d words and %d questions, want %d and %d", d.Name, date.Format(time.DateOnly), words, questions, wantWords, wantQuestions)
			}
		}
	}
	if states["present"] < 20 {
		t.Errorf("the states are %v", states)
	}
}

// With content none no word that was said is in any file of the lake, nor in the log, nor in what is left to a run to sort; with
// text they are in the tables and in raw, and with full raw has the documents, too.
func TestWhatWasSaidIsKeptAsFarAsContentSays(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		content schemas.Content
		key     bool
		said    bool
		sent    bool
	}{
		{schemas.NoContent, false, false, false}, {schemas.NoContent, true, false, false}, {schemas.TitlesContent, false, false, false},
		{schemas.TextContent, true, true, false}, {schemas.FullContent, false, true, true}, {schemas.FullContent, true, true, false},
	} {
		t.Run(fmt.Sprintf("%s, pseudonyms %t", c.content, c.key), func(t *testing.T) {
			clock := at(19, 2)
			sim := talkers(&clock, graphsim.Options{Users: 30})
			var spoils atomic.Int64
			r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
				if strings.Contains(q.URL.Path, "/onlineMeetings/") && strings.HasSuffix(q.URL.Path, "metadataContent") {
					switch spoils.Add(1) {
					case 3: // beyond a bound: put aside
						_, _ = io.WriteString(w, "WEBVTT\n\n00:00.000 --> 00:01.000\n{\"spokenText\":\""+strings.Repeat(graphsim.SpokenMarker+" ", 20_000)+"\"}\n")
						return
					case 5: // an error in its place, which quotes
						_, _ = io.WriteString(w, `{"message":"`+graphsim.SpokenMarker+`"}`)
						return
					}
				}
				sim.ServeHTTP(w, q)
			}))
			dir := t.TempDir()
			r.Lake = load.New(r.store, dir)
			var log bytes.Buffer
			r.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
			r.Privacy = jobs.Privacy{Content: c.content}
			if c.key {
				r.Privacy.Key = privacy.Key(bytes.Repeat([]byte{7}, 32))
			}
			rep := r.impatient(t).at(clock).days(t, 16, 18, captured...)
			if u := rep.Units[0]; u.Quarantined != 1 || u.Rows["transcripts"] == 0 {
				t.Fatalf("%+v", rep.Units)
			}
			found := map[load.Kind]int{}
			documents := 0
			for _, d := range captured {
				tables := map[load.Kind][]schemas.Table{load.Raw: {schemas.RawTable(d)}, load.Tables: d.Tables, load.Quarantine: {schemas.QuarantineTable(d)}}
				for kind, all := range tables {
					for _, table := range all {
						for row := range r.eachRow(t, kind, table.Name, table) {
							text := fmt.Sprint(row...)
							found[kind] += strings.Count(text, graphsim.SpokenMarker)
							documents += strings.Count(text, "WEBVTT")
						}
					}
				}
			}
			if (found[load.Raw] > 0) != c.said || (found[load.Tables] > 0) != c.said || found[load.Quarantine] > 0 || (documents > 0) != c.sent {
				t.Errorf("words that were said are %v times in the lake, and %d documents", found, documents)
			}
			for info, err := range r.store.List(t.Context(), "") {
				if err != nil {
					t.Fatal(err)
				}
				if _, partition := load.ParsePartition(info.Name); !partition && strings.Contains(r.text(t, info.Name), graphsim.SpokenMarker) {
					t.Errorf("%s has a word that was said", info.Name)
				}
			}
			if strings.Contains(log.String(), graphsim.SpokenMarker) || strings.Contains(fmt.Sprintf("%+v", rep), graphsim.SpokenMarker) {
				t.Error("the log or the report has a word that was said")
			}
			err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
				if err == nil && !entry.IsDir() {
					t.Errorf("%s is left", path)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

// A tenant that lets nobody say who spoke has what was said, by nobody.
func TestTranscriptsWithoutSpeakers(t *testing.T) {
	clock := at(19, 2)
	r := newRig(t, talkers(&clock, graphsim.Options{NoAttribution: true}))
	if rep := r.at(clock).days(t, 16, 18, schemas.Transcripts); rep.Status != state.Data || rep.Incomplete() {
		t.Fatalf("%+v", rep.Units)
	}
	states := map[string]int{}
	for _, row := range r.rows(t, schemas.Transcripts.Root(), november(17), "content_state", "attributed", "speakers_count") {
		states[row]++
	}
	if states["present false 0"] < 5 || states["present true 0"] > 0 {
		t.Errorf("the transcripts are %v", states)
	}
}

// The tenant's switch ends the dataset, and no other; it holds nothing that could be taken for a quiet day.
func TestTranscriptsThatAreOff(t *testing.T) {
	clock := at(19, 2)
	r := newRig(t, talkers(&clock, graphsim.Options{TranscriptsOff: true}))
	rep := r.at(clock).days(t, 16, 18, schemas.Transcripts, schemas.Recordings)
	if rep.Units[0].Outcome != state.Off || rep.Units[1].Outcome != state.Data {
		t.Errorf("%+v", rep.Units)
	}
	if n := len(r.objects(t)); n == 0 || slices.ContainsFunc(r.objects(t), func(name string) bool { return strings.Contains(name, "transcripts") }) {
		t.Errorf("the lake has %q", r.objects(t))
	}
}

// Organizers without a policy are behind, and read as soon as there is one; the others are read.
func TestOrganizersWithoutAPolicy(t *testing.T) {
	clock := at(19, 2)
	sim := talkers(&clock, graphsim.Options{NoPolicy: 0.3})
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) { sim.ServeHTTP(w, q) }))
	rep := r.at(clock).night(t, schemas.Transcripts)
	if u := rep.Units[0]; u.Behind == 0 || u.Rows["transcripts"] == 0 {
		t.Fatalf("%+v", rep.Units)
	}
	clock = at(20, 2)
	sim = talkers(&clock, graphsim.Options{})
	if rep := r.at(clock).night(t, schemas.Transcripts); rep.Status != state.Data || rep.Incomplete() {
		t.Fatalf("%+v", rep.Units)
	}
	r.equalsTruth(t, sim, schemas.Transcripts, november(16), november(17))
}

// A night finds what the night before could not have yet. Whichever call of the store it dies at, the next run ends with the same
// bytes.
func TestCrashWhileContentComes(t *testing.T) {
	night := func(date int) night {
		clock := at(date, 2)
		inner := talkers(&clock, graphsim.Options{Users: 10})
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			if date == 18 && strings.Contains(q.URL.Path, "/transcripts/") && crc32.ChecksumIEEE([]byte(q.URL.Path))%2 == 0 {
				w.WriteHeader(http.StatusNotFound) // what is written the day after
				_, _ = io.WriteString(w, `{"error":{"code":"NotFound","message":"not yet"}}`)
				return
			}
			inner.ServeHTTP(w, q)
		}))
		t.Cleanup(server.Close)
		client, err := graph.New(graph.Options{Endpoint: server.URL, Token: graph.StaticToken{Secret: "t"}, Rate: 1e6})
		if err != nil {
			t.Fatal(err)
		}
		return newNightOf(client, clock, schemas.Transcripts)
	}
	first, second := night(18), night(19)
	before := inMemory(t)
	first.finish(t, onDisk(t, before)())
	prepare := func(t *testing.T) func() full {
		dir := filepath.Join(inMemory(t), "lake")
		if err := os.CopyFS(dir, os.DirFS(before)); err != nil {
			t.Fatal(err)
		}
		return onDisk(t, dir)
	}
	undisturbed := storetest.NewFaulty(prepare(t)())
	second.finish(t, undisturbed)
	want, held := files(t, undisturbed), files(t, onDisk(t, before)())
	if raw := "raw/transcripts/tenant_id=" + tenant.ID + "/dt=2026-11-17/transcripts.parquet"; want[raw] == nil || bytes.Equal(want[raw], held[raw]) {
		t.Fatalf("the second night does not change %s", raw)
	}
	for n := 1; n <= undisturbed.Calls(); n += 2 * deathsApart() {
		for _, after := range []bool{false, true} {
			open := prepare(t)
			dying := storetest.NewFaulty(open())
			dying.FailAt(n, after)
			if rep, err := second.run(t, dying); dying.Died() != "" && err == nil && rep.Status == state.Data {
				t.Errorf("the run died at %s and reports %s", dying.Died(), rep.Status)
			}
			second.finish(t, open())
			same(t, "after the death at "+dying.Died(), files(t, open()), want)
		}
	}
}

func newNightOf(client *graph.Client, now time.Time, datasets ...schemas.Dataset) night {
	return night{Selection: plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: datasets}, client: client, now: now}
}
