package deploycheck

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// imageUser is whom the image runs as; the manifests say the same.
const imageUser = 65532

// An image holds its command, the licences and nothing else, and the command runs in it as a user who may write nothing,
// on a file system that cannot be written.
func TestImages(t *testing.T) {
	b := newBuilder(t)
	for _, of := range []struct{ command, file string }{{"graphlake", "Dockerfile"}, {engine, "engine.Dockerfile"}} {
		t.Run(of.command, func(t *testing.T) { testImage(t, b, of.command, of.file) })
	}
}

func testImage(t *testing.T, b builder, command, file string) {
	b.run(t, "build", "--quiet", "--build-arg=VERSION=v0.1.0", "--tag="+command, "--file="+deploy+"/"+file, "../../dist")
	container := b.run(t, "from", command)
	var image struct {
		OCIv1 struct {
			Config struct {
				User       string
				WorkingDir string
				Entrypoint []string
				Labels     map[string]string
			}
		}
	}
	if err := json.Unmarshal([]byte(b.run(t, "inspect", container)), &image); err != nil {
		t.Fatal(err)
	}
	config := image.OCIv1.Config
	if config.User != fmt.Sprintf("%d:%d", imageUser, imageUser) || !slices.Equal(config.Entrypoint, []string{"/" + command}) ||
		config.WorkingDir != "/etc/graphlake" || config.Labels["org.opencontainers.image.version"] != "v0.1.0" || config.Labels["org.opencontainers.image.title"] != command {
		t.Errorf("the image is %+v", config)
	}
	root := b.run(t, "mount", container)
	t.Cleanup(func() { b.run(t, "umount", container) })
	if got := files(t, root); !slices.Equal(got, []string{"LICENSE", "THIRD_PARTY_NOTICES", command}) {
		t.Errorf("the image holds %q, want the command and its licences", got)
	}
	// The mount belongs to a namespace that ends with the command.
	script := `mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && ! touch "$1/x" 2>/dev/null && exec chroot --userspec="$2" "$1" "/$3" version`
	out, err := exec.CommandContext(t.Context(), "unshare", "--mount", "sh", "-c", script, "sh", root, config.User, command).CombinedOutput()
	if err != nil || !strings.HasPrefix(string(out), command+" ") {
		t.Errorf("%s version in the image: %v\n%s", command, err, out)
	}
}

// builder is buildah with a storage of its own.
type builder struct{ storage string }

func newBuilder(t *testing.T) builder {
	t.Helper()
	if _, err := exec.LookPath("buildah"); err != nil || os.Geteuid() != 0 {
		t.Skip("to build the image needs buildah and root")
	}
	return builder{t.TempDir()}
}

// run runs a command of buildah and is what it prints.
func (b builder) run(t *testing.T, args ...string) string {
	t.Helper()
	global := []string{"--storage-driver=vfs", "--root=" + b.storage + "/root", "--runroot=" + b.storage + "/run"}
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), "buildah", append(global, args...)...) // it also cleans up
	cmd.Env = append(os.Environ(), "BUILDAH_ISOLATION=chroot")
	cmd.Stderr = t.Output()
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("buildah %s: %v", strings.Join(args, " "), err)
	}
	return strings.TrimSpace(string(out))
}

// files are those below a directory.
func files(t *testing.T, root string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			path, err = filepath.Rel(root, path)
			names = append(names, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
