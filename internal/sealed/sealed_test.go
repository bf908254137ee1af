package sealed

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

const text = `{"RefreshToken":{"secret":"0.AXkA-refresh"}}`

// in is a file of a directory that is not there yet.
func in(t *testing.T) File {
	t.Helper()
	return File{Path: filepath.Join(t.TempDir(), "state", "contoso.token"), What: "token_cache", Key: bytes.Repeat([]byte{7}, KeyBytes), About: "tenant client"}
}

func content(t *testing.T, f File) []byte {
	t.Helper()
	all, err := os.ReadFile(f.Path)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	f := in(t)
	if got, err := f.Read(); got != nil || err != nil {
		t.Errorf("of no file %q is read, %v", got, err)
	}
	var written []string
	for _, want := range []string{text, text, "", strings.Repeat("x", 100_000)} {
		if err := f.Write([]byte(want)); err != nil {
			t.Fatal(err)
		}
		got, err := f.Read()
		if err != nil || string(got) != want || got == nil {
			t.Errorf("%d bytes were written, and read %d, %v", len(want), len(got), err)
		}
		written = append(written, string(content(t, f)))
	}
	if written[0] == written[1] {
		t.Error("one text is encrypted twice to the same")
	}
	if !strings.HasPrefix(written[0], sealedForm) || strings.Contains(written[0], "efresh") {
		t.Errorf("the file has %q", written[0])
	}
	if err := errors.Join(f.Remove(), f.Remove()); err != nil {
		t.Error(err)
	}
	if got, err := f.Read(); got != nil || err != nil {
		t.Errorf("of a removed file %q is read, %v", got, err)
	}
}

// What was changed, put elsewhere or written with another key is not taken.
func TestWhatIsNotTaken(t *testing.T) {
	f := in(t)
	if err := f.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	whole := content(t, f)
	other, another, none, short := f, f, f, f
	other.Key, another.About, none.Key, short.Key = bytes.Repeat([]byte{8}, KeyBytes), "tenant other", nil, []byte("short")
	for name, c := range map[string]struct {
		f    File
		want error
	}{"another key": {other, ErrWrong}, "about something else": {another, ErrWrong}, "no key": {none, ErrNoKey}, "a short key": {short, errKeySize}} {
		if got, err := c.f.Read(); got != nil || !errors.Is(err, c.want) || !strings.Contains(err.Error(), "token_cache: the file "+f.Path+" cannot be used: ") {
			t.Errorf("%s: read %q, %v", name, got, err)
		}
	}
	for i := range whole {
		changed := bytes.Clone(whole)
		changed[i] ^= 1
		if got, err := f.open(changed); err == nil {
			t.Fatalf("with byte %d changed %q is read", i, got)
		}
		if got, err := f.open(whole[:i]); err == nil {
			t.Fatalf("of the first %d bytes %q is read", i, got)
		}
	}
	if _, err := f.open([]byte(plainForm + text)); !errors.Is(err, ErrPlain) {
		t.Errorf("a plain file in the place of an encrypted one: %v", err)
	}
	if _, err := f.open([]byte(text)); !errors.Is(err, ErrForm) {
		t.Errorf("another file: %v", err)
	}
}

// Without a key nothing is written, unless that was said, or was before.
func TestPlain(t *testing.T) {
	f := in(t)
	f.Key = nil
	if err := f.Write([]byte(text)); !errors.Is(err, ErrNoKey) {
		t.Errorf("without a key: %v", err)
	}
	if entries, err := os.ReadDir(filepath.Dir(f.Path)); len(entries) > 0 || err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without a key there are %v, %v", entries, err)
	}
	f.Plain = true
	if err := f.Write([]byte(text)); err != nil || !f.IsPlain() {
		t.Errorf("plain: %t, %v", f.IsPlain(), err)
	}
	f.Plain = false
	if err := f.Write([]byte("next")); err != nil || string(content(t, f)) != plainForm+"next" {
		t.Errorf("again: %q, %v", content(t, f), err)
	}
	if got, err := f.Read(); err != nil || string(got) != "next" {
		t.Errorf("read %q, %v", got, err)
	}
	f.Key = bytes.Repeat([]byte{7}, KeyBytes)
	if err := f.Write([]byte(text)); err != nil || f.IsPlain() {
		t.Errorf("with a key over it: plain %t, %v", f.IsPlain(), err)
	}
}

func TestNobodyElseReads(t *testing.T) {
	f := in(t)
	if err := f.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS == "windows" { // its access list counts, by which reading it has been allowed
		if _, err := f.Read(); err != nil {
			t.Error(err)
		}
		return
	}
	for name, want := range map[string]fs.FileMode{f.Path: 0o600, filepath.Dir(f.Path): 0o700} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s has the mode %v, %v, want %v", name, info.Mode().Perm(), err, want)
		}
	}
	if err := os.Chmod(f.Path, 0o640); err != nil {
		t.Fatal(err)
	}
	if got, err := f.Read(); got != nil || err == nil || !strings.Contains(err.Error(), "its group can read it: chmod 600 "+f.Path) {
		t.Errorf("with the mode 0640 %q is read, %v", got, err)
	}
}

// linked is the file by a link to it. On Windows that takes a right, and Wine makes links that lead nowhere.
func linked(t *testing.T, f File) (link File, ok bool) {
	t.Helper()
	link = f
	link.Path = filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(f.Path, link.Path); err != nil {
		return link, false
	}
	there, err := os.Stat(f.Path)
	if err != nil {
		t.Fatal(err)
	}
	behind, err := os.Stat(link.Path)
	return link, err == nil && os.SameFile(there, behind)
}

// Where the name is a link, what it leads to is written and removed.
func TestLink(t *testing.T) {
	f := in(t)
	if err := f.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	link, ok := linked(t, f)
	if !ok {
		t.Skip("there are no links here")
	}
	if err := errors.Join(link.Writable(), link.Write([]byte("next"))); err != nil {
		t.Fatal(err)
	}
	if got, err := f.Read(); err != nil || string(got) != "next" {
		t.Errorf("behind the link is %q, %v", got, err)
	}
	if err := link.Remove(); err != nil {
		t.Fatal(err)
	}
	if got, err := f.Read(); err != nil || got != nil {
		t.Errorf("behind the link %q is left, %v", got, err)
	}
	if err := os.Remove(filepath.Dir(f.Path)); err != nil { // and it leads nowhere
		t.Fatal(err)
	}
	if err := link.Remove(); err != nil {
		t.Error(err)
	}
}

// What is none of these files is not removed; one that cannot be opened any more is.
func TestRemove(t *testing.T) {
	f := in(t)
	if err := f.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	for _, written := range []string{"lake: ./lake\n", "", sealedForm[:5], "{}"} {
		if err := os.WriteFile(f.Path, []byte(written), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := f.Remove(); !errors.Is(err, ErrForm) || string(content(t, f)) != written {
			t.Errorf("%q: %v", written, err)
		}
	}
	dir := f
	dir.Path = filepath.Join(filepath.Dir(f.Path), "empty")
	if err := os.Mkdir(dir.Path, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := dir.Remove(); !errors.Is(err, ErrForm) {
		t.Errorf("a directory: %v", err)
	}
	if _, err := os.Stat(dir.Path); err != nil {
		t.Error(err)
	}
	for _, written := range []string{sealedForm, plainForm + "x", "graphlake sealed 2\n"} {
		if err := os.WriteFile(f.Path, []byte(written), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := f.Remove(); err != nil {
			t.Errorf("%q: %v", written, err)
		}
		if _, err := os.Stat(f.Path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%q is still there: %v", written, err)
		}
	}
}

// Who has the lock keeps others off, also those who know the file by a link.
func TestLock(t *testing.T) {
	f := in(t)
	if _, err := f.Lock(t.Context(), time.Minute); !errors.Is(err, ErrNoLock) {
		t.Errorf("without a directory: %v", err)
	}
	if err := f.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	unlock, err := f.Lock(t.Context(), time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	link, ok := linked(t, f)
	if !ok {
		link = f
	}
	for name, other := range map[string]File{"it": f, "a link to it": link} {
		if _, err := other.Lock(t.Context(), 30*time.Millisecond); err == nil || errors.Is(err, ErrNoLock) || !strings.Contains(err.Error(), f.Path+".lock") {
			t.Errorf("%s beside who has it: %v", name, err)
		}
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if _, err := f.Lock(stopped, time.Minute); !errors.Is(err, context.Canceled) {
		t.Errorf("who is stopped: %v", err)
	}
	go func() {
		time.Sleep(30 * time.Millisecond)
		unlock()
	}()
	again, err := link.Lock(t.Context(), time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	again()
}

// A process that ends while it writes leaves a draft, which is gone with the next writing or removal.
func TestDraftsOfTheDead(t *testing.T) {
	f := in(t)
	if err := f.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Dir(f.Path)
	for name, do := range map[string]func() error{"Write": func() error { return f.Write([]byte("next")) }, "Remove": f.Remove} {
		for _, left := range []string{"contoso.token.123.new", "fabrikam.token.123.new"} {
			if err := os.WriteFile(filepath.Join(dir, left), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := do(); err != nil {
			t.Fatal(err)
		}
		_, ours := os.Stat(filepath.Join(dir, "contoso.token.123.new"))
		_, others := os.Stat(filepath.Join(dir, "fabrikam.token.123.new"))
		if !errors.Is(ours, fs.ErrNotExist) || others != nil {
			t.Errorf("%s leaves its draft: %v, another's: %v", name, ours, others)
		}
	}
}

// Where nothing can be written the old file stays.
func TestFailedWriting(t *testing.T) {
	f := in(t)
	if err := os.WriteFile(filepath.Dir(f.Path), nil, 0o600); err != nil { // a file where the directory belongs
		t.Fatal(err)
	}
	for name, err := range map[string]error{"Write": f.Write([]byte(text)), "Writable": f.Writable()} {
		if err == nil || !strings.HasPrefix(err.Error(), "token_cache: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
	f = in(t)
	if err := f.Writable(); err != nil {
		t.Error(err)
	}
	if entries, err := os.ReadDir(filepath.Dir(f.Path)); len(entries) > 0 || err != nil {
		t.Errorf("who asks leaves %v, %v", entries, err)
	}
	if f.Key = nil; !errors.Is(f.Writable(), ErrNoKey) {
		t.Errorf("without a key: %v", f.Writable())
	}
}

func FuzzOpen(f *testing.F) {
	file := File{Path: "x", What: "token_cache", Key: bytes.Repeat([]byte{7}, KeyBytes), About: "tenant client"}
	whole, err := file.seal([]byte(text))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole, true)
	f.Add([]byte(plainForm+text), false)
	f.Add([]byte(sealedForm), true)
	f.Fuzz(func(t *testing.T, content []byte, key bool) {
		of := file
		if !key {
			of.Key = nil
		}
		got, err := of.open(content)
		switch {
		case err != nil && got != nil:
			t.Errorf("with an error there is %q", got)
		case err == nil && key && !bytes.Equal(content, whole):
			t.Errorf("%q is taken", content)
		case err == nil && !key && string(content) != plainForm+string(got):
			t.Errorf("%q is read as %q", content, got)
		}
	})
}

// Whether a file can be written is tried by one process while another writes it.
func TestWritableMeanwhile(t *testing.T) {
	f := File{Path: filepath.Join(t.TempDir(), "contoso.token"), What: "token_cache", Key: make([]byte, KeyBytes)}
	var all sync.WaitGroup
	for _, do := range []func() error{f.Writable, func() error { return f.Write([]byte("text")) }} {
		all.Go(func() {
			for range 100 {
				if err := do(); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
}
