package blobstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/streaming"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blockblob"

	"graphlake/internal/flock"
	"graphlake/load"
	"graphlake/load/internal/draft"
)

// staged is a local file on its way to a blob. It is kept whole before anything is sent, because
// only its last byte tells whether there is anything to send.
type staged struct {
	*draft.File
	store *Store
}

// Writable says whether blobs may be written. Every write asks it; only its first success does anything.
func (s *Store) Writable(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ready {
		return nil
	}
	// A write on a condition that never holds: the service looks at the right to write first. A
	// name that begins with a dot is no object's.
	_, err := s.container.NewBlockBlobClient(s.prefix+".writable").Upload(ctx, streaming.NopCloser(bytes.NewReader(nil)),
		&blockblob.UploadOptions{AccessConditions: still(load.Still("0x0"))})
	if err != nil && !unmet(err) {
		return explain("open container "+s.name+" for writing", err)
	}
	s.ready = true
	return nil
}

// Stage implements [load.Store].
func (s *Store) Stage(ctx context.Context, name string) (load.Staged, error) {
	if err := errors.Join(ctx.Err(), load.CheckName(name)); err != nil {
		return nil, err
	}
	if err := s.Writable(ctx); err != nil {
		return nil, err
	}
	f, err := draft.New(s.scratch, flock.ScratchFiles, name)
	if err != nil {
		return nil, err
	}
	return &staged{f, s}, nil
}

func (s *staged) Commit(ctx context.Context, base load.Condition) (bool, load.Version, error) {
	f, err := s.Open()
	defer s.Discard()
	if err != nil {
		return false, "", err
	}
	now, same, err := s.published(ctx)
	if err != nil || same {
		return false, now, err
	}
	if !base.Allows(now) { // spares the upload; the service is asked all the same
		return false, "", fmt.Errorf("commit %s: %w", s.Name, load.ErrConflict)
	}
	v, err := s.store.publish(ctx, s.Name, base, content{f, s.Size(), s.Sum()})
	if errors.Is(err, load.ErrConflict) {
		// Who was there first may have written the same, and then nobody needs to be refused.
		if now, same, err := s.published(ctx); err == nil && same {
			return false, now, nil
		}
	}
	return err == nil, v, err
}

// published gives the version of the object as it stands, and whether it holds what was written.
func (s *staged) published(ctx context.Context) (v load.Version, same bool, err error) {
	now, err := s.store.stat(ctx, s.Name)
	if err != nil {
		return "", false, explain("commit "+s.Name, err)
	}
	v = now.info.Version
	return v, v != "" && now.info.Size == s.Size() && now.hash == s.Sum(), nil
}
