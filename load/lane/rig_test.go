package lane_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"graphlake/load"
	"graphlake/load/delta"
	"graphlake/load/lane"
	"graphlake/schemas"
)

const (
	tenant  = "4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30"
	another = "5f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30"
)

var visits = schemas.Table{Name: "visits", Key: []string{"id"}, Columns: []schemas.Column{
	{Name: "id", Type: schemas.String, Required: true},
	{Name: "who", Type: schemas.String},
}}

func day(n int) time.Time { return time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, n-1) }

// rig is a lake with both lanes.
type rig struct {
	t     *testing.T
	store delta.Store
	lake  *load.Lake
	*lane.Lane
	now time.Time
}

func newRig(t *testing.T, store delta.Store, s lane.Settings) *rig {
	t.Helper()
	id, err := lane.Ensure(t.Context(), store, s)
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, store: store, lake: load.New(store, t.TempDir()), now: day(28)}
	r.Lane = r.open(store, id)
	return r
}

// open opens the lane as another process does.
func (r *rig) open(store delta.Store, id lane.Identity) *lane.Lane {
	return lane.Open(store, load.New(store, r.t.TempDir()), id, lane.Options{
		Engine: "graphlake/test", Now: func() time.Time { return r.now }, Log: slog.New(slog.DiscardHandler),
	})
}

// plain writes a day of a tenant in the plain lane, with a row for each of who.
func (r *rig) plain(tenantID string, date time.Time, who ...string) lane.Day {
	r.t.Helper()
	p := partition(tenantID, date)
	w, err := r.lake.Write(r.t.Context(), p, visits)
	if err != nil {
		r.t.Fatal(err)
	}
	defer w.Discard()
	rows := make([]string, len(who))
	for i, one := range who {
		rows[i] = fmt.Sprintf(`{"id":"%03d","who":%q}`, i, one)
	}
	rec, _, err := array.RecordFromJSON(memory.DefaultAllocator, visits.Schema(), strings.NewReader("["+strings.Join(rows, ",")+"]"))
	if err != nil {
		r.t.Fatal(err)
	}
	defer rec.Release()
	if err := w.Append(rec); err != nil {
		r.t.Fatal(err)
	}
	c, err := w.Commit(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	return lane.Day{Partition: p, Hash: c.Hash}
}

func partition(tenantID string, date time.Time) load.Partition {
	return load.Partition{Kind: load.Tables, Name: visits.Name, TenantID: tenantID, Date: date}
}

// publish publishes days and wants them to be a change or none.
func (r *rig) publish(want bool, days ...lane.Day) {
	r.t.Helper()
	if changed, err := r.Publish(r.t.Context(), held, visits, days); err != nil || changed != want {
		r.t.Fatalf("Publish: changed %t, %v, want %t", changed, err, want)
	}
}

func held() error { return nil }

// wantLive wants the lane to have these days of a tenant, each as the plain lane has it, byte by byte, and no others.
func (r *rig) wantLive(tenantID string, dates ...time.Time) {
	r.t.Helper()
	files, _, err := r.Live(r.t.Context(), visits, tenantID)
	if err != nil {
		r.t.Fatal(err)
	}
	var got []time.Time
	for _, f := range files {
		got = append(got, f.Days...)
		for _, date := range f.Days {
			r.wantSame(tenantID, f, date)
		}
	}
	slices.SortFunc(got, time.Time.Compare)
	if !slices.Equal(got, dates) {
		r.t.Errorf("live days of %s: %v, want %v", tenantID, got, dates)
	}
}

func (r *rig) wantSame(tenantID string, f lane.LiveFile, date time.Time) {
	r.t.Helper()
	want := read(r.t, r.store, partition(tenantID, date).Object())
	got := read(r.t, r.store, r.Root(visits, tenantID)+"/"+f.Path)
	rows, err := r.lake.Count(r.t.Context(), partition(tenantID, date))
	if got != want || f.Size != int64(len(want)) || f.Rows != rows || err != nil {
		r.t.Errorf("%s has not what the plain file of %v has: %+v, %v", f.Path, date, f, err)
	}
	sum := sha256.Sum256([]byte(want))
	if hash := hex.EncodeToString(sum[:16]); !strings.HasSuffix(f.Path, "/"+hash+".parquet") {
		r.t.Errorf("%s is not named by the hash of its bytes, %s", f.Path, hash)
	}
}

func read(t *testing.T, s load.Store, name string) string {
	t.Helper()
	text, _, err := load.ReadObject(t.Context(), s, name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// list gives the names of objects, without those of the plain lane.
func list(ctx context.Context, t *testing.T, s load.Store) (names []string) {
	t.Helper()
	for info, err := range s.List(ctx, load.DeltaTables) {
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, info.Name)
	}
	return names
}
