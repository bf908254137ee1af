package graphsim

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
)

var calendarRoles = []string{"Calendars.ReadBasic", "Calendars.ReadBasic.All", "Calendars.Read", "Calendars.ReadWrite"}

const (
	eventPage   = 10   // events on a page, unless $top says otherwise
	mostEvents  = 1000 // and at most
	longestView = 1825 * 24 * time.Hour
)

// A view is what a request for a calendar view asks for.
type view struct {
	selection
	from, to  time.Time
	top, skip int
}

// calendarView answers /users/{id}/calendarView: every event that overlaps the window, series as their
// occurrences.
func (t *Tenant) calendarView(w *writer, q *question, key string) error {
	ask, err := q.view()
	if err != nil {
		return err
	}
	m, err := t.openMailbox(key, q.now)
	if err != nil {
		return err
	}
	list := t.between(m.number, ask, q.now)
	to := min(len(list), ask.skip+ask.top)
	w.open("")
	w.text("@odata.context", q.root+"/$metadata#users('"+m.id.String()+"')/calendarView"+ask.shape())
	w.list("value")
	for _, e := range list[min(len(list), ask.skip):to] {
		v := t.copyFor(m.number, e, q.now)
		w.open("")
		w.text("@odata.etag", `W/"`+v.changeKey()+`"`)
		w.text("id", idIn(e.seed, m.number))
		eventProperties.whole(w, &v, ask.selection)
		w.close()
	}
	w.end()
	if to < len(list) {
		w.text("@odata.nextLink", q.link("users/"+key+"/calendarView", "$skip", strconv.Itoa(to)))
	}
	w.close()
	return nil
}

// between are the events in a calendar that overlap a window, by their start.
func (t *Tenant) between(number int, ask view, now time.Time) (list []event) {
	// An event lasts up to three days and is moved by up to two, or back by one.
	for day := max(t.first, dayOf(ask.from)-5); day <= min(t.first+t.days, dayOf(ask.to)+1); day++ {
		for e := range t.plans(number, day, now) {
			if e.start.Before(ask.to) && e.end.After(ask.from) {
				list = append(list, e)
			}
		}
	}
	slices.SortFunc(list, func(a, b event) int { return cmp.Or(a.start.Compare(b.start), cmp.Compare(a.seed, b.seed)) })
	return list
}

// view reads the window, the page and the selection.
func (q *question) view() (v view, err error) {
	if err := q.unsimulated("$filter", "$orderby", "$expand", "$count"); err != nil {
		return v, err
	}
	if err := q.allow("$select", "$top", "$skip"); err != nil {
		return v, err
	}
	for _, p := range q.prefer {
		if zone, ok := strings.CutPrefix(p, "outlook.timezone="); ok && strings.Trim(zone, `"`) != "UTC" {
			return v, refuse(501, "NotImplemented", "This simulator answers in UTC only.")
		}
	}
	if v.from, v.to, err = q.viewWindow(); err != nil {
		return v, err
	}
	text := q.options.Get("$select")
	for name := range strings.SplitSeq(text, ",") {
		if name == "createdDateTime" || name == "lastModifiedDateTime" {
			return v, refuse(400, "ErrorInvalidProperty", "The property '%s' does not support $select.", name)
		}
	}
	if v.selection, err = eventProperties.choose(eventType, text, q.options.Has("$select"), "id"); err != nil {
		return v, err
	}
	if v.top, err = q.countOf("$top", eventPage); err == nil && (v.top < 1 || v.top > mostEvents) {
		err = refuse(400, "ErrorInvalidParameter", "The value of $top must be between 1 and %d.", mostEvents)
	}
	if err != nil {
		return v, err
	}
	if q.most > 0 {
		v.top = min(v.top, q.most)
	}
	v.skip, err = q.countOf("$skip", 0)
	return v, err
}

// viewWindow reads the window. An instant without an offset is one in UTC.
func (q *question) viewWindow() (from, to time.Time, err error) {
	var ends [2]time.Time
	for i, name := range []string{"startDateTime", "endDateTime"} {
		text := q.options.Get(name)
		if text == "" {
			return from, to, refuse(400, "ErrorInvalidParameter", "This request requires a time window specified by the query string parameters StartDateTime and EndDateTime.")
		}
		at, ok := parseInstant(text)
		if !ok {
			at, ok = parseInstant(text + "Z")
		}
		if day, err := time.Parse(time.DateOnly, text); !ok && err == nil {
			at, ok = day, true
		}
		if !ok {
			return from, to, refuse(400, "ErrorInvalidParameter", "The value '%s' of parameter '%s' is invalid.", text, name)
		}
		ends[i] = at
	}
	if ends[1].Before(ends[0]) || ends[1].Sub(ends[0]) > longestView {
		return from, to, refuse(400, "ErrorInvalidParameter", "The requested time window must not be negative, nor longer than 1825 days.")
	}
	return ends[0], ends[1], nil
}

// countOf reads an option that is a number of records.
func (q *question) countOf(name string, otherwise int) (int, error) {
	if !q.options.Has(name) {
		return otherwise, nil
	}
	n, err := strconv.Atoi(q.options.Get(name))
	if err != nil || n < 0 {
		return 0, badRequest("Invalid value '%s' for %s query option found. The %s query option requires a non-negative integer value.", q.options.Get(name), name, name)
	}
	return n, nil
}
