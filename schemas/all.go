package schemas

import "slices"

// All lists the datasets, in the order in which documentation and reports name them.
func All() []Dataset {
	return []Dataset{
		CallRecords, PSTNCalls, DirectRoutingCalls,
		Users, Groups, Organization, Teams, ChannelMembers, Presence, MailboxSettings,
		CalendarEvents, Chats, ChatMessages, ChannelMessages,
	}
}

// Find finds a dataset by its name.
func Find(name string) (Dataset, bool) {
	all := All()
	i := slices.IndexFunc(all, func(d Dataset) bool { return d.Name == name })
	if i < 0 {
		return Dataset{}, false
	}
	return all[i], true
}

// FindTable finds a table and the dataset that it belongs to.
func FindTable(name string) (Dataset, Table, bool) {
	for _, d := range All() {
		for _, t := range d.Tables {
			if t.Name == name {
				return d, t, true
			}
		}
	}
	return Dataset{}, Table{}, false
}
