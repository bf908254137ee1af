package graph

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"time"

	"golang.org/x/sync/semaphore"
)

// room bounds the bytes of all answers that are being read, decompressed, or checked. A request could
// not say before how large its answer will be; so room is taken while reading.
type room struct {
	bytes *semaphore.Weighted
	over  chan struct{} // filled by the one answer that may go beyond
}

func newRoom(most int64) *room {
	return &room{semaphore.NewWeighted(most), make(chan struct{}, 1)}
}

// share is what one answer has of the room, until it leaves.
type share struct {
	room *room
	slow *time.Timer // ends the reading; it does not run while waiting for room
	held int64
	over bool
}

// take makes room for so many more bytes. An answer for which there is no more waits to be the one that
// is read on beyond the bound: were it to wait for others to finish, all could hold a part of what each
// of them still needs. The bound and one answer are thus the most there can be.
func (s *share) take(ctx context.Context, n int64) error {
	if s.over {
		return nil
	}
	if s.room.bytes.TryAcquire(n) {
		s.held += n
		return nil
	}
	s.slow.Stop()
	defer s.slow.Reset(tryTime)
	select {
	case s.room.over <- struct{}{}:
		s.over = true
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *share) leave() {
	s.room.bytes.Release(s.held)
	if s.over {
		<-s.room.over
	}
}

// read reads to the end, of about size bytes and at most most.
func (s *share) read(ctx context.Context, src io.Reader, size, most int64) ([]byte, error) {
	var body []byte
	more := min(size, most/16) + bytes.MinRead
	for {
		if len(body) == cap(body) {
			if err := s.take(ctx, more); err != nil {
				return body, err
			}
			body = append(make([]byte, 0, cap(body)+int(more)), body...) // exactly, which append alone would not
			more = min(int64(cap(body)), most)                           // doubled the next time
		}
		n, err := src.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		switch {
		case int64(len(body)) > most:
			return nil, errLarge
		case err == io.EOF:
			return body, nil
		case err != nil:
			return body, fmt.Errorf("the answer was cut off after %d bytes: %w", len(body), err)
		}
	}
}
