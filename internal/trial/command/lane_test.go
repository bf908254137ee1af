package command

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// What a Delta table has of a plain table, and lacks of it, is seen in its log and its files.
func TestLane(t *testing.T) {
	const monday, tuesday = "tenant_id=t/dt=2026-11-16", "tenant_id=t/dt=2026-11-17"
	one, other := fileName([]byte("one")), fileName([]byte("other"))
	action := func(kind, day, hash string) string {
		return fmt.Sprintf("{%q:{\"path\":\"%s/%s.parquet\"}}\n", kind, day, hash)
	}
	for _, c := range []struct {
		name  string
		log   []string          // an entry each
		files map[string]string // below delta/calls
		dirty string
		want  []string // parts of what is said
		fails string   // part of the error
	}{
		{name: "the same", log: []string{action("add", monday, one)}, files: map[string]string{monday + "/" + one: "one"}},
		{
			name:  "replaced",
			log:   []string{`{"commitInfo":{}}` + "\n" + action("add", monday, other), action("remove", monday, other) + action("add", monday, one)},
			files: map[string]string{monday + "/" + one: "one", monday + "/" + other: "other"},
		},
		{name: "no table", want: []string{monday + " has [], and the plain table " + one}},
		{
			name: "an older one", log: []string{action("add", monday, other)}, files: map[string]string{monday + "/" + other: "other"},
			want: []string{monday + " has [\"" + other},
		},
		{name: "an older one of a dirty day", log: []string{action("add", monday, other)}, files: map[string]string{monday + "/" + other: "other"}, dirty: monday},
		{
			name: "two", log: []string{action("add", monday, one) + action("add", monday, other)},
			files: map[string]string{monday + "/" + one: "one", monday + "/" + other: "other"},
			want:  []string{monday + " has ["},
		},
		{
			name: "a day too many", log: []string{action("add", monday, one) + action("add", tuesday, one)},
			files: map[string]string{monday + "/" + one: "one", tuesday + "/" + one: "one"},
			want:  []string{tuesday + " is not in the plain table"},
		},
		{name: "a file is gone", log: []string{action("add", monday, one)}, want: []string{"is live and has other bytes"}},
		{name: "other bytes", log: []string{action("add", monday, one)}, files: map[string]string{monday + "/" + one: "on"}, want: []string{"is live and has other bytes"}},
		{name: "removed twice", log: []string{action("add", monday, one), action("remove", monday, other)}, fails: "which is not live"},
		{name: "added twice", log: []string{action("add", monday, one), action("add", monday, one)}, fails: "which is live"},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := Lake{Client: Client{Dir: t.TempDir()}}
			write := func(name, text string) {
				file := filepath.Join(l.Dir, "lake", name)
				if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			write("tables/calls/"+monday+"/calls.parquet", "one")
			for version, entry := range c.log {
				write(fmt.Sprintf("delta/calls/_delta_log/%020d.json", version), entry)
			}
			for name, text := range c.files {
				write("delta/calls/"+name+".parquet", text)
			}
			got, err := l.lane("calls", map[string]bool{c.dirty: true})
			if fmt.Sprint(err) != "<nil>" && c.fails == "" || c.fails != "" && !strings.Contains(fmt.Sprint(err), c.fails) {
				t.Fatal(err)
			}
			said := func(part string) bool { return strings.Contains(strings.Join(got, "\n"), part) }
			if len(got) != len(c.want) || slices.ContainsFunc(c.want, func(part string) bool { return !said(part) }) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}
