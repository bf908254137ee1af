package contract

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	abs "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoft/kiota-abstractions-go/authentication"
	core "github.com/microsoftgraph/msgraph-sdk-go-core"
	"github.com/microsoftgraph/msgraph-sdk-go/users"

	"graphlake/extract"
	"graphlake/extract/graph"
	"graphlake/schemas"
)

// archive lists one transcript with an id as Graph makes them, and has no document of it; it notes which are asked for.
type archive struct {
	mu    sync.Mutex
	asked []string
}

const awkward = "MSo1/ZTFm+Gm=="

func (a *archive) RoundTrip(r *http.Request) (*http.Response, error) {
	status, answer := http.StatusOK, `{"value":[{"id":"`+one+`"}]}`
	switch path := r.URL.EscapedPath(); {
	case strings.Contains(path, "getAllTranscripts("):
		answer = `{"value":[{"id":"` + awkward + `","meetingId":"` + awkward + `","callId":"` + awkward + `","createdDateTime":"2026-11-23T10:00:00Z"}]}`
	case strings.Contains(path, "/transcripts/"):
		status, answer = http.StatusNotFound, `{"error":{"code":"NotFound","message":"none"}}`
		a.mu.Lock()
		a.asked = append(a.asked, path)
		a.mu.Unlock()
	}
	return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader([]byte(answer))), Request: r}, nil
}

// Documents are asked for where Microsoft's client asks, whatever is in the ids. Lists are not compared: the client writes their
// bounds as parameters behind the path, and Microsoft's pages in it.
func TestDocumentsAreAskedForAsMicrosoftsClientAsks(t *testing.T) {
	adapter, err := core.NewGraphRequestAdapterBase(&authentication.AnonymousAuthenticationProvider{}, core.GraphClientOptions{})
	if err != nil {
		t.Fatal(err)
	}
	user := users.NewUsersRequestBuilderInternal(at, adapter).ByUserId(one)
	meeting := user.OnlineMeetings().ByOnlineMeetingId(awkward).Transcripts().ByCallTranscriptId(awkward)
	call := user.AdhocCalls().ByAdhocCallId(awkward).Transcripts().ByCallTranscriptId(awkward)
	for _, c := range []struct {
		dataset schemas.Dataset
		want    []string
	}{
		{schemas.Transcripts, []string{pathOf(t, meeting.MetadataContent().ToGetRequestInformation), pathOf(t, meeting.Content().ToGetRequestInformation)}},
		{schemas.CallTranscripts, []string{pathOf(t, call.MetadataContent().ToGetRequestInformation), pathOf(t, call.Content().ToGetRequestInformation)}},
	} {
		t.Run(c.dataset.Name, func(t *testing.T) {
			var a archive
			client, err := graph.New(graph.Options{Endpoint: service, Token: graph.StaticToken{Secret: "t"}, Transport: &a})
			if err != nil {
				t.Fatal(err)
			}
			for _, err := range extract.Read(client, c.dataset, schemas.Range{From: from, To: day}, extract.Options{Now: day}).Records(t.Context()) {
				if err != nil {
					t.Fatal(err)
				}
			}
			if !slices.Equal(a.asked, c.want) {
				t.Errorf("we ask %q, Microsoft's client %q", a.asked, c.want)
			}
		})
	}
}

// pathOf is the path of a request that Microsoft's client builds, as it is on the wire.
func pathOf[C any](t *testing.T, information func(context.Context, *C) (*abs.RequestInformation, error)) string {
	t.Helper()
	info, err := information(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	u, err := info.GetUri()
	if err != nil {
		t.Fatal(err)
	}
	return u.EscapedPath()
}
