package blobstore

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"
)

// childConnection is set for the child process: the account in which it holds a lock.
const childConnection = "GRAPHLAKE_TEST_CONNECTION"

func TestMain(m *testing.M) {
	if connection := os.Getenv(childConnection); connection != "" {
		if err := hold(connection); err != nil {
			fmt.Println(err)
		}
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// hold takes a lock, and at every line that it reads it says whether that is held still.
func hold(connection string) error {
	ctx := context.Background()
	s, err := New(ctx, leaseOptions(connection))
	if err != nil {
		return err
	}
	l, err := s.Lock(ctx, lockName)
	if err != nil {
		return err
	}
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		fmt.Println("held:", l.Held())
	}
	return nil
}

// child is a process that holds a lock.
type child struct {
	*exec.Cmd
	stdin  io.Writer
	stdout *bufio.Reader
}

func startChild(t *testing.T, connection string) child {
	t.Helper()
	c := child{Cmd: exec.CommandContext(t.Context(), os.Args[0])} // and ends with the test
	c.Env = append(os.Environ(), childConnection+"="+connection)
	stdin, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.stdin, c.stdout = stdin, bufio.NewReader(stdout)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Wait() })
	return c
}

// ask gives what the child says about its lock.
func (c child) ask(t *testing.T) string {
	t.Helper()
	if _, err := io.WriteString(c.stdin, "and now?\n"); err != nil {
		t.Fatal(err)
	}
	said, err := c.stdout.ReadString('\n')
	if err != nil {
		t.Fatalf("the child says %q, %v", said, err)
	}
	return said
}
