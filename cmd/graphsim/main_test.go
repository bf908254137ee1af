package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"graphsim": main, "ask": ask})
}

// The scripts run the real command.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script"})
}

// ask is the command that the simulator is started for. ask PATH prints the answer's status, ask PATH
// WORD also how often the answer has the word, and ask N PATH asks so many times.
func ask() {
	path, word := os.Args[1], ""
	if n, err := strconv.Atoi(path); err == nil {
		for range n {
			askFor(os.Args[2], "")
		}
		return
	}
	if len(os.Args) > 2 {
		word = os.Args[2]
	}
	askFor(path, word)
}

func askFor(path, word string) {
	r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, os.Getenv("GRAPHSIM_URL")+path, nil)
	if err != nil {
		panic(err)
	}
	r.Header.Set("Authorization", "Bearer "+os.Getenv("GRAPHSIM_TOKEN"))
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		panic(err)
	}
	defer answer.Body.Close()
	fmt.Println(answer.Status)
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		panic(err)
	}
	if word != "" {
		fmt.Println(strings.Count(string(body), word), "times")
	}
}

// Alone it prints one line, its address, and ends well when it is asked to.
func TestServesUntilTerminated(t *testing.T) {
	program, err := exec.LookPath("graphsim")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program, "--users", "3")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	url, err := lines.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, strings.TrimSpace(url)+"/v1.0/users/delta", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%v, %v", answer, err)
	}
	answer.Body.Close()
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(lines)
	if err != nil || len(rest) > 0 {
		t.Errorf("after its address it printed %q (%v)", rest, err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("ended with %v", err)
	}
}
