package graph

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/klauspost/compress/gzip"
	khttp "github.com/microsoft/kiota-http-go"
)

const (
	tryTime  = 100 * time.Second // from sending to the last byte
	mostBody = 256 << 20         // bytes, decompressed
)

var (
	errSlow  = fmt.Errorf("no whole answer within %v", tryTime)
	errLarge = fmt.Errorf("an answer of more than %d MiB", mostBody>>20)
)

// receive reads the whole answer, so that one that stalls or breaks off is tried again like one that
// did not come, and turns everything but a good answer into an [Error].
type receive struct {
	client *Client
	room   *room
	most   int64 // bytes of an answer, decompressed
}

// Intercept returns only answers that the call accepted; their body is read.
func (r *receive) Intercept(p khttp.Pipeline, next int, req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(req.Context())
	defer cancel(nil)
	slow := time.AfterFunc(tryTime, func() { cancel(errSlow) })
	defer slow.Stop()
	// Asked for by hand, net/http leaves the decompression to us, which klauspost does faster.
	req.Header.Set("Accept-Encoding", "gzip")
	r.client.count(ctx, func(n *Counter) { n.Requests.Add(1) })
	resp, err := p.Next(req.WithContext(ctx), next)
	if err != nil {
		return nil, broken(ctx, req, err)
	}
	defer resp.Body.Close()
	r.client.clock.learn(resp)
	resp.Request = req
	s := &share{room: r.room, slow: slow}
	defer s.leave()
	body, err := s.readBody(ctx, resp, r.most)
	r.client.count(ctx, func(n *Counter) { n.BytesRead.Add(int64(len(body))) })
	switch {
	case resp.StatusCode != http.StatusOK:
		return nil, refused(resp, body) // the status says more than a broken body
	case err != nil:
		return nil, broken(ctx, req, err)
	}
	if err := callOf(req).accept(body); err != nil {
		return nil, unusable(resp, body, err)
	}
	resp.Body = http.NoBody
	return resp, nil
}

// broken is the error of a request without a whole answer.
func broken(ctx context.Context, req *http.Request, err error) error {
	if req.Context().Err() != nil {
		return req.Context().Err()
	}
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	if errors.Is(err, errLarge) {
		return failed(Rejected, req, err)
	}
	return failed(Unavailable, req, err)
}

// unusable is the error of an answer 200 that is not what was asked for. It may be right the next time.
func unusable(resp *http.Response, body []byte, err error) error {
	e := failed(Unavailable, resp.Request, fmt.Errorf("%w (%s)", err, came(resp, body)))
	e.Status = resp.StatusCode
	e.RequestID = resp.Header.Get("request-id")
	if part, ok := errors.AsType[*partError](err); ok {
		e.Kind = Incomplete
		if part.words != (words{}) {
			e.take(part.words, resp)
		}
	}
	return e
}

var unzippers = sync.Pool{New: func() any { return new(gzip.Reader) }}

// readBody reads an answer to its end and decompresses it, up to most bytes.
func (s *share) readBody(ctx context.Context, resp *http.Response, most int64) ([]byte, error) {
	src := io.Reader(resp.Body)
	size := max(resp.ContentLength, 0)
	switch encoding := resp.Header.Get("Content-Encoding"); encoding {
	case "", "identity":
	case "gzip":
		z := unzippers.Get().(*gzip.Reader)
		defer unzippers.Put(z)
		if err := z.Reset(resp.Body); err != nil {
			return nil, fmt.Errorf("gzip: %w", err)
		}
		src, size = z, 8*size // about what Graph's JSON shrinks by
	default:
		return nil, fmt.Errorf("an answer in encoding %q, which was not asked for", short(encoding))
	}
	return s.read(ctx, src, size, most)
}
