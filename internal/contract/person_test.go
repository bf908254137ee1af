package contract

import (
	"slices"
	"strings"
	"testing"

	abs "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoft/kiota-abstractions-go/authentication"
	core "github.com/microsoftgraph/msgraph-sdk-go-core"
	"github.com/microsoftgraph/msgraph-sdk-go/chats"
	"github.com/microsoftgraph/msgraph-sdk-go/users"

	"graphlake/extract"
	"graphlake/extract/graph"
	"graphlake/schemas"
)

// Reading for the one person who is signed in sends the requests that Microsoft's client builds.
func TestOnePersonIsAskedForAsMicrosoftsClientAsks(t *testing.T) {
	adapter, err := core.NewGraphRequestAdapterBase(&authentication.AnonymousAuthenticationProvider{}, core.GraphClientOptions{})
	if err != nil {
		t.Fatal(err)
	}
	want := requestsForPerson(t, adapter)
	for _, d := range schemas.ForPerson(schemas.BuiltIn()) {
		t.Run(d.Name, func(t *testing.T) {
			var seen directory
			client, err := graph.New(graph.Options{Endpoint: service, Token: graph.StaticToken{Secret: "t"}, Transport: &seen})
			if err != nil {
				t.Fatal(err)
			}
			for _, err := range extract.Read(client, d, schemas.Range{From: from, To: day}, extract.Options{Now: day}).Records(t.Context()) {
				if err != nil {
					t.Fatal(err)
				}
			}
			all := append(want[d.Name], want[""]...)
			slices.Sort(seen.asked)
			slices.Sort(all)
			if !slices.Equal(seen.asked, all) {
				t.Errorf("we ask\n%s\nMicrosoft's client\n%s", strings.Join(seen.asked, "\n"), strings.Join(all, "\n"))
			}
		})
	}
}

// requestsForPerson are those of Microsoft's client by dataset, and with no name the one that all have. The client puts /me in
// the place of a user of this name when it sends.
func requestsForPerson(t *testing.T, adapter abs.RequestAdapter) map[string][]string {
	all := users.NewUsersRequestBuilderInternal(at, adapter)
	me := get(t, all.ByUserId("me-token-to-replace").ToGetRequestInformation, &users.UserItemRequestBuilderGetRequestConfiguration{
		QueryParameters: &users.UserItemRequestBuilderGetQueryParameters{Select: onlyIDs}})
	user := all.ByUserId(one)
	return map[string][]string{
		"":                 {strings.Replace(me, "/users/me-token-to-replace", "/me", 1)},
		"presence":         {get(t, user.Presence().ToGetRequestInformation, nil)},
		"mailbox_settings": {get(t, user.MailboxSettings().ToGetRequestInformation, nil)},
		"joined_teams":     {get(t, user.JoinedTeams().ToGetRequestInformation, nil)},
		"calendar_events":  eventRequests(t, adapter)[1:],
		"chats": {
			get(t, user.Chats().ToGetRequestInformation, &users.ItemChatsRequestBuilderGetRequestConfiguration{
				QueryParameters: &users.ItemChatsRequestBuilderGetQueryParameters{Top: new(int32(50))}}),
			get(t, chats.NewChatsRequestBuilderInternal(at, adapter).ByChatId(one).Members().ToGetRequestInformation, nil),
		},
		"transcripts": append(attendanceRequests(t, adapter)[1:3], get(t, user.OnlineMeetings().ByOnlineMeetingId(one).Transcripts().ToGetRequestInformation, nil)),
	}
}
