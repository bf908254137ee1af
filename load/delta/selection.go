package delta

import (
	"slices"
	"strings"
)

// selection says what of a version is read. Protocol, metadata and txns always are.
type selection struct {
	all        bool                // files
	partitions []map[string]string // the files of these: whose values are among theirs
	within     []string            // and those whose paths below the root begin so
	tombstones bool                // removed files, too
}

// everything selects all that a version is.
var everything = selection{all: true, tombstones: true}

func (s selection) has(path string, values map[string]string) bool {
	return s.all || slices.ContainsFunc(s.partitions, func(wanted map[string]string) bool { return hasAll(values, wanted) }) ||
		slices.ContainsFunc(s.within, func(begin string) bool { return strings.HasPrefix(path, begin) })
}

func hasAll(values, wanted map[string]string) bool {
	for column, value := range wanted {
		if values[column] != value {
			return false
		}
	}
	return true
}

// directories begin the encoded paths of all files that are selected, as far as they lie in the directories of their values.
func (s selection) directories(partitionBy []string) []string {
	if s.all {
		return []string{""}
	}
	var begin []string
	for _, values := range s.partitions {
		begin = append(begin, directory(partitionBy, values))
	}
	for _, path := range s.within {
		begin = append(begin, encodePath(path))
	}
	return begin
}
