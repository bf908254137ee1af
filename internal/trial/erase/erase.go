// Package erase has twenty people of a simulated tenant taken out of a lake, kills the command while it does so, gives it
// again until it is done, and then looks for them by itself.
//
//	go run ./internal/trial erase -users 60 -days 30 -people 20 -kills 20
//
// Three nights read every dataset of so many days, into a lake that has Delta tables too (-delta), whose month is rolled where it can be; some mailboxes and teams answer nobody, so that states and reports
// name who they are of. Who is erased, Graph is asked, and by which keys nobody else is known; whoever erases them
// gives an id, an address, a number as people write it, or a name. Who shares a key with another is not among them, for it goes only
// with the last who has it. A kill counts if it comes after the list of the lake
// has the people and before it says that their erasure has ended; if all are erased before all kills are done, the same
// people are erased once more.
//
// Then every byte of every file of the lake, and of where it keeps drafts and scratch, is searched, and of Parquet every byte of
// the pages without compression, Delta tables and their logs included, by code of this package alone: for all keys in clear, in small and capital letters,
// escaped for URLs, HTML and JSON, in base64 at each of its three beginnings, in hexadecimal digits, in UTF-16, and ids
// also as the bytes of a GUID. Before, each of them has to be found in this way, but in
// the log of no Delta table.
//
// Each row of each table, and each record of raw, is compared with the lake before: their own have to be gone, and others'
// have to say the same, but where they named one of them. Files in which nobody was have to have the same bytes.
//
// On the next night Graph gives them again, now with the mailboxes and teams that answered nobody: they have to be found
// nowhere, and an audit has to be clean, as it has to be before but for who could not be read. The product's own search has
// to agree, and the Delta tables have to be what the plain files are.
//
// The last line is: erase people=N kills=N found=N others_changed=N. The exit status is 1 unless the last two are 0.
package erase

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"graphlake/internal/trial/command"
)

// Trial is the trial of so many -people and -kills.
func Trial(flags *flag.FlagSet) func(ctx context.Context, bin string) error {
	var e erase
	flags.IntVar(&e.users, "users", 60, "users of the simulated tenant")
	flags.IntVar(&e.days, "days", 30, "days that the lake has")
	flags.IntVar(&e.people, "people", 20, "users who are erased")
	flags.IntVar(&e.kills, "kills", 20, "how often the command is killed")
	flags.StringVar(&e.delta, "delta", "{compact: true}", "the key delta of the configuration; empty: the lake has no Delta tables")
	seed := flags.Uint64("seed", 1, "of who is erased, and of the moments at which the command is killed")
	return func(ctx context.Context, bin string) error {
		e.bin, e.random = bin, rand.New(rand.NewPCG(*seed, 0))
		return e.run(ctx)
	}
}

// erase is one go of it.
type erase struct {
	bin                        string
	users, days, people, kills int
	delta                      string
	random                     *rand.Rand

	dir    string // of the simulator's clock, of the lake, and of scratch
	lake   *command.Lake
	sim    *command.Simulator
	killed int
}

// nights are how many there are before the erasure: the last of the month.
const nights = 3

var firstDay = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

// night is the instant of the n-th night; the one after the erasure is the last.
func (e *erase) night(n int) time.Time {
	return firstDay.AddDate(0, 0, e.days-nights+1+n).Add(150 * time.Minute)
}

func (e *erase) run(ctx context.Context) (err error) {
	if e.days < nights || e.people < 1 {
		return fmt.Errorf("the lake needs %d days and somebody to erase", nights)
	}
	if e.dir, err = os.MkdirTemp("", "erase"); err != nil {
		return err
	}
	defer os.RemoveAll(e.dir)
	if err := os.Mkdir(e.scratch(), 0o700); err != nil {
		return err
	}
	e.lake = &command.Lake{Client: command.Client{Bin: e.bin, Dir: e.dir, Rate: command.Unhindered, Delta: e.delta, Environment: []string{"TMPDIR=" + e.scratch()}}}
	defer func() { err = errors.Join(err, e.stop()) }()
	for n := range nights {
		if err := e.work(ctx, n); err != nil {
			return err
		}
	}
	if err := e.roll(ctx); err != nil {
		return err
	}
	people, err := e.choose(ctx)
	if err != nil {
		return err
	}
	needles := newNeedles(people)
	before, err := e.look(ctx, needles)
	if err != nil {
		return err
	}
	if err := before.everybody(people, e.delta != ""); err != nil {
		return err
	}
	if err := e.torment(ctx, people); err != nil {
		return err
	}
	after, err := e.look(ctx, needles)
	if err != nil {
		return err
	}
	changed := before.changed(after, people, needles)
	found := len(after.found)
	if err := e.sameLanes(ctx); err != nil {
		return err
	}
	if err := e.prove(ctx, people, nights-1); err != nil {
		return err
	}
	if err := e.work(ctx, nights); err != nil {
		return err
	}
	again, err := e.look(ctx, needles)
	if err != nil {
		return err
	}
	found += len(again.found)
	if err := e.sameLanes(ctx); err != nil {
		return err
	}
	if err := e.prove(ctx, people, nights); err != nil {
		return err
	}
	fmt.Printf("erase people=%d kills=%d found=%d others_changed=%d\n", len(people), e.killed, found, changed)
	if found > 0 || changed > 0 {
		return errors.New("somebody is still there, or something of others is not")
	}
	return nil
}

func (e *erase) scratch() string { return filepath.Join(e.dir, "scratch") }

func (e *erase) stop() error {
	if e.sim == nil {
		return nil
	}
	_, err := e.sim.Stop()
	e.sim = nil
	return err
}

// work runs all datasets in a night: the first time the whole range, then what is due. Until people are erased some
// parents answer nobody, which is status 4.
func (e *erase) work(ctx context.Context, n int) error {
	at := e.night(n)
	clock := filepath.Join(e.dir, "now")
	if err := os.WriteFile(clock, []byte(at.Format(time.RFC3339)), 0o600); err != nil {
		return err
	}
	if n == 0 || n == nights {
		if err := e.simulate(ctx, clock, n < nights); err != nil {
			return err
		}
	}
	names, err := e.lake.Names(ctx)
	if err != nil {
		return err
	}
	args := []string{"run", "--dataset", names, "--now", at.Format(time.RFC3339)}
	if n == 0 {
		args = append(args, "--from", firstDay.Format(time.DateOnly), "--to", at.Format(time.DateOnly))
	}
	start := time.Now()
	out, err := e.lake.Output(ctx, args...)
	if exit, ended := errors.AsType[*exec.ExitError](err); ended && exit.ExitCode() == 4 && n < nights {
		err = nil
	}
	if err != nil {
		return fmt.Errorf("the night of %s: %w\n%s", at.Format(time.DateOnly), err, out)
	}
	fmt.Printf("night %s: %.1f s\n", at.Format(time.DateOnly), time.Since(start).Seconds())
	return nil
}

func (e *erase) simulate(ctx context.Context, clock string, forbidden bool) (err error) {
	if err := e.stop(); err != nil {
		return err
	}
	flags := []string{
		"--users", strconv.Itoa(e.users), "--from", firstDay.Format(time.DateOnly), "--to", firstDay.AddDate(0, 0, e.days).Format(time.DateOnly),
		"--late", "0.3", "--moves", "20", "--calls-per-user-day", "1", "--large", "20", "--now-file", clock,
	}
	if forbidden {
		flags = append(flags, "--forbidden", "0.1")
	}
	if e.sim, err = command.Simulate(ctx, e.bin, e.dir, flags...); err == nil {
		e.lake.URL = e.sim.URL
	}
	return err
}

// choose draws who is erased.
func (e *erase) choose(ctx context.Context) ([]person, error) {
	all, err := everybody(ctx, e.sim.URL)
	if err != nil {
		return nil, err
	}
	if len(all) < 2*e.people {
		return nil, fmt.Errorf("of %d users not half may be erased: give more -users", len(all))
	}
	all = slices.DeleteFunc(all, func(p person) bool { return p.shares }) // a name goes when the last of two who have it does
	e.random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:e.people], nil
}

// seen is a lake, looked at from outside.
type seen struct {
	contents
	found []place
}

func (e *erase) look(ctx context.Context, n *needles) (s seen, err error) {
	found, files, err := search(n, filepath.Join(e.dir, "lake"), e.scratch())
	if err != nil {
		return s, err
	}
	s.found = found
	rooms := map[string]int{}
	for _, p := range s.found {
		room, _, _ := strings.Cut(p.object, "/")
		rooms[room]++
	}
	fmt.Printf("searched %d files: found %d", files, len(s.found))
	for _, room := range slices.Sorted(maps.Keys(rooms)) {
		fmt.Printf(", in %s %d", room, rooms[room])
	}
	fmt.Println()
	s.contents, err = read(ctx, e.lake)
	return s, err
}

// everybody asks that the search can find each of them, and where it has to.
func (s seen) everybody(people []person, delta bool) error {
	found, rooms := map[int]bool{}, map[string]bool{}
	for _, p := range s.found {
		if strings.Contains(p.object, "/_delta_log/") {
			return fmt.Errorf("the log %s says something of somebody", p.object)
		}
		room, _, _ := strings.Cut(p.object, "/")
		found[p.person], rooms[room] = true, true
	}
	for i, p := range people {
		if !found[i] {
			return fmt.Errorf("%s was not found before", p.id)
		}
	}
	wanted := []string{"raw", "tables", "state", "runs"}
	if delta {
		wanted = append(wanted, "delta")
	}
	for _, room := range wanted {
		if !rooms[room] {
			return fmt.Errorf("nobody was found in %s before, so that nothing is tried there", room)
		}
	}
	return nil
}

// roll compacts months, if the Delta tables are of months: an erasure then meets files of many days.
func (e *erase) roll(ctx context.Context) error {
	if !strings.Contains(e.delta, "compact: true") {
		return nil
	}
	names, err := e.lake.Names(ctx)
	if err != nil {
		return err
	}
	out, err := e.lake.Output(ctx, "compact", "--dataset", names, "--now", e.night(nights-1).AddDate(0, 4, 0).Format(time.RFC3339))
	if err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	rolled, err := filepath.Glob(filepath.Join(e.dir, "lake", "delta", "*", "*", "dt_month=*", firstDay.Format("2006-01")+"-"+strings.Repeat("?", 32)+".parquet"))
	if err == nil && len(rolled) == 0 {
		err = fmt.Errorf("nothing was rolled\n%s", out)
	}
	fmt.Printf("rolled %d months\n", len(rolled))
	return err
}

// sameLanes compares the Delta tables with the plain files.
func (e *erase) sameLanes(ctx context.Context) error {
	if e.delta == "" {
		return nil
	}
	files, problems, err := e.lake.CompareLanes(ctx)
	if err == nil && len(problems) > 0 {
		err = fmt.Errorf("of %d live files of Delta tables\n%s", files, strings.Join(problems, "\n"))
	}
	return err
}

// prove asks the product: its search and its audit have nothing to say. An audit may say who could not be read before the last
// night.
func (e *erase) prove(ctx context.Context, people []person, n int) error {
	args := []string{"erase", "--verify"}
	for _, p := range people {
		for _, key := range p.keys {
			if len(key) > 8 { // others nobody is found by
				args = append(args, "--user", key)
			}
		}
	}
	if out, err := e.lake.Output(ctx, args...); err != nil {
		return fmt.Errorf("the product's own search: %w\n%s", err, out)
	}
	out, err := e.lake.Output(ctx, "audit", "--now", e.night(n).Format(time.RFC3339))
	if _, ended := errors.AsType[*exec.ExitError](err); err != nil && (!ended || n == nights) {
		return fmt.Errorf("the audit: %w\n%s", err, out)
	}
	var said struct{ Findings []struct{ Kind string } }
	if err := json.Unmarshal(out, &said); err != nil {
		return err
	}
	for _, f := range said.Findings {
		if f.Kind != "refused" || n == nights {
			return fmt.Errorf("the audit has found\n%s", out)
		}
	}
	return nil
}
