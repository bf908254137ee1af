package duckdb

import (
	"regexp"
	"strconv"
	"testing"
)

var (
	viewOf   = regexp.MustCompile(`CREATE OR ALTER VIEW \[(\w+)\]`)
	declared = regexp.MustCompile(`(?m)^    \[(\w+)\] VARCHAR\((\d+)\) COLLATE Latin1_General_100_BIN2_UTF8,?$`)
)

// lengths compares what Synapse is told of strings, whose lengths are in bytes, with the longest of the demo.
func (l *lake) lengths(t *testing.T) {
	seen := 0
	for _, statement := range l.statements(t, "synapse") {
		view := viewOf.FindStringSubmatch(statement)
		if view == nil {
			continue
		}
		for _, c := range declared.FindAllStringSubmatch(statement, -1) {
			room, err := strconv.ParseInt(c[2], 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			if n := l.number(t, `SELECT coalesce(max(strlen("%s")), 0) FROM %s`, c[1], view[1]); n > room {
				t.Errorf("%s.%s has a value of %d bytes and room for %d", view[1], c[1], n, room)
			} else if n > 0 {
				seen++
			}
		}
	}
	if seen < 100 {
		t.Errorf("%d columns have a value and a length, which is too few to say anything", seen)
	}
}
