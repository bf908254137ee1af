//go:build unix

package flock

import (
	"os"
	"testing"
)

// The lines are of a kernel; the last two are a waiting process's and one of another kind of lock.
func TestHolderOf(t *testing.T) {
	const locks = `1: POSIX  ADVISORY  WRITE 11 08:01:77 0 EOF
2: FLOCK  ADVISORY  WRITE 0 08:01:78 0 EOF
3: FLOCK  ADVISORY  WRITE 4711 08:01:77 0 EOF
3: -> FLOCK  ADVISORY  WRITE 4712 08:01:79 0 EOF
4: FLOCK  ADVISORY  WRITE 4713 103:12a:80 0 EOF

5: FLOCK
`
	for _, tt := range []struct {
		device, inode uint64
		want          int
	}{
		{0x801, 77, 4711}, {0x801, 78, 0}, {0x801, 79, 0}, {0x802, 77, 0}, {0x11032a, 80, 4713},
	} {
		if got := holderOf(locks, tt.device, tt.inode); got != tt.want {
			t.Errorf("the holder of inode %d of %#x is %d, want %d", tt.inode, tt.device, got, tt.want)
		}
	}
}

// A process is named by its program, unless that calls itself something odd.
func TestDescribe(t *testing.T) {
	if got := describe(os.Getpid()); got == "" {
		t.Error("this process has no name")
	}
	for name, want := range map[string]bool{"graphlake": true, "flock.test": true, "a b": false, "x\x1b[31m": false, "": false} {
		if plainName.MatchString(name) != want {
			t.Errorf("%q is plain: %t, want %t", name, !want, want)
		}
	}
}
