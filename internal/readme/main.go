// Readme does what README.md tells a newcomer to do, in an empty folder, and compares what is printed
// with what README.md shows.
//
//	go run ./internal/readme
//
// In the blocks marked console a line after "$ " is a command, and the lines after it are what it prints to
// standard output. The simulator is started beside the commands. What differs from day to day, numbers, times
// and the names of runs, and the width of columns, is not compared.
// The last line is: readme commands=N.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"time"
)

func main() {
	bin := flag.String("bin", "bin", "where graphlake and graphsim are")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := follow(ctx, "README.md", *bin)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "readme:", err)
		os.Exit(1)
	}
}

// served is the address of the simulator in the text. Here it gets one that is free.
const served = "127.0.0.1:8080"

func follow(ctx context.Context, file, bin string) (err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	address, err := freeAddress(ctx)
	if err != nil {
		return err
	}
	commands := steps(strings.ReplaceAll(string(text), served, address))
	if len(commands) == 0 {
		return errors.New("there is no command in a block marked console")
	}
	dir, err := os.MkdirTemp("", "readme")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if bin, err = filepath.Abs(bin); err == nil {
		err = os.Symlink(bin, filepath.Join(dir, "bin"))
	}
	if err != nil {
		return err
	}
	n := newcomer{dir: dir}
	defer func() { err = errors.Join(err, n.leave()) }()
	for _, s := range commands {
		if err := n.do(ctx, s); err != nil {
			return fmt.Errorf("$ %s: %w", s.command, err)
		}
	}
	fmt.Printf("readme commands=%d\n", len(commands))
	return nil
}

// newcomer is who follows, in a folder of their own.
type newcomer struct {
	dir         string
	environment []string
	servers     []*exec.Cmd
}

func (n *newcomer) do(ctx context.Context, s step) error {
	word, rest, _ := strings.Cut(s.command, " ")
	switch word {
	case "make": // it was made before
		return nil
	case "cd":
		n.dir = filepath.Join(n.dir, rest)
		return nil
	case "export":
		return n.export(ctx, s.command)
	case "bin/graphsim":
		return n.serve(ctx, s)
	}
	out, err := n.output(ctx, s.command)
	if err != nil {
		return err
	}
	return s.compare(out)
}

// export keeps the environment as a command leaves it.
func (n *newcomer) export(ctx context.Context, command string) error {
	out, err := n.output(ctx, command+" && env -0")
	if err == nil {
		n.environment = strings.Split(strings.TrimRight(out, "\x00"), "\x00")
	}
	return err
}

func (n *newcomer) output(ctx context.Context, command string) (string, error) {
	cmd := n.shell(ctx, command)
	var told strings.Builder
	cmd.Stderr = &told
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%w\n%s%s", err, out, told.String())
	}
	return string(out), nil
}

// serve starts a command that stays, and compares the line by which it says that it is there. Its clock is
// ahead: soon after midnight it would not give the last calls of the day yet, and the others would say so.
func (n *newcomer) serve(ctx context.Context, s step) error {
	cmd := n.shell(ctx, "exec "+s.command+" --now "+time.Now().UTC().Add(2*time.Hour).Format(time.RFC3339))
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return err
	}
	n.servers = append(n.servers, cmd)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return err
	}
	return s.compare(line)
}

func (n *newcomer) shell(ctx context.Context, command string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "sh", "-c", command)
	cmd.Dir, cmd.Env = n.dir, n.environment
	return cmd
}

// leave ends what was started and stays.
func (n *newcomer) leave() error {
	var errs []error
	for _, cmd := range n.servers {
		errs = append(errs, cmd.Process.Signal(os.Interrupt))
		if err := cmd.Wait(); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", strings.Join(cmd.Args, " "), err))
		}
	}
	return errors.Join(errs...)
}

func freeAddress(ctx context.Context) (string, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}
