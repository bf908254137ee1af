package contract

import (
	"slices"
	"strings"
	"testing"

	abs "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoft/kiota-abstractions-go/authentication"
	core "github.com/microsoftgraph/msgraph-sdk-go-core"
	"github.com/microsoftgraph/msgraph-sdk-go/chats"
	"github.com/microsoftgraph/msgraph-sdk-go/teams"
	"github.com/microsoftgraph/msgraph-sdk-go/users"

	"graphlake/extract"
	"graphlake/extract/graph"
	"graphlake/schemas"
)

// Reading calendars, chats and messages sends the requests that Microsoft's client builds.
func TestMeetingsAndMessagesAreAskedForAsMicrosoftsClientAsks(t *testing.T) {
	adapter, err := core.NewGraphRequestAdapterBase(&authentication.AnonymousAuthenticationProvider{}, core.GraphClientOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		dataset schemas.Dataset
		want    []string
	}{
		{schemas.CalendarEvents, eventRequests(t, adapter)},
		{schemas.AttendanceReports, attendanceRequests(t, adapter)},
		{schemas.Chats, chatRequests(t, adapter)},
		{schemas.ChatMessages, chatMessageRequests(t, adapter)},
		{schemas.ChannelMessages, channelMessageRequests(t, adapter)},
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

var (
	at          = map[string]string{"baseurl": service + "/v1.0"}
	onlyIDs     = []string{"id"}
	changedThen = new("lastModifiedDateTime gt 2026-11-22T23:59:59.999Z and lastModifiedDateTime lt 2026-11-24T00:00:00.000Z")
)

// everyUser is the list of users, and the builder of what one of them has.
func everyUser(t *testing.T, adapter abs.RequestAdapter) (string, *users.UserItemRequestBuilder) {
	all := users.NewUsersRequestBuilderInternal(at, adapter)
	return get(t, all.ToGetRequestInformation, &users.UsersRequestBuilderGetRequestConfiguration{
		QueryParameters: &users.UsersRequestBuilderGetQueryParameters{Select: onlyIDs, Top: new(int32(999))}}), all.ByUserId(one)
}

func eventRequests(t *testing.T, adapter abs.RequestAdapter) []string {
	list, user := everyUser(t, adapter)
	return []string{list, get(t, user.CalendarView().ToGetRequestInformation, &users.ItemCalendarViewRequestBuilderGetRequestConfiguration{
		QueryParameters: &users.ItemCalendarViewRequestBuilderGetQueryParameters{
			StartDateTime: new("2026-11-23T00:00:00Z"), EndDateTime: new("2026-11-24T00:00:00Z"), Top: new(int32(500)),
		}})}
}

func attendanceRequests(t *testing.T, adapter abs.RequestAdapter) []string {
	list, user := everyUser(t, adapter)
	reports := user.OnlineMeetings().ByOnlineMeetingId(one).AttendanceReports()
	return []string{
		list,
		get(t, user.CalendarView().ToGetRequestInformation, &users.ItemCalendarViewRequestBuilderGetRequestConfiguration{
			QueryParameters: &users.ItemCalendarViewRequestBuilderGetQueryParameters{
				StartDateTime: new("2026-11-22T00:00:00Z"), EndDateTime: new("2026-11-25T00:00:00Z"), Top: new(int32(500)),
				Select: []string{"id", "isOrganizer", "onlineMeeting"},
			}}),
		get(t, user.OnlineMeetings().ToGetRequestInformation, &users.ItemOnlineMeetingsRequestBuilderGetRequestConfiguration{
			QueryParameters: &users.ItemOnlineMeetingsRequestBuilderGetQueryParameters{Filter: new("JoinWebUrl eq '" + joinURL + "'")}}),
		get(t, reports.ToGetRequestInformation, nil),
		get(t, reports.ByMeetingAttendanceReportId(one).ToGetRequestInformation, &users.ItemOnlineMeetingsItemAttendanceReportsMeetingAttendanceReportItemRequestBuilderGetRequestConfiguration{
			QueryParameters: &users.ItemOnlineMeetingsItemAttendanceReportsMeetingAttendanceReportItemRequestBuilderGetQueryParameters{
				Expand: []string{"attendanceRecords"},
			}}),
	}
}

func chatRequests(t *testing.T, adapter abs.RequestAdapter) []string {
	list, user := everyUser(t, adapter)
	members := chats.NewChatsRequestBuilderInternal(at, adapter).ByChatId(one).Members()
	return []string{
		list,
		get(t, user.Chats().ToGetRequestInformation, &users.ItemChatsRequestBuilderGetRequestConfiguration{
			QueryParameters: &users.ItemChatsRequestBuilderGetQueryParameters{Top: new(int32(50))}}),
		get(t, members.ToGetRequestInformation, nil),
	}
}

func chatMessageRequests(t *testing.T, adapter abs.RequestAdapter) []string {
	list, user := everyUser(t, adapter)
	return []string{list, get(t, user.Chats().GetAllMessages().ToGetRequestInformation, &users.ItemChatsGetAllMessagesRequestBuilderGetRequestConfiguration{
		QueryParameters: &users.ItemChatsGetAllMessagesRequestBuilderGetQueryParameters{Top: new(int32(50)), Filter: changedThen}})}
}

func channelMessageRequests(t *testing.T, adapter abs.RequestAdapter) []string {
	all := teams.NewTeamsRequestBuilderInternal(at, adapter)
	return []string{
		get(t, all.ToGetRequestInformation, &teams.TeamsRequestBuilderGetRequestConfiguration{
			QueryParameters: &teams.TeamsRequestBuilderGetQueryParameters{Select: onlyIDs}}),
		get(t, all.ByTeamId(one).Channels().GetAllMessages().ToGetRequestInformation, &teams.ItemChannelsGetAllMessagesRequestBuilderGetRequestConfiguration{
			QueryParameters: &teams.ItemChannelsGetAllMessagesRequestBuilderGetQueryParameters{Top: new(int32(50)), Filter: changedThen}}),
	}
}
