package cli

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"

	"graphlake/load/storetest/azurite"
)

// What a run keeps in scratch files stays while it lives, whoever else starts. Once it is killed, the next start removes
// it, and nobody else's.
func TestScratchOfAKilledRun(t *testing.T) {
	tmp := scratch(t)
	s := newSite(t, "")
	many := http.HandlerFunc(s.manyCalls)
	s.other.Store(&many)
	owner := s.start(t, "slow", "pstn_calls")
	<-s.arrived
	if got := left(t, tmp); got != "graphlake-scratch-" {
		t.Errorf("a run of many records has in the scratch directory: %s", got)
	}
	s.start(t, "quick", "users").wait(t)
	if got := left(t, tmp); got != "graphlake-scratch-" {
		t.Errorf("beside a living run another has left in the scratch directory: %s", got)
	}
	kill(t, owner)
	s.start(t, "quick", "users").wait(t)
	if got := left(t, tmp); got != "" {
		t.Errorf("the next start has left of a killed one: %s", got)
	}
}

// So it is with the files that are on their way to Blob Storage.
func TestDraftOfAKilledUpload(t *testing.T) {
	connection := azurite.Start(t)
	tmp := scratch(t)
	s := newSite(t, connection)
	close(s.gate)
	h, blobs := inFront(t, connection, "/tables/users/")
	owner := s.startOn(t, blobs, "slow", "users")
	<-h.arrived
	s.start(t, "quick", "pstn_calls").wait(t)
	if got := left(t, tmp); got != "graphlake-scratch-" {
		t.Errorf("while a file is sent, the scratch directory has: %s", got)
	}
	kill(t, owner)
	close(h.gate)
	s.start(t, "quick", "pstn_calls").wait(t)
	if got := left(t, tmp); got != "" {
		t.Errorf("the next start has left of a killed one: %s", got)
	}
}

// scratch is the directory that processes use for scratch files; somebody else's file lies in it.
func scratch(t *testing.T) string {
	t.Helper()
	tmp := t.TempDir()
	for _, name := range []string{"TMPDIR", "TMP"} { // the latter on Windows
		t.Setenv(name, tmp)
	}
	if err := os.WriteFile(filepath.Join(tmp, "somebody.part"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return tmp
}

// left are the kinds of files in a scratch directory besides somebody else's.
func left(t *testing.T, tmp string) string {
	t.Helper()
	entries, err := os.ReadDir(tmp)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, e := range entries {
		if info, err := e.Info(); err == nil && info.Mode().Perm()&0o077 != 0 && runtime.GOOS != "windows" {
			t.Errorf("%s is open to others: %v", e.Name(), info.Mode())
		}
		if e.Name() != "somebody.part" {
			kinds = append(kinds, strings.TrimRight(strings.TrimSuffix(e.Name(), ".part"), "0123456789"))
		}
	}
	if len(kinds) == len(entries) {
		t.Error("somebody else's file is gone")
	}
	return strings.Join(slices.Compact(kinds), " ")
}

func kill(t *testing.T, p *process) {
	t.Helper()
	p.signal(t, syscall.SIGKILL)
	if p.cmd.Wait() == nil {
		t.Fatal("a process was killed and ended well")
	}
}

// manyCalls answers with more PSTN calls than are kept in memory, and then keeps who asks at the gate.
func (s *site) manyCalls(w http.ResponseWriter, r *http.Request) {
	if !strings.Contains(r.URL.Path, "getPstnCalls") {
		fmt.Fprint(w, `{"value":[]}`)
		return
	}
	page := 0
	fmt.Sscanf(r.URL.Query().Get("page"), "%d", &page)
	if page == 50 {
		s.arrived <- struct{}{}
		<-r.Context().Done()
		return
	}
	fmt.Fprint(w, `{"value":[`)
	long := strings.Repeat("x", 1800)
	for i := range 1000 {
		if i > 0 {
			fmt.Fprint(w, ",")
		}
		fmt.Fprintf(w, `{"id":"%d-%d","callId":"%s","startDateTime":"2026-11-22T10:00:00Z","endDateTime":"2026-11-22T10:01:00Z","duration":60}`, page, i, long)
	}
	fmt.Fprintf(w, `],"@odata.nextLink":"http://%s%s?page=%d"}`, r.Host, r.URL.Path, page+1)
}
