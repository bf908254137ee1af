package cli

import (
	"os"
	"syscall"

	"golang.org/x/sys/windows"
)

// ofItsOwn is a group: what its console is told, is told to a group of processes.
var ofItsOwn = &syscall.SysProcAttr{CreationFlags: windows.CREATE_NEW_PROCESS_GROUP}

// send tells a process to end: there is Ctrl-Break for that, and the end of the process.
func send(p *os.Process, s os.Signal) error {
	if s == os.Kill {
		return p.Kill()
	}
	return windows.GenerateConsoleCtrlEvent(windows.CTRL_BREAK_EVENT, uint32(p.Pid))
}
