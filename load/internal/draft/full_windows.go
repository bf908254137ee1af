package draft

import (
	"errors"

	"golang.org/x/sys/windows"
)

// DiskFull reports whether an error says that a file system, or what somebody may have of it, is full.
func DiskFull(err error) bool {
	return errors.Is(err, windows.ERROR_DISK_FULL) || errors.Is(err, windows.ERROR_HANDLE_DISK_FULL) || errors.Is(err, windows.ERROR_DISK_QUOTA_EXCEEDED)
}
