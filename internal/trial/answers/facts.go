package answers

import (
	"bytes"
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
// all have. An instant is in microseconds since 1970, as tables have them; a time in milliseconds.
type comparison struct {
	name, view string
	fields     []string // a name and a type of DuckDB
	facts      func(graphsim.Facts) [][]any
	seen       string // the query of the lake
}

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
		facts := tenant.Facts()
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
func (c comparison) write(out *bytes.Buffer, tenant string, facts graphsim.Facts) error {
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

// between is a time of two instants as tables have them, in milliseconds.
func between(a, b time.Time) int64 { return max(0, b.UnixMicro()-a.UnixMicro()) / 1000 }

// milliseconds of seconds as a table has them.
const milliseconds = "floor(%s * 1000 + 1e-6)::BIGINT"

var comparisons = []comparison{
	{
		"legs", "call_legs",
		[]string{"call VARCHAR", "session VARCHAR", "started BIGINT", "caller VARCHAR", "caller_id VARCHAR", "callee VARCHAR", "callee_id VARCHAR", "outcome VARCHAR", "evidence VARCHAR", "dropped BOOLEAN", "talk BIGINT"},
		func(f graphsim.Facts) (rows [][]any) {
			for _, l := range f.Legs {
				talk := int64(0)
				if l.Talk > 0 {
					talk = between(l.Start, l.End)
				}
				rows = append(rows, []any{
					l.Call, l.Session, instant(l.Start), l.Caller.Kind, text(l.Caller.ID), l.Callee.Kind, text(l.Callee.ID), l.Outcome, l.Evidence, l.Dropped, talk,
				})
			}
			return rows
		},
		"SELECT tenant_id, call_id, session_id, epoch_us(start_time), caller_kind, caller_id, callee_kind, callee_id, outcome, evidence, dropped, " +
			fmt.Sprintf(milliseconds, "talk_seconds") + " FROM call_legs",
	},
	{
		"calls", "metric_calls",
		[]string{"call VARCHAR", "kind VARCHAR", "direction VARCHAR", "network VARCHAR", "outcome VARCHAR", "members BIGINT", "outsiders BIGINT", "phones BIGINT"},
		func(f graphsim.Facts) (rows [][]any) {
			for _, c := range f.Calls {
				rows = append(rows, []any{c.Call, c.Kind, c.Direction, c.Network, c.Outcome, c.Members, c.Outsiders, c.Phones})
			}
			return rows
		},
		"SELECT tenant_id, call_id, kind, direction, network, outcome, members::BIGINT, outsiders::BIGINT, phones::BIGINT FROM metric_calls",
	},
	{
		"persons", "call_persons",
		[]string{"call VARCHAR", "person VARCHAR", "member BOOLEAN", "stays BIGINT", "first BIGINT", "last BIGINT", "seconds BIGINT"},
		func(f graphsim.Facts) (rows [][]any) {
			for _, p := range f.Persons {
				rows = append(rows, []any{p.Call, p.Person, p.Kind == "user", p.Stays, instant(p.First), instant(p.Last), int64(p.Talk.Seconds() + 0.5)})
			}
			return rows
		},
		"SELECT tenant_id, call_id, person_id, is_member, stays::BIGINT, epoch_us(first_time), epoch_us(last_time), floor(seconds + 0.5)::BIGINT FROM call_persons",
	},
	{
		"streams", "metric_streams",
		[]string{"session VARCHAR", "segment VARCHAR", "media BIGINT", "stream BIGINT", "medium VARCHAR", "class VARCHAR", "poor BIGINT"},
		func(f graphsim.Facts) (rows [][]any) {
			for _, s := range f.Streams {
				rows = append(rows, []any{s.Session, s.Segment, s.Media, s.Stream, s.Medium, s.Class, flag01(s.Poor)})
			}
			return rows
		},
		"SELECT tenant_id, session_id, segment_id, media_index::BIGINT, stream_index::BIGINT, medium, cqd_class, cri_poor::BIGINT FROM metric_streams",
	},
	{
		"journeys", "metric_queue_journeys",
		[]string{"call VARCHAR", "caller VARCHAR", "accounts VARCHAR", "result VARCHAR", "agents BIGINT", "turns BIGINT", "agent VARCHAR", "queued BIGINT", "left_at BIGINT", "wait BIGINT"},
		func(f graphsim.Facts) (rows [][]any) {
			for _, j := range f.Journeys {
				rows = append(rows, []any{
					j.Call, j.Caller, strings.Join(j.Accounts, ","), j.Result, j.AgentsRung, j.Turns, text(j.Agent), instant(j.Queued), instant(j.Left), between(j.Queued, j.Queued.Add(j.Wait)),
				})
			}
			return rows
		},
		"SELECT tenant_id, call_id, caller_id, resource_accounts, result, agents_rung::BIGINT, queue_legs::BIGINT, answered_by, epoch_us(queue_time), epoch_us(left_time), " +
			fmt.Sprintf(milliseconds, "wait_seconds") + " FROM metric_queue_journeys",
	},
	{
		"missed", "metric_missed_calls",
		[]string{"call VARCHAR", "kind VARCHAR", "target VARCHAR", "other VARCHAR", "can_match BIGINT", "returned BIGINT", "called_back BIGINT"},
		func(f graphsim.Facts) (rows [][]any) {
			for _, m := range f.Missed {
				kind := "user"
				if m.Target == "" {
					kind = "queue"
				}
				rows = append(rows, []any{m.Call, kind, text(m.Target), m.Other, flag01(m.CanMatch), instant(m.Returned), flag01(m.CalledBack)})
			}
			return rows
		},
		"SELECT tenant_id, call_id, target_kind, CASE WHEN target_kind = 'user' THEN target_id END, other_id, can_match::BIGINT, epoch_us(returned_time), called_back::BIGINT FROM metric_missed_calls",
	},
	{
		"routed", "metric_direct_routing",
		[]string{"trunk VARCHAR", "direction VARCHAR", "attempts BIGINT", "answered BIGINT", "busy BIGINT", "no_answer BIGINT", "rejected BIGINT", "bad_number BIGINT", "network BIGINT"},
		routed,
		`SELECT tenant_id, trunk_fqdn, direction, sum(attempts)::BIGINT, sum(answered)::BIGINT, sum(busy)::BIGINT, sum(no_answer)::BIGINT,
			sum(rejected)::BIGINT, sum(bad_number)::BIGINT, sum(network)::BIGINT FROM metric_direct_routing GROUP BY ALL`,
	},
	{
		"billed", "metric_pstn_costs",
		[]string{"direction VARCHAR", "charged_to VARCHAR", "currency VARCHAR", "calls BIGINT", "seconds BIGINT", "charge BIGINT", "connection BIGINT", "missing BIGINT"},
		billed,
		`SELECT tenant_id, direction, charged_to, currency, sum(calls)::BIGINT, sum(seconds)::BIGINT, sum(charge * 100)::BIGINT,
			sum(connection_charge * 100)::BIGINT, sum(calls_without_charge)::BIGINT FROM metric_pstn_costs GROUP BY ALL`,
	},
	{
		"hours", "metric_message_hours",
		[]string{"author VARCHAR", "inside BIGINT", "outside BIGINT", "not_known BIGINT"},
		hours,
		"SELECT tenant_id, user_id, sum(inside)::BIGINT, sum(outside)::BIGINT, sum(not_known)::BIGINT FROM metric_message_hours GROUP BY ALL",
	},
	{
		"active", "metric_active_users",
		[]string{"day VARCHAR", "person VARCHAR"},
		func(f graphsim.Facts) (rows [][]any) {
			for _, day := range f.Active {
				for _, user := range day.Users {
					rows = append(rows, []any{day.Day.Format(time.DateOnly), user})
				}
			}
			return rows
		},
		"SELECT tenant_id, dt::VARCHAR, user_id FROM metric_active_users",
	},
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

func routed(f graphsim.Facts) [][]any {
	g := grouped{}
	classes := []string{"success", "busy", "no_answer", "rejected", "bad_number", "network"}
	for _, r := range f.Routed {
		direction := "outbound"
		if r.Inbound {
			direction = "inbound"
		}
		numbers := make([]int64, 1+len(classes))
		numbers[0], numbers[1+slices.Index(classes, r.Result)] = 1, 1
		g.add([]string{r.Trunk, direction}, numbers...)
	}
	return g.rows()
}

func billed(f graphsim.Facts) [][]any {
	g := grouped{}
	for _, b := range f.Billed {
		currency := b.Currency
		if b.Missing {
			currency = "unknown"
		}
		g.add([]string{b.Direction, b.ChargedTo, currency}, 1, int64(b.Seconds), int64(b.Charge), int64(b.Connection), int64(flag01(b.Missing)))
	}
	return g.rows()
}

func hours(f graphsim.Facts) [][]any {
	g := grouped{}
	for _, m := range f.Messages {
		g.add([]string{m.Author}, int64(flag01(m.Hours == "inside")), int64(flag01(m.Hours == "outside")), int64(flag01(m.Hours == "not_known")))
	}
	return g.rows()
}
