package webvttcheck

import (
	"bytes"
	"fmt"
	"html"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	astisub "github.com/asticode/go-astisub"

	"graphlake/internal/webvtt"
)

// Both read the same cues, times, speakers and texts, which are those that were written.
func TestBothReadTheSame(t *testing.T) {
	cues, attributed := 0, 0
	for seed := range uint64(400) {
		w := newWriter(seed)
		document, want := w.document()
		ours, err := webvtt.Parse(document, webvtt.Voiced)
		if err != nil || ours.Warnings != 0 || !slices.Equal(ours.Utterances, want) {
			t.Fatalf("seed %d: we read %d warnings, %v and\n%+v, written was\n%+v\nin\n%s", seed, ours.Warnings, err, ours.Utterances, want, document)
		}
		theirs, err := read(document)
		if err != nil || !slices.Equal(theirs, want) {
			t.Fatalf("seed %d: go-astisub reads %v and\n%+v, written was\n%+v\nin\n%s", seed, err, theirs, want, document)
		}
		for _, u := range want {
			if cues++; u.Speaker != "" {
				attributed++
			}
		}
	}
	t.Logf("%d cues in 400 documents, %d with a speaker", cues, attributed)
	if cues < 4000 || attributed < cues/2 {
		t.Errorf("%d cues, %d with a speaker, are too few to mean something", cues, attributed)
	}
}

// What is ours by design: how Teams writes, and what a player does not need.
func TestWhereTheyDiffer(t *testing.T) {
	const time = "00:00:01.000 --> 00:00:02.000\n"
	said := func(speaker, text string) webvtt.Utterance {
		return webvtt.Utterance{StartMS: 1000, EndMS: 2000, Speaker: speaker, Text: text}
	}
	for _, c := range []struct {
		why, document string
		ours, theirs  []webvtt.Utterance
		refused       bool // by go-astisub
	}{
		{"a cue may have several voices: each is an utterance, and there the first is all", "WEBVTT\n\n" + time + "<v Ann>one</v> <v Bob>two</v>\n",
			[]webvtt.Utterance{said("Ann", "one"), said("Bob", "two")}, []webvtt.Utterance{said("Ann", "one two")}, false},
		{"times before the start are negative", "WEBVTT\n\n-00:00:02.000 --> -00:00:01.000\nx\n",
			[]webvtt.Utterance{{StartMS: -2000, EndMS: -1000, Text: "x"}}, []webvtt.Utterance{{StartMS: 2000, EndMS: 1000, Text: "x"}}, false},
		{"an end is not before its start", "WEBVTT\n\n00:00:02.000 --> 00:00:01.000\nx\n",
			[]webvtt.Utterance{{StartMS: 2000, EndMS: 2000, Text: "x"}}, []webvtt.Utterance{{StartMS: 2000, EndMS: 1000, Text: "x"}}, false},
		{"a time with more digits, or a comma, is one", "WEBVTT\n\n0:0:1,0000001 --> 0:0:2,000\nx\n", []webvtt.Utterance{said("", "x")}, nil, true},
		{"one time that is none costs a cue, and not the document", "WEBVTT\n\nx --> y\nlost\n\n" + time + "x\n", []webvtt.Utterance{said("", "x")}, nil, true},
		{"what WebVTT has no tag for is speech", "WEBVTT\n\n" + time + "a <bit> more\n", []webvtt.Utterance{said("", "a <bit> more")}, []webvtt.Utterance{said("", "a more")}, false},
		{"all entities are decoded", "WEBVTT\n\n" + time + "1 &gt; 0 &#x41;\n", []webvtt.Utterance{said("", "1 > 0 A")}, []webvtt.Utterance{said("", "1 &gt; 0 &#x41;")}, false},
		{"a name may have a slash", "WEBVTT\n\n" + time + "<v Ann/Bob>x</v>\n", []webvtt.Utterance{said("Ann/Bob", "x")}, []webvtt.Utterance{said("", "x")}, false},
		{"an arrow within a payload is speech", "WEBVTT\n\n" + time + "left\nor --> right\n", []webvtt.Utterance{said("", "left or --> right")}, nil, true},
		{"a blank line may divide a time from its speech", "WEBVTT\n\n" + time + "\nx\n", []webvtt.Utterance{said("", "x")}, []webvtt.Utterance{said("", "")}, false},
		{"a name ends in the next line, if it does", "WEBVTT\n\n" + time + "<v Ann\nExample>x</v>\n", []webvtt.Utterance{said("Ann Example", "x")}, []webvtt.Utterance{said("", "Example>x")}, false},
	} {
		ours, err := webvtt.Parse([]byte(c.document), webvtt.Voiced)
		if err != nil || !slices.Equal(ours.Utterances, c.ours) {
			t.Errorf("%s: we read %+v, %v, want %+v", c.why, ours.Utterances, err, c.ours)
		}
		theirs, err := read([]byte(c.document))
		if (err != nil) != c.refused || !c.refused && !slices.Equal(theirs, c.theirs) {
			t.Errorf("%s: go-astisub reads %+v, %v, want %+v", c.why, theirs, err, c.theirs)
		}
		if slices.Equal(c.ours, c.theirs) {
			t.Errorf("%s: there is no difference", c.why)
		}
	}
}

// read is what go-astisub makes of a document, as utterances. Names it leaves as they are written, with entities.
func read(document []byte) (all []webvtt.Utterance, err error) {
	subtitles, err := astisub.ReadFromWebVTT(&wholeLines{document})
	if err != nil {
		return nil, err
	}
	for _, item := range subtitles.Items {
		u := webvtt.Utterance{StartMS: item.StartAt.Milliseconds(), EndMS: item.EndAt.Milliseconds()}
		var text []string
		for i, line := range item.Lines {
			if i == 0 {
				u.Speaker = html.UnescapeString(line.VoiceName)
			}
			said := ""
			for _, part := range line.Items {
				said += part.Text
			}
			text = append(text, said)
		}
		u.Text = strings.Trim(strings.ReplaceAll(strings.Join(text, " "), "  ", " "), " ")
		all = append(all, u)
	}
	return all, nil
}

// wholeLines hands out no half of a CR LF, which go-astisub would take for two ends of lines.
type wholeLines struct{ rest []byte }

func (w *wholeLines) Read(to []byte) (int, error) {
	if len(w.rest) == 0 {
		return 0, io.EOF
	}
	n := min(len(to), len(w.rest), bytes.IndexByte(w.rest, '\n')+1)
	if n == 0 {
		n = min(len(to), len(w.rest))
	}
	copy(to, w.rest[:n])
	w.rest = w.rest[n:]
	return n, nil
}

// writer writes documents, and remembers what is in them.
type writer struct {
	rand *rand.Rand
	end  string // of lines
	text strings.Builder
	said []webvtt.Utterance
}

func newWriter(seed uint64) *writer {
	w := &writer{rand: rand.New(rand.NewPCG(seed, 25))}
	w.end = w.one("\n", "\n", "\r\n")
	return w
}

func (w *writer) one(of ...string) string { return of[w.rand.IntN(len(of))] }

func (w *writer) line(parts ...string) { w.text.WriteString(strings.Join(parts, "") + w.end) }

func (w *writer) document() ([]byte, []webvtt.Utterance) {
	w.text.WriteString(w.one("", "", "\ufeff"))
	w.line("WEBVTT", w.one("", "", " - Standup", " of the ladder"))
	w.line()
	for range 1 + w.rand.IntN(30) {
		switch w.rand.IntN(12) {
		case 0:
			w.line("NOTE ", w.one("of nobody", "begin again"))
			w.line("in two lines")
		case 1:
			w.line("STYLE")
			w.line("::cue { color: red }")
		case 2:
			w.line("REGION")
			w.line("id:left")
		default:
			w.cue()
		}
		for range 1 + w.rand.IntN(2) {
			w.line()
		}
	}
	return []byte(w.text.String()), w.said
}

func (w *writer) cue() {
	var u webvtt.Utterance
	u.StartMS = w.rand.Int64N(5 * 3_600_000)
	u.EndMS = u.StartMS + w.rand.Int64N(20_000)
	switch w.rand.IntN(3) {
	case 0:
		w.line(fmt.Sprintf("3f6a1c0e-7c1d-4a35-9d7b-91a34d7a1c0a/%d-%d", len(w.said), w.rand.IntN(3)))
	case 1:
		w.line(fmt.Sprint(len(w.said) + 1))
	}
	w.line(w.time(u.StartMS), w.one(" --> ", " --> ", "  -->  "), w.time(u.EndMS), w.one("", "", " align:start position:10%"))
	voice, ends := "", ""
	if w.rand.IntN(5) > 0 {
		name := [][2]string{
			{"Ann Example", "Ann Example"}, {"O'Neil, Bo", "O'Neil, Bo"}, {"Cy Example (Guest)", "Cy Example (Guest)"}, {"R&amp;D", "R&D"}, {"עדה לב", "עדה לב"}, {"Zoë &lt;Bern", "Zoë <Bern"},
		}[w.rand.IntN(6)]
		voice, ends, u.Speaker = w.one("<v ", "<v ", "<v.loud ", "<v.first.loud ")+name[0]+">", w.one("</v>", "</v>", ""), name[1]
	}
	var said []string
	lines := 1 + w.rand.IntN(3)
	for i := range lines {
		var written, plain []string
		for range 1 + w.rand.IntN(6) {
			word := [][2]string{
				{"ladder", "ladder"}, {"Is", "Is"}, {"here?", "here?"}, {"R&amp;D", "R&D"}, {"1 &lt; 2", "1 < 2"}, {"&amp;lt;", "&lt;"}, {"a&nbsp;b", "a\u00a0b"}, {"日本語", "日本語"}, {"שלום", "שלום"}, {"don't,", "don't,"}, {"3 > 2", "3 > 2"},
			}[w.rand.IntN(11)]
			around := [][2]string{{"", ""}, {"", ""}, {"", ""}, {"<i>", "</i>"}, {"<c.red>", "</c>"}, {"<b>", "</b>"}, {"<lang de>", "</lang>"}, {"<u>", "</u>"}}[w.rand.IntN(8)]
			written, plain = append(written, around[0]+word[0]+around[1]), append(plain, word[1])
		}
		line := strings.Join(written, " ")
		if i == 0 {
			line = voice + line
		}
		if i == lines-1 {
			line += ends
		}
		w.line(line)
		said = append(said, strings.Join(plain, " "))
	}
	u.Text = strings.Join(said, " ")
	w.said = append(w.said, u)
}

// time is a time in one of its spellings.
func (w *writer) time(ms int64) string {
	h, m, s, f := ms/3_600_000, ms/60_000%60, ms/1000%60, ms%1000
	if spelling := w.rand.IntN(3); spelling == 0 && h == 0 {
		return fmt.Sprintf("%02d:%02d.%03d", m, s, f)
	} else if spelling == 1 {
		return fmt.Sprintf("%d:%d:%d.%03d", h, m, s, f)
	}
	return fmt.Sprintf("%02d:%02d:%02d.%03d", h, m, s, f)
}
