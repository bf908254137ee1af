package erase

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// atOnce is how many people one command erases.
const atOnce = 4

// mostEnds is how often the command may end by itself and unfinished, before the trial is given up.
const mostEnds = 10

// mostRounds is how often all of them are erased at most until all kills are done.
const mostRounds = 20

// torment erases people by some commands, each given again until it is done, and kills them as long as kills are left.
func (e *erase) torment(ctx context.Context, people []person) error {
	span := 4 * time.Second // within which a command is killed; once one was done, as long as that took
	for round := 0; round == 0 || e.killed < e.kills; round++ {
		if round == mostRounds {
			return fmt.Errorf("all were erased %d times, and the command was killed only %d times", round, e.killed)
		}
		for from := 0; from < len(people); from += atOnce {
			args := []string{"erase", "--reason", "request " + strconv.Itoa(from/atOnce)}
			for n := from; n < min(from+atOnce, len(people)); n++ {
				args = append(args, "--user", people[n].given(n))
			}
			start := time.Now()
			kills, took, err := e.insist(ctx, args, span)
			if err != nil {
				return err
			}
			span = max(span/2, took)
			fmt.Printf("people %d to %d: killed %d times, done after %.1f s\n", from+1, min(from+atOnce, len(people)), kills, time.Since(start).Seconds())
		}
	}
	return nil
}

// insist gives a command until it is done, and says how often it was killed while people were on the list and not erased,
// and how long it took in the end.
func (e *erase) insist(ctx context.Context, args []string, span time.Duration) (kills int, took time.Duration, err error) {
	for ends := 0; ; {
		after := time.Duration(0)
		if e.killed < e.kills && kills < (e.kills+1)/2 {
			after = time.Duration(e.random.Int64N(int64(span))) + 1
		}
		start := time.Now()
		status, said, err := e.command(ctx, args, after)
		switch {
		case err != nil:
			return kills, 0, err
		case status == 0:
			return kills, time.Since(start), nil
		case status == killed:
			going, err := e.isErasing()
			if err != nil {
				return kills, 0, err
			}
			if going {
				kills++
				e.killed++
			}
		default:
			if ends++; ends == mostEnds {
				return kills, 0, fmt.Errorf("graphlake erase has ended %d times by itself and is not done; last with status %d\n%s", ends, status, said)
			}
		}
	}
}

const killed = -1

// command runs a command, and kills it after a time, unless that is 0.
func (e *erase) command(ctx context.Context, args []string, after time.Duration) (status int, said []byte, err error) {
	cmd, err := e.lake.Command(ctx, args...)
	if err != nil {
		return 0, nil, err
	}
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Start(); err != nil {
		return 0, nil, err
	}
	if after > 0 {
		kill := time.AfterFunc(after, func() { _ = cmd.Process.Kill() }) // it may have ended
		defer kill.Stop()
	}
	_ = cmd.Wait() // its state says it, too
	if ended, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && ended.Signaled() && ctx.Err() == nil {
		return killed, nil, nil
	}
	return cmd.ProcessState.ExitCode(), output.Bytes(), ctx.Err()
}

// isErasing reports whether the list of the lake has an erasure that has not ended.
func (e *erase) isErasing() (bool, error) {
	text, err := os.ReadFile(filepath.Join(e.dir, "lake", "erased.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	var list struct{ Erasures []struct{ Ended string } }
	if err == nil {
		err = json.Unmarshal(text, &list)
	}
	for _, one := range list.Erasures {
		if one.Ended == "" {
			return true, err
		}
	}
	return false, err
}
