package answers

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"graphlake/internal/graphsim"
)

var ofMessages = []comparison{
	{
		"messages", "metric_messages",
		[]string{"day VARCHAR", "author VARCHAR", "created BIGINT", "thread VARCHAR", "message VARCHAR", "scope VARCHAR"},
		func(f *told) (rows [][]any) {
			for _, m := range f.written() {
				rows = append(rows, []any{date(m.Created), m.Author, instant(m.Created), threadOf(m), m.ID, m.Scope})
			}
			return rows
		},
		"SELECT tenant_id, dt::VARCHAR, user_id, epoch_us(created_time), thread_id, message_id, scope FROM metric_messages",
	},
	{
		"sent", "metric_messages_sent",
		[]string{"day VARCHAR", "author VARCHAR", "scope VARCHAR", "messages BIGINT", "threads BIGINT"},
		func(f *told) [][]any {
			g, threads := grouped{}, map[[4]string]bool{}
			for _, m := range f.written() {
				thread := [4]string{date(m.Created), m.Author, m.Scope, threadOf(m)}
				g.add(thread[:3], 1, int64(flag01(!threads[thread])))
				threads[thread] = true
			}
			return g.rows()
		},
		"SELECT tenant_id, dt::VARCHAR, user_id, scope, messages::BIGINT, threads::BIGINT FROM metric_messages_sent",
	},
	{
		"hours", "metric_message_hours",
		[]string{"author VARCHAR", "day VARCHAR", "messages BIGINT", "inside BIGINT", "outside BIGINT", "not_known BIGINT", "outside_of_known BIGINT"},
		func(f *told) [][]any {
			g := grouped{}
			for _, m := range f.written() {
				outside := int64(flag01(m.Hours == "outside"))
				g.add([]string{m.Author, date(m.Local)}, 1, int64(flag01(m.Hours == "inside")), outside, int64(flag01(m.Hours == "not_known")), outside)
			}
			return g.rows()
		},
		`SELECT tenant_id, user_id, local_date::VARCHAR, messages::BIGINT, inside::BIGINT, outside::BIGINT, not_known::BIGINT,
			round(coalesce(outside_percent, 0) * (inside + outside) / 100)::BIGINT FROM metric_message_hours`,
	},
	{
		"responses", "metric_response_times",
		[]string{"day VARCHAR", "chat VARCHAR", "turn BIGINT", "person VARCHAR", "asked_by VARCHAR", "asked BIGINT", "answered BIGINT", "elapsed BIGINT", "working BIGINT"},
		responses,
		"SELECT tenant_id, dt::VARCHAR, chat_id, turn::BIGINT, user_id, asked_by, epoch_us(asked_time), epoch_us(answer_time), " +
			fmt.Sprintf(microseconds, "elapsed_seconds") + ", " + fmt.Sprintf(microseconds, "working_seconds") + " FROM metric_response_times",
	},
	{
		"call_hours", "metric_call_hours",
		[]string{"day VARCHAR", "person VARCHAR", "talk BIGINT", "outside BIGINT"},
		func(f *told) (rows [][]any) {
			for of, spans := range f.talks() {
				whole, inside, known := length(spans), int64(0), false
				for _, s := range spans {
					var d time.Duration
					d, known = f.tenant.Worked(of.user, microsecond(s.from), microsecond(s.to))
					inside += d.Microseconds()
				}
				row := []any{of.day, of.user, whole, nil}
				if known {
					row[3] = whole - inside
				}
				rows = append(rows, row)
			}
			return rows
		},
		"SELECT tenant_id, dt::VARCHAR, user_id, " + fmt.Sprintf(microseconds, "seconds") + ", " + fmt.Sprintf(microseconds, "outside_seconds") + " FROM metric_call_hours",
	},
}

// written are the messages of people.
func (f *told) written() []graphsim.MessageFact {
	return slices.DeleteFunc(slices.Clone(f.Messages), func(m graphsim.MessageFact) bool { return m.Author == "" })
}

func threadOf(m graphsim.MessageFact) string {
	if m.Team != "" {
		return m.Team + "/" + m.Thread
	}
	return m.Thread
}

// longestResponse is after how long an answer is none.
const longestResponse = 14 * 24 * time.Hour

// responses goes through each chat of two, and notes who spoke when it is the other's turn.
func responses(f *told) (rows [][]any) {
	chats := map[string][]graphsim.MessageFact{}
	for _, m := range f.written() {
		if m.Scope == "one_on_one" {
			chats[m.Thread] = append(chats[m.Thread], m)
		}
	}
	for chat, messages := range chats {
		slices.SortFunc(messages, func(a, b graphsim.MessageFact) int {
			return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID))
		})
		asked, turn := messages[0], 1
		for _, m := range messages {
			if m.Author == asked.Author {
				continue
			}
			turn++
			elapsed := m.Created.Sub(asked.Created)
			row := []any{date(m.Created), chat, turn, m.Author, asked.Author, instant(asked.Created), instant(m.Created), elapsed.Microseconds(), nil}
			if worked, known := f.tenant.Worked(m.Author, asked.Created, m.Created); known {
				row[8] = worked.Microseconds()
			}
			if elapsed <= longestResponse {
				rows = append(rows, row)
			}
			asked = m
		}
	}
	return rows
}
