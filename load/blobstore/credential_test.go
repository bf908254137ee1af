package blobstore

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/bloberror"

	"graphlake/load"
)

// account stands in for Blob Storage where the emulator cannot: behind TLS, without which the SDK
// sends no token. It has one container, lake, and knows what one blob needs to be put and read.
type account struct {
	readOnly bool
	probes   int               // writes on a condition
	blobs    map[string][]byte // by path
}

const bearer = "an invented token"

func (a *account) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	data, found := a.blobs[r.URL.Path]
	w.Header().Set("x-ms-request-id", "7f1e22d0-0001")
	switch {
	case r.Header.Get("Authorization") != "Bearer "+bearer:
		refuse(w, http.StatusForbidden, "AuthenticationFailed")
	case r.Method == http.MethodGet && r.URL.Path == "/lake" && r.URL.Query().Get("comp") == "list":
		fmt.Fprint(w, `<EnumerationResults><Blobs/><NextMarker/></EnumerationResults>`)
	case !strings.HasPrefix(r.URL.Path, "/lake/nightly/"):
		refuse(w, http.StatusBadRequest, "InvalidUri")
	case r.Method == http.MethodPut && a.readOnly:
		refuse(w, http.StatusForbidden, "AuthorizationPermissionMismatch")
	case r.Method == http.MethodPut && r.Header.Get("If-Match") != "":
		a.probes++
		refuse(w, http.StatusPreconditionFailed, "ConditionNotMet")
	case r.Method == http.MethodPut:
		a.blobs[r.URL.Path], _ = io.ReadAll(r.Body)
		w.Header().Set("ETag", `"0x1"`)
		w.WriteHeader(http.StatusCreated)
	case !found:
		refuse(w, http.StatusNotFound, "BlobNotFound")
	default: // GET by ranges, and HEAD
		w.Header().Set("ETag", `"0x1"`)
		if wanted := r.Header.Get("x-ms-range"); wanted != "" {
			r.Header.Set("Range", wanted)
		}
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
	}
}

func refuse(w http.ResponseWriter, status int, code string) {
	w.Header().Set("x-ms-error-code", code)
	w.WriteHeader(status)
	fmt.Fprintf(w, "<Error><Code>%s</Code>\n<Message>%s</Message>\n</Error>", code, rand.Text())
}

type token string

func (t token) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{Token: string(t), ExpiresOn: time.Now().Add(time.Hour)}, nil
}

func openAccount(t *testing.T, a *account, credential token) (*Store, error) {
	t.Helper()
	server := httptest.NewTLSServer(a)
	t.Cleanup(server.Close)
	return New(t.Context(), Options{
		AccountURL: server.URL, Credential: credential, Container: "lake", Prefix: "nightly",
		Scratch: t.TempDir(), Transport: server.Client(),
	})
}

func TestTokenCredential(t *testing.T) {
	a := &account{blobs: map[string][]byte{}}
	s, err := openAccount(t, a, bearer)
	if err != nil {
		t.Fatal(err)
	}
	w, err := s.Stage(t.Context(), "tables/x")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, "by token"); err != nil {
		t.Fatal(err)
	}
	if changed, _, err := w.Commit(t.Context(), load.Still("")); !changed || err != nil {
		t.Fatalf("Commit = %t, %v", changed, err)
	}
	if got := string(a.blobs["/lake/nightly/tables/x"]); got != "by token" || len(a.blobs) != 1 {
		t.Errorf("the account holds %q, want one blob under its container and prefix", a.blobs)
	}
	if err := s.Writable(t.Context()); err != nil || a.probes != 1 {
		t.Errorf("Writable after a write: %v, asked %d times, want once", err, a.probes)
	}
	o, err := s.Open(t.Context(), "tables/x")
	if err != nil {
		t.Fatal(err)
	}
	p := make([]byte, 5)
	if _, err := o.ReadAt(p, 3); err != nil || string(p) != "token" {
		t.Errorf("ReadAt gives %q, %v", p, err)
	}
	if _, err := s.Open(t.Context(), "tables/y"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Open of an absent blob: %v, want fs.ErrNotExist", err)
	}
}

// Whoever answers in the service's place may write what a terminal obeys, and whom the request was for.
func TestRefusalsNameNobody(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("x-ms-request-id", "ines@fabrikam.example")
		refuse(w, http.StatusConflict, "Ba\u009bd\u202e of ines@fabrikam.example")
	}))
	defer server.Close()
	_, err := New(t.Context(), Options{AccountURL: server.URL, Credential: token(bearer), Container: "lake", Transport: server.Client()})
	if want := `open container lake: the service answered 409 Ba d of … (request id "")`; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

// A container that was removed cannot be made or used for a while, and waiting is the cure.
func TestContainerBeingDeleted(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		refuse(w, http.StatusConflict, string(bloberror.ContainerBeingDeleted))
	}))
	defer server.Close()
	o := Options{AccountURL: server.URL, Credential: token(bearer), Container: "lake", Transport: server.Client()}
	_, newErr := New(t.Context(), o)
	_, createErr := Create(t.Context(), o)
	for what, err := range map[string]error{"New": newErr, "Create": createErr} {
		if want := `the service answered 409 ContainerBeingDeleted (request id ""); that takes a minute: try again later`; err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s: %v, want %s", what, err, want)
		}
	}
}

// The answer of the service is cut to what leads to the cure: one line.
func TestRefusals(t *testing.T) {
	const cure = `(request id "7f1e22d0-0001"): permission denied; give the identity the role Storage Blob Data Contributor on the container, or check the key, or the signature, which must not have ended and has to allow to read, create, write, delete and list`
	_, err := openAccount(t, &account{}, "another token")
	if want := "open container lake: the service answered 403 AuthenticationFailed " + cure; !errors.Is(err, fs.ErrPermission) || err.Error() != want {
		t.Errorf("New with a bad token: %v, want %s", err, want)
	}
	s, err := openAccount(t, &account{readOnly: true}, bearer)
	if err != nil {
		t.Fatalf("New for reading: %v", err)
	}
	want := "open container lake for writing: the service answered 403 AuthorizationPermissionMismatch " + cure
	_, stageErr := s.Stage(t.Context(), "tables/x")
	_, swapErr := s.Swap(t.Context(), "tables/x", "", nil)
	for what, err := range map[string]error{"Writable": s.Writable(t.Context()), "Stage": stageErr, "Swap": swapErr} {
		if !errors.Is(err, fs.ErrPermission) || err.Error() != want {
			t.Errorf("%s as a reader: %v, want %s", what, err, want)
		}
	}
}
