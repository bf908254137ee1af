package blobstore

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/streaming"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/bloberror"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blockblob"

	"graphlake/load"
)

// Metadata of our blobs: the hash of the content, and a mark of the one write that made it.
const (
	metaHash = "sha256"
	metaMark = "mark"
)

// state is a blob as it stands; the zero state if there is none.
type state struct {
	info       load.Info
	hash, mark string
}

func (s *Store) stat(ctx context.Context, name string) (state, error) {
	p, err := s.container.NewBlobClient(s.prefix+name).GetProperties(ctx, nil)
	if bloberror.HasCode(err, bloberror.BlobNotFound) {
		return state{}, nil
	}
	if err != nil || isFolder(p.Metadata) {
		return state{}, err
	}
	if p.ContentLength == nil || p.ETag == nil {
		return state{}, errors.New("the answer has no length or no version: something else answers there, perhaps a proxy")
	}
	st := state{info: load.Info{Name: name, Size: *p.ContentLength, Version: version(p.ETag)}}
	for key, value := range p.Metadata { // the case of the keys is lost on the way
		switch {
		case strings.EqualFold(key, metaHash):
			st.hash = *value
		case strings.EqualFold(key, metaMark):
			st.mark = *value
		}
	}
	return st, nil
}

// content is what a write publishes.
type content struct {
	io.ReaderAt
	size int64
	hash string
}

// publish makes content the object in one step, if base allows it.
func (s *Store) publish(ctx context.Context, name string, base load.Condition, c content) (load.Version, error) {
	mark := rand.Text()
	v, err := s.write(ctx, name, base, c, mark)
	if !unmet(err) && !bloberror.HasCode(err, bloberror.BlobAlreadyExists, bloberror.InvalidBlockList, bloberror.LeaseIDMissing) {
		return v, explain("commit "+name, err)
	}
	// A write that was repeated because its answer was lost meets itself here. Only the mark tells
	// it from another writer's, who may have written the same bytes.
	now, err := s.stat(ctx, name)
	if err != nil {
		return "", explain("commit "+name, err)
	}
	if now.mark == mark {
		return now.info.Version, nil
	}
	return "", fmt.Errorf("commit %s: %w", name, load.ErrConflict)
}

// write sends content by Put Blob if it fits one request, else in blocks and Put Block List.
func (s *Store) write(ctx context.Context, name string, base load.Condition, c content, mark string) (load.Version, error) {
	client := s.container.NewBlockBlobClient(s.prefix + name)
	meta := map[string]*string{metaHash: &c.hash, metaMark: &mark}
	if c.size <= s.blockSize {
		r, err := client.Upload(ctx, section(c, 0, c.size), &blockblob.UploadOptions{Metadata: meta, AccessConditions: still(base)})
		return version(r.ETag), err
	}
	var ids []string
	for off := int64(0); off < c.size; off += s.blockSize {
		// Uncommitted blocks belong to the name, not to the writer: the mark keeps two writers apart.
		id := base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "%s-%06d", mark, len(ids)))
		if _, err := client.StageBlock(ctx, id, section(c, off, min(s.blockSize, c.size-off)), nil); err != nil {
			return "", err
		}
		ids = append(ids, id)
	}
	r, err := client.CommitBlockList(ctx, ids, &blockblob.CommitBlockListOptions{Metadata: meta, AccessConditions: still(base)})
	return version(r.ETag), err
}

func section(c content, off, n int64) io.ReadSeekCloser {
	return streaming.NopCloser(io.NewSectionReader(c, off, n))
}

// still is a condition in the service's words.
func still(base load.Condition) *blob.AccessConditions {
	v, bound := base.Bound()
	m := &blob.ModifiedAccessConditions{}
	switch {
	case bound && v == "":
		m.IfNoneMatch = to.Ptr(azcore.ETagAny)
	case bound:
		m.IfMatch = etag(v)
	}
	return &blob.AccessConditions{ModifiedAccessConditions: m}
}

// unmet reports whether a write failed on its If-Match, for which the service has several codes.
func unmet(err error) bool {
	return bloberror.HasCode(err, bloberror.ConditionNotMet, bloberror.TargetConditionNotMet, bloberror.BlobNotFound)
}

// Swap implements [load.Swapper].
func (s *Store) Swap(ctx context.Context, name string, old load.Version, data []byte) (load.Version, error) {
	if err := load.CheckName(name); err != nil {
		return "", err
	}
	if err := s.Writable(ctx); err != nil {
		return "", err
	}
	sum := sha256.Sum256(data)
	return s.publish(ctx, name, load.Still(old), content{bytes.NewReader(data), int64(len(data)), hex.EncodeToString(sum[:])})
}
