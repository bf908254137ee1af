package cli

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// valueless refuses keys that stand there without a value, as after an empty variable: what they would stand for in silence
// may be another Graph, or days that are kept for ever. Keys with keys below them may be empty.
func (c *config) valueless() error {
	var errs []error
	for _, doc := range c.tree.Docs {
		if doc.Body != nil {
			ast.Walk(nulls(func(path string, node ast.Node) {
				errs = append(errs, fmt.Errorf("%s:%d: %s: the value is missing, perhaps because a variable was empty: write one, or remove the key",
					c.file, node.GetToken().Position.Line, strings.TrimPrefix(path, "$.")))
			}), doc.Body)
		}
	}
	return errors.Join(errs...)
}

// nulls is told of all keys without a value that may not be without.
type nulls func(path string, node ast.Node)

// mayBeEmpty are the keys that have keys below them, or lists of such, and the lake, of which more is said elsewhere.
var mayBeEmpty = regexp.MustCompile(`^\$\.(lake|azure|control|graph|tenants|tenants\[\d+\](\.auth)?|jobs(\.[^.]+)?|datasets.*|privacy(\.keep(\.datasets(\.[^.]+)?)?|\.exclude)?)$`)

func (n nulls) Visit(node ast.Node) ast.Visitor {
	if pair, ok := node.(*ast.MappingValueNode); ok && !mayBeEmpty.MatchString(pair.GetPath()) {
		if _, null := pair.Value.(*ast.NullNode); null {
			n(pair.GetPath(), pair.Key)
		}
	}
	return n
}
