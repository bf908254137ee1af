package views

var ofConversations = []Metric{
	{
		Name:       "all_transcripts",
		Topic:      "Conversations",
		Sentence:   "Every transcript, of scheduled meetings and of calls that nobody had scheduled.",
		Grain:      "A row of `transcripts` or of `call_transcripts`; `source` says of which.",
		Key:        []string{"tenant_id", "dt", "transcript_id"},
		Also:       []string{"transcripts", "call_transcripts"},
		Definition: "All columns that the two have, which are the same. Where the lake holds one of the two, the view has its rows.",
		HardCases: "What was removed is in it, and so is what Graph does not give: `content_state` says why nothing is there. Not everything that was said was transcribed, and Graph lists no transcripts of meetings in channels: " +
			"count meetings by `metric_meetings`. `call_id` is null for older meetings.",
		Example: "One of a meeting on 2026-11-16, one of a call → two rows, scheduled and adhoc.",
	},
	{
		Name:       "all_utterances",
		Topic:      "Conversations",
		Sentence:   "Everything that was said in these, utterance by utterance.",
		Grain:      "A row of `utterances` or of `call_utterances`; `source` says of which.",
		Key:        []string{"tenant_id", "dt", "transcript_id", "utterance_index"},
		Also:       []string{"utterances", "call_utterances"},
		Definition: "All columns that the two have, and `source`. `utterance_index` is the order of the document: order by `start_ms`, `end_ms`, `utterance_index` for that of time.",
		HardCases:  "`text` is null unless the lake keeps texts (`privacy.content`); counts are there either way. Names are no ids: `transcript_speakers` has these. Machines divide speech by its pauses: the number of utterances compares nothing.",
		Example:    "Four of a meeting, one of a call → five rows.",
	},
	{
		Name:       "all_recordings",
		Topic:      "Conversations",
		Sentence:   "Which recordings there are, of scheduled meetings and of calls.",
		Grain:      "A row of `recordings` or of `call_recordings`; `source` says of which.",
		Key:        []string{"tenant_id", "dt", "recording_id"},
		Also:       []string{"recordings", "call_recordings"},
		Definition: "All columns that the two have, which are the same. `content_correlation_id` is that of the transcript of the same conversation.",
		HardCases:  "A recording may have no transcript, and the other way round. The pictures and sounds themselves are not in the lake.",
		Example:    "One of a meeting, beside its transcript → one row, scheduled.",
	},
	{
		Name:     "metric_speech",
		Topic:    "Conversations",
		Sentence: "How long each speaker of a conversation talked, with what share, how long at a stretch, how fast, and with how many questions.",
		Grain:    "A transcript that says who spoke, and a name in it.",
		Key:      []string{"tenant_id", "dt", "transcript_id", "speaker"},
		Needs:    []string{"all_transcripts", "all_utterances"},
		Definition: "Utterances are taken in the order of start, end and place in the document. `talk_ms` is the union of the speaker's own: what overlaps counts once. `talk_share_percent` is it / `talk_of_all_ms`, the sum over all speakers, so that shares add up to 100 although people overlap. " +
			"A *turn* ends when another speaks, or when more than 10 seconds pass in which the speaker says nothing more; `longest_monologue_ms` is the longest one's last end − first start. " +
			"`words_per_minute` is words / minutes talked. `words` are null if they are not known of some utterance, as in languages that write none apart; `utterances_without_words` says of how many. " +
			"Seconds are the same numbers as the milliseconds before them.\n\n" +
			"Who is not told is `unknown`, one speaker. There are no rows of transcripts without attribution (`attributed` is false).",
		HardCases: "The length is the transcript's and not the meeting's: it may begin in the midst of a call. Two people of one name are one speaker, a room's device speaks for all who sit there, and everybody whom the lake has forgotten is one speaker, `erased` or `excluded`. " +
			"An utterance without length counts, and ends the turn of another. Names are no ids: `transcript_speakers` has these. Do not add up shares over conversations: add `talk_ms` and divide. " +
			"Talk time is no measure of work: show no ranking by name of fewer than three speakers, and ask who has a say in it before there is one at all.",
		Example: "Ann 0–10 s (10 words), Ann 10–20 (12 words, a question), Bob 18–25 (9 words), Ann 30–40 (20 words, a question) → Ann 30 seconds, 81.1 %, longest 20, 84 words a minute, 2 questions; Bob 7, 18.9 %, 7, 77.1, 0.",
	},
	{
		Name:     "metric_conversations",
		Topic:    "Conversations",
		Sentence: "How long a conversation was, how much of it nobody spoke, and how much several did at once.",
		Grain:    "A transcript whose content is there.",
		Key:      []string{"tenant_id", "dt", "transcript_id"},
		Needs:    []string{"all_transcripts", "all_utterances", "metric_speech"},
		Definition: "`length_ms` is the last end − the first start, `speech_ms` the union of all speech, `silence_ms` the difference, `longest_silence_ms` the longest time in it without speech. " +
			"`talked_over_ms` is Σ the talk time of the speakers − `speech_ms`: three at once count twice. `speakers` are distinct names, the unknown together one. " +
			"`speakers`, `turns` and `talked_over_ms` are null where the transcript does not say who spoke (`attributed` 0). `words` are null if they are not known of some utterance.",
		HardCases: "A transcript in which nobody spoke has a row of zeros, and no `silence_percent`. Silence before the first word and after the last is not seen. One without content has no row (`content_state` of `all_transcripts`). One that Graph no longer lists has: transcripts go when their meeting expires, of some kinds after hours, and what was said was said; `removed` of `all_transcripts` tells them. " +
			"One person alone has no overlap. Short words of assent are speech: two who agree talk over each other.",
		Example: "The utterances of `metric_speech` → 40 seconds, of which 35 speech and 5 silence, 12.5 %, the longest 5; 2 seconds talked over; 2 speakers, 4 utterances.",
	},
	{
		Name:     "transcript_speakers",
		Topic:    "Conversations",
		Sentence: "Who the speakers of a transcript are, as far as their names say.",
		Grain:    "A transcript that says who spoke, and a name in it, as in `metric_speech`.",
		Key:      []string{"tenant_id", "dt", "transcript_id", "speaker"},
		Needs:    []string{"all_transcripts", "all_utterances"},
		Also:     []string{"attendance_reports", "attendance_records", "call_participants", "users_current"},
		Definition: "Names are compared without the ` (Guest)` that Teams adds, and exactly otherwise. `matched_by`, the first that fits: `transcript` (Graph itself gave one id); `ambiguous` (of those who were there two have the name); " +
			"`attendance_unique` (one person in the attendance reports of the meeting of that time); `participant_unique` (one in the call record); `anonymous` (one, who has no id); " +
			"then, of a name that nobody there had: `ambiguous` (two in the newest directory have it), `organizer_unique` (one has, the organizer), `directory_unique` (one has), `none`. Who speaks as a guest is nobody of the directory but a guest. " +
			"`user_id` is null of `ambiguous`, `anonymous` and `none`: never is an id put where two have the name. `user_tenant_id` is the tenant of the person.",
		HardCases: "A person without id counts as one: who has the same name as such a person is ambiguous. `directory_unique` is a guess: visitors of other tenants have names, too. Ids of people outside of the directory are Graph's, and join with nothing of it. " +
			"Without attendance reports, call records or directory in the lake the others are asked. One person may be two speakers, with and without ` (Guest)`: add up by `user_id`. In a lake with pseudonyms names are hashes, of which those with ` (Guest)` match nothing.",
		Example: "Ann, once in the attendance → attendance_unique. Bob, twice there → ambiguous. Cat (Guest), without id there → anonymous. Dan, not there, in the call record → participant_unique. Eve, only in the directory, once, and not the organizer → directory_unique. The unknown → none.",
	},
}
