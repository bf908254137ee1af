package erase

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"graphlake/internal/trial/command"
)

// contents is what a lake says to those who read it.
type contents struct {
	datasets []command.Dataset
	tables   map[string]command.Table
	files    map[string][]byte // of raw, tables and quarantine
}

func read(ctx context.Context, l *command.Lake) (c contents, err error) {
	c.tables, c.files = map[string]command.Table{}, map[string][]byte{}
	if c.datasets, err = l.Datasets(ctx); err != nil {
		return c, err
	}
	for _, d := range c.datasets {
		for _, name := range d.Tables {
			if c.tables[name], err = l.Table(ctx, name); err != nil {
				return c, err
			}
		}
	}
	lake := filepath.Join(l.Dir, "lake")
	for _, kind := range []string{"raw", "tables", "quarantine"} {
		err := filepath.WalkDir(filepath.Join(lake, kind), func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			c.files[strings.TrimPrefix(name, lake+"/")], err = os.ReadFile(name)
			return err
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return c, err
		}
	}
	return c, nil
}

// owners are the columns that say whose a row is. That is written here again: what is wrong in schemas must not move what
// is expected.
var owners = map[string][]string{
	"users": {"user_id"}, "user_licenses": {"user_id"}, "presence": {"user_id"}, "mailbox_settings": {"user_id"},
	"calendar_events": {"user_id"}, "event_attendees": {"user_id"}, "pstn_calls": {"user_id"}, "direct_routing_calls": {"user_id"},
	"chat_messages": {"from_user_id", "mailbox_id"}, "channel_messages": {"from_user_id"}, "group_members": {"member_id"},
	"group_owners": {"owner_id"}, "call_persons": {"person_id"},
	"phone_numbers": {"assignment_target_id"}, "resource_accounts": {"account_id"}, "teams_user_configurations": {"user_id"}, "channel_members": {"user_id"}, "team_members": {"user_id"}, "joined_teams": {"user_id"}, "sms_logs": {"user_id"},
	"blocked_users_log": {"user_id"}, "dial_out_logs": {"user_id"}, "chat_members": {"user_id"}, "attendance_reports": {"organizer_user_id"},
}

// changed says how much of others is not as it was: rows of tables, records of raw, and files in which nobody was.
func (s seen) changed(after seen, people []person, n *needles) (changed int) {
	own := map[string]bool{}
	for _, p := range people {
		own[p.id] = true
	}
	rows, named := 0, 0
	sides := s.sidesOf(own)
	touched := map[string]bool{} // files
	for _, p := range s.found {
		touched[p.object] = true
	}
	for _, d := range s.datasets {
		root := s.tables[d.Tables[0]]
		gone := map[string]bool{} // records, by their key
		for _, name := range d.Tables {
			want, got := map[string]int{}, map[string]int{}
			for _, r := range rowsOf(s.tables[name]) {
				key := r.key(root.Key)
				if r.isOf(own, owners[name]) || gone[key] {
					if name == root.Name {
						gone[key] = true
					}
					touched[fmt.Sprintf("tables/%s/tenant_id=%s/dt=%s/%[1]s.parquet", name, r["tenant_id"], r["dt"])] = true
					continue
				}
				rows++
				if sides.leaveOut(r) {
					touched[fmt.Sprintf("tables/%s/tenant_id=%s/dt=%s/%[1]s.parquet", name, r["tenant_id"], r["dt"])] = true
				}
				text, names := r.without(n)
				if names {
					named++
				}
				want[text]++
			}
			for _, r := range rowsOf(after.tables[name]) {
				if slices.ContainsFunc(owners[name], func(column string) bool { return r[column] == "erased" }) {
					continue // of a call: what those who were erased have together
				}
				sides.leaveOut(r)
				got[r.withoutWords()]++
			}
			changed += differing(name, got, want)
		}
	}
	fmt.Printf("compared %d rows of others, of which %d name somebody\n", rows, named)
	for name, text := range s.files {
		if !touched[name] && !bytes.Equal(text, after.files[name]) {
			fmt.Println("nobody was in it, and it has other bytes:", name)
			changed++
		}
	}
	return changed + s.records(after, own, n)
}

// sides are those of sessions of calls that are somebody's who is to be erased, by the session: "caller" or "callee".
type sides map[string][]string

// bySession is how rows of what is in a session name it.
var bySession = []string{"call_id", "session_id", "session_index"}

func (s seen) sidesOf(own map[string]bool) sides {
	found := sides{}
	for _, name := range []string{"call_sessions", "call_segments"} {
		for _, r := range rowsOf(s.tables[name]) {
			for _, side := range []string{"caller", "callee"} {
				if id, _ := r[side+"_identity_id"].(string); own[id] {
					found[r.key(bySession)] = append(found[r.key(bySession)], side)
				}
			}
		}
	}
	return found
}

// leaveOut takes out of a row what it tells of such sides, as their devices and addresses: how much of that is theirs is for the
// tests of the filter.
func (s sides) leaveOut(r row) (has bool) {
	for _, side := range s[r.key(bySession)] {
		end := endOf(side, r["stream_direction"])
		for name := range r {
			if strings.HasPrefix(name, side+"_") || end != "" && strings.HasPrefix(name, end+"_") {
				delete(r, name)
				has = true
			}
		}
	}
	return has
}

// endOf is the end of a stream at which a side of its session is; empty: the row is no stream's, or of no known direction.
func endOf(side string, direction any) string {
	switch direction {
	case "callerToCallee":
		return map[string]string{"caller": "sender", "callee": "receiver"}[side]
	case "calleeToCaller":
		return map[string]string{"caller": "receiver", "callee": "sender"}[side]
	}
	return ""
}

// mostTold is how many rows of a table are told of.
const mostTold = 3

// differing tells what is in one of two sets only, and how much that is.
func differing(what string, got, want map[string]int) (n int) {
	told := 0
	for _, side := range []struct {
		is       string
		are, not map[string]int
	}{{"missing or changed", want, got}, {"new or changed", got, want}} {
		for _, text := range slices.Sorted(maps.Keys(side.are)) {
			if more := side.are[text] - side.not[text]; more > 0 {
				n += more
				if told++; told <= 2*mostTold {
					fmt.Printf("%s: %s: %q\n", what, side.is, text)
				}
			}
		}
	}
	return n
}

// row is a row of a table, or a record.
type row map[string]any

func parsed(text []byte) (any, error) {
	from := json.NewDecoder(bytes.NewReader(text))
	from.UseNumber()
	var value any
	return value, from.Decode(&value)
}

func rowsOf(t command.Table) (rows []row) {
	for _, same := range t.Rows {
		for _, text := range same {
			if value, err := parsed([]byte(text)); err == nil {
				if one, ok := value.(map[string]any); ok {
					rows = append(rows, one)
				}
			}
		}
	}
	return rows
}

// key are the values of some columns.
func (r row) key(columns []string) string {
	values := []string{fmt.Sprint(r["tenant_id"])}
	for _, name := range columns {
		values = append(values, fmt.Sprint(r[name]))
	}
	return strings.Join(values, command.Part)
}

// isOf reports whether one of some columns, or members of members, has an id.
func (r row) isOf(ids map[string]bool, paths []string) bool {
	return slices.ContainsFunc(paths, func(path string) bool {
		var at any = map[string]any(r)
		for name := range strings.SplitSeq(path, ".") {
			object, _ := at.(map[string]any)
			at = object[name]
		}
		id, _ := at.(string)
		return ids[id]
	})
}

// someone stands for a person who was named, or for the word in their place, so that both say the same. Of a list the elements
// with one are left out, for some go.
const someone = "\x01"

// without is a row with nobody named.
func (r row) without(n *needles) (text string, names bool) {
	return blanked(map[string]any(r), func(text string) string { return unnamed(text, n.in([]byte(text))) })
}

var word = regexp.MustCompile(`erased(-[0-9a-f]{8})?`)

// withoutWords is a row with nobody in the places of people.
func (r row) withoutWords() string {
	text, _ := blanked(map[string]any(r), func(text string) string { return word.ReplaceAllLiteralString(text, someone) })
	return text
}

func blanked(value any, blank func(string) string) (text string, names bool) {
	out, err := json.Marshal(blankedValue(value, blank, &names))
	if err != nil {
		return err.Error(), names
	}
	return string(out), names
}

func blankedValue(value any, blank func(string) string, names *bool) any {
	switch value := value.(type) {
	case string:
		if strings.HasPrefix(value, "[") || strings.HasPrefix(value, "{") { // a column of JSON
			if inside, err := parsed([]byte(value)); err == nil {
				return blankedValue(inside, blank, names)
			}
		}
		text := blank(value)
		if opaque.MatchString(text) {
			text = someone
		}
		*names = *names || strings.Contains(text, someone)
		return text
	case map[string]any:
		all := map[string]any{}
		for name, one := range value {
			all[name] = blankedValue(one, blank, names)
		}
		return all
	case []any:
		all := []any{}
		for _, one := range value {
			named := false
			if left := blankedValue(one, blank, &named); !named {
				all = append(all, left)
			}
			*names = *names || named
		}
		return all
	}
	return value
}

// opaque is an id in base64 with somebody coded in it: of one that has slashes, also what is before and behind may have been taken for a text of its own.
var opaque = regexp.MustCompile(`^[0-9A-Za-z+/=_-]*` + someone + `[0-9A-Za-z+/=_-]*$`)

// scheme is what is before a key and goes with it.
var scheme = regexp.MustCompile(`(?i)^(smtp|sips?|tel|8:orgid):` + someone + `$`)

// unnamed is a text with someone in the place of what was found in it. Of what is coded nothing else can be left.
func unnamed(text string, hits []hit) string {
	if len(hits) == 0 {
		return text
	}
	blank := make([]bool, len(text))
	for _, h := range hits {
		for h.coded && h.from > 0 && isCoding(text[h.from-1]) {
			h.from--
		}
		for h.coded && h.to < len(text) && isCoding(text[h.to]) {
			h.to++
		}
		for i := h.from; i < h.to; i++ {
			blank[i] = true
		}
	}
	var out strings.Builder
	for i := range text {
		switch {
		case !blank[i]:
			out.WriteByte(text[i])
		case i == 0 || !blank[i-1]:
			out.WriteString(someone)
		}
	}
	if scheme.MatchString(out.String()) {
		return someone
	}
	return out.String()
}

func isCoding(c byte) bool { return isWord(c) || strings.IndexByte("+/=_-", c) >= 0 }

// recordOwners are owners in records, as raw has them.
var recordOwners = map[string][]string{
	"users": {"id"}, "presence": {"id"}, "mailbox_settings": {"@graphlake.parent"}, "calendar_events": {"@graphlake.parent"},
	"phone_numbers": {"assignmentTargetId"}, "resource_accounts": {"id"}, "teams_user_configurations": {"id"},
	"pstn_calls": {"userId"}, "direct_routing_calls": {"userId"}, "chat_messages": {"from.user.id", "@graphlake.mailbox"},
	"channel_messages": {"from.user.id"}, "channel_members": {"userId"}, "team_members": {"userId"}, "joined_teams": {"@graphlake.parent"},
	"sms_logs": {"userId"}, "blocked_users_log": {"userId"}, "dial_out_logs": {"userId"}, "attendance_reports": {"@graphlake.parent"},
}

// records says how much of others' records in raw is not as it was.
func (s seen) records(after seen, own map[string]bool, n *needles) (changed int) {
	records := 0
	for _, d := range s.datasets {
		want, got := map[string]int{}, map[string]int{}
		for name, text := range s.files {
			if !strings.HasPrefix(name, "raw/"+d.Name+"/") {
				continue
			}
			for r := range recordsOf(text) {
				if !r.isOf(own, recordOwners[d.Name]) {
					records++
					without, _ := r.without(n)
					want[name+" "+without]++
				}
			}
			for r := range recordsOf(after.files[name]) {
				got[name+" "+r.withoutWords()]++
			}
		}
		changed += differing("raw of "+d.Name, got, want)
	}
	fmt.Printf("compared %d records of others\n", records)
	return changed
}

// recordsOf are the records in a file of raw: texts in plain coding, none of which is null.
func recordsOf(file []byte) iter.Seq[row] {
	return func(yield func(row) bool) {
		all, err := pages(file)
		if err != nil {
			return
		}
		for _, p := range all {
			if p.column != "record" {
				continue
			}
			text := p.bytes
			if p.optional { // which are null
				text = text[4+binary.LittleEndian.Uint32(text):]
			}
			for len(text) > 0 {
				end := 4 + binary.LittleEndian.Uint32(text)
				value, err := parsed(text[4:end])
				if one, ok := value.(map[string]any); err == nil && ok && !yield(one) {
					return
				}
				text = text[end:]
			}
		}
	}
}
