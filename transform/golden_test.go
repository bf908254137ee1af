package transform

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"graphlake/internal/golden"
	"graphlake/schemas"
)

// Rows that the fixtures give, counted in the fixtures by hand.
var fixtureRows = map[string]int64{
	"calls": 12, "call_participants": 19, "call_sessions": 8, "call_segments": 8, "call_media": 9, "call_media_streams": 10,
	"pstn_calls": 6, "direct_routing_calls": 4, "users": 6, "user_licenses": 3,
	"groups": 6, "group_members": 6, "group_owners": 3,
	"tenants": 2, "subscribed_skus": 3, "teams": 4, "channels": 5, "channel_members": 5, "presence": 4, "mailbox_settings": 5,
	"calendar_events": 11, "event_attendees": 10,
	"chats": 6, "chat_members": 9,
	"chat_messages": 18, "message_mentions": 6, "message_attachments": 6, "message_reactions": 5, "message_events": 11,
	"channel_messages": 16, "channel_message_mentions": 5, "channel_message_attachments": 5,
	"channel_message_reactions": 4, "channel_message_events": 10,
}

// Values of the fixtures that fit no column, by their place and reason, counted in the fixtures by hand.
var fixtureMisfits = map[string]map[Misfit]int64{
	"call_records": {
		{"call_participants", "user_display_name", "participants_v2[].identity.user.displayName", "want a string, got a number"}:     1,
		{"call_sessions", "end_time", "sessions[].endDateTime", notInstant}:                                                          1,
		{"call_sessions", "failure_reason", "sessions[].failureInfo", "want an object, got a string"}:                                1,
		{"call_sessions", "caller_user_agent_type", "sessions[].caller.userAgent", "want an object, got an array"}:                   1,
		{"call_sessions", "callee_identity_id", "sessions[].callee", "want an object, got a number"}:                                 1,
		{"call_segments", "caller_cpu_cores_count", "sessions[].segments[].caller.cpuCoresCount", "want a number, got other text"}:   1,
		{"call_segments", "caller_cpu_processor_speed_mhz", "sessions[].segments[].caller.cpuProcessorSpeedInMhz", "not an integer"}: 1,
		{"call_media", "caller_sent_signal_level", "sessions[].segments[].media[].callerDevice.sentSignalLevel", "not an integer"}:   1,
		{"call_media_streams", "max_round_trip_time_ms", "sessions[].segments[].media[].streams[].maxRoundTripTime", notDuration}:    1,
	},
	"chat_messages": {
		{"chat_messages", "importance", "importance", "want a string, got a number"}:                       1,
		{"message_events", "initiator_user_id", "eventDetail{}.initiator", "want an object, got a string"}: 1,
	},
	"calendar_events": {
		{"calendar_events", "location", "location", "want an object, got a string"}:             1,
		{"calendar_events", "end_time", "end.dateTime", "the time zone beside it is not known"}: 1,
		{"event_attendees", "response_time", "attendees[].status.time", notInstant}:             1,
	},
	"mailbox_settings": {{"mailbox_settings", "locale", "language", "want an object, got a string"}: 1},
	"pstn_calls": {
		{"pstn_calls", "connection_charge", "connectionCharge", "out of range"}: 1,
		{"pstn_calls", "currency", "currency", "want a string, got a number"}:   1,
	},
}

// Every table of every dataset, from the fixture's pages, by way of raw.
func TestGolden(t *testing.T) {
	counts := map[string]int64{}
	for _, d := range schemas.BuiltIn() {
		t.Run(d.Name, func(t *testing.T) {
			mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
			defer mem.AssertSize(t, 0)
			folder := filepath.Join("..", "schemas", "testdata", d.Name)
			pages, err := filepath.Glob(filepath.Join(folder, "page-*.json"))
			if err != nil || len(pages) == 0 {
				t.Fatalf("no fixture in %s: %v", folder, err)
			}
			slices.Sort(pages)
			tables, misfits := deriveRecords(t, d, mem, pagesOf(t, pages...))
			if diff := cmp.Diff(fixtureMisfits[d.Name], misfits); diff != "" {
				t.Errorf("misfits (-counted by hand +found):\n%s", diff)
			}
			for i, batch := range tables {
				table := d.Tables[i]
				counts[table.Name] = batch.NumRows()
				golden.Equal(t, filepath.Join(folder, table.Name+".golden"), spell(t, batch))
				showsEveryColumn(t, table.Name, batch)
				batch.Release()
			}
		})
	}
	if diff := cmp.Diff(fixtureRows, counts); diff != "" {
		t.Errorf("rows of the tables (-counted by hand +derived):\n%s", diff)
	}
}

// showsEveryColumn fails for a column without a value: no golden would tell if its path were another's.
func showsEveryColumn(t *testing.T, table string, batch arrow.RecordBatch) {
	t.Helper()
	for i, column := range batch.Columns() {
		if column.NullN() == column.Len() {
			t.Errorf("%s.%s is null in every row: give it a value in a page of the fixture", table, batch.ColumnName(i))
		}
	}
}

// derive puts the records of pages into raw rows and derives the tables from them.
func derive(t *testing.T, d schemas.Dataset, mem memory.Allocator, pages ...string) []arrow.RecordBatch {
	t.Helper()
	tables, _ := deriveRecords(t, d, mem, pagesOf(t, pages...))
	return tables
}

// pagesOf is the records of pages.
func pagesOf(t *testing.T, pages ...string) []json.RawMessage {
	t.Helper()
	var all []json.RawMessage
	for _, page := range pages {
		all = append(all, records(t, page)...)
	}
	return all
}

func deriveRecords(t *testing.T, d schemas.Dataset, mem memory.Allocator, all []json.RawMessage) ([]arrow.RecordBatch, map[Misfit]int64) {
	t.Helper()
	plan, err := Compile([]schemas.Table{schemas.RawTable(d)})
	if err != nil {
		t.Fatal(err)
	}
	raw := plan.NewBuilder(mem)
	for i, record := range all {
		if err := raw.Append(record); err != nil {
			t.Fatalf("record %d: %v", i, err)
		}
	}
	deriver, err := NewDeriver(d, mem)
	if err != nil {
		t.Fatal(err)
	}
	defer deriver.Release()
	batch := raw.Flush()[0]
	defer batch.Release()
	if err := deriver.Append(batch); err != nil {
		t.Fatal(err)
	}
	tables, quarantine := deriver.Flush()
	defer quarantine.Release()
	if quarantine.NumRows() > 0 {
		t.Errorf("%s: quarantined %s", d.Name, spell(t, quarantine))
	}
	return tables, deriver.Misfits()
}

// records is the records of a page, or the one that a page is.
func records(t *testing.T, page string) []json.RawMessage {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	var body struct{ Value []json.RawMessage }
	if err := json.Unmarshal(text, &body); err != nil {
		t.Fatalf("%s: %v", page, err)
	}
	if body.Value == nil {
		return []json.RawMessage{text}
	}
	return body.Value
}

// spell is a batch as text: a line for every column, then for every row an object of what is not null.
func spell(t *testing.T, batch arrow.RecordBatch) []byte {
	t.Helper()
	var out bytes.Buffer
	for _, f := range batch.Schema().Fields() {
		fmt.Fprintf(&out, "# %s %v", f.Name, f.Type)
		if !f.Nullable {
			out.WriteString(" required")
		}
		out.WriteByte('\n')
	}
	for row := range int(batch.NumRows()) {
		separator := "{"
		for i, column := range batch.Columns() {
			if column.IsNull(row) {
				continue
			}
			fmt.Fprintf(&out, "%s%q: %s", separator, batch.ColumnName(i), value(t, column, row))
			separator = ", "
		}
		out.WriteString("}\n")
	}
	return out.Bytes()
}

func value(t *testing.T, column arrow.Array, row int) string {
	t.Helper()
	var v any
	switch c := column.(type) {
	case *array.String:
		v = c.Value(row)
	case *array.Timestamp:
		v = c.ValueStr(row)
	case *array.Decimal128:
		n := c.Value(row)
		return decimal128.Num.ToString(n, schemas.DecimalScale)
	default:
		return c.ValueStr(row)
	}
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	return string(bytes.TrimSpace(text.Bytes()))
}
