package answers

import (
	"cmp"
	"time"

	"graphlake/internal/graphsim"
)

var ofConversations = []comparison{
	{
		"transcripts", "all_transcripts",
		[]string{"day VARCHAR", "transcript VARCHAR", "source VARCHAR", "meeting VARCHAR", "call VARCHAR", "organizer VARCHAR", "created BIGINT", "state VARCHAR"},
		func(f *told) (rows [][]any) {
			for _, c := range f.Transcripts {
				rows = append(rows, []any{date(c.Created), c.ID, c.Source, text(c.Meeting), text(c.Call), c.Organizer, instant(c.Created), c.State})
			}
			return rows
		},
		"SELECT tenant_id, dt::VARCHAR, transcript_id, source, meeting_id, call_id, organizer_user_id, epoch_us(created_time), content_state FROM all_transcripts",
	},
	{
		"recordings", "all_recordings",
		[]string{"day VARCHAR", "recording VARCHAR", "source VARCHAR", "organizer VARCHAR", "created BIGINT"},
		func(f *told) (rows [][]any) {
			for _, r := range f.Recordings {
				rows = append(rows, []any{date(r.Created), r.ID, r.Source, r.Organizer, instant(r.Created)})
			}
			return rows
		},
		"SELECT tenant_id, dt::VARCHAR, recording_id, source, organizer_user_id, epoch_us(created_time) FROM all_recordings",
	},
	{
		"conversations", "metric_conversations",
		[]string{
			"day VARCHAR", "transcript VARCHAR", "utterances BIGINT", "speakers BIGINT", "length BIGINT", "speech BIGINT", "silence BIGINT", "longest BIGINT", "over BIGINT",
			"words BIGINT", "questions BIGINT",
		},
		func(f *told) (rows [][]any) {
			for _, c := range f.present() {
				uncounted := 0
				for _, s := range c.Speakers {
					uncounted += s.Uncounted
				}
				rows = append(rows, []any{
					date(c.Created), c.ID, c.Utterances, len(c.Speakers), ms(c.Last - c.First), ms(c.Speech), ms(c.Silence), ms(c.LongestSilence), ms(c.TalkedOver),
					wordsOf(c.Words, uncounted), c.Questions,
				})
			}
			return rows
		},
		`SELECT tenant_id, dt::VARCHAR, transcript_id, utterances::BIGINT, speakers::BIGINT, length_ms::BIGINT, speech_ms::BIGINT, silence_ms::BIGINT, longest_silence_ms::BIGINT,
			talked_over_ms::BIGINT, words::BIGINT, questions::BIGINT FROM metric_conversations`,
	},
	{
		"speech", "metric_speech",
		[]string{
			"day VARCHAR", "transcript VARCHAR", "speaker VARCHAR", "utterances BIGINT", "talk BIGINT", "of_all BIGINT", "monologue BIGINT", "words BIGINT", "uncounted BIGINT", "questions BIGINT",
		},
		func(f *told) (rows [][]any) {
			for _, c := range f.present() {
				for _, s := range c.Speakers {
					rows = append(rows, []any{
						date(c.Created), c.ID, cmp.Or(s.Name, "unknown"), s.Utterances, ms(s.Talk), ms(c.Speech + c.TalkedOver), ms(s.Monologue), wordsOf(s.Words, s.Uncounted), s.Uncounted, s.Questions,
					})
				}
			}
			return rows
		},
		`SELECT tenant_id, dt::VARCHAR, transcript_id, speaker, utterances::BIGINT, talk_ms::BIGINT, talk_of_all_ms::BIGINT, longest_monologue_ms::BIGINT, words::BIGINT,
			utterances_without_words::BIGINT, questions::BIGINT FROM metric_speech`,
	},
	{ // Whose call record is known, and who is one user of the tenant there.
		"speakers", "transcript_speakers",
		[]string{"day VARCHAR", "transcript VARCHAR", "speaker VARCHAR", "person VARCHAR"},
		func(f *told) (rows [][]any) {
			for _, c := range f.present() {
				for _, s := range c.Speakers {
					if c.Call != "" && s.User != "" {
						rows = append(rows, []any{date(c.Created), c.ID, s.Name, s.User})
					}
				}
			}
			return rows
		},
		`SELECT s.tenant_id, s.dt::VARCHAR, s.transcript_id, s.speaker, s.user_id FROM transcript_speakers AS s JOIN all_transcripts AS t USING (tenant_id, dt, transcript_id)
			WHERE t.call_id IS NOT NULL AND s.user_tenant_id = s.tenant_id AND s.matched_by IN ('attendance_unique', 'participant_unique')`,
	},
}

// present are the transcripts of which what was said could be read.
func (f *told) present() (all []graphsim.TranscriptFact) {
	for _, c := range f.Transcripts {
		if c.State == "present" {
			all = append(all, c)
		}
	}
	return all
}

func ms(d time.Duration) int64 { return d.Milliseconds() }

// wordsOf is null where the words of some utterance are not known.
func wordsOf(words, uncounted int) any {
	if uncounted > 0 {
		return nil
	}
	return words
}
