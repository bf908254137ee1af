package webvtt

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"graphlake/internal/json"
)

// FuzzParse states what holds of every document: it is read or refused without a panic; no end is before its start; texts are UTF-8; there are
// no more utterances than cues and voices can make; and what was read, written down again, is read as the same without a warning.
func FuzzParse(f *testing.F) {
	const time = "00:00:01.000 --> 00:00:02.000\n"
	for _, document := range []string{
		"", "{}", "WEBVTT", "\ufeffWEBVTT\r\n\r\n0:0:0.0 --> 0:0:5.320\r\n<v Ann Example>So it begins.</v>\r\n",
		"WEBVTT\n\n00:00:16.246 --> 00:00:17.726\n" + `{"startDateTime":"2026-03-02T08:22:30.0461639+00:00","endDateTime":"2026-03-02T08:22:31Z","speakerName":"Ann","spokenText":"So it \"goes\".","spokenLanguage":"en-us"}` + "\n",
		"WEBVTT x\ny: z\n\nNOTE a\nb\n\nSTYLE\nc\n\nREGION\nd\n\n6a5b/12-0\n-0:0:5.5 --> 100:00:00,25 align:start\n<v.loud Ann>a<i>b</i> &lt;v Bob&gt; &#x27;</v> c <v R&amp;D>d\n",
		time + "\nHello\n\n" + time + "\n" + time + "\nNOTE\n", "WEBVTT\n" + time + "\n" + time + "x\n\nlost\n\ny --> z\nlost\n",
		"WEBVTT\r\r1:2-->1:1\r<00:01.5><lang de>a</lang> & < > &amp;amp; \x00\xff\r", "WEBVTT\n\n" + time + "{\"speakerName\":null,\n\"spokenText\":1}\n\n" + time + "[]\n",
	} {
		for form := range Unattributed {
			f.Add([]byte(document), byte(form))
		}
	}
	f.Fuzz(func(t *testing.T, document []byte, form byte) {
		of := Form(form%3) + Metadata
		d, err := Parse(document, of)
		if err != nil {
			if len(d.Utterances) != 0 || d.Warnings != 0 {
				t.Fatalf("a part of what was refused: %+v", d)
			}
			return
		}
		if cues, voices := bytes.Count(document, arrow), bytes.Count(document, []byte("<v")); len(d.Utterances) > cues+2*voices {
			t.Fatalf("%d utterances of %d cues and %d voices", len(d.Utterances), cues, voices)
		}
		for _, u := range d.Utterances {
			if u.EndMS < u.StartMS || !utf8.ValidString(u.Speaker+u.Text+u.StartTime+u.EndTime+u.Language) || len(u.Speaker) > mostName {
				t.Fatalf("%+v", u)
			}
		}
		if len(d.Utterances) == 0 {
			return
		}
		again := Document{Utterances: slices.Clone(d.Utterances)}
		written := printed(again, of)
		if slices.ContainsFunc(d.Utterances, func(u Utterance) bool { return len(printed(Document{Utterances: []Utterance{u}}, of)) > mostPayload }) {
			return // with its escapes it is beyond the bounds
		}
		if got, err := Parse(written, of); err != nil || !cmp.Equal(got, again) {
			t.Fatalf("%q is read as\n%+v, written as\n%q, and read as\n%+v, %v", document, d, written, got, err)
		}
	})
}

// printed writes a document down so that nothing depends on how it is read but the rules of its form.
func printed(d Document, form Form) []byte {
	var b bytes.Buffer
	if form != Unattributed {
		b.WriteString("WEBVTT\n\n")
	}
	for _, u := range d.Utterances {
		fmt.Fprintf(&b, "%s --> %s\n", clock(u.StartMS), clock(u.EndMS))
		switch form {
		case Metadata:
			separator := byte('{')
			for _, m := range [][2]string{{"startDateTime", u.StartTime}, {"endDateTime", u.EndTime}, {"speakerName", u.Speaker}, {"spokenText", u.Text}, {"spokenLanguage", u.Language}} {
				b.WriteByte(separator)
				separator = ','
				b.Write(json.AppendQuoted(nil, m[0]))
				b.WriteByte(':')
				if m[1] == "" {
					b.WriteString("null")
				} else {
					b.Write(json.AppendQuoted(nil, m[1]))
				}
			}
			b.WriteByte('}')
		case Voiced:
			fmt.Fprintf(&b, "<v %s>%s</v>", escaped(u.Speaker), escaped(u.Text))
		default:
			b.WriteString("\n" + escaped(u.Text))
		}
		b.WriteString("\n\n")
	}
	return b.Bytes()
}

// escaped writes what is not plain as numbers.
func escaped(text string) string {
	var b bytes.Buffer
	for i, r := range text {
		if inside := i > 0 && i < len(text)-1; r > '>' || r > ' ' && r != '&' && r != '<' && r != '>' || r == ' ' && inside {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "&#%d;", r)
		}
	}
	return b.String()
}

func clock(ms int64) string {
	sign := ""
	if ms < 0 {
		sign, ms = "-", -ms
	}
	return fmt.Sprintf("%s%02d:%02d:%02d.%03d", sign, ms/3_600_000, ms/60_000%60, ms/1000%60, ms%1000)
}
