//go:build unix && !linux

package cli

import "golang.org/x/sys/unix"

// withoutCore keeps the memory of a process that crashes, which has tokens in it, from being written to a file.
func withoutCore() error { return unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}) }
