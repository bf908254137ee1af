package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// The links lead through all rows of the day, each with an id of its own.
func TestTelephoneLog(t *testing.T) {
	const rows = 2*logPage + 1
	ids, pages := map[string]bool{}, 0
	for link := "http://graph.example/v1.0/log(a=1)"; link != ""; pages++ {
		answer := httptest.NewRecorder()
		telephoneLog{rows}.ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodGet, link, nil))
		var page struct {
			Value []struct {
				ID            string
				StartDateTime time.Time
			}
			Next string `json:"@odata.nextLink"`
		}
		if err := json.Unmarshal(answer.Body.Bytes(), &page); err != nil {
			t.Fatal(err)
		}
		for _, row := range page.Value {
			ids[row.ID] = true
			if len(row.ID) != 36 || strings.Count(row.ID, "-") != 4 || row.StartDateTime.Before(midnight) || !row.StartDateTime.Before(midnight.Add(24*time.Hour)) {
				t.Fatalf("%+v is no row of the day", row)
			}
		}
		link = page.Next
	}
	if pages != 3 || len(ids) != rows {
		t.Errorf("%d ids on %d pages, want %d on 3", len(ids), pages, rows)
	}
}
