package dirstore_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"graphlake/load"
	"graphlake/load/dirstore"
)

const (
	childLake = "GRAPHLAKE_TEST_LAKE" // set for the child process: the lake in which it works until it is killed
	lockName  = "state/contoso/call_records.lock"
)

func TestMain(m *testing.M) {
	if root := os.Getenv(childLake); root != "" {
		if err := work(root); err != nil {
			fmt.Println(err)
		}
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// work holds a lock and a staged file, says so, and waits for its end.
func work(root string) error {
	ctx := context.Background()
	s, err := dirstore.New(ctx, root)
	if err != nil {
		return err
	}
	if _, err := s.Lock(ctx, lockName); err != nil {
		return err
	}
	w, err := s.Stage(ctx, "a/b")
	if err != nil {
		return err
	}
	if _, err := io.WriteString(w, "half"); err != nil {
		return err
	}
	fmt.Println("ready")
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

// While a process lives, nobody touches what it works on; once it is killed, all of it is free.
func TestKilledProcess(t *testing.T) {
	root := t.TempDir()
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), childLake+"="+root)
	stdin, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	stdout, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	if said, err := bufio.NewReader(stdout).ReadString('\n'); said != "ready\n" {
		t.Fatalf("the child says %q, %v", said, err)
	}
	s := newStore(t, root)
	if _, err := s.Lock(t.Context(), lockName); !errors.Is(err, load.ErrLocked) {
		t.Errorf("Lock while the child holds it: %v, want ErrLocked", err)
	}
	if left := drafts(t, root); len(left) != 1 {
		t.Errorf("the first write of another process left %v of the child's one draft", left)
	}

	child.Process.Kill()
	child.Wait()
	l, err := s.Lock(t.Context(), lockName)
	if err != nil {
		t.Fatalf("Lock after the child was killed: %v", err)
	}
	defer l.Unlock(t.Context())
	if err := newStore(t, root).Writable(t.Context()); err != nil {
		t.Fatal(err)
	}
	if left := drafts(t, root); len(left) != 0 {
		t.Errorf("after the child was killed there is still %v", left)
	}
}

// Many processes start, and sweep, while others stage: no draft of a living one is lost.
func TestSweepBesideWriters(t *testing.T) {
	root := t.TempDir()
	writer := newStore(t, root)
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			for j := range 50 {
				w, err := writer.Stage(t.Context(), fmt.Sprintf("%d/%d", i, j))
				if err != nil {
					t.Error(err)
					return
				}
				if _, _, err := w.Commit(t.Context(), load.Still("")); err != nil {
					t.Error(err)
				}
			}
		})
		all.Go(func() {
			for range 100 {
				starting, err := dirstore.New(t.Context(), root)
				if err == nil {
					err = starting.Writable(t.Context())
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if left := drafts(t, root); len(left) != 0 {
		t.Errorf("left under .staging: %v", left)
	}
}

func drafts(t *testing.T, root string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(root, ".staging", "*.part"))
	if err != nil {
		t.Fatal(err)
	}
	return names
}
