package month

import (
	"strings"
	"testing"
)

// What a night of a kind must not say is found, and what it may say is not.
func TestCheck(t *testing.T) {
	data := unit{Dataset: "users", Outcome: "data", Records: 7, Requests: 2}
	slowed := unit{Dataset: "users", Outcome: "data", Records: 7, Requests: 2, Throttled: 1}
	denied := unit{Dataset: "users", Outcome: "forbidden", Requests: 2}
	empty := unit{Dataset: "users", Outcome: "empty", Requests: 2}
	later := unit{Dataset: "users", Outcome: "unavailable", Requests: 1, Throttled: 1}
	stopped := unit{Dataset: "users", Outcome: "interrupted", Requests: 2}
	for _, c := range []struct {
		of   kind
		rep  report
		want string // of the error; empty: there is none
	}{
		{calm, report{Status: "data", Units: []unit{data, empty}}, ""},
		{calm, report{Status: "data", Units: []unit{data, slowed}}, "throttled"},
		{calm, report{Status: "data", Units: []unit{data}, exit: 4}, "ended with 4, data; want 0, data"},
		{calm, report{Status: "forbidden", Units: []unit{data, denied}, exit: 3}, "want 0, data"},
		{calm, report{Status: "data"}, "nothing was due"},
		{throttled, report{Status: "data", Units: []unit{data, slowed}}, ""},
		{throttled, report{Status: "unavailable", Units: []unit{slowed}, exit: 75}, "want 0, data"},
		{refused, report{Status: "forbidden", Units: []unit{denied}, exit: 3}, ""},
		{refused, report{Status: "forbidden", Units: []unit{denied, empty}, exit: 3}, "users is empty"},
		{refused, report{Status: "data", Units: []unit{empty}}, "want 3, forbidden"},
		{closed, report{Status: "unavailable", Units: []unit{later}, exit: 75}, ""},
		{closed, report{Status: "unavailable", Units: []unit{later, empty}, exit: 75}, "users is empty"},
		{closed, report{Status: "interrupted", Units: []unit{stopped}, exit: 75}, "want 75, unavailable"},
		{away, report{Status: "interrupted", Units: []unit{stopped}, exit: 75}, ""},
		{away, report{Status: "interrupted", Units: []unit{stopped, data}, exit: 75}, "users is data with 7 records"},
		{away, report{Status: "data", Units: []unit{stopped}}, "want 75, interrupted"},
	} {
		err := c.rep.check(c.of)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q, %+v: %v, want %q", c.of, c.rep, err, c.want)
		}
	}
}
