package graphsim

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// All pages of a reading of a delta show the directory as it was at its first, so that the deltaLink at its
// end misses nothing. Their links carry in a token what is asked for, with the selection: a client need not,
// and cannot, say it again.

// oldestToken is how long Graph takes a token of the directory back.
const oldestToken = 7 * 24 * time.Hour

// readDelta reads what is asked of a delta by its token, or without one.
func (t *Tenant) readDelta(r *request) error {
	since := r.get("$deltatoken") + r.get("$deltaToken") // Graph's own pages spell it both ways
	switch skip := r.get("$skiptoken"); {
	case since != "" && since != "latest":
		if err := t.resume(r, "delta ", since); err != nil {
			return err
		}
		r.since = r.at
	case skip != "":
		return t.resume(r, "skip ", skip)
	case since == "latest":
		r.since = r.now
	}
	r.at = r.now
	return nil
}

// resume opens a token. One that has the form and is too old, or not of this tenant, has expired.
func (t *Tenant) resume(r *request, mark, token string) error {
	text, ok := t.unseal(mark+r.path, token)
	switch {
	case !ok && isSealed(token):
		return expired()
	case !ok:
		return refuse(400, "Request_BadRequest", "Badly formed token.")
	}
	var numbers [3]int64
	for i := range numbers { // sealed by us: they are numbers
		var digits string
		digits, text, _ = strings.Cut(text, " ")
		numbers[i], _ = strconv.ParseInt(digits, 10, 64)
	}
	if numbers[0] != 0 {
		r.since = time.Unix(0, numbers[0]).UTC()
	}
	r.at, r.from = time.Unix(0, numbers[1]).UTC(), int(numbers[2])
	if r.now.Sub(r.at) > oldestToken {
		return expired()
	}
	return r.readSelect(t, text, text != "")
}

// deltaLinks are the link to the next page, or, where there is none, the deltaLink.
func (t *Tenant) deltaLinks(r *request, next int) entity {
	mark, name, option := "skip ", "@odata.nextLink", "$skiptoken"
	since := int64(0)
	if !r.since.IsZero() {
		since = r.since.UnixNano()
	}
	if next < 0 {
		mark, name, option, since, next = "delta ", "@odata.deltaLink", "$deltatoken", 0, 0
	}
	text := fmt.Sprintf("%d %d %d %s", since, r.at.UnixNano(), next, strings.Trim(r.shape, "()"))
	return entity{name, r.root + "/" + r.path + "?" + option + "=" + t.seal(mark+r.path, text)}
}

// expired refuses a token that is too old.
func expired() *refusal {
	return &refusal{status: 410, code: "syncStateNotFound", message: "The sync state generation is not found. Start again without a token."}
}

// token hides a place in a collection, as Graph's skip tokens do. Only this tenant takes it back.
func (t *Tenant) token(kind string, position int) string {
	return t.seal(kind, strconv.Itoa(position))
}

func (t *Tenant) position(kind, token string) (int, bool) {
	text, ok := t.unseal(kind, token)
	if !ok {
		return 0, false
	}
	n, err := strconv.Atoi(text)
	return n, err == nil && n >= 0
}

func (t *Tenant) seal(kind, text string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(t.stamp(kind, text) + text))
}

func (t *Tenant) unseal(kind, token string) (string, bool) {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || !sealed.Match(raw) {
		return "", false
	}
	text := string(raw[16:])
	return text, t.stamp(kind, text) == string(raw[:16])
}

// sealed is what a token looks like inside, whoever gave it.
var sealed = regexp.MustCompile(`^[0-9a-f]{16}`)

func (t *Tenant) stamp(kind, text string) string {
	parts := []uint64{t.seed}
	for _, c := range []byte(kind + "\x00" + text) {
		parts = append(parts, uint64(c))
	}
	s := seeded(parts...)
	return fmt.Sprintf("%016x", s.next())
}

func isSealed(token string) bool {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	return err == nil && sealed.Match(raw)
}
