package graphsim

import (
	"iter"
	"strconv"
	"strings"
	"time"
)

// A telephoneLog is what tells PSTN and Direct Routing apart.
type telephoneLog struct {
	function  string
	rowType   string
	inclusive bool // whether the end of the range belongs to it
	count     func(*Tenant, *call) int
	row       func(*Tenant, *writer, *call, int)
	id        func(c *call, row int) guid // what row draws first
}

// The documentation calls the end of the range inclusive for PSTN and exclusive for Direct Routing.
var (
	pstnLog = telephoneLog{"getPstnCalls", "microsoft.graph.callRecords.pstnCallLogRow", true,
		(*Tenant).pstnCount, (*Tenant).pstnRow, pstnID}
	routingLog = telephoneLog{"getDirectRoutingCalls", "microsoft.graph.callRecords.directRoutingLogRow", false,
		(*Tenant).routingCount, (*Tenant).routingRow, routingID}
)

// longestLog is the longest range of one request. Beyond it Graph has been seen to answer 406
// (pull request 10883 of microsoft-graph-docs); with which words nobody wrote down.
const longestLog = 90 * 24 * time.Hour

// A span is the part of a log that a request asks for.
type span struct {
	from, to  time.Time // half-open
	skip      int
	arguments string
}

// logged answers getPstnCalls and getDirectRoutingCalls.
func (t *Tenant) logged(arguments string, log *telephoneLog) func(*writer, *question) error {
	return func(w *writer, q *question) error {
		// A $filter is ignored without a word (issue 3535 of microsoft-graph-docs-contrib).
		if err := q.allow("$skip", "$filter"); err != nil {
			return err
		}
		s, err := log.span(arguments)
		if err != nil {
			return err
		}
		if text := q.options.Get("$skip"); text != "" {
			if s.skip, err = strconv.Atoi(text); err != nil || s.skip < 0 {
				return badRequest("Invalid value '%s' for $skip query option found. The $skip query option requires a non-negative integer value.", text)
			}
		}
		t.logPageOf(w, q, log, s)
		return nil
	}
}

// span reads the arguments of the function.
func (log *telephoneLog) span(arguments string) (span, error) {
	s := span{arguments: arguments}
	given := map[string]string{}
	for argument := range strings.SplitSeq(strings.TrimSuffix(arguments, ")"), ",") {
		name, value, _ := strings.Cut(argument, "=")
		given[strings.TrimSpace(name)] = strings.TrimSpace(value)
	}
	var ok [2]bool
	var whole time.Duration
	s.from, _, ok[0] = parseBound(given["fromDateTime"])
	s.to, whole, ok[1] = parseBound(given["toDateTime"])
	if !ok[0] || !ok[1] || len(given) != 2 {
		return s, badRequest("Error in query syntax: %s takes fromDateTime and toDateTime.", log.function)
	}
	if s.to.Before(s.from) {
		return s, badRequest("fromDateTime must be before toDateTime.")
	}
	if s.to.Sub(s.from) > longestLog {
		return s, refuse(406, "NotAcceptable", "The range between fromDateTime and toDateTime must not exceed 90 days.")
	}
	if log.inclusive {
		s.to = s.to.Add(whole)
	}
	return s, nil
}

// parseBound reads a date or an instant. An inclusive end takes in the whole date, or the one tick;
// nothing published says how Graph reads a date there, and this reading is the one that hurts more.
func parseBound(text string) (at time.Time, whole time.Duration, ok bool) {
	if at, err := time.Parse(time.DateOnly, text); err == nil {
		return at, 24 * time.Hour, true
	}
	at, ok = parseInstant(text)
	return at, tick, ok
}

func (t *Tenant) logPageOf(w *writer, q *question, log *telephoneLog, s span) {
	w.open("")
	w.text("@odata.context", q.root+"/$metadata#Collection("+log.rowType+")")
	w.list("value")
	seen, sent, more := 0, 0, false
	for c, row := range t.logRows(log, s) {
		if c.end.After(q.now) {
			continue
		}
		if seen++; seen <= s.skip {
			continue
		}
		if more = sent == logPage; more {
			break
		}
		w.open("")
		log.row(t, w, c, row)
		w.close()
		sent++
	}
	w.end()
	w.int("@odata.count", sent)
	if more {
		path := "communications/callRecords/" + log.function + "(" + s.arguments
		w.text("@odata.nextLink", q.link(path, "$skip", strconv.Itoa(s.skip+sent)))
	}
	w.close()
}

// logRows are the rows of a log in a span, by start; a call may have more than one.
func (t *Tenant) logRows(log *telephoneLog, s span) iter.Seq2[*call, int] {
	return func(yield func(*call, int) bool) {
		at := t.placeOf(s.from)
		for day, index := at.day, at.index; day < t.first+t.days; day, index = day+1, 0 {
			for n := t.count(day); index < n; index++ {
				if !t.start(day, index).Before(s.to) {
					return
				}
				if !t.kind(day, index).telephone() {
					continue
				}
				c := t.call(day, index)
				for row := range log.count(t, &c) {
					if !yield(&c, row) {
						return
					}
				}
			}
		}
	}
}

func (k kind) telephone() bool { return k >= pstnOut && k <= queue || k == dialIn }
