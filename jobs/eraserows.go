package jobs

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"graphlake/internal/record"
	"graphlake/load"
	"graphlake/schemas"
	"graphlake/transform/privacy"
)

// The columns of a row say together what an object of Graph said, and whose it is the filter tells by the object. So
// the object is made anew of the texts, goes through the filter, and what it has lost, the row loses.

// memberOf is where the object of a row has what a column reads, by names; nil: it is not of the object or not told.
func memberOf(c schemas.Column) (names []string) {
	steps, err := c.Path.Steps()
	if err != nil || c.Path.FromRecord() || strings.HasPrefix(string(c.Path), schemas.Local) {
		return nil
	}
	for _, s := range steps {
		if s.Kind != schemas.Into {
			return nil
		}
		names = append(names, s.Name)
	}
	return names
}

// membersByDirection are those of a column of one side of a stream, by the stream's direction.
func membersByDirection(c schemas.Column) map[string][]string {
	var members map[string][]string
	for direction, path := range c.ByDirection() {
		if members == nil {
			members = map[string][]string{}
		}
		at := path[strings.LastIndexByte(string(path), ']')+2:] // from the session or medium on
		members[direction] = memberOf(schemas.Column{Path: at})
	}
	return members
}

// member is where the object of a row has what a column reads.
func (e *rowEraser) member(batch arrow.RecordBatch, row, column int) []string {
	if e.sided[column] == nil {
		return e.members[column]
	}
	if directions, ok := batch.Column(e.direction).(*array.String); ok && directions.IsValid(row) {
		return e.sided[column][directions.Value(row)]
	}
	return nil
}

// object takes out of the texts of a row what tells of a person in other words than their keys.
func (e *rowEraser) object(ctx context.Context, batch arrow.RecordBatch, row int, cells []string) (changed bool) {
	caller, callee := e.calls.of(batch, row, e.columns)
	if caller == "" && callee == "" && !slices.ContainsFunc(cells, hasWord) {
		return false
	}
	before := e.made(batch, row, cells)
	for name, id := range map[string]string{"caller": caller, "callee": callee} {
		if id != "" && before[name] == nil {
			before[name] = map[string]any{"associatedIdentity": map[string]any{"id": id}}
		}
	}
	after := e.filtered(ctx, before)
	e.nulls = append(e.nulls, make([]bool, len(cells))...)
	for i := range e.columns {
		texts, ok := batch.Column(i).(*array.String)
		names := e.member(batch, row, i)
		if names == nil || !ok || texts.IsNull(row) {
			continue
		}
		switch value := at(after, names).(type) {
		case nil:
			e.nulls[i], changed = true, true
		case string:
			if value != cells[i] && slices.Contains(privacy.Words(), privacy.Word(value)) {
				cells[i], changed = value, true
			}
		case []any:
			if len(value) == 0 && cells[i] != "[]" {
				cells[i], changed = "[]", true
			}
		}
	}
	return changed
}

func hasWord(cell string) bool {
	return slices.ContainsFunc(privacy.Words(), func(w privacy.Word) bool { return strings.Contains(cell, string(w)) })
}

// made is the object of a row, as far as it has texts.
func (e *rowEraser) made(batch arrow.RecordBatch, row int, cells []string) map[string]any {
	object := map[string]any{}
	for _, whole := range []bool{true, false} { // what is in an object that a column has whole, others may have, too
		for i := range e.columns {
			texts, ok := batch.Column(i).(*array.String)
			names := e.member(batch, row, i)
			if len(names) == 0 || !ok || texts.IsNull(row) || whole != (e.columns[i].Type == schemas.JSON) {
				continue
			}
			var value any = cells[i]
			if whole && json.Unmarshal([]byte(cells[i]), &value) != nil {
				value = cells[i]
			}
			in := object
			for _, name := range names[:len(names)-1] {
				next, ok := in[name].(map[string]any)
				if !ok {
					next = map[string]any{}
					in[name] = next
				}
				in = next
			}
			in[names[len(names)-1]] = value
		}
	}
	return object
}

// filtered is an object after the filter.
func (e *rowEraser) filtered(ctx context.Context, object map[string]any) map[string]any {
	text, err := json.Marshal(object)
	if err != nil {
		return object
	}
	r, _, err := e.json.Of(schemas.Table{}, schemas.Column{Type: schemas.LongText}).Apply(ctx, record.Record{JSON: text})
	e.stopped = cmp.Or(e.stopped, err)
	after := map[string]any{}
	if json.Unmarshal(r.JSON, &after) != nil {
		return object
	}
	return after
}

// at is what an object has behind some names.
func at(object any, names []string) any {
	for _, name := range names {
		in, ok := object.(map[string]any)
		if !ok {
			return nil
		}
		object = in[name]
	}
	return object
}

// sides are callers and callees of the sessions and segments of a day who are erased: rows of what is in those do not say who they were.
type sides struct {
	keys [][]string // of the tables that say it, from the outermost on
	all  map[string][2]string
}

// sidesOf reads the sides of a day of calls.
func (o *openDataset) sidesOf(ctx context.Context, date time.Time) (*sides, error) {
	s := &sides{all: map[string][2]string{}}
	for _, t := range o.dataset.Read().Tables { // of which computed columns tell nothing more
		if !slices.ContainsFunc(t.Columns, func(c schemas.Column) bool { return strings.HasPrefix(string(c.Path), "caller.") }) {
			continue
		}
		e, err := newRowEraser(o, t, nil)
		if err != nil {
			return nil, err
		}
		err = s.read(ctx, o, date, t, e)
		e.rows.Release()
		if err != nil {
			return nil, err
		}
		s.keys = append(s.keys, t.Key)
	}
	return s, nil
}

func (s *sides) read(ctx context.Context, o *openDataset, date time.Time, t schemas.Table, e *rowEraser) error {
	for batch, err := range o.lake.Read(ctx, o.partition(load.Tables, t.Name, date), t) {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		for row := range int(batch.NumRows()) {
			cells, _ := e.row(ctx, batch, row)
			if e.stopped != nil {
				return e.stopped
			}
			object := e.made(batch, row, cells)
			outerCaller, outerCallee := s.of(batch, row, t.Columns)
			found := [2]string{sideOf(object["caller"], outerCaller), sideOf(object["callee"], outerCallee)}
			if found != [2]string{} {
				s.all[rowKey(batch, row, t.Columns, t.Key)] = found
			}
		}
	}
	return nil
}

// somebody is the id of a side who is not erased, within one that is.
const somebody = "-"

// sideOf is the word in the place of who a side is, or, if it says nothing, who the outer one is.
func sideOf(side any, outer string) string {
	text, _ := json.Marshal(side)
	for _, w := range privacy.Words() {
		if strings.Contains(string(text), `"id":`+strconv.Quote(string(w))) {
			return string(w)
		}
	}
	if outer != "" && strings.Contains(string(text), `"id":"`) {
		return somebody
	}
	return outer
}

// of is who the sides are that a row is of; "" if that is nobody who is erased, or the row says it itself.
func (s *sides) of(batch arrow.RecordBatch, row int, columns []schemas.Column) (caller, callee string) {
	if s == nil {
		return "", ""
	}
	for _, key := range slices.Backward(s.keys) {
		if k := rowKey(batch, row, columns, key); k != "" {
			if found, ok := s.all[k]; ok {
				return found[0], found[1]
			}
		}
	}
	return "", ""
}

// rowKey is the key that a row has of a table; "" if it has none.
func rowKey(batch arrow.RecordBatch, row int, columns []schemas.Column, key []string) string {
	var b []byte
	for _, name := range key {
		i := slices.IndexFunc(columns, func(c schemas.Column) bool { return c.Name == name })
		if i < 0 {
			return ""
		}
		b = append(strconv.AppendQuote(b, batch.Column(i).ValueStr(row)), ' ')
	}
	return string(b)
}
