package views

var ofTelephony = []Metric{
	{
		Name:     "phone_legs",
		Topic:    "Telephony",
		Sentence: "Every call and attempt over the telephone network, of Direct Routing and of calling plans in one shape.",
		Grain:    "A row of `direct_routing_calls` or of `pstn_calls`; `dataset` says of which.",
		Key:      []string{"tenant_id", "dt", "dataset", "leg_id"},
		Also:     []string{"direct_routing_calls", "pstn_calls"},
		Definition: "Columns that both have are theirs. `leg_id` is the id of the row, and `call_id` the call in `calls`, which the log of calling plans does not name. `start_time` of Direct Routing is the start, else the invite, else the failure. " +
			"`cost` is charge + connection_charge, in `currency`. `result`, `ring_seconds`, `final_sip_code` and `trunk_fqdn` are known of Direct Routing alone; `cost`, `currency`, `charged_to` and `operator` of calling plans alone. What is not known is null.",
		HardCases: "Never add costs across currencies. A transfer is two rows of one call. The row of a calling plan is a call that was charged: an attempt that failed has none there, and has one in Direct Routing. " +
			"Rows of calling plans arrive for up to 48 hours. The country is that of the number; what a calling plan calls the destination is in `pstn_calls`.",
		Example: "A call from +41 44 000 00 01 over a trunk, answered after 7 seconds; one over it to +49 30 000 that was busy; 61 seconds over a calling plan to +351 21 000 for 0.40 + 0.05 CHF → " +
			"inbound CH success, ring 7; outbound DE busy, code 486; outbound PT, 0.45 CHF, no result.",
	},
	{
		Name:     "metric_direct_routing",
		Topic:    "Telephony",
		Sentence: "How many attempts of a trunk came through, and what became of the others.",
		Grain:    "A day, a trunk and a direction.",
		Key:      []string{"tenant_id", "dt", "trunk_fqdn", "direction"},
		Needs:    []string{"direct_routing_calls"},
		Definition: "`direction` and `result` are those of `direct_routing_calls`; `answered` are the successful ones. " +
			"`answer_seizure_percent` is answered / attempts; `network_effectiveness_percent` is (answered + busy + no_answer + rejected) / attempts.",
		HardCases: "A code of 0 is a normal end: whether a call was successful decides, not its code. Under a hundred attempts the network effectiveness may be low and normal. A transfer is two attempts.",
		Example:   "200 or 0 and successful, 486, 404, 504 → answer seizure 25 %, network effectiveness 50 %, mean 100 seconds.",
	},
	{
		Name:       "metric_direct_routing_codes",
		Topic:      "Telephony",
		Sentence:   "Which codes the attempts of a trunk ended with.",
		Grain:      "A day, a trunk, a final SIP code and Microsoft's sub reason; both of these may be null.",
		Key:        []string{"tenant_id", "dt", "trunk_fqdn", "final_sip_code", "call_end_sub_reason"},
		Needs:      []string{"direct_routing_calls"},
		Definition: "Attempts, and of these the successful ones, by code.",
		HardCases:  "A 408 may be the border controller's: the sub reason tells.",
		Example:    "Of `metric_direct_routing`: four rows of one attempt each.",
	},
	{
		Name:     "metric_pstn_costs",
		Topic:    "Telephony",
		Sentence: "What calls of Microsoft's calling plans cost, by country.",
		Grain:    "A day, a country, a direction, who is charged, the kind of destination, the operator and a currency.",
		Key:      []string{"tenant_id", "dt", "country", "direction", "charged_to", "destination_context", "operator", "currency"},
		Needs:    []string{"pstn_calls"},
		Definition: "`cost` is charge + connection_charge, never across currencies; `started_minutes` is Σ⌈seconds / 60⌉; `calls_without_charge` says how many had no price. Direction and `charged_to` are those of `pstn_calls`. " +
			"`country` is a code (ISO 3166-1): of a call that went out that of the number dialed, or, where that number is no country's alone and the destination is Domestic, that of the user; of one that came in that of the user. Else unknown.",
		HardCases: "Money is decimal, not floating. `destination_name` is not asked: how Graph spells countries is published nowhere, and rows of one country would part by it. Direct Routing has no prices. Rows arrive for up to 48 hours: the newest two days are short.",
		Example:   "61 seconds for 0.40 + 0.05 CHF and 60 seconds for 0.20 + 0.05 CHF to Portugal → 121 seconds, 3 started minutes, 0.70 CHF. A row in EUR without a charge → 0.00 EUR, 1 without charge. A call from Switzerland to a free number within it, whose prefix many countries share → CH.",
	},
}

var ofNumbers = []Metric{
	{
		Name:     "metric_number_owners",
		Topic:    "Telephony",
		Sentence: "Whose each telephone number of the tenant is, and which are nobody's.",
		Grain:    "A telephone number of the newest picture.",
		Key:      []string{"tenant_id", "telephone_number"},
		Needs:    []string{"phone_numbers_current", "users_current"},
		Also:     []string{"resource_accounts_current"},
		Definition: "`owner_kind`, the first that fits: `conference` (of an audio conferencing bridge); `unassigned`; `resource_account` (by the status of the number, or because there is such an account); `user`; `disabled` (a user who may not sign in); " +
			"`unknown` (given to a user whom the directory does not know); `other`. `without_owner` is 1 for unassigned, disabled and unknown.",
		HardCases: "The list of numbers and the directory are read minutes apart: somebody who has just come may be unknown for a day. A shared mailbox, or a phone of a lobby, may be a disabled account and keep its number on purpose. Without `resource_accounts` the status alone tells those.",
		Example:   "Six numbers: of Ann; of Old, whose account is closed; of somebody whom nobody knows; of a menu; of the conference bridge; one to spare → without owner are those of Old, of the unknown, and the spare one.",
	},
	{
		Name:     "metric_voice",
		Topic:    "Telephony",
		Sentence: "Who has a licence for telephony and cannot be called, and who can be called without one.",
		Grain:    "A user with a licence for telephony, a telephone or a number.",
		Key:      []string{"tenant_id", "user_id"},
		Needs:    []string{"users_current", "user_licenses_current", "subscribed_skus_current", "teams_user_configurations_current", "phone_numbers_current"},
		Definition: "`has_phone_licence` is 1 with a product whose service plans have one that begins with MCOEV (Teams Phone), which is not switched off for the user; `has_calling_plan` with one that begins with MCOPSTN. `is_voice_enabled` is that of `teams_user_configurations`, `numbers` those of `phone_numbers` that are the user's. " +
			"`state`, the first that fits: `no_licence`; `complete` (voice and a number); `no_number` (voice without one); `number_without_voice`; `unused_licence`.",
		HardCases: "A licence that was just given or taken takes hours to change the rest. Numbers of Direct Routing that come from a local directory may be missing in the list. Resource accounts are left out: their licence is another one.",
		Example:   "Ann has all; Bob a licence and voice; Cat a licence alone; Dan voice and a number without a licence; Eve a licence whose phone is switched off, and nothing else → complete, no_number, unused_licence, no_licence; Eve has no row.",
	},
}

var ofQuality = []Metric{
	{
		Name:     "metric_streams",
		Topic:    "Quality",
		Sentence: "Whether each media stream was good or poor, by the rules of Call Quality Dashboard and by those of Call Record Insights.",
		Grain:    "A stream of a session that is no test.",
		Key:      []string{"tenant_id", "dt", "call_id", "session_id", "session_index", "segment_id", "media_index", "stream_index"},
		Needs:    []string{"call_media_streams"},
		Definition: "*Medium* by the label, without regard to case, in this order: contains audio → audio; applicationsharing → sharing; video → video; else other.\n\n" +
			"`cqd_class` of audio: at most 500 packets or null → unclassified; round trip > 500 ms, loss > 0.1 or jitter > 30 ms → poor; all three null → unclassified; else good. Of video and sharing the first that is there decides: " +
			"frame loss > 50 %; frame rate < 7 (sharing < 2); loss after error correction > 0.15; none → unclassified.\n\n" +
			"`cri_poor` of audio: more than 1000 packets and one of the same three; of video and sharing the same as above, without a measure 0; of other media null. All comparisons are strict.",
		HardCases: "Null is not zero. Times are whole milliseconds, rounded: a jitter of 30.4 ms is 30 and good. The frame rate is the stream's own, not the one over all. A listener's own outbound audio has few packets: unclassified, not good. Poor says that the network was bad, not that anybody noticed.",
		Example:   "Audio with 1001 packets, round trip 500, jitter 30, loss 0.1 → good, 0. 1000 packets, 501 → poor, 0. 500 packets, 501 → unclassified, 0. Video at rate 6.9 → poor, 1. Sharing at rate 2.0 with loss 0.9 → good, 0. Sharing without measures → unclassified, 0.",
	},
	{
		Name:       "metric_call_quality",
		Topic:      "Quality",
		Sentence:   "How many streams of a call were good and poor.",
		Grain:      "A call with a stream.",
		Key:        []string{"tenant_id", "dt", "call_id"},
		Needs:      []string{"metric_streams"},
		Definition: "Counts by class; `poor_audio_call`, `poor_call` and `cri_poor_call` are 1 if there is any such stream. A share of poor audio is poor / (poor + good), never over the unclassified.",
		HardCases:  "A call without a stream has no row.",
		Example:    "The streams of `metric_streams` → 6 streams; audio 1 good, 1 poor, 1 unclassified; video 1 good, 1 poor; poor 1, 1, 1.",
	},
	{
		Name:       "metric_stream_sides",
		Topic:      "Quality",
		Sentence:   "The same streams from the side of each person of the tenant, with network and devices of that side.",
		Grain:      "A stream and one of its two sides, if that is a user of the tenant.",
		Key:        []string{"tenant_id", "dt", "call_id", "session_id", "session_index", "segment_id", "media_index", "stream_index", "role"},
		Needs:      []string{"call_media_streams"},
		Definition: "`role` is `sends` or `receives`. Network, subnet, public address, wireless band, microphone and loudspeaker are those that the side reported.",
		HardCases:  "A stream between two people of the tenant has two rows. Loss and jitter are measured where it arrives: blame the receiver's downlink or the sender's uplink, not the call.",
		Example:    "Of the three audio streams of `metric_streams` Ann sends the good one and receives the other two.",
	},
	{
		Name:       "metric_quality_by_network",
		Topic:      "Quality",
		Sentence:   "Good and poor streams by subnet, kind of connection, wireless band and platform.",
		Grain:      "A day, a medium, a role and a network.",
		Key:        []string{"tenant_id", "dt", "medium", "role", "subnet", "connection_type", "wifi_band", "platform"},
		Needs:      []string{"metric_stream_sides"},
		Definition: "What is not told is `unknown`, as Graph's own unknown is. `poor_percent` is of good and poor ones, null without any.",
		HardCases:  "Buildings are in no record: join a table of your own from subnet to building.",
		Example:    "Ann on 10.0.1.0 by wifi: sends 1 good; receives 1 poor and 1 unclassified → 100 % poor of 1.",
	},
}
