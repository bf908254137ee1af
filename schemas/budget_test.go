package schemas

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A number that is too high is answered with 429, one that is too low makes every night longer.
func TestBudgetsAreThePublishedOnes(t *testing.T) {
	const second, minute = time.Second, time.Minute
	published := map[string]Budget{
		"call_record_list": {First: limit(15, 20*second), Next: limit(55, 5*minute)},
		"call_records":     {First: limit(1500, 20*second), Resource: limit(10, 20*second), ResourceNext: limit(50, 5*minute)},
		"identity":         {First: limit(3500, 10*second), Cost: 1},

		"teams_team":            {First: limit(30, second), Resource: limit(4, second)},
		"teams_channels":        {First: limit(60, second), Resource: limit(1, second)},
		"teams_channel_members": {First: limit(60, second), Resource: limit(1, second)},
		"teams_members":         {First: limit(60, second)},
		"teams_other":           {First: limit(30, second)},
		"teams_export":          {First: limit(200, second)},
		"presence":              {First: limit(1500, 30*second)},
		"outlook":               {Resource: limit(10_000, 10*minute)},
	}
	// Within one family, chats are counted by user and their members by chat, and requests for
	// licences cost more.
	resources := map[string][]Limit{"teams_other": {limit(5, second), limit(1, second), {}}}
	costs := map[string][]int{"identity": {1, 3}}
	for _, b := range budgets() {
		want, ok := published[b.Name]
		want.Name = b.Name
		if slices.Contains(resources[b.Name], b.Resource) {
			want.Resource = b.Resource
		}
		if slices.Contains(costs[b.Name], b.Cost) {
			want.Cost = b.Cost
		}
		if !ok || b != want {
			t.Errorf("got %+v, want %+v", b, want)
		}
	}
	for _, c := range []struct {
		dataset      Dataset
		list, detail string
	}{
		{CallRecords, "call_record_list", "call_records"},
		{PSTNCalls, "call_records", ""},
		{DirectRoutingCalls, "call_records", ""},
		{Users, "identity", ""},
		{Groups, "identity", ""},
		{Organization, "identity", ""},
		{Teams, "teams_other", "teams_team"},
		{ChannelMembers, "teams_channel_members", ""},
		{TeamMembers, "teams_members", ""},
		{IncomingChannels, "teams_other", ""},
		{JoinedTeams, "teams_team", ""},
		{SMSLogs, "call_records", ""},
		{BlockedUsersLog, "call_records", ""},
		{DialOutLogs, "call_records", ""},
		{Presence, "presence", ""},
		{MailboxSettings, "outlook", ""},
		{CalendarEvents, "outlook", ""},
		{Chats, "teams_other", ""},
		{ChatMessages, "teams_export", ""},
		{ChannelMessages, "teams_export", ""},
	} {
		source := c.dataset.Source
		detail := ""
		if source.Detail != nil {
			detail = source.Detail.Budget.Name
		}
		if source.Budget.Name != c.list || detail != c.detail {
			t.Errorf("%s is counted in %q and %q, want %q and %q", c.dataset.Name, source.Budget.Name, detail, c.list, c.detail)
		}
	}
}

// Who declares a dataset elsewhere chooses one of these by its name.
func TestBudgetsAreNamedOnce(t *testing.T) {
	var names []string
	for _, b := range Budgets() {
		if slices.Contains(names, b.Name) {
			t.Errorf("%s is there twice", b.Name)
		}
		names = append(names, b.Name)
	}
	for _, b := range budgets() {
		if !slices.Contains(names, b.Name) {
			t.Errorf("%s is not among them", b.Name)
		}
	}
}

// The collected limits are prose: what a cell says as "15 / 20 s" or "30 rps" is compared, costs are not.
func TestBudgetsAgreeWithTheReference(t *testing.T) {
	rows := map[string]string{ // by service and request
		"call_record_list":      "Call records\tList callRecords\t",
		"call_records":          "Call records\tany callRecord/participant/session\t",
		"identity":              "Identity (users, groups, members, subscribedSkus)\tresource units\t",
		"teams_team":            "Teams\tGET team\t",
		"teams_channel_members": "Teams\tGET /teams/{id}/channels/{id}/members\t",
		"teams_channels":        "Teams\tGET /teams/{id}/channels\t",
		"teams_members":         "Teams\tGET /teams/{id}/members\t",
		"teams_other":           "Teams\tOther GET for Teams",
		"teams_export":          "Teams\tGET users/{id}/chats/getAllMessages\t",
		"presence":              "Presence\tany\t",
		"outlook":               "Outlook (calendarView, events, mailboxSettings)\trequests\t",
	}
	data, err := os.ReadFile(filepath.Join(filepath.Dir(reference(t)), "throttling.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(data), "\n")
	for _, b := range budgets() {
		i := slices.IndexFunc(lines, func(line string) bool { return rows[b.Name] != "" && strings.HasPrefix(line, rows[b.Name]) })
		if i < 0 {
			t.Errorf("%s is not among the collected limits", b.Name)
			continue
		}
		cells := strings.Split(lines[i], "\t") // service, request, per tenant, in all tenants, per resource, other
		if b == teamsChats {                   // of whose users another line tells
			i := slices.IndexFunc(lines, func(line string) bool { return strings.HasPrefix(line, "Teams\tList chats") })
			cells[4] = strings.Split(lines[i], "\t")[5]
		}
		if cells[4] == "-" {
			cells[4] = cells[5]
		}
		if strings.Contains(cells[2], "mailbox") { // a limit of each mailbox, where no other is named
			cells[2], cells[4] = "-", cells[2]
		}
		if got, want := []Limit{b.First, b.Next}, limits(t, cells[2]); !agree(got, want) {
			t.Errorf("%s: got %v, want %v of %q", b.Name, got, want, cells[2])
		}
		all := b.Name == "teams_other" && b.Resource == Limit{} // of teams, which are no chats and no channels
		if got, want := []Limit{b.Resource, b.ResourceNext}, limits(t, cells[4]); !agree(got, want) && !all {
			t.Errorf("%s, per resource: got %v, want %v of %q", b.Name, got, want, cells[4])
		}
	}
}

// agree compares first and next with what is published, where a limit may be missing.
func agree(got, published []Limit) bool {
	return slices.Equal(slices.DeleteFunc(got, func(l Limit) bool { return l == Limit{} }), published)
}

var limitInProse = regexp.MustCompile(`([\d,]+)(?:(?: RU)? ?/ ?(\d+) (s|min)| rps)\b`)

func limits(t *testing.T, prose string) []Limit {
	t.Helper()
	var found []Limit
	for _, m := range limitInProse.FindAllStringSubmatch(prose, -1) {
		requests, err := strconv.Atoi(strings.ReplaceAll(m[1], ",", ""))
		if err != nil {
			t.Fatal(err)
		}
		per := time.Second
		if m[2] != "" {
			if per, err = time.ParseDuration(m[2] + m[3][:1]); err != nil {
				t.Fatal(err)
			}
		}
		found = append(found, limit(requests, per))
	}
	return found
}

// budgets are those of the datasets' lists and details.
func budgets() []Budget {
	var all []Budget
	for _, d := range BuiltIn() {
		all = append(all, d.Source.Budget)
		for p := d.Source.Parent; p != nil; p = p.Of {
			all = append(all, p.Budget)
		}
		if detail := d.Source.Detail; detail != nil {
			if detail.Path != "" {
				all = append(all, detail.Budget)
			}
			for _, p := range detail.Parts {
				all = append(all, p.Budget)
			}
		}
	}
	return slices.Compact(all)
}
