package jobs_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"graphlake/jobs"
	"graphlake/load"
	"graphlake/load/delta"
	"graphlake/load/lane"
	"graphlake/schemas"
)

// openLane gives a runner the lane of these settings, or, with nil, the one that its lake has, as one that is off.
func openLane(ctx context.Context, r *jobs.Runner, s *lane.Settings) error {
	open := func(id lane.Identity) *lane.Lane {
		return lane.Open(r.Store, r.Lake, id, lane.Options{Engine: "graphlake/test", Now: func() time.Time { return r.Now }, Log: slog.New(slog.DiscardHandler)})
	}
	if s != nil {
		id, err := lane.Ensure(ctx, r.Store, *s)
		r.Delta = open(id)
		return err
	}
	id, there, err := lane.Read(ctx, r.Store)
	if there {
		r.DeltaOff = open(id)
	}
	return err
}

// begun is a directory with a lake that has nothing but the identity of a lane: lakes that are copied of it can be compared.
func begun(t *testing.T, s lane.Settings) string {
	t.Helper()
	dir := inMemory(t)
	if _, err := lane.Ensure(t.Context(), onDisk(t, dir)(), s); err != nil {
		t.Fatal(err)
	}
	return dir
}

// liveIn are the plain partitions of which a Delta table of a lake has a live file, with that file's object. The test fails
// over one that is of no day, or of a day that another has, too.
func liveIn(t *testing.T, store load.Store) map[string]string {
	t.Helper()
	id, there, err := lane.Read(t.Context(), store)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	if !there {
		return all
	}
	full, ok := store.(delta.Store)
	if !ok {
		t.Fatalf("%T does not swap", store)
	}
	l := lane.Open(full, load.New(store, ""), id, lane.Options{Log: slog.New(slog.DiscardHandler)})
	for _, of := range tablesOfLane(t, store) {
		i := slices.IndexFunc(allTables(), func(t schemas.Table) bool { return t.Name == of.Name })
		if i < 0 {
			t.Fatalf("the lane has a table %s", of.Name)
		}
		table := allTables()[i]
		files, _, err := l.Live(t.Context(), table, of.TenantID)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			object := l.Root(table, of.TenantID) + "/" + f.Path
			if len(f.Days) == 0 {
				t.Errorf("%s is live, and of no day", object)
			}
			for _, date := range f.Days {
				p := load.Partition{Kind: load.Tables, Name: of.Name, TenantID: of.TenantID, Date: date}.Object()
				if all[p] != "" {
					t.Errorf("%s and %s are both live", all[p], object)
				}
				all[p] = object
			}
		}
	}
	return all
}

// tablesOfLane are the tables that a lane has, once for each tenant that plain tables or the lane's files are of.
func tablesOfLane(t *testing.T, store load.Store) (all []load.Partition) {
	t.Helper()
	add := func(p load.Partition) {
		if !slices.Contains(all, p) {
			all = append(all, p)
		}
	}
	for info, err := range store.List(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		if p, ok := load.ParsePartition(info.Name); ok && p.Kind == load.Tables {
			add(load.Partition{Name: p.Name, TenantID: p.TenantID})
		}
		if table, tenantID, below, ok := load.ParseDelta(info.Name); ok {
			if f, ok := load.ParseDataFile(below); ok {
				add(load.Partition{Name: table, TenantID: tenantID + f.TenantID})
			}
		}
	}
	return all
}

func allTables() (all []schemas.Table) {
	for _, d := range schemas.BuiltIn() {
		all = append(all, d.Tables...)
	}
	return all
}

// compareLanes makes sure that a lake which has a second lane has in both the same days: each live file is there, is called by
// the hash of the plain file, and, where days are its partitions, has its bytes; and of no day that the plain lane does not
// have is one live. The live files are added to all, for lakes that are compared.
func compareLanes(t *testing.T, store load.Store, all map[string][]byte) {
	t.Helper()
	id, there, err := lane.Read(t.Context(), store)
	if err != nil {
		t.Fatal(err)
	}
	if !there {
		return
	}
	live, rolled := liveIn(t, store), map[string]map[time.Time]string{}
	for p, object := range live {
		plain, ok := all[p]
		if !ok {
			t.Errorf("%s is live, and there is no %s", object, p)
			continue
		}
		text := content(t, store, object)
		sum := sha256.Sum256(plain)
		_, _, below, _ := load.ParseDelta(object)
		if f, _ := load.ParseDataFile(below); f.Rolled {
			of, _ := load.ParsePartition(p)
			if rolled[object] == nil {
				rolled[object] = map[time.Time]string{}
			}
			rolled[object][of.Date] = hex.EncodeToString(sum[:16])
		} else if f.Hash != hex.EncodeToString(sum[:16]) {
			t.Errorf("%s is live, and not called by the hash of %s", object, p)
		}
		if !id.Compact && !bytes.Equal(text, plain) {
			t.Errorf("%s has not the bytes of %s", object, p)
		}
		all[object] = text
	}
	for object, days := range rolled {
		if !strings.Contains(object, "-"+lane.RolledHash(days)) {
			t.Errorf("%s is live, and not called by the hashes of its %d days", object, len(days))
		}
	}
	for p := range all {
		if strings.HasPrefix(p, load.Tables.Under()) && live[p] == "" {
			t.Errorf("nothing is live of %s", p)
		}
	}
}

// deadFiles are the data files of Delta tables that are not live.
func deadFiles(t *testing.T, store load.Store) (names []string) {
	t.Helper()
	live := liveIn(t, store)
	for name := range filesOfLane(t, store) {
		if !slices.Contains(slices.Collect(maps.Values(live)), name) {
			names = append(names, name)
		}
	}
	return names
}

// ofRemovedDays makes sure that nothing is left in the second lane of days that the plain tables do not have.
func ofRemovedDays(t *testing.T, store load.Store) {
	t.Helper()
	for name, of := range filesOfLane(t, store) {
		if _, err := load.New(store, "").Count(t.Context(), of); err != nil {
			t.Errorf("%s is left of a day of which there is no plain file: %v", name, err)
		}
	}
}

// filesOfLane are the data files of Delta tables, with the plain partition of which each was made.
func filesOfLane(t *testing.T, store load.Store) map[string]load.Partition {
	t.Helper()
	all := map[string]load.Partition{}
	for info, err := range store.List(t.Context(), load.DeltaTables) {
		if err != nil {
			t.Fatal(err)
		}
		table, tenantID, below, _ := load.ParseDelta(info.Name)
		if f, ok := load.ParseDataFile(below); ok {
			all[info.Name] = load.Partition{Kind: load.Tables, Name: table, TenantID: tenantID + f.TenantID, Date: f.Date}
		}
	}
	return all
}
