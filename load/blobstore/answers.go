package blobstore

import (
	"bytes"
	"errors"
	"io"
	"net/http"
)

// What an answer may have. The SDK reads all but blobs into memory, a list then into structs. A list has up to 5,000 blobs of 1 kB,
// each with some 50 tags; a name may have 1,024 bytes.
const (
	mostOther   = 64 << 10 // bytes of a refusal, and of what says that something was done
	mostList    = 16 << 20 // of a list
	mostTags    = 600_000  // in a list: each may become a struct
	mostHeaders = 256 << 10
)

var (
	errLarge  = errors.New("the answer is larger than any of Blob Storage's: something else answers there, perhaps a proxy")
	errNoList = errors.New("the answer is no list of blobs: something else answers there, perhaps a proxy")
)

// answers sends requests, and bounds what is read of the answers.
type answers struct{ client *http.Client }

// Do implements the SDK's Transporter.
func (a answers) Do(req *http.Request) (*http.Response, error) {
	resp, err := a.client.Do(req)
	if err != nil {
		return nil, err
	}
	switch {
	case resp.StatusCode >= 300:
		resp.Body = cut{io.LimitReader(resp.Body, mostOther), resp.Body} // the status and the headers say enough
	case req.URL.Query().Get("comp") == "list":
		resp.Body = &bounded{resp.Body, mostList, mostTags}
	case req.Method != http.MethodGet: // a blob is read as far as it was asked for
		resp.Body = &bounded{resp.Body, mostOther, mostTags}
	}
	return resp, nil
}

type cut struct {
	io.Reader
	io.Closer
}

// bounded is a body of up to so many bytes and tags. More are an error.
type bounded struct {
	io.ReadCloser
	bytes, tags int
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.bytes -= n
	b.tags -= bytes.Count(p[:n], []byte("<"))
	if b.bytes < 0 || b.tags < 0 {
		return 0, finalError{errLarge}
	}
	return n, err
}

// finalError is an error that the SDK does not try again.
type finalError struct{ error }

func (finalError) NonRetriable()   {}
func (e finalError) Unwrap() error { return e.error }
