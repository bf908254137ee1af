package extract

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"graphlake/schemas"
)

// parts reads the collections that belong to a record and makes them members of it. Graph may repeat a
// page, as in [Reading.rest]; an element that says the same as another one is the same.
func (x *Reading) parts(ctx context.Context, record []byte, e entry) ([]byte, error) {
	for _, part := range x.dataset.Source.Detail.Parts {
		r := x.partRequest(e.id, part)
		all, most, err := x.elements(ctx, x.client.Pages(ctx, r), &pages{once: true}, r)
		if err == nil {
			err = tooFew(r, len(all), most)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", part.Name, err)
		}
		record = withMember(record, part.Name, slices.Concat([]byte("["), bytes.Join(all, []byte(",")), []byte("]")))
	}
	return record, nil
}

// ours is the member of a record that holds what graphlake has added to it.
const ours = "@graphlake"

// Parent is where a record says whom it was read for.
const Parent schemas.Path = ours + ".parent"

// Text is the string that a record holds at a path through no array; empty if there is none.
func Text(record []byte, p schemas.Path) string {
	at, err := placeOf(p)
	if err != nil {
		return ""
	}
	return string(plain(valueAt(record, at)))
}

// note adds to a record what Graph's answer does not say: whom it was read for, or when. Names and
// values take turns.
func note(record []byte, pairs ...string) []byte {
	text := []byte("{")
	for i, s := range pairs {
		if i > 0 {
			text = append(text, ",:"[i%2])
		}
		text, _ = jsontext.AppendQuote(text, s) // half a surrogate pair is replaced
	}
	return withMember(record, ours, append(text, '}'))
}

// withMember adds a member at the end of an object. What is no object stays as it is: it is kept and
// quarantined as it came.
func withMember(record []byte, name string, value []byte) []byte {
	end := bytes.LastIndexByte(record, '}')
	if end < 0 || bytes.TrimSpace(record)[0] != '{' {
		return record
	}
	quoted, _ := jsontext.AppendQuote(nil, name)
	comma := []byte(",")
	if len(bytes.TrimSpace(record[bytes.IndexByte(record, '{')+1:end])) == 0 {
		comma = nil
	}
	return slices.Concat(record[:end], comma, quoted, []byte(":"), value, record[end:])
}

// unchangedType is the type of what stands for a record: what an object is may always be said.
const unchangedType = "#graphlake.unchanged"

// unchanged stands for a record of a picture that the caller has as it is listed.
func unchanged(at place, id string) []byte {
	name, _ := jsontext.AppendQuote(nil, at[len(at)-1])
	text, _ := jsontext.AppendQuote(nil, id)
	return slices.Concat([]byte("{"), name, []byte(":"), text, []byte(`,"@odata.type":"`+unchangedType+`"}`))
}

// Unchanged says whether a record of a reading only stands for the one that the caller has.
func Unchanged(record []byte) bool {
	return string(plain(valueAt(record, place{"@odata.type"}))) == unchangedType
}
