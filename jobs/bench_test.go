package jobs_test

import (
	"bytes"
	"net/http/httptest"
	"runtime"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow/memory"

	"graphlake/extract"
	"graphlake/extract/graph"
	"graphlake/internal/graphsim"
	"graphlake/load"
	"graphlake/load/memstore"
	"graphlake/schemas"
	"graphlake/transform"
)

// callRecords are whole call records of a simulated day, as extract hands them on.
func callRecords(b *testing.B) (records [][]byte, size int64) {
	sim := graphsim.New(graphsim.Options{Users: 150, From: monday, To: monday.Add(schemas.Day), Large: 200, Now: func() time.Time { return later }})
	server := httptest.NewServer(sim)
	b.Cleanup(server.Close)
	client, err := graph.New(graph.Options{Endpoint: server.URL, Token: graph.StaticToken{Secret: "t"}, Rate: 1e6})
	if err != nil {
		b.Fatal(err)
	}
	day := schemas.Range{From: monday, To: monday.Add(schemas.Day)}
	for record, err := range extract.Read(client, schemas.CallRecords, day, extract.Options{Now: later}).Records(b.Context()) {
		if err != nil {
			b.Fatal(err)
		}
		records = append(records, bytes.Clone(record.JSON))
		size += int64(len(record.JSON))
	}
	return records, size
}

// BenchmarkTransform: JSON to Arrow, all six tables of call records.
func BenchmarkTransform(b *testing.B) { benchmark(b, nil) }

// BenchmarkParquet: JSON to Parquet, all six tables of call records, as a derivation does it.
func BenchmarkParquet(b *testing.B) { benchmark(b, load.New(memstore.New(), "")) }

func benchmark(b *testing.B, lake *load.Lake) {
	records, size := callRecords(b)
	plan, err := transform.Compile(schemas.CallRecords.Read().Tables)
	if err != nil {
		b.Fatal(err)
	}
	rows := plan.NewBuilder(memory.DefaultAllocator)
	defer rows.Release()
	b.SetBytes(size)
	b.ReportAllocs()
	made := int64(0)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for b.Loop() {
		writers := openWriters(b, lake)
		flush := func() {
			for i, batch := range rows.Flush() {
				made += batch.NumRows()
				if lake != nil {
					if err := writers[i].Append(batch); err != nil {
						b.Fatal(err)
					}
				}
				batch.Release()
			}
		}
		for _, record := range records {
			if err := rows.Append(record); err != nil {
				b.Fatal(err)
			}
			if rows.Size() >= 4<<20 {
				flush()
			}
		}
		flush()
		for _, w := range writers {
			if _, err := w.Commit(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	}
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.Mallocs-before.Mallocs)/float64(len(records)*b.N), "allocs/record")
	b.ReportMetric(float64(made)/b.Elapsed().Seconds(), "rows/s")
	b.ReportMetric(float64(len(records)*b.N)/b.Elapsed().Seconds(), "records/s")
}

func openWriters(b *testing.B, lake *load.Lake) []*load.Writer {
	if lake == nil {
		return nil
	}
	var writers []*load.Writer
	for _, t := range schemas.CallRecords.Read().Tables {
		p := load.Partition{Kind: load.Tables, Name: t.Name, TenantID: tenant.ID, Date: monday}
		w, err := lake.Write(b.Context(), p, t)
		if err != nil {
			b.Fatal(err)
		}
		writers = append(writers, w)
	}
	return writers
}
