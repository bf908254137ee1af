package facts

import (
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

// calls are the rows of call records, and what is computed of them.
type calls struct {
	tenant string

	call struct {
		organizer                                   numbers
		id, organizerKind, organizerTenant, joinURL *array.String
		start, end                                  *array.Timestamp
	}
	participant struct {
		call, kind, tenant *array.String
	}
	session struct {
		call, id, reason, stage *array.String
		index                   *array.Int32
		start, end              *array.Timestamp
		test                    *array.Boolean
		ends                    [2]end // caller, callee
	}
	media struct {
		call, segment, label *array.String
		session, index       *array.Int32
		sides                [2]mediaSide
	}
	stream struct {
		call, segment, direction       *array.String
		session, media, index          *array.Int32
		packets, roundTrip, jitter     *array.Int64
		loss, lostFrames, rate, repair *array.Float64
	}

	legsTable    legsTable
	personsTable personsTable
	totals       totalsColumns
	quality      qualityColumns

	next  rows // the rows behind those of the record that is computed
	legs  []leg
	taken []span
	stays []stay
	with  []bool // by session of the record: it has streams
}

// end is one of the two ends of sessions.
type end struct {
	numbers
	tenant, role, platform *array.String
}

// rows are places in the tables of a batch.
type rows struct{ participant, session, media, stream int }

const (
	caller = 0
	callee = 1
)

func newCalls(f *Facts) []array.Builder {
	c := &calls{tenant: f.tenant}
	f.each = append(f.each, c.compute)

	look(f, "calls", "call_id", &c.call.id)
	c.call.organizer.bind(f, "calls", "organizer_id")
	look(f, "calls", "organizer_kind", &c.call.organizerKind)
	look(f, "calls", "organizer_user_tenant_id", &c.call.organizerTenant)
	look(f, "calls", "join_web_url", &c.call.joinURL)
	look(f, "calls", "start_time", &c.call.start)
	look(f, "calls", "end_time", &c.call.end)

	look(f, "call_participants", "call_id", &c.participant.call)
	look(f, "call_participants", "identity_kind", &c.participant.kind)
	look(f, "call_participants", "user_tenant_id", &c.participant.tenant)

	look(f, "call_sessions", "call_id", &c.session.call)
	look(f, "call_sessions", "session_id", &c.session.id)
	look(f, "call_sessions", "session_index", &c.session.index)
	look(f, "call_sessions", "start_time", &c.session.start)
	look(f, "call_sessions", "end_time", &c.session.end)
	look(f, "call_sessions", "failure_reason", &c.session.reason)
	look(f, "call_sessions", "failure_stage", &c.session.stage)
	look(f, "call_sessions", "is_test", &c.session.test)
	for i, side := range []string{"caller", "callee"} {
		end := &c.session.ends[i]
		end.bind(f, "call_sessions", side+"_identity_id")
		look(f, "call_sessions", side+"_tenant_id", &end.tenant)
		look(f, "call_sessions", side+"_service_role", &end.role)
		look(f, "call_sessions", side+"_platform", &end.platform)
	}
	made := c.bindLegs(f)
	made = append(made, c.bindPersons(f)...)
	made = append(made, c.bindTotals(f)...)
	return append(made, c.bindStreams(f)...)
}

// compute computes record by record. Each of the other tables has the rows of a record together, in the order of the
// records.
func (c *calls) compute() {
	c.next = rows{}
	for i := range c.call.id.Len() {
		id := c.call.id.Value(i)
		from := c.next
		c.next.participant = behind(c.participant.call, id, from.participant)
		c.next.session = behind(c.session.call, id, from.session)
		c.findStreams(id, from)
		c.computeLegs(i, from)
		c.computePersons(i)
		c.computeTotals(i, from)
	}
}

// behind is the first row, from a row on, that is not of a call.
func behind(calls *array.String, id string, row int) int {
	for row < calls.Len() && calls.Value(row) == id {
		row++
	}
	return row
}

// text is a text, empty where it is null.
func text(a *array.String, row int) string {
	if a.IsNull(row) {
		return ""
	}
	return a.Value(row)
}

// seconds are those from an instant to another, none if that is before.
func seconds(from, to arrow.Timestamp) float64 {
	return float64(max(0, to-from)) / 1e6
}

// appendText appends a text, or null.
func appendText(to *array.StringBuilder, from *array.String, row int) {
	if from.IsNull(row) {
		to.AppendNull()
		return
	}
	to.Append(from.Value(row))
}

func appendTime(to *array.TimestampBuilder, from *array.Timestamp, row int) {
	if from.IsNull(row) {
		to.AppendNull()
		return
	}
	to.Append(from.Value(row))
}
