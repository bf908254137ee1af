//go:build unix

package draft

import (
	"errors"
	"syscall"
)

// DiskFull reports whether an error says that a file system, or what somebody may have of it, is full.
func DiskFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}
