package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"graphlake/schemas"
)

func TestPagesShowEveryPath(t *testing.T) {
	pages, err := render(schemas.BuiltIn())
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"users.md":                "| manager_id | string | personal | `manager@delta[0].id`, else `manager.id` |",
		"presence.md":             "| work_location_place_id | string | singles out | `workLocation.placeId` |",
		"direct_routing_calls.md": "| partition `dt` | UTC date of `startDateTime`, else `inviteDateTime`, else `failureDateTime` |",
		"calendar_events.md":      "| a night reads ahead | 28 days |",
		"chat_messages.md":        "| content | long text | personal, full text | `attachments[].content` |",
		"groups.md":               "| description | long text | personal, text | `description` |",
		"call_records.md":         "| media_index | int32 | required | `sessions[].segments[].media[]#` |",
		"call_records.md ":        "| caller_id | string | personal | computed | Who called,",
		"call_records.md  ":       "What is computed here, call persons, comes from the answered and joined legs",
	} {
		if !strings.Contains(string(pages[strings.TrimSpace(name)]), want) {
			t.Errorf("%s does not say %s", name, want)
		}
	}
}

// The page about all has a row for each that is read without being named, with what there is to know before a backfill.
func TestIndexSaysHowLong(t *testing.T) {
	pages, err := render(schemas.BuiltIn())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"| windowed | 2 days | 3 days | 30 days | is read by the next |", // call records
		"| changes | 6 hours | 1 day | not published | is read by the next |",
		"| observations | not at all | the instant of the run | the present only | is lost |",
	} {
		if !strings.Contains(string(pages["README.md"]), want) {
			t.Errorf("README.md has no row with %s", want)
		}
	}
	want := 0
	for _, d := range schemas.BuiltIn() {
		row := strings.Contains(string(pages["README.md"]), "\n| ["+d.Name+"](")
		if row == d.Optional {
			t.Errorf("%s has a row: %v", d.Name, row)
		}
		if !d.Optional {
			want++
		}
	}
	if rows := strings.Count(string(pages["README.md"]), "\n| ["); rows != want {
		t.Errorf("%d rows for %d datasets", rows, want)
	}
}

func TestReplaceRemovesPagesOfDatasetsThatAreGone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "datasets")
	for _, pages := range []map[string][]byte{
		{"gone.md": []byte("1"), "kept.md": []byte("1")},
		{"kept.md": []byte("2"), "new.md": []byte("2")},
	} {
		if err := replace(dir, pages); err != nil {
			t.Fatal(err)
		}
	}
	if got := contents(t, dir); got != "kept.md=2 new.md=2" {
		t.Errorf("got %s", got)
	}
}

// A directory in place of a page cannot be written over.
func TestWhatCannotBeReplacedLosesNoPage(t *testing.T) {
	dir := t.TempDir()
	if err := replace(dir, map[string][]byte{"gone.md": []byte("1")}); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "kept.md"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := replace(dir, map[string][]byte{"kept.md": []byte("2")}); err == nil {
		t.Error("a directory was written over")
	}
	if text, err := os.ReadFile(filepath.Join(dir, "gone.md")); err != nil || string(text) != "1" {
		t.Errorf("got %q, %v, want the page of before", text, err)
	}
}

func contents(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, e.Name()+"="+string(text))
	}
	return strings.Join(all, " ")
}
