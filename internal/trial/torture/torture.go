// Package torture kills graphlake at random moments, while one of twenty requests fails in some way, and
// continues with the same command until it has ended well. Then it compares the lake with one to which
// nothing happened.
//
//	go run ./internal/trial torture -kills 50
//
// A lake that is complete before all kills are done is compared, and another one begun. The last line is:
// torture kills=N lost=N doubled=N orphans=N differing_files=N differing_lane=N, added up over the lakes. Lost are keys of
// the undisturbed tables that are missing, doubled are keys that a partition has more than once, orphans
// are rows without a parent, differing files are those under raw, tables and quarantine of which the
// bytes differ or that one side lacks, and what differs in the lane are days of Delta tables that are not what the plain
// tables have, after each kill too, but for days that the lake says are dirty. The exit status is 1 unless all five are 0.
package torture

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"time"

	"graphlake/internal/graphsim"
)

// Trial is the trial of so many -kills.
func Trial(flags *flag.FlagSet) func(ctx context.Context, bin string) error {
	var t torture
	flags.IntVar(&t.kills, "kills", 50, "how often the command is killed")
	seed := flags.Uint64("seed", 1, "of the moments at which it is killed")
	flags.IntVar(&t.users, "users", 20, "users of the simulated tenant")
	return func(ctx context.Context, bin string) error {
		t.bin, t.random = bin, rand.New(rand.NewPCG(*seed, 0))
		return t.run(ctx)
	}
}

// mostLakes more than kills are begun at most.
const mostLakes = 10

// lasting is the fault that is one user's however often it is asked for: who is behind is read the next day, and here it
// stays the same day.
const lasting = "loop"

// torture is one go of it.
type torture struct {
	bin    string
	dir    string // of the lakes and their configurations
	users  int
	kills  int // that are left to be done
	random *rand.Rand
	span   time.Duration // within which a run is killed
	damage
}

func (t *torture) run(ctx context.Context) (err error) {
	if t.dir, err = os.MkdirTemp("", "torture"); err != nil {
		return err
	}
	defer os.RemoveAll(t.dir)
	whole, err := t.undisturbed(ctx)
	if err != nil {
		return err
	}
	failing := []string{"--fail", "0.05"}
	for _, fault := range graphsim.FaultNames() {
		if fault != lasting {
			failing = append(failing, "--fault", fault)
		}
	}
	sim, err := t.simulate(ctx, failing...)
	if err != nil {
		return err
	}
	defer func() {
		_, stopped := sim.Stop()
		err = errors.Join(err, stopped)
	}()
	all := t.kills
	for i := 1; t.kills > 0; i++ {
		if i > mostLakes+all {
			return fmt.Errorf("%d lakes were complete before %d kills were done", i-1, all)
		}
		l, err := t.lake(fmt.Sprintf("lake-%d", i), sim.URL)
		if err != nil {
			return err
		}
		if err := t.torment(ctx, l); err != nil {
			return fmt.Errorf("lake %d: %w", i, err)
		}
		if err := t.compare(ctx, l, whole); err != nil {
			return fmt.Errorf("lake %d: %w", i, err)
		}
		if err := os.RemoveAll(l.Dir); err != nil {
			return err
		}
	}
	fmt.Printf("torture kills=%d lost=%d doubled=%d orphans=%d differing_files=%d differing_lane=%d\n", all, t.lost, t.doubled, t.orphans, t.files, t.damage.lane)
	if t.damage != (damage{}) {
		return errors.New("a lake is not what an undisturbed run leaves")
	}
	return nil
}

// undisturbed is a lake that was read in one go from a Graph that never fails. It says how long that took.
func (t *torture) undisturbed(ctx context.Context) (whole contents, err error) {
	sim, err := t.simulate(ctx)
	if err != nil {
		return contents{}, err
	}
	defer func() {
		_, stopped := sim.Stop()
		err = errors.Join(err, stopped)
	}()
	l, err := t.lake("undisturbed", sim.URL)
	if err != nil {
		return contents{}, err
	}
	start := time.Now()
	if status, err := run(ctx, l, 0); err != nil || status != done {
		return contents{}, fmt.Errorf("the undisturbed run ended with status %d: %w", status, err)
	}
	took := time.Since(start)
	t.span = took + took/2 // what fails is tried again, which takes its time
	fmt.Printf("undisturbed: %.1f s\n", took.Seconds())
	return read(ctx, l)
}
