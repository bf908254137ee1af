package schemas

import "time"

// Budget is a throttling family as Graph publishes it: requests that name the same family share it,
// within a tenant. Sources: the throttling pages named at each value.
type Budget struct {
	Name  string
	First Limit // first pages and single objects
	Next  Limit // further pages; zero: counted with First
	// The same for one resource: a call record, a team, a mailbox.
	Resource, ResourceNext Limit
	Cost                   int // of one request, in the family's units; 0 is 1
}

// Limit is so many requests in so much time. The zero Limit does not bound.
type Limit struct {
	Requests int
	Per      time.Duration
}

// The families of the call records service (learn.microsoft.com/graph/throttling-limits, "Call
// records service limits") and of the directory ("Identity and access service limits").
var (
	callRecordList = Budget{
		Name:  "call_record_list",
		First: Limit{15, 20 * time.Second},
		Next:  Limit{55, 5 * time.Minute},
	}
	callRecords = Budget{
		Name:         "call_records",
		First:        Limit{1500, 20 * time.Second},
		Resource:     Limit{10, 20 * time.Second},
		ResourceNext: Limit{50, 5 * time.Minute},
	}
	// Resource units of the smallest tenants; larger ones have more. A selected list of users costs 1.
	identity = Budget{
		Name:  "identity",
		First: Limit{3500, 10 * time.Second},
		Cost:  1,
	}
)

// identityOf is the directory's family, for requests of another cost.
func identityOf(cost int) Budget {
	b := identity
	b.Cost = cost
	return b
}

// Families of Teams (learn.microsoft.com/graph/throttling-limits, "Microsoft Teams service limits"),
// of presence, and of Outlook, which counts each mailbox for itself.
var (
	teamsTeam       = Budget{Name: "teams_team", First: Limit{30, time.Second}, Resource: Limit{4, time.Second}}
	teamsChannels   = Budget{Name: "teams_channels", First: Limit{60, time.Second}, Resource: Limit{1, time.Second}}
	teamsMembers    = Budget{Name: "teams_channel_members", First: Limit{60, time.Second}, Resource: Limit{1, time.Second}}
	teamsOther      = Budget{Name: "teams_other", First: Limit{30, time.Second}}
	teamsChats      = Budget{Name: "teams_other", First: Limit{30, time.Second}, Resource: Limit{5, time.Second}}
	teamsChatMember = Budget{Name: "teams_other", First: Limit{30, time.Second}, Resource: Limit{1, time.Second}}
	teamsExport     = Budget{Name: "teams_export", First: Limit{200, time.Second}}
	presenceService = Budget{Name: "presence", First: Limit{1500, 30 * time.Second}}
	outlook         = Budget{Name: "outlook", Resource: Limit{10_000, 10 * time.Minute}}
)

// Parents that several datasets share.
var (
	allUsers = &Parent{
		Path: "/users", Query: []Param{{"$select", "id"}, {"$top", "999"}}, Budget: identity,
		Permissions: []Permission{"User.ReadBasic.All", "User.Read.All", "Directory.Read.All"},
	}
	allTeams = &Parent{
		Path: "/teams", Query: []Param{{"$select", "id"}}, Budget: teamsOther,
		Permissions: []Permission{"Team.ReadBasic.All"},
	}
)
