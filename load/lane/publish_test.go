package lane_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"graphlake/load"
	"graphlake/load/blobstore"
	"graphlake/load/delta"
	"graphlake/load/dirstore"
	"graphlake/load/lane"
	"graphlake/load/memstore"
	"graphlake/load/storetest"
	"graphlake/load/storetest/azurite"
	"graphlake/schemas"
)

// onStores runs a test on each kind of store, in both layouts.
func onStores(t *testing.T, test func(t *testing.T, r *rig)) {
	kinds := map[string]func(t *testing.T) func(t *testing.T, layout lane.Layout) delta.Store{
		"memory": func(*testing.T) func(*testing.T, lane.Layout) delta.Store {
			return func(*testing.T, lane.Layout) delta.Store { return memstore.New() }
		},
		"disk": func(*testing.T) func(*testing.T, lane.Layout) delta.Store {
			return func(t *testing.T, _ lane.Layout) delta.Store {
				s, err := dirstore.New(t.Context(), t.TempDir())
				if err != nil {
					t.Fatal(err)
				}
				return s
			}
		},
		"blob": func(t *testing.T) func(*testing.T, lane.Layout) delta.Store {
			o := blobstore.Options{ConnectionString: azurite.Start(t), Container: "lake"}
			if _, err := blobstore.Create(t.Context(), o); err != nil {
				t.Fatal(err)
			}
			return func(t *testing.T, layout lane.Layout) delta.Store {
				o.Prefix = string(layout)
				s, err := blobstore.New(t.Context(), o)
				if err != nil {
					t.Fatal(err)
				}
				return s
			}
		},
	}
	for name, kind := range kinds {
		t.Run(name, func(t *testing.T) {
			open := kind(t)
			for _, layout := range []lane.Layout{lane.Shared, lane.PerTenant} {
				t.Run(string(layout), func(t *testing.T) { test(t, newRig(t, open(t, layout), lane.Settings{Layout: layout})) })
			}
		})
	}
}

// The lane has what the plain lane has of the days that are published, in one version, and nothing is written twice.
func TestPublish(t *testing.T) {
	onStores(t, func(t *testing.T, r *rig) {
		first, second, empty := r.plain(tenant, day(1), "ada"), r.plain(tenant, day(2), "bob", "eve"), r.plain(tenant, day(3))
		r.publish(true, second, first, empty)
		r.wantLive(tenant, day(1), day(2), day(3))
		r.wantVersion(0)

		before := list(t.Context(), t, r.store)
		r.publish(false, first, second, empty)
		r.publish(false, lane.Day{Partition: first.Partition}) // its hash is read
		if after := list(t.Context(), t, r.store); !slices.Equal(before, after) {
			t.Errorf("publishing what is live wrote %v, want %v", after, before)
		}

		first = r.plain(tenant, day(1), "ada", "mallory")
		r.publish(true, first)
		r.wantLive(tenant, day(1), day(2), day(3))
		r.wantVersion(1)
		if after := list(t.Context(), t, r.store); len(after) != len(before)+2 { // an entry and a file: the old one stays for readers
			t.Errorf("objects: %v, and before %v", after, before)
		}

		r.publish(true, r.plain(another, day(1), "ada"))
		r.wantLive(another, day(1))
		r.wantLive(tenant, day(1), day(2), day(3))
	})
}

func (r *rig) wantVersion(want int64) {
	r.t.Helper()
	if _, version, err := r.Live(r.t.Context(), visits, tenant); err != nil || version != want {
		r.t.Errorf("version %d, %v, want %d", version, err, want)
	}
}

// A reader of the table of one tenant needs no column of the tenant, and finds nothing of another's.
func TestLayouts(t *testing.T) {
	for layout, want := range map[lane.Layout][]string{
		lane.Shared: {
			"delta/visits/_delta_log/00000000000000000000.json", "delta/visits/_delta_log/00000000000000000001.json",
			"delta/visits/tenant_id=" + tenant + "/dt=2026-11-01/", "delta/visits/tenant_id=" + another + "/dt=2026-11-01/",
		},
		lane.PerTenant: {
			"delta/" + tenant + "/visits/_delta_log/00000000000000000000.json", "delta/" + tenant + "/visits/dt=2026-11-01/",
			"delta/" + another + "/visits/_delta_log/00000000000000000000.json", "delta/" + another + "/visits/dt=2026-11-01/",
		},
	} {
		store := memstore.New()
		r := newRig(t, store, lane.Settings{Layout: layout})
		r.publish(true, r.plain(tenant, day(1), "ada"))
		r.publish(true, r.plain(another, day(1), "bob"))
		var got []string
		for _, name := range list(t.Context(), t, store) {
			if strings.HasSuffix(name, ".parquet") {
				name = name[:strings.LastIndex(name, "/")+1]
			}
			got = append(got, name)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", layout, got, want)
		}
		table := &delta.Table{Store: store, Root: r.Root(visits, tenant), Now: time.Now}
		s, err := table.Snapshot(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		by := []string{"tenant_id", "dt"}
		if layout == lane.PerTenant {
			by = by[1:]
		}
		if !slices.Equal(s.MetaData.PartitionBy, by) || strings.Contains(s.MetaData.Schema, "tenant_id") != (layout == lane.Shared) ||
			!strings.Contains(s.MetaData.Schema, `"name":"dt","type":"date"`) {
			t.Errorf("%s: partitioned by %v: %s", layout, s.MetaData.PartitionBy, s.MetaData.Schema)
		}
	}
}

// A day that the plain lane has no more, or that is to be removed, has nothing live. A table is not made for that.
func TestPublishRemoved(t *testing.T) {
	onStores(t, func(t *testing.T, r *rig) {
		gone, removed := lane.Day{Partition: partition(tenant, day(1))}, lane.Day{Partition: partition(tenant, day(2)), Removed: true}
		r.publish(false, gone, removed)
		if names := list(t.Context(), t, r.store); len(names) > 0 {
			t.Errorf("a table was made of nothing: %v", names)
		}
		r.publish(true, r.plain(tenant, day(1), "ada"), r.plain(tenant, day(2), "bob"), r.plain(tenant, day(3), "eve"))
		r.publish(true, removed) // its plain file is still there
		r.wantLive(tenant, day(1), day(3))
		if err := r.store.Remove(t.Context(), partition(tenant, day(1)).Object(), load.Condition{}); err != nil {
			t.Fatal(err)
		}
		r.publish(true, gone)
		r.wantLive(tenant, day(3))
		r.publish(false, gone, removed)
	})
}

// What is not as it was said to be is not published, nor is anything without the lock.
func TestPublishRefuses(t *testing.T) {
	onStores(t, func(t *testing.T, r *rig) {
		was := r.plain(tenant, day(1), "ada")
		is := r.plain(tenant, day(1), "bob")
		lost := func() error { return load.ErrLockLost }
		for name, c := range map[string]struct {
			held func() error
			day  lane.Day
			want error
		}{
			"another hash": {held, was, load.ErrConflict},
			"no lock":      {lost, is, load.ErrLockLost},
		} {
			if changed, err := r.Publish(t.Context(), c.held, visits, []lane.Day{c.day}); changed || !errors.Is(err, c.want) {
				t.Errorf("%s: changed %t, %v, want %v", name, changed, err, c.want)
			}
		}
		of := is
		of.Partition.Kind = load.Raw
		mixed := r.plain(another, day(1), "ada")
		for _, days := range [][]lane.Day{{of}, {is, mixed}, {{Partition: load.Partition{Kind: load.Tables, Name: "visits", TenantID: "a", Date: day(1)}}}} {
			if _, err := r.Publish(t.Context(), held, visits, days); err == nil {
				t.Errorf("published %v", days)
			}
		}
		if names := list(t.Context(), t, r.store); len(names) > 0 {
			t.Errorf("written nevertheless: %v", names)
		}
		r.publish(true, is)
	})
}

// A data file that somebody has removed, or has put other bytes into, is copied again.
func TestPublishMendsALostFile(t *testing.T) {
	r := newRig(t, memstore.New(), lane.Settings{Layout: lane.Shared})
	d := r.plain(tenant, day(1), "ada")
	r.publish(true, d)
	files, _, err := r.Live(t.Context(), visits, tenant)
	if err != nil {
		t.Fatal(err)
	}
	name := "delta/visits/" + files[0].Path
	for _, hash := range []string{d.Hash, ""} {
		if err := r.store.Remove(t.Context(), name, load.Condition{}); err != nil {
			t.Fatal(err)
		}
		d.Hash = hash
		r.publish(false, d)
		r.wantLive(tenant, day(1))
	}
	was := read(t, r.store, name)
	for _, text := range []string{"cut", strings.Repeat("x", len(was))} {
		_, v, err := load.ReadObject(t.Context(), r.store, name)
		if err == nil {
			_, err = r.store.Swap(t.Context(), name, v, []byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
		r.publish(false, d) // whose hash is not known, as in a replay with a range
		r.wantLive(tenant, day(1))
	}
}

// Wherever a process dies, the same days published again by another give what they would have given.
func TestPublishDies(t *testing.T) {
	for n := 1; ; n++ {
		for _, after := range []bool{false, true} {
			mem := memstore.New()
			store := storetest.NewFaulty(mem)
			r := newRig(t, mem, lane.Settings{Layout: lane.Shared})
			r.publish(true, r.plain(tenant, day(1), "ada"), r.plain(tenant, day(2), "bob"))
			days := []lane.Day{r.plain(tenant, day(1), "ada", "eve"), {Partition: partition(tenant, day(2)), Removed: true}, r.plain(tenant, day(3))}
			store.FailAt(n, after)
			_, err := r.open(store, r.Identity()).Publish(t.Context(), held, visits, days)
			if store.Calls() < n {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if err == nil {
				t.Errorf("call %d (%s): no error", n, store.Died())
			}
			if _, err := r.open(mem, r.Identity()).Publish(t.Context(), held, visits, days); err != nil {
				t.Fatalf("call %d (%s), then again: %v", n, store.Died(), err)
			}
			r.wantLive(tenant, day(1), day(3))
			r.wantVersion(1)
			if names := list(t.Context(), t, mem); len(names) != 2+4 { // two entries, two files that were, two that are
				t.Errorf("call %d (%s): objects %v", n, store.Died(), names)
			}
		}
	}
}

// Tenants publish to one table at once, from one process and from several.
func TestPublishAtOnce(t *testing.T) {
	onStores(t, func(t *testing.T, r *rig) {
		other := r.open(r.store, r.Identity())
		tenants := map[string][]lane.Day{}
		for i := range 8 {
			id := fmt.Sprintf("%08x%s", i, tenant[8:])
			tenants[id] = []lane.Day{r.plain(id, day(1), "ada"), r.plain(id, day(2), id)}
		}
		var all sync.WaitGroup
		for id, days := range tenants {
			l := r.Lane
			if id[7]%2 == 0 {
				l = other
			}
			all.Go(func() {
				if changed, err := l.Publish(t.Context(), held, visits, days); err != nil || !changed {
					t.Errorf("%s: changed %t, %v", id, changed, err)
				}
			})
		}
		all.Wait()
		for id := range tenants {
			r.wantLive(id, day(1), day(2))
		}
	})
}

// More than a thousand days are several versions, and the second is not made where the first fails.
func TestPublishMany(t *testing.T) {
	r := newRig(t, memstore.New(), lane.Settings{Layout: lane.PerTenant})
	var days []lane.Day
	var dates []time.Time
	for i := range 1001 {
		days, dates = append(days, r.plain(tenant, day(1+i))), append(dates, day(1+i))
	}
	r.publish(true, days...)
	r.wantLive(tenant, dates...)
	r.wantVersion(1)
	r.publish(false, days...)
}

// Of days that are named twice, the last counts: it is what was derived last.
func TestPublishTwice(t *testing.T) {
	r := newRig(t, memstore.New(), lane.Settings{Layout: lane.Shared})
	was := r.plain(tenant, day(1), "ada")
	r.publish(true, was, r.plain(tenant, day(1), "bob"))
	r.wantLive(tenant, day(1))
}

// The log has no value of a row.
func TestNoValueInTheLog(t *testing.T) {
	const marker = "Ada-Lovelace-of-Contoso"
	onStores(t, func(t *testing.T, r *rig) {
		for i := range 3 {
			r.publish(true, r.plain(tenant, day(1), marker+fmt.Sprint(i)))
		}
		r.Tidy(t.Context())
		for _, name := range list(t.Context(), t, r.store) {
			if strings.Contains(name, "_delta_log/") && strings.Contains(read(t, r.store, name), marker) {
				t.Errorf("%s has a value of a row", name)
			}
		}
	})
}

// A table that somebody has made something else of is left alone, and said to be so.
func TestPublishToAForeignTable(t *testing.T) {
	store := memstore.New()
	r := newRig(t, store, lane.Settings{Layout: lane.Shared})
	other := &delta.Table{Store: store, Root: r.Root(visits, tenant), Now: time.Now, NewID: func() string { return "1" }}
	_, _, err := other.Replace(t.Context(), held, delta.Replacement{
		Schema:     delta.Schema{Columns: []delta.Column{{Name: "id", Type: delta.StringType}, {Name: "region", Type: delta.StringType}}, PartitionBy: []string{"region"}},
		Partitions: []delta.Partition{{Values: map[string]string{"region": "eu"}, Files: []delta.File{{Path: "region=eu/a.parquet", Values: map[string]string{"region": "eu"}, Size: 1}}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = r.Publish(t.Context(), held, visits, []lane.Day{r.plain(tenant, day(1), "ada")})
	if foreign, ok := errors.AsType[delta.ForeignError](err); !ok || foreign.Table != "delta/visits" {
		t.Errorf("%v, want a ForeignError of delta/visits", err)
	}
}

// A column that is new in a table is null in the files that were there before.
func TestPublishWithANewColumn(t *testing.T) {
	store := memstore.New()
	r := newRig(t, store, lane.Settings{Layout: lane.Shared})
	r.publish(true, r.plain(tenant, day(1), "ada"))
	wider := visits
	wider.Columns = append(slices.Clone(visits.Columns), schemas.Column{Name: "floor", Type: schemas.Int32})
	if _, err := r.Publish(t.Context(), held, wider, []lane.Day{r.plain(tenant, day(2), "bob")}); err != nil {
		t.Fatal(err)
	}
	s, err := (&delta.Table{Store: store, Root: r.Root(visits, tenant), Now: time.Now}).Snapshot(t.Context())
	if err != nil || !strings.Contains(s.MetaData.Schema, `"floor"`) || len(s.Files) != 2 {
		t.Errorf("%+v, %v", s, err)
	}
}

// A lake without a lane asks for nothing.
func TestNoLane(t *testing.T) {
	var none *lane.Lane
	changed, err := none.Publish(t.Context(), nil, visits, []lane.Day{{}})
	files, version, liveErr := none.Live(t.Context(), visits, tenant)
	vacuumed, vacuumErr := none.Vacuum(t.Context(), nil, visits, tenant, lane.VacuumOptions{})
	none.Tidy(t.Context())
	if changed || files != nil || version != -1 || vacuumed != (delta.Vacuumed{}) || none.ID() != "" || none.Identity() != (lane.Identity{}) {
		t.Error("no lane does something")
	}
	if err := errors.Join(err, liveErr, vacuumErr); err != nil {
		t.Error(err)
	}
}
