package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"reflect"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"

	"graphlake/load/dirstore"
)

// lakeMode is the mode of a lake's directories on a disk; files have it without the bits to execute.
type lakeMode fs.FileMode

// UnmarshalYAML takes what is written for octal digits, with or without quotes or a prefix: YAML 1.1 and 1.2 differ in
// what number 0755 is, and nobody means the decimal one.
func (m *lakeMode) UnmarshalYAML(node ast.Node) error {
	text := node.GetToken().Value
	digits := strings.TrimPrefix(strings.TrimPrefix(text, "0o"), "0O")
	mode, err := strconv.ParseUint(digits, 8, 16)
	if err != nil || mode == 0 {
		return &yaml.TypeError{DstType: reflect.TypeFor[lakeMode](), SrcType: reflect.TypeFor[string](), Token: node.GetToken()}
	}
	*m = lakeMode(mode)
	return nil
}

// check refuses a mode with which the owner could not write, or others could.
func (m lakeMode) check() error {
	if m == 0 {
		return nil
	}
	if !modesHold {
		return errors.New("Windows has no modes; take it out: who may read the lake is said by the access list of its directory (icacls)")
	}
	group, others := m>>3&7, m&7
	switch {
	case m&^0o777 != 0:
		return fmt.Errorf("%#o has more than the nine bits of owner, group and others; want 0700, 0750 or 0755", m)
	case m&0o022 != 0:
		return fmt.Errorf("with %#o others than the owner could write: a lake has one writer; want 0700, 0750 or 0755", m)
	case m>>6 != 7 || group != 0 && group != 5 || others != 0 && others != 5:
		return errors.New("the owner needs all of a directory, and whoever may read needs to enter it; want 0700, 0750 or 0755")
	}
	return nil
}

// umask is what the process was started with. The system tells it only when it is set, so it is read before anything
// else runs.
var umask = readUmask()

// directories is the mode with which the lake's are made: as it is configured, or else the usual one, which a umask can
// only narrow.
func (m lakeMode) directories() fs.FileMode {
	if m != 0 {
		return fs.FileMode(m)
	}
	return dirstore.DefaultMode &^ (umask & 0o077)
}
