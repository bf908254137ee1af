package extract_test

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"graphlake/extract"
	"graphlake/extract/graph"
	"graphlake/schemas"
)

// stillReading finds, in stacks, a reading that still asks, waits or hands on.
var stillReading = regexp.MustCompile(`extract\.\(\*Reading\)\.(read|list|hand|detail|complete)`)

// nothingRuns fails if anything of a reading outlives its records, if only for a moment.
func nothingRuns(t *testing.T) {
	t.Helper()
	stacks := make([]byte, 1<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	if stillReading.Match(stacks) {
		t.Errorf("still running:\n%s", stacks)
	}
}

// busy is a tenant of many calls. Before an answer about a call it asks wait.
func busy(n int, wait func(id string) string) func(uri string) string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = fmt.Sprintf("call-%03d", i)
	}
	return func(uri string) string {
		id, ok := strings.CutPrefix(uri, "/v1.0/calls/")
		if !ok {
			return listOf(ids...)
		}
		id, _, _ = strings.Cut(id, "?")
		if instead := wait(id); instead != "" {
			return instead
		}
		return fmt.Sprintf(`{"id":%q,"sessions":[],"people":[]}`, id)
	}
}

func TestStopEarly(t *testing.T) {
	client, service := serve(t, busy(500, func(string) string { return "" }))
	reading := extract.Read(client, calls(), march1, extract.Options{})
	for range reading.Records(t.Context()) {
		break
	}
	nothingRuns(t)
	if n := reading.Counts().Read; n != 1 {
		t.Errorf("%d records are counted as read, want 1", n)
	}
	if n := len(service.requests()); n > 200 {
		t.Errorf("%d of 1001 requests for one record", n)
	}
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	release := make(chan struct{})
	defer close(release)
	client, _ := serve(t, busy(100, func(string) string {
		cancel()
		<-release
		return ""
	}))
	var errs []error
	for record, err := range extract.Read(client, calls(), march1, extract.Options{}).Records(ctx) {
		if errs = append(errs, err); err == nil {
			t.Errorf("read %s, though nothing was answered", record.JSON)
		}
	}
	nothingRuns(t)
	if len(errs) != 1 || !errors.Is(errs[0], context.Canceled) {
		t.Errorf("errors %v, want that the context was canceled, once", errs)
	}
}

// An error is not swallowed: who has it is behind, and the others are read.
func TestWhoFailsIsBehind(t *testing.T) {
	client, service := serve(t, busy(500, func(id string) string {
		if id == "call-003" {
			return "403 Forbidden"
		}
		return ""
	}))
	reading := extract.Read(client, calls(), march1, extract.Options{Workers: 2})
	records, err := collect(t, reading)
	nothingRuns(t)
	if err != nil || len(records) != 499 {
		t.Errorf("%d records, %v, want all but one", len(records), err)
	}
	wantBehind(t, reading, callBehind("call-003", graph.Unauthorized, "unauthorized 403 Forbidden"))
	wantCounts(t, reading, extract.Counts{Listed: 500, Read: 499})
	if n := len(service.requests()); n != 1+2*499+1 {
		t.Errorf("%d requests, want one for the list, two for each record, and one that is refused", n)
	}
}

func TestHoldsFewRecords(t *testing.T) {
	var asked atomic.Int64
	client, _ := serve(t, busy(100, func(string) string { asked.Add(1); return "" }))
	for range extract.Read(client, calls(), march1, extract.Options{Workers: 3}).Records(t.Context()) {
		time.Sleep(100 * time.Millisecond)
		break
	}
	if n := asked.Load(); n > 2*4 {
		t.Errorf("while one record was wanted, %d requests were sent, want two for it and for each of 3 workers at most", n)
	}
}

func TestReadOnce(t *testing.T) {
	client, _ := serve(t, busy(1, func(string) string { return "" }))
	reading := extract.Read(client, calls(), march1, extract.Options{})
	if records, err := collect(t, reading); len(records) != 1 || err != nil {
		t.Fatalf("got %v, %v", records, err)
	}
	if records, err := collect(t, reading); len(records) != 0 || err == nil || !strings.Contains(err.Error(), "only once") {
		t.Errorf("the second time got %v, %v", records, err)
	}
}

const firstPeople = "/v1.0/people/delta?$select=id,office"

func TestDelta(t *testing.T) {
	client, service := serve(t, answers{
		firstPeople: `{"@odata.context":"c","value":[{"id":"b","city":"Turku"},{"id":"a"}],"@odata.nextLink":"{host}/2"}`,
		"/2":        `{"value":[],"@odata.nextLink":"{host}/3"}`,
		"/3": `{"value":[{"id":"b","city":"Oulu"},{"id":"a","@removed":{"reason":"changed"}},{"id":"b","city":"Turku"}],` +
			`"@odata.deltaLink":"{host}/v1.0/people/delta?token=later"}`,
	}.to)
	reading := extract.Read(client, people(), schemas.Range{}, extract.Options{})
	var records []string
	for record, err := range reading.Records(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		records = append(records, string(record.JSON))
		if c := reading.Cursor(); c != "" {
			t.Errorf("a cursor %s before everything was read", c)
		}
	}
	want(t, records, `{"id":"b","city":"Turku"}`, `{"id":"a"}`, `{"id":"b","city":"Oulu"}`,
		`{"id":"a","@removed":{"reason":"changed"}}`, `{"id":"b","city":"Turku"}`)
	if c := reading.Cursor(); !strings.HasSuffix(c, "/v1.0/people/delta?token=later") {
		t.Errorf("the cursor is %q, want the deltaLink", c)
	}
	want(t, service.requests(), "/2", "/3", "/v1.0/people/delta?%24select=id%2Coffice")
	wantCounts(t, reading, extract.Counts{Listed: 5, Read: 5})
}

func TestDeltaGoesOn(t *testing.T) {
	later := answers{
		"/later": `{"value":[{"id":"a"}],"@odata.deltaLink":"{host}/v1.0/people/microsoft.graph.delta()?$deltatoken=last"}`,
		"/old":   "410 resyncRequired",
		"/odd":   `{"value":[{"id":"a"}]}`,
		"/half":  `{"value":[{"id":"a"}],"@odata.nextLink":"{host}/old","@odata.deltaLink":"{host}/early"}`,
		"/lost":  "400 syncStateNotFound",
		"/null":  `{"value":[{"id":"a"}],"@odata.deltaLink":null}`,
		"/early": `{"value":[{"id":"a"}],"@odata.nextLink":"{host}/odd","@odata.deltaLink":"{host}/early"}`,
		// Graph has a link, and it is not to be followed: what came is whole.
		"/astray": `{"value":[{"id":"a"}],"@odata.deltaLink":"https://graph.fabrikam.example/last"}`,
	}
	for _, c := range []struct {
		cursor, next, err string
		kind              graph.Kind
	}{
		{cursor: "/later", next: "/v1.0/people/microsoft.graph.delta()?$deltatoken=last"},
		{cursor: "/old", err: "resyncRequired", kind: graph.ExpiredCursor},
		{cursor: "/lost", err: "syncStateNotFound", kind: graph.ExpiredCursor},
		{cursor: "/half", err: "resyncRequired", kind: graph.ExpiredCursor},
		{cursor: "/odd", err: "GET /v1.0/people/delta: incomplete: the last page has no deltaLink", kind: graph.Incomplete},
		{cursor: "/null", err: "the last page has no deltaLink", kind: graph.Incomplete},
		{cursor: "/early", err: "the last page has no deltaLink", kind: graph.Incomplete},
		{cursor: "/astray", next: ""},
	} {
		t.Run(c.cursor, func(t *testing.T) {
			client, service := serve(t, later.to)
			reading := extract.Read(client, people(), schemas.Range{}, extract.Options{Cursor: c.cursor})
			_, err := collect(t, reading)
			if (err == nil) != (c.err == "") || graph.KindOf(err) != c.kind || err != nil && !strings.Contains(err.Error(), c.err) {
				t.Errorf("error %v, want %q of kind %v", err, c.err, c.kind)
			}
			if got := strings.TrimPrefix(reading.Cursor(), service.url); got != c.next {
				t.Errorf("the cursor is %q, want %q", got, c.next)
			}
		})
	}
}

func TestDeltaLeftEarlyHasNoCursor(t *testing.T) {
	client, _ := serve(t, answers{"/later": `{"value":[{"id":"a"},{"id":"b"}],"@odata.deltaLink":"{host}/last"}`}.to)
	reading := extract.Read(client, people(), schemas.Range{}, extract.Options{Cursor: "/later"})
	for record := range reading.Records(t.Context()) {
		if string(record.JSON) == `{"id":"b"}` {
			break
		}
	}
	if c := reading.Cursor(); c != "" {
		t.Errorf("the cursor is %q, though the last record may not have been kept", c)
	}
}
