// Notices prints the licences of all that is linked into the commands, that of the engine and Go's own library included: what
// whoever passes on a binary has to pass on with it. A module without a licence is an error.
//
//	go run ./internal/notices > THIRD_PARTY_NOTICES
package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// command is one that is released, in the directory of its module, and for which systems and machines: what is linked differs
// between them.
type command struct {
	dir, name string
	platforms [][2]string
}

var commands = []command{
	{".", "./cmd/graphlake", [][2]string{{"linux", "amd64"}, {"linux", "arm64"}, {"darwin", "amd64"}, {"darwin", "arm64"}, {"windows", "amd64"}, {"windows", "arm64"}}},
	{"engine/temporal", "./graphlake-temporal", [][2]string{{"linux", "amd64"}, {"linux", "arm64"}}},
}

func main() {
	ctx := context.Background()
	out := bufio.NewWriter(os.Stdout)
	if err := errors.Join(write(ctx, out), out.Flush()); err != nil {
		fmt.Fprintln(os.Stderr, "notices:", err)
		os.Exit(1)
	}
}

func write(ctx context.Context, w io.Writer) error {
	found := map[string]module{} // by their directories: the commands may have different versions of one
	for _, c := range commands {
		for _, p := range c.platforms {
			if err := c.linked(ctx, p[0], p[1], found); err != nil {
				return err
			}
		}
	}
	own, err := library(ctx)
	if err != nil {
		return err
	}
	texts := map[string][]string{} // and where each stands
	var errs []error
	for _, m := range append(slices.SortedFunc(maps.Values(found), func(a, b module) int { return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Dir, b.Dir)) }), own) {
		errs = append(errs, m.addLicences(texts))
	}
	if err := errors.Join(append(errs, addEmbedded(texts))...); err != nil {
		return err
	}
	fmt.Fprintf(w, "Graphlake's binaries hold the work of others, by these licences.\n")
	for _, text := range slices.SortedFunc(maps.Keys(texts), func(a, b string) int { return cmp.Compare(texts[a][0], texts[b][0]) }) {
		fmt.Fprintf(w, "\n%s\n%s\n%[1]s\n\n%[3]s\n", rule, strings.Join(texts[text], "\n"), text)
	}
	return nil
}

var rule = strings.Repeat("-", 80)

// module is one from which packages are linked.
type module struct {
	Path, Dir string
	packages  map[string]bool // their directories
}

// library is Go's own, which go list does not count as a module.
func library(ctx context.Context) (module, error) {
	out, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return module{}, fmt.Errorf("go env GOROOT: %w", err)
	}
	root := strings.TrimSpace(string(out))
	return module{Path: "The Go standard library", Dir: root, packages: map[string]bool{root: true}}, nil
}

// linked adds the modules of others, with the directories of the packages that are linked for a platform.
func (c command) linked(ctx context.Context, system, machine string, found map[string]module) error {
	cmd := exec.CommandContext(ctx, "go", "list", "-deps", "-json=Dir,Module", c.name)
	cmd.Dir = c.dir
	cmd.Env = append(cmd.Environ(), "GOOS="+system, "GOARCH="+machine, "CGO_ENABLED=0")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("go list %s for %s/%s: %w", c.name, system, machine, err)
	}
	for read := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			Dir    string
			Module *module
		}
		if err := read.Decode(&p); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("go list %s for %s/%s: %w", c.name, system, machine, err)
		}
		if p.Module == nil || strings.Split(p.Module.Path, "/")[0] == ours {
			continue
		}
		m, ok := found[p.Module.Dir]
		if !ok {
			m = *p.Module
			m.packages = map[string]bool{}
			found[m.Dir] = m
		}
		m.packages[p.Dir] = true
	}
}

// ours begins the paths of our modules.
const ours = "graphlake"

// embedded is where the scripts of others lie that are in the command, and the licences beside them.
const embedded = "report/page/library"

// fetched is a line by which such a script was fetched: its name and its version.
var fetched = regexp.MustCompile(`(?m)^fetch (\S+) (\S+) `)

// addEmbedded adds the licences of these scripts, and of what is packed into them.
func addEmbedded(texts map[string][]string) error {
	script, err := os.ReadFile(filepath.Join(embedded, "fetch.sh"))
	if err != nil {
		return err
	}
	for _, of := range fetched.FindAllSubmatch(script, -1) {
		name, version := string(of[1]), string(of[2])
		file := "LICENSE." + filepath.Base(name)
		content, err := os.ReadFile(filepath.Join(embedded, file))
		if err != nil {
			return fmt.Errorf("%s has no licence beside it: it may not be passed on: %w", name, err)
		}
		text := strings.TrimSpace(string(content))
		texts[text] = append(texts[text], fmt.Sprintf("%s %s (of npm), LICENSE", name, version))
	}
	return nil
}

var licenceName = regexp.MustCompile(`(?i)^(un)?(licen[cs]e|copying|notice|patents)([-._].*)?$`)

// addLicences adds the texts in the module's directory, and in those that lead from it to its packages: parts of some are
// by others.
func (m module) addLicences(texts map[string][]string) error {
	directories := map[string]bool{}
	for dir := range m.packages {
		for ; strings.HasPrefix(dir, m.Dir); dir = filepath.Dir(dir) {
			directories[dir] = true
		}
	}
	none := true
	for _, dir := range slices.Sorted(maps.Keys(directories)) {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if !e.Type().IsRegular() || !licenceName.MatchString(e.Name()) || filepath.Ext(e.Name()) == ".go" {
				continue
			}
			file := filepath.Join(dir, e.Name())
			content, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			name, err := filepath.Rel(m.Dir, file)
			if err != nil {
				return err
			}
			text := strings.TrimRight(strings.Trim(strings.ReplaceAll(string(content), "\r\n", "\n"), "\n"), " \t\n")
			if of := m.Path + ", " + filepath.ToSlash(name); !slices.Contains(texts[text], of) {
				texts[text] = append(texts[text], of)
			}
			none = false
		}
	}
	if none {
		return fmt.Errorf("%s has no licence in %s: it may not be passed on; look for one, or take another library", m.Path, m.Dir)
	}
	return nil
}
