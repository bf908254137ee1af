package extract_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"graphlake/extract"
	"graphlake/extract/graph"
	"graphlake/internal/graphsim"
	"graphlake/schemas"
)

// tenant is a simulated one with a working day of calls, of which one has hundreds of participants.
func tenant(t *testing.T, now time.Time) (*graph.Client, graphsim.Truth) {
	t.Helper()
	sim := graphsim.New(graphsim.Options{
		Seed: 7, Users: 60, Large: 300,
		From: day("2026-03-03"), To: day("2026-03-04"),
		Now: func() time.Time { return now },
	})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", now.UTC().Format(http.TimeFormat))
		sim.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	client, err := graph.New(graph.Options{Endpoint: server.URL, Token: graph.StaticToken{Secret: "token"}, Rate: 1e4})
	if err != nil {
		t.Fatal(err)
	}
	return client, sim.Truth()
}

var march3 = schemas.Range{From: day("2026-03-03"), To: day("2026-03-04")}

func TestTenantCallRecords(t *testing.T) {
	now := instant("2026-03-03T16:30:00Z")
	client, truth := tenant(t, now)
	reading := extract.Read(client, schemas.CallRecords, march3, extract.Options{Now: now})
	got, largest := graphsim.Day{Date: "2026-03-03"}, 0
	for text, err := range reading.Records(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		var record struct {
			Version      int
			Participants []struct{} `json:"participants_v2"`
			Sessions     []struct {
				Segments []struct {
					Media []struct{ Streams []struct{} }
				}
			}
		}
		if err := json.Unmarshal(text.JSON, &record); err != nil {
			t.Fatal(err)
		}
		got.CallRecords++
		got.VersionSum += record.Version
		got.Participants += len(record.Participants)
		largest = max(largest, len(record.Participants))
		got.Sessions += len(record.Sessions)
		for _, session := range record.Sessions {
			got.Segments += len(session.Segments)
			for _, segment := range session.Segments {
				got.Media += len(segment.Media)
				for _, media := range segment.Media {
					got.Streams += len(media.Streams)
				}
			}
		}
	}
	want := truth.Days[0]
	want.PSTN, want.DirectRouting = 0, 0
	if got != want {
		t.Errorf("read\n     %+v\nhas  %+v", got, want)
	}
	if largest != 300 {
		t.Errorf("the largest meeting has %d participants, want 300", largest)
	}
	counts := reading.Counts()
	if counts.NotYet == 0 || counts.Listed != counts.Read+counts.NotYet || counts.Read != want.CallRecords {
		t.Errorf("counts are %+v: want the records of the last hour as not yet there, and all others", counts)
	}
}

func TestTenantLogs(t *testing.T) {
	client, truth := tenant(t, day("2026-03-06"))
	for _, c := range []struct {
		dataset schemas.Dataset
		rows    int
	}{
		{schemas.PSTNCalls, truth.Days[0].PSTN},
		{schemas.DirectRoutingCalls, truth.Days[0].DirectRouting},
	} {
		t.Run(c.dataset.Name, func(t *testing.T) {
			half := schemas.Range{From: day("2026-01-01"), To: day("2026-07-01")}
			records, err := collect(t, extract.Read(client, c.dataset, half, extract.Options{Now: day("2026-03-06")}))
			if err != nil {
				t.Fatal(err)
			}
			if len(records) == 0 || len(records) != c.rows {
				t.Errorf("read %d rows, the tenant has %d", len(records), c.rows)
			}
		})
	}
}

func TestTenantUsers(t *testing.T) {
	client, truth := tenant(t, day("2026-03-06"))
	reading := extract.Read(client, schemas.Users, schemas.Range{}, extract.Options{})
	records, err := collect(t, reading)
	if err != nil || len(records) != truth.Users {
		t.Fatalf("read %d users, %v, the tenant has %d", len(records), err, truth.Users)
	}
	later := extract.Read(client, schemas.Users, schemas.Range{}, extract.Options{Cursor: reading.Cursor()})
	if records, err = collect(t, later); err != nil || len(records) != 0 || later.Cursor() == "" {
		t.Errorf("since then read %v, %v, but nothing changes in the tenant", records, err)
	}
}

// The service gives seven numbers a page, however many are asked for, and no link: none is missed, and none comes twice.
func TestTenantPhoneNumbers(t *testing.T) {
	now := instant("2026-03-03T16:30:00Z")
	sim := graphsim.New(graphsim.Options{
		Seed: 7, Users: 90, From: day("2026-03-03"), To: day("2026-03-04"), Now: func() time.Time { return now }, Sick: graphsim.Sick{Page: 7},
	})
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		sim.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	client, err := graph.New(graph.Options{Endpoint: server.URL, Token: graph.StaticToken{Secret: "token"}, Rate: 1e4})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	for text, err := range extract.Read(client, schemas.PhoneNumbers, march3, extract.Options{Now: now}).Records(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		var record struct{ TelephoneNumber string }
		if err := json.Unmarshal(text.JSON, &record); err != nil {
			t.Fatal(err)
		}
		got[record.TelephoneNumber]++
	}
	want := map[string]int{}
	for _, f := range sim.AssignmentFacts(now) {
		want[f.Number]++
	}
	if !maps.Equal(got, want) {
		t.Errorf("read %d numbers, and there are %d", len(got), len(want))
	}
	if asked < len(want)/7 {
		t.Errorf("%d requests for %d numbers: pages are not short", asked, len(want))
	}
}
