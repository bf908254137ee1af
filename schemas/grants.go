package schemas

// Products are the kinds of products that the lake's data is for. Consent for the whole organization,
// which each of them asks for when it is set up, is no permission but the act that grants these.
func Products() []Product {
	return []Product{
		{"Call Analytics", []Permission{
			"CallRecords.Read.All", "CallRecord-PstnCalls.Read.All",
			"User.Read.All", "Directory.Read.All", "Group.Read.All", "GroupMember.Read.All", "Team.ReadBasic.All",
			"Presence.Read.All", "Presence.Read",
			"User.Read", "offline_access", "user.impersonation", "application_access",
		}},
		{"Recording and Conversation Analytics", []Permission{
			"CallRecords.Read.All", "CallRecord-PstnCalls.Read.All",
			"User.Read.All", "Group.Read.All", "Team.ReadBasic.All",
			"Calls.AccessMedia.All", "Calls.JoinGroupCall.All", "Calls.JoinGroupCallAsGuest.All",
			"User.Read", "offline_access", "application_access",
		}},
		{"Chat Analytics", []Permission{
			"Chat.Read.All", "ChatMember.Read.All", "ChannelMessage.Read.All",
			"CallRecords.Read.All", "CallRecord-PstnCalls.Read.All",
			"Directory.Read.All", "MailboxSettings.Read", "Calendars.Read",
			"User.Read", "offline_access",
		}},
	}
}

const (
	person = "use it, unless a person has signed in for it (auth.method: device_code)"
	media  = "use it, because media is live: a bot with Microsoft's media library on Windows has to be in the call when it happens"
	record = "what Graph gives when the call is over; when, with whom and how well it went is in call_records"
)

// afterTheCall are the datasets of what Graph keeps of what was said.
var afterTheCall = []string{"transcripts", "call_transcripts", "recordings", "call_recordings"}

var grants = []Grant{
	{"CallRecords.Read.All", Application, "Calls and meetings: who took part, with what, and how good it was.", "", "", nil},
	{"CallRecord-PstnCalls.Read.All", Application, "The logs of calls over the telephone network and Direct Routing.", "", "", nil},
	{"User.Read.All", Application, "Everybody's profile: job title, department, manager, licences.", "", "", nil},
	{"Directory.Read.All", Application, "The whole directory: users, groups, teams, licences.", "", "", nil},
	{"Group.Read.All", Application, "Groups, their members and what they are for.", "", "", nil},
	{"GroupMember.Read.All", Application, "Who is in which group, and who owns it.", "", "", nil},
	{"Team.ReadBasic.All", Application, "The list of teams, and the teams of one person.", "", "", nil},
	{"Presence.Read.All", Application, "Everybody's availability.",
		"know when it changed, because it sees only what is so when it asks", "observations at the planned times", nil},
	{"Presence.Read", Delegated, "The availability of the person who is signed in.", person, "Presence.Read.All, as an application permission", []string{"presence"}},
	{"Chat.Read.All", Application, "The messages of all chats.", "", "", nil},
	{"ChatMember.Read.All", Application, "Who takes part in which chat.", "", "", []string{"chats"}},
	{"ChannelMessage.Read.All", Application, "The messages of all channels.", "", "", nil},
	{"MailboxSettings.Read", Application, "Time zones, working hours and automatic replies.", "", "", nil},
	{"Calendars.Read", Application, "The events in all calendars.", "", "", nil},
	{"Calls.AccessMedia.All", Application, "Sound and picture of a call, to record and transcribe it.", media, record, afterTheCall},
	{"Calls.JoinGroupCall.All", Application, "Joining meetings, so that they can be recorded.", media, record, append([]string{"attendance_reports"}, afterTheCall...)},
	{"Calls.JoinGroupCallAsGuest.All", Application, "Joining meetings as a guest, so that they can be recorded.", media, record, append([]string{"attendance_reports"}, afterTheCall...)},
	{"User.Read", Delegated, "Signing a person in, with the basic profile.", person, "User.Read.All reads the same of everybody", []string{"users"}},
	{"offline_access", Delegated, "Going on for a person who has left.", person, "an application signs in for itself whenever its token ends", nil},
	{"user.impersonation", Delegated, "Teams and Skype for Business data, as the person who is signed in may see it.",
		person + "; how queues and attendants are set up, and Microsoft's analytics of them, have no public API",
		"who is a queue or an attendant, whose the numbers are, and who has voice; what became of each call is in call_records",
		[]string{"resource_accounts", "phone_numbers", "teams_user_configurations"}},
	{"application_access", Custom, "The product's own parts, among themselves.", "use it, because it is no permission of Graph's", "graphlake serve asks for it: its callers get it", nil},
}
