package contract

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	abs "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoft/kiota-abstractions-go/authentication"
	"github.com/microsoft/kiota-abstractions-go/serialization"
	kiota "github.com/microsoft/kiota-serialization-json-go"
	core "github.com/microsoftgraph/msgraph-sdk-go-core"
	"github.com/microsoftgraph/msgraph-sdk-go/admin"
	"github.com/microsoftgraph/msgraph-sdk-go/communications"
	"github.com/microsoftgraph/msgraph-sdk-go/groups"
	"github.com/microsoftgraph/msgraph-sdk-go/organization"
	"github.com/microsoftgraph/msgraph-sdk-go/subscribedskus"
	"github.com/microsoftgraph/msgraph-sdk-go/teams"
	"github.com/microsoftgraph/msgraph-sdk-go/users"

	"graphlake/extract"
	"graphlake/extract/graph"
	"graphlake/schemas"
)

const (
	one     = "0a6f1c02-77d1-4d3b-9c1e-5f20b8e4a901"
	room    = "19:6f1c02aa@thread.tacv2"
	joinURL = "https://teams.example/l/meetup-join/19%3ameeting_NmYx%40thread.v2/0?context=%7b%22Tid%22%3a%22b8e4%22%7d"
)

// Reading what has parents, parts or a body sends the requests that Microsoft's client builds.
func TestDirectoryIsAskedForAsMicrosoftsClientAsks(t *testing.T) {
	abs.RegisterDefaultSerializer(func() serialization.SerializationWriterFactory { return kiota.NewJsonSerializationWriterFactory() })
	adapter, err := core.NewGraphRequestAdapterBase(&authentication.AnonymousAuthenticationProvider{}, core.GraphClientOptions{})
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]string{"baseurl": service + "/v1.0"}
	id := []string{"id"}
	allUsers := get(t, users.NewUsersRequestBuilderInternal(at, adapter).ToGetRequestInformation, &users.UsersRequestBuilderGetRequestConfiguration{
		QueryParameters: &users.UsersRequestBuilderGetQueryParameters{Select: id, Top: new(int32(999))}})
	team := teams.NewTeamsRequestBuilderInternal(at, adapter)
	allTeams := get(t, team.ToGetRequestInformation, &teams.TeamsRequestBuilderGetRequestConfiguration{
		QueryParameters: &teams.TeamsRequestBuilderGetQueryParameters{Select: id}})
	channels := team.ByTeamId(one).Channels()
	ofTeams := admin.NewAdminRequestBuilderInternal(at, adapter).Teams()
	numbers := ofTeams.TelephoneNumberManagement().NumberAssignments()
	ids := communications.NewGetPresencesByUserIdPostRequestBody()
	ids.SetIds([]string{one})
	presences := communications.NewGetPresencesByUserIdRequestBuilderInternal(at, adapter)
	info, err := presences.ToPostRequestInformation(t.Context(), ids, nil)
	if err != nil {
		t.Fatal(err)
	}

	for _, c := range []struct {
		dataset schemas.Dataset
		want    []string
	}{
		{schemas.Groups, []string{get(t, groups.NewDeltaRequestBuilderInternal(at, adapter).ToGetRequestInformation, &groups.DeltaRequestBuilderGetRequestConfiguration{
			QueryParameters: &groups.DeltaRequestBuilderGetQueryParameters{Select: schemas.Groups.Select()}})}},
		{schemas.Organization, []string{
			get(t, organization.NewOrganizationRequestBuilderInternal(at, adapter).ToGetRequestInformation, nil),
			get(t, subscribedskus.NewSubscribedSkusRequestBuilderInternal(at, adapter).ToGetRequestInformation, nil),
		}},
		{schemas.Teams, []string{allTeams, get(t, team.ByTeamId(one).ToGetRequestInformation, nil), get(t, channels.ToGetRequestInformation, nil)}},
		{schemas.ChannelMembers, []string{
			allTeams,
			get(t, channels.ToGetRequestInformation, &teams.ItemChannelsRequestBuilderGetRequestConfiguration{
				QueryParameters: &teams.ItemChannelsRequestBuilderGetQueryParameters{Select: id}}),
			get(t, channels.ByChannelId(room).Members().ToGetRequestInformation, nil),
		}},
		{schemas.TeamMembers, []string{allTeams, get(t, team.ByTeamId(one).Members().ToGetRequestInformation, nil)}},
		{schemas.IncomingChannels, []string{allTeams, get(t, team.ByTeamId(one).IncomingChannels().ToGetRequestInformation, nil)}},
		{schemas.JoinedTeams, []string{allUsers, get(t, users.NewUsersRequestBuilderInternal(at, adapter).ByUserId(one).JoinedTeams().ToGetRequestInformation, nil)}},
		{schemas.Presence, []string{allUsers, asked(t, info)}},
		{schemas.PhoneNumbers, []string{
			get(t, numbers.ToGetRequestInformation, &admin.TeamsTelephoneNumberManagementNumberAssignmentsRequestBuilderGetRequestConfiguration{
				QueryParameters: &admin.TeamsTelephoneNumberManagementNumberAssignmentsRequestBuilderGetQueryParameters{Top: new(int32(1000))}}),
			get(t, numbers.ToGetRequestInformation, &admin.TeamsTelephoneNumberManagementNumberAssignmentsRequestBuilderGetRequestConfiguration{
				QueryParameters: &admin.TeamsTelephoneNumberManagementNumberAssignmentsRequestBuilderGetQueryParameters{Top: new(int32(1000)), Skip: new(int32(1))}}),
		}},
		{schemas.TeamsUserConfigurations, []string{get(t, ofTeams.UserConfigurations().ToGetRequestInformation, nil)}},
		{schemas.MailboxSettings, []string{
			allUsers, get(t, users.NewUsersRequestBuilderInternal(at, adapter).ByUserId(one).MailboxSettings().ToGetRequestInformation, nil),
		}},
	} {
		t.Run(c.dataset.Name, func(t *testing.T) {
			var d directory
			client, err := graph.New(graph.Options{Endpoint: service, Token: graph.StaticToken{Secret: "t"}, Transport: &d})
			if err != nil {
				t.Fatal(err)
			}
			reading := extract.Read(client, c.dataset, schemas.Range{From: from, To: day}, extract.Options{Now: day})
			for _, err := range reading.Records(t.Context()) {
				if err != nil {
					t.Fatal(err)
				}
			}
			slices.Sort(d.asked)
			slices.Sort(c.want)
			if !slices.Equal(d.asked, c.want) {
				t.Errorf("we ask\n%s\nMicrosoft's client\n%s", strings.Join(d.asked, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

// get is a request without a body that Microsoft's client builds.
func get[C any](t *testing.T, information func(context.Context, *C) (*abs.RequestInformation, error), config *C) string {
	t.Helper()
	info, err := information(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	return asked(t, info)
}

func asked(t *testing.T, info *abs.RequestInformation) string {
	t.Helper()
	u, err := info.GetUri()
	if err != nil {
		t.Fatal(err)
	}
	return spellRequest(info.Method.String(), u, info.Content)
}

func spellRequest(method string, u *url.URL, body []byte) string {
	return method + " " + spell([]*url.URL{u})[0] + " " + string(body)
}

// directory notes what is asked, and answers with one of each.
type directory struct {
	mu    sync.Mutex
	asked []string
}

func (d *directory) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked = append(d.asked, spellRequest(r.Method, r.URL, body))
	id := one
	if strings.HasSuffix(r.URL.Path, "/channels") {
		id = room
	}
	answer := `{"id":"` + id + `","timeZone":null,"value":[{"id":"` + id + `","isOrganizer":true,"onlineMeeting":{"joinUrl":"` + joinURL + `"}}],
		"attendanceRecords":[],"@odata.deltaLink":"` + service + `/v1.0/groups/delta?$deltatoken=d"}`
	if r.URL.Query().Has("$skip") { // behind the one that there is
		answer = `{"value":[]}`
	}
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(bytes.NewReader([]byte(answer))), Request: r,
	}, nil
}
