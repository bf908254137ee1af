package graphsim

import (
	"regexp"
	"strings"
	"time"
)

// A filter is what $filter can say of call records. Instants are ticks of Graph's clock, so that
// every comparison can be half-open: [from, to). Zero is without a bound.
type filter struct {
	from, to    time.Time
	participant string
}

var withParticipant = regexp.MustCompile(`^participants_v2/any\((\w+):(\w+)/id eq '([^']+)'\)$`)

// parseRecordFilter reads a $filter. Graph knows two conditions on call records, and only "and".
func parseRecordFilter(text string) (filter, error) {
	var f filter
	for term := range strings.SplitSeq(text, " and ") {
		term = strings.TrimSpace(term)
		if m := withParticipant.FindStringSubmatch(term); m != nil && m[1] == m[2] {
			f.participant = m[3]
			continue
		}
		if err := f.compare(term); err != nil {
			return filter{}, err
		}
	}
	return f, nil
}

func (f *filter) compare(term string) error {
	part := strings.Fields(term)
	if len(part) != 3 {
		return badRequest("Invalid filter clause: Syntax error in '%s'.", term)
	}
	if part[0] != "startDateTime" {
		return badRequest("Invalid filter clause: filtering by '%s' is not supported.", part[0])
	}
	at, ok := parseInstant(part[2])
	if !ok {
		return badRequest("Invalid filter clause: Unrecognized 'Edm.String' literal '%s'.", part[2])
	}
	switch part[1] {
	case "gt":
		f.after(at.Add(tick))
	case "ge":
		f.after(at)
	case "lt":
		f.before(at)
	case "le":
		f.before(at.Add(tick))
	default:
		return badRequest("Invalid filter clause: the operator '%s' is not supported for 'startDateTime'.", part[1])
	}
	return nil
}

func (f *filter) after(at time.Time) {
	if f.from.Before(at) {
		f.from = at
	}
}

func (f *filter) before(at time.Time) {
	if f.to.IsZero() || at.Before(f.to) {
		f.to = at
	}
}
