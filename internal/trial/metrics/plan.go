package metrics

import (
	"encoding/json"
	"fmt"
	"strings"
)

// plan is what DuckDB's profile of a query says.
type plan struct {
	rows  int    // of the answer
	most  int    // rows that an operator yields
	by    string // which one
	table int    // rows that are read of the largest table
}

// operator is a node of DuckDB's profile, in JSON.
type operator struct {
	Name     string     `json:"operator_name"`
	Rows     int        `json:"operator_cardinality"`
	Children []operator `json:"children"`
}

// parse reads a profile. Its first operators are the query and what explains it.
func parse(profile string) (p plan, err error) {
	var root operator
	if err := json.Unmarshal([]byte(profile), &root); err != nil {
		return p, err
	}
	at := root
	for at.Name == "" || at.Name == "EXPLAIN_ANALYZE" {
		if len(at.Children) != 1 {
			return p, fmt.Errorf("a profile of another form: %.500s", profile)
		}
		at = at.Children[0]
	}
	p.rows = at.Rows
	p.add(at)
	return p, nil
}

func (p *plan) add(o operator) {
	name := strings.TrimSpace(o.Name)
	if strings.HasSuffix(name, "SCAN") || strings.HasPrefix(name, "READ_") {
		p.table = max(p.table, o.Rows)
	}
	if o.Rows > p.most {
		p.most, p.by = o.Rows, name
	}
	for _, c := range o.Children {
		p.add(c)
	}
}
