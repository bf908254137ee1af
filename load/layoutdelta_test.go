package load_test

import (
	"maps"
	"testing"
	"time"

	"graphlake/load"
	"graphlake/load/memstore"
)

const fileHash = "00112233445566778899aabbccddeeff"

func TestDataFile(t *testing.T) {
	month := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	for path, c := range map[string]struct {
		file   load.DataFile
		values map[string]string
		within string
	}{
		"tenant_id=" + tenant + "/dt=2026-11-22/" + fileHash + ".parquet": {
			load.DataFile{TenantID: tenant, Date: day(22), Hash: fileHash},
			map[string]string{"tenant_id": tenant, "dt": "2026-11-22"}, "tenant_id=" + tenant + "/dt=2026-11-22/",
		},
		"dt=2026-11-22/" + fileHash + ".parquet": {
			load.DataFile{Date: day(22), Hash: fileHash}, map[string]string{"dt": "2026-11-22"}, "dt=2026-11-22/",
		},
		"tenant_id=" + tenant + "/dt_month=2026-11/2026-11-22-" + fileHash + ".parquet": {
			load.DataFile{TenantID: tenant, Date: day(22), ByMonth: true, Hash: fileHash},
			map[string]string{"tenant_id": tenant, "dt_month": "2026-11"}, "tenant_id=" + tenant + "/dt_month=2026-11/",
		},
		"dt_month=2026-11/2026-11-" + fileHash + ".parquet": {
			load.DataFile{Date: month, ByMonth: true, Rolled: true, Hash: fileHash}, map[string]string{"dt_month": "2026-11"}, "dt_month=2026-11/",
		},
	} {
		if c.file.Path() != path || !maps.Equal(c.file.Values(), c.values) || c.file.Within() != c.within {
			t.Errorf("%+v: %s, %v, %s", c.file, c.file.Path(), c.file.Values(), c.file.Within())
		}
		if got, ok := load.ParseDataFile(path); !ok || got != c.file {
			t.Errorf("%s: parsed as %+v, %t", path, got, ok)
		}
	}
}

func TestParseDataFileRefuses(t *testing.T) {
	for _, path := range []string{
		"", "readme.txt", "dt=2026-11-22/readme.txt", "dt=2026-11-22/" + fileHash, "dt=2026-11-31/" + fileHash + ".parquet",
		"dt=2026-11-22/" + fileHash[1:] + ".parquet", "dt=2026-11-22/G" + fileHash[1:] + ".parquet", "dt=2026-11-22/x" + fileHash + ".parquet",
		"dt=2026-11-22/part-00000-" + fileHash + ".c000.snappy.parquet", "dt=2026-11-22/2026-11-22-" + fileHash + ".parquet",
		"tenant_id=a/dt=2026-11-22/" + fileHash + ".parquet", "tenant_id=/dt=2026-11-22/" + fileHash + ".parquet",
		"dt_month=2026-11/" + fileHash + ".parquet", "dt_month=2026-11/2026-12-22-" + fileHash + ".parquet",
		"dt_month=2026-11/2026-12-" + fileHash + ".parquet", "_delta_log/00000000000000000000.json", fileHash + ".parquet",
	} {
		if f, ok := load.ParseDataFile(path); ok {
			t.Errorf("ParseDataFile(%q) = %+v, want none", path, f)
		}
	}
}

func TestLikeDataFile(t *testing.T) {
	for _, in := range []string{"dt=2026-11-22/", "tenant_id=" + tenant + "/dt=2026-11-22/", "dt_month=2026-11/", "tenant_id=" + tenant + "/dt_month=2026-11/"} {
		for _, name := range []string{fileHash + ".parquet", "part-00000-c000.zstd.parquet", "2026-11-" + fileHash + ".parquet"} {
			if !load.LikeDataFile(in + name) {
				t.Errorf("%s is no data file", in+name)
			}
		}
	}
	for _, path := range []string{
		"", "x.parquet", "_delta_log/00000000000000000007.checkpoint.parquet", "_change_data/x.parquet", "dt=2026-11-22/notes.txt", "dt=2026-11-22/more/x.parquet",
		"dt=2026-11-31/x.parquet", "dt_month=2026-11-22/x.parquet", "tenant_id=a/dt=2026-11-22/x.parquet", "tenant_id=" + tenant + "/x.parquet", "/dt=2026-11-22/x.parquet",
	} {
		if load.LikeDataFile(path) {
			t.Errorf("%q is a data file", path)
		}
	}
}

// What is parsed names exactly the file that it was parsed from.
func FuzzParseDataFile(f *testing.F) {
	f.Add("tenant_id=" + tenant + "/dt=2026-11-22/" + fileHash + ".parquet")
	f.Add("dt_month=2026-11/2026-11-22-" + fileHash + ".parquet")
	f.Add("dt_month=2026-11/2026-11-" + fileHash + ".parquet")
	f.Fuzz(func(t *testing.T, path string) {
		if file, ok := load.ParseDataFile(path); ok && file.Path() != path {
			t.Errorf("%q parsed as %+v, which is %q", path, file, file.Path())
		}
	})
}

func TestParseDelta(t *testing.T) {
	type parsed struct {
		table, tenant, below string
		ok                   bool
	}
	for object, want := range map[string]parsed{
		"delta/calls/_delta_log/00000000000000000000.json":                  {"calls", "", "_delta_log/00000000000000000000.json", true},
		"delta/" + tenant + "/calls/dt=2026-11-22/" + fileHash + ".parquet": {"calls", tenant, "dt=2026-11-22/" + fileHash + ".parquet", true},
		"delta/calls": {table: "calls"}, "delta/" + tenant + "/calls": {table: "calls", tenant: tenant},
		"delta/../x/y": {}, "delta.json": {}, "tables/calls/x": {},
	} {
		table, of, below, ok := load.ParseDelta(object)
		if got := (parsed{table, of, below, ok}); got != want {
			t.Errorf("%s: %+v, want %+v", object, got, want)
		}
		if ok && load.DeltaRoot(table, of)+"/"+below != object {
			t.Errorf("%s: its root is %s", object, load.DeltaRoot(table, of))
		}
	}
}

func TestParseDeltaLog(t *testing.T) {
	root := load.DeltaRoot("calls", "")
	for object, want := range map[string]struct {
		version        int64
		checkpoint, ok bool
	}{
		"delta/calls/_delta_log/00000000000000000017.json":               {17, false, true},
		"delta/calls/_delta_log/00000000000000000017.checkpoint.parquet": {17, true, true},
		"delta/calls/_delta_log/_last_checkpoint":                        {}, "delta/calls/_delta_log/17.json": {},
		"delta/calls/_delta_log/-0000000000000000017.json": {}, "delta/users/_delta_log/00000000000000000017.json": {17, false, false},
		"delta/calls/_delta_log/00000000000000000017.checkpoint.0000000001.0000000002.parquet": {17, false, false},
	} {
		version, checkpoint, ok := load.ParseDeltaLog(root, object)
		if ok != want.ok || ok && (version != want.version || checkpoint != want.checkpoint) {
			t.Errorf("%s: %d, %t, %t", object, version, checkpoint, ok)
		}
	}
	if got := load.DeltaLastCheckpoint(root); got != "delta/calls/_delta_log/_last_checkpoint" {
		t.Error(got)
	}
}

// What copies a file by its hash is told the hash of the file that lies there.
func TestCommitHasTheHashOfTheFile(t *testing.T) {
	lake := load.New(memstore.New(), "")
	for _, kind := range []load.Kind{load.Raw, load.Tables} {
		p := visitsPartition
		p.Kind = kind
		c := write(t, lake, p, visits)
		if held, err := lake.Hash(t.Context(), p); err != nil || c.Hash != held || len(held) != len(fileHash) {
			t.Errorf("%s: the commit has the hash %q, and the file %q: %v", p, c.Hash, held, err)
		}
	}
}
