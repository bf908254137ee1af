package privacy_test

import (
	"testing"

	"graphlake/internal/record"
	"graphlake/schemas"
)

// An object that nobody is in keeps the texts that it is known to have, and not what Graph may add to it.
func TestTextsInJSON(t *testing.T) {
	d := schemas.Dataset{Name: "boxes", Tables: []schemas.Table{{Name: "boxes", Key: []string{"box_id"}, Columns: []schemas.Column{
		{Name: "box_id", Path: "id", Type: schemas.String},
		{Name: "labels", Path: "labels", Type: schemas.JSON, Texts: []schemas.Path{"[]"}},
		{Name: "plans", Path: "plans", Type: schemas.JSON, Texts: []schemas.Path{"[].name", "[].by.kind"}},
		{Name: "settings", Path: "settings", Type: schemas.JSON, Texts: []schemas.Path{}},
		{Name: "rest", Path: "rest", Type: schemas.JSON},
	}}}}
	const all = `{"id":"1","labels":["a","b",{"note":"Ada"},["Ada"],7],"plans":[{"name":"P","note":"Ada","n":1,"by":{"kind":"k","who":"Ada"}},"Ada"],` +
		`"settings":{"on":true,"most":7,"at":"2026-11-22T00:00:00Z","note":"Ada","notes":["Ada"],"more":{"note":"Ada"}},"rest":{"note":"Bob"}}`
	const known = `{"id":"1","labels":["a","b",{},[null],7],"plans":[{"name":"P","n":1,"by":{"kind":"k"}},"?"],` +
		`"settings":{"on":true,"most":7,"at":"2026-11-22T00:00:00Z","notes":[null],"more":{}},"rest":{"note":"Bob"}}`
	for _, c := range []struct {
		content schemas.Content
		key     []byte
		want    string
	}{
		{schemas.NoContent, nil, known},
		{schemas.TextContent, nil, known},
		{schemas.FullContent, nil, all},
		{schemas.NoContent, pseudonymKey, known},
		{schemas.FullContent, pseudonymKey, known},
	} {
		if got := string(scrub(t, scrubber(t, d, c.content, c.key), record.Record{JSON: []byte(all)}).JSON); got != c.want {
			t.Errorf("content %s, pseudonyms %t: %s\nbecame %s\nwant   %s", c.content, c.key != nil, all, got, c.want)
		}
	}
	if got := string(scrub(t, scrubber(t, d, schemas.NoContent, nil), record.Record{JSON: []byte(`{"settings":"Ada"}`)}).JSON); got != `{"settings":"?"}` {
		t.Errorf("a text in the place of an object became %s", got)
	}
}
