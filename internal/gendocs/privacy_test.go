package main

import (
	"strings"
	"testing"

	"graphlake/schemas"
)

// What becomes of columns in each mode, as the settings promise it.
func TestFate(t *testing.T) {
	for column, want := range map[string]fate{
		"users.users.display_name":                        {asSent, asSent, asSent, asSent, "a pseudonym", unchanged},
		"users.users.department":                          {asSent, asSent, asSent, asSent, unchanged, unchanged},
		"users.users.created_time":                        {asSent, asSent, asSent, asSent, unchanged, "the year"},
		"users.users.street_address":                      {asSent, asSent, asSent, asSent, "a pseudonym", nothing},
		"calendar_events.calendar_events.subject":         {nothing, asSent, asSent, asSent, "a pseudonym", unchanged},
		"call_records.call_sessions.caller_feedback_text": {nothing, nothing, asSent, asSent, "a pseudonym", unchanged},
		"chat_messages.chat_messages.body":                {nothing, nothing, "plain text", asSent, unchanged, unchanged},
		"chat_messages.message_attachments.content":       {nothing, nothing, nothing, asSent, unchanged, unchanged},
		"presence.presence.work_location_place_id":        {asSent, asSent, asSent, asSent, unchanged, nothing},
	} {
		names := strings.Split(column, ".")
		d, _ := schemas.BuiltIn().Find(names[0])
		for _, table := range d.Tables {
			if c, ok := table.Column(names[2]); ok && table.Name == names[1] {
				if got := fateOf(d, table, c); got != want {
					t.Errorf("%s: %v, want %v", column, got, want)
				}
				names = nil
				break
			}
		}
		if names != nil {
			t.Errorf("there is no %s", column)
		}
	}
}

// The page has each column once that a setting decides on, and each that is text; the page of its dataset has the mark.
func TestPrivacyNamesEveryColumn(t *testing.T) {
	pages, err := render(schemas.BuiltIn())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range schemas.BuiltIn() {
		times := map[string]int{}
		for _, k := range keepings(d) {
			for of := range strings.SplitSeq(k.Columns, "; ") {
				table, columns, _ := strings.Cut(of, ": ")
				for c := range strings.SplitSeq(columns, ", ") {
					times[table+"."+strings.Trim(c, "`")]++
				}
			}
		}
		for _, table := range d.Tables {
			for _, c := range table.Columns {
				want := 0
				if c.Type.Hides() || c.Personal || c.Quasi || c.Written != 0 {
					want = 1
				}
				if n := times[table.Name+"."+c.Name]; n != want {
					t.Errorf("%s.%s is there %d times, want %d", table.Name, c.Name, n, want)
				}
				row := "| " + c.Name + " | " + c.Type.String() + " | " + marks(d, table, c) + " |"
				if c.Written != 0 && (!strings.Contains(string(pages[d.Name+".md"]), row) || !strings.Contains(row, "text |") && !strings.Contains(row, "title")) {
					t.Errorf("the page of %s does not say that %s is written", d.Name, c.Name)
				}
			}
		}
	}
}
