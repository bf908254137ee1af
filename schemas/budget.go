package schemas

import (
	"time"

	"graphlake/schemas/throttle"
)

// Budget is the type of throttle, so that a dataset is written with one package alone.
type Budget = throttle.Budget

// Limit is the type of throttle.
type Limit = throttle.Limit

func limit(requests int, per time.Duration) Limit { return Limit{Requests: requests, Per: per} }

// Budgets are the published families, each once, without the narrower limits that some requests of a family have
// for a resource.
func Budgets() []Budget {
	return []Budget{
		callRecordList, callRecords, identity, teamsTeam, teamsChannels, teamsMembers, teamsTeamMembers, teamsOther, teamsExport, presenceService, outlook,
	}
}

// Families are what a declared dataset can be counted in: the published families, and those of services that no
// dataset of the program reads (learn.microsoft.com/graph/throttling-limits, "Identity and access reports service
// limits"). Of all other services what Graph allows a whole application is all that is known.
func Families() []Budget {
	return append(Budgets(),
		Budget{Name: "identity_reports", First: limit(5, 10*time.Second)},
		Budget{Name: "sign_in_activity", First: limit(10, time.Minute)},
		Budget{Name: "other", First: limit(130_000, 10*time.Second)},
	)
}

// The families of the call records service (learn.microsoft.com/graph/throttling-limits, "Call
// records service limits") and of the directory ("Identity and access service limits").
var (
	callRecordList = Budget{
		Name:  "call_record_list",
		First: limit(15, 20*time.Second),
		Next:  limit(55, 5*time.Minute),
	}
	callRecords = Budget{
		Name:         "call_records",
		First:        limit(1500, 20*time.Second),
		Resource:     limit(10, 20*time.Second),
		ResourceNext: limit(50, 5*time.Minute),
	}
	// Resource units of the smallest tenants; larger ones have more. A selected list of users costs 1.
	identity = Budget{
		Name:  "identity",
		First: limit(3500, 10*time.Second),
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
	teamsTeam        = Budget{Name: "teams_team", First: limit(30, time.Second), Resource: limit(4, time.Second)}
	teamsChannels    = Budget{Name: "teams_channels", First: limit(60, time.Second), Resource: limit(1, time.Second)}
	teamsMembers     = Budget{Name: "teams_channel_members", First: limit(60, time.Second), Resource: limit(1, time.Second)}
	teamsTeamMembers = Budget{Name: "teams_members", First: limit(60, time.Second)}
	teamsOther       = Budget{Name: "teams_other", First: limit(30, time.Second)}
	teamsChats       = Budget{Name: "teams_other", First: limit(30, time.Second), Resource: limit(5, time.Second)}
	teamsChatMember  = Budget{Name: "teams_other", First: limit(30, time.Second), Resource: limit(1, time.Second)}
	teamsExport      = Budget{Name: "teams_export", First: limit(200, time.Second)}
	presenceService  = Budget{Name: "presence", First: limit(1500, 30*time.Second)}
	outlook          = Budget{Name: "outlook", Resource: limit(10_000, 10*time.Minute)}
)

// Parents are those that several datasets share, by their names.
func Parents() map[string]*Parent { return map[string]*Parent{"users": allUsers, "teams": allTeams} }

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
