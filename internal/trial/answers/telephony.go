package answers

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"graphlake/internal/graphsim"
)

var ofTelephony = []comparison{
	{
		"call_accounts", "metric_call_accounts",
		[]string{"day VARCHAR", "call VARCHAR", "account VARCHAR", "name VARCHAR", "kind VARCHAR"},
		func(f *told) (rows [][]any) {
			for call, accounts := range f.accountsOfCalls() {
				for _, a := range accounts {
					rows = append(rows, []any{f.day(call), call, a.ID, a.Name, a.Kind})
				}
			}
			return rows
		},
		"SELECT tenant_id, dt::VARCHAR, call_id, account_id, account_name, account_kind FROM metric_call_accounts",
	},
	{
		"named_journeys", "metric_queue_calls_by_name",
		[]string{"day VARCHAR", "call VARCHAR", "queue VARCHAR", "attendant VARCHAR", "result VARCHAR", "wait BIGINT", "agent VARCHAR"},
		func(f *told) (rows [][]any) {
			for _, j := range f.Journeys {
				rows = append(rows, []any{f.day(j.Call), j.Call, j.Queue, text(f.attendant(j.Call)), j.Result, j.Wait.Microseconds(), text(j.Agent)})
			}
			return rows
		},
		"SELECT tenant_id, dt::VARCHAR, call_id, queue_name, attendant_name, result, " + fmt.Sprintf(microseconds, "wait_seconds") + ", answered_by FROM metric_queue_calls_by_name WHERE queues = 1",
	},
	{
		"named_queues", "metric_queues_by_name",
		[]string{"day VARCHAR", "queue VARCHAR", "offered BIGINT", "answered BIGINT", "in_target BIGINT", "forwarded BIGINT", "voicemail BIGINT", "left_at BIGINT", "longest BIGINT", "grade BIGINT"},
		namedQueues,
		`SELECT tenant_id, dt::VARCHAR, queue_name, offered::BIGINT, answered::BIGINT, answered_in_target::BIGINT, forwarded::BIGINT, voicemail::BIGINT, left_unanswered::BIGINT, ` +
			fmt.Sprintf(microseconds, "longest_wait_seconds") + ", round(grade_of_service_percent * offered / 100)::BIGINT FROM metric_queues_by_name",
	},
	{
		"named_attendants", "metric_attendants_by_name",
		[]string{"day VARCHAR", "attendant VARCHAR", "calls BIGINT", "to_queue BIGINT", "ended BIGINT", "length BIGINT"},
		func(f *told) (rows [][]any) {
			days := map[string][4]int64{}
			for _, m := range f.Menus {
				d := days[f.day(m.Call)+"|"+f.attendant(m.Call)]
				d[0]++
				if m.Queued {
					d[1]++
				} else {
					d[2]++
				}
				d[3] += m.Length.Microseconds()
				days[f.day(m.Call)+"|"+f.attendant(m.Call)] = d
			}
			for key, d := range days {
				day, name, _ := strings.Cut(key, "|")
				rows = append(rows, []any{day, name, d[0], d[1], d[2], d[3]})
			}
			return rows
		},
		"SELECT tenant_id, dt::VARCHAR, attendant_name, calls::BIGINT, transferred_queue::BIGINT, terminated::BIGINT, " + fmt.Sprintf(microseconds, "menu_seconds") + " FROM metric_attendants_by_name",
	},
	{
		"ring_groups", "metric_ring_groups",
		[]string{"day VARCHAR", "accounts VARCHAR", "person VARCHAR", "rung BIGINT", "at_once BIGINT", "answered BIGINT", "elsewhere BIGINT", "missed BIGINT", "declined BIGINT", "other BIGINT"},
		ringGroups,
		`SELECT tenant_id, dt::VARCHAR, resource_accounts, user_id, rung::BIGINT, rung_at_once::BIGINT, answered::BIGINT, answered_elsewhere::BIGINT, missed::BIGINT, declined::BIGINT, other::BIGINT
			FROM metric_ring_groups`,
	},
	{
		"number_owners", "metric_number_owners",
		[]string{"number VARCHAR", "status VARCHAR", "kind VARCHAR", "owner VARCHAR", "without BIGINT"},
		func(f *told) (rows [][]any) {
			for _, a := range f.tenant.AssignmentFacts(f.last()) {
				without := slices.Contains([]graphsim.NumberOwner{graphsim.NobodyOwns, graphsim.GoneOwns, graphsim.DisabledOwns}, a.Owner)
				rows = append(rows, []any{a.Number, a.Status, string(a.Owner), text(a.Target), flag01(without)})
			}
			return rows
		},
		"SELECT tenant_id, telephone_number, assignment_status, owner_kind, owner_id, without_owner::BIGINT FROM metric_number_owners",
	},
	{
		"voice", "metric_voice",
		[]string{"person VARCHAR", "enabled BOOLEAN", "licence BIGINT", "plan BIGINT", "voice BIGINT", "numbers BIGINT", "state VARCHAR"},
		voices,
		"SELECT tenant_id, user_id, account_enabled, has_phone_licence::BIGINT, has_calling_plan::BIGINT, is_voice_enabled::BIGINT, numbers::BIGINT, state FROM metric_voice",
	},
}

// last is the night of which the newest pictures are.
func (f *told) last() time.Time {
	all := f.trial.nights()
	return all[len(all)-1]
}

// accountsOfCalls are the resource accounts that took part in each call to a menu or a queue.
func (f *told) accountsOfCalls() map[string][]graphsim.AccountFact {
	known := map[string]graphsim.AccountFact{}
	var menu graphsim.AccountFact // there is one
	for _, a := range f.tenant.AccountFacts() {
		if known[a.ID] = a; a.Kind == "attendant" {
			menu = a
		}
	}
	of := map[string][]graphsim.AccountFact{}
	for _, j := range f.Journeys {
		for _, id := range j.Accounts {
			of[j.Call] = append(of[j.Call], known[id])
		}
	}
	for _, m := range f.Menus {
		if !m.Queued {
			of[m.Call] = append(of[m.Call], menu)
		}
	}
	return of
}

// attendant is the name of that of a call; empty if there was none.
func (f *told) attendant(call string) string {
	if !slices.ContainsFunc(f.Menus, func(m graphsim.MenuFact) bool { return m.Call == call }) {
		return ""
	}
	for _, a := range f.tenant.AccountFacts() {
		if a.Kind == "attendant" {
			return a.Name
		}
	}
	return ""
}

func namedQueues(f *told) (rows [][]any) {
	type key struct{ day, queue string }
	of := map[key][]graphsim.JourneyFact{}
	for _, j := range f.Journeys {
		k := key{f.day(j.Call), j.Queue}
		of[k] = append(of[k], j)
	}
	for k, all := range of {
		ended := map[string]int{}
		var inTarget int
		for _, j := range all {
			ended[j.Result]++
			if j.Result == "agent_answered" && j.Wait <= 20*time.Second {
				inTarget++
			}
		}
		longest := slices.MaxFunc(all, func(a, b graphsim.JourneyFact) int { return cmp.Compare(a.Wait, b.Wait) }).Wait
		rows = append(rows, []any{
			k.day, k.queue, len(all), ended["agent_answered"], inTarget, ended["forwarded"], ended["voicemail"], ended["left"] + ended["requeued_and_left"], longest.Microseconds(), inTarget,
		})
	}
	return rows
}

// ringGroups counts each ring of a queue with all others of its call.
func ringGroups(f *told) (rows [][]any) {
	accounts := map[string]string{}
	for _, j := range f.Journeys {
		accounts[j.Call] = strings.Join(j.Accounts, ",")
	}
	rings := map[string][]graphsim.LegFact{}
	for _, l := range f.Legs {
		if l.Caller.Kind == "queue" && l.Callee.Kind == "user" {
			rings[l.Call] = append(rings[l.Call], l)
		}
	}
	type key struct{ day, accounts, person string }
	counts := map[key]map[string]int{}
	for call, legs := range rings {
		for _, l := range legs {
			k := key{f.day(call), accounts[call], l.Callee.ID}
			if counts[k] == nil {
				counts[k] = map[string]int{}
			}
			counts[k]["rung"]++
			counts[k][l.Outcome]++
			if slices.ContainsFunc(legs, func(o graphsim.LegFact) bool { return o.Callee.ID != l.Callee.ID && o.Start.Equal(l.Start) }) {
				counts[k]["at once"]++
			}
		}
	}
	for k, n := range counts {
		named := n["answered"] + n["answered_elsewhere"] + n["missed"] + n["declined"]
		rows = append(rows, []any{k.day, k.accounts, k.person, n["rung"], n["at once"], n["answered"], n["answered_elsewhere"], n["missed"], n["declined"], n["rung"] - named})
	}
	return rows
}

func voices(f *told) (rows [][]any) {
	users := map[string]graphsim.UserFact{}
	for _, u := range f.tenant.UserFacts(f.last()) {
		users[u.ID] = u
	}
	for _, v := range f.tenant.VoiceFacts(f.last()) {
		state := map[[2]bool]string{{true, true}: "complete", {true, false}: "no_number", {false, true}: "number_without_voice", {false, false}: "unused_licence"}[[2]bool{v.Enabled, v.Numbers > 0}]
		switch {
		case !v.Licensed && !v.Enabled && v.Numbers == 0:
			continue
		case !v.Licensed:
			state = "no_licence"
		}
		u := users[v.User]
		rows = append(rows, []any{v.User, u.Enabled, flag01(v.Licensed), flag01(len(u.Licences) > 1), flag01(v.Enabled), v.Numbers, state})
	}
	return rows
}
