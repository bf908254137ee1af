package main

// What the model has. Definitions are those of the metrics, in package views; a share has its base beside it, and is blank where that
// is nothing.

// expressionsTMDL are the parameters: where the views are.
const expressionsTMDL = `/// Server of the SQL pool; put your workspace there.
expression Server = "WORKSPACE-ondemand.sql.azuresynapse.net" meta [IsParameterQuery=true, Type="Text", IsParameterQueryRequired=true]

/// Database in which the views were made.
expression Database = "graphlake" meta [IsParameterQuery=true, Type="Text", IsParameterQueryRequired=true]
`

// dateTMDL has a row for each day that the lake says something of.
const dateTMDL = `/// Days, from the first that the lake says something of to the last. They are of UTC, but where a table says otherwise.
table Date
	dataCategory: Time

	/// The day.
	column Date
		dataType: dateTime
		isKey
		formatString: yyyy-mm-dd
		summarizeBy: none
		sourceColumn: Date

	/// The Monday of its week.
	column Week
		dataType: dateTime
		formatString: yyyy-mm-dd
		summarizeBy: none
		sourceColumn: Week

	/// Year and month.
	column Month
		dataType: string
		summarizeBy: none
		sourceColumn: Month

	/// Name of the day of the week.
	column Weekday
		dataType: string
		summarizeBy: none
		sourceColumn: Weekday
		sortByColumn: Number

	/// Number of the day of the week: 1 is Monday.
	column Number
		dataType: int64
		isHidden
		formatString: 0
		summarizeBy: none
		sourceColumn: Number

	partition Date = m
		mode: import
		source =
				let
					Source = Sql.Database(Server, Database),
					Coverage = Source{[Schema = "dbo", Item = "coverage"]}[Data],
					First = Date.From(List.Min(Coverage[dt])),
					Last = Date.From(List.Max(Coverage[dt])),
					Days = Table.FromColumns({List.Dates(First, Duration.Days(Last - First) + 1, #duration(1, 0, 0, 0))}, type table [Date = date]),
					Weeks = Table.AddColumn(Days, "Week", each Date.StartOfWeek([Date], Day.Monday), type date),
					Months = Table.AddColumn(Weeks, "Month", each Date.ToText([Date], [Format = "yyyy-MM"]), type text),
					Weekdays = Table.AddColumn(Months, "Weekday", each Date.ToText([Date], [Format = "dddd", Culture = "en-US"]), type text),
					Numbers = Table.AddColumn(Weekdays, "Number", each Date.DayOfWeek([Date], Day.Monday) + 1, Int64.Type)
				in
					Numbers
`

var (
	ofTenant = pbiColumn{"tenant_id", asText, "The tenant."}
	ofDay    = pbiColumn{"dt", asTime, "The UTC date."}
	ofUser   = pbiColumn{"user_id", asText, "The user."}
)

var pbiTables = []pbiTable{
	{View: tenantsView, Columns: []pbiColumn{ofTenant, {"display_name", asText, ""}}},
	{View: peopleView, Person: "user_id", Columns: []pbiColumn{
		ofTenant, {"user_id", asText, ""}, {"display_name", asText, ""}, {"department", asText, ""}, {"job_title", asText, ""},
		{"office_location", asText, ""}, {"country", asText, ""}, {"user_type", asText, ""}, {"account_enabled", asTruth, ""}, {"manager_id", asText, ""},
	}, Measures: []pbiMeasure{
		{"People", "COUNTROWS(users_current)", whole, "Users of the newest picture of the directory."},
	}},
	{
		View: "coverage", Day: "dt",
		Columns: []pbiColumn{ofTenant, {"dataset", asText, ""}, ofDay, {"outcome", asText, ""}, {"records", asWhole, ""}},
		Measures: []pbiMeasure{
			{"Days of datasets", "COUNTROWS(coverage)", whole, "Days of datasets that the lake says something of."},
			{"Days not whole", `CALCULATE(COUNTROWS(coverage), NOT coverage[outcome] IN {"data", "empty"})`, whole,
				"Of these, that may not be counted as they are: a number beside them is a lower bound or lacks the day."},
		},
	},
	{
		View: "metric_person_calls", Day: "dt", Person: "user_id",
		Columns: []pbiColumn{
			ofTenant, ofDay, ofUser,
			{"offered", asWhole, "Legs that reached the person, but for those of which nobody knows what became."},
			{"answered", asWhole, "Of these, answered."},
			{"answered_elsewhere", asWhole, "Of these, that a colleague took who was rung at the same time."},
			{"missed", asWhole, "Of these, that nobody took."},
			{"declined", asWhole, "Of these, declined."},
			{"busy", asWhole, "Of these, that met a busy line."},
			{"abandoned", asWhole, "Of these, that the caller gave up."},
			{"failed", asWhole, "Of these, failed."},
			{"not_known", asWhole, "Legs of which nobody knows what became; not offered."},
			{"made", asWhole, "Calls that the person made."},
			{"connected", asWhole, "Of these, answered."},
			{"talk_seconds", asNumber, "Seconds in calls and meetings; where two overlap they count once."},
		},
		Measures: []pbiMeasure{
			{"Talk hours", "DIVIDE(SUM(metric_person_calls[talk_seconds]), 3600)", tenths, "Hours of people in calls and meetings; of one person what overlaps counts once."},
			{"Calls offered", "SUM(metric_person_calls[offered])", whole, "Legs that reached a person; the base of the shares."},
			{"Calls answered", "SUM(metric_person_calls[answered])", whole, "Of these, answered."},
			{"Calls missed", "SUM(metric_person_calls[missed])", whole, "Of these, that nobody took."},
			{"Missed share", "DIVIDE([Calls missed], [Calls offered])", percent, "Calls missed of calls offered."},
			{"Calls made", "SUM(metric_person_calls[made])", whole, "Calls that people made."},
		},
	},
	{
		View: "metric_call_quality", Day: "dt",
		Columns: []pbiColumn{
			ofTenant, ofDay, {"call_id", asText, "The call."},
			{"good_audio", asWhole, "Streams of audio that are good by the rules of Microsoft's Call Quality Dashboard."},
			{"poor_audio", asWhole, "Streams of audio that are poor by them."},
			{"unclassified_audio", asWhole, "Streams of audio that they say nothing of."},
		},
		Measures: []pbiMeasure{
			{"Classified audio streams", "SUM(metric_call_quality[good_audio]) + SUM(metric_call_quality[poor_audio])", whole, "Streams of audio that are good or poor; the base of the share."},
			{"Poor audio streams", "SUM(metric_call_quality[poor_audio])", whole, "Of these, poor."},
			{"Unclassified audio streams", "SUM(metric_call_quality[unclassified_audio])", whole, "Streams of audio that are neither."},
			{"Poor audio share", "DIVIDE([Poor audio streams], [Classified audio streams])", percent, "Poor streams of classified streams of audio."},
		},
	},
	{
		View: "metric_quality_by_network", Day: "dt",
		Columns: []pbiColumn{
			ofTenant, ofDay, {"medium", asText, "audio, video and so on."}, {"role", asText, "Whether the side sent or received."},
			{"subnet", asText, "Its subnet, or unknown."}, {"connection_type", asText, "wired, wifi and so on, or unknown."},
			{"wifi_band", asText, "Its WiFi band, or unknown."}, {"platform", asText, "Platform of its client, or unknown."},
			{"good", asWhole, "Sides of streams that are good."}, {"poor", asWhole, "Sides of streams that are poor."}, {"unclassified", asWhole, "Sides of streams that are neither."},
		},
		Measures: []pbiMeasure{
			{"Classified sides", "SUM(metric_quality_by_network[good]) + SUM(metric_quality_by_network[poor])", whole, "Sides of streams that are good or poor; the base of the share."},
			{"Poor share of sides", "DIVIDE(SUM(metric_quality_by_network[poor]), [Classified sides])", percent, "Poor of classified sides. A stream has two, in two networks: ask by network, and by medium."},
		},
	},
	{
		View: "metric_call_hours", Day: "dt", Person: "user_id",
		Columns: []pbiColumn{
			ofTenant, ofDay, ofUser, {"seconds", asNumber, "Seconds in calls and meetings."},
			{"outside_seconds", asNumber, "Of these, outside the working hours; blank where nobody knows these."},
		},
		Measures: []pbiMeasure{
			{"Hours of known schedule", "DIVIDE(CALCULATE(SUM(metric_call_hours[seconds]), NOT ISBLANK(metric_call_hours[outside_seconds])), 3600)", tenths, "Hours in calls of people whose working hours are known; the base of the share."},
			{"Hours outside", "DIVIDE(SUM(metric_call_hours[outside_seconds]), 3600)", tenths, "Of these, outside the working hours."},
			{"Outside share of calls", "DIVIDE([Hours outside], [Hours of known schedule])", percent, "Hours outside of hours of known schedule."},
		},
	},
	{
		View: "metric_message_hours", Day: "local_date", Person: "user_id",
		Columns: []pbiColumn{
			ofTenant, ofUser, {"local_date", asTime, "The day by the clock of the person, or of UTC where nobody knows it."},
			{"messages", asWhole, "Messages that the person sent."}, {"outside", asWhole, "Of these, outside the working hours."},
			{"inside", asWhole, "Of these, inside them."}, {"not_known", asWhole, "Of these, of somebody whose working hours nobody knows."},
		},
		Measures: []pbiMeasure{
			{"Messages sent", "SUM(metric_message_hours[messages])", whole, "Messages that people sent."},
			{"Messages of known schedule", "SUM(metric_message_hours[inside]) + SUM(metric_message_hours[outside])", whole, "Of these, of people whose working hours are known; the base of the share."},
			{"Messages outside", "SUM(metric_message_hours[outside])", whole, "Of these, outside the working hours."},
			{"Outside share of messages", "DIVIDE([Messages outside], [Messages of known schedule])", percent, "Messages outside of messages of known schedule."},
		},
	},
	{
		View: "metric_meetings", Day: "dt",
		Columns: []pbiColumn{
			ofTenant, ofDay, {"call_id", asText, "The call record of the meeting."}, {"length_seconds", asNumber, "How long it lasted."},
			{"people", asWhole, "People who were in it."}, {"members", asWhole, "Of these, users of the tenant."},
			{"person_seconds", asNumber, "Seconds that people spent in it, all together."}, {"late_people", asWhole, "People who came late."},
			{"size_band", asText, "How many people, as a band."}, {"length_band_minutes", asText, "How long, as a band in minutes."},
		},
		Measures: []pbiMeasure{
			{"Meetings", "COUNTROWS(metric_meetings)", whole, "Meetings that were held."},
			{"Person hours in meetings", "DIVIDE(SUM(metric_meetings[person_seconds]), 3600)", tenths, "Hours that people spent in them, all together."},
			{"People a meeting", "DIVIDE(SUM(metric_meetings[people]), [Meetings])", tenths, "People of a meeting, on average."},
		},
	},
	{
		View: "metric_queue_days", Day: "dt",
		Columns: []pbiColumn{
			ofTenant, ofDay, {"resource_accounts", asText, "Resource accounts that the callers came by."},
			{"offered", asWhole, "Callers who came into the queue."}, {"answered", asWhole, "Of these, whom an agent answered."},
			{"answered_in_target", asWhole, "Of these, within 20 seconds."}, {"left_unanswered", asWhole, "Callers who left."},
		},
		Measures: []pbiMeasure{
			{"Queue callers", "SUM(metric_queue_days[offered])", whole, "Callers who came into a queue; the base of the shares."},
			{"Grade of service", "DIVIDE(SUM(metric_queue_days[answered_in_target]), [Queue callers])", percent, "Callers whom an agent answered within 20 seconds, of all."},
			{"Left share", "DIVIDE(SUM(metric_queue_days[left_unanswered]), [Queue callers])", percent, "Callers who left, of all."},
		},
	},
	{
		View: "metric_direct_routing", Day: "dt",
		Columns: []pbiColumn{
			ofTenant, ofDay, {"trunk_fqdn", asText, "The trunk."}, {"direction", asText, "inbound or outbound, or unknown."},
			{"attempts", asWhole, "Calls that were tried."}, {"answered", asWhole, "Of these, answered."}, {"network", asWhole, "Of these, that the network failed."},
		},
		Measures: []pbiMeasure{
			{"Trunk attempts", "SUM(metric_direct_routing[attempts])", whole, "Calls that were tried over a trunk; the base of the shares."},
			{"Trunk answered share", "DIVIDE(SUM(metric_direct_routing[answered]), [Trunk attempts])", percent, "Answered of tried."},
			{"Trunk failed share", "DIVIDE(SUM(metric_direct_routing[network]), [Trunk attempts])", percent, "Failed by the network of tried."},
		},
	},
	{
		View: "metric_pstn_costs", Day: "dt",
		Columns: []pbiColumn{
			ofTenant, ofDay, {"country", asText, "Code of the country where the call went, or came in."}, {"direction", asText, "inbound or outbound, or unknown."},
			{"currency", asText, "Currency of the cost."}, {"calls", asWhole, "Calls."}, {"started_minutes", asNumber, "Minutes, each begun one whole."},
			{"cost", asNumber, "Charge and connection charge."}, {"calls_without_charge", asWhole, "Calls of which no charge is known."},
		},
		Measures: []pbiMeasure{
			{"Telephone calls", "SUM(metric_pstn_costs[calls])", whole, "Calls by calling plans."},
			{"Telephone cost", "IF(HASONEVALUE(metric_pstn_costs[currency]), SUM(metric_pstn_costs[cost]))", "#,0.00", "What they cost; blank over more than one currency, for these do not add up."},
		},
	},
}

const pageWidth, pageHeight = 1280, 720

func measure(table, name string) []pbiField { return []pbiField{{table, name, true}} }

func column(table, name string) []pbiField { return []pbiField{{table, name, false}} }

func card(name, title, table, of string, column int) pbiVisual {
	return pbiVisual{name, "card", title, 20 + column*250, 20, 230, 110, []pbiRole{{"Values", measure(table, of)}}}
}

func (v pbiVisual) at(x, y int, by, of []pbiField) pbiVisual {
	v.X, v.Y, v.Width, v.Height = x, y, 500, 270
	v.Roles = []pbiRole{{"Category", by}, {"Y", of}}
	return v
}

func slicer(name, title string, y, height int, by []pbiField) pbiVisual {
	return pbiVisual{name, "slicer", title, 1060, y, 200, height, []pbiRole{{"Values", by}}}
}

var pbiVisuals = []pbiVisual{
	card("talk_hours", "Talk hours", "metric_person_calls", "Talk hours", 0),
	card("missed_share", "Missed of offered calls", "metric_person_calls", "Missed share", 1),
	card("poor_share", "Poor of classified audio streams", "metric_call_quality", "Poor audio share", 2),
	card("outside_share", "Messages outside working hours", "metric_message_hours", "Outside share of messages", 3),
	card("days_not_whole", "Days not whole", "coverage", "Days not whole", 4),
	pbiVisual{Name: "talk_hours_by_day", Kind: "lineChart", Title: "Talk hours by day"}.at(20, 150, column(dateTable, "Date"), measure("metric_person_calls", "Talk hours")),
	pbiVisual{Name: "missed_by_department", Kind: "clusteredBarChart", Title: "Missed share by department"}.at(540, 150, column(peopleView, "department"), measure("metric_person_calls", "Missed share")),
	pbiVisual{Name: "poor_by_connection", Kind: "clusteredBarChart", Title: "Poor share by connection"}.at(20, 440, column("metric_quality_by_network", "connection_type"), measure("metric_quality_by_network", "Poor share of sides")),
	pbiVisual{Name: "outside_by_department", Kind: "clusteredBarChart", Title: "Messages outside working hours by department"}.at(540, 440, column(peopleView, "department"), measure("metric_message_hours", "Outside share of messages")),
	slicer("tenant", "Tenant", 150, 120, column(tenantsView, "display_name")),
	slicer("date", "Date", 290, 130, column(dateTable, "Date")),
	slicer("department", "Department", 440, 270, column(peopleView, "department")),
}
