//go:build unix

package secretfile

import (
	"io/fs"
	"os"
	"syscall"
)

// checkOpen says whether an open file may be read by us.
func (k Kind) checkOpen(f *os.File, info fs.FileInfo) error {
	owner := info.Sys().(*syscall.Stat_t).Uid
	return k.check(f.Name(), info.Mode().Perm(), int(owner), os.Geteuid(), inKubernetesVolume(f.Name()))
}
