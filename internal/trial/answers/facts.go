package answers

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"graphlake/internal/graphsim"
)

// A comparison is a view and the facts that it has to equal: rows of as many values, in the order of the fields, after that of the tenant, which
// all have. An instant is in microseconds since 1970, as tables have them, and a time in microseconds.
type comparison struct {
	name, view string
	fields     []string // a name and a type of DuckDB
	facts      func(*told) [][]any
	seen       string // the query of the lake
}

var comparisons = slices.Concat(ofCalls, ofQueues, ofPhones, ofTelephony, ofQuality, ofMeetings, ofConversations, ofMessages, ofPeople)

// told is what the generator says of a tenant.
type told struct {
	graphsim.Facts
	tenant *graphsim.Tenant
	trial  *trial
	calls  map[string]graphsim.CallFact
}

func (t *trial) told(tenant *graphsim.Tenant) *told {
	f := &told{Facts: tenant.Facts(t.nights()...), tenant: tenant, trial: t, calls: map[string]graphsim.CallFact{}}
	for _, c := range f.Calls {
		f.calls[c.Call] = c
	}
	return f
}

// day is that of a call, to which all that is in it belongs.
func (f *told) day(call string) string { return date(f.calls[call].Start) }

func date(at time.Time) string { return at.UTC().Format(time.DateOnly) }

// columns are the fields, as read_json wants them.
func (c comparison) columns() string {
	list := []string{"tenant: 'VARCHAR'"}
	for _, f := range c.fields {
		name, typ, _ := strings.Cut(f, " ")
		list = append(list, name+": '"+typ+"'")
	}
	return "{" + strings.Join(list, ", ") + "}"
}

func (c comparison) list() string {
	names := []string{"tenant"}
	for _, f := range c.fields {
		name, _, _ := strings.Cut(f, " ")
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}

// writeFacts writes a file for each comparison: what the generators say as of the last night.
func (t *trial) writeFacts() error {
	files := make([]bytes.Buffer, len(comparisons))
	for _, tenant := range t.tenants {
		facts := t.told(tenant)
		for i, c := range comparisons {
			if err := c.write(&files[i], tenant.Tenant, facts); err != nil {
				return err
			}
		}
	}
	for i, c := range comparisons {
		if err := os.WriteFile(filepath.Join(t.dir, c.name+".json"), files[i].Bytes(), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// write writes the rows of a tenant, a JSON object each.
func (c comparison) write(out *bytes.Buffer, tenant string, facts *told) error {
	for _, row := range c.facts(facts) {
		if len(row) != len(c.fields) {
			return fmt.Errorf("%s: %d values of %d fields", c.name, len(row), len(c.fields))
		}
		object := map[string]any{"tenant": tenant}
		for i, f := range c.fields {
			name, _, _ := strings.Cut(f, " ")
			object[name] = row[i]
		}
		line, err := json.Marshal(object)
		if err != nil {
			return err
		}
		out.Write(append(line, '\n'))
	}
	return nil
}

// text is null where it is empty.
func text(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func instant(at time.Time) any {
	if at.IsZero() {
		return nil
	}
	return at.UnixMicro()
}

func flag01(b bool) int {
	if b {
		return 1
	}
	return 0
}

// microseconds of seconds as a view has them.
const microseconds = "round(%s * 1e6)::BIGINT"

// A span is a time in microseconds since 1970, as tables have them.
type span struct{ from, to int64 }

// union are the same times without those that overlap or touch.
func union(all []span) (apart []span) {
	slices.SortFunc(all, func(a, b span) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	for _, s := range all {
		if last := len(apart) - 1; last >= 0 && s.from <= apart[last].to {
			apart[last].to = max(apart[last].to, s.to)
		} else {
			apart = append(apart, s)
		}
	}
	return apart
}

func length(all []span) (sum int64) {
	for _, s := range all {
		sum += s.to - s.from
	}
	return sum
}

// grouped adds up numbers by a key of texts.
type grouped map[string][]int64

func (g grouped) add(key []string, numbers ...int64) {
	joined := strings.Join(key, "\x1f")
	sums := g[joined]
	if sums == nil {
		sums = make([]int64, len(numbers))
	}
	for i, n := range numbers {
		sums[i] += n
	}
	g[joined] = sums
}

func (g grouped) rows() (rows [][]any) {
	for key, sums := range g {
		var row []any
		for part := range strings.SplitSeq(key, "\x1f") {
			row = append(row, part)
		}
		for _, n := range sums {
			row = append(row, n)
		}
		rows = append(rows, row)
	}
	return rows
}

func microsecond(at int64) time.Time { return time.UnixMicro(at).UTC() }
