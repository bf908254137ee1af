package contract

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	abs "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoftgraph/msgraph-sdk-go/communications"
	"github.com/microsoftgraph/msgraph-sdk-go/users"

	"graphlake/extract"
	"graphlake/extract/graph"
	"graphlake/schemas"
)

const (
	service  = "https://graph.microsoft.com"
	recordID = "c0117ac7-0000-4000-8000-000000000001"
)

// What is read: half an hour of call records, with which their windows begin, and a day of the rest; a
// Monday.
var (
	from = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	half = from.Add(time.Hour / 2)
	day  = from.Add(schemas.Day)
)

// Reading a dataset sends exactly the requests that Microsoft's client builds.
func TestReadingAsksWhatMicrosoftsClientAsks(t *testing.T) {
	records, delta := microsoft(t, service)
	pstn := records.MicrosoftGraphCallRecordsGetPstnCallsWithFromDateTimeWithToDateTime(&from, &day)
	direct := records.MicrosoftGraphCallRecordsGetDirectRoutingCallsWithFromDateTimeWithToDateTime(&from, &day)
	for _, c := range []struct {
		dataset schemas.Dataset
		to      time.Time
		want    []*url.URL
	}{
		{schemas.CallRecords, half, callRecordURLs(t, records)},
		{schemas.PSTNCalls, day, []*url.URL{built(t, pstn.ToGetRequestInformation, nil)}},
		{schemas.DirectRoutingCalls, day, []*url.URL{built(t, direct.ToGetRequestInformation, nil)}},
		{schemas.Users, day, []*url.URL{built(t, delta.ToGetRequestInformation, &users.DeltaRequestBuilderGetRequestConfiguration{
			QueryParameters: &users.DeltaRequestBuilderGetQueryParameters{Select: schemas.Users.Select()}})}},
	} {
		t.Run(c.dataset.Name, func(t *testing.T) {
			wire := wire{children: c.want}
			client, err := graph.New(graph.Options{Endpoint: service, Token: graph.StaticToken{Secret: "t"}, Transport: &wire})
			if err != nil {
				t.Fatal(err)
			}
			reading := extract.Read(client, c.dataset, schemas.Range{From: from, To: c.to}, extract.Options{Now: day})
			for _, err := range reading.Records(t.Context()) {
				if err != nil {
					t.Fatal(err)
				}
			}
			if got, want := spell(wire.asked), spell(c.want); !slices.Equal(got, want) {
				t.Errorf("we ask\n%s\nMicrosoft's client\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		})
	}
}

// callRecordURLs are the list of half an hour, both details of a record, and the pages of its children.
func callRecordURLs(t *testing.T, records *communications.CallRecordsRequestBuilder) []*url.URL {
	list := communications.CallRecordsRequestBuilderGetRequestConfiguration{
		QueryParameters: &communications.CallRecordsRequestBuilderGetQueryParameters{
			Filter: new("startDateTime ge 2026-11-23T00:00:00Z and startDateTime lt 2026-11-23T00:30:00Z")}}
	detail := func(expand string) *communications.CallRecordsCallRecordItemRequestBuilderGetRequestConfiguration {
		return &communications.CallRecordsCallRecordItemRequestBuilderGetRequestConfiguration{
			QueryParameters: &communications.CallRecordsCallRecordItemRequestBuilderGetQueryParameters{Expand: []string{expand}}}
	}
	segments := communications.CallRecordsItemSessionsRequestBuilderGetRequestConfiguration{
		QueryParameters: &communications.CallRecordsItemSessionsRequestBuilderGetQueryParameters{Expand: []string{"segments"}}}
	record := records.ByCallRecordId(recordID)
	return []*url.URL{
		built(t, records.ToGetRequestInformation, &list),
		built(t, record.ToGetRequestInformation, detail("sessions($expand=segments)")),
		built(t, record.ToGetRequestInformation, detail("participants_v2")),
		built(t, record.Sessions().ToGetRequestInformation, &segments),
		built(t, record.Participants_v2().ToGetRequestInformation, nil),
	}
}

func built[C any](t *testing.T, information func(context.Context, *C) (*abs.RequestInformation, error), config *C) *url.URL {
	t.Helper()
	info, err := information(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	u, err := info.GetUri()
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// spell writes URLs so that the same request is the same text. Two differences are none: OData
// allows a function without arguments to be called without parentheses, and the logs take a date
// for its midnight, as Microsoft's documentation calls them.
func spell(urls []*url.URL) []string {
	var texts []string
	same := strings.NewReplacer("delta()", "delta", "getAllMessages()", "getAllMessages", "T00:00:00Z,", ",", "T00:00:00Z)", ")")
	for _, u := range urls {
		texts = append(texts, u.Scheme+"://"+u.Host+same.Replace(u.Path)+"?"+u.Query().Encode())
	}
	slices.Sort(texts)
	return texts
}

// wire notes what is asked and answers with one call record, whose children have a further page.
type wire struct {
	children []*url.URL
	mu       sync.Mutex
	asked    []*url.URL
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked = append(w.asked, r.URL)
	record := map[string]any{"id": recordID, "version": 1, "startDateTime": from, "endDateTime": from}
	answer := map[string]any{"value": []any{}, "@odata.deltaLink": service + "/v1.0/users/delta?$deltatoken=d"}
	switch expand := r.URL.Query().Get("$expand"); {
	case strings.HasSuffix(r.URL.Path, "/callRecords"):
		answer = map[string]any{"value": []any{record}}
	case strings.HasSuffix(r.URL.Path, recordID):
		child, _, _ := strings.Cut(expand, "(")
		record[child] = []any{}
		for _, u := range w.children {
			if strings.HasSuffix(u.Path, "/"+child) {
				record[child+"@odata.nextLink"] = u.String()
			}
		}
		answer = record
	}
	body, err := json.Marshal(answer)
	return &http.Response{
		StatusCode: http.StatusOK,
		Header:     http.Header{"Content-Type": {"application/json"}},
		Body:       io.NopCloser(bytes.NewReader(body)),
		Request:    r,
	}, err
}
