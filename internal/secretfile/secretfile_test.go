package secretfile

import (
	"io/fs"
	"strings"
	"testing"
)

var (
	certificateFile = Kind{Key: "certificate_file"}
	tokenFile       = Kind{Key: "token_file", Short: true, MayBeLater: true}
)

// Who may read what, by the mode and the owner of a file.
func TestSecretFilesAreOurs(t *testing.T) {
	const root, us, other = 0, 65532, 1000
	for _, c := range []struct {
		kind      Kind
		mode      fs.FileMode
		owner, we int
		volume    bool
		want      string // in the error; empty: it is read
	}{
		{certificateFile, 0o600, us, us, false, ""},
		{certificateFile, 0o400, us, us, false, ""},
		{certificateFile, 0o440, root, us, false, ""}, // a credential of systemd, with an access list
		{certificateFile, 0o440, root, us, true, ""},  // Kubernetes, with defaultMode: 0440 and fsGroup
		{certificateFile, 0o440, root, root, true, ""},
		{certificateFile, 0o640, us, us, false, "its group can read it: chmod 600 x"},
		{certificateFile, 0o640, root, root, false, "its group can read it"},
		{certificateFile, 0o640, other, root, false, "its group can read it"},
		{certificateFile, 0o640, other, us, false, "its group can read it"},
		{certificateFile, 0o660, root, us, false, "others can change it"},
		{certificateFile, 0o602, us, us, false, "others can change it"},
		{certificateFile, 0o644, root, us, false, "has the mode 0644, so that everybody on this machine can read it: chmod 600 x"},
		{certificateFile, 0o644, root, us, true, "everybody on this machine can read it: give the volume defaultMode: 0440, and the pod an fsGroup"},
		{certificateFile, 0o601, us, us, false, "everybody on this machine"},
		{tokenFile, 0o600, us, us, true, ""},   // the kubelet, for a pod with runAsUser
		{tokenFile, 0o640, us, us, true, ""},   // with fsGroup besides, as in deploy/kubernetes
		{tokenFile, 0o640, root, us, true, ""}, // with fsGroup alone
		{tokenFile, 0o644, root, us, true, ""}, // with neither
		{tokenFile, 0o644, root, us, false, "everybody on this machine can read it: chmod 600 x"},
		{tokenFile, 0o646, root, us, true, "others can change it"},
		{tokenFile, 0o645, root, us, true, "everybody on this machine"},
	} {
		err := c.kind.check("x", c.mode, c.owner, c.we, c.volume)
		if (c.want == "") != (err == nil) || err != nil && (!strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), c.kind.Key+": x ")) {
			t.Errorf("%s of mode %04o, of %d, read by %d, in a volume %t: %v, want %q", c.kind.Key, c.mode, c.owner, c.we, c.volume, err, c.want)
		}
	}
}
