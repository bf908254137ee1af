package cli

import "golang.org/x/sys/unix"

// withoutCore keeps the memory of a process that crashes, which has tokens in it, from being written to a file: neither by the
// system nor by a program that the system hands it to, which heeds no limit. Nobody but root can read it while the process runs, either.
func withoutCore() error {
	if err := unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0); err != nil {
		return err
	}
	return unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{})
}
