package privacy

import (
	"slices"
	"strings"

	"graphlake/schemas"
)

// mostNew bounds the names that are told, and longestNew each of them: they are Graph's, and it may send any.
const (
	mostNew    = 50
	longestNew = 64
)

// unknown are the members that records had and that the dataset does not know.
type unknown struct {
	dataset schemas.Dataset
	met     map[*node]map[string]bool // names without a node that were looked at already
	count   int                       // of these
	paths   []schemas.Path
}

// mostMet bounds the memory that names take which are met.
const mostMet = 10_000

// New are the properties that records had and nobody knows, in their order: names only. It does not look into values that one
// column reads as a whole, but for texts that the column does not name; and it knows nothing of a dataset whose type Graph does not declare.
func (s *Scrubber) New() []schemas.Path { return slices.Sorted(slices.Values(s.unknown.paths)) }

// meet notes the name of a member without a node, of an object at a node.
func (s *Scrubber) meet(at *node, name []byte) {
	u := &s.unknown
	if u.dataset.Entity == "" || at == nil || at.Members == nil || at.Is.naming || u.met[at][string(name)] || u.count == mostMet || !isProperty(name) {
		return
	}
	if u.met == nil {
		u.met = map[*node]map[string]bool{}
	}
	if u.met[at] == nil {
		u.met[at] = map[string]bool{}
	}
	u.met[at][string(name)] = true
	u.count++
	path, _ := pathTo(s.places.Root, at, "")
	if strings.HasPrefix(string(path), schemas.Local) {
		return
	}
	if path != "" {
		path += "."
	}
	path += schemas.Path(name)
	if len(u.paths) < mostNew && !u.dataset.Knows(path) {
		u.paths = append(u.paths, path)
	}
}

// isProperty reports whether a name is one that Graph gives to properties: annotations have an "@", and open extensions a period.
func isProperty(name []byte) bool {
	for i, c := range name {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return len(name) > 0 && len(name) <= longestNew
}

// pathTo is the path from a node, which is at a path itself, to another below it.
func pathTo(from, to *node, at schemas.Path) (schemas.Path, bool) {
	if from == to {
		return at, true
	}
	for name, m := range from.Members {
		below := schemas.Path(name)
		if at != "" {
			below = at + "." + below
		}
		if path, ok := pathTo(m, to, below); ok {
			return path, true
		}
	}
	if from.Elements != nil {
		return pathTo(from.Elements, to, at+"[]")
	}
	return "", false
}
