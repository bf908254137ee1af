package main

import (
	"fmt"
	"net/http"
	"os"
	"strconv"
	"time"
)

const logPage = 1000

// telephoneLog is a Graph that knows one day of calls over the telephone network, whatever it is asked. The
// simulated tenant is no match for it: it finds a page of a log by counting the calls before.
type telephoneLog struct{ rows int }

// ServeHTTP answers a page.
func (l telephoneLog) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	skip, _ := strconv.Atoi(r.URL.Query().Get("$skip")) // none is 0
	end := min(skip+logPage, l.rows)
	page := []byte(`{"value":[`)
	for i := skip; i < end; i++ {
		if i > skip {
			page = append(page, ',')
		}
		page = l.row(page, i)
	}
	page = append(page, ']')
	if end < l.rows {
		page = fmt.Appendf(page, `,"@odata.nextLink":"http://%s%s?$skip=%d"`, r.Host, r.URL.EscapedPath(), end)
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(append(page, '}')) // whoever does not listen any more has ended
}

var midnight = time.Date(2026, 11, 18, 0, 0, 0, 0, time.UTC)

// row appends the i-th call of the day. Of its ids, one does not tell the next, as is usual.
func (l telephoneLog) row(page []byte, i int) []byte {
	id := uint64(i+1) * 0x9e3779b97f4a7c15
	start := midnight.Add(24 * time.Hour / time.Duration(l.rows) * time.Duration(i))
	length := int(id >> 40 % 3600)
	return fmt.Appendf(page, `{"id":"%08x-%04x-4000-8000-%012x","callId":"%d_%d@192.0.2.10",`+
		`"userId":"5e1f0c2a-93b7-4c1e-8a55-%012x","userPrincipalName":"user%d@contoso.example","userDisplayName":"User %d",`+
		`"startDateTime":%q,"endDateTime":%q,"duration":%d,"charge":%d.%02d,"callType":"user_out","currency":"EUR",`+
		`"calleeNumber":"+49%010d","callerNumber":"+4955512%04d","usageCountryCode":"DE","tenantCountryCode":"DE",`+
		`"connectionCharge":0,"destinationContext":"Domestic","destinationName":"Germany","conferenceId":null,`+
		`"licenseCapability":"MCOPSTN1","inventoryType":"Subscriber","operator":"Microsoft","callDurationSource":"microsoft"}`,
		id>>32, id>>16&0xffff, id&0xffffffffffff, 700_000_000+i, i%997,
		i%20_000, i%20_000, i%20_000,
		start.Format(time.RFC3339Nano), start.Add(time.Duration(length)*time.Second).Format(time.RFC3339Nano), length, length/60, length%60,
		id%10_000_000_000, i%10_000)
}

// write fills a file with all rows, one a line.
func (l telephoneLog) write(file string) error {
	var all []byte
	for i := range l.rows {
		all = append(l.row(all, i), '\n')
	}
	return os.WriteFile(file, all, 0o600)
}
