package views_test

import (
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"graphlake/internal/golden"
	"graphlake/load"
	"graphlake/schemas"
	"graphlake/views"
)

// visits has a column of each type, and names that engines keep for themselves.
var visits = schemas.Dataset{
	Name: "visits", Mode: schemas.Windowed,
	Tables: []schemas.Table{{
		Name: "visits", Doc: "A row per visit, as somebody's at noon.",
		Columns: []schemas.Column{
			{Name: "index", Type: schemas.String, Doc: "Id of the visit."},
			{Name: "from", Type: schemas.Timestamp, Doc: "When it began."},
			{Name: "to", Type: schemas.UTCTime, Doc: "When it ended."},
			{Name: "key", Type: schemas.Enum, Doc: "Whose key was used."},
			{Name: "photo_url", Type: schemas.String, Doc: "Link to a photo."},
			{Name: "kind", Type: schemas.Member, Doc: "Kind of visitor."},
			{Name: "zone", Type: schemas.Zone, Doc: "Where the visitor comes from."},
			{Name: "note", Type: schemas.LongText, Doc: "What the visitor's host wrote."},
			{Name: "bags", Type: schemas.JSON, Doc: "What was carried."},
			{Name: "is_guest", Type: schemas.Bool, Doc: "Whether it was a guest."},
			{Name: "doors", Type: schemas.Int32, Doc: "How many doors were opened."},
			{Name: "steps", Type: schemas.Int64, Doc: "How many steps were made."},
			{Name: "wait_ms", Type: schemas.DurationMS, Doc: "How long the visitor waited."},
			{Name: "warmth", Type: schemas.Float64, Doc: "How warm it was."},
			{Name: "price", Type: schemas.Decimal, Doc: "What it cost."},
		},
	}},
}

var hosts = schemas.Dataset{
	Name: "hosts", Mode: schemas.Snapshot,
	Tables: []schemas.Table{
		{Name: "hosts", Doc: "A row per host.", Columns: []schemas.Column{
			{Name: "host_id", Type: schemas.String, Doc: "Id of the host."},
			{Name: "removed", Type: schemas.Present, Doc: "Whether the host is gone."},
		}},
		{Name: "host_hats", Doc: "A row per hat of a host.", Columns: []schemas.Column{
			{Name: "host_id", Type: schemas.String, Doc: "The host."},
			{Name: "removed", Type: schemas.Present, Doc: "Whether the host is gone."},
		}},
		{Name: "host_pets", Doc: "A row per pet of a host."},
	},
}

func TestScripts(t *testing.T) {
	for _, e := range engines {
		script, err := views.New(e, views.Lake{
			Place:    views.Place{Container: "lake", Prefix: "teams/all", AccountURL: "https://contoso.blob.core.windows.net"},
			Datasets: []schemas.Dataset{visits, hosts},
			Missing:  map[string]bool{"host_pets": true},
			Runs:     true,
			Days:     true,
		})
		if err != nil {
			t.Fatal(err)
		}
		golden.Equal(t, path.Join("testdata", string(e)+".golden"), []byte(script.String()))
	}
}

// The Delta tables of all tenants, and those of one tenant each; what one has not got is null.
var delta = map[string][]views.DeltaTable{
	"visits": {{Root: "delta/visits", Lacks: []string{"photo_url", "price"}}},
	"hosts": {
		{Root: "delta/00000000-0000-4000-8000-000000000001/hosts", TenantID: "00000000-0000-4000-8000-000000000001"},
		{Root: "delta/00000000-0000-4000-8000-000000000002/hosts", TenantID: "00000000-0000-4000-8000-000000000002"},
	},
	"host_hats": {{Root: "delta/00000000-0000-4000-8000-000000000002/host_hats", TenantID: "00000000-0000-4000-8000-000000000002"}},
}

func TestScriptsOfTheLane(t *testing.T) {
	for _, e := range engines {
		script, err := views.New(e, views.Lake{
			Place:       views.Place{Container: "lake", Prefix: "teams/all", AccountURL: "https://contoso.blob.core.windows.net"},
			Datasets:    []schemas.Dataset{visits, hosts},
			Delta:       delta,
			Unpublished: map[string]int{"visits": 3},
			Days:        true,
		})
		if err != nil {
			t.Fatal(err)
		}
		golden.Equal(t, path.Join("testdata", string(e)+"_delta.golden"), []byte(script.String()))
	}
}

// The views of both lanes have the same names and columns, and what is told of plain files only is the same.
func TestBothLanesHaveTheSameViews(t *testing.T) {
	made := regexp.MustCompile(`(?m)^CREATE OR (?:REPLACE|ALTER) (?:TEMPORARY )?VIEW (\S+)`)
	for _, e := range engines {
		lake := views.Lake{Place: views.Place{Dir: "/lake"}, Datasets: schemas.BuiltIn(), Runs: true, Days: true}
		plain, err := views.New(e, lake)
		if err != nil {
			t.Fatal(err)
		}
		lake.Delta = map[string][]views.DeltaTable{}
		for _, d := range lake.Datasets {
			for _, table := range d.Tables {
				lake.Delta[table.Name] = []views.DeltaTable{{Root: "delta/" + table.Name}}
			}
		}
		ofLane, err := views.New(e, lake)
		if err != nil {
			t.Fatal(err)
		}
		got, want := made.FindAllStringSubmatch(ofLane.String(), -1), made.FindAllStringSubmatch(plain.String(), -1)
		if len(want) < 100 || !slices.EqualFunc(got, want, func(a, b []string) bool { return a[1] == b[1] }) {
			t.Errorf("%s: views of the lane are %v, of plain files %v", e, got, want)
		}
		if strings.Contains(ofLane.String(), load.Tables.Under()) {
			t.Errorf("%s: views of the lane read plain files", e)
		}
		_, rest, ok := strings.Cut(ofLane.String(), "runs/dt=")
		if _, same, _ := strings.Cut(plain.String(), "runs/dt="); !ok || rest != same {
			t.Errorf("%s: documents and metrics are not the same", e)
		}
	}
}

func TestPlaces(t *testing.T) {
	files := load.Tables.Files("visits", load.AnyTenant, load.AnyDate)
	for _, tt := range []struct {
		name   string
		engine views.Engine
		at     views.Place
		says   []string
		never  string
	}{
		{"a directory of patterns", views.DuckDB, views.Place{Dir: "/a'b/[c]*"},
			[]string{"'/a''b/[[]c][*]/" + files + "'"}, "azure"},
		{"a connection string", views.DuckDB, views.Place{Container: "lake", SecretEnv: "BLOBS"},
			[]string{"INSTALL azure;", "CONNECTION_STRING getenv('BLOBS')", "'az://lake/" + files + "'"}, "ACCOUNT_NAME"},
		{"a national cloud", views.DuckDB, views.Place{Container: "lake", AccountURL: "https://adatum.blob.core.chinacloudapi.cn/"},
			[]string{"ACCOUNT_NAME 'adatum'", "'az://adatum.blob.core.chinacloudapi.cn/lake/" + files + "'"}, "getenv"},
		{"Synapse and a directory", views.Synapse, views.Place{Dir: "/data/lake"},
			[]string{"LOCATION = 'https://ACCOUNT.blob.core.windows.net/CONTAINER'", "this lake is the directory /data/lake"}, "/data/lake'"},
		{"Synapse and a connection string", views.Synapse, views.Place{Container: "lake", Prefix: "p", SecretEnv: "BLOBS"},
			[]string{"LOCATION = 'https://ACCOUNT.blob.core.windows.net/lake/p'"}, "BLOBS"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			script, err := views.New(tt.engine, views.Lake{Place: tt.at, Datasets: []schemas.Dataset{visits}})
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range tt.says {
				if !strings.Contains(script.String(), want) {
					t.Errorf("%q is not in\n%s", want, script)
				}
			}
			if strings.Contains(script.String(), tt.never) {
				t.Errorf("%q is in\n%s", tt.never, script)
			}
		})
	}
}

// A child's view of the newest picture asks its root which that is, so there is none without the root.
func TestCurrentNeedsTheRoot(t *testing.T) {
	script, err := views.New(views.DuckDB, views.Lake{Datasets: []schemas.Dataset{hosts}, Missing: map[string]bool{"hosts": true, "host_pets": true}})
	if err != nil {
		t.Fatal(err)
	}
	if s := script.String(); strings.Contains(s, "host_hats_current") || !strings.Contains(s, `VIEW "host_hats"`) {
		t.Errorf("want host_hats, and none of the newest picture:\n%s", s)
	}
}

// The views of pictures leave out what was removed, and no column may be what is in the path.
func TestSchemasFit(t *testing.T) {
	for _, d := range schemas.BuiltIn() {
		for _, table := range d.Tables {
			if c, ok := table.Column("removed"); d.Mode.Pictures() && (!ok || c.Type != schemas.Present) {
				t.Errorf("%s is a picture and has no column removed", table.Name)
			}
			if slices.ContainsFunc(table.Columns, func(c schemas.Column) bool {
				return c.Name == "tenant_id" || c.Name == "dt" || c.Name == "picture_date"
			}) {
				t.Errorf("%s has a column of its path", table.Name)
			}
		}
	}
}

// The page for readers says every length that a text of Synapse has.
func TestLengthsAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../docs/query.md")
	if err != nil {
		t.Fatal(err)
	}
	script, err := views.New(views.Synapse, views.Lake{Datasets: schemas.BuiltIn()})
	if err != nil {
		t.Fatal(err)
	}
	_, said, _ := strings.Cut(string(page), "Every text has a length in bytes:")
	said, _, _ = strings.Cut(said, "`make duckdb`")
	want := map[string]bool{}
	for _, m := range regexp.MustCompile(`\] VARCHAR\((\w+)\)`).FindAllStringSubmatch(script.String(), -1) {
		want[m[1]] = true
	}
	got := map[string]bool{}
	for _, n := range regexp.MustCompile(`\b(?:\d+|MAX)\b`).FindAllString(said, -1) {
		got[n] = true
	}
	if !maps.Equal(got, want) {
		t.Errorf("docs/query.md says %v, Synapse is told %v", got, want)
	}
}

// DuckDB's extension takes some names of directories for others, so they are refused; as plain files they can be read.
func TestNamesThatDeltaScanCannotRead(t *testing.T) {
	for _, dir := range []string{"/data/100%", "/data/Überblick"} {
		lake := views.Lake{Place: views.Place{Dir: dir}, Datasets: []schemas.Dataset{visits}}
		if _, err := views.New(views.DuckDB, lake); err != nil {
			t.Errorf("%s: %v of plain files", dir, err)
		}
		lake.Delta = delta
		if _, err := views.New(views.DuckDB, lake); err == nil || !strings.Contains(err.Error(), "--lake") {
			t.Errorf("%s: %v of the lane, want how to mend it", dir, err)
		}
		if _, err := views.New(views.Spark, lake); err != nil {
			t.Errorf("%s: %v of the lane in Spark", dir, err)
		}
	}
}

func TestUnknownEngine(t *testing.T) {
	if _, err := views.New("oracle", views.Lake{}); err == nil {
		t.Error("no error")
	}
}
