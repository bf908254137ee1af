package extract

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"graphlake/internal/json"
)

const (
	removedName = "@removed" // a member that says that the directory no longer has the record
	absentName  = "@absent"  // the day on which the record was not listed for the first time
	deltaSuffix = "@delta"   // ends the name of an array of changes to a related collection
)

// Apply is what a record is after a change of a delta query; held is the record before, nil if there
// was none. Both are JSON objects, and all values stay as Graph sent them.
//
// A change with "@removed" adds that to the record and touches nothing else. Any other puts its
// members over the record's, of which the rest stay, and takes an "@removed" away: the record is back.
// Arrays of changes ("members@delta") become the collection as far as it is known: the change's
// entries, then those held that the change does not name by their id, and none that was removed. To
// apply a change twice is to apply it once.
func Apply(held, change []byte) ([]byte, error) {
	if held == nil {
		held = change // over itself it stays as it is, but for the entries that it removes
	}
	if err := checkObject(held); err != nil {
		return nil, fmt.Errorf("apply a change: the held record: %w", err)
	}
	p, err := patchOf(change)
	if err != nil {
		return nil, fmt.Errorf("apply a change: the change: %w", err)
	}
	if gone := p.values[removedName]; gone != nil && gone[0] != 'n' {
		return overlay(held, mark(gone))
	}
	p.values[removedName] = nil
	for name, value := range p.values {
		if strings.HasSuffix(name, deltaSuffix) && value[0] == '[' {
			if p.values[name], err = mergeEntries(json.At(held, name), value); err != nil {
				return nil, fmt.Errorf("apply a change: %s: %w", name, err)
			}
		}
	}
	return overlay(held, p)
}

// Remove marks a record that a complete reading no longer lists. One that is marked already stays as
// it is.
func Remove(held []byte) ([]byte, error) {
	if err := checkObject(held); err != nil {
		return nil, fmt.Errorf("remove a record: %w", err)
	}
	if json.At(held, removedName) != nil {
		return held, nil
	}
	p := mark([]byte(`{"reason":"absent"}`))
	p.values[absentName] = nil
	return overlay(held, p)
}

// Absent is a record that a reading on a day did not list. What is absent once may be listed again the next
// night, so it is only noted; on a later day it is removed.
func Absent(held []byte, day time.Time) (record []byte, removed bool, err error) {
	if err := checkObject(held); err != nil {
		return nil, false, fmt.Errorf("note that a record is absent: %w", err)
	}
	today := day.Format(time.DateOnly)
	since := string(json.Unquote(json.At(held, absentName)))
	switch {
	case json.At(held, removedName) != nil:
		return held, true, nil
	case since == "":
		p := patch{[]string{absentName}, map[string][]byte{absentName: []byte(`"` + today + `"`)}}
		record, err = overlay(held, p)
		return record, false, err
	case since < today:
		record, err = Remove(held)
		return record, true, err
	}
	return held, false, nil
}

// Restore is a record that is listed again as it was: without the marks of Remove, of Absent or of a delta.
func Restore(held []byte) ([]byte, error) {
	if json.At(held, removedName) == nil && json.At(held, absentName) == nil {
		return held, nil
	}
	return overlay(held, patch{values: map[string][]byte{removedName: nil, absentName: nil}})
}

// patch is what members become. Of two with one name the later counts.
type patch struct {
	names  []string
	values map[string][]byte // nil: the member goes
}

func mark(reason []byte) patch {
	return patch{[]string{removedName}, map[string][]byte{removedName: reason}}
}

func patchOf(change []byte) (patch, error) {
	p := patch{values: map[string][]byte{}}
	if err := checkObject(change); err != nil {
		return p, err
	}
	for m, err := range json.Members(change) {
		if err != nil {
			return p, err
		}
		name := string(m.Name)
		if _, met := p.values[name]; !met {
			p.names = append(p.names, name)
		}
		p.values[name] = change[m.From:m.To]
	}
	return p, nil
}

// overlay puts a patch over a record: in the place of its members, and what is new at the end.
func overlay(record []byte, p patch) ([]byte, error) {
	var edit json.Edit
	start := bytes.IndexByte(record, '{') + 1
	last, kept, met := start, 0, map[string]bool{}
	for m, err := range json.Members(record) {
		if err != nil {
			return nil, err
		}
		name := string(m.Name)
		value, ok := p.values[name]
		if ok && (value == nil || met[name]) {
			edit.Cut(last, m.To)
		} else {
			if kept == 0 && last > start { // the comma after what went at the start
				edit.Cut(last, m.Start)
			}
			if kept++; ok {
				edit.Replace(m.From, m.To, value)
			}
		}
		met[name] = true
		last = m.To
	}
	end := bytes.LastIndexByte(record, '}')
	for _, name := range p.names {
		value := p.values[name]
		if value == nil || met[name] {
			continue
		}
		if kept++; kept > 1 {
			edit.Put(end, []byte(","))
		}
		edit.Put(end, json.AppendQuoted(nil, name), []byte(":"), value)
	}
	return edit.Apply(record), nil
}

// mergeEntries is a collection after a change. What the change names comes first: a person has one
// manager, and the newest is the one. Without a collection before, held is nil.
func mergeEntries(held, change []byte) ([]byte, error) {
	changed, err := collect(json.Elements(change))
	if err != nil {
		return nil, err
	}
	latest := map[string]int{}
	for i, e := range changed {
		latest[entryKey(e)] = i
	}
	var all [][]byte
	for i, e := range changed {
		if latest[entryKey(e)] == i && !Removed(e) {
			all = append(all, e)
		}
	}
	asSent := len(all) == len(changed)
	if len(held) > 0 && held[0] == '[' {
		before, err := collect(json.Elements(held))
		if err != nil {
			return nil, err
		}
		for _, e := range before {
			if _, named := latest[entryKey(e)]; !named && !Removed(e) {
				all, asSent = append(all, e), false
			}
		}
	}
	if asSent {
		return change, nil
	}
	return slices.Concat([]byte("["), bytes.Join(all, []byte(",")), []byte("]")), nil
}

// entryKey tells the entries of a collection apart: by the id, and without one by all that they say.
func entryKey(entry []byte) string {
	if id := json.Unquote(json.At(entry, "id")); len(id) > 0 {
		return "id " + string(id)
	}
	return "is " + string(entry)
}

// Removed reports whether a record, or a change of one, carries the mark of a removal.
func Removed(record []byte) bool { return json.At(record, removedName) != nil }

// checkObject accepts exactly one JSON object.
func checkObject(text []byte) error {
	if !bytes.HasPrefix(bytes.TrimLeft(text, " \t\r\n"), []byte("{")) {
		return errors.New("no JSON object")
	}
	return json.Check(text)
}

// collect are all elements, or the error that they end with.
func collect(elements iter.Seq2[[]byte, error]) (all [][]byte, err error) {
	for e, err := range elements {
		if err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	return all, nil
}
