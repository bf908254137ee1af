package main

import (
	"io/fs"
	"os"
)

// checkOpen has nothing against any file.
func (s secretFile) checkOpen(*os.File, fs.FileInfo) error { return nil }
