package lane_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"graphlake/load"
	"graphlake/load/delta"
	"graphlake/load/lane"
)

// Of a tenant goes what is live no more and old enough, of the days that are named; of others nothing does.
func TestVacuum(t *testing.T) {
	onStores(t, func(t *testing.T, r *rig) {
		vacuum := func(o lane.VacuumOptions) int64 {
			t.Helper()
			v, err := r.Vacuum(t.Context(), held, visits, tenant, o)
			if err != nil || v.Files > 0 != (v.Bytes > 0) {
				t.Fatalf("%+v: %+v, %v", o, v, err)
			}
			return v.Files
		}
		if n := vacuum(lane.VacuumOptions{}); n > 0 {
			t.Errorf("%d files of a table that is not there", n)
		}
		for _, who := range []string{"ada", "bob"} { // so that each day of each tenant has one file that was, and one that is
			for _, of := range []string{tenant, another} {
				r.publish(true, r.plain(of, day(1), who), r.plain(of, day(2), who))
			}
		}
		all := list(t.Context(), t, r.store)
		if n := vacuum(lane.VacuumOptions{OlderThan: 7 * 24 * time.Hour}); n > 0 {
			t.Errorf("%d files that were live today", n)
		}
		if n := vacuum(lane.VacuumOptions{Days: []time.Time{}}); n > 0 {
			t.Errorf("%d files of no day", n)
		}
		if n := vacuum(lane.VacuumOptions{DryRun: true}); n != 2 || !slices.Equal(list(t.Context(), t, r.store), all) {
			t.Errorf("a dry run finds %d files, want 2, and leaves %v", n, list(t.Context(), t, r.store))
		}
		if n := vacuum(lane.VacuumOptions{Days: []time.Time{day(1), day(3)}}); n != 1 {
			t.Errorf("%d files of one day, want 1", n)
		}
		r.now = r.now.Add(8 * 24 * time.Hour)
		if n := vacuum(lane.VacuumOptions{OlderThan: 7 * 24 * time.Hour}); n != 1 {
			t.Errorf("%d files after a week, want 1", n)
		}
		for _, of := range []string{tenant, another} {
			r.wantLive(of, day(1), day(2))
		}
		var left int
		for _, name := range list(t.Context(), t, r.store) {
			if strings.HasSuffix(name, ".parquet") {
				left++
			}
		}
		if left != 2+4 {
			t.Errorf("%d data files are left, want two of the one tenant and four of the other", left)
		}
	})
}

// Without the lock nothing goes.
func TestVacuumWithoutTheLock(t *testing.T) {
	onStores(t, func(t *testing.T, r *rig) {
		r.publish(true, r.plain(tenant, day(1), "ada"))
		r.publish(true, r.plain(tenant, day(1), "bob"))
		all := list(t.Context(), t, r.store)
		v, err := r.Vacuum(t.Context(), func() error { return load.ErrLockLost }, visits, tenant, lane.VacuumOptions{})
		if !errors.Is(err, load.ErrLockLost) || v != (delta.Vacuumed{}) || !slices.Equal(list(t.Context(), t, r.store), all) {
			t.Errorf("%+v, %v", v, err)
		}
	})
}

// What a crash has left before its entry goes with a vacuum, and so does not what others keep there.
func TestVacuumWhatACrashHasLeft(t *testing.T) {
	onStores(t, func(t *testing.T, r *rig) {
		r.publish(true, r.plain(tenant, day(1), "ada"))
		of := load.DataFile{Date: day(1), Hash: strings.Repeat("0", 32)}
		if r.Identity().Layout == lane.Shared {
			of.TenantID = tenant
		}
		for _, name := range []string{of.Path(), of.Within() + "readme.txt"} {
			if _, err := r.store.Swap(t.Context(), r.Root(visits, tenant)+"/"+name, "", []byte("left")); err != nil {
				t.Fatal(err)
			}
		}
		if v, err := r.Vacuum(t.Context(), held, visits, tenant, lane.VacuumOptions{OlderThan: time.Hour}); err != nil || v.Files != 1 {
			t.Errorf("%+v, %v", v, err)
		}
		r.wantLive(tenant, day(1))
		if read(t, r.store, r.Root(visits, tenant)+"/"+of.Within()+"readme.txt") != "left" {
			t.Error("what is none of ours was removed")
		}
	})
}

// A table that was published to often gets a checkpoint, once.
func TestTidy(t *testing.T) {
	onStores(t, func(t *testing.T, r *rig) {
		for i := range 12 {
			r.publish(true, r.plain(tenant, day(1), strings.Repeat("ada", i+1)))
		}
		checkpoints := func() (n int) {
			for _, name := range list(t.Context(), t, r.store) {
				if strings.HasSuffix(name, ".checkpoint.parquet") {
					n++
				}
			}
			return n
		}
		before := checkpoints()
		for range 2 {
			r.Tidy(t.Context())
			if n := checkpoints(); n != before+1 {
				t.Errorf("%d checkpoints, want %d", n, before+1)
			}
		}
		r.wantLive(tenant, day(1))
		other := r.open(r.store, r.Identity()) // which reads the checkpoint
		if files, version, err := other.Live(t.Context(), visits, tenant); err != nil || version != 11 || len(files) != 1 {
			t.Errorf("%v, version %d, %v", files, version, err)
		}
	})
}
