package extract

// A document is what was said, as one text that belongs to a record. It is read in the form that says most, and where that
// is not to be had in those that stand in its place (schemas.Part.Instead). It becomes members of the record:
//
//	"utterances": [{"startMs", "endMs", "startDateTime", "endDateTime", "speakerName", "spokenText", "spokenLanguage"}, …]
//	"@graphlake": {"parent", "source", "transcript": {"state", "version", …}, "document"}
//
// What is not known is absent. The record is kept whatever became of its document, which the state says:
//
//   - present: it was read. With nothing in it, it is asked for again the next time.
//   - not_yet: it was not found, soon after the record's end. It is asked for again.
//   - gone: it was not found later. It is asked for again while runs look back so far.
//   - refused: the tenant lets nobody read it in any form.
//   - unreadable: it is beyond the bounds of any of Graph's. Then the record goes to quarantine as a whole.
//
// Versions grow in the order in which a later reading may be better, so that of two copies the higher wins, and one that
// has something in it is not read again.

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sync/semaphore"

	"graphlake/extract/graph"
	"graphlake/internal/foreign"
	"graphlake/internal/json"
	"graphlake/internal/record"
	"graphlake/internal/webvtt"
	"graphlake/schemas"
)

// states of a document, as readers see them.
const (
	present    = "present"
	notYet     = "not_yet"
	gone       = "gone"
	refused    = "refused"
	unreadable = "unreadable"
)

// Versions of records with a document.
const (
	versionNotYet       = iota // not_yet
	versionNone                // gone, refused, unreadable
	versionEmpty               // present, and nothing in it
	versionUnattributed        // present, and nobody says who spoke
	versionPresent
)

// document is what became of one.
type document struct {
	state string
	form  schemas.Form
	text  []byte // as Graph sent it
	said  webvtt.Document
	wrong error // why it is unreadable; it quotes nothing
}

// withDocument is a record with its document, in whatever form, and with what there is to say of it.
func (r *Reading) withDocument(ctx context.Context, of record.Record, e entry, part schemas.Part) (record.Record, error) {
	d, err := r.document(ctx, of, e, part)
	if err != nil {
		return of, fmt.Errorf("%s: %w", part.Name, err)
	}
	if d.state == "" { // there is none
		d.state = gone
		if r.now().Sub(e.ended) < part.NotYet {
			d.state = notYet
			r.counts.notYet.Add(1)
		}
	}
	if d.state == unreadable {
		r.options.Log.WarnContext(ctx, "a document cannot be read, so its record is put aside", "dataset", r.dataset.Name, "record", foreign.Shown(r.options.Names.Record(e.id)), "error", foreign.Error(d.wrong))
	}
	made := of.JSON
	switch d.state {
	case present:
		made = withMember(made, part.Name, utterances(d.said.Utterances))
	case unreadable: // no array, so that there is no row of it
		made = withMember(made, part.Name, json.AppendQuoted(nil, foreign.Printable(d.wrong.Error())))
	}
	added := r.added(e.of)
	added = append(append(added, `"transcript":`...), d.facts()...)
	if d.state == present && r.options.Documents {
		added = json.AppendQuoted(append(added, `,"document":`...), string(d.text))
	}
	return record.Record{JSON: withMember(made, ours, slices.Concat([]byte("{"), added, []byte("}")))}, nil
}

// added are the members that a record has of whom it is read for, by which way, and of its source, each with a comma behind it.
func (r *Reading) added(of parent) []byte {
	var text []byte
	for _, m := range []struct{ name, value string }{{"parent", of.id}, {"source", r.dataset.Source.Label}, {"grandparent", of.of}} {
		if m.value != "" {
			text = append(json.AppendQuoted(append(json.AppendQuoted(text, m.name), ':'), m.value), ',')
		}
	}
	for _, e := range of.by {
		if e.kept != nil {
			text = append(append(append(json.AppendQuoted(text, e.name), ':'), e.kept...), ',')
		}
	}
	return text
}

// document reads a document, and where it is not to be had what stands in its place. Without a state there is none.
func (r *Reading) document(ctx context.Context, of record.Record, e entry, part schemas.Part) (document, error) {
	others := part.Instead
	var empty document
	var rejected error // a form that the service does not have, as it says, where it may have another
	for {
		d, code, err := r.oneDocument(ctx, of, e, part)
		if graph.KindOf(err) == graph.Rejected {
			rejected, err = cmp.Or(rejected, err), nil
			d = document{}
		}
		if err != nil || d.state == unreadable || d.state == present && len(d.said.Utterances) > 0 {
			return d, err
		}
		if d.state == present && empty.state == "" {
			empty = d
		}
		next := slices.IndexFunc(others, func(o schemas.Instead) bool { return strings.EqualFold(o.Code, code) })
		switch {
		case next >= 0:
			part, others = others[next].Part, others[next+1:]
		case empty.state == "" && code != "":
			return document{state: refused}, nil
		case empty.state == "" && rejected != nil:
			return document{}, rejected
		default:
			return empty, nil
		}
	}
}

// oneDocument reads a document in one form. Where that is refused with a code by which another form is read, it gives the code.
func (r *Reading) oneDocument(ctx context.Context, of record.Record, e entry, part schemas.Part) (d document, code string, err error) {
	req, ok := r.partRequest(of, e, part)
	if !ok { // the record does not say where it is
		return document{}, "", nil
	}
	d.form = part.Form
	d.text, err = r.client.Document(ctx, req, func(text []byte) error {
		if err := isDocument(text, part.Form); err != nil {
			return err
		}
		return e.documents.take(ctx, int64(len(text)))
	})
	failed, is := errors.AsType[*graph.Error](err)
	switch {
	case err == nil:
	case is && (failed.Kind == graph.NotFound || failed.Status == 410): // 410, which of a list is about its cursor
		return document{}, "", nil
	case is && r.standsFor(failed) != "":
		return document{}, r.standsFor(failed), nil
	case is && failed.Kind == graph.Malformed:
		return document{state: unreadable, wrong: errors.New("a document that is beyond a bound")}, "", nil
	default:
		return d, "", err
	}
	d.state = present
	d.said, d.wrong = webvtt.Parse(d.text, formsOf[part.Form])
	switch {
	case d.wrong != nil:
		d.state = unreadable
	case len(d.said.Utterances) == 0:
		d.said.Warnings = max(d.said.Warnings, 1)
	}
	return d, "", nil
}

// mostDocuments is the bytes of the documents of a reading that are in memory at once, until their records are handed on: as
// long as one waits, its answer counts as one that is being read, so that no more come. What is made of a document takes some times
// its bytes.
const mostDocuments = 48 << 20

// share is what one record has of the documents that may be in memory; nil: it is read alone. It belongs to one goroutine.
type share struct {
	of    *semaphore.Weighted
	bytes int64
}

// take takes so many bytes, in the place of those that it had.
func (s *share) take(ctx context.Context, n int64) error {
	if s == nil {
		return nil
	}
	s.release()
	n = min(n, mostDocuments)
	if err := s.of.Acquire(ctx, n); err != nil {
		return err
	}
	s.bytes = n
	return nil
}

func (s *share) release() {
	if s.bytes > 0 {
		s.of.Release(s.bytes)
		s.bytes = 0
	}
}

// standsFor is the code of an error by which the document is read in another form; empty if it has none. It may stand outside, too.
func (r *Reading) standsFor(e *graph.Error) string {
	for _, code := range []string{e.InnerCode.String(), e.Code.String()} {
		others := r.dataset.Source.Detail.Document().Instead
		if slices.ContainsFunc(others, func(o schemas.Instead) bool { return o.Code != "" && strings.EqualFold(o.Code, code) }) {
			return code
		}
	}
	return ""
}

var formsOf = map[schemas.Form]webvtt.Form{
	schemas.WebVTTMetadata: webvtt.Metadata, schemas.WebVTT: webvtt.Voiced, schemas.WebVTTUnattributed: webvtt.Unattributed,
}

// isDocument says why a text cannot be a document of a form, before it is read: then it is another answer, which may be right
// the next time. Nothing at all, or an empty object, is how Graph says that nothing was said. The form that has no first line to
// know it by has times; an identifier or a comment may stand before the first.
func isDocument(text []byte, form schemas.Form) error {
	text = bytes.TrimSpace(text)
	if len(text) == 0 || string(text) == "{}" || bytes.HasPrefix(text, []byte("WEBVTT")) ||
		form == schemas.WebVTTUnattributed && bytes.Contains(text, []byte("-->")) {
		return nil
	}
	return errors.New("the answer is no WebVTT")
}

// facts are what a record says of its document, as an object.
func (d *document) facts() []byte {
	version := versionNone
	switch {
	case d.state == notYet:
		version = versionNotYet
	case d.state == present && len(d.said.Utterances) == 0:
		version = versionEmpty
	case d.state == present && d.form == schemas.WebVTTUnattributed:
		version = versionUnattributed
	case d.state == present:
		version = versionPresent
	}
	text := fmt.Appendf(nil, `{"state":%q,"version":%d`, d.state, version)
	if d.state == present {
		speakers := map[string]bool{}
		languages := map[string]int{}
		for _, u := range d.said.Utterances {
			if u.Speaker != "" {
				speakers[u.Speaker] = true
			}
			if u.Language != "" {
				languages[u.Language]++
			}
		}
		text = fmt.Appendf(text, `,"attributed":%t,"warnings":%d,"utterances":%d,"speakers":%d,"speechMs":%d`,
			d.form != schemas.WebVTTUnattributed, d.said.Warnings, len(d.said.Utterances), len(speakers), speech(d.said.Utterances))
		if len(languages) > 0 { // of two that are as frequent the first by name, whatever the order of the map
			most := slices.MaxFunc(slices.Sorted(maps.Keys(languages)), func(a, b string) int { return cmp.Compare(languages[a], languages[b]) })
			text = json.AppendQuoted(append(text, `,"language":`...), most)
		}
	}
	return append(text, '}')
}

// speech is how long somebody spoke; who spoke at once is counted once.
func speech(all []webvtt.Utterance) (ms int64) {
	sorted := slices.SortedFunc(slices.Values(all), func(a, b webvtt.Utterance) int { return cmp.Compare(a.StartMS, b.StartMS) })
	for i, u := range sorted {
		until := u.StartMS
		if i > 0 {
			until = max(until, sorted[i-1].EndMS)
		}
		ms += max(u.EndMS-until, 0)
		sorted[i].EndMS = max(u.EndMS, until)
	}
	return ms
}

// utterances are what was said, as an array.
func utterances(all []webvtt.Utterance) []byte {
	size := 2
	for _, u := range all {
		size += len(u.Text) + len(u.Speaker) + 160
	}
	text := append(make([]byte, 0, size), '[')
	for i, u := range all {
		if i > 0 {
			text = append(text, ',')
		}
		text = strconv.AppendInt(append(text, `{"startMs":`...), u.StartMS, 10)
		text = strconv.AppendInt(append(text, `,"endMs":`...), u.EndMS, 10)
		for _, m := range []struct{ name, value string }{
			{"startDateTime", u.StartTime}, {"endDateTime", u.EndTime}, {"speakerName", u.Speaker}, {"spokenText", u.Text}, {"spokenLanguage", u.Language},
		} {
			if m.value != "" || m.name == "spokenText" {
				text = json.AppendQuoted(append(json.AppendQuoted(append(text, ','), m.name), ':'), m.value)
			}
		}
		text = append(text, '}')
	}
	return append(text, ']')
}
