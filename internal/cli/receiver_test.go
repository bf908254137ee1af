package cli

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/rogpeppe/go-internal/testscript"
)

// receiver NAME: starts who takes notifications. $NAME becomes its address, with a secret in it, and the file NAME.log gets what it
// is sent, a message a line. It answers with the status in the file NAME.status, where there is one.
//
// receiver NAME COUNT: it has got so many messages until now.
func receiver(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 || len(args) > 2 {
		ts.Fatalf("usage: receiver NAME [COUNT]")
	}
	log := ts.MkAbs(args[0] + ".log")
	if len(args) == 2 {
		if got := strings.Count(ts.ReadFile(log), "\n"); fmt.Sprint(got) != args[1] {
			ts.Fatalf("%s got %d messages, want %s:\n%s", args[0], got, args[1], ts.ReadFile(log))
		}
		return
	}
	ts.Check(os.WriteFile(log, nil, 0o600))
	var requests atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		status := http.StatusAccepted
		if text, err := os.ReadFile(ts.MkAbs(args[0] + ".status")); err == nil {
			status, _ = strconv.Atoi(strings.TrimSpace(string(text)))
		}
		requests.Add(1)
		if status == http.StatusFound {
			w.Header().Set("Location", "/elsewhere")
		}
		w.WriteHeader(status)
		if status/100 == 2 {
			f, err := os.OpenFile(log, os.O_APPEND|os.O_WRONLY, 0o600)
			if err == nil {
				fmt.Fprintf(f, "%s\n", body)
				f.Close()
			}
			return
		}
		fmt.Fprint(w, "no such workflow")
	}))
	ts.Defer(server.Close)
	ts.Setenv(args[0], server.URL+"/workflows/s3cr3t-path?sig=s3cr3t-signature")
}
