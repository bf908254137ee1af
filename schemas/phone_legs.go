package schemas

import "slices"

// pstnLegs and directRoutingLegs are columns of the logs of the telephone network, some of them in both.
var (
	pstnLegs = computed(PSTNLegs, slices.Concat(otherNumber, []Column{
		{Name: "charged_to", Type: Enum, Doc: "What the call was charged to, by its type: conference, voice_app (a queue or an attendant), else user."},
		{Name: "total_charge", Type: Decimal, Doc: "charge and connection_charge together, in currency; null if neither is told."},
		{Name: "started_minutes", Type: Int32, Doc: "Minutes that were begun."},
	})...)
	directRoutingLegs = computed(DirectRoutingLegs, slices.Concat(otherNumber, []Column{
		{Name: "result", Type: Enum, Doc: "success, or by the final SIP code busy (486, 600), no_answer (408, 480, 487), rejected (403, 603), bad_number (404, 410, 484, 604) or network (all others)."},
		{Name: "ring_seconds", Type: Float64, Doc: "From the first invite to the answer of a call that was established; null if its start is before."},
	})...)
)

var otherNumber = []Column{
	{Name: "direction", Type: Enum, Doc: "By the type of the call: inbound, outbound or unknown."},
	{Name: "other_number", Path: "callerNumber", Else: []Path{"calleeNumber"}, Type: String, Personal: true,
		Doc: "Number of the other side: of who called, if it is inbound, and of who was called, if it is outbound."},
	countryOf("other_number", "other_number"), maskedOf("other_number", "other_number"),
}

// countryOf and maskedOf are what a number says that is not about whose it is.
func countryOf(whose, number string) Column {
	return Column{Name: whose + "_country", Type: Enum, Doc: "Country of " + number + " by its prefix (ISO 3166-1), also with pseudonyms; null where it is no number, or the prefix no country's alone."}
}

func maskedOf(whose, number string) Column {
	return Column{Name: whose + "_masked", Type: Bool, Doc: "Whether digits of " + number + " are hidden by stars, or all of it is (anonymous), also with pseudonyms; null where it is no number."}
}

// workingHours are columns of mailbox_settings.
var workingHours = computed(WorkingHours,
	Column{Name: "windows_time_zone", Type: Enum, Doc: "Time zone by its Windows name, as AT TIME ZONE of T-SQL takes it; null where the name is not known."},
	Column{Name: "working_hours_windows_time_zone", Type: Enum, Doc: "Time zone of the working hours by its Windows name."},
	Column{Name: "working_hours_start_seconds", Type: Int32, Doc: "When work begins, in seconds after midnight by the clock of that zone."},
	Column{Name: "working_hours_end_seconds", Type: Int32, Doc: "When work ends; not after the start, if it runs over midnight."},
	worksOn("monday"), worksOn("tuesday"), worksOn("wednesday"), worksOn("thursday"), worksOn("friday"), worksOn("saturday"), worksOn("sunday"),
)

func worksOn(day string) Column {
	return Column{Name: "works_" + day, Type: Bool, Doc: "Whether the user works on that day of the week; null if no days are told."}
}
