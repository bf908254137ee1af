package blobstore

import (
	"bytes"
	"encoding/xml"
	"io"
	"net/http"
	"slices"
	"sync"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"

	"graphlake/load"
)

// blocks stands in for Blob Storage as far as blocks go: what was staged belongs to the name of the blob, and
// a list takes the last block that was staged under an id.
type blocks struct {
	mu     sync.Mutex
	staged map[string][]byte
	blob   []byte
	before func() // runs once, when the first list arrives
}

func (s *blocks) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
	}
	status, code := http.StatusCreated, ""
	switch comp := r.URL.Query().Get("comp"); {
	case r.Method == http.MethodHead:
		status, code = http.StatusNotFound, "BlobNotFound"
	case r.Method == http.MethodGet:
		status = http.StatusOK
	case comp == "block":
		s.mu.Lock()
		s.staged[r.URL.Query().Get("blockid")] = body
		s.mu.Unlock()
	case comp == "blocklist":
		s.mu.Lock()
		before := s.before
		s.before = nil
		s.mu.Unlock()
		if before != nil {
			before()
		}
		s.commit(body)
	}
	return &http.Response{
		StatusCode: status, Request: r, Body: io.NopCloser(bytes.NewReader(nil)),
		Header: http.Header{"X-Ms-Error-Code": {code}, "Etag": {`"0x1"`}},
	}, nil
}

func (s *blocks) commit(list []byte) {
	var ids struct {
		Latest []string `xml:"Latest"`
	}
	if err := xml.Unmarshal(list, &ids); err != nil {
		panic(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.blob = nil
	for _, id := range ids.Latest {
		s.blob = append(s.blob, s.staged[id]...)
	}
}

// A writer that stages its blocks while another has staged and not yet listed his, of the same blob, does not
// mix them: a block carries the mark of its writer.
func TestBlocksOfTwoWriters(t *testing.T) {
	service := &blocks{staged: map[string][]byte{}}
	s, err := New(t.Context(), Options{
		ConnectionString: "BlobEndpoint=http://blob.example/lake;SharedAccessSignature=sig=invented",
		Container:        "lake", Transport: &http.Client{Transport: service}, Scratch: t.TempDir(),
	})
	if err != nil {
		t.Fatal(err)
	}
	s.blockSize, s.pageSize = 4, to.Ptr[int32](3)
	begin := func(text string) load.Staged {
		w, err := s.Stage(t.Context(), "a/b")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, text); err != nil {
			t.Fatal(err)
		}
		return w
	}
	first, second := begin("written by the first"), begin("written by the other")
	var between []byte
	service.before = func() {
		if _, _, err := second.Commit(t.Context(), load.Condition{}); err != nil {
			t.Error(err)
		}
		between = slices.Clone(service.blob)
	}
	if _, _, err := first.Commit(t.Context(), load.Condition{}); err != nil {
		t.Fatal(err)
	}
	if string(between) != "written by the other" || string(service.blob) != "written by the first" {
		t.Errorf("published %q, then %q", between, service.blob)
	}
}
