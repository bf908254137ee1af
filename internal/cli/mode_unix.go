//go:build unix

package cli

import (
	"io/fs"
	"syscall"
)

// modesHold says that who may read a file is said by its mode.
const modesHold = true

func readUmask() fs.FileMode {
	old := syscall.Umask(0o077)
	syscall.Umask(old)
	return fs.FileMode(old) & fs.ModePerm
}
