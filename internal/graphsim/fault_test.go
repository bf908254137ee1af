package graphsim

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
)

// A sight is what a client sees of one request.
type sight struct {
	status  int
	header  http.Header
	body    []byte
	err     error // of the request or of its body
	elapsed time.Duration
}

// see asks over real HTTP, for gzip if it is wanted, and unpacks nothing.
func see(t *testing.T, url string, zipped bool) (s sight) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, strings.ReplaceAll(url, " ", "%20"), nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", map[bool]string{true: "gzip", false: "identity"}[zipped])
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}} // that repeats nothing by itself
	began := time.Now()
	answer, err := client.Do(r)
	if err != nil {
		return sight{err: err}
	}
	defer answer.Body.Close()
	s = sight{status: answer.StatusCode, header: answer.Header}
	s.body, s.err = io.ReadAll(answer.Body)
	s.elapsed = time.Since(began)
	return s
}

// failing serves a tenant of which every request fails in one way.
func failing(t *testing.T, f Fault) string {
	t.Helper()
	o := small()
	o.Faults = Faults{Share: 1, Kinds: []Fault{f}}
	server := httptest.NewServer(New(o))
	t.Cleanup(server.Close)
	return server.URL
}

func TestRefusingFaults(t *testing.T) {
	for fault, want := range map[Fault]struct {
		status            int
		code, after, mime string
	}{
		FaultThrottledSeconds:  {429, "TooManyRequests", "1", "application/json"},
		FaultThrottledDate:     {429, "TooManyRequests", "date", "application/json"},
		FaultThrottledFraction: {429, "TooManyRequests", "0.05", "application/json"},
		FaultThrottledBare:     {429, "TooManyRequests", "", "application/json"},
		FaultInternal:          {500, "InternalServerError", "", "application/json"},
		FaultGateway:           {502, "", "", "text/html"},
		FaultUnavailable:       {503, "ServiceUnavailable", "1", "application/json"},
		FaultTimeout:           {504, "GatewayTimeout", "", "application/json"},
	} {
		t.Run(fault.String(), func(t *testing.T) {
			s := see(t, failing(t, fault)+recordsPath, false)
			var body struct{ Error struct{ Code string } }
			if err := json.Unmarshal(s.body, &body); (err == nil) != (want.code != "") {
				t.Errorf("the body is JSON: %v: %s", err, s.body)
			}
			after := s.header.Get("Retry-After")
			if at, err := http.ParseTime(after); err == nil {
				if wait := at.Sub(afterwards); wait < 0 || wait > time.Second { // by the tenant's clock, which its Date shows
					t.Errorf("the date lies %v ahead", wait)
				}
				after = "date"
			}
			if s.err != nil || s.status != want.status || body.Error.Code != want.code || after != want.after ||
				!strings.HasPrefix(s.header.Get("Content-Type"), want.mime) {
				t.Errorf("%d %v, code %q; want %+v", s.status, s.header, body.Error.Code, want)
			}
		})
	}
}

// What is lost on its way, plain and compressed.
func TestLosingFaults(t *testing.T) {
	o := small()
	sound := httptest.NewServer(New(o))
	defer sound.Close()
	for _, zipped := range []bool{false, true} {
		whole := see(t, sound.URL+recordsPath, zipped)
		for fault, want := range map[Fault]struct {
			err     error
			elapsed time.Duration
		}{
			FaultReset: {err: syscall.ECONNRESET}, FaultStall: {err: io.ErrUnexpectedEOF, elapsed: 300 * time.Millisecond},
			FaultCutBody: {err: io.ErrUnexpectedEOF}, FaultCutJSON: {},
		} {
			s := see(t, failing(t, fault)+recordsPath, zipped)
			if !errors.Is(s.err, want.err) || s.elapsed < want.elapsed {
				t.Errorf("%v: %v after %v, want %v after %v", fault, s.err, s.elapsed, want.err, want.elapsed)
			}
			if fault == FaultReset {
				continue
			}
			if s.status != 200 || len(s.body) < len(whole.body)/4 || len(s.body) > len(whole.body)*3/4 {
				t.Errorf("%v: %d and %d bytes of %d, want about half", fault, s.status, len(s.body), len(whole.body))
			}
			if text := unpacked(t, s, zipped, want.err); json.Valid(text) || !bytes.HasPrefix(text, []byte(`{"@odata.context"`)) {
				t.Errorf("%v: valid JSON, or none at all: %.60s", fault, text)
			}
		}
	}
}

// unpacked is the text of a body; the stream of a body that was cut ends too early.
func unpacked(t *testing.T, s sight, zipped bool, want error) []byte {
	t.Helper()
	if !zipped {
		return s.body
	}
	z, err := gzip.NewReader(bytes.NewReader(s.body))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if !errors.Is(err, want) {
		t.Errorf("unpacking ended with %v, want %v", err, want)
	}
	return text
}

// A deltaLink is forgotten, and nothing else is: not the first reading, nor latest.
func TestExpiredFault(t *testing.T) {
	url := failing(t, FaultExpired)
	p := pageAt(t, url+"/v1.0/users/delta?$select=id")
	if s := see(t, p.Delta, false); s.status != 410 || !bytes.Contains(s.body, []byte(`"code":"syncStateNotFound"`)) {
		t.Errorf("the deltaLink: %d %s", s.status, s.body)
	}
	pageAt(t, url+"/v1.0/users/delta?$deltatoken=latest")
	pageAt(t, url+"/v1.0/users")
}

// Only collections mislead.
func TestFaultsSuitTheirRequests(t *testing.T) {
	o := small()
	o.Faults = Faults{Share: 1, Kinds: []Fault{FaultRepeat, FaultEmpty, FaultLoop, FaultForeign, FaultExpired}}
	tenant := New(o)
	records, _ := all(t, New(small()), recordsPath)
	for _, path := range []string{recordsPath + "/" + records[0]["id"].(string), "/v1.0/users/" + tenant.id(userIDs, 0).String()} {
		if a := get(t, tenant, path); a.status != 200 || a.text(t, "@odata.nextLink") != "" || a.text(t, "id") == "" {
			t.Errorf("%s: %d %.200s", path, a.status, a.body)
		}
	}
}

// The share is kept, every kind is drawn, and the same requests fail in the same way again.
func TestShareOfFaults(t *testing.T) {
	o := small()
	o.Faults.Share = 0.05
	tenant, again := New(o), New(o)
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/v1.0/users/delta?$deltatoken=x", nil)
	drawn, failed := map[string]int{}, 0
	for n := range uint64(20_000) {
		k := tenant.fault(n, r)
		if k.name != again.fault(n, r).name {
			t.Fatalf("request %d fails in another way in the same tenant", n)
		}
		if drawn[k.name]++; k.name != "" {
			failed++
		}
	}
	if failed < 900 || failed > 1100 || len(drawn) != len(FaultNames())+1 {
		t.Errorf("%d of 20000 requests fail, as %v", failed, drawn)
	}
}

func TestFaultNames(t *testing.T) {
	for i, name := range FaultNames() {
		if f, err := ParseFault(name); err != nil || f != Fault(i) || f.String() != name {
			t.Errorf("%q is read as %v: %v", name, f, err)
		}
	}
	if _, err := ParseFault("flood"); err == nil || !strings.Contains(err.Error(), `"flood": there are 429-seconds, `) {
		t.Errorf("an unknown fault: %v", err)
	}
}
