// Package sealed keeps what a file holds from whoever gets the file: its text is encrypted with AES-256-GCM, by a key that is not with it.
//
// A file is a line that says its form, and then
//
//	sealed   a nonce of 12 bytes, drawn for each writing, and the encrypted text with its tag
//	plain    the text
//
// The line and what the file is about are authenticated with the text: a file that was put in the place of another is not taken.
// It is written to a file beside it and put in its place in one step, so that a crash leaves the old one or the new one.
// Who may read it is the matter of [secretfile]: it is written so that nobody else can, and not read if somebody can.
package sealed

import (
	"bytes"
	"cmp"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"graphlake/internal/flock"
	"graphlake/internal/secretfile"
)

// KeyBytes is how long a key is.
const KeyBytes = 32

// The lines that files begin with.
const (
	sealedForm = "graphlake sealed 1\n"
	plainForm  = "graphlake plain 1\n"
)

// Why a file is not read, or not written.
var (
	ErrNoKey   = errors.New("there is no key for it")
	ErrWrong   = errors.New("the key does not open it: it was written with another key, for something else, or is damaged")
	ErrPlain   = errors.New("it is not encrypted, although there is a key")
	ErrForm    = errors.New("it is none that graphlake has written, or one of a newer version")
	ErrNoLock  = errors.New("there is no lock beside it")
	errKeySize = fmt.Errorf("a key has %d bytes", KeyBytes)
)

// File is one of them. Who writes it keeps others from writing at the same time.
type File struct {
	Path  string
	What  string // as errors call it, as the key of the configuration that names it
	Key   []byte // of KeyBytes; nil: there is none
	Plain bool   // without a key it may be written as plain text; else only over one that is
	About string // what the text is about: one that was written about something else is not read
}

// Read gives the text; nil if there is no file.
func (f File) Read() ([]byte, error) {
	content, err := secretfile.Kind{Key: f.What}.Read(f.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	text, err := f.open(content)
	if err != nil {
		return nil, f.failed(err)
	}
	return text, nil
}

// open gives the text of a file's content.
func (f File) open(content []byte) ([]byte, error) {
	if text, ok := bytes.CutPrefix(content, []byte(plainForm)); ok {
		if f.Key != nil { // somebody without the key may have written it
			return nil, ErrPlain
		}
		return append([]byte{}, text...), nil
	}
	rest, ok := bytes.CutPrefix(content, []byte(sealedForm))
	if !ok {
		return nil, ErrForm
	}
	if f.Key == nil {
		return nil, ErrNoKey
	}
	c, err := newCipher(f.Key)
	if err != nil {
		return nil, err
	}
	if len(rest) < c.NonceSize() {
		return nil, ErrWrong
	}
	text, err := c.Open([]byte{}, rest[:c.NonceSize()], rest[c.NonceSize():], f.additional())
	if err != nil {
		return nil, ErrWrong
	}
	return text, nil
}

// Write puts the text in the place of what is there.
func (f File) Write(text []byte) error {
	content, err := f.seal(text)
	if err != nil {
		return f.failed(err)
	}
	f.Path = f.target()
	if err := os.MkdirAll(filepath.Dir(f.Path), 0o700); err != nil {
		return f.failed(err)
	}
	if err := errors.Join(f.removeDrafts(), f.replace(content)); err != nil {
		return f.failed(err)
	}
	return nil
}

// Lock waits until nobody else on this machine uses the file, by a lock on one beside it, which stays there. The answer is an error
// where somebody still does after that time, and [ErrNoLock] where there can be no lock: without the directory, or in one where
// nothing can be written.
func (f File) Lock(ctx context.Context, wait time.Duration) (unlock func(), err error) {
	beside, err := flock.Open(f.target() + ".lock")
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoLock, err)
	}
	waiting, stop := context.WithTimeout(ctx, wait)
	defer stop()
	for {
		err := flock.Try(beside)
		switch {
		case err == nil:
			return func() { _ = beside.Close() }, nil
		case !errors.Is(err, flock.ErrHeld):
			return nil, errors.Join(fmt.Errorf("%w: %w", ErrNoLock, err), beside.Close())
		}
		select {
		case <-waiting.Done():
			return nil, errors.Join(cmp.Or(ctx.Err(), fmt.Errorf("another process has had the lock %s for %v", beside.Name(), wait)), beside.Close())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Writable says whether the file could be written now, before somebody takes the trouble to get what is to be in it.
func (f File) Writable() error {
	content, err := f.seal(make([]byte, usual))
	if err != nil {
		return f.failed(err)
	}
	dir, name := filepath.Split(f.target())
	dir = filepath.Clean(dir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return f.failed(err)
	}
	draft, err := createDraft(dir, name+drafts)
	if err != nil {
		return f.failed(err)
	}
	if err := errors.Join(writeTo(draft, content), removeThere(draft.Name())); err != nil {
		return f.failed(err)
	}
	return nil
}

// usual is more than such a text has as a rule, for which there has to be space.
const usual = 64 << 10

// seal makes a file's content of the text.
func (f File) seal(text []byte) ([]byte, error) {
	if f.Key == nil {
		if !f.Plain && !f.IsPlain() {
			return nil, ErrNoKey
		}
		return append([]byte(plainForm), text...), nil
	}
	c, err := newCipher(f.Key)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, c.NonceSize())
	_, _ = rand.Read(nonce) // which ends the program rather than fail
	return c.Seal(append([]byte(sealedForm), nonce...), nonce, text, f.additional()), nil
}

// additional is what is authenticated with the text.
func (f File) additional() []byte { return []byte(sealedForm + f.About) }

// IsPlain reports whether a file is there that is not encrypted.
func (f File) IsPlain() bool {
	content, err := secretfile.Kind{Key: f.What}.Read(f.Path)
	return err == nil && bytes.HasPrefix(content, []byte(plainForm))
}

// replace puts a file with the content in the place of the one that is there.
func (f File) replace(content []byte) (err error) {
	dir := filepath.Dir(f.Path)
	draft, err := createDraft(dir, filepath.Base(f.Path)+drafts)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(draft.Name())
		}
	}()
	if err := writeTo(draft, content); err != nil {
		return err
	}
	if err := rename(draft.Name(), f.Path); err != nil {
		return err
	}
	return syncDir(dir)
}

// writeTo writes a draft, and closes it.
func writeTo(draft *os.File, content []byte) error {
	_, err := draft.Write(content)
	if err == nil {
		err = draft.Sync()
	}
	return errors.Join(err, draft.Close())
}

// target is the file itself where Path is a link to it, which stays.
func (f File) target() string {
	if target, err := filepath.EvalSymlinks(f.Path); err == nil {
		return target
	}
	return f.Path
}

// Remove removes the file, whatever key it was written with, and nothing that is none. A link to it stays.
func (f File) Remove() error {
	f.Path = f.target()
	err := f.isOurs()
	if err == nil {
		err = os.Remove(f.Path)
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	if err == nil {
		err = f.removeDrafts()
	}
	if err != nil {
		return f.failed(err)
	}
	return nil
}

// isOurs is [ErrForm] of a file that begins with no form, of whatever version.
func (f File) isOurs() error {
	if info, err := os.Stat(f.Path); err != nil || !info.Mode().IsRegular() {
		return cmp.Or(err, ErrForm)
	}
	file, err := os.Open(f.Path)
	if err != nil {
		return err
	}
	defer file.Close()
	start := make([]byte, len(sealedForm))
	n, err := io.ReadFull(file, start)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return err
	}
	for _, form := range []string{sealedForm, plainForm} {
		if name, _, _ := strings.Cut(form, "1"); bytes.HasPrefix(start[:n], []byte(name)) {
			return nil
		}
	}
	return ErrForm
}

// drafts is how the names of drafts end, with a random part for the asterisk.
const drafts = ".*.new"

// removeDrafts removes what processes have left that ended before they could put a draft in the file's place.
func (f File) removeDrafts() error {
	dir, name := filepath.Split(f.Path)
	entries, err := os.ReadDir(filepath.Clean(dir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		random, ours := strings.CutPrefix(e.Name(), name)
		if ok, _ := filepath.Match(drafts, random); ours && ok {
			err = errors.Join(err, removeThere(filepath.Join(dir, e.Name())))
		}
	}
	return err
}

// removeThere removes a file, which somebody else may have done, or does: who tries whether a file is writable has no lock on it. What
// is in use is of a process that lives, and that removes it.
func removeThere(name string) error {
	if err := os.Remove(name); !errors.Is(err, fs.ErrNotExist) && !inUse(err) {
		return err
	}
	return nil
}

// failed is an error that says which file it is about.
func (f File) failed(err error) error {
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return fmt.Errorf("%s: %w", f.What, path)
	}
	return fmt.Errorf("%s: the file %s cannot be used: %w", f.What, f.Path, err)
}

func newCipher(key []byte) (cipher.AEAD, error) {
	if len(key) != KeyBytes {
		return nil, errKeySize
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
