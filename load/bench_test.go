package load_test

import (
	"fmt"
	"math/rand/v2"
	"runtime/metrics"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"graphlake/load"
	"graphlake/load/dirstore"
	"graphlake/load/memstore"
	"graphlake/schemas"
)

// BenchmarkWrite encodes a wide table: 60 columns of the types that metrics have, a third null.
func BenchmarkWrite(b *testing.B) {
	const perBatch, batches = 8192, 8
	types := []schemas.Type{schemas.Enum, schemas.Int64, schemas.Float64, schemas.DurationMS, schemas.Bool, schemas.Timestamp}
	wide := schemas.Table{Name: "wide", Columns: []schemas.Column{{Name: "id", Type: schemas.String, Required: true}}}
	for i := range 60 {
		wide.Columns = append(wide.Columns, schemas.Column{Name: fmt.Sprintf("c%d", i), Type: types[i%len(types)]})
	}
	rec := wideBatch(wide, perBatch)
	defer rec.Release()
	values := int64(0)
	for _, column := range rec.Columns() {
		values += int64(column.Data().SizeInBytes())
	}
	b.SetBytes(values * batches)
	p := load.Partition{Kind: load.Tables, Name: "wide", TenantID: tenant, Date: day(22)}
	b.ReportAllocs()
	for b.Loop() {
		recs := make([]arrow.RecordBatch, batches)
		for i := range recs {
			recs[i] = rec
		}
		write(b, load.New(memstore.New(), ""), p, wide, recs...)
	}
	b.ReportMetric(float64(b.N)*perBatch*batches/b.Elapsed().Seconds(), "rows/s")
}

func wideBatch(t schemas.Table, n int) arrow.RecordBatch {
	rng := rand.New(rand.NewPCG(1, 2))
	builder := array.NewRecordBuilder(memory.DefaultAllocator, t.Schema())
	defer builder.Release()
	for i := range n {
		for c, f := range builder.Fields() {
			if c > 0 && rng.IntN(3) == 0 {
				f.AppendNull()
				continue
			}
			switch f := f.(type) {
			case *array.StringBuilder:
				if c == 0 {
					f.Append(fmt.Sprintf("%08x-%08x-%d", rng.Uint32(), rng.Uint32(), i))
				} else {
					f.Append([]string{"wifi", "wired", "mobile", "tunnel"}[rng.IntN(4)])
				}
			case *array.Int64Builder:
				f.Append(rng.Int64N(100_000))
			case *array.Float64Builder:
				f.Append(rng.Float64())
			case *array.BooleanBuilder:
				f.Append(rng.IntN(2) == 0)
			case *array.TimestampBuilder:
				f.Append(arrow.Timestamp(day(22).UnixMicro() + rng.Int64N(86_400_000_000)))
			}
		}
	}
	return builder.NewRecordBatch()
}

// BenchmarkSpool sorts a week of 20,000 large records in any order, on disk, and reports the most
// memory that the process had from the system: the bound of a whole run is 300 MB.
func BenchmarkSpool(b *testing.B) {
	const records, size = 20_000, 40_000
	text := recordText(size)
	b.SetBytes(records * size)
	week := schemas.Range{From: day(15), To: day(22)}
	peak := watchMemory()
	for b.Loop() {
		store, err := dirstore.New(b.Context(), b.TempDir())
		if err != nil {
			b.Fatal(err)
		}
		s, err := load.New(store, b.TempDir()).Spool(trips, tenant, week)
		if err != nil {
			b.Fatal(err)
		}
		rng := rand.New(rand.NewPCG(1, 2))
		for range records / 100 {
			rec := tripBatch(rng, week, text)
			if err := s.Add(rec); err != nil {
				b.Fatal(err)
			}
			rec.Release()
		}
		if _, err := mergeAndCommit(b.Context(), s); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(peak()/1e6, "peak-MB")
}

// recordText compresses about as JSON of metrics does.
func recordText(size int) []byte {
	rng := rand.New(rand.NewPCG(3, 4))
	var text []byte
	for len(text) < size+10_000 {
		text = fmt.Appendf(text, `{"averageJitter":"PT0.%03dS","packets":%d,"ratio":%.6f},`, rng.IntN(1000), rng.IntN(100_000), rng.Float64())
	}
	return text
}

func tripBatch(rng *rand.Rand, r schemas.Range, text []byte) arrow.RecordBatch {
	builder := array.NewRecordBuilder(memory.DefaultAllocator, trips.Schema())
	defer builder.Release()
	for range 100 {
		at := rng.IntN(10_000)
		id := fmt.Sprintf("%016x%016x", rng.Uint64(), rng.Uint64())
		builder.Field(0).(*array.StringBuilder).Append(id)
		builder.Field(1).(*array.TimestampBuilder).Append(arrow.Timestamp(r.From.UnixMicro() + rng.Int64N(r.To.Sub(r.From).Microseconds())))
		builder.Field(2).(*array.Int64Builder).Append(1)
		builder.Field(3).(*array.StringBuilder).Append(id)
		builder.Field(4).(*array.StringBuilder).Append(string(text[at : at+len(text)-10_000]))
	}
	return builder.NewRecordBatch()
}

// watchMemory gives a function that ends the watch and says the most that was seen.
func watchMemory() func() float64 {
	done, most := make(chan struct{}), make(chan float64)
	go func() {
		sample := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
		peak := 0.0
		for {
			metrics.Read(sample)
			peak = max(peak, float64(sample[0].Value.Uint64()-sample[1].Value.Uint64()))
			select {
			case <-done:
				most <- peak
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	}()
	return func() float64 {
		close(done)
		return <-most
	}
}
