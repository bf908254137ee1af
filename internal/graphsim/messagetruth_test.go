package graphsim

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A counted is what a reader finds of a table: its keys, each once.
type counted map[string]map[string]bool

func (c counted) add(table string, key ...string) {
	if c[table] == nil {
		c[table] = map[string]bool{}
	}
	c[table][strings.Join(key, "\x1f")] = true
}

func (c counted) table(name string) Table {
	var sum uint64
	for key := range c[name] {
		hash := sha256.Sum256([]byte(key))
		sum += binary.BigEndian.Uint64(hash[:8])
	}
	return Table{len(c[name]), fmt.Sprintf("%016x", sum)}
}

// below adds a message, whose mailbox, where the table has one, is the last of its key.
func (c counted) below(prefix string, m map[string]any, place []string, mailbox ...string) {
	place = slices.Concat(place, []string{m["id"].(string)}, mailbox)
	c.add(prefix+"s", place...)
	for of, table := range map[string]string{"mentions": "_mentions", "attachments": "_attachments", "reactions": "_reactions"} {
		list, _ := m[of].([]any)
		for i := range list {
			c.add(prefix+table, strings.Join(place, "\x1f"), strconv.Itoa(i))
		}
	}
	if m["eventDetail"] != nil {
		c.add(prefix+"_events", place...)
	}
}

// The tables are those that a reader of all answers finds, at any time.
func TestTablesAreWhatIsAnswered(t *testing.T) {
	for now, moves := range map[time.Time]float64{
		monday.AddDate(0, 0, 2).Add(11 * time.Hour): 60,
		afterwards: 600, // so many leave that some chats are nobody's
	} {
		o := talkative()
		o.Users, o.Moves, o.Large, o.Now = 70, moves, 8, at(now) // calls are no chats
		tenant := New(o)
		found := counted{}
		chats, _ := sweep(t, tenant)
		for id := range chats {
			found.add("chats", id)
			for _, m := range membersOf(t, tenant, id) {
				found.add("chat_members", id, m["id"].(string))
			}
		}
		messages, _ := everyMessage(t, tenant, "?$top=50")
		edited := 0
		for _, m := range messages {
			found.below("chat_message", m, []string{m["chatId"].(string)}, "")
			if strings.HasPrefix(m["chatId"].(string), "48:") {
				t.Errorf("%v is somebody's own note, and has a mailbox in its key", m["id"])
			}
			if m["lastEditedDateTime"] != nil {
				edited++
			}
		}
		for _, team := range tenant.readableTeams(now) {
			for _, m := range teamOf(t, tenant, team, "?$top=50") {
				where := m["channelIdentity"].(map[string]any)
				found.below("channel_message", m, []string{where["teamId"].(string), where["channelId"].(string)})
			}
		}
		truth := tenant.Truth()
		for name := range strings.FieldsSeq(`chats chat_members chat_messages message_mentions message_attachments message_reactions
			message_events channel_messages channel_message_mentions channel_message_attachments channel_message_reactions
			channel_message_events`) {
			read := name
			if of, ok := strings.CutPrefix(name, "message_"); ok {
				read = "chat_message_" + of
			}
			if got, want := found.table(read), truth.Tables[name]; got != want || got.Rows == 0 {
				t.Errorf("%s: read %v, want %v", name, got, want)
			}
		}
		if truth.Changed["chat_messages"].Edited != edited || truth.Changed["chat_messages"].Deleted == 0 {
			t.Errorf("changed %v, %d edited", truth.Changed, edited)
		}
	}
}

func TestKeysAreSummed(t *testing.T) {
	l := ledger{of: map[string]*tally{}, keys: map[string][]string{}}
	l.add("pairs", "a", "0")
	l.add("pairs", "b", "1")
	// The hashes begin with e842f55d0cf04f4d and 9b3630723cbeffb5.
	if got := l.tables()["pairs"]; got.Rows != 2 || got.Keys != "837925cf49af4f02" {
		t.Errorf("%v", got)
	}
	if got := l.keys["pairs"]; !slices.Equal(got, []string{"a\x1f0", "b\x1f1"}) {
		t.Errorf("keys %q", got)
	}
}
