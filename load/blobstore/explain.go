package blobstore

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/bloberror"

	"graphlake/internal/foreign"
	"graphlake/load"
)

// explain adds what was tried and, where there is one, the cure. A nil error stays nil.
func explain(what string, err error) error {
	switch {
	case err == nil:
		return nil
	case bloberror.HasCode(err, bloberror.ConditionNotMet):
		return fmt.Errorf("%s: it was replaced meanwhile: %w", what, load.ErrConflict)
	case bloberror.HasCode(err, bloberror.ContainerNotFound):
		return fmt.Errorf("%s: %w", what, ErrNoContainer)
	case bloberror.HasCode(err, bloberror.BlobNotFound):
		return fmt.Errorf("%s: it was removed meanwhile: %w", what, fs.ErrNotExist)
	}
	if answer, ok := errors.AsType[*azcore.ResponseError](err); ok {
		return fmt.Errorf("%s: %w", what, refusal(answer))
	}
	return fmt.Errorf("%s: %w", what, clean(err))
}

// refusal says on one line what the SDK says on twelve, of which some repeat what we sent.
func refusal(answer *azcore.ResponseError) error {
	code, id := foreign.New(answer.ErrorCode).String(), foreign.Text{}
	if code == "" { // not the service's own answer, perhaps a proxy's
		code = http.StatusText(answer.StatusCode)
	}
	if answer.RawResponse != nil {
		id = foreign.ID(answer.RawResponse.Header.Get("x-ms-request-id"))
	}
	if answer.StatusCode == http.StatusUnauthorized || answer.StatusCode == http.StatusForbidden {
		cure := "give the identity the role Storage Blob Data Contributor on the container, or check the key, " +
			"or the signature, which must not have ended and has to allow to read, create, write, delete and list"
		if code == string(bloberror.AuthorizationFailure) { // so it answers too whom the network's rules keep out
			cure = "let this machine through the account's firewall, or to its private endpoint; or " + cure
		}
		return fmt.Errorf("the service answered %d %s (request id %q): %w; %s", answer.StatusCode, code, id, fs.ErrPermission, cure)
	}
	if answer.StatusCode >= 300 && answer.StatusCode < 400 {
		return fmt.Errorf("the service answered %d %s, a redirect, which is not followed; check the account's address and the proxy", answer.StatusCode, code)
	}
	if code == string(bloberror.ContainerBeingDeleted) {
		return fmt.Errorf("the service answered %d %s (request id %q); that takes a minute: try again later", answer.StatusCode, code, id)
	}
	return fmt.Errorf("the service answered %d %s (request id %q)", answer.StatusCode, code, id)
}

// clean is an error of the connection or of the SDK, of which the URL is ours, but for its query, which may hold a shared access
// signature. The errors around it are dropped: they repeat its text.
func clean(err error) error {
	failed, ok := errors.AsType[*url.Error](err)
	if !ok {
		return foreign.Error(err)
	}
	address, _, _ := strings.Cut(failed.URL, "?")
	return &url.Error{Op: failed.Op, URL: address, Err: foreign.Error(failed.Err)}
}
