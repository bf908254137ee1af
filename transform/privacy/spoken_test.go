package privacy_test

import (
	"strings"
	"testing"

	"graphlake/internal/record"
	"graphlake/schemas"
	"graphlake/transform/privacy"
)

// What was said is counted in its element, whatever of it is kept; who said it stays, or becomes the pseudonym of the name.
func TestSpoken(t *testing.T) {
	const (
		asked = `"@graphlake":{"spoken":{"characters":17,"words":4,"questions":1}}`
		kanji = `"@graphlake":{"spoken":{"characters":3,"questions":0}}`
		ours  = `"@graphlake":{"parent":"u1","source":"scheduled","transcript":{"state":"present","version":4,"attributed":true,"language":"en-us"}`
	)
	in := `{"id":"T","createdDateTime":"2026-11-16T09:00:00Z","transcriptContentUrl":"https://x.example/a","utterances":[` +
		`{"startMs":0,"speakerName":"Ada Quill","spokenText":"Is a la\u0064der here?","@graphlake":{"spoken":{"words":99}},"spokenLanguage":"en-us"},` +
		`{"startMs":5,"spokenText":"橋の窓"},{"startMs":6,"spokenText":null,"heard":"ladder"},"ladder",{"spokenText":["ladder"]},{"spokenText":{"a":"ladder"}}],` + ours + `,"document":"WEBVTT ladder"}}`
	for _, c := range []struct {
		content schemas.Content
		want    string
	}{
		{schemas.NoContent, `{"id":"T","createdDateTime":"2026-11-16T09:00:00Z","utterances":[` +
			`{"startMs":0,"speakerName":"Ada Quill","spokenText":null,` + asked + `,"spokenLanguage":"en-us"},` +
			`{"startMs":5,"spokenText":null,` + kanji + `},{"startMs":6,"spokenText":null},"?",{"spokenText":null},{"spokenText":null}],` + ours + `,"document":null}}`},
		{schemas.TitlesContent, `{"id":"T","createdDateTime":"2026-11-16T09:00:00Z","utterances":[` +
			`{"startMs":0,"speakerName":"Ada Quill","spokenText":null,` + asked + `,"spokenLanguage":"en-us"},` +
			`{"startMs":5,"spokenText":null,` + kanji + `},{"startMs":6,"spokenText":null},"?",{"spokenText":null},{"spokenText":null}],` + ours + `,"document":null}}`},
		{schemas.TextContent, `{"id":"T","createdDateTime":"2026-11-16T09:00:00Z","utterances":[` +
			`{"startMs":0,"speakerName":"Ada Quill","spokenText":"Is a la\u0064der here?",` + asked + `,"spokenLanguage":"en-us"},` +
			`{"startMs":5,"spokenText":"橋の窓",` + kanji + `},{"startMs":6,"spokenText":null},"?",{"spokenText":null},{"spokenText":null}],` + ours + `,"document":null}}`},
		{schemas.FullContent, `{"id":"T","createdDateTime":"2026-11-16T09:00:00Z","transcriptContentUrl":"https://x.example/a","utterances":[` +
			`{"startMs":0,"speakerName":"Ada Quill","spokenText":"Is a la\u0064der here?",` + asked + `,"spokenLanguage":"en-us"},` +
			`{"startMs":5,"spokenText":"橋の窓",` + kanji + `},{"startMs":6,"spokenText":null,"heard":"ladder"},"ladder",{"spokenText":["ladder"]},{"spokenText":{"a":"ladder"}}],` + ours + `,"document":"WEBVTT ladder"}}`},
	} {
		got := string(scrub(t, scrubber(t, schemas.Transcripts, c.content, nil), record.Record{JSON: []byte(in)}).JSON)
		if got != c.want {
			t.Errorf("content %s:\n%s\nwant\n%s", c.content, got, c.want)
		}
		again, err := privacy.NewRescrubber(schemas.Transcripts, privacy.Settings{Content: c.content})
		if err != nil {
			t.Fatal(err)
		}
		if twice := string(scrub(t, again, record.Record{JSON: []byte(got)}).JSON); twice != got {
			t.Errorf("content %s: scrubbed again\n%s\nbecame\n%s", c.content, got, twice)
		}
	}
	got := string(scrub(t, scrubber(t, schemas.Transcripts, schemas.NoContent, pseudonymKey), record.Record{JSON: []byte(in)}).JSON)
	if want := named(`{"id":"«T»"`); !strings.HasPrefix(got, strings.Replace(want, pseudonym("T"), pseudonym("t"), 1)) || !strings.Contains(got, named(`"speakerName":"«ada quill»"`)) ||
		!strings.Contains(got, named(`"parent":"«u1»"`)) || strings.Contains(got, "ladder") || strings.Contains(got, "Ada") || !strings.Contains(got, asked) {
		t.Errorf("with pseudonyms: %s", got)
	}
}
