package blobstore

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/streaming"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blockblob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/sas"

	"graphlake/load"
	"graphlake/load/storetest"
	"graphlake/load/storetest/azurite"
)

// field is a part of a connection string.
func field(connection, name string) string {
	_, value, _ := strings.Cut(connection, name+"=")
	value, _, _ = strings.Cut(value, ";")
	return value
}

// signed is a connection string with a signature for one container.
func signed(t *testing.T, connection, name string, rights sas.ContainerPermissions) string {
	t.Helper()
	credential, err := container.NewSharedKeyCredential(field(connection, "AccountName"), field(connection, "AccountKey"))
	if err != nil {
		t.Fatal(err)
	}
	q, err := sas.BlobSignatureValues{
		Protocol: sas.ProtocolHTTPSandHTTP, StartTime: time.Now().Add(-time.Hour), ExpiryTime: time.Now().Add(time.Hour),
		Permissions: rights.String(), ContainerName: name,
	}.SignWithSharedKey(credential)
	if err != nil {
		t.Fatal(err)
	}
	return "BlobEndpoint=" + field(connection, "BlobEndpoint") + ";SharedAccessSignature=" + q.Encode()
}

var allRights = sas.ContainerPermissions{Read: true, Create: true, Write: true, Delete: true, List: true}

// A signature for one container is enough for everything that a store does.
func TestContainerSignature(t *testing.T) {
	connection := azurite.Start(t)
	if _, err := Create(t.Context(), Options{ConnectionString: connection, Container: "lake"}); err != nil {
		t.Fatal(err)
	}
	stores := 0
	storetest.Run(t, func(t *testing.T) load.Store {
		stores++
		s, err := New(t.Context(), Options{
			ConnectionString: signed(t, connection, "lake", allRights), Container: "lake", Prefix: strings.Repeat("a", stores), Scratch: t.TempDir(),
		})
		if err != nil {
			t.Fatal(err)
		}
		s.blockSize, s.pageSize = 1<<20, to.Ptr[int32](3)
		return s
	})
}

// What a signature does not allow is said with the rights that it needs, and without the signature.
func TestNarrowSignature(t *testing.T) {
	connection := azurite.Start(t)
	if _, err := Create(t.Context(), Options{ConnectionString: connection, Container: "lake"}); err != nil {
		t.Fatal(err)
	}
	only := func(rights sas.ContainerPermissions) Options {
		return Options{ConnectionString: signed(t, connection, "lake", rights), Container: "lake", Scratch: t.TempDir()}
	}
	_, cannotList := New(t.Context(), only(sas.ContainerPermissions{Read: true, Write: true}))
	reader := only(sas.ContainerPermissions{Read: true, List: true})
	s, err := New(t.Context(), reader)
	if err != nil {
		t.Fatal(err)
	}
	other := only(allRights)
	other.Container = "another"
	_, elsewhere := New(t.Context(), other)
	_, cannotCreate := Create(t.Context(), reader)
	for what, err := range map[string]error{
		"listing": cannotList, "writing": s.Writable(t.Context()), "another container": elsewhere, "making a container": cannotCreate,
	} {
		if !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), "has to allow to read, create, write, delete and list") {
			t.Errorf("%s: %v, want the cure", what, err)
		}
		if err != nil && strings.Contains(err.Error(), "sig") && strings.Contains(err.Error(), "sv=") {
			t.Errorf("%s: the error shows the signature: %v", what, err)
		}
	}
}

// Directories are no objects, whether metadata, the service or a slash says that they are some.
func TestDirectories(t *testing.T) {
	connection := azurite.Start(t)
	s := newStore(t, Options{ConnectionString: directoriesOf(t, connection), Container: "lake", Prefix: "a"})
	if _, err := s.Swap(t.Context(), "raw/users/dt=1/users.parquet", "", []byte("x")); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Swap(t.Context(), "state/x.lock", "", nil); err != nil { // an object may be empty
		t.Fatal(err)
	}
	for name, metadata := range map[string]map[string]*string{
		"a/raw": {"hdi_isfolder": new("true")}, "a/raw/users": {"Hdi_IsFolder": new("True")},
		"a/raw/users/": nil, "a/raw/users/dt=1": {"hdi_isfolder": new("true")}, "a/tables/said": nil,
	} {
		if _, err := s.container.NewBlockBlobClient(name).Upload(t.Context(), streaming.NopCloser(bytes.NewReader(nil)), &blockblob.UploadOptions{Metadata: metadata}); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for info, err := range s.List(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, info.Name)
	}
	if want := []string{"raw/users/dt=1/users.parquet", "state/x.lock"}; !slices.Equal(got, want) {
		t.Errorf("listed are %q, want %q", got, want)
	}
	if _, err := s.Open(t.Context(), "raw/users"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Open of a directory: %v, want fs.ErrNotExist", err)
	}
}

// directoriesOf stands in front of the emulator and says of a blob, which ends with "said", that it is a directory, as a
// service does that knows directories.
func directoriesOf(t *testing.T, connection string) string {
	t.Helper()
	target, err := url.Parse(field(connection, "BlobEndpoint"))
	if err != nil {
		t.Fatal(err)
	}
	proxy := httptest.NewServer(&httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host = target.Scheme, target.Host
			r.Out.Header.Del("Accept-Encoding")
		},
		ModifyResponse: func(r *http.Response) error {
			if r.Request.URL.Query().Get("comp") != "list" {
				return nil
			}
			text, err := io.ReadAll(r.Body)
			if err != nil {
				return err
			}
			changed := strings.ReplaceAll(string(text), "said</Name><Properties>", "said</Name><Properties><ResourceType>directory</ResourceType>")
			r.Body, r.ContentLength = io.NopCloser(strings.NewReader(changed)), int64(len(changed))
			r.Header.Del("Content-Length")
			return nil
		},
	})
	t.Cleanup(proxy.Close)
	return strings.Replace(connection, "http://"+target.Host, proxy.URL, 1)
}
