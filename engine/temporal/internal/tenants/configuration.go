package tenants

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"strings"
)

// Unhindered is a rate at which no published limit is felt.
const Unhindered = 100_000

// Configuration is what a graphlake.yaml says, which all workers share.
type Configuration struct {
	Lake  string  // a directory
	URL   string  // of the Graph
	Rate  float64 // factor on the published limits; zero: Unhindered
	Delta string  // as the configuration has it in a line; empty: none
	Jobs  string  // the lines of the section, indented
}

// LakeName is what workers of it call the lake, in queues and in ids of workflows: as LakeName of the engine says it of a directory.
func (c Configuration) LakeName() string {
	sum := sha256.Sum256([]byte("\n" + c.Lake))
	return filepath.Base(c.Lake) + "-" + hex.EncodeToString(sum[:4])
}

// YAML is the text of the file.
func (c Configuration) YAML(g *Graph) string {
	var b strings.Builder
	fmt.Fprintf(&b, "lake: %s\ngraph:\n  endpoint: %s\n  rate: %g\n", c.Lake, c.URL, cmp.Or(c.Rate, Unhindered))
	if c.Delta != "" {
		fmt.Fprintf(&b, "delta: %s\n", c.Delta)
	}
	b.WriteString("tenants:\n")
	for _, t := range g.Tenants {
		fmt.Fprintf(&b, "  - {name: %s, tenant_id: %s, auth: {method: token, token_env: %s}}\n", t.Name, t.ID(), t.variable())
	}
	if c.Jobs != "" {
		fmt.Fprintf(&b, "jobs:\n%s\n", strings.TrimRight(c.Jobs, "\n"))
	}
	return b.String()
}

// Environment has the tokens by which a worker asks. Of the tenants that are named they are nobody's.
func (g *Graph) Environment(worker string, wrong ...string) []string {
	lines := make([]string, 0, len(g.Tenants))
	for _, t := range g.Tenants {
		token := t.token(worker)
		for _, name := range wrong {
			if name == t.Name {
				token = "expired" + token
			}
		}
		lines = append(lines, t.variable()+"="+token)
	}
	return lines
}
