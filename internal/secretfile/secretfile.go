// Package secretfile reads files that prove who we are, and only if nobody else can read or change them. Asked is the file that was
// opened, and no link to it:
//
//   - Others (the last digit of its mode) may do nothing with it.
//   - Its group may read it if that is how we may: the file is root's and we are not. So are files that systemd loads as a
//     credential, and those that Kubernetes mounts with fsGroup, as 0440.
//   - A volume of Kubernetes is seen by the containers that mount it and by no others. Its group may read there whoever we are.
//     Tokens of workload identity may be read by all there: the kubelet writes them as 0644 unless the pod says its user or an fsGroup
//     (kubernetes/kubernetes#82573), and the webhook that mounts them says neither. A private key may not: its volume takes a
//     defaultMode.
//
// On Windows its access list counts.
package secretfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Kind is what a file is for, and who may read it.
type Kind struct {
	Key        string // of the configuration, or a variable
	Short      bool   // it is valid for an hour or so, and Kubernetes writes it
	MayBeLater bool   // it need not be there yet
}

// most is how many bytes of such a file are read.
const most = 1 << 20

// Read reads the file.
func (k Kind) Read(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w; name a file that is there and can be read", k.Key, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", k.Key, err)
	}
	if err := k.checkOpen(f, info); err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(f, most+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", k.Key, err)
	case len(text) > most:
		return nil, fmt.Errorf("%s: %s has more than %d bytes, so it is none", k.Key, name, most)
	}
	return text, nil
}

// Try says of a file that is there whether it would be read.
func (k Kind) Try(name string) error {
	_, err := k.Read(name)
	if k.MayBeLater && errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// check says whether a file of that mode and owner may be read by us.
func (k Kind) check(name string, mode fs.FileMode, owner, us int, volume bool) error {
	const (
		writable, groupReads, othersRead, others = 0o022, 0o040, 0o004, 0o007
	)
	var who string
	switch {
	case mode&writable != 0:
		who = "others can change it"
	case mode&others != 0 && (!volume || !k.Short || mode&others != othersRead):
		who = "everybody on this machine can read it"
	case mode&groupReads != 0 && !volume && (owner != 0 || us == 0):
		who = "its group can read it"
	default:
		return nil
	}
	cure := "chmod 600 " + name
	if volume {
		cure = "give the volume defaultMode: 0440, and the pod an fsGroup"
	}
	return fmt.Errorf("%s: %s has the mode %04o, so that %s: %s", k.Key, name, mode, who, cure)
}

// inKubernetesVolume reports whether a file lies in a volume as the kubelet writes it: its links lead through ..data into a directory
// named by the time of writing.
func inKubernetesVolume(name string) bool {
	target, err := filepath.EvalSymlinks(name)
	if err != nil {
		return false
	}
	for dir := filepath.Dir(target); dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if base := filepath.Base(dir); strings.HasPrefix(base, "..2") {
			current, err := os.Readlink(filepath.Join(filepath.Dir(dir), "..data"))
			return err == nil && current == base
		}
	}
	return false
}
