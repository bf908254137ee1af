//go:build unix

package cli

import (
	"os"
	"syscall"
)

var ofItsOwn *syscall.SysProcAttr // which a process needs no group of its own to be told

func send(p *os.Process, s os.Signal) error { return p.Signal(s) }
