package views

// helpers are views that others read, and that are joined to what one's own query asks.
var helpers = []Metric{
	{
		Name:     "users_on_day",
		Topic:    "People",
		Sentence: "Who was in the directory on a day, with the department and manager of then.",
		Grain:    "A day that coverage knows of any dataset, and a user of the directory.",
		Key:      []string{"tenant_id", "dt", "user_id"},
		Needs:    []string{"users", "coverage"},
		Definition: "The picture of that day, or the newest before it; for days before the first picture that one. `picture_date` says which. Join what happened on a day by `tenant_id`, `dt` and `user_id`: everybody is there on every day, " +
			"which `users` is not, as it has rows on days of pictures only.",
		HardCases: "Pictures exist from the first run on: departments of days before are those of the first picture. Who had left is there with `removed` true, as last known: leave them out to count heads.",
		Example:   "Pictures on 2026-11-17 (Ann in Sales) and 2026-11-20 (Ann in Legal, Bob) → on the 16th to the 19th Ann in Sales, from the 20th on Ann in Legal and Bob.",
	},
	{
		Name:       "users_history",
		Topic:      "People",
		Sentence:   "From when to when the directory said the same of a user.",
		Grain:      "A user, and a time in which none of the columns changed from picture to picture.",
		Key:        []string{"tenant_id", "user_id", "valid_from"},
		Needs:      []string{"users"},
		Definition: "`valid_from` is the date of the first picture that says so, `valid_to` that of the first that does not any more, null for what the newest says: `valid_from <= day AND (valid_to IS NULL OR day < valid_to)`.",
		HardCases:  "What changed between two pictures and back is not seen. The time before the first picture is not in it. Reads every picture.",
		Example:    "The pictures of `users_on_day` → Ann in Sales 2026-11-17 to 2026-11-20, Ann in Legal from 2026-11-20, Bob from 2026-11-20.",
	},
	{
		Name:     "metric_people",
		Topic:    "People",
		Sentence: "Each person of the directory, with department, manager and the working hours of the mailbox.",
		Grain:    "A user of the newest picture.",
		Key:      []string{"tenant_id", "user_id"},
		Needs:    []string{"users_current"},
		Also:     []string{"mailbox_settings_current"},
		Definition: "`zone` is the time zone of the *working hours*, which need not be the mailbox's. `day_start_seconds` and `day_end_seconds` are seconds after midnight by the clock of that zone, " +
			"`works_monday` to `works_sunday` are 1 or 0. `has_hours` is 1 where all of these are known.",
		HardCases: "Working hours are those of the newest picture, also for days long past: say so wherever hours are shown. For the department of a past day join `users_on_day`.",
		Example:   "A mailbox with Monday to Friday, 08:00 to 17:00, in W. Europe Standard Time: 28800, 61200, five times 1 and twice 0.",
	},
}

var ofCalls = []Metric{
	{
		Name:     "metric_call_legs",
		Topic:    "Calls",
		Sentence: "Every session of a call, with who called whom and what became of it.",
		Grain:    "A session of a call record that is no test: a row of `call_legs`.",
		Key:      []string{"tenant_id", "dt", "call_id", "session_id", "session_index"},
		Needs:    []string{"call_legs"},
		Definition: "*Kinds of ends* (`caller_kind`, `callee_kind`), the first that fits: a service role of a gateway or mediation server → `pstn`; voicemail (as a callee; as a caller it is a `service`) → `voicemail`; " +
			"call queue → `queue`; auto attendant → `attendant`; a conference's media controller, announcer or attendant → `conference`; any other role → `service`; no identity → `unknown`; " +
			"an identity that begins with `+` → `pstn`; one of the lake's tenant → `user`; else `external`; of these, who was erased or left out → `nobody`. `caller_id` and `callee_id` are the identities of users, externals and telephones, and null of nobody.\n\n" +
			"*Outcome*, the first that fits: `voicemail`, `attendant`, `queued` by the callee's kind; if it failed in call setup: `failed` towards a conference, else by words of the reason in this order: " +
			"declin, reject → `declined`; busy → `busy`; cancel, abandon → `abandoned`; answer, timeout, timed out → `missed`; else `failed`; towards a conference → `joined`; " +
			"with a media stream, or failed midcall → `answered`; else `unknown`. Then: a leg from a queue to a person that is missed, failed, unknown or abandoned, and that overlaps in time with an answered leg of that queue in the same call → `answered_elsewhere`.\n\n" +
			"*Evidence* is the rule that decided: `role`, `reason` (a word in it), `stage`, `media`, `sibling`, `none`. `dropped` is 1 if it failed midcall. `talk_seconds` is end − start of answered and joined legs.",
		HardCases: "Graph's reason is free text and often null: then `failed` by `stage`. Call setup also covers callers who hang up in a menu. Of a queue's call that an agent took the others' legs look missed: that is what `answered_elsewhere` is for; " +
			"who is rung after the one leg ended and before the next began did miss it. Media can be missing although people talked: such a leg is `unknown`, not `missed`, and a later version of the record may make it `answered`. " +
			"A session to voicemail is a leg of its own beside the person's unanswered one: count people by `metric_person_calls`, calls by `metric_calls`. A leg to a bot is a `service`.",
		Example: "Ann calls Bob, 4 minutes with a stream → answered, media, 240. Ann calls Bob, in call setup \"The callee declined the call.\" → declined, reason, 0. A queue rings Bob 09:20:10 to 09:20:40 without media and Cat 09:20:12 to 09:25 with a stream, in one call → " +
			"Bob answered_elsewhere, sibling; Cat answered, 288. Ann to voicemail → voicemail, role. Ann calls Bob for 25 seconds, without failure or media → unknown, none.",
	},
	{
		Name:     "metric_calls",
		Topic:    "Calls",
		Sentence: "What sort of call it was, who began it, over which network, and how it ended.",
		Grain:    "A call record.",
		Key:      []string{"tenant_id", "dt", "call_id"},
		Needs:    []string{"calls", "call_legs"},
		Also:     []string{"direct_routing_calls"},
		Definition: "*Kind*, the first that fits: `test` (only test sessions), `meeting` (it has a join link), `voice_app` (an end is an attendant or a queue), `group` (more than two members, phones and outsiders), `one_to_one`. " +
			"Members are users of this tenant; outsiders other users, guests and visitors of other services; applications are nobody.\n\n" +
			"*Direction*: test; `conference` for meetings; `unknown` if no organizer is told; `inbound` if the organizer is not a user of this tenant; else `outbound` if a phone or an outsider takes part; else `internal`.\n\n" +
			"*Network*: `direct_routing` if a Direct Routing row has this call as its correlation id; else `other_pstn` if a phone takes part, as a participant or as a leg's end; else `voip`.\n\n" +
			"*Outcome*: the best of its legs in this order: answered, held (joined), voicemail, declined, busy, missed, abandoned (also: only waited in a menu or queue), failed, unknown; of tests `test`. `length_seconds` is end − start.",
		HardCases: "A federated organizer makes it inbound. A call that grows to a group keeps its id. Rows of calling plans cannot be joined to call records: their call id is another. `call_type` is not used, for it says unknown at times.",
		Example: "Ann to a telephone, with a Direct Routing row, 4 minutes, failed midcall → one_to_one, outbound, direct_routing, answered, 240. From a number to Bob, without media and failure → one_to_one, inbound, other_pstn, unknown, 120. " +
			"With a join link, Ann joined → meeting, conference, voip, held, 1800.",
	},
	{
		Name:       "metric_talk_spans",
		Topic:      "Calls",
		Sentence:   "The pieces of time in which a person was in at least one answered or joined leg, each instant once.",
		Grain:      "A piece of a leg that no earlier leg of the person's day covers.",
		Key:        []string{"tenant_id", "dt", "user_id", "call_id", "new_from"},
		Needs:      []string{"metric_call_legs"},
		Definition: "A person's legs of a day in the order of their start: each adds what lies behind the furthest end so far, from `new_from` to `end_time`.",
		HardCases:  "Legs across midnight stay with their call's day. Time on hold is inside: neither call records nor logs of the telephone network say hold or resume.",
		Example:    "09:00–09:30, 09:20–09:40, 09:25–09:28 → 09:00–09:30 and 09:30–09:40.",
	},
	{
		Name:     "metric_person_calls",
		Topic:    "Calls",
		Sentence: "Calls offered, answered, missed and made by a person on a day, and how long the person talked.",
		Grain:    "A person of the tenant and a day with a leg.",
		Key:      []string{"tenant_id", "dt", "user_id"},
		Needs:    []string{"metric_call_legs", "metric_talk_spans"},
		Definition: "Of legs whose callee is the person: `offered` is all but the unknown, the others are counted by outcome, `not_known` are the unknown. Of legs whose caller is the person and whose callee is a user, an external or a telephone: " +
			"`made` counts calls, `connected` those with an answered leg. `talk_seconds` is the sum of `metric_talk_spans`: overlapping calls count once. " +
			"offered = answered + answered_elsewhere + missed + declined + busy + abandoned + failed.",
		HardCases: "A desk telephone and a client that ring for one call are two legs: ask `count(DISTINCT call_id)` of `metric_call_legs` where calls are wanted. Who only sat in meetings has a row, too. Who was erased or left out has none; who called them made a call.",
		Example:   "Of the legs in `metric_call_legs`: Bob offered 3, answered 1, answered_elsewhere 1, declined 1, not_known 1; Cat offered 1, answered 1; Ann made 3, connected 1. Legs of 09:00–09:30, 09:20–09:40 and 09:25–09:28 are 2400 seconds, and their sum would be 3180.",
	},
}

var ofQueues = []Metric{
	{
		Name:     "metric_queue_journeys",
		Topic:    "Queues and attendants",
		Sentence: "Each call that reached a queue: how long it waited, who took it, and where it ended.",
		Grain:    "A call record with a leg to a queue.",
		Key:      []string{"tenant_id", "dt", "call_id"},
		Needs:    []string{"calls", "call_participants", "metric_call_legs"},
		Definition: "`queue_time` is the first queue leg's start, `left_time` the last one's end, `menu_seconds` the sum of the attendant's legs, `agents_rung` the legs from the queue to people. " +
			"`result`: `forwarded` (the answered leg went to a telephone), `agent_answered`, `voicemail` (from the queue on), `requeued_and_left` (several queue legs), `left`. `wait_seconds` ends at the answer, the voicemail, or `left_time`. " +
			"`talk_seconds` is the sum of all answered legs from the queue; `caller_id` the organizer; `resource_accounts` those that took part, in order, with commas.",
		HardCases: "Call records do not say which queue of several, which key was pressed, or whether a caller gave up, was timed out or found no agent: all of these are `left`. Chained queues look like the first. If an agent's leg begins at the ring, the wait is too short by the ring.",
		Example:   "Menu 09:00:00–09:00:20, queue 09:00:20–09:05:00, agent 09:01:05–09:05:00 with media → menu 20, wait 45, one agent rung, talk 235, agent_answered. A queue leg 10:00:00–10:00:30 alone → left, wait 30.",
	},
	{
		Name:       "metric_queue_days",
		Topic:      "Queues and attendants",
		Sentence:   "Calls offered to the queues of a set of resource accounts on a day, and how many were answered in time.",
		Grain:      "A day and a set of resource accounts.",
		Key:        []string{"tenant_id", "dt", "resource_accounts"},
		Needs:      []string{"metric_queue_journeys"},
		Definition: "`answered_in_target` is answered by an agent within 20 seconds. `grade_of_service_percent` is its share of all offered, `answered_in_target_percent` its share of the answered, null if none was.",
		HardCases:  "Short abandons count as offered: subtract `left` with a wait of at most 5 seconds in the query, if wanted.",
		Example:    "Of `metric_queue_journeys`: both sets 0 % grade of service; of the answered 0 % and null.",
	},
	{
		Name:       "metric_attendant_journeys",
		Topic:      "Queues and attendants",
		Sentence:   "Each call that reached a menu: how long it was there, and where it went.",
		Grain:      "A call record with a leg to an auto attendant.",
		Key:        []string{"tenant_id", "dt", "call_id"},
		Needs:      []string{"metric_call_legs"},
		Definition: "From the first menu leg's start to the last one's end. `result` by the first leg that is no menu, does not come from a queue and starts at or after the first menu's start: `transferred_queue`, `transferred_voicemail`, `transferred_external`, `transferred_user`, `other`; without one `terminated`.",
		HardCases:  "Why a call was terminated in a menu is in no call record. Agents may be rung at the instant at which the queue begins: the caller went to the queue.",
		Example:    "The first call of `metric_queue_journeys` → 20 seconds, transferred_queue.",
	},
	{
		Name:       "metric_call_accounts",
		Topic:      "Queues and attendants",
		Sentence:   "Which queues and attendants took part in a call, by name.",
		Grain:      "A call record and a resource account that took part in it.",
		Key:        []string{"tenant_id", "dt", "call_id", "account_id"},
		Needs:      []string{"call_participants", "resource_accounts_current"},
		Definition: "`account_kind` is `queue` or `attendant` by the application that answers at the account, `other` where it is somebody else's, and `unknown` where there is no such account any more, or not yet. `account_name` and `account_number` are those of today, also of calls of long ago.",
		HardCases:  "A queue may have several accounts, and an account may be reached by no number at all. Of chained queues and nested attendants Graph may name the first alone.",
		Example:    "A call to a menu and a queue, of which the directory of accounts knows both; one to an account that was removed → queue and attendant by name, and one of unknown kind.",
	},
	{
		Name:     "metric_queue_calls_by_name",
		Topic:    "Queues and attendants",
		Sentence: "Each call that reached a queue, with the name of the queue and of the attendant before it.",
		Grain:    "A call record with a leg to a queue.",
		Key:      []string{"tenant_id", "dt", "call_id"},
		Needs:    []string{"metric_queue_journeys", "metric_call_accounts"},
		Definition: "The rows and values of `metric_queue_journeys`. `queue_name` is the name of the account that is a queue, in the place of a name that is not told its id, and `unknown` where no account of the call is known to be a queue; `queues` counts different names. " +
			"`attendant_name` is null where no attendant took part.",
		HardCases: "Of a call that names several queues nobody can tell by which it came: they stand in `queue_name` together, in the order of the alphabet with commas, and such calls are counted apart from those of each queue alone.",
		Example:   "Of `metric_queue_journeys`, where menu-1 is the attendant Main Menu and queue-7 the queue Support → both calls Support, the first by way of Main Menu.",
	},
	{
		Name:       "metric_queues_by_name",
		Topic:      "Queues and attendants",
		Sentence:   "Calls offered to each queue on a day, and how many were answered in time.",
		Grain:      "A day and the name of a queue.",
		Key:        []string{"tenant_id", "dt", "queue_name"},
		Needs:      []string{"metric_queue_calls_by_name"},
		Definition: "As `metric_queue_days`, by `queue_name` of `metric_queue_calls_by_name`: accounts of one name are one queue, whether an attendant stood before it or not.",
		HardCases:  "A queue that nobody called has no row: `resource_accounts` has all of them.",
		Example:    "Of `metric_queue_calls_by_name` → Support: 2 offered, 1 answered and not in time, 1 left, grade of service 0 %.",
	},
	{
		Name:       "metric_attendants_by_name",
		Topic:      "Queues and attendants",
		Sentence:   "Where the calls to each attendant went on a day.",
		Grain:      "A day and the name of an attendant.",
		Key:        []string{"tenant_id", "dt", "attendant_name"},
		Needs:      []string{"metric_attendant_journeys", "metric_call_accounts"},
		Definition: "Calls by `result` of `metric_attendant_journeys`, and the seconds that they were in the menu. `attendant_name` is formed as `queue_name` of `metric_queue_calls_by_name` is.",
		HardCases:  "Which key was pressed is in no call record.",
		Example:    "The first call of `metric_queue_calls_by_name` → Main Menu: 1 call, to a queue, 20 seconds.",
	},
	{
		Name:     "metric_ring_groups",
		Topic:    "Queues and attendants",
		Sentence: "Whom the queues rang on a day, whether together with others, and what they did.",
		Grain:    "A day, a set of resource accounts and a user whom their queue rang.",
		Key:      []string{"tenant_id", "dt", "resource_accounts", "user_id"},
		Needs:    []string{"metric_call_legs", "metric_queue_journeys"},
		Definition: "Legs from a queue to a user, by their outcome. `rung_at_once` counts those that began at the same instant as one to somebody else in the same call: who is rung so belongs to one group that rings in parallel. " +
			"Where nobody is rung at once, the queue rings one after the other. `other` is abandoned, failed and what is not known.",
		HardCases: "Who belongs to a queue, and who has opted out, is in no call record: somebody who is never rung has no row. If the leg of who answers begins at the answer, it is not at once with the others'. Ring groups of a person (delegates, group call pickup) ring without a queue, and are not told from other calls.",
		Example:   "One call rings Ann and Bob at 09:00:00, and Bob's answer begins at 09:00:10; another rings Ann alone → Ann rung 2, 1 at once, 2 missed; Bob rung 2, 1 at once, 1 missed, 1 answered.",
	},
	{
		Name:       "metric_answer_times",
		Topic:      "Queues and attendants",
		Sentence:   "Seconds from the ring to the answer, where the data knows both.",
		Grain:      "An answered inbound call of Direct Routing, or a call that an agent of a queue took.",
		Key:        []string{"tenant_id", "source", "source_id"},
		Needs:      []string{"metric_queue_journeys"},
		Also:       []string{"direct_routing_calls"},
		Definition: "Direct Routing, inbound and successful with a start not before the invite: start − invite. Queue: the wait of `metric_queue_journeys` where an agent answered.",
		HardCases:  "A call record has no ring time for VoIP and calling plans: an average over all calls would be a lie. A start before the invite (clocks that differ) is left out. A transfer has two rows of one correlation id.",
		Example:    "Invite 09:00:00, start 09:00:07 → 7. The failed, the outbound and the skewed row → no row.",
	},
	{
		Name:     "metric_missed_calls",
		Topic:    "Calls",
		Sentence: "Every call that a person or a queue did not take, whether the two spoke within 24 hours after it, and who called.",
		Grain:    "A call and whom it missed.",
		Key:      []string{"tenant_id", "dt", "call_id", "target_kind", "target_id"},
		Needs:    []string{"call_participants", "metric_call_legs", "metric_calls", "metric_queue_journeys"},
		Definition: "Users: legs missed, declined, busy or abandoned of one-to-one calls that were not answered; the other party is the organizer; the miss ends with the last ringing leg. Queues: journeys that left or went to voicemail; the miss ends at `left_time`. " +
			"Returned if a one-to-one or voice_app call with outcome answered, in which the target (of a queue any user of the tenant) and the same other party take part, begins at or after that end and before 24 hours have passed. " +
			"`called_back` is 1 if the target's side began one. Unreturned: `can_match = 1 AND returned_time IS NULL`. `attempt_of_day` numbers attempts of a pair: people who tried are attempt 1.",
		HardCases: "Masked or anonymous numbers cannot be matched, nor who was erased or left out: `can_match` 0, in neither share. A caller who is not told at all is attempt 1 each time. Two numbers of one caller are two callers. A chat message is no return. The window must have passed: leave out the last day of data. A day of call records that is missing makes returned calls unreturned: ask `coverage`.",
		Example:   "Ann calls Bob at 09:00 and 09:05, both missed, until 09:00:30 and 09:05:30; Bob calls Ann at 09:10:30 and they talk → 600 and 300 seconds, attempts 1 and 2, called_back 1. A masked number at 11:00 → can_match 0.",
	},
	{
		Name:     "metric_concurrency",
		Topic:    "Calls",
		Sentence: "The most calls at once in each quarter of an hour, of the tenant and of each trunk.",
		Grain:    "A quarter of an hour with a call, and a scope: the tenant, or a trunk.",
		Key:      []string{"tenant_id", "scope", "line", "slot_time"},
		Needs:    []string{"metric_calls"},
		Also:     []string{"direct_routing_calls"},
		Definition: "Intervals [start, end): of the tenant `metric_calls` but tests, of a trunk Direct Routing rows from the invite (else the start) to the end, of unsuccessful ones to the failure. Each is cut at quarter hours; at one instant ends come before starts; `peak` is the greatest running sum. " +
			"`mean_calls` is busy seconds / 900 (erlang).",
		HardCases: "`dt` is the slot's date, so that a filter on it reads all files: a call of the evening before may be in it. Intervals beyond 42 days are cut. Slots without calls have no row.",
		Example:   "09:00–09:10, 09:05–09:20, 09:10–09:12 → slot 09:00 peak 2 (not 3), mean 1.4667; slot 09:15 peak 1, mean 0.3333. A trunk: 09:00:00–09:02:00 and failed 09:01:50–09:02:20 → peak 2, mean 0.1667.",
	},
}
