// Package azurite starts the emulator of Blob Storage for tests. Where it is comes from the
// environment variable GRAPHLAKE_AZURITE; without it the test is skipped.
package azurite

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"
)

// Environment names the variable that holds the path of the azurite-blob script.
const Environment = "GRAPHLAKE_AZURITE"

const account = "graphlake"

// Start starts an empty emulator in memory, ends it with the test, and gives the connection string
// of its one account.
func Start(t testing.TB) string {
	t.Helper()
	script := os.Getenv(Environment)
	if script == "" {
		t.Skipf("%s is not set: make test installs Azurite and sets it", Environment)
	}
	port := freePort(t)
	key := base64.StdEncoding.EncodeToString([]byte("an invented key for tests"))
	cmd := exec.Command(script, "--silent", "--disableTelemetry", "--skipApiVersionCheck",
		"--inMemoryPersistence", "--blobHost", "127.0.0.1", "--blobPort", strconv.Itoa(port))
	cmd.Env = append(os.Environ(), "AZURITE_ACCOUNTS="+account+":"+key)
	cmd.Dir = t.TempDir()
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Start(); err != nil {
		t.Fatalf("start Azurite: %v", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		cmd.Process.Kill()
		<-ended
	})
	await(t, port, ended, &output)
	return fmt.Sprintf("DefaultEndpointsProtocol=http;AccountName=%s;AccountKey=%s;"+
		"BlobEndpoint=http://127.0.0.1:%d/%[1]s;", account, key, port)
}

// await returns when the emulator answers as it does to whoever does not sign: a port that only listens says nothing
// of the accounts, or 400.
func await(t testing.TB, port int, ended chan error, output *bytes.Buffer) {
	t.Helper()
	url := fmt.Sprintf("http://127.0.0.1:%d/%s?comp=list", port, account)
	client := &http.Client{Timeout: time.Second}
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); {
		answer, err := client.Get(url)
		if err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusForbidden {
				return
			}
		}
		select {
		case err := <-ended:
			ended <- err // for the cleanup
			t.Fatalf("Azurite ended: %v\n%s", err, output)
		case <-time.After(50 * time.Millisecond):
		}
	}
	t.Fatalf("Azurite does not answer on port %d after a minute", port)
}

func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}
