package graph

import (
	"fmt"
	"strings"
	"testing"
)

// BenchmarkDecodePage reads a page of a thousand rows of a log, with what a reading has to know of each.
func BenchmarkDecodePage(b *testing.B) {
	var rows []string
	for i := range 1000 {
		rows = append(rows, fmt.Sprintf(`{"id":"0a6b1c2d-1111-4222-8333-%012x","callId":"%d_7@192.0.2.10",`+
			`"userId":"5e1f0c2a-93b7-4c1e-8a55-%012x","userPrincipalName":"user%d@contoso.example","userDisplayName":"User %d",`+
			`"startDateTime":"2026-11-18T08:00:00.1234567Z","endDateTime":"2026-11-18T08:10:00.7654321Z","duration":600,"charge":%d.25,"callType":"user_out","currency":"EUR",`+
			`"calleeNumber":"+491234567890","callerNumber":"+49555120000","usageCountryCode":"DE","tenantCountryCode":"DE",`+
			`"connectionCharge":0,"destinationContext":"Domestic","destinationName":"Germany","conferenceId":null,`+
			`"licenseCapability":"MCOPSTN1","inventoryType":"Subscriber","operator":"Microsoft","callDurationSource":"microsoft"}`, i, i, i, i, i, i))
	}
	body := []byte(`{"@odata.context":"c","value":[` + strings.Join(rows, ",") + `],"@odata.nextLink":"https://graph.microsoft.com/v1.0/x"}`)
	var fields Fields
	fields.Add("id")
	fields.Add("startDateTime")
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if p, err := decodePage(body, &fields); err != nil || len(p.Values) != 1000 {
			b.Fatal(len(p.Values), err)
		}
	}
}
