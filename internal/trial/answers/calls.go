package answers

import (
	"cmp"
	"fmt"
	"slices"

	"graphlake/internal/graphsim"
)

var ofCalls = []comparison{
	{
		"legs", "metric_call_legs",
		[]string{"day VARCHAR", "call VARCHAR", "session VARCHAR", "started BIGINT", "caller VARCHAR", "caller_id VARCHAR", "callee VARCHAR", "callee_id VARCHAR", "outcome VARCHAR", "evidence VARCHAR", "dropped BIGINT", "talk BIGINT"},
		func(f *told) (rows [][]any) {
			for _, l := range f.Legs {
				talk := int64(0)
				if l.Talk > 0 {
					talk = l.End.UnixMicro() - l.Start.UnixMicro()
				}
				rows = append(rows, []any{
					f.day(l.Call), l.Call, l.Session, instant(l.Start), l.Caller.Kind, text(l.Caller.ID), l.Callee.Kind, text(l.Callee.ID), l.Outcome, l.Evidence, flag01(l.Dropped), talk,
				})
			}
			return rows
		},
		"SELECT tenant_id, dt::VARCHAR, call_id, session_id, epoch_us(start_time), caller_kind, caller_id, callee_kind, callee_id, outcome, evidence, dropped::BIGINT, " +
			fmt.Sprintf(microseconds, "talk_seconds") + " FROM metric_call_legs",
	},
	{
		"calls", "metric_calls",
		[]string{"day VARCHAR", "call VARCHAR", "kind VARCHAR", "direction VARCHAR", "network VARCHAR", "outcome VARCHAR", "members BIGINT", "outsiders BIGINT", "phones BIGINT", "length BIGINT"},
		func(f *told) (rows [][]any) {
			for _, c := range f.Calls {
				rows = append(rows, []any{date(c.Start), c.Call, c.Kind, c.Direction, c.Network, c.Outcome, c.Members, c.Outsiders, c.Phones, c.End.UnixMicro() - c.Start.UnixMicro()})
			}
			return rows
		},
		"SELECT tenant_id, dt::VARCHAR, call_id, kind, direction, network, outcome, members::BIGINT, outsiders::BIGINT, phones::BIGINT, " +
			fmt.Sprintf(microseconds, "length_seconds") + " FROM metric_calls",
	},
	{
		"persons", "call_persons",
		[]string{"call VARCHAR", "person VARCHAR", "member BOOLEAN", "stays BIGINT", "first BIGINT", "last BIGINT", "seconds BIGINT"},
		func(f *told) (rows [][]any) {
			for _, p := range f.Persons {
				rows = append(rows, []any{p.Call, p.Person, p.Kind == "user", p.Stays, instant(p.First), instant(p.Last), int64(p.Talk.Seconds() + 0.5)})
			}
			return rows
		},
		"SELECT tenant_id, call_id, person_id, is_member, stays::BIGINT, epoch_us(first_time), epoch_us(last_time), floor(seconds + 0.5)::BIGINT FROM call_persons",
	},
	{
		"person_calls", "metric_person_calls",
		[]string{
			"day VARCHAR", "person VARCHAR", "offered BIGINT", "answered BIGINT", "elsewhere BIGINT", "missed BIGINT", "declined BIGINT", "busy BIGINT", "abandoned BIGINT",
			"failed BIGINT", "not_known BIGINT", "made BIGINT", "connected BIGINT", "talk BIGINT",
		},
		personCalls,
		`SELECT tenant_id, dt::VARCHAR, user_id, offered::BIGINT, answered::BIGINT, answered_elsewhere::BIGINT, missed::BIGINT, declined::BIGINT, busy::BIGINT, abandoned::BIGINT,
			failed::BIGINT, not_known::BIGINT, made::BIGINT, connected::BIGINT, ` + fmt.Sprintf(microseconds, "talk_seconds") + " FROM metric_person_calls",
	},
	{
		"pieces", "metric_talk_spans",
		[]string{"day VARCHAR", "person VARCHAR", "call VARCHAR", "started BIGINT", "ended BIGINT", "new BIGINT"},
		pieces,
		"SELECT tenant_id, dt::VARCHAR, user_id, call_id, epoch_us(start_time), epoch_us(end_time), epoch_us(new_from) FROM metric_talk_spans",
	},
	{
		"missed", "metric_missed_calls",
		[]string{"call VARCHAR", "kind VARCHAR", "target VARCHAR", "other VARCHAR", "can_match BIGINT", "returned BIGINT", "called_back BIGINT"},
		func(f *told) (rows [][]any) {
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
		"concurrency", "metric_concurrency",
		[]string{"day VARCHAR", "scope VARCHAR", "line VARCHAR", "slot BIGINT", "peak BIGINT", "busy BIGINT"},
		concurrency,
		"SELECT tenant_id, dt::VARCHAR, scope, line, epoch_us(slot_time), peak::BIGINT, " + fmt.Sprintf(microseconds, "mean_calls * 900") + " FROM metric_concurrency",
	},
}

// A dayOf is a user on a day.
type dayOf struct{ day, user string }

// A stay is somebody's in a call in which they talked.
type stay struct {
	span
	call string
}

// stays are those of people, on the days of their calls.
func (f *told) stays() map[dayOf][]stay {
	all := map[dayOf][]stay{}
	for _, l := range f.Legs {
		s := stay{span{l.Start.UnixMicro(), l.End.UnixMicro()}, l.Call}
		if l.Outcome != "answered" && l.Outcome != "joined" || s.to <= s.from {
			continue
		}
		for _, end := range []graphsim.EndFact{l.Caller, l.Callee} {
			if of := (dayOf{f.day(l.Call), end.ID}); end.Kind == "user" {
				all[of] = append(all[of], s)
			}
		}
	}
	return all
}

// talks are when people talked.
func (f *told) talks() map[dayOf][]span {
	all := map[dayOf][]span{}
	for of, stays := range f.stays() {
		for _, s := range stays {
			all[of] = append(all[of], s.span)
		}
		all[of] = union(all[of])
	}
	return all
}

// pieces are by how much each stay makes the time longer in which somebody talked. What it adds is its end.
func pieces(f *told) (rows [][]any) {
	for of, stays := range f.stays() {
		slices.SortFunc(stays, func(a, b stay) int {
			return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to), cmp.Compare(a.call, b.call))
		})
		var before []span
		for _, s := range stays {
			with := union(append(slices.Clone(before), s.span))
			if more := length(with) - length(before); more > 0 {
				rows = append(rows, []any{of.day, of.user, s.call, s.from, s.to, s.to - more})
			}
			before = with
		}
	}
	return rows
}

var outcomesOfPeople = []string{"answered", "answered_elsewhere", "missed", "declined", "busy", "abandoned", "failed", "unknown"}

func personCalls(f *told) [][]any {
	const made, connected, talk = 9, 10, 11
	g := grouped{}
	counted := map[[3]string]bool{}
	for _, l := range f.Legs {
		day := f.day(l.Call)
		if l.Callee.Kind == "user" {
			numbers := make([]int64, talk+1)
			numbers[0] = int64(flag01(l.Outcome != "unknown"))
			numbers[1+slices.Index(outcomesOfPeople, l.Outcome)] = 1
			g.add([]string{day, l.Callee.ID}, numbers...)
		}
		if l.Caller.Kind == "user" && slices.Contains([]string{"user", "external", "pstn"}, l.Callee.Kind) {
			numbers := make([]int64, talk+1)
			if key := [3]string{l.Call, l.Caller.ID, "made"}; !counted[key] {
				counted[key], numbers[made] = true, 1
			}
			if key := [3]string{l.Call, l.Caller.ID, "connected"}; l.Outcome == "answered" && !counted[key] {
				counted[key], numbers[connected] = true, 1
			}
			g.add([]string{day, l.Caller.ID}, numbers...)
		}
	}
	for of, spans := range f.talks() {
		numbers := make([]int64, talk+1)
		numbers[talk] = length(spans)
		g.add([]string{of.day, of.user}, numbers...)
	}
	return g.rows()
}

const slot = 900_000_000 // microseconds of a quarter of an hour

// concurrency looks in each quarter of an hour at the instants at which something begins, and counts what lasts then.
func concurrency(f *told) (rows [][]any) {
	lines := map[[2]string][]span{}
	for _, c := range f.Calls {
		if s := (span{c.Start.UnixMicro(), c.End.UnixMicro()}); c.Kind != "test" {
			lines[[2]string{"tenant", "all"}] = append(lines[[2]string{"tenant", "all"}], s)
		}
	}
	for _, r := range f.Routed {
		line := [2]string{"trunk", r.Trunk}
		lines[line] = append(lines[line], span{r.Invited.UnixMicro(), r.Ended.UnixMicro()})
	}
	for line, all := range lines {
		slots := map[int64][]span{}
		for _, s := range all {
			for at := s.from - s.from%slot; at < s.to && s.from < s.to; at += slot {
				slots[at] = append(slots[at], span{max(s.from, at), min(s.to, at+slot)})
			}
		}
		for at, parts := range slots {
			peak := 0
			for _, p := range parts {
				n := 0
				for _, q := range parts {
					n += flag01(q.from <= p.from && p.from < q.to)
				}
				peak = max(peak, n)
			}
			rows = append(rows, []any{date(microsecond(at)), line[0], line[1], at, peak, length(parts)})
		}
	}
	return rows
}
