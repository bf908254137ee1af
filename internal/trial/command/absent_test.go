package command

import (
	"reflect"
	"testing"
)

func TestAbsent(t *testing.T) {
	keys := func(all ...string) Keys {
		k := Keys{}
		for _, key := range all {
			k[key] = true
		}
		return k
	}
	sets := []Dataset{
		{"teams", "snapshot", []string{"teams", "channels"}, nil, false, nil}, {"users", "entities", []string{"users"}, nil, false, nil}, {"chats", "entities", []string{"chats"}, nil, false, nil},
		{"call_records", "windowed", []string{"calls"}, nil, false, nil}, {"presence", "observations", []string{"presence"}, nil, false, nil},
	}
	before := map[string]Keys{
		"teams": keys("a", "b", "ab"), "channels": keys("a\x1f1", "b\x1f1", "ab\x1f1"), "users": keys("u"), "calls": keys("c"),
		"chats": keys("t"), "presence": keys("p"),
	}
	now := map[string]Keys{"teams": keys("b", "ab"), "channels": keys("ab\x1f1"), "users": keys(), "calls": keys()}
	// A channel that is gone from a team that is there is gone at once, as what else a record does not say any more.
	want := map[string]Keys{"teams": keys("a"), "channels": keys("a\x1f1"), "chats": keys("t")}
	absent := Absent(sets, before, now)
	if !reflect.DeepEqual(absent, want) {
		t.Errorf("absent are %v, want %v", absent, want)
	}
	if all := With(now, absent); !reflect.DeepEqual(all["channels"], keys("ab\x1f1", "a\x1f1")) || len(all["users"]) != 0 || len(now["channels"]) != 1 {
		t.Errorf("with those %v", all)
	}
	if got, want := keys("a\x1f0", "b\x1f1").Count(), (Count{2, "837925cf49af4f02"}); got != want { // e842f55d0cf04f4d + 9b3630723cbeffb5
		t.Errorf("%v, want %v", got, want)
	}
}
