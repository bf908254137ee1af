package privacy_test

import (
	"encoding/json"
	"strings"
	"testing"

	"graphlake/internal/record"
	"graphlake/schemas"
	"graphlake/transform/privacy"
)

// Whoever spoke in a meeting of others is known by a name alone. What they said goes with it; when they spoke, and how much, stays, and so does all that others
// said, but for the name in it. The document, in which everybody speaks, goes.
func TestPeopleWhoSpoke(t *testing.T) {
	const others = `{"startMs":5,"speakerName":"Bob Osei","spokenText":"Thanks","@graphlake.spoken":{"words":1}}`
	for _, c := range [][3]string{
		{"who spoke", `{"startMs":1,"endMs":2,"speakerName":"Ada Byron","spokenText":"My key is blue.","spokenLanguage":"en-us","@graphlake.spoken":{"words":4}}`,
			`{"startMs":1,"endMs":2,"speakerName":"excluded","spokenText":null,"spokenLanguage":"en-us","@graphlake.spoken":{"words":4}}`},
		{"what was said first", `{"spokenText":"My key is blue.","speakerName":"ADA  BYRON"}`, `{"spokenText":null,"speakerName":"excluded"}`},
		{"last name first", `{"speakerName":"Byron, Ada","spokenText":"x"}`, `{"speakerName":"excluded","spokenText":null}`},
		{"as a guest", `{"speakerName":"Ada Byron (Guest)","spokenText":"x"}`, `{"speakerName":"excluded","spokenText":null}`},
		{"as a guest of a kind", `{"speakerName":"Ada Byron (Adatum) (Unverified)","spokenText":"x"}`, `{"speakerName":"excluded","spokenText":null}`},
		{"escaped", `{"speakerName":"\u0041da Byron","spokenText":"x"}`, `{"speakerName":"excluded","spokenText":null}`},
		{"by the id", `{"speakerId":"` + adaID + `","speakerName":"Countess","spokenText":"x"}`, `{"speakerId":"excluded","speakerName":"excluded","spokenText":null}`},
		{"by the address", `{"speakerName":"` + adaAt + `","spokenText":"x"}`, `{"speakerName":"excluded","spokenText":null}`},
		{"with nothing said", `{"speakerName":"Ada Byron","spokenText":""}`, `{"speakerName":"excluded","spokenText":""}`},
		{"without content", `{"speakerName":"Ada Byron","spokenText":null}`, `{"speakerName":"excluded","spokenText":null}`},
	} {
		for _, d := range []schemas.Dataset{schemas.Transcripts, schemas.CallTranscripts} {
			f, err := people(t, privacy.Settings{}, ada).Filter(d)
			if err != nil {
				t.Fatal(err)
			}
			made := func(utterance, document string) string {
				return `{"id":"t1","utterances":[` + utterance + `,` + others + `],"@graphlake":{"parent":"u","transcript":{"state":"present"},"document":` + document + `}}`
			}
			got, keep := apply(t, f, record.Record{JSON: []byte(made(c[1], `"WEBVTT\n\n<v Ada Byron>My key is blue."`))})
			if want := made(c[2], "null"); !keep || string(got.JSON) != want {
				t.Errorf("%s, of %s: got\n%s\nwant\n%s", c[0], d.Name, got.JSON, want)
			}
			if !json.Valid(got.JSON) {
				t.Errorf("%s: no JSON", c[0])
			}
		}
	}
}

// Of others nothing goes but the name, where they say it.
func TestPeopleWhoAreSpokenOf(t *testing.T) {
	f, err := people(t, privacy.Settings{}, ada).Filter(schemas.Transcripts)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range [][2]string{
		{`{"speakerName":"Bob Osei","spokenText":"Ask Ada Byron, please."}`, `{"speakerName":"Bob Osei","spokenText":"Ask excluded, please."}`},
		{`{"speakerName":"Ada Byron-King","spokenText":"x"}`, `{"speakerName":"Ada Byron-King","spokenText":"x"}`},
		{`{"speakerName":"Ada","spokenText":"x"}`, `{"speakerName":"Ada","spokenText":"x"}`},
		{`{"speakerName":"Bob Osei (Ada Byron)","spokenText":"x"}`, `{"speakerName":"Bob Osei (Ada Byron)","spokenText":"x"}`},
		{`{"speakerId":"` + bobID + `","speakerName":"Bob Osei","spokenText":"x"}`, `{"speakerId":"` + bobID + `","speakerName":"Bob Osei","spokenText":"x"}`},
		{`{"spokenText":"x"}`, `{"spokenText":"x"}`},
	} {
		made := func(utterance string) string {
			return `{"id":"t1","utterances":[` + utterance + `],"@graphlake":{"document":"WEBVTT\n\nx"}}`
		}
		got, keep := apply(t, f, record.Record{JSON: []byte(made(c[0]))})
		if !keep || string(got.JSON) != made(c[1]) {
			t.Errorf("got\n%s\nwant\n%s", got.JSON, made(c[1]))
		}
	}
}

// A name that is part of somebody else's is theirs only as all of a value: with something behind it, it may be the other's.
func TestSpeakersWithOthersNames(t *testing.T) {
	one := privacy.Person{Word: privacy.Erased, Keys: []privacy.PersonKey{{Kind: privacy.IDKey, Value: adaID}, {Kind: privacy.FullNameKey, Value: adaName}}}
	f, err := people(t, privacy.Settings{}, one).Filter(schemas.Transcripts)
	if err != nil {
		t.Fatal(err)
	}
	for name, gone := range map[string]bool{"Ada Byron": true, "Ada Byron (Guest)": false} {
		got, _ := apply(t, f, record.Record{JSON: []byte(`{"utterances":[{"speakerName":"` + name + `","spokenText":"blue"}]}`)})
		if gone == strings.Contains(string(got.JSON), "blue") {
			t.Errorf("%s: %s", name, got.JSON)
		}
	}
}

// In a lake with pseudonyms the name is a pseudonym, which says as much.
func TestSpeakersWithPseudonyms(t *testing.T) {
	s := privacy.Settings{Key: []byte(strings.Repeat("k", 32)), Content: schemas.TextContent}
	f, err := people(t, s, ada).Filter(schemas.Transcripts)
	if err != nil {
		t.Fatal(err)
	}
	got, _ := apply(t, f, record.Record{JSON: []byte(`{"utterances":[{"speakerName":"` + s.Pseudonym(adaName) + `","spokenText":"blue"}]}`)})
	if want := `{"utterances":[{"speakerName":"excluded","spokenText":null}]}`; string(got.JSON) != want {
		t.Errorf("got %s, want %s", got.JSON, want)
	}
}
