// Package blobstore keeps objects as block blobs in a container of Azure Blob Storage.
//
// What is staged lies in a local file until Commit, which publishes it by one Put Blob, or by
// blocks that nobody sees and one Put Block List. Conditions are the service's own (If-Match,
// If-None-Match), so they hold between machines. Requests are retried by the SDK and nowhere
// else; a write whose answer was lost is recognised as our own and is no conflict. A lock is a
// lease that is renewed. Reading changes nothing in the account, and no error shows a key or a
// signature. Nothing is asked that a signature for the one container would not allow, but by Create.
//
// Where the account has a hierarchical namespace, or a tool acts as if it had, directories are listed among the blobs, as
// empty ones. They are no objects.
package blobstore

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/bloberror"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"

	"graphlake/load"
)

// Options say where the objects are and who may reach them: either a connection string, or an
// account URL and a credential.
type Options struct {
	AccountURL       string // https://ACCOUNT.blob.core.windows.net
	Credential       azcore.TokenCredential
	ConnectionString string
	Container        string
	Prefix           string        // in front of every name, without the last slash; may be empty
	Scratch          string        // directory for what is staged; empty: the system's
	LeaseTime        time.Duration // of a lock whose process has died: whole seconds, 15 to 60; 0: 60
	Transport        *http.Client  // nil: one like the SDK's own; in either case no redirect is followed
}

// ErrNoContainer says that the container is not there. [Create] makes it, and nothing else does.
var ErrNoContainer = errors.New("there is no such container")

// ErrOptions is why New fails if it is asked for what cannot be; nothing has been sent then.
var ErrOptions = errors.New("connect to Blob Storage")

// Store is a [load.Store], [load.Swapper] and [load.Locker] in a container.
type Store struct {
	container *container.Client
	name      string // of the container
	prefix    string // empty or ending with a slash
	scratch   string
	leaseTime time.Duration
	blockSize int64
	pageSize  *int32 // of a list; nil: the service's

	mu    sync.Mutex
	ready bool // to write: we may
}

// New opens the store. A container that is not there is [ErrNoContainer].
func New(ctx context.Context, o Options) (*Store, error) {
	client, err := connect(o)
	if err != nil {
		return nil, err
	}
	s := &Store{
		container: client, name: o.Container, prefix: strings.Trim(o.Prefix, "/"), blockSize: 8 << 20,
		scratch: cmp.Or(o.Scratch, os.TempDir()), leaseTime: cmp.Or(o.LeaseTime, maxLease),
	}
	if s.leaseTime < minLease || s.leaseTime > maxLease || s.leaseTime%time.Second != 0 {
		return nil, fmt.Errorf("lease time of %v: Blob Storage grants whole seconds from %v to %v", s.leaseTime, minLease, maxLease)
	}
	if s.prefix != "" {
		if err := load.CheckName(s.prefix); err != nil {
			return nil, fmt.Errorf("prefix of the lake: %w", err)
		}
		s.prefix += "/"
	}
	// To list is what a signature for a container may; to ask for the container's properties, only one for the account.
	_, err = client.NewListBlobsFlatPager(&container.ListBlobsFlatOptions{Prefix: &s.prefix, MaxResults: to.Ptr[int32](1)}).NextPage(ctx)
	if err != nil {
		return nil, explain("open container "+o.Container, err)
	}
	return s, nil
}

// Create makes the container, which takes a right on the account, and reports whether it was not there.
func Create(ctx context.Context, o Options) (made bool, err error) {
	client, err := connect(o)
	if err != nil {
		return false, err
	}
	_, err = client.Create(ctx, nil)
	if bloberror.HasCode(err, bloberror.ContainerAlreadyExists, bloberror.ResourceAlreadyExists) {
		return false, nil
	}
	return err == nil, explain("make container "+o.Container, err)
}

func connect(o Options) (*container.Client, error) {
	if o.Container == "" {
		return nil, errors.New("no container is named: write the lake as az://CONTAINER/PREFIX")
	}
	options := &container.ClientOptions{}
	options.Transport = answers{staying(o.Transport)}
	var client *container.Client
	var err error
	switch {
	case o.ConnectionString != "":
		client, err = container.NewClientFromConnectionString(o.ConnectionString, o.Container, options)
	case o.AccountURL != "" && o.Credential != nil:
		var u string
		if u, err = url.JoinPath(o.AccountURL, o.Container); err == nil {
			client, err = container.NewClient(u, o.Credential, options)
		}
	default:
		err = errors.New("give a connection string, or an account URL with a credential")
	}
	if err != nil {
		// The SDK's errors about connection strings do not repeat them.
		return nil, fmt.Errorf("%w: %w", ErrOptions, err)
	}
	return client, nil
}

// staying is a client that follows no redirect: the rows of a Put would go along, and a signature as the referrer of a Get.
func staying(c *http.Client) *http.Client {
	stays := http.Client{Transport: connections()}
	if c != nil {
		stays = *c
	}
	stays.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &stays
}

// connections are as the SDK has them where it is given none, but for the bound of headers.
var connections = sync.OnceValue(func() http.RoundTripper {
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		ForceAttemptHTTP2:     true,
		HTTP2:                 &http.HTTP2Config{SendPingTimeout: 10 * time.Second, PingTimeout: 5 * time.Second},
		TLSClientConfig:       &tls.Config{MinVersion: tls.VersionTLS12},
		MaxIdleConns:          100,
		MaxIdleConnsPerHost:   10,
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   10 * time.Second,
		ExpectContinueTimeout: time.Second,

		MaxResponseHeaderBytes: mostHeaders,
	}
})

// Open implements [load.Store].
func (s *Store) Open(ctx context.Context, name string) (load.Object, error) {
	if err := load.CheckName(name); err != nil {
		return nil, err
	}
	state, err := s.stat(ctx, name)
	if err == nil && state.info.Version == "" {
		err = fs.ErrNotExist
	}
	if err != nil {
		return nil, explain("open "+name, err)
	}
	return &object{ctx: ctx, blob: s.container.NewBlobClient(s.prefix + name), info: state.info}, nil
}

// List implements [load.Store]. The service lists by name, in pages.
func (s *Store) List(ctx context.Context, prefix string) iter.Seq2[load.Info, error] {
	return func(yield func(load.Info, error) bool) {
		pages := s.container.NewListBlobsFlatPager(&container.ListBlobsFlatOptions{
			Prefix: new(s.prefix + prefix), MaxResults: s.pageSize, Include: container.ListBlobsInclude{Metadata: true},
		})
		for pages.More() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				yield(load.Info{}, explain("list "+prefix, err))
				return
			}
			if page.Segment == nil {
				yield(load.Info{}, fmt.Errorf("list %s: %w", prefix, errNoList))
				return
			}
			for _, item := range page.Segment.BlobItems {
				if item.Name == nil || item.Properties == nil || item.Properties.ContentLength == nil {
					yield(load.Info{}, fmt.Errorf("list %s: %w", prefix, errNoList))
					return
				}
				if isDirectory(item) {
					continue
				}
				info := load.Info{
					Name:    strings.TrimPrefix(*item.Name, s.prefix),
					Size:    *item.Properties.ContentLength,
					Version: version(item.Properties.ETag),
				}
				if !yield(info, nil) {
					return
				}
			}
		}
	}
}

// Remove implements [load.Store].
func (s *Store) Remove(ctx context.Context, name string, base load.Condition) error {
	if err := load.CheckName(name); err != nil {
		return err
	}
	o := blob.DeleteOptions{}
	if v, bound := base.Bound(); bound { // by If-Match also where no object is wanted: one that is there has another version
		o.AccessConditions = still(load.Still(cmp.Or(v, "0x0")))
	}
	_, err := s.container.NewBlobClient(s.prefix+name).Delete(ctx, &o)
	if bloberror.HasCode(err, bloberror.ConditionNotMet, bloberror.TargetConditionNotMet) {
		// So a service may say too that there is no such blob.
		now, failed := s.stat(ctx, name)
		if failed == nil && now.info.Version != "" {
			failed = load.ErrConflict
		}
		return explain("remove "+name, failed)
	}
	if bloberror.HasCode(err, bloberror.BlobNotFound) {
		return nil
	}
	return explain("remove "+name, err)
}

// isDirectory reports whether what is listed is a directory. The service says so of its own, and tools mark theirs by
// metadata, as blobfuse and Hadoop do, or by a slash at the end.
func isDirectory(item *container.BlobItem) bool {
	kind := item.Properties.ResourceType
	return kind != nil && *kind == "directory" || strings.HasSuffix(*item.Name, "/") || isFolder(item.Metadata)
}

// isFolder reports whether metadata marks a directory. The case of its keys is lost on the way.
func isFolder(metadata map[string]*string) bool {
	for key, value := range metadata {
		if strings.EqualFold(key, "hdi_isfolder") && value != nil && strings.EqualFold(*value, "true") {
			return true
		}
	}
	return false
}

// version is the ETag without its quotes, which headers have and lists lack.
func version(tag *azcore.ETag) load.Version {
	if tag == nil {
		return ""
	}
	return load.Version(strings.Trim(string(*tag), `"`))
}

func etag(v load.Version) *azcore.ETag { return new(azcore.ETag(`"` + string(v) + `"`)) }

// object reads ranges of a blob, each on condition that it is still the one that was opened.
type object struct {
	ctx  context.Context // io.ReaderAt takes none
	blob *blob.Client
	info load.Info
}

func (o *object) Info() load.Info { return o.info }
func (o *object) Close() error    { return nil }

func (o *object) ReadAt(p []byte, off int64) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	n := min(int64(len(p)), o.info.Size-off)
	if n <= 0 {
		return 0, io.EOF
	}
	answer, err := o.blob.DownloadStream(o.ctx, &blob.DownloadStreamOptions{
		Range:            blob.HTTPRange{Offset: off, Count: n},
		AccessConditions: still(load.Still(o.info.Version)),
	})
	if err != nil {
		return 0, explain("read "+o.info.Name, err)
	}
	body := answer.NewRetryReader(o.ctx, nil)
	defer body.Close()
	got, err := io.ReadFull(body, p[:n])
	if err != nil {
		return got, explain("read "+o.info.Name, err)
	}
	if n < int64(len(p)) {
		return got, io.EOF
	}
	return got, nil
}
