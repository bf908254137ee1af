// Package privacy tries what a lake holds against what its settings promise, and counts whom it singles out.
//
// Every text of every record that Graph documents is replaced by a canary, a word that stands for its path: with
// GRAPHLAKE_REFERENCE, a folder with the types of Graph, as they declare them, and without as the columns and fixtures of
// the datasets have them. A simulated tenant serves them over HTTP, graphlake reads them once in each mode, and every
// object of each lake is searched, with all that was printed. rules.go says in which modes a path may be found, by what
// the settings promise and not by what the program does; a path that it does not know may be found where texts may, so
// that a property whose column lacks a mark is a leak.
//
// The lakes have Delta tables too, in one form and the other by turns, and no canary may be in the log of one, whatever the mode.
//
// Then a larger tenant is read with pseudonyms, and it is counted whom the columns that stay readable single out.
package privacy

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"graphlake/schemas"
)

// A mode is the settings of one lake.
type mode struct {
	content    schemas.Content
	pseudonyms bool
	detail     schemas.DetailLevel
	delta      string // the Delta tables of the lake
}

func (m mode) String() string {
	names := "names"
	if m.pseudonyms {
		names = "pseudonyms"
	}
	return fmt.Sprintf("%s/%s/%s", m.content, names, m.detail)
}

func (m mode) settings() string {
	return fmt.Sprintf("privacy: {content: %s, pseudonymize: %t, detail: %s}\n", m.content, m.pseudonyms, m.detail)
}

// modes are all that there are; the last keeps everything.
func modes() (all []mode) {
	for _, c := range schemas.Contents() {
		for _, p := range []bool{true, false} {
			for _, d := range []schemas.DetailLevel{schemas.CoarseDetail, schemas.FullDetail} {
				all = append(all, mode{c, p, d, []string{"true", "{compact: true}"}[len(all)%2]})
			}
		}
	}
	return all
}

// Trial is the trial privacy. Its last line is: privacy paths=N modes=N leaks=N.
func Trial(flags *flag.FlagSet) func(ctx context.Context, bin string) error {
	users := flags.Int("users", 1000, "users of the tenant of which it is counted who is singled out; 0: none")
	fixtures := flags.String("fixtures", filepath.Join("schemas", "testdata"), "where the fixtures of the datasets are")
	return func(ctx context.Context, bin string) error {
		datasets := schemas.BuiltIn()
		reference := os.Getenv("GRAPHLAKE_REFERENCE")
		if reference == "" {
			fmt.Println("GRAPHLAKE_REFERENCE is not set: paths are those of columns and fixtures, and of Graph's other properties one an object stands for all")
		}
		trees, err := trees(datasets, reference, *fixtures)
		if err != nil {
			return err
		}
		c := newCanaries(datasets, trees)
		leaks, err := c.search(ctx, bin)
		if err != nil {
			return err
		}
		if *users > 0 {
			if err := singledOut(ctx, bin, *users); err != nil {
				return err
			}
		}
		fmt.Printf("privacy paths=%d modes=%d leaks=%d\n", len(c.paths), len(modes()), leaks)
		if leaks > 0 {
			return errors.New("a lake holds what its settings do not allow")
		}
		return nil
	}
}

// search reads the canaries into a lake of each mode, and says what is where it may not be.
func (c *canaries) search(ctx context.Context, bin string) (leaks int, err error) {
	graph, err := c.serve(ctx)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, graph.close()) }()
	where := map[string][]string{} // of a leak: the modes
	all := modes()
	for i, m := range all {
		c.mend()
		found, err := readInto(ctx, bin, graph.url, m, c.datasets)
		if err != nil {
			return leaks, fmt.Errorf("%v: %w", m, err)
		}
		for canary, object := range found {
			p, ok := c.paths[canary]
			if !ok {
				return leaks, fmt.Errorf("%v: %s holds %s, which stands for no path", m, object, canary)
			}
			if !p.allowed(m) || strings.Contains(object, inLog) {
				leak := p.String() + ", in " + object
				where[leak] = append(where[leak], m.String())
				leaks++
			}
		}
		fmt.Printf("%v: %d of %d paths are readable\n", m, len(found), len(c.paths))
		if i >= len(all)-2 && !slices.ContainsFunc(slices.Collect(maps.Values(found)), func(object string) bool { return strings.HasPrefix(object, "delta/") }) {
			return leaks, fmt.Errorf("%v: nothing is found in Delta tables, so that they were not searched", m)
		}
		if i == len(all)-1 { // or what is not found in the others proves nothing
			leaks += c.unseen(found)
		}
	}
	for _, leak := range slices.Sorted(maps.Keys(where)) {
		fmt.Printf("leak: %s: %s\n", leak, strings.Join(where[leak], " "))
	}
	return leaks, nil
}

// unseen names the paths that a lake which keeps everything does not have.
func (c *canaries) unseen(found map[string]string) (n int) {
	for canary, p := range c.paths {
		if found[canary] == "" {
			fmt.Printf("never seen: %s\n", p)
			n++
		}
	}
	return n
}

// key is one of pseudonyms, for this process.
var key = func() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b)
	return hex.EncodeToString(b)
}()
