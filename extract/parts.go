package extract

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"graphlake/internal/json"
	"graphlake/internal/record"
	"graphlake/schemas"
)

// parts reads the collections and the document that belong to a record and makes them members of it. Graph may repeat a
// page, as in [Reading.rest]; an element that says the same as another one is the same.
func (r *Reading) parts(ctx context.Context, of record.Record, e entry) (record.Record, error) {
	f := &further{}
	for _, part := range r.dataset.Source.Detail.Parts {
		if part.Form.IsDocument() {
			var err error
			if of, err = r.withDocument(ctx, of, e, part); err != nil {
				return of, err
			}
			continue
		}
		req, _ := r.partRequest(of, e, part)
		all, most, err := r.elements(ctx, r.pages(ctx, req), &pages{once: true}, req, f)
		if err == nil {
			err = tooFew(req, len(all), most)
		}
		if err != nil {
			return of, fmt.Errorf("%s: %w", part.Name, err)
		}
		of.JSON = withMember(of.JSON, part.Name, slices.Concat([]byte("["), bytes.Join(all, []byte(",")), []byte("]")))
	}
	return of, nil
}

// ours is the member of a record that holds what graphlake has added to it.
const ours = "@graphlake"

// Parent is where a record says whom it was read for.
const Parent schemas.Path = ours + ".parent"

// Text is the string that a record holds at a path through no array; empty if there is none.
func Text(record []byte, p schemas.Path) string {
	names, err := namesOf(p)
	if err != nil {
		return ""
	}
	return string(json.Unquote(json.At(record, names...)))
}

// note makes a record of an answer and what it does not say: whom it was read for, by which way, or when. Names and
// values take turns.
func note(answer []byte, by []element, pairs ...string) record.Record {
	text := []byte("{")
	for i, s := range pairs {
		if i > 0 {
			text = append(text, ",:"[i%2])
		}
		text = json.AppendQuoted(text, s)
	}
	for _, e := range by {
		if e.kept == nil {
			continue
		}
		if len(text) > 1 {
			text = append(text, ',')
		}
		text = append(append(json.AppendQuoted(text, e.name), ':'), e.kept...)
	}
	return record.Record{JSON: withMember(answer, ours, append(text, '}'))}
}

// withMember adds a member at the end of an object. What is no object stays as it is: it is kept and
// quarantined as it came.
func withMember(object []byte, name string, value []byte) []byte {
	if len(object) == 0 || object[0] != '{' {
		return object
	}
	end := len(object) - 1
	var edit json.Edit
	if len(bytes.TrimSpace(object[1:end])) > 0 {
		edit.Put(end, []byte(","))
	}
	edit.Put(end, json.AppendQuoted(nil, name), []byte(":"), value)
	return edit.Apply(object)
}
