package answers

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"graphlake/internal/graphsim"
)

var ofPeople = []comparison{
	{
		"active", "metric_active_users",
		[]string{"day VARCHAR", "person VARCHAR"},
		func(f *told) (rows [][]any) {
			for _, day := range f.Active {
				for _, user := range day.Users {
					rows = append(rows, []any{date(day.Day), user})
				}
			}
			return rows
		},
		"SELECT tenant_id, dt::VARCHAR, user_id FROM metric_active_users",
	},
	{
		"counts", "metric_active_counts",
		[]string{"day VARCHAR", "of_day BIGINT", "of_week BIGINT", "of_month BIGINT", "days BIGINT"},
		func(f *told) (rows [][]any) {
			for i, day := range f.Active {
				if len(day.Users) > 0 {
					one, _ := f.activeIn(i, 1)
					seven, _ := f.activeIn(i, 7)
					all, days := f.activeIn(i, 28)
					rows = append(rows, []any{date(day.Day), len(one), len(seven), len(all), days})
				}
			}
			return rows
		},
		"SELECT tenant_id, dt::VARCHAR, active_1_day::BIGINT, active_7_days::BIGINT, active_28_days::BIGINT, days_with_data::BIGINT FROM metric_active_counts",
	},
	{
		"licences", "metric_licences",
		[]string{"id VARCHAR", "part VARCHAR", "enabled BIGINT", "consumed BIGINT", "assigned BIGINT", "disabled BIGINT", "inactive BIGINT", "free BIGINT", "share BIGINT"},
		licences,
		`SELECT tenant_id, sku_id, sku_part_number, enabled_units::BIGINT, consumed_units::BIGINT, assigned::BIGINT, on_disabled_accounts::BIGINT, on_inactive_people::BIGINT, unassigned_units::BIGINT,
			round(assigned_percent * enabled_units / 100)::BIGINT FROM metric_licences`,
	},
	{
		"departments", "metric_departments",
		[]string{"day VARCHAR", "sender VARCHAR", "receiver VARCHAR", "messages BIGINT", "calls BIGINT", "together BIGINT", "senders BIGINT", "receivers BIGINT"},
		departments,
		"SELECT tenant_id, dt::VARCHAR, from_department, to_department, messages::BIGINT, calls_together::BIGINT, " + fmt.Sprintf(microseconds, "seconds_together") +
			", from_people::BIGINT, to_people::BIGINT FROM metric_departments",
	},
	{
		"presence", "metric_presence_shares",
		[]string{"day VARCHAR", "person VARCHAR", "availability VARCHAR", "held BIGINT", "observations BIGINT", "of_all BIGINT", "of_day BIGINT"},
		presences,
		`SELECT tenant_id, dt::VARCHAR, user_id, availability, seconds::BIGINT, observations::BIGINT, round(share_percent * seen_percent_of_day * 8.64)::BIGINT,
			round(seen_percent_of_day * 864)::BIGINT FROM metric_presence_shares`,
	},
	{
		"people", "metric_people",
		[]string{"person VARCHAR", "department VARCHAR", "manager VARCHAR", "type VARCHAR", "enabled BOOLEAN", "started BIGINT", "ended BIGINT", "days VARCHAR", "known BIGINT"},
		func(f *told) (rows [][]any) {
			for _, u := range f.Users {
				row := []any{u.ID, text(u.Department), text(u.Manager), kindOf(u), u.Enabled, nil, nil, daysOf(u), flag01(u.Days != nil)}
				if u.Days != nil {
					row[5], row[6] = int64(u.From/time.Second), int64(u.To/time.Second)
				}
				rows = append(rows, row)
			}
			return rows
		},
		`SELECT tenant_id, user_id, department, manager_id, user_type, account_enabled, day_start_seconds::BIGINT, day_end_seconds::BIGINT,
			concat(works_monday, works_tuesday, works_wednesday, works_thursday, works_friday, works_saturday, works_sunday), has_hours::BIGINT FROM metric_people`,
	},
	{
		"history", "users_history",
		[]string{
			"person VARCHAR", "since DATE", "until DATE", "name VARCHAR", "principal VARCHAR", "type VARCHAR", "enabled BOOLEAN", "department VARCHAR", "title VARCHAR", "manager VARCHAR", "removed BOOLEAN",
		},
		history,
		"SELECT tenant_id, user_id, valid_from, valid_to, display_name, user_principal_name, user_type, account_enabled, department, job_title, manager_id, removed FROM users_history",
	},
	{
		"on_day", "users_on_day",
		[]string{"day DATE", "person VARCHAR", "picture DATE", "department VARCHAR", "manager VARCHAR", "removed BOOLEAN"},
		onDays,
		`SELECT tenant_id, dt, user_id, picture_date, department, manager_id, removed FROM users_on_day
			WHERE dt BETWEEN (SELECT min(dt) FROM calls) AND (SELECT max(dt) FROM calls)`,
	},
	{
		"owners", "metric_team_owners",
		[]string{"team VARCHAR", "owners BIGINT", "active BIGINT", "ownership VARCHAR"},
		func(f *told) (rows [][]any) {
			for _, t := range f.Teams {
				ownership := "several"
				switch {
				case t.Owners == 0:
					ownership = "none"
				case t.Active == 0:
					ownership = "only_inactive"
				case t.Active == 1:
					ownership = "one"
				}
				rows = append(rows, []any{t.ID, t.Owners, t.Active, ownership})
			}
			return rows
		},
		"SELECT tenant_id, team_id, owners::BIGINT, active_owners::BIGINT, ownership FROM metric_team_owners",
	},
	{
		"teams", "metric_team_activity",
		[]string{"team VARCHAR", "archived BOOLEAN", "last VARCHAR", "messages BIGINT", "writers BIGINT", "channels BIGINT", "state VARCHAR"},
		teams,
		"SELECT tenant_id, team_id, is_archived, last_message_dt::VARCHAR, messages::BIGINT, writers::BIGINT, channels_used::BIGINT, state FROM metric_team_activity",
	},
}

// activeIn are who was active on some days up to one, and on how many of these somebody was.
func (f *told) activeIn(last, days int) (users map[string]bool, with int) {
	users = map[string]bool{}
	for _, day := range f.Active[max(0, last-days+1) : last+1] {
		with += flag01(len(day.Users) > 0)
		for _, user := range day.Users {
			users[user] = true
		}
	}
	return users, with
}

func licences(f *told) (rows [][]any) {
	newest := len(f.Active) - 1
	for len(f.Active[newest].Users) == 0 {
		newest--
	}
	active, _ := f.activeIn(newest, 28)
	for _, p := range f.Products {
		assigned, disabled, inactive := 0, 0, 0
		for _, u := range f.Users {
			if slices.Contains(u.Licences, p.ID) {
				assigned++
				disabled += flag01(!u.Enabled)
				inactive += flag01(u.Enabled && !active[u.ID])
			}
		}
		row := []any{p.ID, p.Part, p.Enabled, p.Consumed, assigned, disabled, inactive, p.Enabled - p.Consumed, p.Consumed}
		if p.Enabled == 0 {
			row[8] = nil
		}
		rows = append(rows, row)
	}
	return rows
}

// mostTogether is of how many people of the tenant a call is one in which people were together.
const mostTogether = 20

func departments(f *told) [][]any {
	g := grouped{}
	of := map[string]string{}
	for _, u := range f.Users {
		of[u.ID] = u.Department
		if u.Department == "" {
			of[u.ID] = "unknown"
		}
	}
	counted := map[string]bool{}
	count := func(day, one, two string, numbers ...int64) {
		if of[one] == "" || of[two] == "" {
			return
		}
		key := []string{day, of[one], of[two]}
		for i, who := range []string{one, two} {
			joined := strings.Join(append(slices.Clone(key), strconv.Itoa(i), who), "\x1f")
			numbers = append(numbers, int64(flag01(!counted[joined])))
			counted[joined] = true
		}
		g.add(key, numbers...)
	}
	for _, m := range f.written() {
		if m.Scope == "one_on_one" && m.Other != "" {
			count(date(m.Created), m.Author, m.Other, 1, 0, 0)
		}
	}
	present := map[string]map[string]span{} // from the first to the last, by call and user
	for _, l := range f.Legs {
		s := span{l.Start.UnixMicro(), l.End.UnixMicro()}
		if l.Outcome != "answered" && l.Outcome != "joined" || s.to <= s.from {
			continue
		}
		for _, end := range []graphsim.EndFact{l.Caller, l.Callee} {
			if end.Kind != "user" {
				continue
			}
			if present[l.Call] == nil {
				present[l.Call] = map[string]span{}
			}
			if was, ok := present[l.Call][end.ID]; ok {
				s = span{min(s.from, was.from), max(s.to, was.to)}
			}
			present[l.Call][end.ID] = s
		}
	}
	for call, people := range present {
		for one, a := range people {
			for two, b := range people {
				if one != two && len(people) <= mostTogether {
					count(f.day(call), one, two, 0, 1, max(0, min(a.to, b.to)-max(a.from, b.from)))
				}
			}
		}
	}
	return g.rows()
}

// held is for how many seconds an observation is taken to hold.
const held = 1800

// presences goes through each second of a day and asks what was last seen.
func presences(f *told) (rows [][]any) {
	type observation struct {
		second       int
		availability string
	}
	seen := map[dayOf][]observation{}
	for _, at := range f.trial.observed() {
		for _, p := range f.tenant.PresenceFacts(at) {
			of := dayOf{date(at), p.User}
			seen[of] = append(seen[of], observation{at.Hour()*3600 + at.Minute()*60, p.Availability})
		}
	}
	for of, observations := range seen {
		seconds, all := map[string]int{}, 0
		for second := range 24 * 3600 {
			var last *observation
			for i := range observations {
				if o := &observations[i]; o.second <= second && second < o.second+held {
					last = o
				}
			}
			if last != nil {
				seconds[last.availability]++
				all++
			}
		}
		for availability, n := range seconds {
			rows = append(rows, []any{of.day, of.user, availability, n, len(observations), n, all})
		}
	}
	return rows
}

func kindOf(u graphsim.UserFact) string {
	if u.Guest {
		return "Guest"
	}
	return "Member"
}

// daysOf has a digit for each day of a week: 1 where somebody works.
func daysOf(u graphsim.UserFact) (digits string) {
	for _, day := range []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"} {
		digits += strconv.Itoa(flag01(slices.Contains(u.Days, day)))
	}
	return digits
}

// A known user is one as a picture has them: who has left is still there, as they were.
type known struct {
	graphsim.UserFact
	removed bool
}

// pictures are the users of each night.
func (f *told) pictures() (all []map[string]known) {
	before := map[string]known{}
	for _, night := range f.trial.nights() {
		now := map[string]known{}
		for id, u := range before {
			u.removed = true
			now[id] = u
		}
		for _, u := range f.tenant.UserFacts(night) {
			now[u.ID] = known{u, false}
		}
		all = append(all, now)
		before = now
	}
	return all
}

func history(f *told) (rows [][]any) {
	nights := f.trial.nights()
	open := map[string][]any{} // the row of each user that still holds
	for i, picture := range f.pictures() {
		for id, u := range picture {
			row := []any{
				id, date(nights[i]), nil, u.Name, u.Principal, kindOf(u.UserFact), u.Enabled, text(u.Department), text(u.Title), text(u.Manager), u.removed,
			}
			was := open[id]
			if was != nil && slices.Equal(was[3:], row[3:]) {
				continue
			}
			if was != nil {
				was[2] = date(nights[i])
			}
			open[id] = row
			rows = append(rows, row)
		}
	}
	return rows
}

func onDays(f *told) (rows [][]any) {
	nights, pictures := f.trial.nights(), f.pictures()
	for n := range f.trial.days {
		day, newest := f.trial.day(n), 0
		for i, night := range nights {
			if !night.After(day) {
				newest = i
			}
		}
		for id, u := range pictures[newest] {
			rows = append(rows, []any{date(day), id, date(nights[newest]), text(u.Department), text(u.Manager), u.removed})
		}
	}
	return rows
}

// dormantAfter is for how many days nobody has written in a dormant team.
const dormantAfter = 30

func teams(f *told) (rows [][]any) {
	for _, t := range f.Teams {
		var last time.Time
		messages, writers, channels := 0, map[string]bool{}, map[string]bool{}
		for _, m := range f.Messages {
			if m.Team != t.ID {
				continue
			}
			messages++
			channels[m.Thread] = true
			if m.Author != "" {
				writers[m.Author] = true
			}
			if m.Created.After(last) {
				last = m.Created
			}
		}
		state := "not_known"
		switch since := f.LastPost.AddDate(0, 0, -dormantAfter); {
		case t.Archived:
			state = "archived"
		case date(last) > date(since):
			state = "active"
		case !f.FirstPost.After(since):
			state = "dormant"
		}
		row := []any{t.ID, t.Archived, nil, messages, len(writers), len(channels), state}
		if !last.IsZero() {
			row[2] = date(last)
		}
		rows = append(rows, row)
	}
	return rows
}
