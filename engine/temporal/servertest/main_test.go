package servertest

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"testing"
)

// total is what the last line says.
var total struct{ tenants, units, kills, differing, overlapping atomic.Int64 }

var (
	// bin is where graphlake and graphlake-temporal are.
	bin    string
	record = flag.String("record", "", "a directory into which the histories of workflows are written, for package workflows to replay")
)

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(run(m))
}

func run(m *testing.M) int {
	var err error
	if bin, err = os.MkdirTemp("", "servertest"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(bin)
	build := exec.CommandContext(context.Background(), "go", "build", "-o", bin+string(filepath.Separator), "graphlake/cmd/graphlake", "./graphlake-temporal")
	build.Dir, build.Stderr = "..", os.Stderr // with the versions of that module, as they are released
	if err := build.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "go build:", err)
		return 1
	}
	status := m.Run()
	fmt.Printf("temporal tenants=%d units=%d kills=%d differing=%d overlapping=%d\n", total.tenants.Load(), total.units.Load(), total.kills.Load(), total.differing.Load(), total.overlapping.Load())
	return status
}
