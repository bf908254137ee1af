package erase

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// place is where something of somebody was found.
type place struct {
	object, column string // of Parquet; empty: the object's own bytes
	person         int
	text           string
}

// search looks at every byte of every file below some directories, and of Parquet also at every byte of its pages
// without compression. It says how many files that were.
func search(n *needles, directories ...string) (found []place, files int, err error) {
	for _, dir := range directories {
		err := filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			files++
			text, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			object := strings.TrimPrefix(name, dir+"/")
			look := func(column string, text []byte) {
				for _, h := range n.in(text) {
					found = append(found, place{object, column, h.person, string(h.text)})
				}
			}
			look("", []byte(object))
			look("", text)
			if filepath.Ext(name) != ".parquet" {
				if bytes.HasPrefix(text, []byte(magic)) || strings.HasSuffix(name, ".arrow") {
					return fmt.Errorf("%s is what a killed command has left, and cannot be searched", object)
				}
				return nil
			}
			all, err := pages(text)
			if err != nil {
				return fmt.Errorf("%s: %w", object, err)
			}
			for _, p := range all {
				look(p.column, p.bytes)
			}
			return nil
		})
		if err != nil {
			return nil, files, err
		}
	}
	return found, files, nil
}
