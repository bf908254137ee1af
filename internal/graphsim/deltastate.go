package graphsim

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A deltaKind is what is peculiar to the delta of one kind of directory object: the marks of its tokens,
// and how it reads a $select.
type deltaKind struct {
	skip, delta string
	choose      func(text string, chosen bool) (selection, error)
}

var userDelta = deltaKind{"u", "d", selectUsers}

// A deltaState is what a token of delta carries. All pages of a reading show the directory as it
// was at its first, so that the deltaLink at its end misses nothing.
type deltaState struct {
	selection
	since, at time.Time // what changed between the two is asked for; if since is zero, everything
	from      int       // the place in the directory with which a page begins
}

func (s *deltaState) text() string {
	since := int64(0)
	if !s.since.IsZero() {
		since = s.since.UnixNano()
	}
	return fmt.Sprintf("%d %d %d %s", since, s.at.UnixNano(), s.from, s.selection.text())
}

// deltaState is what a request asks for, by its token or, without one, by its $select.
func (t *Tenant) deltaState(q *question, kind *deltaKind) (s deltaState, err error) {
	since := q.options.Get("$deltatoken") + q.options.Get("$deltaToken") // Graph's own pages spell it both ways
	switch skip := q.options.Get("$skiptoken"); {
	case since != "" && since != "latest":
		if s, err = t.oldResume(kind, kind.delta, since, q.now); err == nil {
			s.since, s.at = s.at, q.now
		}
		return s, err
	case skip != "":
		return t.oldResume(kind, kind.skip, skip, q.now)
	case since == "latest":
		s.since = q.now
	}
	s.at = q.now
	return s, s.choose(kind, q.options.Get("$select"), q.options.Has("$select"))
}

// choose reads a selection, of which id is always part here.
func (s *deltaState) choose(kind *deltaKind, text string, chosen bool) (err error) {
	s.selection, err = kind.choose(text, chosen)
	if !s.has("id") {
		s.names = append(s.names, "id")
	}
	return err
}

// resume opens a token. One that has the form and is too old, or not of this tenant, has expired.
func (t *Tenant) oldResume(kind *deltaKind, mark, token string, now time.Time) (s deltaState, err error) {
	text, ok := t.unseal(mark, token)
	switch {
	case !ok && isSealed(token):
		return s, expired()
	case !ok:
		return s, refuse(400, "Request_BadRequest", "Badly formed token.")
	}
	var numbers [3]int64
	for i := range numbers { // sealed by us: they are numbers
		var digits string
		digits, text, _ = strings.Cut(text, " ")
		numbers[i], _ = strconv.ParseInt(digits, 10, 64)
	}
	if numbers[0] != 0 {
		s.since = time.Unix(0, numbers[0]).UTC()
	}
	s.at, s.from = time.Unix(0, numbers[1]).UTC(), int(numbers[2])
	if now.Sub(s.at) > oldestToken {
		return s, expired()
	}
	return s, s.choose(kind, text, text != "")
}

// links write the link to the next page, or, where next is negative, the deltaLink. They carry the
// selection in their token: a client need not, and cannot, say it again.
func (t *Tenant) links(w *writer, path string, kind *deltaKind, s deltaState, next int) {
	if next >= 0 {
		s.from = next
		w.text("@odata.nextLink", path+"?$skiptoken="+t.seal(kind.skip, s.text()))
		return
	}
	s.from, s.since = 0, time.Time{}
	w.text("@odata.deltaLink", path+"?$deltatoken="+t.seal(kind.delta, s.text()))
}
