package contract

import (
	"net/http"
	"net/http/httptest"
	"path"
	"strings"
	"sync"
	"testing"
	"time"

	abs "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoft/kiota-abstractions-go/authentication"
	"github.com/microsoft/kiota-abstractions-go/serialization"
	json "github.com/microsoft/kiota-serialization-json-go"
	core "github.com/microsoftgraph/msgraph-sdk-go-core"
	"github.com/microsoftgraph/msgraph-sdk-go/communications"
	"github.com/microsoftgraph/msgraph-sdk-go/models/callrecords"
	"github.com/microsoftgraph/msgraph-sdk-go/users"

	"graphlake/internal/graphsim"
	"graphlake/schemas"
)

// Microsoft's client reads from the simulated Graph all that it holds, page by page.
func TestMicrosoftsClientReadsTheSimulator(t *testing.T) {
	tenant := graphsim.New(graphsim.Options{
		Users: 250, Large: 140, CallsPerUserDay: 1,
		From: from, To: day, Now: func() time.Time { return day.Add(schemas.Day) },
	})
	truth := tenant.Truth()
	client := connect(t, tenant)

	want := truth.Days[0]
	got := graphsim.Day{Date: want.Date}
	client.countCalls(&got)
	client.countLogs(&got)
	if got != want {
		t.Errorf("Microsoft's client read\n%+v, the tenant holds\n%+v", got, want)
	}
	if n := client.countUsers(); n != truth.Users {
		t.Errorf("Microsoft's client read %d users, the tenant has %d", n, truth.Users)
	}
	if got.PSTN == 0 || got.DirectRouting == 0 {
		t.Errorf("nothing was compared in a log: %+v", got)
	}
	for _, collection := range []string{"callRecords", "sessions", "participants_v2", "delta"} {
		if _, ok := client.further.Load(collection); !ok {
			t.Errorf("no further page of %s was read", collection)
		}
	}
}

type client struct {
	*testing.T
	records *communications.CallRecordsRequestBuilder
	users   *users.DeltaRequestBuilder
	further *sync.Map // the collections of which pages after the first were asked for
}

func connect(t *testing.T, tenant *graphsim.Tenant) *client {
	t.Helper()
	var further sync.Map
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.RawQuery, "skip") {
			further.Store(path.Base(r.URL.Path), true)
		}
		tenant.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	records, delta := microsoft(t, server.URL)
	return &client{T: t, records: records, users: delta, further: &further}
}

// microsoft is Microsoft's client as far as our datasets go.
func microsoft(t *testing.T, endpoint string) (*communications.CallRecordsRequestBuilder, *users.DeltaRequestBuilder) {
	t.Helper()
	abs.RegisterDefaultDeserializer(func() serialization.ParseNodeFactory { return json.NewJsonParseNodeFactory() })
	adapter, err := core.NewGraphRequestAdapterBase(&authentication.AnonymousAuthenticationProvider{}, core.GraphClientOptions{})
	if err != nil {
		t.Fatal(err)
	}
	adapter.SetBaseUrl(endpoint + "/v1.0")
	at := map[string]string{"baseurl": endpoint + "/v1.0"}
	return communications.NewCallRecordsRequestBuilderInternal(at, adapter), users.NewDeltaRequestBuilderInternal(at, adapter)
}

func (c *client) countCalls(d *graphsim.Day) {
	config := &communications.CallRecordsRequestBuilderGetRequestConfiguration{
		QueryParameters: &communications.CallRecordsRequestBuilderGetQueryParameters{
			Filter: new("startDateTime ge 2026-11-23T00:00:00Z and startDateTime lt 2026-11-24T00:00:00Z")}}
	for list := c.records; list != nil; config = nil {
		page, err := list.Get(c.Context(), config)
		if err != nil {
			c.Fatal(err)
		}
		for _, record := range page.GetValue() {
			d.CallRecords++
			c.countRecord(*record.GetId(), d)
		}
		list = next(list.WithUrl, page.GetOdataNextLink())
	}
}

// countRecord reads a record by its id, as we do: once with each expansion, to its last page.
func (c *client) countRecord(id string, d *graphsim.Day) {
	item := c.records.ByCallRecordId(id)
	whole := c.detail(item, "sessions($expand=segments)")
	d.VersionSum += int(*whole.GetVersion())
	countSessions(whole.GetSessions(), d)
	for list := next(item.Sessions().WithUrl, link(whole, "sessions")); list != nil; {
		page, err := list.Get(c.Context(), nil)
		if err != nil {
			c.Fatal(err)
		}
		countSessions(page.GetValue(), d)
		list = next(list.WithUrl, page.GetOdataNextLink())
	}
	whole = c.detail(item, "participants_v2")
	d.Participants += len(whole.GetParticipantsV2())
	for list := next(item.Participants_v2().WithUrl, link(whole, "participants_v2")); list != nil; {
		page, err := list.Get(c.Context(), nil)
		if err != nil {
			c.Fatal(err)
		}
		d.Participants += len(page.GetValue())
		list = next(list.WithUrl, page.GetOdataNextLink())
	}
}

func (c *client) detail(item *communications.CallRecordsCallRecordItemRequestBuilder, expand string) callrecords.CallRecordable {
	record, err := item.Get(c.Context(), &communications.CallRecordsCallRecordItemRequestBuilderGetRequestConfiguration{
		QueryParameters: &communications.CallRecordsCallRecordItemRequestBuilderGetQueryParameters{Expand: []string{expand}}})
	if err != nil {
		c.Fatal(err)
	}
	return record
}

func countSessions(sessions []callrecords.Sessionable, d *graphsim.Day) {
	d.Sessions += len(sessions)
	for _, session := range sessions {
		d.Segments += len(session.GetSegments())
		for _, segment := range session.GetSegments() {
			d.Media += len(segment.GetMedia())
			for _, media := range segment.GetMedia() {
				d.Streams += len(media.GetStreams())
			}
		}
	}
}

func (c *client) countLogs(d *graphsim.Day) {
	for list := c.records.MicrosoftGraphCallRecordsGetPstnCallsWithFromDateTimeWithToDateTime(&from, &day); list != nil; {
		page, err := list.GetAsGetPstnCallsWithFromDateTimeWithToDateTimeGetResponse(c.Context(), nil)
		if err != nil {
			c.Fatal(err)
		}
		d.PSTN += len(page.GetValue())
		list = next(list.WithUrl, page.GetOdataNextLink())
	}
	for list := c.records.MicrosoftGraphCallRecordsGetDirectRoutingCallsWithFromDateTimeWithToDateTime(&from, &day); list != nil; {
		page, err := list.GetAsGetDirectRoutingCallsWithFromDateTimeWithToDateTimeGetResponse(c.Context(), nil)
		if err != nil {
			c.Fatal(err)
		}
		d.DirectRouting += len(page.GetValue())
		list = next(list.WithUrl, page.GetOdataNextLink())
	}
}

func (c *client) countUsers() (n int) {
	config := &users.DeltaRequestBuilderGetRequestConfiguration{
		QueryParameters: &users.DeltaRequestBuilderGetQueryParameters{Select: schemas.Users.Select()}}
	for list := c.users; list != nil; config = nil {
		page, err := list.GetAsDeltaGetResponse(c.Context(), config)
		if err != nil {
			c.Fatal(err)
		}
		n += len(page.GetValue())
		if list = next(list.WithUrl, page.GetOdataNextLink()); list == nil && page.GetOdataDeltaLink() == nil {
			c.Error("the last page of users has no deltaLink")
		}
	}
	return n
}

// next is the request for the page after, or nil.
func next[B any](withURL func(string) *B, link *string) *B {
	if link == nil {
		return nil
	}
	return withURL(*link)
}

// link finds the link to the rest of a child collection, which the models do not declare.
func link(record callrecords.CallRecordable, child string) *string {
	link, _ := record.GetAdditionalData()[child+"@odata.nextLink"].(*string)
	return link
}
