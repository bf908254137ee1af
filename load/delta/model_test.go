package delta_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"graphlake/load"
	"graphlake/load/delta"
	"graphlake/load/memstore"
	"graphlake/load/storetest"
)

// model is what is to be live: paths by partition.
type model map[string][]string

func (m model) replace(r delta.Replacement) {
	for _, p := range r.Partitions {
		m[fmt.Sprint(p.Values)] = paths(p.Files)
	}
}

func (m model) live() []string {
	all := []string{}
	for _, of := range m {
		all = append(all, of...)
	}
	slices.Sort(all)
	return all
}

// random replaces some days of a tenant by up to two files, of few names, so that some come back.
func random(r *rand.Rand, tenant string) delta.Replacement {
	of := delta.Replacement{App: "graphlake/" + tenant + "/calls", Schema: columns, Operation: "WRITE", SameRows: r.IntN(5) == 0}
	for d := range 4 {
		if r.IntN(2) == 0 {
			continue
		}
		day := fmt.Sprintf("2026-11-%02d", 20+d)
		p := delta.Partition{Values: values(tenant, day)}
		for name := range 4 {
			if r.IntN(4) == 0 && len(p.Files) < 2 {
				p.Files = append(p.Files, file(tenant, day, fmt.Sprint("f", name), int64(name)))
			}
		}
		of.Partitions = append(of.Partitions, p)
	}
	return of
}

// livePaths asks a process that has read nothing yet; of no table it is nothing.
func livePaths(t *testing.T, s delta.Store) []string {
	t.Helper()
	files, _, err := table(s, "reader").Files(t.Context())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return paths(files)
}

// Random replacements by processes that have read the log before and such that have not, with checkpoints in between.
func TestModel(t *testing.T) {
	for seed := range uint64(8) {
		r := rand.New(rand.NewPCG(seed, 16))
		s, m := memstore.New(), model{}
		tables := []*delta.Table{table(s, "a"), table(s, "b")}
		for step := range 60 {
			to := tables[r.IntN(2)]
			if r.IntN(8) == 0 {
				to = table(s, fmt.Sprint("c", step))
			}
			of := random(r, []string{"x", "y", "z"}[r.IntN(3)])
			before := m.live()
			m.replace(of)
			_, changed, err := to.Replace(t.Context(), held, of)
			if err != nil || changed != !slices.Equal(before, m.live()) {
				t.Fatalf("seed %d, step %d: changed %t, %v", seed, step, changed, err)
			}
			if r.IntN(8) == 0 && len(m.live()) > 0 {
				if err := tables[r.IntN(2)].Checkpoint(t.Context()); err != nil {
					t.Fatalf("seed %d, step %d: %v", seed, step, err)
				}
			}
			if step%6 != 5 {
				continue
			}
			if got := livePaths(t, s); !slices.Equal(got, m.live()) {
				t.Fatalf("seed %d, step %d: live are %q, want %q", seed, step, got, m.live())
			}
		}
		checkLog(t, s)
	}
}

// A process dies at any call of the store, before its effect or after it. Then the table is as before or as it should be,
// and the same replacement by another process makes it so.
func TestDeaths(t *testing.T) {
	for seed := range uint64(3) {
		for of := range 4 {
			d := death{seed: seed, warm: of%2 == 1, checkpoint: of/2 == 1}
			died := map[string]int{}
			for again := true; again; {
				d.at++
				again = dies(t, d, died)
				d.after = true
				again = dies(t, d, died) && again
				d.after = false
			}
			if died["Swap"] != 2 || died["Open"] == 0 || !d.warm && !d.checkpoint && died["List"] == 0 || d.checkpoint && died["ReadAt"] == 0 {
				t.Errorf("%+v: died at %v", d, died)
			}
		}
	}
}

type death struct {
	seed       uint64
	warm       bool // the process has read the log before
	checkpoint bool // the log has one
	at         int
	after      bool
}

// dies reports whether the process came so far.
func dies(t *testing.T, d death, died map[string]int) bool {
	r := rand.New(rand.NewPCG(d.seed, 17))
	s, m := memstore.New(), model{}
	first := table(s, "a")
	for night := range 5 {
		if d.checkpoint && night == 3 {
			if err := first.Checkpoint(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		for _, tenant := range []string{"x", "y"} {
			of := random(r, tenant)
			m.replace(of)
			if _, _, err := first.Replace(t.Context(), held, of); err != nil {
				t.Fatal(err)
			}
		}
	}
	faulty := storetest.NewFaulty(s)
	to := table(faulty, "b")
	if d.warm {
		if _, _, err := to.Files(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	of := one("x", "2026-11-20", file("x", "2026-11-20", "new", 1))
	before := m.live()
	m.replace(of)
	faulty.FailAt(faulty.Calls()+d.at, d.after)
	version, changed, err := to.Replace(t.Context(), held, of)
	if faulty.Died() == "" {
		if err != nil || !changed {
			t.Fatalf("%+v: %d, %t, %v", d, version, changed, err)
		}
		return false
	}
	died[faulty.Died()]++
	if !errors.Is(err, storetest.ErrDied) {
		t.Errorf("%+v: %v, want ErrDied", d, err)
	}
	done := faulty.Died() == "Swap" && d.after
	want := before
	if done {
		want = m.live()
	}
	if got := livePaths(t, s); !slices.Equal(got, want) {
		t.Errorf("%+v at %s: live are %q, want %q", d, faulty.Died(), got, want)
	}
	if _, changed, err := table(s, "c").Replace(t.Context(), held, of); err != nil || changed == done {
		t.Errorf("%+v: again: changed %t, %v", d, changed, err)
	}
	if got := livePaths(t, s); !slices.Equal(got, m.live()) {
		t.Errorf("%+v: live are %q, want %q", d, got, m.live())
	}
	checkLog(t, s)
	return true
}

// slow answers after a random time, so that processes meet anywhere. Some answers of a PUT are lost, and then it was tried again.
type slow struct {
	*memstore.Store
	r *random64
}

type random64 struct {
	sync.Mutex
	*rand.Rand
}

func (r *random64) n(of int) int {
	r.Lock()
	defer r.Unlock()
	return r.IntN(of)
}

func (s slow) wait() { time.Sleep(time.Duration(s.r.n(50)) * time.Millisecond) }

func (s slow) Open(ctx context.Context, name string) (load.Object, error) {
	s.wait()
	return s.Store.Open(ctx, name)
}

func (s slow) List(ctx context.Context, prefix string) iter.Seq2[load.Info, error] {
	s.wait()
	return s.Store.List(ctx, prefix)
}

func (s slow) Swap(ctx context.Context, name string, old load.Version, data []byte) (load.Version, error) {
	s.wait()
	v, err := s.Store.Swap(ctx, name, old, data)
	s.wait()
	if err == nil && s.r.n(5) == 0 {
		return "", fmt.Errorf("put %s again: %w", name, load.ErrConflict)
	}
	return v, err
}

// Three processes write to one log at once, each its own tenants, a fourth writes checkpoints, and some answers are lost. Nothing is lost, nothing is
// written twice, and what a reader sees in between is each tenant as one of its writes has left it.
func TestWritersAtOnce(t *testing.T) {
	for seed := range uint64(20) {
		synctest.Test(t, func(t *testing.T) {
			s := slow{memstore.New(), &random64{Rand: rand.New(rand.NewPCG(seed, 18))}}
			models := make([]model, 3)
			versions := make([]map[int64][]string, 3) // what is live of a tenant at the versions that its writer made
			var all sync.WaitGroup
			for p := range models {
				models[p], versions[p] = model{}, map[int64][]string{}
				r := rand.New(rand.NewPCG(seed, uint64(p)))
				to := table(s, fmt.Sprint("p", p))
				all.Go(func() {
					for range 12 {
						of := random(r, fmt.Sprint("t", p))
						models[p].replace(of)
						version, changed, err := to.Replace(t.Context(), held, of)
						if err != nil {
							t.Errorf("seed %d: %v", seed, err)
							return
						}
						if changed {
							versions[p][version] = models[p].live()
						}
					}
				})
			}
			all.Go(func() {
				to := table(s, "tidying")
				for range 8 {
					time.Sleep(300 * time.Millisecond)
					if err := to.Checkpoint(t.Context()); err != nil && !errors.Is(err, fs.ErrNotExist) {
						t.Errorf("seed %d: %v", seed, err)
					}
				}
			})
			all.Wait()
			want := model{}
			for _, m := range models {
				maps.Copy(want, m)
			}
			if got := livePaths(t, s.Store); !slices.Equal(got, want.live()) {
				t.Errorf("seed %d: live are %q, want %q", seed, got, want.live())
			}
			made := 0
			for version, live := range checkLog(t, s.Store) {
				for p := range versions {
					if of, ok := versions[p][int64(version)]; ok {
						made++
						if got := ofTenant(live, fmt.Sprint("t", p)); !slices.Equal(got, of) {
							t.Errorf("seed %d, version %d: live are %q, want %q", seed, version, got, of)
						}
					}
				}
			}
			if made != entries(t, s.Store) {
				t.Errorf("seed %d: %d entries, and the writers know of %d", seed, entries(t, s.Store), made)
			}
		})
	}
}

func ofTenant(live map[string]bool, tenant string) []string {
	of := cloned(live)
	maps.DeleteFunc(of, func(path string, _ bool) bool { return len(path) < 13 || path[:12] != "tenant_id="+tenant })
	return sortedPaths(of)
}

func cloned(live map[string]bool) map[string]bool { return maps.Clone(live) }

// parsed is a line of an entry: the one member that it has, and that member's.
func parsed(t *testing.T, line []byte) (kind string, body map[string]any) {
	t.Helper()
	var action map[string]map[string]any
	if err := json.Unmarshal(line, &action); err != nil || len(action) != 1 {
		t.Fatalf("%s is no action: %v", line, err)
	}
	for kind, body = range action {
		return kind, body
	}
	return "", nil
}
