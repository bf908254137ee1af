package graphsim

import (
	"encoding/json"
	"maps"
	"reflect"
	"strings"
	"testing"
	"time"
)

// A record that is given whole is what the answers about it add up to: of a meeting with more sessions and participants than
// fit a page, of calls with late versions, and of each other one of a day. A call that is too young has none.
func TestCallRecords(t *testing.T) {
	o := small()
	o.Late, o.Large = 0.5, 300
	const newer = "include-unknown-enum-members"
	for _, now := range []int{20, 72} { // hours after the day began: in the one some have no details yet
		o.Now = at(monday.Add(time.Duration(now) * time.Hour))
		tenant := New(o)
		n := 0
		for text := range tenant.CallRecords(monday) {
			n++
			var got map[string]any
			if err := json.Unmarshal(text, &got); err != nil {
				t.Fatal(err)
			}
			id, _ := got["id"].(string)
			want := get(t, tenant, recordsPath+"/"+id+"?$expand=sessions($expand=segments)", "Prefer", newer).json
			for name, expand := range map[string]string{"sessions": "sessions?$expand=segments", "participants_v2": "participants_v2"} {
				want[name], _ = all(t, tenant, recordsPath+"/"+id+"/"+expand, "Prefer", newer)
			}
			maps.DeleteFunc(want, func(name string, _ any) bool { return strings.Contains(name, "@odata") })
			if want = again(t, want); !reflect.DeepEqual(got, want) {
				t.Errorf("%s is\n%s\nits answers add up to\n%v", id, text, want)
			}
		}
		if want := tenant.Truth().Days[0].CallRecords; n != want || n == 0 {
			t.Errorf("%d hours later there are %d records, want %d", now, n, want)
		}
		for range tenant.CallRecords(monday.AddDate(0, 0, 1)) {
			t.Error("there is a record on a day without calls")
		}
	}
}

// again is an object as it is read.
func again(t *testing.T, of map[string]any) (read map[string]any) {
	t.Helper()
	text, err := json.Marshal(of)
	if err == nil {
		err = json.Unmarshal(text, &read)
	}
	if err != nil {
		t.Fatal(err)
	}
	return read
}
