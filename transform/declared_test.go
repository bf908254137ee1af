package transform

import (
	"testing"

	"graphlake/schemas/declare"
)

// What a user may declare has a plan: nothing that is found sound is refused when a run has begun.
func FuzzDeclaredCompiles(f *testing.F) {
	f.Add(`name: x_visits
doc: Visits.
mode: windowed
source: {api: v1.0, path: "/hosts/{parent}/visits", parent: users, budget: other}
time: [when.dateTime, since.dateTime]
version: version
lookback: 1d
removes: true
permissions: A
bodies: [{path: note, form: item}]
tables:
  - {name: x_visits, doc: A., key: [visit_id, host_id], columns: [{name: visit_id, path: id, type: key_text}, {name: host_id, path: "@graphlake.parent", else: [host.id], type: string},
      {name: a_time, path: when.dateTime, type: zoned_timestamp}, {name: kind, path: who, type: member}, {name: d, path: "", type: digest}]}
  - {name: x_guests, doc: A., each: "parties[].guests[]", key: [visit_id, party, guest], columns: [{name: visit_id, path: /id, type: string},
      {name: party, path: "/parties[]#", type: int32}, {name: guest, path: "#", type: int32}, {name: hat, path: "hats[0].name", else: [hat], type: json}]}
  - {name: x_note, doc: A., each: "detail{}", key: [visit_id], columns: [{name: visit_id, path: /id, type: string}, {name: gone, path: "/@removed", type: present}]}
`)
	f.Fuzz(func(t *testing.T, text string) {
		all, err := declare.Parse("f.yaml", []byte(text))
		if err != nil {
			return
		}
		for _, d := range all {
			if _, err := Compile(d.Tables); err != nil {
				t.Errorf("%v\n%s", err, text)
			}
			if _, err := CompileRaw(d.Dataset); err != nil {
				t.Errorf("%v\n%s", err, text)
			}
		}
	})
}
