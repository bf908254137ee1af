package layout

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// TestViolations breaks each rule in an invented tree, so that TestRooms is known to be able to fail.
func TestViolations(t *testing.T) {
	for _, tt := range []struct {
		name  string
		files map[string]string // added to a tree that keeps every rule: file → the packages it imports
		gone  string            // a room taken away from it
		want  []string          // how the messages begin
	}{
		{name: "nothing broken", files: map[string]string{
			"extract/list.go":              "graphlake/schemas graphlake/extract/graph net/url",
			"extract/list_test.go":         "graphlake/extract graphlake/internal/graphsim net/http os",
			"extract/graph/client.go":      "net/http github.com/microsoft/kiota-http-go",
			"extract/graph/odata.go":       "github.com/microsoftgraph/msgraph-sdk-go/models/odataerrors",
			"load/blobstore/blobstore.go":  "graphlake/load github.com/Azure/azure-sdk-for-go/sdk/azcore",
			"transform/plan_test.go":       "github.com/apache/arrow-go/v18/arrow/memory encoding/json graphlake/internal/golden",
			"transform/testdata/broken.go": "graphlake/jobs",
			".cache/x/x.go":                "graphlake/jobs",
			"internal/contract/go.mod":     "",
			"internal/contract/x_test.go":  "github.com/microsoftgraph/msgraph-sdk-go/models",
			"jobs/pathological.go":         "ostrich graphlakes net/httpbis",
		}},
		{name: "a stage imports the next", files: map[string]string{"extract/a.go": "graphlake/transform"},
			want: []string{"extract/a.go imports graphlake/transform: extract may import only schemas, extract/graph, internal/foreign, internal/json, internal/record, internal/instant, internal/webvtt, because stages do not"}},
		{name: "in a test too", files: map[string]string{"extract/a_test.go": "graphlake/transform"},
			want: []string{"extract/a_test.go imports graphlake/transform: extract may import only"}},
		{name: "the simulator learns from us", files: map[string]string{"internal/graphsim/a.go": "graphlake/schemas"},
			want: []string{"internal/graphsim/a.go imports graphlake/schemas: internal/graphsim may import nothing of ours, because the other side"}},
		{name: "the command uses a double", files: map[string]string{"internal/cli/a.go": "graphlake/load/memstore"},
			want: []string{"internal/cli/a.go imports graphlake/load/memstore: internal/cli may import only"}},
		{name: "Azure outside its store", files: map[string]string{"jobs/a.go": "github.com/Azure/azure-sdk-for-go/sdk/storage/azblob"},
			want: []string{"jobs/a.go imports github.com/Azure/azure-sdk-for-go/sdk/storage/azblob: jobs must not know the Azure SDK: only the blob store"}},
		{name: "Arrow in extract", files: map[string]string{"extract/a.go": "github.com/apache/arrow-go/v18/arrow"},
			want: []string{"extract/a.go imports github.com/apache/arrow-go/v18/arrow: extract must not know Arrow and Parquet"}},
		{name: "the generated SDK even in a test", files: map[string]string{"schemas/a_test.go": "github.com/microsoftgraph/msgraph-sdk-go/models"},
			want: []string{"schemas/a_test.go imports github.com/microsoftgraph/msgraph-sdk-go/models: schemas must not know Microsoft's generated SDK"}},
		{name: "more of the generated SDK than its errors", files: map[string]string{"extract/graph/a.go": "github.com/microsoftgraph/msgraph-sdk-go/models"},
			want: []string{"extract/graph/a.go imports github.com/microsoftgraph/msgraph-sdk-go/models: extract/graph must not know Microsoft's generated SDK"}},
		{name: "its errors elsewhere", files: map[string]string{"jobs/a_test.go": "github.com/microsoftgraph/msgraph-sdk-go/models/odataerrors"},
			want: []string{"jobs/a_test.go imports github.com/microsoftgraph/msgraph-sdk-go/models/odataerrors: jobs must not know the SDK's type of an error"}},
		{name: "two in one file", files: map[string]string{"schemas/a.go": "os net/http"},
			want: []string{"schemas/a.go imports os: schemas must not know files", "schemas/a.go imports net/http: schemas must not know HTTP"}},
		{name: "a room without a rule, said once", files: map[string]string{"load/tapestore/a.go": "", "load/tapestore/b.go": ""},
			want: []string{"load/tapestore has no rule"}},
		{name: "a package at the root", files: map[string]string{"main.go": ""},
			want: []string{". has no rule"}},
		{name: "a module that nothing builds", files: map[string]string{"deploy/cloud/go.mod": "", "deploy/cloud/a.go": "os"},
			want: []string{"deploy/cloud is a module that nothing builds"}},
		{name: "a rule without a room", gone: "load/memstore",
			want: []string{"load/memstore has a rule but no Go files"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tree := fstest.MapFS{}
			for _, r := range rooms {
				if r.dir != tt.gone {
					tree[r.dir+"/doc.go"] = source("")
				}
			}
			for name, imports := range tt.files {
				tree[name] = source(imports)
			}

			got, err := violations(tree)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.EqualFunc(got, tt.want, strings.HasPrefix) {
				t.Errorf("got:\n  %s\nwant messages that begin:\n  %s", strings.Join(got, "\n  "), strings.Join(tt.want, "\n  "))
			}
		})
	}
}

func TestBrokenSourceIsAnError(t *testing.T) {
	tree := fstest.MapFS{"schemas/a.go": {Data: []byte("package schemas\nimport 7\n")}}
	if got, err := violations(tree); err == nil {
		t.Errorf("no error for a file that does not parse; violations: %q", got)
	}
}

// TestRulesNameEachOther catches a typing error in the table, which would forbid what is meant to be free.
func TestRulesNameEachOther(t *testing.T) {
	var dirs, names []string
	for _, r := range rooms {
		dirs = append(dirs, r.dir)
	}
	for _, s := range subjects {
		names = append(names, s.name)
	}
	for _, r := range rooms {
		for _, may := range r.may {
			if !slices.Contains(dirs, may) {
				t.Errorf("%s may import %s, which is no room", r.dir, may)
			}
		}
		for _, subject := range r.knows {
			if !slices.Contains(names, subject) {
				t.Errorf("%s knows %s, which is no subject", r.dir, subject)
			}
		}
	}
	for _, dir := range forTests {
		if !slices.Contains(dirs, dir) {
			t.Errorf("tests may import %s, which is no room", dir)
		}
	}
}

func source(imports string) *fstest.MapFile {
	text := "package a\n"
	for path := range strings.FieldsSeq(imports) {
		text += "import _ \"" + path + "\"\n"
	}
	return &fstest.MapFile{Data: []byte(text)}
}
