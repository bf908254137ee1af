package facts

import (
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"graphlake/internal/phone"
	"graphlake/schemas"
)

// The two logs of the telephone network, in words that are the same for both.
//
// The direction is said by the type of the call, without regard to case: in the log of calling plans and Operator Connect it
// is inbound if the type ends with "in", as user_in; in that of Direct Routing, if it begins with ByotIn or dr_in; else
// outbound if "out" is in it. The other number is the caller's of an inbound call, and the callee's of an outbound one.
//
// Of Direct Routing successful_call decides the result, not the code: 0 is a normal end. The classes of codes are those by
// which Microsoft's health dashboard counts network effectiveness.

type otherNumber struct {
	direction, number *array.StringBuilder
	shape             shapeColumns
	callType          *array.String
	ends              [2]numbers
}

// numbers are a column of numbers, or of ids that may be some, and the shapes of those in whose place is a pseudonym.
type numbers struct{ id, shape *array.String }

func (n *numbers) bind(f *Facts, table, column string) {
	look(f, table, column, &n.id)
	look(f, table, schemas.ShapeName(column), &n.shape)
}

// at is a number, or its shape.
func (n *numbers) at(row int) string {
	if n.shape.IsValid(row) {
		return n.shape.Value(row)
	}
	return text(n.id, row)
}

// shapeColumns are the columns that say of a number what is not about whose it is.
type shapeColumns struct {
	country *array.StringBuilder
	masked  *array.BooleanBuilder
}

func (s *shapeColumns) bind(f *Facts, table, whose string) []array.Builder {
	return []array.Builder{give(f, table, whose+"_country", &s.country), give(f, table, whose+"_masked", &s.masked)}
}

func (s *shapeColumns) append(number string) {
	if c := phone.Country(number); c != "" {
		s.country.Append(c)
	} else {
		s.country.AppendNull()
	}
	if hidden, known := phone.Masked(number); known {
		s.masked.Append(hidden)
	} else {
		s.masked.AppendNull()
	}
}

func (o *otherNumber) bind(f *Facts, table string) []array.Builder {
	look(f, table, "call_type", &o.callType)
	o.ends[caller].bind(f, table, "caller_number")
	o.ends[callee].bind(f, table, "callee_number")
	return append(o.shape.bind(f, table, "other_number"), give(f, table, "direction", &o.direction), give(f, table, "other_number", &o.number))
}

const (
	inbound  = "inbound"
	outbound = "outbound"
	neither  = "unknown"
)

func directionOf(callType string, isInbound func(string) bool) string {
	switch {
	case isInbound(callType):
		return inbound
	case strings.Contains(callType, "out"):
		return outbound
	}
	return neither
}

func (o *otherNumber) compute(row int, direction string) {
	o.direction.Append(direction)
	if direction == neither {
		o.number.AppendNull()
		o.shape.append("")
		return
	}
	other := &o.ends[caller]
	if direction == outbound {
		other = &o.ends[callee]
	}
	appendText(o.number, other.id, row)
	o.shape.append(other.at(row))
}

// pstnLog is the log of calling plans and Operator Connect.
type pstnLog struct {
	otherNumber
	duration           *array.Int32
	charge, connection *array.Decimal128

	chargedTo *array.StringBuilder
	total     *array.Decimal128Builder
	minutes   *array.Int32Builder
}

func newPSTN(f *Facts) []array.Builder {
	const of = "pstn_calls"
	p := &pstnLog{}
	f.each = append(f.each, p.compute)
	look(f, of, "duration_seconds", &p.duration)
	look(f, of, "charge", &p.charge)
	look(f, of, "connection_charge", &p.connection)
	return append(p.bind(f, of), give(f, of, "charged_to", &p.chargedTo), give(f, of, "total_charge", &p.total), give(f, of, "started_minutes", &p.minutes))
}

func (p *pstnLog) compute() {
	for row := range p.callType.Len() {
		callType := strings.ToLower(text(p.callType, row))
		p.otherNumber.compute(row, directionOf(callType, func(t string) bool { return strings.HasSuffix(t, "in") }))
		switch {
		case strings.HasPrefix(callType, "conf"):
			p.chargedTo.Append("conference")
		case strings.HasPrefix(callType, "ucap"):
			p.chargedTo.Append("voice_app")
		default:
			p.chargedTo.Append("user")
		}
		p.computeTotal(row)
		if p.duration.IsNull(row) {
			p.minutes.AppendNull()
		} else {
			p.minutes.Append(int32((int64(max(0, p.duration.Value(row))) + 59) / 60))
		}
	}
}

func (p *pstnLog) computeTotal(row int) {
	var total decimal128.Num
	charged := false
	for _, part := range []*array.Decimal128{p.charge, p.connection} {
		if part.IsValid(row) {
			total, charged = total.Add(part.Value(row)), true
		}
	}
	if !charged || !total.FitsInPrecision(schemas.DecimalPrecision) {
		p.total.AppendNull()
		return
	}
	p.total.Append(total)
}

// directRouting is the log of the tenant's own trunks.
type directRouting struct {
	otherNumber
	code          *array.Int32
	success       *array.Boolean
	invite, start *array.Timestamp

	result *array.StringBuilder
	ring   *array.Float64Builder
}

func newDirectRouting(f *Facts) []array.Builder {
	const of = "direct_routing_calls"
	d := &directRouting{}
	f.each = append(f.each, d.compute)
	look(f, of, "final_sip_code", &d.code)
	look(f, of, "successful_call", &d.success)
	look(f, of, "invite_time", &d.invite)
	look(f, of, "start_time", &d.start)
	return append(d.bind(f, of), give(f, of, "result", &d.result), give(f, of, "ring_seconds", &d.ring))
}

func (d *directRouting) compute() {
	for row := range d.callType.Len() {
		d.otherNumber.compute(row, directionOf(strings.ToLower(text(d.callType, row)), func(t string) bool {
			return strings.HasPrefix(t, "byotin") || strings.HasPrefix(t, "dr_in")
		}))
		success := d.success.IsValid(row) && d.success.Value(row)
		code := int32(0)
		if d.code.IsValid(row) {
			code = d.code.Value(row)
		}
		d.result.Append(resultOf(success, code))
		var invited, began arrow.Timestamp
		timed := d.invite.IsValid(row) && d.start.IsValid(row)
		if timed {
			invited, began = d.invite.Value(row), d.start.Value(row)
		}
		if success && timed && began >= invited {
			d.ring.Append(seconds(invited, began))
		} else {
			d.ring.AppendNull()
		}
	}
}

func resultOf(success bool, code int32) string {
	if success {
		return "success"
	}
	switch code {
	case 486, 600:
		return "busy"
	case 408, 480, 487:
		return "no_answer"
	case 403, 603:
		return "rejected"
	case 404, 410, 484, 604:
		return "bad_number"
	}
	return "network"
}
