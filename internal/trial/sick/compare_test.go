package sick

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"graphlake/internal/graphsim"
	"graphlake/load"
	"graphlake/schemas"
)

// contents are the tables of a lake by name.
type contents map[string]*table

// A table is its rows by key. Rows of what is dated by itself have their key once over all days; those of
// pictures and observations once a day, and the day is part of the key.
type table struct {
	schemas.Table
	dataset schemas.Dataset
	rows    map[string][]row
}

// A row is its columns' values as text; null is empty.
type row map[string]string

const (
	part = " "
	day  = "dt"
)

// byTime reports whether rows are dated by the records, and not by the night that saw them.
func byTime(d schemas.Dataset) bool { return d.Mode == schemas.Windowed || d.Mode == schemas.Changes }

// read reads all tables of a lake.
func read(ctx context.Context, store load.Store, all []schemas.Dataset) (contents, error) {
	lake := load.New(store, "")
	c := contents{}
	for _, d := range all {
		for _, s := range d.Tables {
			t := &table{Table: s, dataset: d, rows: map[string][]row{}}
			c[s.Name] = t
			for p, err := range lake.Partitions(ctx, load.Tables, s.Name, tenant.ID) {
				if err != nil {
					return nil, err
				}
				for values, err := range lake.Rows(ctx, p, s) {
					if err != nil {
						return nil, fmt.Errorf("%s: %w", p, err)
					}
					r := row{day: p.Date.Format(time.DateOnly)}
					for i, column := range s.Columns {
						if values[i] != nil {
							r[column.Name] = fmt.Sprint(values[i])
						}
					}
					key := t.key(r, len(s.Key))
					t.rows[key] = append(t.rows[key], r)
				}
			}
		}
	}
	return c, nil
}

// key is the first columns of a row's key.
func (t *table) key(r row, columns int) string {
	var values []string
	if !byTime(t.dataset) {
		values = append(values, r[day])
	}
	for _, name := range t.Key[:columns] {
		values = append(values, r[name])
	}
	return strings.Join(values, part)
}

// root is the key of the record that a row is part of.
func (t *table) root(r row) string { return t.key(r, min(len(t.Key), len(t.dataset.Root().Key))) }

// ids are the ids that a row's record or parent may be called by: those of its root key, and, where
// mailboxes share records, whose mailboxes have it.
func (t *table) ids(r row, members map[string][]string) (ids []string) {
	for _, name := range t.Key[:min(len(t.Key), len(t.dataset.Root().Key))] {
		ids = append(ids, r[name])
	}
	return append(ids, members[r["chat_id"]]...)
}

// of are the rows that are compared: of what is dated by itself those of the tenant's days, of the rest
// those of the last night.
func (t *table) compared(end time.Time) map[string][]row {
	from, to := first.Format(time.DateOnly), end.Format(time.DateOnly)
	all := map[string][]row{}
	for key, rows := range t.rows {
		dt := rows[0][day]
		if byTime(t.dataset) && dt >= from && dt < to || !byTime(t.dataset) && dt == to {
			all[key] = rows
		}
	}
	return all
}

func removed(r row) bool { return r["removed"] == "true" }

// versions are what the records of a table are told apart by in time, by their key; none has an empty one.
func (t *table) versions() map[string]string {
	all := map[string]string{}
	root := t.dataset.Root()
	i := slices.IndexFunc(root.Columns, func(c schemas.Column) bool {
		return string(c.Path) == string(t.dataset.Version) && t.dataset.Version != ""
	})
	for key, rows := range t.rows {
		all[key] = ""
		for _, r := range rows {
			if i >= 0 && older(all[key], r[root.Columns[i].Name]) {
				all[key] = r[root.Columns[i].Name]
			}
		}
	}
	return all
}

// older reports whether a version is before another: both are numbers, or instants in one form.
func older(a, b string) bool {
	if len(a) != len(b) && !strings.Contains(a+b, "-") {
		return len(a) < len(b)
	}
	return a < b
}

// members are the users of chats.
func (c contents) members() map[string][]string {
	all := map[string][]string{}
	if t := c["chat_members"]; t != nil {
		for _, rows := range t.rows {
			all[rows[0]["chat_id"]] = append(all[rows[0]["chat_id"]], rows[0]["user_id"])
		}
	}
	return all
}

// gone reports whether a record is of somebody, or of something, that is in the directory no more: a lake
// keeps what it has read, and nobody can read it again.
func (c contents) gone(r row) bool {
	for column, name := range map[string]string{"user_id": "users", "team_id": "teams", "chat_id": "chats"} {
		t := c[name]
		if id := r[column]; t == nil || id == "" {
			continue
		} else if !slices.ContainsFunc(slices.Collect(maps.Keys(t.rows)), func(key string) bool { return strings.HasSuffix(key, part+id) }) {
			return true
		}
	}
	return false
}

// An excuse says why a row may be missing or older, and what is wrong if it is not named.
type excuse struct{ kind, state string }

const (
	well    = "nothing is sick"
	unnamed = "sick and not named"
	fine    = "sick and named"
)

// excuse looks for what is sick that a row comes from.
func (t *table) excuse(r row, members map[string][]string, sick []graphsim.Illness, names names) excuse {
	ids := t.ids(r, members)
	found := excuse{state: well}
	for _, i := range sick {
		if i.Dataset != t.dataset.Name || i.Whole || i.Value || i.ID+i.Parent != "" && !slices.Contains(ids, i.ID+i.Parent) {
			continue
		}
		if i.Silent || names(t.dataset.Name, append(ids, i.ID+i.Parent)) {
			return excuse{i.Kind, fine}
		}
		found = excuse{i.Kind, unnamed}
	}
	return found
}

// respelled reports whether a value of the record was ever not as it should be.
func (t *table) respelled(r row, ever []graphsim.Illness) bool {
	return slices.ContainsFunc(ever, func(i graphsim.Illness) bool {
		return i.Value && i.Dataset == t.dataset.Name && i.ID == r[t.Key[0]]
	})
}

// ofNames are the columns of channels' messages that follow the name of a channel that they mention: the
// simulator writes its name as it is now, and no later version.
var ofNames = []string{"character_count", "body", "mention_text", "mentioned_conversation_display_name"}

// differing are the columns in which rows differ, less those that are null in a record with a value that
// was not as it should be.
func (t *table) differing(got, want row, lenient bool) (columns []string) {
	for _, c := range t.Columns {
		renamed := t.dataset.Name == schemas.ChannelMessages.Name && slices.Contains(ofNames, c.Name)
		if got[c.Name] != want[c.Name] && !renamed && (!lenient || got[c.Name] != "") {
			columns = append(columns, c.Name)
		}
	}
	return columns
}

// compare counts what is wrong with a lake in the last night, given what is sick and what is named.
//
// Who was there in the night before, or could not be read then, and is not there now may still be in a picture:
// that is believed on the second day.
func (l *life) compare(got, want, yesterday contents, lately, sick []graphsim.Illness) {
	end := l.simulated()
	members := want.members()
	for _, name := range slices.Sorted(maps.Keys(want)) {
		t := want[name]
		has := got[name].compared(end)
		wants := t.compared(end)
		l.countDoubled(got[name])
		mine, theirs := got[t.dataset.Root().Name].versions(), want[t.dataset.Root().Name].versions()
		late := func(r row) bool { // the record as a whole is missing or older
			version, ok := mine[t.root(r)]
			return !ok || older(version, theirs[t.root(r)])
		}
		for _, key := range slices.Sorted(maps.Keys(wants)) {
			w := wants[key][0]
			rows := has[key]
			slices.SortStableFunc(rows, func(a, b row) int { return strings.Compare(b[day], a[day]) })
			if i := slices.IndexFunc(rows, func(r row) bool { return r[day] == w[day] }); i > 0 {
				rows[0], rows[i] = rows[i], rows[0]
			}
			lagging := len(rows) == 0 || late(w)
			switch {
			case len(rows) > 0 && removed(rows[0]) && t.excuse(w, members, sick, l.names).state == fine && l.onceGone(name, w):
			case len(rows) > 0 && removed(rows[0]):
				l.invented++
				l.tellOf(t, "false", ": marked removed, but there"+t.why(w, members, sick), "%s", key)
			case lagging && len(rows) > 0 && len(t.differing(rows[0], w, false)) == 0:
			case lagging:
				what := map[bool]string{true: "missing", false: "older"}[len(rows) == 0]
				if e := t.excuse(w, members, sick, l.names); e.state != fine && !l.names(t.dataset.Name, nil) {
					l.unnamed++
					l.tellOf(t, "unnamed", ": "+what+": "+strings.TrimSpace(e.kind+" "+e.state), "%s", key)
				}
			default:
				columns := t.differing(rows[0], w, t.respelled(w, l.ever))
				e := t.excuse(w, members, sick, l.names)
				switch {
				case len(columns) == 0 || e.state == fine:
				case !slices.ContainsFunc(columns, func(c string) bool { return !slices.Contains(silently, c) }):
					l.unnamed++
					l.tellOf(t, "unnamed", ": older: "+strings.TrimSpace(e.kind+" "+e.state), "%s", key)
				default:
					l.invented++
					l.tellOf(t, "false", ": another value"+t.why(w, members, sick), "%s: %v: %q, want %q", key, columns, rows[0][columns[0]], w[columns[0]])
				}
			}
		}
		for _, key := range slices.Sorted(maps.Keys(has)) {
			r := has[key][0]
			if _, ok := wants[key]; ok || removed(r) || want.gone(r) || yesterday[name].had(r) || t.again(r, l.ever) || t.pictured() && t.why(r, members, lately) != "" {
				continue
			}
			e := t.excuse(r, members, sick, l.names)
			switch _, there := theirs[t.root(r)]; {
			case e.state == fine:
			case there && late(r):
				l.unnamed++
				l.tellOf(t, "unnamed", ": older: "+strings.TrimSpace(e.kind+" "+e.state), "%s", key)
			default:
				l.invented++
				l.tellOf(t, "false", ": not there"+t.why(r, members, sick), "%s on %s", key, r[day])
			}
		}
	}
}

// pictured reports whether a picture shows who is not listed for a day longer.
func (t *table) pictured() bool {
	return t.dataset.Mode.Pictures() && t.dataset.Source.Paging != schemas.Delta
}

// had reports whether a picture of another day had a row.
func (t *table) had(r row) bool {
	if !t.pictured() {
		return false
	}
	for _, rows := range t.rows {
		if same := rows[0]; !slices.ContainsFunc(t.Key, func(name string) bool { return same[name] != r[name] }) {
			return true
		}
	}
	return false
}

// again reports whether a row is of a session that Graph has returned twice: it may, and the record is not read
// again before it has a new version.
func (t *table) again(r row, ever []graphsim.Illness) bool {
	return r["session_index"] != "" && slices.ContainsFunc(ever, func(i graphsim.Illness) bool {
		return i.Kind == "session-twice" && i.ID == r["call_id"]
	})
}

// onceGone reports whether a row of a picture was not there in one of the nights: who comes back while they are
// sick is as they were last known.
func (l *life) onceGone(name string, r row) bool {
	for _, at := range l.lately {
		then, err := l.reference(context.Background(), at)
		if err == nil && then[name].pictured() && !then[name].had(r) {
			return true
		}
	}
	return false
}

// silently are the columns that change in a calendar without a later version.
var silently = []string{"response", "response_time", "show_as"}

// why is of what the source of a row is sick, for a line.
func (t *table) why(r row, members map[string][]string, sick []graphsim.Illness) string {
	all := func(string, []string) bool { return true }
	if e := t.excuse(r, members, sick, all); e.kind != "" {
		return " (" + e.kind + ")"
	}
	return ""
}

// tellOf notes a problem of a table.
func (l *life) tellOf(t *table, sort, more, format string, args ...any) {
	what := fmt.Sprintf(format, args...)
	l.problems = append(l.problems, problem{sort + " " + t.Name + more, what[:min(len(what), mostText)], t.Name, t.dataset.Root().Name})
}

// mostText is how much of a problem's words are told.
const mostText = 160

func (l *life) countDoubled(t *table) {
	for _, key := range slices.Sorted(maps.Keys(t.rows)) {
		if rows := t.rows[key]; len(rows) > 1 {
			l.doubled++
			l.tellOf(t, "doubled", "", "%s on %s and %s", key, rows[0][day], rows[1][day])
		}
	}
}

// compareHealed counts what still differs when nothing is sick any more and everything was read again.
func (l *life) compareHealed(got, want, yesterday contents) {
	end := l.simulated()
	for _, name := range slices.Sorted(maps.Keys(want)) {
		t := want[name]
		has, wants := got[name].compared(end), t.compared(end)
		l.countDoubled(got[name])
		for _, key := range slices.Sorted(maps.Keys(wants)) {
			w, rows := wants[key][0], has[key]
			switch {
			case len(rows) == 0 || removed(rows[0]):
				l.healed++
				l.tellOf(t, "healed", ": missing or marked removed"+t.once(w, l.ever), "%s on %s", key, w[day])
			default:
				if columns := t.differing(rows[0], w, t.respelled(w, l.ever)); len(columns) > 0 {
					l.healed++
					l.tellOf(t, "healed", ": another value"+t.once(w, l.ever), "%s: %s is %q, want %q", key, columns[0], rows[0][columns[0]], w[columns[0]])
				}
			}
		}
		for _, key := range slices.Sorted(maps.Keys(has)) {
			if _, ok := wants[key]; !ok && !removed(has[key][0]) && !want.gone(has[key][0]) && !yesterday[name].had(has[key][0]) && !t.again(has[key][0], l.ever) {
				l.healed++
				l.tellOf(t, "healed", ": not there"+t.once(has[key][0], l.ever), "%s on %s", key, has[key][0][day])
			}
		}
	}
}

// once is of what the source of a row ever was sick, for a line.
func (t *table) once(r row, ever []graphsim.Illness) string {
	var kinds []string
	for _, i := range ever {
		if i.Dataset == t.dataset.Name && i.ID+i.Parent != "" && slices.Contains(t.ids(r, nil), i.ID+i.Parent) {
			kinds = append(kinds, i.Kind)
		}
	}
	if len(kinds) == 0 {
		return ""
	}
	return " (once " + strings.Join(kinds, ", ") + ")"
}

// names says whether somebody who looks is told that records of a dataset are missing, given the ids by
// which the record or its parent may be called.
type names func(dataset string, ids []string) bool

// named reads what the product says of what it could not read: the list in a state, the units of the last
// night that failed or list whom they left behind, quarantine in any report, and findings of an audit.
// It is the one place that knows their form.
func named(states map[string][]byte, reports [][]byte, last, audit []byte) names {
	ids := map[string]map[string]bool{} // by dataset; the empty id is the whole dataset
	note := func(dataset, id string) {
		if ids[dataset] == nil {
			ids[dataset] = map[string]bool{}
		}
		ids[dataset][id] = true
	}
	type lag struct{ Parent, Record string }
	noteAll := func(dataset string, list []lag) {
		for _, b := range list {
			for _, id := range []string{b.Parent, b.Record} {
				if id != "" {
					note(dataset, id)
				}
			}
		}
	}
	for dataset, text := range states {
		var st struct{ Behind []lag }
		if json.Unmarshal(text, &st) == nil {
			noteAll(dataset, st.Behind)
		}
	}
	type report struct {
		Units []struct {
			Dataset     string
			Outcome     string
			Quarantined int64
			Who         json.RawMessage
			Error       json.RawMessage
		}
	}
	for i, text := range append(slices.Clone(reports), last) {
		var r report
		if json.Unmarshal(text, &r) != nil {
			continue
		}
		for _, u := range r.Units {
			var list []lag
			if i == len(reports) && json.Unmarshal(u.Who, &list) == nil {
				noteAll(u.Dataset, list)
			}
			if i == len(reports) && (len(u.Error) > 0 || u.Outcome == "doubted") || u.Quarantined > 0 {
				note(u.Dataset, "")
			}
		}
	}
	var found struct {
		Findings []map[string]any
	}
	if json.Unmarshal(audit, &found) == nil {
		for _, f := range found.Findings {
			dataset, _ := f["dataset"].(string)
			switch f["kind"] {
			case "refused":
				id := ""
				for _, name := range []string{"record", "parent", "id"} {
					if text, ok := f[name].(string); ok && text != "" {
						id = text
						note(dataset, id)
					}
				}
				if id == "" {
					note(dataset, "")
				}
			case "gap", "lost", "behind":
				note(dataset, "")
			}
		}
	}
	return func(dataset string, of []string) bool {
		return ids[dataset][""] || slices.ContainsFunc(of, func(id string) bool { return id != "" && ids[dataset][id] })
	}
}
