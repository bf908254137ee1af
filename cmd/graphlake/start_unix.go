//go:build unix

package main

import (
	"context"
	"os"
)

// start runs the command.
func start(ctx context.Context, args []string) int { return runUntil(ctx, args, os.Stdout, os.Stderr) }
