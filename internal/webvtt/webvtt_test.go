package webvtt

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// said is an utterance from second 1 to second 2, which most of these are.
func said(speaker, text string) Utterance {
	return Utterance{StartMS: 1000, EndMS: 2000, Speaker: speaker, Text: text}
}

func TestParse(t *testing.T) {
	const time = "00:00:01.000 --> 00:00:02.000\n"
	for _, tt := range []struct {
		name, document string
		form           Form
		want           []Utterance
		warnings       int
	}{
		// Rule 1: lines and the header.
		{"BOM and CR LF", "\ufeffWEBVTT\r\n\r\n00:00:01.000 --> 00:00:02.000\r\n<v Ann>Hello\r\nagain</v>\r\n\r\n", Voiced, []Utterance{said("Ann", "Hello again")}, 0},
		{"CR", "WEBVTT\r\r00:00:01.000 --> 00:00:02.000\rHello\r", Voiced, []Utterance{said("", "Hello")}, 0},
		{"no end of line", "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nHello", Voiced, []Utterance{said("", "Hello")}, 0},
		{"a header with a title and lines", "WEBVTT - Standup\nKind: captions\nLanguage: en\n\n" + time + "Hello\n", Voiced, []Utterance{said("", "Hello")}, 0},
		{"a header with a tab", "WEBVTT\tx\n\n" + time + "Hello\n", Voiced, []Utterance{said("", "Hello")}, 0},
		{"a header and no cue", "WEBVTT\n", Voiced, nil, 0},
		{"a header that no blank line ends", "WEBVTT\n" + time + "Hello\n", Voiced, []Utterance{said("", "Hello")}, 0},
		// Rule 2: blank lines and comments.
		{"blanks in blank lines", "WEBVTT\n \t\n" + time + "Hello\n\t\n\n  \n" + time + "again\n", Voiced, []Utterance{said("", "Hello"), said("", "again")}, 0},
		{"comments", "WEBVTT\n\nNOTE\nof two\nlines\n\nSTYLE\n::cue{}\n\nREGION\tid:a\n\nNOTE --> x\n\n" + time + "Hello\n", Voiced, []Utterance{said("", "Hello")}, 0},
		{"words that begin like a comment", "WEBVTT\n\nNOTES\n" + time + "NOTE this\n", Voiced, []Utterance{said("", "NOTE this")}, 0},
		// Rule 3: identifiers.
		{"identifiers that repeat", "WEBVTT\n\n6a5b/12-0\n" + time + "Hello\n\n6a5b/12-0\n" + time + "again\n", Voiced, []Utterance{said("", "Hello"), said("", "again")}, 0},
		// Rule 4: times.
		{"settings", "WEBVTT\n\n00:00:01.000 --> 00:00:02.000 align:start position:0%\nHello\n", Voiced, []Utterance{said("", "Hello")}, 0},
		{"no blanks around the arrow", "WEBVTT\n\n1:1-->1:2\tx\nHello\n", Voiced, []Utterance{{StartMS: 61000, EndMS: 62000, Text: "Hello"}}, 0},
		{"before the start", "WEBVTT\n\n-0:0:5.5 --> -00:00:00.250\nHello\n", Voiced, []Utterance{{StartMS: -5500, EndMS: -250, Text: "Hello"}}, 0},
		{"an end before its start", "WEBVTT\n\n0:0:2.0 --> 0:0:1.0\nHello\n", Voiced, []Utterance{{StartMS: 2000, EndMS: 2000, Text: "Hello"}}, 1},
		{"a time that is none", "WEBVTT\n\n0:0:x --> 0:0:1.0\nlost\n\n" + time + "Hello\n", Voiced, []Utterance{said("", "Hello")}, 1},
		// Rule 5: payloads.
		{"a payload of JSON in two lines", "WEBVTT\n\n" + time + `{"speakerName":"Ann","spoken` + "\n" + `Text":"Hello"}` + "\n", Metadata, []Utterance{said("Ann", "Hello")}, 0},
		{"an arrow in the speech", "WEBVTT\n\n" + time + `{"spokenText":"left --> right"}` + "\n\n" + time + "a\nb --> c\n", Metadata, []Utterance{said("", "left --> right"), said("", "ab --> c")}, 1},
		{"JSON that is no object", "WEBVTT\n\n" + time + `["Hello"]` + "\n\n" + time + `{"spokenText":"Hello"}, ` + "\n\n" + time + `{"spokenText":` + "\n", Metadata,
			[]Utterance{said("", `["Hello"]`), said("", `{"spokenText":"Hello"},`), said("", `{"spokenText":`)}, 3},
		{"a text without a time", "WEBVTT\n\n" + time + "Hello\n\nlost\n", Voiced, []Utterance{said("", "Hello")}, 1},
		{"a payload behind a blank line", "WEBVTT\n\n" + time + "\n<v Ann>Hello</v>\n\n" + time + "\n" + time + "again\n", Voiced, []Utterance{said("Ann", "Hello"), said("", "again")}, 0},
		{"nothing said", "WEBVTT\n\n" + time + "\n\n" + time, Voiced, nil, 0},
		// The members of metadata.
		{"all members", "WEBVTT\n\n" + time + `{"startDateTime":"2026-03-02T08:00:01.0461639+00:00","endDateTime":"2026-03-02T08:00:02Z","speakerName":" Ann\t Example ","spokenText":" 1 < 2 &amp; <i>so</i>\n","spokenLanguage":"de-CH","new":[1]}` + "\n",
			Metadata, []Utterance{{1000, 2000, "2026-03-02T08:00:01.0461639+00:00", "2026-03-02T08:00:02Z", "Ann Example", " 1 < 2 &amp; <i>so</i>\n", "de-CH"}}, 0},
		{"nulls and none", "WEBVTT\n\n" + time + `{"startDateTime":null,"endDateTime":null,"speakerName":null,"spokenText":null,"spokenLanguage":null}` + "\n\n" + time + "{}\n", Metadata,
			[]Utterance{said("", ""), said("", "")}, 0},
		{"other types", "WEBVTT\n\n" + time + `{"startDateTime":1,"endDateTime":true,"speakerName":{"a":"b"},"spokenText":["a"],"spokenLanguage":7}` + "\n", Metadata, []Utterance{said("", "")}, 5},
		{"speech where it does not belong", "WEBVTT\n\n" + time + `{"startDateTime":"hello there","endDateTime":"","spokenLanguage":"hello there","spokenText":"hello"}` + "\n", Metadata, []Utterance{said("", "hello")}, 3},
		{"a member twice", "WEBVTT\n\n" + time + `{"spokenText":"a","spokenText":"b"}` + "\n", Metadata, []Utterance{said("", "b")}, 0},
		{"escapes", "WEBVTT\n\n" + time + `{"spokenText":"\u0041\n\ud800","speaker\u004eame":"\u05d0\u05d1"}` + "\n", Metadata, []Utterance{said("אב", "A\n\ufffd")}, 0},
		// Rule 6: voices.
		{"two voices", "WEBVTT\n\n" + time + "<v Ann>Hello</v><v Bob>Hi</v>\n", Voiced, []Utterance{said("Ann", "Hello"), said("Bob", "Hi")}, 0},
		{"voices that nothing ends", "WEBVTT\n\n" + time + "<v Ann>Hello\n<v.loud.first Bob Example>Hi\n", Voiced, []Utterance{said("Ann", "Hello"), said("Bob Example", "Hi")}, 0},
		{"text around voices", "WEBVTT\n\n" + time + "one <v Ann>two</v> three <v Bob>four</v></v> five\n", Voiced,
			[]Utterance{said("", "one"), said("Ann", "two"), said("", "three"), said("Bob", "four"), said("", "five")}, 0},
		{"names", "WEBVTT\n\n" + time + "<v O'Neil,  Ann \t(Guest)>a</v><v R&amp;D &lt;Bern&gt;>b</v><v עדה>c</v><v  >d</v><v>e</v><v.x>f\n", Voiced,
			[]Utterance{said("O'Neil, Ann (Guest)", "a"), said("R&D <Bern>", "b"), said("עדה", "c"), said("", "d"), said("", "e"), said("", "f")}, 0},
		{"a name in two lines", "WEBVTT\n\n" + time + "<v Ann\nExample>a\n", Voiced, []Utterance{said("Ann Example", "a")}, 0},
		{"a voice that says nothing", "WEBVTT\n\n" + time + "<v Ann></v>\n", Voiced, []Utterance{said("Ann", "")}, 0},
		// Rule 7: tags and entities.
		{"tags", "WEBVTT\n\n" + time + "<v Ann>a<c.red> b</c> <i>c</i><b>d</b><u>e</u> <ruby>f<rt>g</rt></ruby> <lang de>h</lang><00:00:01.500> i</v>\n", Voiced, []Utterance{said("Ann", "a b cde fg h i")}, 0},
		{"what is no tag", "WEBVTT\n\n" + time + "1 < 2, 3 > 2, <you>, <12>, <value>, <, <v Ann\n", Voiced, []Utterance{said("", "1 < 2, 3 > 2, <you>, <12>, <value>, <, <v Ann")}, 0},
		{"entities", "WEBVTT\n\n" + time + "R&amp;D &lt;v Bob&gt; &amp;lt; &nbsp;&lrm;&rlm;&quot;&apos;&#39;&#x27;&#X27; &#0;&#xd800;&#x110000;\n", Voiced,
			[]Utterance{said("", "R&D <v Bob> &lt; \u00a0\u200e\u200f\"'''' \ufffd\ufffd\ufffd")}, 0},
		{"what is no entity", "WEBVTT\n\n" + time + "AT&T; &; &#; &#x; &#xx1; &amp &unknown; &#-1; &#99999999999;\n", Voiced, []Utterance{said("", "AT&T; &; &#; &#x; &#xx1; &amp &unknown; &#-1; &#99999999999;")}, 0},
		{"an entity that tags divide", "WEBVTT\n\n" + time + "&l<i></i>t;\n", Voiced, []Utterance{said("", "<")}, 0},
		// Rule 8: without speakers.
		{"without speakers", time + "\nHello\nagain\n\n00:00:03.000 --> 00:00:04.000\n\n00:00:09.000 --> 00:00:10.000\n\n00:00:05.000 --> 00:00:06.000\n\nNOTE that\n", Unattributed,
			[]Utterance{said("", "Hello again"), {StartMS: 3000, EndMS: 4000, Text: "00:00:09.000 --> 00:00:10.000"}, {StartMS: 5000, EndMS: 6000, Text: "NOTE that"}}, 0},
		{"without speakers, as WebVTT", "WEBVTT\n\n" + time + "<v Ann>Hello</v> <i>R&amp;D</i>\n", Unattributed, []Utterance{said("", "Hello R&D")}, 0},
		{"without speakers, and a text too many", "lost\n\n" + time + "\nHello\n\nlost\n\n" + time + "\nagain\n", Unattributed, []Utterance{said("", "Hello"), said("", "again")}, 2},
		// Rules 9 and 10: order and repetition.
		{"order", "WEBVTT\n\n0:0:5.0 --> 0:0:9.0\nb\n\n0:0:1.0 --> 0:0:6.0\na\n\n0:0:1.0 --> 0:0:6.0\na\n", Voiced,
			[]Utterance{{StartMS: 5000, EndMS: 9000, Text: "b"}, {StartMS: 1000, EndMS: 6000, Text: "a"}, {StartMS: 1000, EndMS: 6000, Text: "a"}}, 0},
		// Rule 11: nothing.
		{"nothing", "", Metadata, nil, 1},
		{"a BOM", "\ufeff\r\n", Voiced, nil, 1},
		{"an empty object", " {}\n", Unattributed, nil, 1},
		// What is not UTF-8.
		{"Latin 1", "WEBVTT\n\n" + time + "<v Zo\xeb>caf\xe9\x00</v>\n", Voiced, []Utterance{said("Zo\ufffd", "caf\ufffd\ufffd")}, 0},
		{"Latin 1 in metadata", "WEBVTT\n\n" + time + "{\"speakerName\":\"Zo\xeb\",\"spokenText\":\"caf\xe9\"}\n", Metadata, []Utterance{said("Zo\ufffd", "caf\ufffd")}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Parse([]byte(tt.document), tt.form)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(Document{tt.want, tt.warnings}, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// Rule 4, each part of it.
func TestOffsets(t *testing.T) {
	for text, want := range map[string]int64{
		"0:0:0.0": 0, "0:0:5.320": 5320, "00:00:16.246": 16246, "1:02.5": 62500, "01:02,05": 62050, "100:00:00.001": 360000001, "0:1:2": 62000, "-00:00:01.5": -1500,
		"0:0:1.0461639": 1046, "999999999:59:59.999": 3599999999999999, "0:99.9": 99900, "-0:0.0": 0,
	} {
		if got, ok := offset([]byte(text)); !ok || got != want {
			t.Errorf("%s is %d, %v; want %d", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "-", "1", "1.5", ":1", "1:", "1:2:", "1:2:3:4", "001:2", "1:002", "1:2.", "1:2.x", "1:2.5.", "--1:2", "+1:2", "1 :2", "1234567890:00:00", "１:2"} {
		if got, ok := offset([]byte(text)); ok {
			t.Errorf("%q is read as %d", text, got)
		}
	}
}

// Rule 12, at each bound and one beyond it. No error holds what was said.
func TestBounds(t *testing.T) {
	const time = "0:1.0 --> 0:2.0\n"
	cue := func(payload string) string { return "WEBVTT\n\n" + time + payload + "\n" }
	name := strings.Repeat("n", mostName)
	payload := strings.Repeat("p", mostPayload)
	voices := cue(strings.Repeat("<v>", 20_000)+"\n") + strings.Repeat("\n"+time+strings.Repeat("<v>", 20_000)+"\n", 9)
	for _, tt := range []struct {
		name, document string
		form           Form
		utterances     int
		err            error
	}{
		{"a name", cue("<v " + name + ">x"), Voiced, 1, nil},
		{"a longer name", cue("<v " + name + "n>secret"), Voiced, 0, errName},
		{"a name in JSON", cue(`{"speakerName":"` + name + `"}`), Metadata, 1, nil},
		{"a longer name in JSON", cue(`{"speakerName":"` + name + `n"}`), Metadata, 0, errName},
		{"a name that was longer", cue("<v " + name + strings.Repeat(" ", 9) + ">x"), Voiced, 1, nil},
		{"a payload", cue(payload), Voiced, 1, nil},
		{"a longer payload", cue(payload + "p"), Voiced, 0, errPayload},
		{"a longer payload of lines", cue(strings.Repeat("p\n", mostPayload/2+1)), Voiced, 0, errPayload},
		{"a longer payload of a cue without a time", cue("x") + "\nx --> y\n" + payload + "p\n", Voiced, 0, errPayload},
		{"a longer comment", "WEBVTT\n\nNOTE " + payload + "p\n\n" + time + "x\n", Voiced, 1, nil},
		{"cues", cue("x") + strings.Repeat("\n"+time+"x\n", mostUtterances-1), Voiced, mostUtterances, nil},
		{"more cues", cue("x") + strings.Repeat("\n"+time+"x\n", mostUtterances), Voiced, 0, errUtterances},
		{"more cues that say nothing", "WEBVTT\n\n" + strings.Repeat(time+"\n", mostUtterances+1), Voiced, 0, errUtterances},
		{"voices", voices, Voiced, mostUtterances, nil},
		{"more voices", voices + "\n" + time + "<v>\n", Voiced, 0, errUtterances},
		{"a document", "WEBVTT\n" + strings.Repeat("x", MostBytes-len("WEBVTT\n")), Voiced, 0, nil},
		{"a longer document", "WEBVTT\n" + strings.Repeat("x", MostBytes), Voiced, 0, errLong},
		{"no header", "WEBVTTx\n\n" + time + "secret\n", Voiced, 0, errNoWebVTT},
		{"a blank line before the header", "\nWEBVTT\n", Metadata, 0, errNoWebVTT},
		{"JSON", `{"value":["secret"]}`, Metadata, 0, errNoWebVTT},
		{"no form", "WEBVTT\n", 0, 0, errForm},
		{"a form too many", "WEBVTT\n", Unattributed + 1, 0, errForm},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Parse([]byte(tt.document), tt.form)
			if !errors.Is(err, tt.err) || len(got.Utterances) != tt.utterances || err != nil && got.Warnings != 0 {
				t.Errorf("%d utterances, %d warnings, %v; want %d, %v", len(got.Utterances), got.Warnings, err, tt.utterances, tt.err)
			}
			if err != nil && strings.Contains(err.Error(), "secret") {
				t.Errorf("the error quotes the document: %v", err)
			}
		})
	}
}

// Tags and entities that nothing ends, within the bounds: the time for them grows with their number only, which the test's own time shows.
func TestNothingIsSearchedInVain(t *testing.T) {
	for _, part := range []string{"<", "<v ", "<v", "<i<", "<0", "&", "&#", "&#x1", "<v &", "--"} {
		payload := strings.Repeat(part, mostPayload/len(part))
		document := "WEBVTT\n\n" + strings.Repeat("0:1.0 --> 0:2.0\n"+payload+"\n\n", 64)
		got, err := Parse([]byte(document), Voiced)
		if err != nil || len(got.Utterances) != 64 || got.Utterances[0].Text != strings.TrimRight(payload, " ") {
			t.Errorf("%s: %d utterances, %v", part, len(got.Utterances), err)
		}
	}
}

// Microsoft's own examples, where they are at hand.
func TestMicrosoftsExamples(t *testing.T) {
	reference := os.Getenv("GRAPHLAKE_REFERENCE")
	if reference == "" {
		t.Skip("GRAPHLAKE_REFERENCE does not name a copy of Microsoft's examples")
	}
	for name, want := range map[string]struct {
		form       Form
		start, end int64
		spoken     bool // with instants and language
	}{
		"calltranscript-get-ex2-content.vtt":         {Voiced, 0, 5320, false},
		"calltranscript-get-ex4-metadatacontent.vtt": {Metadata, 16246, 17726, true},
	} {
		document, err := os.ReadFile(filepath.Join(reference, "examples", name))
		if err != nil {
			t.Fatal(err)
		}
		got, err := Parse(document, want.form)
		if err != nil || len(got.Utterances) != 1 || got.Warnings != 0 {
			t.Fatalf("%s: %+v, %v", name, got, err)
		}
		u := got.Utterances[0]
		if u.StartMS != want.start || u.EndMS != want.end || u.Speaker == "" || strings.ContainsAny(u.Text, "<>{}") || u.Text == "" ||
			(u.StartTime != "") != want.spoken || (u.EndTime != "") != want.spoken || (u.Language != "") != want.spoken {
			t.Errorf("%s: %+v", name, u)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	for name, form := range map[string]Form{"metadata": Metadata, "voiced": Voiced, "unattributed": Unattributed} {
		b.Run(name, func(b *testing.B) {
			d := Document{}
			for i := range int64(20_000) {
				d.Utterances = append(d.Utterances, Utterance{StartMS: i * 1500, EndMS: i*1500 + 2000, StartTime: "2026-03-02T08:00:01.0461639+00:00", EndTime: "2026-03-02T08:00:03.0461639+00:00",
					Speaker: fmt.Sprintf("Person %d & Co", i%7), Text: "So what we want to have until the end of the week is a list of all that is open, isn't it?", Language: "en-us"})
			}
			document := printed(d, form)
			b.SetBytes(int64(len(document)))
			b.ReportAllocs()
			for b.Loop() {
				if got, err := Parse(document, form); err != nil || len(got.Utterances) != 20_000 {
					b.Fatal(len(got.Utterances), err)
				}
			}
		})
	}
}
