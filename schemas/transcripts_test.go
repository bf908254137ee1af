package schemas

import "testing"

// What readers join and metrics count is in both kinds alike.
func TestTranscriptsOfMeetingsAndCallsHaveTheSameColumns(t *testing.T) {
	for name, tables := range map[string][]Table{
		"transcripts": transcriptTables("transcripts", "utterances", "a meeting"), "call_transcripts": transcriptTables("call_transcripts", "call_utterances", "a call"),
		"recordings": recordingTables("recordings", "a meeting"), "call_recordings": recordingTables("call_recordings", "a call"),
	} {
		if tables[0].Name != name {
			t.Errorf("the first table of %s is %s", name, tables[0].Name)
		}
		for _, table := range tables {
			for _, f := range table.faults() {
				t.Errorf("%s: %s: %v", table.Name, f.At, f)
			}
		}
	}
}
