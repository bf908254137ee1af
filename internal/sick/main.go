// Sick lets lakes live through nights of a Graph that is sick, and holds them against what there was.
//
//	go run ./internal/sick -seeds 100 -seed 1 -nights 7
//
// Each seed is a small tenant, what is sick in it, and what happens besides: nights that do not come,
// ranges that are read again, clocks that are wrong. Time is virtual, by testing/synctest, so that a client
// may wait as long as it likes; for that the trial is a test, which this command builds and runs. Of twenty
// seeds one is lived by the real commands on loopback, without the sicknesses that need patience.
//
// The last line is: sick nights=N sick=N unnamed=N false=N doubled=N healed_differing=N. Nights are added
// up over the seeds, and sick is what was sick in any of them. Unnamed are rows that are missing or older
// though nothing is sick that they come from, or though nobody says so; false are rows and values that the
// tenant never had, and rows that are marked removed and are there; doubled are keys that are there more
// than once; and healed_differing are rows that still differ a night and a rerun after all was healed. The
// exit status is 1 unless the last four are 0. Before it stands a line for each of the first problems of a
// seed, which begins with the seed.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
)

func main() {
	seeds := flag.Int("seeds", 20, "how many seeds are lived")
	seed := flag.Int64("seed", 1, "the first of them")
	nights := flag.Int("nights", 7, "of each")
	datasets := flag.String("datasets", "", "only these, with commas between; default all")
	kinds := flag.String("kinds", "", "only these sicknesses, with commas between, or none; default all")
	clocks := flag.Bool("clocks", true, "let some runs have a clock that is wrong")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, "-seeds", fmt.Sprint(*seeds), "-seed", fmt.Sprint(*seed), "-nights", fmt.Sprint(*nights), "-datasets", *datasets, "-kinds", *kinds, fmt.Sprintf("-clocks=%t", *clocks))
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "sick:", err)
		os.Exit(1)
	}
}

// run builds the trial and the commands, and hands on what the trial says but for the words of testing.
func run(ctx context.Context, args ...string) (err error) {
	dir, err := os.MkdirTemp("", "sick")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	trial := filepath.Join(dir, "trial")
	for _, build := range [][]string{
		{"build", "-o", dir + string(filepath.Separator), "./cmd/graphlake", "./cmd/graphsim"},
		{"test", "-c", "-o", trial, "./internal/sick"},
	} {
		if out, err := exec.CommandContext(ctx, "go", build...).CombinedOutput(); err != nil {
			return fmt.Errorf("go %s: %w\n%s", build[0], err, out)
		}
	}
	cmd := exec.CommandContext(ctx, trial, append([]string{"-test.run", "^TestSick$", "-test.timeout", "0", "-bin", dir}, args...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	last := ""
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		text := lines.Text()
		switch {
		case strings.HasPrefix(text, "sick nights="):
			last = text
		case text != "PASS" && text != "FAIL" && !strings.HasPrefix(text, "--- FAIL") && !strings.HasPrefix(text, "    --- FAIL"):
			fmt.Println(text)
		}
	}
	err = errors.Join(lines.Err(), cmd.Wait())
	if last == "" {
		return fmt.Errorf("the trial ended before it had a result: %w", err)
	}
	fmt.Println(last)
	if err != nil {
		return errors.New("a lake is not what it should be")
	}
	return nil
}
