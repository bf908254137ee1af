package graphsim

import (
	"bytes"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
)

// An edit makes of a right answer the wrong one. It keeps the order of the members, and leaves alone what
// it finds nothing in to change.

// A document is an answer, taken apart into its members.
type document []docMember

type docMember struct {
	name  string
	value json.RawMessage
}

// parseDocument takes an answer apart; nil if it is no object.
func parseDocument(body []byte) (d document) {
	in := json.NewDecoder(bytes.NewReader(body))
	if open, err := in.Token(); err != nil || open != json.Delim('{') {
		return nil
	}
	for in.More() {
		name, err := in.Token()
		if err != nil {
			return nil
		}
		var m docMember
		m.name, _ = name.(string)
		if err := in.Decode(&m.value); err != nil {
			return nil
		}
		d = append(d, m)
	}
	return d
}

func (d document) bytes() []byte {
	var w writer
	w.open("")
	for _, m := range d {
		w.raw(m.name, m.value)
	}
	w.close()
	return w.b
}

func (d document) at(name string) int {
	return slices.IndexFunc(d, func(m docMember) bool { return m.name == name })
}

func (d *document) remove(name string) {
	*d = slices.DeleteFunc(*d, func(m docMember) bool { return m.name == name })
}

func (d *document) set(name, value string) {
	if i := d.at(name); i >= 0 {
		(*d)[i].value = json.RawMessage(value)
		return
	}
	*d = append(*d, docMember{name, json.RawMessage(value)})
}

func (d document) text(name string) (s string) {
	if i := d.at(name); i >= 0 {
		_ = json.Unmarshal(d[i].value, &s)
	}
	return s
}

// list is a member that is an array; false if there is none.
func (d document) list(name string) (list []json.RawMessage, ok bool) {
	i := d.at(name)
	if i < 0 {
		return nil, false
	}
	return list, json.Unmarshal(d[i].value, &list) == nil
}

func (d *document) setList(name string, list []json.RawMessage) {
	d.set(name, "["+string(bytes.Join(asBytes(list), []byte(",")))+"]")
}

func asBytes(list []json.RawMessage) [][]byte {
	all := make([][]byte, len(list))
	for i, v := range list {
		all[i] = v
	}
	return all
}

// onPage edits a page of a collection.
func onPage(body []byte, edit func(d *document, value []json.RawMessage)) []byte {
	d := parseDocument(body)
	value, ok := d.list("value")
	if !ok {
		return body
	}
	edit(&d, value)
	return d.bytes()
}

const (
	anError  = `{"code":"UnknownError","message":"The stream ended."}`
	nextLink = "@odata.nextLink"
)

func emptyObject(*Tenant, *http.Request, []byte) []byte { return []byte("{}") }

func errorBody(*Tenant, *http.Request, []byte) []byte { return []byte(`{"error":` + anError + `}`) }

func withBOM(_ *Tenant, _ *http.Request, body []byte) []byte {
	return append([]byte("\xef\xbb\xbf"), body...)
}

// notUTF8 writes into the answer, or into the first element of its page, a property that nobody knows.
func notUTF8(_ *Tenant, _ *http.Request, body []byte) []byte {
	const stray = `"note":"caf` + "\xe9" + `"`
	d := parseDocument(body)
	if list, ok := d.list("value"); ok && len(list) > 0 {
		list[0] = append(append(bytes.TrimSuffix(list[0], []byte("}")), ","+stray...), '}')
		d.setList("value", list)
		return d.bytes()
	}
	if bytes.Equal(body, []byte("{}")) || !bytes.HasSuffix(body, []byte("}")) {
		return body
	}
	return append(append(bytes.Clone(bytes.TrimSuffix(body, []byte("}"))), ","+stray...), '}')
}

// errorElement lets the page break off in an error. Its links stay.
func errorElement(_ *Tenant, _ *http.Request, body []byte) []byte {
	return onPage(body, func(d *document, value []json.RawMessage) {
		value = append(value[:max(0, len(value)-1)], json.RawMessage(`{"error":`+anError+`}`))
		d.setList("value", value)
	})
}

// errorBeside lets half of the page be all, and says why.
func errorBeside(_ *Tenant, _ *http.Request, body []byte) []byte {
	return onPage(body, func(d *document, value []json.RawMessage) {
		d.setList("value", value[:len(value)/2])
		d.set("error", anError)
	})
}

// shortCount leaves out the last element, and the link, and counts right.
func shortCount(_ *Tenant, _ *http.Request, body []byte) []byte {
	return onPage(body, func(d *document, value []json.RawMessage) {
		if len(value) == 0 {
			return
		}
		d.remove(nextLink)
		d.set("@odata.count", position(len(value)))
		d.setList("value", value[:len(value)-1])
	})
}

func linkCase(_ *Tenant, _ *http.Request, body []byte) []byte {
	return bytes.Replace(body, []byte(`"`+nextLink+`"`), []byte(`"@odata.nextlink"`), 1)
}

func emptyPage(_ *Tenant, _ *http.Request, body []byte) []byte {
	return onPage(body, func(d *document, _ []json.RawMessage) {
		d.remove(nextLink)
		d.remove("@odata.count")
		d.setList("value", nil)
	})
}

// halfPage lets less than half of a page be the whole list.
func halfPage(_ *Tenant, _ *http.Request, body []byte) []byte {
	return onPage(body, func(d *document, value []json.RawMessage) {
		d.remove(nextLink)
		d.setList("value", value[:max(0, len(value)-1)/2])
	})
}

// overlap begins a page with the last element of the page before.
func overlap(t *Tenant, r *http.Request, body []byte) []byte {
	return onPage(body, func(d *document, value []json.RawMessage) {
		t.ill.mu.Lock()
		defer t.ill.mu.Unlock()
		if next := d.text(nextLink); next != "" && len(value) > 0 {
			t.ill.lasts[keyOf(next)] = value[len(value)-1]
		}
		if last, ok := t.ill.lasts[r.URL.RequestURI()]; ok {
			d.setList("value", append([]json.RawMessage{last}, value...))
		}
	})
}

// onSessions edits the sessions of a call record, and participants where they are what was expanded.
func onLists(body []byte, edit func(d *document, name string, list []json.RawMessage)) []byte {
	d := parseDocument(body)
	for _, name := range []string{"sessions", "participants_v2"} {
		if list, ok := d.list(name); ok && len(list) > 0 {
			edit(&d, name, list)
		}
	}
	return d.bytes()
}

func nullElements(_ *Tenant, _ *http.Request, body []byte) []byte {
	return onLists(body, func(d *document, name string, list []json.RawMessage) {
		d.setList(name, append(list, json.RawMessage("null")))
	})
}

func sessionTwice(_ *Tenant, _ *http.Request, body []byte) []byte {
	return onLists(body, func(d *document, name string, list []json.RawMessage) {
		if name == "sessions" {
			d.setList(name, append(list, list[len(list)-1]))
		}
	})
}

// missingSession leaves out the last session, and counts right.
func missingSession(_ *Tenant, _ *http.Request, body []byte) []byte {
	return onLists(body, func(d *document, name string, list []json.RawMessage) {
		if name == "sessions" && d.at("sessions@odata.nextLink") < 0 {
			d.setList(name, list[:len(list)-1])
			d.set("sessions@odata.count", position(len(list)))
		}
	})
}

// respellings are ways in which optional values of sessions have been seen to change.
var respellings = []struct {
	value *regexp.Regexp
	as    string
}{
	{regexp.MustCompile(`"(cpuCoresCount|packetUtilization|averageBandwidthEstimate)":(\d+)`), `"$1":$2.0`},
	{regexp.MustCompile(`"(cpuCoresCount|packetUtilization|averageBandwidthEstimate)":(\d+)`), `"$1":"$2"`},
	{regexp.MustCompile(`"(cpuCoresCount|packetUtilization|averageBandwidthEstimate)":(\d+)`), `"$1":""`},
	{regexp.MustCompile(`"(cpuCoresCount|packetUtilization|averageBandwidthEstimate)":(\d+)`), `"$1":[$2]`},
	{regexp.MustCompile(`"(averageJitter|maxJitter|averageRoundTripTime|maxRoundTripTime)":"PT(\d+)\.(\d+)S"`), `"$1":"PT$2,${3}S"`},
	{regexp.MustCompile(`"(averageJitter|maxJitter|averageRoundTripTime|maxRoundTripTime)":"[^"]*"`), `"$1":{"ticks":4}`},
	{regexp.MustCompile(`"(wasMediaBypassed|isTest)":(true|false)`), `"$1":"$2"`},
}

// respell spells one sort of optional value in another way, for each record its own.
func respell(t *Tenant, r *http.Request, body []byte) []byte {
	s := seeded(uint64(t.Sick.Seed), hashed(r.URL.Path), 'R')
	way := pick(&s, respellings)
	return way.value.ReplaceAll(body, []byte(way.as))
}
