package derive_test

import (
	"fmt"
	"maps"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow/memory"

	"graphlake/jobs/derive"
	"graphlake/load"
	"graphlake/load/memstore"
	"graphlake/schemas"
	"graphlake/transform"
)

// putRaw publishes a day's raw partition.
func putRaw(t *testing.T, day derive.Day, records ...string) {
	t.Helper()
	plan, err := transform.Compile([]schemas.Table{schemas.RawTable(day.Dataset)})
	if err != nil {
		t.Fatal(err)
	}
	rows := plan.NewBuilder(day.Memory)
	defer rows.Release()
	for _, r := range records {
		if err := rows.Append([]byte(r)); err != nil {
			t.Fatal(err)
		}
	}
	batch := rows.Flush()[0]
	defer batch.Release()
	w, err := day.Lake.Write(t.Context(), day.Raw(), schemas.RawTable(day.Dataset))
	if err == nil {
		err = w.Append(batch)
	}
	if err == nil {
		_, err = w.Commit(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
}

func user(id, licenses string) string {
	return fmt.Sprintf(`{"id":%q,"displayName":"Somebody","assignedLicenses":%s}`, id, licenses)
}

// A day that is derived twice has the same bytes; a quarantine is there as long as there is something in it; and nothing
// is published before Commit.
func TestDeriveADay(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	day := derive.Day{
		Lake: load.New(memstore.New(), t.TempDir()), Dataset: schemas.Users, TenantID: "4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30",
		Date: time.Date(2026, 11, 16, 0, 0, 0, 0, time.UTC), Memory: mem,
	}
	once := func(commit bool) (derive.Result, error) {
		t.Helper()
		d, err := derive.Read(t.Context(), day)
		if err != nil {
			return derive.Result{}, err
		}
		defer d.Discard()
		if !commit {
			return d.Result(), nil
		}
		return d.Commit(t.Context())
	}
	if _, err := once(true); err == nil {
		t.Error("a day without raw was derived")
	}
	putRaw(t, day, user("ada", `[{"skuId":"s"},{"skuId":"t"}]`), user("ben", `[]`), user("cy", `"none"`))
	if r, err := once(false); err != nil || r.Records != 3 || r.Quarantined != 1 {
		t.Errorf("%+v, %v; want 3 records, one of them bad", r, err)
	}
	if _, clean, err := day.Count(t.Context()); clean || err != nil {
		t.Errorf("nothing is published: clean %v, %v", clean, err)
	}
	want := map[string]int64{"users": 2, "user_licenses": 2}
	for _, written := range []int{3, 0} { // two tables and a quarantine
		r, err := once(true)
		if err != nil || !maps.Equal(r.Rows, want) || r.Written != written || r.Written+r.Unchanged != 3 {
			t.Errorf("%+v, %v; want %v and %d partitions written", r, err, want, written)
		}
	}
	if _, clean, err := day.Count(t.Context()); clean || err != nil {
		t.Errorf("with a quarantine: clean %v, %v; want it tried again", clean, err)
	}
	putRaw(t, day, user("ada", `[{"skuId":"s"}]`), user("ben", `[]`))
	if r, err := once(true); err != nil || r.Quarantined != 0 || r.Written != 2 { // without licences and without quarantine; users are the same
		t.Errorf("%+v, %v", r, err)
	}
	if n, err := day.Lake.Count(t.Context(), day.Quarantine()); n != 0 || err != nil {
		t.Errorf("the quarantine has %d rows, %v", n, err)
	}
}
