package graphsim

import (
	"bytes"
	"encoding/json"
	"net/http"
	"regexp"
)

// An edit makes of a right answer the wrong one. It keeps the order of the members, and leaves alone what
// it finds nothing in to change.

func rewritten(e entity) []byte {
	var w writer
	w.entity(e)
	return w.b
}

func (e entity) text(name string) (s string) {
	s, _ = e.at(name).(string)
	return s
}

// list is a member that is an array; false if there is none.
func (e entity) list(name string) (list []json.RawMessage, ok bool) {
	list, ok = e.at(name).([]json.RawMessage)
	return list, ok
}

// onBody edits an answer as it is.
func onBody(edit func(body []byte) []byte) faultKind {
	return faultKind{edit: func(_ *Tenant, _ *http.Request, body []byte) []byte { return edit(body) }}
}

// onPage edits a page of a collection.
func onPage(edit func(d *entity, value []json.RawMessage)) faultKind {
	return onBody(func(body []byte) []byte {
		d := parseEntity(body)
		value, ok := d.list("value")
		if !ok {
			return body
		}
		edit(&d, value)
		return rewritten(d)
	})
}

// onLists edits the sessions of a call record, and participants where they are what was expanded.
func onLists(edit func(d *entity, name string, list []json.RawMessage)) faultKind {
	return onBody(func(body []byte) []byte {
		d := parseEntity(body)
		for _, name := range []string{"sessions", "participants_v2"} {
			if list, ok := d.list(name); ok && len(list) > 0 {
				edit(&d, name, list)
			}
		}
		return rewritten(d)
	})
}

const (
	anError  = `{"code":"UnknownError","message":"The stream ended."}`
	nextLink = "@odata.nextLink"
)

// notUTF8 writes into the answer, or into the first element of its page, a property that nobody knows.
func notUTF8(body []byte) []byte {
	const stray = `,"note":"caf` + "\xe9" + `"}`
	d := parseEntity(body)
	if list, ok := d.list("value"); ok && len(list) > 0 {
		list[0] = append(bytes.TrimSuffix(list[0], []byte("}")), stray...)
		d.set("value", list)
		return rewritten(d)
	}
	if bytes.Equal(body, []byte("{}")) || !bytes.HasSuffix(body, []byte("}")) {
		return body
	}
	return append(bytes.Clone(bytes.TrimSuffix(body, []byte("}"))), stray...)
}

// errorElement lets the page break off in an error. Its links stay.
func errorElement(d *entity, value []json.RawMessage) {
	d.set("value", append(value[:max(0, len(value)-1)], json.RawMessage(`{"error":`+anError+`}`)))
}

// errorBeside lets half of the page be all, and says why.
func errorBeside(d *entity, value []json.RawMessage) {
	d.set("value", value[:len(value)/2])
	d.set("error", json.RawMessage(anError))
}

// shortCount leaves out the last element, and the link, and counts right.
func shortCount(d *entity, value []json.RawMessage) {
	if len(value) > 0 {
		d.remove(nextLink)
		d.set("@odata.count", len(value))
		d.set("value", value[:len(value)-1])
	}
}

func linkCase(body []byte) []byte {
	return bytes.Replace(body, []byte(`"`+nextLink+`"`), []byte(`"@odata.nextlink"`), 1)
}

// cutShort lets a part of a page be the whole list.
func cutShort(d *entity, part []json.RawMessage) {
	d.remove(nextLink)
	if part == nil {
		d.remove("@odata.count")
	}
	d.set("value", part)
}

// overlap begins a page with the last element of the page before.
func overlap(t *Tenant, r *http.Request, body []byte) []byte {
	d := parseEntity(body)
	value, _ := d.list("value")
	t.ill.mu.Lock()
	defer t.ill.mu.Unlock()
	if next := d.text(nextLink); next != "" && len(value) > 0 {
		t.ill.lasts[keyOf(next)] = value[len(value)-1]
	}
	if last, ok := t.ill.lasts[r.URL.RequestURI()]; ok {
		d.set("value", append([]json.RawMessage{last}, value...))
	}
	return rewritten(d)
}

func nullElements(d *entity, name string, list []json.RawMessage) {
	d.set(name, append(list, json.RawMessage("null")))
}

func sessionTwice(d *entity, name string, list []json.RawMessage) {
	if name == "sessions" {
		d.set(name, append(list, list[len(list)-1]))
	}
}

// missingSession leaves out the last session, and counts right.
func missingSession(d *entity, name string, list []json.RawMessage) {
	if name == "sessions" && d.text("sessions@odata.nextLink") == "" {
		d.set(name, list[:len(list)-1])
		d.set("sessions@odata.count", len(list))
	}
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
