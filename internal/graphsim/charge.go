package graphsim

import (
	"net/url"
	"strconv"
	"strings"
)

// A charge is what a request takes of a limit.
type charge struct {
	limit family
	of    string // whose limit it is: the call record's, the team's, the chat's
	cost  int
}

// charges are what a request takes.
func charges(path []string, options url.Values) []charge {
	all := []charge{{limit: limitAll, cost: 1}}
	if messages := messageCharges(path); messages != nil {
		return append(all, messages...)
	}
	switch last := path[len(path)-1]; {
	case last == "presence" || last == "getPresencesByUserId":
		return append(all, charge{limit: limitPresence, cost: 1})
	case len(path) == 3 && path[0] == "users" && (last == "mailboxSettings" || last == "calendarView"):
		return append(all, charge{limit: limitMailbox, of: strings.ToLower(path[1]), cost: 1})
	case path[0] == "organization":
		return append(all, charge{limit: limitDirectory, cost: 1})
	case path[0] == "subscribedSkus":
		return append(all, charge{limit: limitDirectory, cost: 3})
	case path[0] == "users":
		return append(all, charge{limit: limitDirectory, cost: unitsOf(2, options)})
	case path[0] == "groups":
		return append(all, charge{limit: limitDirectory, cost: groupCost(path, options)})
	case path[0] == "teams":
		return append(all, teamCharges(path)...)
	case len(path) < 2 || path[0] != "communications" || path[1] != "callRecords":
		return all
	}
	further := family(0)
	if options.Has("$skiptoken") {
		further = limitListNext - limitList
	}
	if len(path) == 2 {
		return append(all, charge{limit: limitList + further, cost: 1})
	}
	all = append(all, charge{limit: limitCalls, cost: 1})
	if strings.Contains(path[2], "(") { // a telephone log
		return all
	}
	return append(all, charge{limit: limitCall + further, of: strings.ToLower(path[2]), cost: 1})
}

// groupCost is the price of a request for groups.
func groupCost(path []string, options url.Values) int {
	base := 1
	if path[len(path)-1] == "members" {
		base = 3
	}
	return unitsOf(base, options)
}

// teamCharges are what a request for teams and their channels takes.
func teamCharges(path []string) []charge {
	if len(path) == 1 {
		return []charge{{limit: limitTeams, cost: 1}}
	}
	team := strings.ToLower(path[1])
	all := []charge{{limit: limitTeam, of: team, cost: 1}}
	switch {
	case len(path) == 2:
		return append(all, charge{limit: limitTeams, cost: 1})
	case len(path) == 3 && path[2] == "channels":
		return append(all, charge{limit: limitChannels, cost: 1}, charge{limit: limitTeamChannels, of: team, cost: 1})
	case len(path) == 5 && path[4] == "members":
		return append(all, charge{limit: limitChannelMembers, cost: 1}, charge{limit: limitChannel, of: path[3], cost: 1})
	}
	return append(all, charge{limit: limitTeamsOther, cost: 1})
}

// unitsOf is the price of a request in resource units. The links of delta carry the selection in their
// token, so their pages count as selected.
func unitsOf(base int, options url.Values) int {
	cost := base
	if options.Has("$select") || options.Has("$skiptoken") || options.Has("$deltatoken") {
		cost--
	}
	if options.Has("$expand") {
		cost++
	}
	if top, err := strconv.Atoi(options.Get("$top")); err == nil && top < 20 {
		cost--
	}
	return max(1, cost)
}

func (t *Tenant) paceOf(charges []charge, _ []string, _ url.Values) error {
	if t.throttle == nil {
		return nil
	}
	wait := t.throttle.admit(charges)
	if wait == 0 {
		return nil
	}
	t.throttled.Add(1)
	return tooMany(t.throttle.retryAfter(wait))
}
