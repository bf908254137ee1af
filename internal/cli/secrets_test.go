package cli

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"graphlake/internal/graphsim"
	"graphlake/jobs"
)

// In a lake that keeps no bodies and has pseudonyms, nothing of what Graph's answers say of people is found in any
// file, nor in what the command prints or tells a collector: no name, address, number or id, no text. A record that cannot be read
// is among them, and a dataset that is refused.
func TestNothingPersonalStays(t *testing.T) {
	t.Setenv("GRAPHLAKE_PSEUDONYM_KEY", "3b9f06c1e85a7d24f01c93b7486ed52a97c0134fbe6a8d72053ce1f89b64a7d0")
	o := graphsim.Options{Users: 16, Large: 20}
	s := simulate(t, o, "privacy: {content: none, pseudonymize: true}\n")
	c := newCollector(t)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", c.url)
	said := secrets{}
	s.answers(said.listen(func(rw http.ResponseWriter, r *http.Request) { s.tenant.ServeHTTP(rw, r) }))
	night := []string{"run", "--from", "2026-11-16", "--to", "2026-11-18", "--now", "2026-11-18T00:00:00Z"}
	var rep jobs.Report
	if status := s.asJSON(t, &rep, night...); status != ExitIncomplete {
		t.Errorf("exit status %d, want %d", status, ExitIncomplete)
	}
	kinds := map[string]bool{}
	for _, u := range rep.Units {
		kinds[u.Dataset] = u.Records > 0
	}
	if len(kinds) != 13 || slices.Contains(slices.Collect(maps.Values(kinds)), false) {
		t.Errorf("not all datasets have records: %v", kinds)
	}
	// Another night is refused much, and led astray in somebody's calendar, and says so.
	o.Roles = []string{"User.Read.All", "Team.ReadBasic.All"}
	s.become(o, 19)
	s.answers(said.listen(func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/calendarView") {
			_, _ = rw.Write([]byte(`{"value":[],"@odata.nextLink":"https://graph.fabrikam.example"}`))
			return
		}
		s.tenant.ServeHTTP(rw, r)
	}))
	status, out := s.command(t, "run", "--now", "2026-11-19T00:00:00Z")
	if status != ExitFailed || !bytes.Contains(out, []byte("403 Forbidden")) || !bytes.Contains(out, []byte("parent ")) {
		t.Errorf("of the second night: exit status %d\n%s", status, out)
	}
	for _, want := range []string{"name", "address", "number", "id", "text"} {
		if n := len(said[want]); n < 10 {
			t.Errorf("only %d secrets are a %s", n, want)
		}
	}
	if err := os.WriteFile(filepath.Join(s.dir, "telemetry"), c.text, 0o600); err != nil || len(c.spans) < 100 {
		t.Errorf("the collector was told of %d spans: %v", len(c.spans), err)
	}
	if err := os.Remove(s.config()); err != nil {
		t.Fatal(err)
	}
	for kind, all := range said {
		for file, found := range filesWith(t, s.dir, slices.Sorted(maps.Keys(all))) {
			t.Errorf("a %s: %q in %s", kind, found, file)
		}
	}
	for _, kind := range []string{"raw", "tables", "quarantine", "state", "runs"} {
		if names, err := os.ReadDir(filepath.Join(s.dir, "lake", kind)); err != nil || len(names) == 0 {
			t.Errorf("%s is empty, so that the search proves nothing of it", kind)
		}
	}
}

// secrets are what Graph's answers say of people, by what it is.
type secrets map[string]map[string]bool

// keep keeps what is long enough to be told from chance.
func (s secrets) keep(kind, secret string) {
	if s[kind] == nil {
		s[kind] = map[string]bool{}
	}
	if secret = strings.TrimSpace(secret); len([]rune(secret)) >= 8 {
		s[kind][secret] = true
	}
}

// unreadable is put into a record in place of a truth value.
const unreadable = "Wilhelmina Sauerbruch"

// listen reads the answers on their way, and spoils one record.
func (s secrets) listen(answer http.HandlerFunc) http.HandlerFunc {
	var mu sync.Mutex
	s.keep("name", unreadable)
	return func(rw http.ResponseWriter, r *http.Request) {
		r.Header.Del("Accept-Encoding")
		var kept httptest.ResponseRecorder
		kept.Body = &bytes.Buffer{}
		answer(&kept, r)
		body := kept.Body.Bytes()
		if strings.HasSuffix(r.URL.Path, "/users/delta") {
			body = bytes.Replace(body, []byte(`"assignedLicenses":[`), []byte(`"assignedLicenses":{"of":"`+unreadable+`"},"licenses":[`), 1)
		}
		maps.Copy(rw.Header(), kept.Header())
		rw.Header().Del("Content-Length")
		rw.WriteHeader(kept.Code)
		_, _ = rw.Write(body)
		var said any
		if json.Unmarshal(body, &said) == nil && !ofGroups.MatchString(r.URL.Path) {
			mu.Lock()
			defer mu.Unlock()
			s.read(said, "")
		}
	}
}

// ofGroups are the answers that speak of no person but by id or within a message.
var ofGroups = regexp.MustCompile(`^/v1.0/(groups|organization|subscribedSkus|teams$|teams/[^/]+(/channels)?$)`)

var (
	addresses = regexp.MustCompile(`^[^@\s]+@[^@\s/]+\.example$`)
	numbers   = regexp.MustCompile(`^\+?[0-9]{8,}$`)
	texts     = strings.Fields("content bodyPreview subject topic internalReplyMessage externalReplyMessage")
	markup    = regexp.MustCompile(`<[^>]*>`)
)

// read gathers what is said in a value, which has the name of its member.
func (s secrets) read(value any, name string) {
	switch v := value.(type) {
	case map[string]any:
		s.person(v, name)
		for member, x := range v {
			s.read(x, member)
		}
	case []any:
		for _, x := range v {
			s.read(x, name)
		}
	case string:
		switch {
		case slices.Contains(texts, name):
			for _, piece := range markup.Split(v, -1) {
				s.keep("text", piece)
			}
		case addresses.MatchString(v):
			s.keep("address", v)
		case numbers.MatchString(v) && strings.HasPrefix(v, "+"):
			s.keep("number", v)
		}
	}
}

// person keeps the names of what stands for a person.
func (s secrets) person(object map[string]any, name string) {
	isPerson := name == "user" || name == "guest" || name == "emailAddress"
	if id, ok := object["id"].(string); ok && name == "user" {
		s.keep("id", id)
	}
	for _, member := range []string{"userPrincipalName", "userIdentityType", "email", "employeeId"} {
		_, has := object[member]
		isPerson = isPerson || has
	}
	for _, member := range []string{"displayName", "name", "givenName", "surname", "userDisplayName"} {
		if text, ok := object[member].(string); ok && isPerson {
			s.keep("name", text)
		}
	}
}
