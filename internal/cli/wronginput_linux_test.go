package cli

import (
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// outputWithoutOverride runs a command as root who may not read and write what others may not: without the capabilities for that
// (capabilities(7)). They are dropped from the bounding set of this thread, which its child inherits and which ends with the goroutine.
func outputWithoutOverride(t *testing.T, cmd *exec.Cmd) (string, error) {
	t.Helper()
	const prCapbsetDrop, capDacOverride, capDacReadSearch = 24, 1, 2
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	started := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlocked
		for _, capability := range []uintptr{capDacOverride, capDacReadSearch} {
			if _, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, prCapbsetDrop, capability, 0); errno != 0 {
				started <- errno
				return
			}
		}
		started <- cmd.Start()
	}()
	if err := <-started; err != nil {
		t.Skipf("root's rights cannot be dropped here: %v", err)
	}
	err := cmd.Wait()
	return out.String(), err
}
