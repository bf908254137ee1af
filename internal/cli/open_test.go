package cli

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"graphlake/extract/graph"
	"graphlake/load/blobstore"
)

func TestLakeErrors(t *testing.T) {
	away := &url.Error{Op: "Get", URL: "https://nobody.blob.core.windows.net", Err: errors.New("no such host")}
	for name, c := range map[string]struct {
		lake   string
		err    error
		status int
		want   string
	}{
		"a service that is away":    {"az://lake", away, ExitLater, "the lake az://lake: Get \"https://nobody.blob.core.windows.net\": no such host; check the account's name, the network and the proxy, and run again later"},
		"a sign-in that is refused": {"az://lake", &graph.Error{Kind: graph.Unauthorized, Err: away}, ExitForbidden, "with admin consent"},
		"a wrong connection string": {"az://lake", fmt.Errorf("%w: malformed", blobstore.ErrOptions), ExitUsage, "connect to Blob Storage: malformed; it is in BLOBS: copy it anew from the storage account's access keys"},
		"a directory":               {"./lake", errors.New("no space"), ExitUsage, "the lake ./lake: no space"},
		"a signal":                  {"./lake", fmt.Errorf("open: %w", context.Canceled), ExitLater, "the lake ./lake: open: context canceled"},
	} {
		cfg := &config{Lake: c.lake, Azure: azureConfig{ConnectionStringEnv: "BLOBS"}}
		err := cfg.lakeError(c.err)
		if exitStatus(err) != c.status || !strings.HasSuffix(err.Error(), c.want) {
			t.Errorf("%s: exit status %d, %v, want %d, %s", name, exitStatus(err), err, c.status, c.want)
		}
	}
}
