//go:build unix

package command

import (
	"errors"
	"os"
	"syscall"
)

// peak is how many MB of memory a process that has ended used at most.
func peak(state *os.ProcessState) (float64, error) {
	usage, ok := state.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0, errors.New("this system does not say how much memory a process used")
	}
	return float64(usage.Maxrss) / 1024, nil // Linux counts in KiB
}
