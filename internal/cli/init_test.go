package cli

import (
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"graphlake/internal/graphsim"
)

// unused is an option that the file shows but does not set.
var unused = regexp.MustCompile(`(?m)^( *)#( {2,})?(\w|- )`)

// Every option stands in the file: as it is, or after its # is taken away. None stands there that is not one.
func TestInitShowsEveryOption(t *testing.T) {
	for _, args := range [][]string{nil, {"--simulator", "http://127.0.0.1:1"}} {
		file := filepath.Join(t.TempDir(), "graphlake.yaml")
		begin(t, file, args...)
		if _, err := loadConfig(file); err != nil {
			t.Errorf("init %v wrote what does not load: %v", args, err)
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text = unused.ReplaceAll(text, []byte("$1$2$3"))
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := loadConfig(file); err != nil {
			t.Errorf("init %v shows what is no option: %v\n%s", args, err, text)
		}
		var shown any
		if err := yaml.Unmarshal(text, &shown); err != nil {
			t.Fatal(err)
		}
		for _, option := range notIn(reflect.TypeFor[config](), shown) {
			t.Errorf("init %v does not show %s", args, option)
		}
	}
}

// begin runs init.
func begin(t *testing.T, file string, args ...string) {
	t.Helper()
	var out, log strings.Builder
	if status := run(append([]string{"--config", file, "init"}, args...), &out, &log); status != ExitDone {
		t.Fatalf("init %v ended with %d: %s", args, status, &log)
	}
}

// notIn are the options of a part of the configuration that a part of a YAML document does not have.
func notIn(part reflect.Type, shown any) []string {
	switch part.Kind() {
	case reflect.Slice, reflect.Map:
		return notIn(part.Elem(), merged(shown))
	case reflect.Struct:
	default:
		return nil
	}
	has, _ := shown.(map[string]any)
	var missing []string
	for field := range part.Fields() {
		option := field.Tag.Get("yaml")
		if option == "" {
			continue
		}
		value, ok := has[option]
		if !ok {
			missing = append(missing, option)
			continue
		}
		for _, below := range notIn(field.Type, value) {
			missing = append(missing, option+"."+below)
		}
	}
	return missing
}

// merged is what the elements of a list or a map have together, for not every element has all; nil if there is none.
func merged(v any) any {
	var all []any
	switch v := v.(type) {
	case []any:
		all = v
	case map[string]any:
		all = slices.Collect(maps.Values(v))
	}
	has := map[string]any{}
	for _, element := range all {
		options, ok := element.(map[string]any)
		if !ok {
			return element
		}
		maps.Copy(has, options)
	}
	return has
}

func TestNotInFindsWhatIsMissing(t *testing.T) {
	var shown any
	if err := yaml.Unmarshal([]byte("{lake: x, azure: {lease: 1s}, graph: {}, tenants: [{name: a}], privacy: {content: none}}"), &shown); err != nil {
		t.Fatal(err)
	}
	got := strings.Join(notIn(reflect.TypeFor[config](), shown), " ")
	for _, want := range []string{"azure.account_url", "graph.endpoint", "tenants.auth", "privacy.key_env", "jobs"} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is not missed in %s", want, got)
		}
	}
}

// What init writes for the simulator works with it as it stands.
func TestInitForTheSimulator(t *testing.T) {
	s := simulate(t, graphsim.Options{Users: 12, Large: 8}, "")
	endpoint := ""
	if cfg, err := loadConfig(s.config()); err == nil {
		endpoint = cfg.Graph.Endpoint
	}
	if err := os.Remove(s.config()); err != nil {
		t.Fatal(err)
	}
	steps := [][]string{
		{"--lake", filepath.Join(s.dir, "lake"), "init", "--simulator", endpoint},
		{"check"}, {"plan"}, {"run", "--now", "2026-11-18T00:00:00Z"}, {"status", "--now", "2026-11-18T00:00:00Z"},
	}
	for _, step := range steps {
		if status, out := s.command(t, step...); status != ExitDone {
			t.Fatalf("%v ended with %d: %s", step, status, out)
		}
	}
	if n := s.rows(t, "calls", 16, 18); n == 0 {
		t.Error("no calls were read")
	}
}
