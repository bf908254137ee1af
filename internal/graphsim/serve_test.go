package graphsim

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/klauspost/compress/gzip"
)

// Every request that Graph refuses is refused with its status, its code and what was wrong.
func TestRefusals(t *testing.T) {
	tenant := New(small())
	records, _ := all(t, tenant, recordsPath)
	record := recordsPath + "/" + records[0]["id"].(string)
	const logs, delta, list = recordsPath + "/getPstnCalls", "/v1.0/users/delta", "/v1.0/users"
	user := list + "/" + tenant.id(userIDs, 0).String()
	for _, c := range []struct {
		target  string
		status  int
		code    string
		message string
	}{
		{"/v2.0/users/delta", 400, "BadRequest", "v2.0"},
		{"/v1.0/nowhere", 400, "BadRequest", "segment 'nowhere'"},
		{"/v1.0/communications/nowhere", 400, "BadRequest", "segment 'nowhere'"},
		{record + "/nowhere", 400, "BadRequest", "segment 'nowhere'"},
		{record + "/sessions/nowhere", 400, "BadRequest", "segment 'nowhere'"},
		{"/v1.0/users/x/nowhere", 400, "BadRequest", "segment 'nowhere'"},

		{recordsPath + "?$top=10", 400, "BadRequest", "$top"},
		{recordsPath + "?$expand=sessions", 400, "BadRequest", "$expand"},
		{recordsPath + "?$orderby=startDateTime", 400, "BadRequest", "$orderby"},
		{recordsPath + "?$count=true", 400, "BadRequest", "$count"},
		{recordsPath + "?$search=x", 400, "BadRequest", "$search"},
		{recordsPath + "?$select=id,subject", 400, "BadRequest", "'subject'"},
		{recordsPath + "?$select=id&$select=version", 400, "BadRequest", "more than once"},
		{recordsPath + "?$skiptoken=abc", 400, "BadRequest", "Skip token"},
		{recordsPath + "?$filter=", 400, "BadRequest", "Syntax error"},
		{recordsPath + "?$filter=version gt 1", 400, "BadRequest", "'version'"},
		{recordsPath + "?$filter=startDateTime eq 2026-11-02T00:00:00Z", 400, "BadRequest", "'eq'"},
		{recordsPath + "?$filter=startDateTime ge 2026-11-02", 400, "BadRequest", "2026-11-02"},
		{recordsPath + "?$filter=startDateTime ge 2026-13-02T00:00:00Z", 400, "BadRequest", "2026-13-02"},
		{recordsPath + "?$filter=startDateTime ge '2026-11-02T00:00:00Z'", 400, "BadRequest", "literal"},
		{recordsPath + "?$filter=startDateTime ge 2026-11-02T00:00:00Z or version gt 1", 400, "BadRequest", "Syntax"},
		{recordsPath + "?$filter=participants_v2/any(p:q/id eq 'x')", 400, "BadRequest", "participants_v2"},

		{record + "?$expand=participants_v2,sessions($expand=segments)", 400, "BadRequest", "in one request"},
		{record + "?$expand=segments", 400, "BadRequest", "'segments'"},
		{record + "?$filter=id eq 'x'", 400, "BadRequest", "$filter"},
		{record + "/sessions?$expand=caller", 400, "BadRequest", "'caller'"},
		{record + "/sessions?$top=5", 400, "BadRequest", "$top"},
		{record + "/participants_v2?$expand=identity", 400, "BadRequest", "$expand"},

		{logs + "(fromDateTime=2026-11-02)", 400, "BadRequest", "toDateTime"},
		{logs + "(fromDateTime=,toDateTime=)", 400, "BadRequest", "toDateTime"},
		{logs + "(fromDateTime=2026-11-02T00:00,toDateTime=2026-11-03)", 400, "BadRequest", "fromDateTime"},
		{logs + "(fromDateTime=2026-11-03,toDateTime=2026-11-02)", 400, "BadRequest", "before"},
		{logs + "(fromDateTime=2026-08-04,toDateTime=2026-11-03)", 406, "NotAcceptable", "90 days"},
		{logs + "(fromDateTime=2026-11-02,toDateTime=2026-11-03)?$top=5", 400, "BadRequest", "$top"},
		{logs + "(fromDateTime=2026-11-02,toDateTime=2026-11-03)?$skip=-1", 400, "BadRequest", "$skip"},
		{recordsPath + "/getFaxCalls(fromDateTime=2026-11-02,toDateTime=2026-11-03)", 400, "BadRequest", "getFaxCalls"},

		{delta + "?$expand=manager", 400, "BadRequest", "$expand"},
		{delta + "?$top=5", 400, "BadRequest", "$top"},
		{delta + "?$orderby=id", 400, "BadRequest", "$orderby"},
		{delta + "?$select=id,shoeSize", 400, "BadRequest", "'shoeSize'"},
		{delta + "?$select=id,mailboxSettings", 501, "NotImplemented", "not yet supported"},
		{delta + "?$deltatoken=abc", 400, "Request_BadRequest", "token"},
		{delta + "?$skiptoken=abc", 400, "Request_BadRequest", "token"},
		{delta + "?$filter=id eq 'x'", 501, "NotImplemented", "$filter"},

		{list + "?$top=0", 400, "Request_UnsupportedQuery", "'0'. Must be between 1 and 999"},
		{list + "?$top=1000", 400, "Request_UnsupportedQuery", "'1000'. Must be between 1 and 999"},
		{list + "?$top=-1", 400, "BadRequest", "non-negative"},
		{list + "?$top=ten", 400, "BadRequest", "'ten'"},
		{list + "?$count=yes", 400, "BadRequest", "'yes'"},
		{list + "?$skip=5", 400, "BadRequest", "$skip"},
		{list + "?$skiptoken=abc", 400, "BadRequest", "Skip token"},
		{list + "?$deltatoken=latest", 400, "BadRequest", "$deltatoken"},
		{list + "?$orderby=displayName", 501, "NotImplemented", "$orderby"},
		{list + "?$search=\"displayName:x\"", 501, "NotImplemented", "$search"},
		{list + "?$select=", 400, "BadRequest", "''"},
		{list + "?$select=id,shoeSize", 400, "BadRequest", "'shoeSize'"},
		{list + "?$select=id,mailboxSettings", 501, "NotImplemented", "not yet supported"},
		{list + "?$select=manager", 501, "NotImplemented", "$expand"},
		{list + "?$expand=directReports", 501, "NotImplemented", "manager only"},
		{list + "?$expand=manager($levels=max)", 501, "NotImplemented", "manager only"},
		{list + "?$expand=manager($select=shoeSize)", 400, "BadRequest", "'shoeSize'"},
		{list + "?$expand=manager($select=manager)", 501, "NotImplemented", "$expand"},
		{list + "?$filter=", 400, "BadRequest", "Syntax error"},
		{list + "?$filter=accountEnabled eq", 400, "BadRequest", "Syntax error"},
		{list + "?$filter=accountEnabled eq true and ", 400, "BadRequest", "Syntax error"},
		{list + "?$filter=shoeSize eq 41", 400, "BadRequest", "'shoeSize'"},
		{list + "?$filter=accountEnabled eq 'true'", 400, "BadRequest", "incompatible"},
		{list + "?$filter=accountEnabled eq 1", 400, "BadRequest", "incompatible"},
		{list + "?$filter=userType eq Guest", 400, "BadRequest", "incompatible"},
		{list + "?$filter=userType ne 'Guest'", 501, "NotImplemented", "userType eq"},
		{list + "?$filter=city eq 'Oslo'", 501, "NotImplemented", "userType eq"},
		{list + "?$filter=startswith(displayName,'A')", 501, "NotImplemented", "userType eq"},
		{list + "?$filter=accountEnabled eq true or userType eq 'Guest'", 501, "NotImplemented", "userType eq"},
		{list + "?$filter=not accountEnabled eq true", 501, "NotImplemented", "userType eq"},
		{list + "/$count", 501, "NotImplemented", "$count"},

		{user + "?$filter=userType eq 'Guest'", 400, "BadRequest", "$filter"},
		{user + "?$top=5", 400, "BadRequest", "$top"},
		{user + "?$select=shoeSize", 400, "BadRequest", "'shoeSize'"},
		{list + "/nobody@contoso.example", 404, "Request_ResourceNotFound", "'nobody@contoso.example'"},
		{list + "/ada.gupta30@contoso.example", 404, "Request_ResourceNotFound", "does not exist"},
		{list + "/" + tenant.id(userIDs, 30).String(), 404, "Request_ResourceNotFound", "does not exist"},
		{list + "/" + tenant.id(callIDs, 3).String(), 404, "Request_ResourceNotFound", "does not exist"},
	} {
		a := get(t, tenant, c.target)
		if a.status != c.status || a.text(t, "error", "code") != c.code || !strings.Contains(a.text(t, "error", "message"), c.message) {
			t.Errorf("%s\ngot  %d %s\nwant %d %s, and %q in the message", c.target, a.status, a.body, c.status, c.code, c.message)
		}
	}
}

func TestErrorNamesTheRequest(t *testing.T) {
	a := get(t, New(small()), "/v1.0/nowhere", "client-request-id", "ours")
	inner := []string{a.text(t, "error", "innerError", "request-id"), a.text(t, "error", "innerError", "client-request-id")}
	if inner[0] == "" || inner[0] != a.header.Get("request-id") || inner[1] != "ours" || a.header.Get("client-request-id") != "ours" {
		t.Errorf("headers %v and body %s disagree", a.header, a.body)
	}
}

func TestToken(t *testing.T) {
	o := small()
	o.Token = "secret"
	for _, c := range []struct {
		header string
		status int
	}{
		{"", 401}, {"Bearer ", 401}, {"Bearer other", 401}, {"Basic secret", 401}, {"Bearer secret", 200},
	} {
		a := get(t, New(o), recordsPath, "Authorization", c.header)
		if a.status != c.status || c.status == 401 && a.text(t, "error", "code") != "InvalidAuthenticationToken" {
			t.Errorf("%q: %d %.100s", c.header, a.status, a.body)
		}
	}
	// Whether a resource exists is not said to somebody unknown.
	if a := get(t, New(o), "/v1.0/nowhere"); a.status != 401 {
		t.Errorf("an unknown resource without a token: %d", a.status)
	}
}

func TestRoles(t *testing.T) {
	const record, pstn = recordsPath, recordsPath + "/getPstnCalls(fromDateTime=2026-11-02,toDateTime=2026-11-03)"
	const delta, users = "/v1.0/users/delta", "/v1.0/users"
	user := users + "/" + New(small()).id(userIDs, 0).String()
	for _, c := range []struct {
		roles []string
		want  map[string]int
	}{
		{nil, map[string]int{record: 200, pstn: 200, delta: 200, users: 200, user: 200}},
		{[]string{}, map[string]int{record: 403, pstn: 403, delta: 403, users: 403, user: 403}},
		{[]string{"CallRecords.Read.All"}, map[string]int{record: 200, pstn: 200, delta: 403, users: 403, user: 403}},
		{[]string{"CallRecord-PstnCalls.Read.All"}, map[string]int{record: 403, pstn: 200, delta: 403, users: 403, user: 403}},
		{[]string{"Directory.Read.All"}, map[string]int{record: 403, pstn: 403, delta: 200, users: 200, user: 200}},
	} {
		o := small()
		o.Roles = c.roles
		for path, want := range c.want {
			if a := get(t, New(o), path); a.status != want || want == 403 && a.text(t, "error", "code") != "Forbidden" {
				t.Errorf("%v %s: %d %.200s, want %d", c.roles, path, a.status, a.body, want)
			}
		}
	}
}

func TestMethod(t *testing.T) {
	for _, method := range []string{http.MethodPost, http.MethodDelete, http.MethodPatch} {
		rec := httptest.NewRecorder()
		New(small()).ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), method, recordsPath, nil))
		if rec.Code != http.StatusMethodNotAllowed {
			t.Errorf("%s: %d", method, rec.Code)
		}
	}
}

func TestGzip(t *testing.T) {
	tenant := New(small())
	plain, zipped := get(t, tenant, recordsPath), get(t, tenant, recordsPath, "Accept-Encoding", "gzip")
	z, err := gzip.NewReader(bytes.NewReader(zipped.body))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(z)
	if err != nil || !bytes.Equal(body, plain.body) {
		t.Errorf("%d bytes unpacked (%v), want the %d of the plain answer", len(body), err, len(plain.body))
	}
	if len(zipped.body) > len(plain.body)/2 {
		t.Errorf("%d bytes of %d: not compressed", len(zipped.body), len(plain.body))
	}
}

// Requests at the same time do not write into each other's answers.
func TestConcurrentRequests(t *testing.T) {
	tenant := New(small())
	records, _ := all(t, tenant, recordsPath)
	var want [8][]byte
	path := func(i int) string {
		return recordsPath + "/" + records[i]["id"].(string) + "?$expand=sessions($expand=segments)"
	}
	for i := range want {
		want[i] = get(t, tenant, path(i)).body
	}
	var group sync.WaitGroup
	for i := range want {
		group.Go(func() {
			for range 50 {
				rec := httptest.NewRecorder()
				tenant.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path(i), nil))
				if !bytes.Equal(rec.Body.Bytes(), want[i]) {
					t.Errorf("record %d was answered differently among other requests", i)
				}
			}
		})
	}
	group.Wait()
}

func TestBetaAnswersTheSame(t *testing.T) {
	tenant := New(small())
	a := get(t, tenant, "/beta/communications/callRecords")
	if next := a.text(t, "@odata.nextLink"); !strings.HasPrefix(next, "http://example.com/beta/communications/callRecords?$skiptoken=") {
		t.Errorf("the nextLink of beta is %s", next)
	}
}

// Every answer has the tenant's now, refusals too, and the root of a version tells it without a token.
func TestDate(t *testing.T) {
	o := small()
	o.Token = "t0ken"
	want := afterwards.Format(http.TimeFormat)
	for _, path := range []string{"/v1.0/users", "/v1.0/nowhere", "/v2.0/users"} {
		if got := get(t, New(o), path).header.Get("Date"); got != want {
			t.Errorf("%s: Date %q, want %q", path, got, want)
		}
	}
	rec := httptest.NewRecorder()
	New(o).ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodHead, "http://example.com/v1.0/", nil))
	if rec.Code != http.StatusOK || rec.Body.Len() > 0 || rec.Header().Get("Date") != want {
		t.Errorf("HEAD: %d, %d bytes, Date %q", rec.Code, rec.Body.Len(), rec.Header().Get("Date"))
	}
}
