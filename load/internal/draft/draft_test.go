package draft

import (
	"os"
	"strings"
	"testing"
)

// A draft that could not be written whole is never published, whatever is written after it.
func TestWriteErrorStays(t *testing.T) {
	f, err := New(t.TempDir(), Files, "a/b")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Discard()
	whole := f.file
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("this system has no /dev/full")
	}
	defer full.Close()

	f.file = full
	_, err = f.Write([]byte("lost"))
	if !DiskFull(err) || !strings.Contains(err.Error(), "free some space and run again, this file was not published") {
		t.Errorf("Write to a full disk: %v, want the cure", err)
	}
	f.file = whole
	if _, err := f.Write([]byte("written")); err != nil {
		t.Errorf("Write after it: %v", err)
	}
	if _, err := f.Open(); !DiskFull(err) {
		t.Errorf("Open for the commit: %v, want the error of the first Write", err)
	}
}
