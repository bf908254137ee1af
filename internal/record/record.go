// Package record is what a record is on its way from Graph to raw: one JSON object, and what is known of it, so that
// it is not scanned again to find out. Stages hand it on, and none keeps it.
package record

import (
	"slices"

	"graphlake/internal/json"
	"graphlake/schemas"
)

// Record is one record of a dataset.
type Record struct {
	JSON []byte // one JSON value, without white space around it
	// Known are the places in JSON of the values at [Paths], in their order; nil if nobody has looked.
	Known []json.Value
	// Unchanged says that the record was listed in the version that the lake holds, or in a lower one, and was not
	// read: there is no JSON, only the ID.
	Unchanged bool
	ID        string // of a record that is unchanged, as Graph gave it
}

// Paths are where in the records of a dataset the values are that raw has columns for, as names from the record on; a
// time without a zone of its own is followed by the member that names its zone. None, if one of them is in an array.
func Paths(d schemas.Dataset) ([][]string, error) {
	var all [][]string
	add := func(p schemas.Path) (simple bool, err error) {
		steps, err := p.Steps()
		if err != nil {
			return false, err
		}
		names := make([]string, len(steps))
		for i, s := range steps {
			if s.Kind != schemas.Into {
				return false, nil
			}
			names[i] = s.Name
		}
		if !slices.ContainsFunc(all, func(other []string) bool { return slices.Equal(other, names) }) {
			all = append(all, names)
		}
		return true, nil
	}
	for _, c := range schemas.RawTable(d).Columns {
		if c.Path.Absolute("") == "" { // the record itself
			continue
		}
		for _, p := range append([]schemas.Path{c.Path}, c.Else...) {
			simple, err := add(p)
			if err == nil && simple && c.Type == schemas.UTCTime {
				if p, err = p.Beside(schemas.ZoneMember); err == nil {
					simple, err = add(p)
				}
			}
			if err != nil || !simple {
				return nil, err
			}
		}
	}
	return all, nil
}
