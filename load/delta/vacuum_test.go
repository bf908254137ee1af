package delta_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"graphlake/load"
	"graphlake/load/delta"
	"graphlake/load/memstore"
	"graphlake/load/storetest"
)

const (
	tenantA = "11111111-1111-4111-8111-111111111111"
	tenantB = "22222222-2222-4222-8222-222222222222"
)

// hash is a name of ours for a file.
func hash(letter string) string { return strings.Repeat(letter, 32) }

// stored puts a data file, whatever is in it, where the table at the root looks for it.
func stored(t *testing.T, s delta.Store, below string) {
	t.Helper()
	w, err := s.Stage(t.Context(), "delta/calls/"+below)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("rows of " + below)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.Commit(t.Context(), load.Condition{}); err != nil {
		t.Fatal(err)
	}
}

// dataFiles are the names below the root of all that is not in the log.
func dataFiles(t *testing.T, s delta.Store) []string {
	t.Helper()
	var names []string
	for info, err := range s.List(t.Context(), "delta/calls/") {
		if err != nil {
			t.Fatal(err)
		}
		if name := strings.TrimPrefix(info.Name, "delta/calls/"); !strings.HasPrefix(name, "_delta_log/") {
			names = append(names, name)
		}
	}
	return names
}

func below(tenant, day, letter string) string {
	return "tenant_id=" + tenant + "/dt=" + day + "/" + hash(letter) + ".parquet"
}

// dated is a replacement of a day by one file of ours.
func dated(tenant, day, letter string) delta.Replacement {
	return one(tenant, day, file(tenant, day, hash(letter), 3))
}

// aged is a table whose clock stands so long after the day on which all else is written.
func aged(s delta.Store, age time.Duration) *delta.Table {
	t := table(s, "later")
	t.Now = func() time.Time { return tuesday.Add(age) }
	return t
}

// vacuumed makes files a, b and c of a day live one after the other, b of another tenant beside them, and leaves others about.
func vacuumed(t *testing.T) *memstore.Store {
	s := memstore.New()
	to := table(s, "w")
	for i, r := range []delta.Replacement{
		dated(tenantA, "2026-11-22", "a"), dated(tenantB, "2026-11-22", "b"), dated(tenantA, "2026-11-22", "b"), dated(tenantA, "2026-11-22", "c"),
	} {
		stored(t, s, r.Partitions[0].Files[0].Path)
		replaced(t, to, r, int64(i), true)
	}
	for _, name := range []string{
		below(tenantA, "2026-11-22", "d"),                     // of a crash before its commit
		below(tenantA, "2026-11-23", "e"),                     // and of another day
		below(tenantB, "2026-11-22", "d"),                     // and tenant
		"tenant_id=" + tenantA + "/dt=2026-11-22/notes.txt",   // somebody's
		"tenant_id=" + tenantA + "/dt=2026-11-22/x.parquet",   // another engine's, or of its crash
		"part-00000.snappy.parquet", "_change_data/x.parquet", // another engine's
	} {
		stored(t, s, name)
	}
	return s
}

var foreignNames = []string{
	"_change_data/x.parquet", "part-00000.snappy.parquet", "tenant_id=" + tenantA + "/dt=2026-11-22/notes.txt",
}

func TestVacuum(t *testing.T) {
	aDay := "tenant_id=" + tenantA + "/dt=2026-11-22/"
	a, b, c, d := below(tenantA, "2026-11-22", "a"), below(tenantA, "2026-11-22", "b"), below(tenantA, "2026-11-22", "c"), below(tenantA, "2026-11-22", "d")
	x := aDay + "x.parquet"
	e, ofB, dOfB := below(tenantA, "2026-11-23", "e"), below(tenantB, "2026-11-22", "b"), below(tenantB, "2026-11-22", "d")
	tests := []struct {
		what string
		age  time.Duration // since the commits
		o    delta.VacuumOptions
		goes []string
	}{
		{"young versions keep what they have", time.Hour, delta.VacuumOptions{OlderThan: 2 * time.Hour}, []string{d, e, dOfB}},
		{"the last moment", 2*time.Hour - time.Millisecond, delta.VacuumOptions{OlderThan: 2 * time.Hour}, []string{d, e, dOfB}},
		{"old versions do not", 2 * time.Hour, delta.VacuumOptions{OlderThan: 2 * time.Hour}, []string{a, b, d, e, dOfB}},
		{"none keeps any, in the moment of its commit", 0, delta.VacuumOptions{}, []string{a, b, d, e, x, dOfB}},
		{"nor with a clock that is behind", -time.Hour, delta.VacuumOptions{}, []string{a, b, d, e, x, dOfB}},
		{"a tenant", 0, delta.VacuumOptions{Within: []string{"tenant_id=" + tenantA + "/"}}, []string{a, b, d, e, x}},
		{"a day", 0, delta.VacuumOptions{Within: []string{aDay}}, []string{a, b, d, x}},
		{"days that lie within each other", 0, delta.VacuumOptions{Within: []string{aDay, "tenant_id=" + tenantA + "/"}}, []string{a, b, d, e, x}},
		{"a day that is not there", 0, delta.VacuumOptions{Within: []string{"tenant_id=" + tenantB + "/dt=2026-11-23/"}}, nil},
		{"only counted", 0, delta.VacuumOptions{DryRun: true, Within: []string{aDay}}, []string{a, b, d, x}},
	}
	for _, tt := range tests {
		for _, checkpoint := range []bool{false, true} {
			t.Run(tt.what, func(t *testing.T) {
				s := vacuumed(t)
				if checkpoint {
					if err := table(s, "w").Checkpoint(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
				want, bytes := append([]string{a, b, c, d, e, x, ofB, dOfB}, foreignNames...), int64(0)
				for _, name := range tt.goes {
					bytes += int64(len("rows of " + name))
					want = slices.DeleteFunc(want, func(n string) bool { return n == name && !tt.o.DryRun })
				}
				done, err := aged(s, tt.age).Vacuum(t.Context(), held, tt.o)
				if err != nil || done != (delta.Vacuumed{Files: int64(len(tt.goes)), Bytes: bytes}) {
					t.Errorf("Vacuum = %+v, %v; want %d files and %d bytes", done, err, len(tt.goes), bytes)
				}
				slices.Sort(want)
				if got := dataFiles(t, s); !slices.Equal(got, want) {
					t.Errorf("left are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
				}
				wantLive(t, s, c, ofB)
			})
		}
	}
}

func TestVacuumRefuses(t *testing.T) {
	s := vacuumed(t)
	all := dataFiles(t, s)
	lost := errors.New("the lock is another's")
	asked := 0
	_, err := table(s, "v").Vacuum(t.Context(), func() error { asked++; return lost }, delta.VacuumOptions{})
	if !errors.Is(err, lost) || asked != 1 {
		t.Errorf("Vacuum without its lock: %v, asked %d times", err, asked)
	}
	for _, olderThan := range []time.Duration{-1, delta.KeepTombstones + 1} {
		if _, err := table(s, "v").Vacuum(t.Context(), held, delta.VacuumOptions{OlderThan: olderThan}); err == nil {
			t.Errorf("Vacuum of what is older than %v is done", olderThan)
		}
	}
	if _, err := s.Swap(t.Context(), load.DeltaEntry(root, 4), "", []byte(`{"protocol":{"minReaderVersion":1,"minWriterVersion":4}}`)); err != nil {
		t.Fatal(err)
	}
	_, err = table(s, "v").Vacuum(t.Context(), held, delta.VacuumOptions{})
	if f, ok := errors.AsType[delta.ForeignError](err); !ok || f.Table != root {
		t.Errorf("Vacuum of a table of another protocol: %v", err)
	}
	if got := dataFiles(t, s); !slices.Equal(got, all) {
		t.Errorf("left are %q, want all of %q", got, all)
	}

}

// Whoever dies between the first data file of a table and its first version leaves a file that may hold anybody.
func TestVacuumBeforeTheFirstVersion(t *testing.T) {
	s := memstore.New()
	stored(t, s, below(tenantA, "2026-11-22", "a"))
	stored(t, s, below(tenantB, "2026-11-22", "a"))
	done, err := table(s, "v").Vacuum(t.Context(), held, delta.VacuumOptions{OlderThan: delta.KeepTombstones, Within: []string{load.DataFilesOf(tenantA)}})
	if got := dataFiles(t, s); err != nil || done.Files != 1 || len(got) != 1 || !strings.Contains(got[0], tenantB) {
		t.Errorf("Vacuum of files without a log: %+v, %v, left are %q", done, err, got)
	}
}

// A file of our name that another engine has put under other values than its directory's is live all the same.
func TestVacuumKeepsLiveFilesOfOtherDirectories(t *testing.T) {
	s := vacuumed(t)
	d := below(tenantA, "2026-11-22", "d")
	entry := `{"add":{"path":"` + d + `","partitionValues":{"tenant_id":"` + tenantB + `","dt":"2026-11-23"},"size":1,"modificationTime":1,"dataChange":true}}`
	if _, err := s.Swap(t.Context(), load.DeltaEntry(root, 4), "", []byte(entry)); err != nil {
		t.Fatal(err)
	}
	for _, checkpoint := range []bool{false, true} {
		if checkpoint {
			if err := table(s, "w").Checkpoint(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := table(s, "v").Vacuum(t.Context(), held, delta.VacuumOptions{Within: []string{"tenant_id=" + tenantA + "/dt=2026-11-22/"}}); err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(dataFiles(t, s), d) {
			t.Error("a live file was removed")
		}
	}
}

// What another engine has written lies under names of its own. Once a version of the table has removed it, as when the day is
// published again, it goes as ours do; and with no time left for older versions so does what no version names any more.
func TestVacuumOfOthersFiles(t *testing.T) {
	const day = "tenant_id=" + tenantA + "/dt=2026-11-22/"
	packed, appended, notes := day+"part-00000-c000.zstd.parquet", day+"part-00001.snappy.parquet", day+"notes.txt"
	elsewhere, kept := "part-00002.snappy.parquet", "tenant_id="+tenantA+"/dt=2026-11-23/part-00003.parquet"
	for _, tt := range []struct {
		what       string
		age        time.Duration
		o          delta.VacuumOptions
		checkpoint bool
		left       []string
	}{
		{"young", time.Hour, delta.VacuumOptions{OlderThan: 2 * time.Hour}, false, []string{packed, appended, notes, elsewhere, kept}},
		{"old", 2 * time.Hour, delta.VacuumOptions{OlderThan: 2 * time.Hour}, false, []string{appended, notes, elsewhere, kept}},
		{"old, by a checkpoint", 2 * time.Hour, delta.VacuumOptions{OlderThan: 2 * time.Hour}, true, []string{appended, notes, elsewhere, kept}},
		{"no time", 0, delta.VacuumOptions{}, false, []string{notes, elsewhere, kept}},
		{"no time, of a tenant", 0, delta.VacuumOptions{Within: []string{"tenant_id=" + tenantA + "/"}}, true, []string{notes, elsewhere, kept}},
	} {
		t.Run(tt.what, func(t *testing.T) {
			s := memstore.New()
			to := table(s, "w")
			replaced(t, to, dated(tenantA, "2026-11-22", "a"), 0, true)
			entry := `{"add":{"path":"` + packed + `","partitionValues":{"tenant_id":"` + tenantA + `","dt":"2026-11-22"},"size":1,"modificationTime":1,"dataChange":false}}
{"add":{"path":"` + kept + `","partitionValues":{"tenant_id":"` + tenantA + `","dt":"2026-11-23"},"size":1,"modificationTime":1,"dataChange":true}}`
			put(t, s, load.DeltaEntry(root, 1), []byte(entry))
			for _, name := range []string{packed, appended, notes, elsewhere, kept} {
				stored(t, s, name)
			}
			replaced(t, to, dated(tenantA, "2026-11-22", "b"), 2, true)
			if tt.checkpoint {
				checkpoint(t, to)
			}
			want := slices.Sorted(slices.Values(tt.left))
			if _, err := aged(s, tt.age).Vacuum(t.Context(), held, tt.o); err != nil {
				t.Fatal(err)
			}
			if got := dataFiles(t, s); !slices.Equal(got, want) {
				t.Errorf("left are %q, want %q", got, want)
			}
		})
	}
}

// Wherever a vacuum dies, what is live is there, and the next one does the rest.
func TestVacuumDies(t *testing.T) {
	for _, after := range []bool{false, true} {
		for n := 1; ; n++ {
			s := vacuumed(t)
			faulty := storetest.NewFaulty(s)
			faulty.FailAt(n, after)
			_, err := table(faulty, "v").Vacuum(t.Context(), held, delta.VacuumOptions{})
			if faulty.Calls() < n {
				if err != nil {
					t.Fatal(err)
				}
				break
			}
			if !errors.Is(err, storetest.ErrDied) {
				t.Errorf("call %d: %v", n, err)
			}
			c, ofB := below(tenantA, "2026-11-22", "c"), below(tenantB, "2026-11-22", "b")
			if got := dataFiles(t, s); !slices.Contains(got, c) || !slices.Contains(got, ofB) {
				t.Fatalf("call %d has left only %q", n, got)
			}
			if _, err := table(s, "v").Vacuum(t.Context(), held, delta.VacuumOptions{}); err != nil {
				t.Fatal(err)
			}
			want := append([]string{c, ofB}, foreignNames...)
			slices.Sort(want)
			if got := dataFiles(t, s); !slices.Equal(got, want) {
				t.Errorf("after a death at call %d and another vacuum there are %q, want %q", n, got, want)
			}
		}
	}
}
