package sealed

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// createDraft makes a file with a random part in its name, in the place of the asterisk. Its access list lets the account that we run as do all with it,
// the system too, and nobody else, whatever the directory hands down.
func createDraft(dir, pattern string) (*os.File, error) {
	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return nil, err
	}
	descriptor, err := windows.SecurityDescriptorFromString("D:P(A;;FA;;;" + user.User.Sid.String() + ")(A;;FA;;;SY)")
	if err != nil {
		return nil, err
	}
	attributes := windows.SecurityAttributes{SecurityDescriptor: descriptor}
	attributes.Length = uint32(unsafe.Sizeof(attributes))
	name := filepath.Join(dir, strings.Replace(pattern, "*", rand.Text(), 1))
	wide, err := windows.UTF16PtrFromString(name)
	if err != nil {
		return nil, err
	}
	handle, err := windows.CreateFile(wide, windows.GENERIC_READ|windows.GENERIC_WRITE, windows.FILE_SHARE_READ, &attributes,
		windows.CREATE_NEW, windows.FILE_ATTRIBUTE_NORMAL, 0)
	if err != nil {
		return nil, &fs.PathError{Op: "create", Path: name, Err: err}
	}
	return os.NewFile(uintptr(handle), name), nil
}

// syncDir has nothing to do: Windows flushes what a directory says with the file.
func syncDir(string) error { return nil }

// rename puts a file in the place of another, which nobody can while somebody reads that: who does is soon done.
func rename(from, to string) error {
	for pause := 10 * time.Millisecond; ; pause *= 2 {
		err := os.Rename(from, to)
		if !inUse(err) || pause > time.Second {
			return err
		}
		time.Sleep(pause)
	}
}

// inUse reports whether a file was left as it is because somebody has it open, or removes it at this moment.
func inUse(err error) bool {
	return errors.Is(err, windows.ERROR_SHARING_VIOLATION) || errors.Is(err, fs.ErrPermission)
}
