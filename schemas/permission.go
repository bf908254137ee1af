package schemas

import "slices"

// Permission is a permission of Graph by its name, as CallRecords.Read.All. What datasets name are
// application permissions, which Graph also calls roles, and for one person delegated ones, which are scopes.
type Permission string

// GraphAppID is the application id of Microsoft Graph, whose permissions these are, in every tenant.
const GraphAppID = "00000003-0000-0000-c000-000000000000"

// RoleID is the id of the application permission in Graph's service principal; empty if there is
// none, or none that is known here.
func (p Permission) RoleID() string { return roleIDs[p] }

// ScopeID is the same of the delegated permission.
func (p Permission) ScopeID() string { return scopeIDs[p] }

// IsRoleAlone reports whether there is an application permission of the name and no delegated one. It says so of those with a [Permission.RoleID].
func (p Permission) IsRoleAlone() bool { return slices.Contains(rolesAlone, p) }

var rolesAlone = []Permission{
	"Calendars.ReadBasic.All", "CallRecord-PstnCalls.Read.All", "CallRecords.Read.All", "Calls.AccessMedia.All", "Calls.JoinGroupCall.All",
	"Calls.JoinGroupCallAsGuest.All", "Chat.Read.All", "Chat.ReadBasic.All", "ChatMember.Read.All", "OnlineMeetings.Read.All",
}

// Feeds are those of the datasets whose records, or parts of them, the application permission opens. Whom they are read
// for does not count: the list of users is part of nearly all.
func (p Permission) Feeds(datasets []Dataset) []Dataset {
	var fed []Dataset
	for _, d := range datasets {
		if slices.ContainsFunc(d.ofRecords(), func(r Requirement) bool { return slices.Contains(r, p) }) {
			fed = append(fed, d)
		}
	}
	return fed
}

// Requirement is a list of permissions of which any one will do, the least privileged first.
type Requirement []Permission

// Requirements of a dataset, all of which have to be met: for its records, for their parts, and for
// those whom they are read for.
func (d Dataset) Requirements() []Requirement {
	all := d.ofRecords()
	for _, b := range d.Source.Between {
		if len(b.Permissions) > 0 {
			all = append(all, b.Permissions)
		}
	}
	for p := d.Source.Parent; p != nil; p = p.Of {
		all = append(all, p.Permissions)
	}
	return all
}

// ofRecords are the requirements for the records and their parts.
func (d Dataset) ofRecords() []Requirement {
	all := append([]Requirement{d.Permissions}, d.Also...)
	if detail := d.Source.Detail; detail != nil {
		for _, part := range detail.Parts {
			if len(part.Permissions) > 0 {
				all = append(all, part.Permissions)
			}
		}
	}
	return all
}

// MetBy is the permission that meets the requirement: of those granted that do, the least privileged.
func (r Requirement) MetBy(granted []Permission) (Permission, bool) {
	i := slices.IndexFunc(r, func(p Permission) bool { return slices.Contains(granted, p) })
	if i < 0 {
		return "", false
	}
	return r[i], true
}

// Needs are the permissions that meet all of the requirements, sorted: the least privileged of each,
// without those that another of them makes superfluous.
func Needs(requirements []Requirement) []Permission {
	var needs []Permission
	for _, r := range requirements {
		needs = append(needs, r[0])
	}
	slices.Sort(needs)
	needs = slices.Compact(needs)
	for _, p := range slices.Clone(needs) {
		without := slices.DeleteFunc(slices.Clone(needs), func(q Permission) bool { return q == p })
		if !slices.ContainsFunc(requirements, func(r Requirement) bool { _, ok := r.MetBy(without); return !ok }) {
			needs = without
		}
	}
	return needs
}

// GrantType says for whom a permission is.
type GrantType uint8

// The types of permissions.
const (
	Application GrantType = iota + 1 // for a program of its own
	Delegated                        // for a program in which a person is signed in
	Custom                           // of a product's own, and none of Graph's
)

func (t GrantType) String() string {
	switch t {
	case Application:
		return "application"
	case Delegated:
		return "delegated"
	case Custom:
		return "custom"
	}
	return "unknown"
}

// Grant is a permission that customers grant to products for calls, recording and chats.
type Grant struct {
	Permission Permission
	Type       GrantType
	Purpose    string // what it is granted for
	Cannot     string // what a batch job cannot do with it, after "cannot"; empty: it can do all
	Instead    string // what takes the place of that; empty: nothing has to
	// By are the datasets that fulfil the purpose, or some of it, each with a permission of its own.
	By []string
}

// ID is the permission's id in Graph's service principal; empty for what is not Graph's.
func (g Grant) ID() string {
	switch g.Type {
	case Application:
		return roleIDs[g.Permission]
	case Delegated:
		return scopeIDs[g.Permission]
	}
	return ""
}

// Product is a kind of product, with the permissions that customers grant to it.
type Product struct {
	Name        string
	Permissions []Permission
}

// Grants are the product's permissions with what is known of each.
func (p Product) Grants() []Grant {
	var all []Grant
	for _, name := range p.Permissions {
		i := slices.IndexFunc(grants, func(g Grant) bool { return g.Permission == name })
		all = append(all, grants[i])
	}
	return all
}
