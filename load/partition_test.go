package load_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"graphlake/load"
	"graphlake/load/memstore"
	"graphlake/schemas"
)

func TestPartitionObject(t *testing.T) {
	p := load.Partition{Kind: load.Tables, Name: "calls", TenantID: tenant, Date: day(22)}
	want := "tables/calls/tenant_id=" + tenant + "/dt=2026-11-22/calls.parquet"
	if p.Object() != want {
		t.Errorf("Object() = %s, want %s", p.Object(), want)
	}
	if got, ok := load.ParsePartition(want); !ok || got != p {
		t.Errorf("ParsePartition(%s) = %v, %t", want, got, ok)
	}
}

func TestParsePartitionRefuses(t *testing.T) {
	for _, object := range []string{
		"", "lake.json", "state/calls/tenant_id=a/dt=2026-11-22/calls.parquet",
		"tables/calls/tenant_id=a/dt=2026-11-31/calls.parquet", "tables/calls/tenant_id=a/dt=2026-11-22/users.parquet",
		"tables/calls/tenant_id=/dt=2026-11-22/calls.parquet", "tables/calls/a/dt=2026-11-22/calls.parquet",
		"tables/calls/tenant_id=a/2026-11-22/calls.parquet", "tables/calls/tenant_id=a/dt=2026-11-22/calls.parquet.part",
		"tables/calls/tenant_id=a/dt=2026-11-22/x/calls.parquet",
	} {
		if p, ok := load.ParsePartition(object); ok {
			t.Errorf("ParsePartition(%q) = %v, want none", object, p)
		}
	}
}

// What is parsed names exactly the object that it was parsed from.
func FuzzParsePartition(f *testing.F) {
	f.Add("tables/calls/tenant_id=a/dt=2026-11-22/calls.parquet")
	f.Add("raw/users/tenant_id=../dt=0001-01-01/users.parquet")
	f.Add("quarantine//tenant_id=a/dt=9999-12-31/.parquet")
	f.Fuzz(func(t *testing.T, object string) {
		p, ok := load.ParsePartition(object)
		if ok && (p.Object() != object || load.CheckName(object) != nil) {
			t.Errorf("%q parsed as %+v, which is %q", object, p, p.Object())
		}
	})
}

func TestIsTenant(t *testing.T) {
	const id = "4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30"
	for name, want := range map[string]bool{
		id: true, id + " copy": false, id + "=": false, "": false, id[1:]: false, strings.ToUpper(id): false,
		strings.ReplaceAll(id, "-", "0"): false, id + "/" + id: false,
	} {
		if got := load.IsTenant(name); got != want {
			t.Errorf("%q: %v, want %v", name, got, want)
		}
	}
}

func TestPartitions(t *testing.T) {
	store := memstore.New()
	lake := load.New(store, "")
	table := schemas.Table{Name: "visits", Columns: []schemas.Column{{Name: "id", Type: schemas.String}}}
	want := []load.Partition{
		{Kind: load.Tables, Name: "visits", TenantID: "a", Date: day(1)},
		{Kind: load.Tables, Name: "visits", TenantID: "a", Date: day(2)},
		{Kind: load.Tables, Name: "visits", TenantID: "aa", Date: day(1)},
	}
	for _, p := range want {
		w, err := lake.Write(t.Context(), p, table)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := store.Swap(t.Context(), "tables/visits/tenant_id=a/readme.txt", "", nil); err != nil {
		t.Fatal(err)
	}
	list := func(name, tenantID string) (got []load.Partition) {
		for p, err := range lake.Partitions(t.Context(), load.Tables, name, tenantID) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, p)
		}
		return got
	}
	if got := list("visits", "a"); !slices.Equal(got, want[:2]) {
		t.Errorf("partitions of one tenant: %v", got)
	}
	if got := list("visits", ""); !slices.Equal(got, want) {
		t.Errorf("partitions of all tenants: %v", got)
	}
	if got := list("visit", ""); got != nil {
		t.Errorf("partitions of a table whose name is a prefix: %v", got)
	}
}

func TestWriteRefusesWhatIsNoPartition(t *testing.T) {
	good := load.Partition{Kind: load.Tables, Name: "calls", TenantID: tenant, Date: day(22)}
	for name, spoil := range map[string]func(*load.Partition){
		"another kind":     func(p *load.Partition) { p.Kind = "state" },
		"no tenant":        func(p *load.Partition) { p.TenantID = "" },
		"a path as tenant": func(p *load.Partition) { p.TenantID = "../../x" },
		"a path as name":   func(p *load.Partition) { p.Name = "a/b" },
		"an hour":          func(p *load.Partition) { p.Date = p.Date.Add(time.Hour) },
	} {
		p := good
		spoil(&p)
		if _, err := load.New(memstore.New(), "").Write(t.Context(), p, schemas.Table{}); err == nil {
			t.Errorf("%s: Write accepted %+v", name, p)
		}
	}
}
