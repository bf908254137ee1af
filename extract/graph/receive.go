package graph

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/klauspost/compress/gzip"
	khttp "github.com/microsoft/kiota-http-go"
	"golang.org/x/sync/semaphore"

	"graphlake/internal/foreign"
)

const (
	tryTime = 100 * time.Second // from sending to the last byte
)

var errSlow = fmt.Errorf("no whole answer within %v", tryTime)

// tooLarge is the error of an answer of more bytes.
func tooLarge(most int64) error { return beyond("more than %d MiB", most>>20) }

// receive reads the whole answer, so that one that stalls or breaks off is tried again like one that
// did not come, and turns everything but a good answer into an [Error].
type receive struct {
	client *Client
	memory *memory
	most   int64 // bytes of an answer, decompressed
}

// Intercept returns only answers that the call accepted; their body is read.
func (r *receive) Intercept(p khttp.Pipeline, next int, req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(req.Context())
	defer cancel(nil)
	timeout := time.AfterFunc(tryTime, func() { cancel(errSlow) })
	defer timeout.Stop()
	// Asked for by hand, net/http leaves the decompression to us, which klauspost does faster.
	req.Header.Set("Accept-Encoding", "gzip")
	r.client.count(ctx, func(n *Counter) { n.Requests.Add(1) })
	resp, err := p.Next(req.WithContext(ctx), next)
	if err != nil {
		return nil, transportError(ctx, req, err)
	}
	defer resp.Body.Close()
	r.client.clock.learn(resp)
	resp.Request = req
	mine := &reservation{memory: r.memory, timeout: timeout}
	defer mine.release()
	c := callOf(req)
	most := r.most
	if c.document {
		most = mostDocument
	}
	good := resp.StatusCode == http.StatusOK || c.document && resp.StatusCode == http.StatusNoContent
	if !good {
		most = min(most, mostErrorBody)
	}
	body, err := mine.readBody(ctx, resp, most)
	r.client.count(ctx, func(n *Counter) { n.BytesRead.Add(int64(len(body))) })
	switch {
	case !good:
		return nil, responseError(resp, body) // the status says more than a broken body
	case err != nil:
		err := transportError(ctx, req, err)
		if e, ok := errors.AsType[*Error](err); ok && e.Kind == Malformed {
			e.Status = resp.StatusCode
		}
		return nil, err
	}
	if err := c.accept(body); err != nil {
		return nil, contentError(resp, body, err)
	}
	resp.Body = http.NoBody
	return resp, nil
}

// besideBody are what net/http says, in no type of its own, of too much that is not the body: headers, answers of headers
// alone (1xx), trailers, and what stands between the chunks.
var besideBody = []string{"response headers exceeded", "header list larger than", "too many 1xx", "suspiciously long trailer", "too much non-data"}

// transportError is the error of a request without a whole answer.
func transportError(ctx context.Context, req *http.Request, err error) error {
	if req.Context().Err() != nil {
		return req.Context().Err()
	}
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	for _, words := range besideBody {
		if strings.Contains(err.Error(), words) {
			err = beyond("more than %d KiB of headers, or much else beside the body", mostHeader>>10)
		}
	}
	if _, ok := errors.AsType[*limitError](err); ok {
		e := newError(Malformed, req, err)
		e.cure = beyondCure
		return e
	}
	return newError(Unavailable, req, foreign.Error(err))
}

// contentError is the error of an answer 200 that is not what was asked for. It may be right the next time.
func contentError(resp *http.Response, body []byte, err error) error {
	e := newError(Unavailable, resp.Request, fmt.Errorf("%w (%s)", err, described(resp, body)))
	e.Status = resp.StatusCode
	e.RequestID = foreign.ID(resp.Header.Get("request-id"))
	if _, ok := errors.AsType[*limitError](err); ok {
		e.Kind, e.cure = Malformed, beyondCure
	}
	if part, ok := errors.AsType[*incompleteError](err); ok {
		e.Kind = Incomplete
		if part.graph != (graphError{}) {
			e.take(part.graph, resp)
		}
	}
	return e
}

var unzippers = sync.Pool{New: func() any { return new(gzip.Reader) }}

// readBody reads an answer to its end and decompresses it, up to most bytes. What is more is left where it is.
func (r *reservation) readBody(ctx context.Context, resp *http.Response, most int64) ([]byte, error) {
	src := io.Reader(resp.Body)
	size := max(resp.ContentLength, 0)
	switch encoding := resp.Header.Get("Content-Encoding"); encoding {
	case "", "identity":
	case "gzip":
		z := unzippers.Get().(*gzip.Reader)
		defer unzippers.Put(z)
		// What is compressed can say nothing without end, too.
		if err := z.Reset(&bounded{resp.Body, most, most}); err != nil {
			return nil, fmt.Errorf("gzip: %w", err)
		}
		src, size = z, 8*size // about what Graph's JSON shrinks by
	default:
		return nil, beyond("an encoding %q, which was not asked for", foreign.New(encoding).String())
	}
	return r.read(ctx, src, size, most)
}

// bounded reads up to so many bytes; more are an error.
type bounded struct {
	from io.Reader
	most int64
	left int64
}

// Read reads.
func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, tooLarge(b.most)
	}
	n, err := b.from.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}

// memory bounds the bytes of all answers that are being read, decompressed, or checked. A request could
// not say before how large its answer will be; so its reservation grows while reading.
//
// An answer for which there is no more waits to be the one that is read on beyond the bound: were it to wait for
// others to finish, all could hold a part of what each of them still needs. The bound and one answer are thus the
// most there can be.
type memory struct {
	bytes  *semaphore.Weighted
	beyond chan struct{} // filled by the one answer that may go beyond
}

func newMemory(most int64) *memory {
	return &memory{semaphore.NewWeighted(most), make(chan struct{}, 1)}
}

// reservation is what one answer has of the memory, until release. It belongs to one goroutine.
type reservation struct {
	memory  *memory
	timeout *time.Timer // ends the reading; it does not run while waiting for memory
	bytes   int64
	beyond  bool
}

// grow reserves so many more bytes.
func (r *reservation) grow(ctx context.Context, n int64) error {
	if r.beyond {
		return nil
	}
	if r.memory.bytes.TryAcquire(n) {
		r.bytes += n
		return nil
	}
	r.timeout.Stop()
	defer r.timeout.Reset(tryTime)
	select {
	case r.memory.beyond <- struct{}{}:
		r.beyond = true
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (r *reservation) release() {
	r.memory.bytes.Release(r.bytes)
	if r.beyond {
		<-r.memory.beyond
	}
}

// read reads to the end, of about size bytes and at most most.
func (r *reservation) read(ctx context.Context, src io.Reader, size, most int64) ([]byte, error) {
	var body []byte
	more := min(size, most/16) + bytes.MinRead
	for {
		if len(body) == cap(body) {
			if err := r.grow(ctx, more); err != nil {
				return body, err
			}
			if more >= largeAnswer {
				runtime.GC()
			}
			body = append(make([]byte, 0, cap(body)+int(more)), body...) // exactly, which append alone would not
			more = min(int64(cap(body)), most)                           // doubled the next time
		}
		n, err := src.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		switch {
		case int64(len(body)) > most:
			return body[:most], tooLarge(most)
		case err == io.EOF:
			return body, nil
		case err != nil:
			return body, fmt.Errorf("the answer was cut off after %d bytes: %w", len(body), err)
		}
	}
}
