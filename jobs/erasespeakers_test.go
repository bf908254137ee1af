package jobs_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"graphlake/internal/graphsim"
	"graphlake/jobs"
	"graphlake/jobs/erased"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/load/memstore"
	"graphlake/schemas"
	"graphlake/transform/privacy"
)

// spokenRow is what a row of utterances says that is nobody's id.
type spokenRow struct {
	index, start, end, words, characters, questions any
	speaker, text                                   string
}

// spokenRows are the utterances of a lake, and how often each is there.
func spokenRows(t *testing.T, store state.Store, datasets []schemas.Dataset) map[spokenRow]int {
	t.Helper()
	all := map[spokenRow]int{}
	for _, d := range datasets {
		for _, table := range d.Tables {
			if !strings.HasSuffix(table.Name, "utterances") {
				continue
			}
			at := func(row []any, name string) any {
				return row[slices.IndexFunc(table.Columns, func(c schemas.Column) bool { return c.Name == name })]
			}
			for object, rows := range rowsOf(t, store, []schemas.Dataset{d}) {
				if !strings.HasPrefix(object, "tables/"+table.Name+"/") {
					continue
				}
				for _, text := range rows {
					var row []any
					if err := json.Unmarshal([]byte(text), &row); err != nil {
						t.Fatal(err)
					}
					one := spokenRow{at(row, "utterance_index"), at(row, "start_ms"), at(row, "end_ms"), at(row, "word_count"), at(row, "character_count"), at(row, "question_count"), "", "null"}
					one.speaker, _ = at(row, "speaker_name").(string)
					if text, ok := at(row, "text").(string); ok {
						one.text = text
					}
					all[one]++
				}
			}
		}
	}
	return all
}

// Somebody who has spoken in meetings of others is taken out of what was said: the name and the words go, also out of the documents, and all that others said
// stays, with when and how much each spoke. On days of which raw is not kept the rows become the same. What Graph gives of them on the next night does not come in.
func TestEraseWhoSpoke(t *testing.T) {
	t.Parallel()
	clock := at(19, 2)
	said := []schemas.Dataset{schemas.Transcripts, schemas.CallTranscripts}
	all := append([]schemas.Dataset{schemas.Users}, said...)
	r := newRig(t, talkers(&clock, graphsim.Options{Users: 12}))
	r.Privacy = jobs.Privacy{Content: schemas.FullContent}
	if rep := r.at(clock).night(t, schemas.Users); rep.Status != state.Data {
		t.Fatalf("%+v", rep.Units)
	}
	if rep := r.at(clock).days(t, 16, 18, said...); rep.Status != state.Data {
		t.Fatalf("%+v", rep.Units)
	}
	before := spokenRows(t, r.store, said)
	person, name := r.speaker(t, all, before)
	_, err := erased.Update(t.Context(), r.store, func(l *erased.List) error {
		return l.Add(erased.Erasure{At: r.Now, Tenants: []string{tenant.ID}}, []erased.Person{person}, r.Privacy)
	})
	if err != nil {
		t.Fatal(err)
	}
	want, theirs, others := map[spokenRow]int{}, map[string]bool{}, map[string]bool{}
	for row, n := range before {
		if row.speaker == name {
			theirs[row.text] = true
			row.speaker, row.text = "erased", "null"
		} else {
			others[row.text] = true
		}
		want[row] += n
	}
	maps.DeleteFunc(theirs, func(text string, _ bool) bool {
		return others[text] || len(text) < 20 || strings.ContainsAny(text, `"\<>&`)
	})
	words := slices.Sorted(maps.Keys(theirs))
	words = words[:min(len(words), 10)]
	if len(words) < 5 || len(holding(t, r.store, all, words...)) < 2 {
		t.Fatalf("%d texts are said by nobody else", len(words))
	}
	copied := memstore.New()
	for info, err := range r.store.List(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(info.Name, "raw/") || strings.HasSuffix(info.Name, ".lock") {
			continue
		}
		if _, err := copied.Swap(t.Context(), info.Name, "", content(t, r.store, info.Name)); err != nil {
			t.Fatal(err)
		}
	}
	selection := plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: all}
	for _, store := range []state.Store{r.store, copied} {
		runner := r.Runner
		runner.Store, runner.Lake = store, load.New(store, t.TempDir())
		rep, err := runner.Erase(t.Context(), selection)
		if err != nil || store == r.store && rep.Status != state.Data {
			t.Fatalf("%v, %+v", err, rep.Units)
		}
		if got := spokenRows(t, store, said); !maps.Equal(got, want) {
			t.Errorf("without raw: %v: %s", store != r.store, differingSpoken(got, want))
		}
		if found := holding(t, store, all, append(words, name)...); len(found) > 0 {
			t.Errorf("without raw: %v: found in %v", store != r.store, found)
		}
	}
	clock = at(20, 2)
	if rep := r.at(clock).night(t, all...); rep.Status != state.Data {
		t.Fatalf("%+v", rep.Units)
	}
	if found := holding(t, r.store, all, append(words, name)...); len(found) > 0 {
		t.Errorf("after the next night found in %v", found)
	}
}

// speaker is who has spoken most of those whose name nobody else has.
func (r *rig) speaker(t *testing.T, datasets []schemas.Dataset, rows map[spokenRow]int) (erased.Person, string) {
	t.Helper()
	spoken := map[string]int{}
	for row, n := range rows {
		spoken[row.speaker] += n
	}
	d, err := erased.ReadDirectory(t.Context(), load.New(r.store, ""), datasets, []string{tenant.ID}, r.Privacy)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.SortedFunc(maps.Keys(spoken), func(a, b string) int { return spoken[b] - spoken[a] }) {
		p, err := d.Find(name)
		if err == nil && slices.ContainsFunc(p.Taken(), func(k privacy.PersonKey) bool { return k.Value == name }) {
			return p, name
		}
	}
	t.Fatal("nobody of the directory speaks")
	return erased.Person{}, ""
}

func differingSpoken(got, want map[spokenRow]int) string {
	var b strings.Builder
	told := 0
	for _, side := range []struct {
		is       string
		are, not map[spokenRow]int
	}{{"missing", want, got}, {"new", got, want}} {
		for row, n := range side.are {
			if more := n - side.not[row]; more > 0 && told < 6 {
				told++
				fmt.Fprintf(&b, "\n%s: %d times %+v", side.is, more, row)
			}
		}
	}
	return b.String()
}
