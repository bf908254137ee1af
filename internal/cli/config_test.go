package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"graphlake/load/lane"
)

// Whatever a file holds, what is wrong with it is said in lines that begin with its name.
func FuzzLoadConfig(f *testing.F) {
	for _, text := range []string{
		"", "# nothing", "---\n---\n", "a text", "- list", "graph: fast\n---\n", "graph: {rate: fast}", "jobs: {n: {lookback: [1]}}",
		"tenants: &x y\njobs: *x", "lake: {a: b", "? [a]\n: b", "jobs: {n: {datasets: [users, [a]]}}", "lake: !!binary x", "<<: [1]",
	} {
		f.Add(text)
	}
	file := filepath.Join(f.TempDir(), "graphlake.yaml")
	f.Fuzz(func(t *testing.T, text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := loadConfig(file); err != nil && !strings.HasPrefix(err.Error(), file) {
			t.Errorf("%q: %v", text, err)
		}
	})
}

// Some editors write a mark before the text.
func TestConfigByteOrderMark(t *testing.T) {
	file := filepath.Join(t.TempDir(), "graphlake.yaml")
	text := "\ufefftenants: [{name: contoso, tenant_id: 4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30, auth: {method: token, token_env: T}}]\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if c, err := loadConfig(file); err != nil || len(c.Tenants) != 1 {
		t.Error(c, err)
	}
}

// What YAML itself finds wrong is said as all else is, by file and line.
func TestConfigNotDecoded(t *testing.T) {
	file := filepath.Join(t.TempDir(), "graphlake.yaml")
	for text, want := range map[string]string{
		"tenants: []\nlake: [":    ":2: sequence end token ']' not found",
		"lake: ./a\nweather: x":   `:2: unknown field "weather"; graphlake init writes`,
		"lake: ./a\nlake: ./b":    `:2: mapping key "lake" already defined`,
		"lake: ./a\n\nlakes: ./b": `:3: unknown field "lakes", did you mean "lake"?`,
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := loadConfig(file); err == nil || !strings.HasPrefix(err.Error(), file+want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

// Delta tables are on or off, or of a layout and a form.
func TestConfigDelta(t *testing.T) {
	file := filepath.Join(t.TempDir(), "graphlake.yaml")
	const rest = "tenants: [{name: contoso, tenant_id: 4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30, auth: {method: token, token_env: T}}]\n"
	shared := lane.Settings{Layout: lane.Shared}
	for text, want := range map[string]struct {
		on       bool
		settings lane.Settings
	}{
		"":                               {false, shared},
		"delta: false\n":                 {false, shared},
		"delta: true\n":                  {true, shared},
		"delta: {}\n":                    {true, shared},
		"delta: {layout: shared}\n":      {true, shared},
		"delta: {compact: true}\n":       {true, lane.Settings{Layout: lane.Shared, Compact: true}},
		"delta:\n  layout: per_tenant\n": {true, lane.Settings{Layout: lane.PerTenant}},
		"delta:\n  layout: per_tenant\n  compact: true\n": {true, lane.Settings{Layout: lane.PerTenant, Compact: true}},
	} {
		if err := os.WriteFile(file, []byte(text+rest), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := loadConfig(file)
		if err != nil || c.Delta.on != want.on || c.Delta.settings() != want.settings {
			t.Errorf("%q: %+v, %v, want %+v", text, c.Delta, err, want)
		}
	}
}
