//go:build unix

package flock

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// Holder says who holds the lock on an open file, as "process 4711 (graphlake) of user 65532"; empty where the system
// does not tell, as for a process of another container, or another system than Linux.
func Holder(f *os.File) string {
	locks, err := os.ReadFile("/proc/locks")
	if err != nil {
		return ""
	}
	info, err := f.Stat()
	if err != nil {
		return ""
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return ""
	}
	pid := holderOf(string(locks), uint64(stat.Dev), stat.Ino) //nolint:unconvert // Dev is of another type elsewhere
	if pid == 0 {
		return ""
	}
	return describe(pid)
}

// holderOf finds in the text of /proc/locks the process that holds flock's lock on a file; 0: none that is seen. A line
// is "1: FLOCK ADVISORY WRITE 4711 08:01:131090 0 EOF", the device's numbers in hexadecimal digits; one with an arrow
// behind the number is of a process that waits.
func holderOf(locks string, device, inode uint64) int {
	major, minor := device>>8&0xfff|device>>32&^0xfff, device&0xff|device>>12&0xffffff00
	file := fmt.Sprintf("%02x:%02x:%d", major, minor, inode)
	for line := range strings.Lines(locks) {
		field := strings.Fields(line)
		if len(field) < 6 || field[1] != "FLOCK" || field[5] != file {
			continue
		}
		if pid, err := strconv.Atoi(field[4]); err == nil && pid > 0 {
			return pid
		}
	}
	return 0
}

// Sign does nothing: the system says who holds a lock.
func Sign(*os.File) error { return nil }

// describe names a process by its number, its program and its user, as far as they can be seen. It does not show its
// command line, which may hold secrets.
func describe(pid int) string {
	text := fmt.Sprintf("process %d", pid)
	dir := fmt.Sprintf("/proc/%d", pid)
	name, err := os.ReadFile(dir + "/comm")
	if program := strings.TrimSpace(string(name)); err == nil && plainName.MatchString(program) {
		text += " (" + program + ")"
	}
	if info, err := os.Stat(dir); err == nil {
		if stat, ok := info.Sys().(*syscall.Stat_t); ok {
			text += fmt.Sprintf(" of user %d", stat.Uid)
		}
	}
	return text
}
