//go:build unix

package cli

import (
	"context"
	"os"
)

// start runs the command.
func start(ctx context.Context, args []string, stdout, stderr *os.File) int {
	return runUntil(ctx, args, stdout, stderr)
}
