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

	"graphlake/load"
)

// explain adds what was tried and, where there is one, the cure. A nil error stays nil.
func explain(what string, err error) error {
	switch {
	case err == nil:
		return nil
	case bloberror.HasCode(err, bloberror.ConditionNotMet):
		return fmt.Errorf("%s: it was replaced meanwhile: %w", what, load.ErrConflict)
	case bloberror.HasCode(err, bloberror.BlobNotFound):
		return fmt.Errorf("%s: it was removed meanwhile: %w", what, fs.ErrNotExist)
	}
	if answer, ok := errors.AsType[*azcore.ResponseError](err); ok {
		return fmt.Errorf("%s: %w", what, refusal(answer))
	}
	return fmt.Errorf("%s: %w", what, withoutQuery(err))
}

// refusal says on one line what the SDK says on twelve, of which some repeat what we sent.
func refusal(answer *azcore.ResponseError) error {
	code, id := answer.ErrorCode, ""
	if code == "" { // not the service's own answer, perhaps a proxy's
		code = http.StatusText(answer.StatusCode)
	}
	if answer.RawResponse != nil {
		id = answer.RawResponse.Header.Get("x-ms-request-id")
	}
	if answer.StatusCode == http.StatusUnauthorized || answer.StatusCode == http.StatusForbidden {
		return fmt.Errorf("the service answered %d %s (request id %q): %w; give the identity the role Storage Blob Data Contributor on the container, or check the key",
			answer.StatusCode, code, id, fs.ErrPermission)
	}
	return fmt.Errorf("the service answered %d %s (request id %q)", answer.StatusCode, code, id)
}

// withoutQuery drops the query of the URL that a failed request names, for it may hold a shared
// access signature. The errors around it are dropped too: they repeat its text.
func withoutQuery(err error) error {
	failed, ok := errors.AsType[*url.Error](err)
	if !ok {
		return err
	}
	address, query, _ := strings.Cut(failed.URL, "?")
	if query == "" {
		return err
	}
	return &url.Error{Op: failed.Op, URL: address, Err: failed.Err}
}
