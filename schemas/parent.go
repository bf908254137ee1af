package schemas

import "strings"

// Parent is the table whose rows those of a table belong to: of the tables whose elements contain
// its own, and whose key it has, the nearest. The root table has none.
func (d Dataset) Parent(t Table) (parent Table, ok bool) {
	for _, p := range d.Read().Tables {
		if p.contains(t) && (!ok || len(p.Each) > len(parent.Each)) {
			parent, ok = p, true
		}
	}
	return parent, ok
}

// contains reports whether rows of another table are of elements within the table's, and name them.
func (t Table) contains(other Table) bool {
	within := t.Each == "" && other.Each != "" || t.Each != "" && strings.HasPrefix(string(other.Each), string(t.Each)+".")
	for _, name := range t.Key {
		_, named := other.Column(name)
		within = within && named
	}
	return within
}
