package dirstore

// What differs on Windows:
//
//   - A file that somebody has open can be replaced and removed only if they allowed that when they opened it. We do; other
//     readers may not, as DuckDB and Excel, and a virus scanner looks at what was just written. Most have it open for a
//     moment: so both are tried for some seconds.
//   - A rename is durable with the file system's own journal. A directory is flushed where that is possible, as it is on NTFS.
//   - A file has no number that a list tells. Its version is its time and its size, and a replaced name always gets a later
//     time: NTFS has steps of 100 ns, FAT such of two seconds, in which two writes may have the same.
//   - Names like those of devices are refused, and what opens another stream of a file.

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// patience is how long a reader may hold up that a file is replaced or removed.
const patience = 10 * time.Second

func inode(fs.FileInfo) uint64 { return 0 }

// openToRead opens a file that may be replaced or removed meanwhile.
func openToRead(path string) (*os.File, error) {
	const (
		others = windows.FILE_SHARE_READ | windows.FILE_SHARE_WRITE | windows.FILE_SHARE_DELETE
		how    = windows.FILE_ATTRIBUTE_NORMAL | windows.FILE_FLAG_BACKUP_SEMANTICS // also a directory, which is no object
	)
	return open(path, windows.GENERIC_READ, others, how)
}

// openToSync opens a directory, to flush it; nil where that cannot be.
func openToSync(dir string) (*os.File, error) {
	const others = windows.FILE_SHARE_READ | windows.FILE_SHARE_WRITE | windows.FILE_SHARE_DELETE
	d, err := open(dir, windows.GENERIC_WRITE, others, windows.FILE_FLAG_BACKUP_SEMANTICS)
	if errors.Is(err, windows.ERROR_ACCESS_DENIED) {
		return nil, nil
	}
	return d, err
}

// syncHere makes a file durable, and of a directory what can be.
func syncHere(f *os.File) error {
	err := f.Sync()
	if err == nil {
		return nil
	}
	if stat, e := f.Stat(); e == nil && stat.IsDir() {
		return nil
	}
	return err
}

func open(path string, access, others, how uint32) (*os.File, error) {
	name, err := windows.UTF16PtrFromString(long(path))
	var h windows.Handle
	if err == nil {
		h, err = windows.CreateFile(name, access, others, nil, windows.OPEN_EXISTING, how, 0)
	}
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	return os.NewFile(uintptr(h), path), nil
}

// long is an absolute path in the form in which it may have more than 260 characters.
func long(path string) string {
	const prefix = `\\?\`
	switch {
	case len(path) > 2 && path[1] == ':':
		return prefix + path
	case len(path) > 2 && path[:2] == `\\` && path[2] != '?' && path[2] != '.':
		return prefix + `UNC\` + path[2:]
	}
	return path
}

// replace renames a file to a name that may be another's, also while that is open by somebody who allows it. Where the
// file system has no such rename, as before Windows 10 or on FAT, nobody may have it open.
func replace(from, to string) error {
	source, err := open(from, windows.DELETE|windows.SYNCHRONIZE, windows.FILE_SHARE_READ|windows.FILE_SHARE_WRITE|windows.FILE_SHARE_DELETE,
		windows.FILE_FLAG_OPEN_REPARSE_POINT|windows.FILE_FLAG_WRITE_THROUGH)
	if err != nil {
		return err
	}
	err = renameOpen(windows.Handle(source.Fd()), long(to))
	if err = errors.Join(err, source.Close()); err != nil && !inUse(err) {
		err = moveOver(long(from), long(to))
	}
	if err != nil {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: err}
	}
	return nil
}

// renameOpen gives an open file another name by the rules of POSIX.
func renameOpen(file windows.Handle, to string) error {
	name, err := windows.UTF16FromString(to)
	if err != nil {
		return err
	}
	type information struct { // FILE_RENAME_INFO; the name has no end but its length
		flags  uint32
		root   windows.Handle
		length uint32
		name   [1]uint16
	}
	size := unsafe.Offsetof(information{}.name) + uintptr(len(name))*unsafe.Sizeof(name[0])
	buffer := make([]uint64, size/8+1) // which is aligned as the structure has to be
	info := (*information)(unsafe.Pointer(&buffer[0]))
	info.flags = windows.FILE_RENAME_REPLACE_IF_EXISTS | windows.FILE_RENAME_POSIX_SEMANTICS
	info.length = uint32(len(name)-1) * 2
	copy(unsafe.Slice(&info.name[0], len(name)), name)
	return windows.SetFileInformationByHandle(file, windows.FileRenameInfoEx, (*byte)(unsafe.Pointer(info)), uint32(size))
}

func moveOver(from, to string) error {
	oldName, err := windows.UTF16PtrFromString(from)
	if err != nil {
		return err
	}
	newName, err := windows.UTF16PtrFromString(to)
	if err != nil {
		return err
	}
	return windows.MoveFileEx(oldName, newName, windows.MOVEFILE_REPLACE_EXISTING|windows.MOVEFILE_WRITE_THROUGH)
}

// patiently tries again what fails because somebody has a file open. Whether access is denied for that, or because this
// user may not, the system does not tell.
func patiently(ctx context.Context, do func() error) error {
	until := time.Now().Add(patience)
	for pause := 5 * time.Millisecond; ; pause = min(2*pause, 200*time.Millisecond) {
		err := do()
		switch {
		case !inUse(err) && !errors.Is(err, windows.ERROR_ACCESS_DENIED):
			return err
		case time.Now().After(until):
			return fmt.Errorf("%w, also after %v", err, patience)
		}
		select {
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		case <-time.After(pause):
		}
	}
}

// inUse reports whether somebody has a file open.
func inUse(err error) bool {
	return errors.Is(err, windows.ERROR_SHARING_VIOLATION) || errors.Is(err, windows.ERROR_LOCK_VIOLATION) || errors.Is(err, windows.ERROR_USER_MAPPED_FILE)
}

func readOnly(err error) bool { return errors.Is(err, windows.ERROR_WRITE_PROTECT) }

// checkHere refuses a name by which Windows would open something else than a file.
func checkHere(name string) error {
	if !filepath.IsLocal(filepath.FromSlash(name)) {
		return fmt.Errorf("object name %q: Windows has no file of this name: %w", name, fs.ErrInvalid)
	}
	return nil
}
