package jobs_test

import (
	"bytes"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"graphlake/extract"
	"graphlake/extract/graph"
	"graphlake/internal/graphsim"
	"graphlake/internal/json"
	"graphlake/schemas"
	"graphlake/transform"
	"graphlake/transform/privacy"
)

// From the socket to raw a record is walked once, and once more where the lake does not keep all of it or where new
// properties are looked for; from raw to tables once. What is known without a walk is what it would find. Other tests would be counted too, so that none runs beside it.
func TestWalks(t *testing.T) {
	sim := graphsim.New(graphsim.Options{Users: 60, From: monday, To: monday.Add(schemas.Day), Large: 200, Now: func() time.Time { return later }})
	server := httptest.NewServer(sim)
	defer server.Close()
	undeclared := schemas.PSTNCalls
	undeclared.Entity = ""
	key := privacy.Key(bytes.Repeat([]byte{7}, 32))
	for _, c := range []struct {
		name    string
		dataset schemas.Dataset
		keeps   privacy.Settings
		again   int64 // walks behind that of the answers
	}{
		{"call records, of which texts are counted", schemas.CallRecords, privacy.Settings{Content: schemas.FullContent}, 1},
		{"call records without texts", schemas.CallRecords, privacy.Settings{Content: schemas.NoContent}, 1},
		{"call records with pseudonyms", schemas.CallRecords, privacy.Settings{Key: key}, 1},
		{"rows of a log, in which new properties are looked for", schemas.PSTNCalls, privacy.Settings{Content: schemas.FullContent}, 1},
		{"rows of which nobody knows what Graph declares", undeclared, privacy.Settings{Content: schemas.FullContent}, 0},
		{"rows of a log with pseudonyms", schemas.PSTNCalls, privacy.Settings{Key: key}, 1},
		{"messages, of which a parent is noted", schemas.ChatMessages, privacy.Settings{Content: schemas.NoContent}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			client, err := graph.New(graph.Options{Endpoint: server.URL, Token: graph.StaticToken{Secret: "t"}, Rate: 1e6})
			if err != nil {
				t.Fatal(err)
			}
			scrubber, err := privacy.NewScrubber(c.dataset, c.keeps)
			if err != nil {
				t.Fatal(err)
			}
			plan, err := transform.CompileRaw(c.dataset)
			if err != nil {
				t.Fatal(err)
			}
			rows := plan.NewBuilder(memory.DefaultAllocator)
			defer rows.Release()
			day := schemas.Range{From: monday, To: monday.Add(schemas.Day)}
			var texts [][]byte
			before, size, sent := json.Given.Load(), int64(0), int64(0)
			for r, err := range extract.Read(client, c.dataset, day, extract.Options{Now: later}).Records(t.Context()) {
				if err != nil {
					t.Fatal(err)
				}
				made, err := scrubber.Scrub(t.Context(), r)
				if err != nil {
					t.Fatal(err)
				}
				if err := rows.AppendRecord(made); err != nil {
					t.Fatal(err)
				}
				texts = append(texts, bytes.Clone(made.JSON))
				size += int64(len(made.JSON))
				sent += int64(len(r.JSON))
			}
			answered := client.Stats().BytesRead.Load()
			given := json.Given.Load() - before
			if most := answered + c.again*sent; len(texts) < 20 || given > most+most/100 {
				t.Errorf("%d records of %d bytes, in answers of %d, came to raw by walking %d, want %d", len(texts), sent, answered, given, most)
			}

			deriver, err := transform.NewDeriver(c.dataset, tenant.ID, memory.DefaultAllocator)
			if err != nil {
				t.Fatal(err)
			}
			defer deriver.Release()
			raw := rows.Flush()[0]
			defer raw.Release()
			before = json.Given.Load()
			if err := deriver.Append(raw); err != nil {
				t.Fatal(err)
			}
			if given := json.Given.Load() - before; given != size || deriver.Quarantined() > 0 {
				t.Errorf("of %d bytes in raw, tables were made by walking %d", size, given)
			}

			for _, text := range texts {
				if err := rows.Append(text); err != nil {
					t.Fatal(err)
				}
			}
			walked := rows.Flush()[0]
			defer walked.Release()
			if !array.RecordEqual(raw, walked) {
				t.Error("what was known of the records is not what a walk finds in them")
			}
		})
	}
}
