package schemas

import (
	"cmp"
	"slices"
)

// Set is the datasets that somebody knows, in the order in which documentation and reports name them. Whoever
// needs one is given it.
type Set []Dataset

// BuiltIn are the datasets that come with the program. The slice is the caller's; what the datasets point to is shared and
// does not change.
func BuiltIn() Set {
	return Set{
		CallRecords, PSTNCalls, DirectRoutingCalls,
		Users, Groups, Organization, Teams, ChannelMembers, Presence, MailboxSettings,
		TeamMembers, IncomingChannels, JoinedTeams,
		SMSLogs, BlockedUsersLog, DialOutLogs,
		ResourceAccounts, PhoneNumbers, TeamsUserConfigurations,
		CalendarEvents, Chats, ChatMessages, ChannelMessages,
		Transcripts, CallTranscripts, Recordings, CallRecordings,
		AttendanceReports,
	}
}

// Find finds a dataset by its name.
func (s Set) Find(name string) (Dataset, bool) {
	i := slices.IndexFunc(s, func(d Dataset) bool { return d.Name == name })
	if i < 0 {
		return Dataset{}, false
	}
	return s[i], true
}

// RoleID is the id of an application permission that a dataset of the set needs; empty if none knows it.
func (s Set) RoleID(p Permission) string {
	id := p.RoleID()
	for _, d := range s {
		id = cmp.Or(id, d.RoleIDs[p])
	}
	return id
}

// ScopeID is the id of a delegated permission that a dataset of the set needs for one person; empty if none knows it.
func (s Set) ScopeID(p Permission) string {
	id := p.ScopeID()
	for _, d := range s {
		if d.Person != nil {
			id = cmp.Or(id, d.Person.ScopeIDs[p])
		}
	}
	return id
}

// FindTable finds a table and the dataset that it belongs to.
func (s Set) FindTable(name string) (Dataset, Table, bool) {
	for _, d := range s {
		for _, t := range d.Tables {
			if t.Name == name {
				return d, t, true
			}
		}
	}
	return Dataset{}, Table{}, false
}
