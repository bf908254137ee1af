package command

import (
	"maps"
	"strings"
)

// byDelta are the datasets of which Graph itself says what is gone. That is written here again: what is wrong in
// schemas must not move what is expected.
var byDelta = map[string]bool{"users": true, "groups": true}

// Absent are the rows that a lake still has because one picture alone lacks them: what is only not listed
// any more is removed when it was absent on two days. They are the rows of the picture before, those below a record
// included, whose record is not in this one; what that lacked, too, is removed by now. Of what a delta lists
// nothing is absent: it says what is gone.
func Absent(all []Dataset, before, now map[string]Keys) map[string]Keys {
	absent := map[string]Keys{}
	for _, d := range all {
		if d.ByTime() || d.Mode == "observations" || byDelta[d.Name] {
			continue
		}
		root := d.Tables[0]
		gone := Keys{}
		for key := range before[root] {
			if !now[root][key] {
				gone[key] = true
			}
		}
		for _, name := range d.Tables {
			absent[name] = Keys{}
			for key := range before[name] {
				if gone.above(key) {
					absent[name][key] = true
				}
			}
		}
	}
	return absent
}

// above reports whether a key is one of these, or begins with one: a record's key is the first part of the
// keys of all that is below it.
func (k Keys) above(key string) bool {
	for i := range key {
		if strings.HasPrefix(key[i:], unitSeparator) && k[key[:i]] {
			return true
		}
	}
	return k[key]
}

// With are these keys and some more, by table.
func With(all, more map[string]Keys) map[string]Keys {
	sum := map[string]Keys{}
	for table, keys := range all {
		sum[table] = maps.Clone(keys)
		maps.Copy(sum[table], more[table])
	}
	return sum
}
