package blobstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"

	"graphlake/load"
	"graphlake/load/storetest"
	"graphlake/load/storetest/azurite"
)

// newStore opens a store with small blocks and pages, so that small tests meet several of them.
func newStore(t *testing.T, o Options) *Store {
	t.Helper()
	o.Scratch = t.TempDir()
	if _, err := Create(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	s, err := New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	s.blockSize, s.pageSize = 1<<20, to.Ptr[int32](3)
	t.Cleanup(func() {
		if left, err := os.ReadDir(o.Scratch); err != nil || len(left) > 0 {
			t.Errorf("left in the scratch directory: %v, %v", left, err)
		}
	})
	return s
}

func TestStore(t *testing.T) {
	connection := azurite.Start(t)
	stores := 0
	storetest.Run(t, func(t *testing.T) load.Store {
		stores++
		return newStore(t, Options{ConnectionString: connection, Container: "lake", Prefix: fmt.Sprintf("a/%d", stores)})
	})
}

// A container that is not there is not made by who reads or writes, perhaps by a mistyped name, but by who is asked to.
func TestContainer(t *testing.T) {
	o := Options{ConnectionString: azurite.Start(t), Container: "typo", Prefix: "a", Scratch: t.TempDir()}
	for range 2 {
		if _, err := New(t.Context(), o); !errors.Is(err, ErrNoContainer) || errors.Is(err, fs.ErrNotExist) {
			t.Errorf("New: %v, want ErrNoContainer", err)
		}
	}
	for _, want := range []bool{true, false} {
		if made, err := Create(t.Context(), o); made != want || err != nil {
			t.Errorf("Create: %t, %v, want %t", made, err, want)
		}
	}
	s := newStore(t, o)
	if _, err := s.Open(t.Context(), "tables/x"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Open: %v, want fs.ErrNotExist", err)
	}
	if err := s.Writable(t.Context()); err != nil {
		t.Fatal(err)
	}
	for info, err := range s.List(t.Context(), "") {
		t.Errorf("Writable left %v, %v", info, err)
	}
	wantNothingWithoutContainer(t, s)
}

// wantNothingWithoutContainer removes the container of an open store and asks it for everything: nothing may pass for an
// empty lake.
func wantNothingWithoutContainer(t *testing.T, s *Store) {
	t.Helper()
	w, err := s.Stage(t.Context(), "a/b")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.container.Delete(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	_, _, commitErr := w.Commit(t.Context(), load.Condition{})
	_, openErr := s.Open(t.Context(), "a/b")
	_, swapErr := s.Swap(t.Context(), "a/b", "", nil)
	_, lockErr := s.Lock(t.Context(), lockName)
	var listErr error
	for _, listErr = range s.List(t.Context(), "") {
	}
	for what, err := range map[string]error{
		"Commit": commitErr, "Open": openErr, "Swap": swapErr, "Lock": lockErr, "List": listErr,
		"Remove": s.Remove(t.Context(), "a/b", load.Condition{}),
	} {
		if !errors.Is(err, ErrNoContainer) {
			t.Errorf("%s without the container: %v, want ErrNoContainer", what, err)
		}
	}
}

// A write that the service has done but whose answer is lost is repeated by the SDK and meets
// itself. It must count as done, once, and so must its condition.
func TestLostAnswers(t *testing.T) {
	connection := azurite.Start(t)
	for _, size := range []int{10, 3 << 20} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			t.Parallel() // the SDK waits between its tries
			lossy := &lossyTransport{}
			s := newStore(t, Options{
				ConnectionString: connection, Container: "lost", Prefix: fmt.Sprint(size), Transport: &http.Client{Transport: lossy},
			})
			var last load.Version
			for i := range 2 {
				w, err := s.Stage(t.Context(), "a/b")
				if err != nil {
					t.Fatal(err)
				}
				if _, err := w.Write(bytes.Repeat([]byte{byte(i)}, size)); err != nil {
					t.Fatal(err)
				}
				lossy.armed.Store(true)
				changed, v, err := w.Commit(t.Context(), load.Still(last))
				if err != nil || !changed || lossy.armed.Load() {
					t.Fatalf("Commit whose answer was lost = %t, %v (lost: %t)", changed, err, !lossy.armed.Load())
				}
				last = v
			}
			lossy.armed.Store(true)
			if _, err := s.Swap(t.Context(), "a/b", last, []byte("swapped")); err != nil || lossy.armed.Load() {
				t.Errorf("Swap whose answer was lost: %v", err)
			}
		})
	}
}

// lossyTransport drops the answer of one publishing request after the service has obeyed it.
type lossyTransport struct{ armed atomic.Bool }

func (l *lossyTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil || r.Method != http.MethodPut || r.URL.Query().Get("comp") == "block" || !l.armed.Swap(false) {
		return answer, err
	}
	io.Copy(io.Discard, answer.Body)
	answer.Body.Close()
	return nil, errors.New("connection reset by the test")
}

func TestOptions(t *testing.T) {
	const emulator = "BlobEndpoint=http://blob.example;SharedAccessSignature=sig=invented"
	for _, tt := range []struct {
		name    string
		options Options
		want    string
	}{
		{"no container", Options{ConnectionString: "x"}, "az://CONTAINER/PREFIX"},
		{"no way in", Options{Container: "lake"}, "a connection string, or an account URL with a credential"},
		{"short lease", Options{ConnectionString: emulator, Container: "lake", LeaseTime: 14 * time.Second}, "whole seconds from 15s to 1m0s"},
		{"long lease", Options{ConnectionString: emulator, Container: "lake", LeaseTime: time.Hour}, "whole seconds from 15s to 1m0s"},
		{"odd lease", Options{ConnectionString: emulator, Container: "lake", LeaseTime: 15001 * time.Millisecond}, "whole seconds from 15s to 1m0s"},
		{"bad connection string", Options{Container: "lake", ConnectionString: "AccountKey=c2VjcmV0"}, "connect to Blob Storage"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := New(t.Context(), tt.options)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("New: %v, want %q in it", err, tt.want)
			}
			if err != nil && strings.Contains(err.Error(), "c2VjcmV0") {
				t.Errorf("the error shows the key: %v", err)
			}
		})
	}
}

func TestWrongKey(t *testing.T) {
	connection := azurite.Start(t)
	key := "bm90IHRoZSBrZXk="
	before, after, _ := strings.Cut(connection, "AccountKey=")
	_, rest, _ := strings.Cut(after, ";")
	_, err := New(context.WithoutCancel(t.Context()), Options{
		ConnectionString: before + "AccountKey=" + key + ";" + rest, Container: "lake",
	})
	if err == nil || !strings.Contains(err.Error(), "check the key") || strings.Contains(err.Error(), key) {
		t.Errorf("New with a wrong key: %v, want the cure and not the key", err)
	}
}
