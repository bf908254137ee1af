package extract_test

import (
	"net/http/httptest"
	"slices"
	"testing"

	"graphlake/extract"
	"graphlake/extract/graph"
	"graphlake/schemas"
)

// Gates of transcripts are found out with the first real one of the first who have any; a policy that one lacks another may have.
func TestProbeGates(t *testing.T) {
	list := `{"value":[` + listedTranscript("t1") + `]}`
	for _, c := range []struct {
		name      string
		documents map[string]string
		want      extract.Gates
		kind      graph.Kind // of the error; 0: there is none
		asked     []string
	}{
		{"nobody has one", map[string]string{}, extract.Gates{Asked: 2}, 0, []string{"list ada", "list ben"}},
		{"the first has one", map[string]string{"list ada": list, "metadata t1": spokenDoc}, extract.Gates{Asked: 1, Document: extract.DocumentReadable}, 0, []string{"list ada", "metadata t1"}},
		{"nobody is to know who spoke", map[string]string{
			"list ben": list, "metadata t1": "403 SpeakerAttributionNotAllowed", "text t1": "00:00:01.000 --> 00:00:03.000\n\nYes.\n",
		}, extract.Gates{Asked: 2, Document: extract.DocumentUnattributed}, 0, []string{"list ada", "list ben", "metadata t1", "text t1"}},
		{"it is not written yet", map[string]string{"list ada": list}, extract.Gates{Asked: 1, Document: extract.DocumentMissing}, 0, nil},
		{"in no form", map[string]string{"list ada": list, "metadata t1": "403 SpeakerAttributionNotAllowed", "text t1": "403 SpeakerAttributionNotAllowed"},
			extract.Gates{Asked: 1, Document: extract.DocumentRefused}, 0, nil},
		{"lists are allowed, and documents are not", map[string]string{"list ada": list, "metadata t1": "403 AccessDenied"}, extract.Gates{}, graph.Unauthorized, nil},
		{"the switch of the tenant", map[string]string{"list ada": list, "metadata t1": "403 GraphAccessToTranscriptsDisabled"}, extract.Gates{}, graph.Off, nil},
		{"the first is not found", map[string]string{"list ada": "404 NotFound", "list ben": list, "metadata t1": spokenDoc}, extract.Gates{Asked: 2, Document: extract.DocumentReadable}, 0, nil},
		{"the first lacks the policy", map[string]string{"list ada": "403 No application access policy found", "list ben": list, "metadata t1": spokenDoc},
			extract.Gates{Asked: 2, NoPolicy: 1, Document: extract.DocumentReadable}, 0, nil},
		{"one lacks the policy, and nobody else has one", map[string]string{"list ben": "403 No application access policy found"}, extract.Gates{Asked: 2, NoPolicy: 1}, 0, nil},
		{"all lack the policy", map[string]string{"list ada": "403 No application access policy found", "list ben": "403 No application access policy found"},
			extract.Gates{Asked: 2, NoPolicy: 2}, graph.NoPolicy, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := &office{documents: c.documents}
			server := httptest.NewServer(o)
			defer server.Close()
			client, err := graph.New(graph.Options{Endpoint: server.URL, Tries: 1, Token: graph.StaticToken{Secret: "token"}})
			if err != nil {
				t.Fatal(err)
			}
			got, err := extract.ProbeGates(t.Context(), client, schemas.Transcripts, day("2026-03-03"))
			if got != c.want || graph.KindOf(err) != c.kind {
				t.Errorf("got %+v, %v, want %+v and an error of the kind %v", got, err, c.want, c.kind)
			}
			if c.asked != nil && !slices.Equal(o.asked, c.asked) {
				t.Errorf("asked %q, want %q", o.asked, c.asked)
			}
		})
	}
}
