package schemas

import (
	"strings"
	"testing"
)

// What readers join and metrics count is in both kinds alike.
func TestTranscriptsOfMeetingsAndCallsHaveTheSameColumns(t *testing.T) {
	for _, both := range [][2]Dataset{{Transcripts, CallTranscripts}, {Recordings, CallRecordings}} {
		for _, d := range both {
			if err := d.Validate(); err != nil {
				t.Error(err)
			}
		}
		for i, table := range both[0].Tables {
			if other := both[1].Tables[i]; !table.Schema().Equal(other.Schema()) {
				t.Errorf("%s and %s differ", table.Name, other.Name)
			}
		}
	}
}

// A document is read in one form at a time, and what stands in its place has nothing in its own.
func TestValidateRefusesDocuments(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Part)
		says   string
	}{
		"a media type of a list":      {func(p *Part) { p.Form = List }, "only a document has a media type"},
		"a form past the last":        {func(p *Part) { p.Form = WebVTTUnattributed + 1 }, "none of those that are read"},
		"gone before its end":         {func(p *Part) { p.NotYet = -Day }, "is negative"},
		"a list in its place":         {func(p *Part) { p.Instead[0].Part.Form = List }, "in its place stands a document"},
		"one that waits in its place": {func(p *Part) { p.Instead[0].Part.NotYet = Day }, "in its place stands a document"},
		"others in that one's":        {func(p *Part) { p.Instead[0].Part.Instead = p.Instead }, "which has no others"},
		"a media type of two lines":   {func(p *Part) { p.Accept = "text/vtt\r\nA: b" }, "is not ASCII"},
		"a value of no member":        {func(p *Part) { p.Path = "/users/{record.}/a" }, "is not filled in here"},
		"a value by two names":        {func(p *Part) { p.Instead[0].Part.Path = "/users/{record.a.b}/a" }, "is not filled in here"},
	} {
		t.Run(name, func(t *testing.T) {
			d := Transcripts
			d.Source.Detail = spoken("/users/{parent}/onlineMeetings/{record.meetingId}/transcripts/{id}")
			c.change(&d.Source.Detail.Parts[0])
			if err := d.Validate(); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want an error with %q", err, c.says)
			}
		})
	}
	d := Transcripts
	d.Source.Detail = spoken("/users/{id}")
	d.Source.Detail.Parts = append(d.Source.Detail.Parts, d.Source.Detail.Parts[0])
	if err := d.Validate(); err == nil || !strings.Contains(err.Error(), "one document at most") {
		t.Errorf("got %v of two documents", err)
	}
}
