package cli

import (
	"bytes"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/streaming"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blockblob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/sas"

	"graphlake/load/storetest/azurite"
)

// command runs a subcommand against the site's lake, and gives its exit status and all that it says.
func (s *site) command(t *testing.T, blobs string, args ...string) (status int, said string) {
	t.Helper()
	program, err := exec.LookPath("graphlake")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program, append([]string{"--config", s.config}, args...)...)
	cmd.Env = append(cmd.Environ(), "GRAPH_TOKEN=quick", "BLOBS="+blobs)
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}

// everyday are commands that together do all that a lake is for.
var everyday = [][]string{
	{"run", "--dataset", "users", "--from", "2026-11-22", "--to", "2026-11-24", "--now", "2026-11-23T02:30:00Z"},
	{"status", "--now", "2026-11-23T03:30:00Z"},
	{"replay", "--dataset", "users"},
	{"cat", "users"},
	{"audit", "--dataset", "users", "--from", "2026-11-23", "--to", "2026-11-24", "--now", "2026-11-23T03:30:00Z"},
	{"sql", "--engine", "duckdb"},
	{"check", "--dataset", "users"},
}

// A signature for the one container is enough for all of a lake's life, and nothing that is said shows it.
func TestLakeByContainerSignature(t *testing.T) {
	t.Parallel()
	connection := azurite.Start(t)
	s := newSite(t, connection)
	close(s.gate)
	rights := sas.ContainerPermissions{Read: true, Create: true, Write: true, Delete: true, List: true}
	values := sas.BlobSignatureValues{
		Protocol: sas.ProtocolHTTPSandHTTP, ExpiryTime: time.Now().Add(time.Hour), Permissions: rights.String(), ContainerName: "lake",
	}
	q, err := values.SignWithSharedKey(sharedKey(t, connection))
	if err != nil {
		t.Fatal(err)
	}
	signed := "BlobEndpoint=" + part(connection, "BlobEndpoint") + ";SharedAccessSignature=" + q.Encode()
	for _, args := range everyday {
		status, said := s.command(t, signed, args...)
		if status != ExitDone {
			t.Errorf("%s ends with %d: %s", args[0], status, said)
		}
		if strings.Contains(said, q.Signature()) || strings.Contains(said, "sig=") {
			t.Errorf("%s shows the signature: %s", args[0], said)
		}
	}
	status, said := s.command(t, signed, "init", "--create") // not what it is for
	if status != ExitForbidden || strings.Contains(said, "sig=") {
		t.Errorf("init --create by a signature for the container ends with %d: %s", status, said)
	}
}

// Directories of a hierarchical namespace, which are listed among the blobs, change nothing.
func TestLakeAmongDirectories(t *testing.T) {
	t.Parallel()
	connection := azurite.Start(t)
	s := newSite(t, connection)
	close(s.gate)
	if status, said := s.command(t, connection, everyday[0]...); status != ExitDone {
		t.Fatalf("run ends with %d: %s", status, said)
	}
	if n := markDirectories(t, connection); n < 10 {
		t.Fatalf("%d directories were marked", n)
	}
	_, before := s.command(t, connection, "cat", "users")
	for _, args := range slices.Concat(everyday, everyday[:1]) {
		if status, said := s.command(t, connection, args...); status != ExitDone {
			t.Errorf("%s among directories ends with %d: %s", args[0], status, said)
		}
	}
	if _, after := s.command(t, connection, "cat", "users"); after != before || !strings.Contains(before, "Sales") {
		t.Errorf("cat among directories gives %s, and before %s", after, before)
	}
}

// markDirectories puts what a hierarchical namespace lists for a directory beside all blobs, and says how many.
func markDirectories(t *testing.T, connection string) int {
	t.Helper()
	lake, err := container.NewClientFromConnectionString(connection, "lake", nil)
	if err != nil {
		t.Fatal(err)
	}
	directories := map[string]bool{}
	for pages := lake.NewListBlobsFlatPager(nil); pages.More(); {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range page.Segment.BlobItems {
			for i, r := range *item.Name {
				if r == '/' {
					directories[(*item.Name)[:i]] = true
				}
			}
		}
	}
	for name := range directories {
		o := &blockblob.UploadOptions{Metadata: map[string]*string{"hdi_isfolder": new("true")}}
		if _, err := lake.NewBlockBlobClient(name).Upload(t.Context(), streaming.NopCloser(bytes.NewReader(nil)), o); err != nil {
			t.Fatal(err)
		}
	}
	return len(directories)
}

// part is a field of a connection string.
func part(connection, name string) string {
	_, value, _ := strings.Cut(connection, name+"=")
	value, _, _ = strings.Cut(value, ";")
	return value
}

func sharedKey(t *testing.T, connection string) *container.SharedKeyCredential {
	t.Helper()
	key, err := container.NewSharedKeyCredential(part(connection, "AccountName"), part(connection, "AccountKey"))
	if err != nil {
		t.Fatal(err)
	}
	return key
}
