package graphsim

import (
	"regexp"
	"strings"
	"time"
)

// A messageFilter is what $filter can say of exported messages.
type messageFilter struct {
	modified filter
	sender   string // the id of a user; empty: anybody
}

var fromUser = regexp.MustCompile(`^from/user/id eq '([^']+)'$`)

// parseMessageFilter reads a $filter. Of an instant the export knows gt and lt only.
func parseMessageFilter(text string) (messageFilter, error) {
	var f messageFilter
	for term := range strings.SplitSeq(text, " and ") {
		term = strings.TrimSpace(term)
		if m := fromUser.FindStringSubmatch(term); m != nil {
			f.sender = m[1]
			continue
		}
		part := strings.Fields(term)
		if len(part) != 3 {
			return f, badRequest("Invalid filter clause: Syntax error in '%s'.", term)
		}
		if part[0] != "lastModifiedDateTime" || part[1] != "gt" && part[1] != "lt" {
			return f, badRequest("Invalid filter clause: '%s %s' is not supported.", part[0], part[1])
		}
		at, ok := parseInstant(part[2])
		if !ok {
			return f, badRequest("Invalid filter clause: Unrecognized 'Edm.String' literal '%s'.", part[2])
		}
		if part[1] == "gt" {
			f.modified.after(at.Add(tick))
		} else {
			f.modified.before(at)
		}
	}
	return f, nil
}

// days are the days on which a message may have been created that the filter lets through, half-open.
func (f *messageFilter) days(t *Tenant, now time.Time) (from, to int) {
	from, to = t.first, min(t.first+t.days, dayOf(now)+1)
	if !f.modified.from.IsZero() {
		from = max(from, dayOf(f.modified.from.Add(-lastChange)))
	}
	if !f.modified.to.IsZero() {
		to = min(to, dayOf(f.modified.to)+1)
	}
	return from, to
}

// holds says whether the filter lets a message through.
func (f *messageFilter) holds(t *Tenant, m *message) bool {
	if m.modified.Before(f.modified.from) || !f.modified.to.IsZero() && !m.modified.Before(f.modified.to) {
		return false
	}
	if f.sender == "" {
		return true
	}
	who, ok := t.sender(m)
	return ok && userTypes[who.kind] != "" && t.key(who) == f.sender
}
