package jobs_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"graphlake/internal/foreign"
	"graphlake/load"
)

// The id of a chat of two is made of the ids of both. So state, report, days and log have a hash in its place, by which a chat is told from
// another and read again from where it stands; data have it as it is. A state of before is read as one of today.
func TestIDsOfChatsAreNotTold(t *testing.T) {
	const (
		shut = "19:5ec2e7aa-93b5-4c08-8d6f-2f5a7c1e9b30_7b0a4f1e-2d31-4a55-9c6e-1f0b3d5e7a92@unq.gbl.spaces"
		open = "19:meeting_MzJhN2YxZGUtNGI1Yy00@thread.v2"
	)
	refuse := true
	var asked []string
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1.0/hosts", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"value":[{"id":%q},{"id":%q}]}`, open, shut)
	})
	mux.HandleFunc("GET /v1.0/hosts/{host}/guests", func(w http.ResponseWriter, r *http.Request) {
		if r.PathValue("host") == shut {
			asked = append(asked, r.URL.Query().Get("from"))
			if refuse {
				w.WriteHeader(http.StatusForbidden)
				fmt.Fprintf(w, `{"error":{"code":"Forbidden","message":"no access to %s"}}`, shut)
				return
			}
		}
		fmt.Fprint(w, `{"value":[]}`)
	})
	r := newRig(t, mux)
	var log bytes.Buffer
	r.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	quiet := func() {
		t.Helper()
		for info, err := range r.store.List(t.Context(), "") {
			if err != nil {
				t.Fatal(err)
			}
			if _, data := load.ParsePartition(info.Name); data {
				continue
			}
			if text := r.text(t, info.Name); strings.Contains(text, shut) || strings.Contains(text, "5ec2e7aa") {
				t.Errorf("%s has the id: %s", info.Name, text)
			}
		}
		if strings.Contains(log.String(), "5ec2e7aa") || strings.Contains(log.String(), "MzJhN2Y") {
			t.Errorf("the log has an id: %s", log.String())
		}
	}
	rep := r.days(t, 0, 1, guests())
	if u := rep.Units[0]; u.Behind != 1 || u.Who[0].Parent != foreign.Shown(shut) || !strings.HasPrefix(u.Who[0].Parent, "chat-") {
		t.Fatalf("%+v", u)
	}
	quiet()
	// As an earlier version wrote it.
	object := "state/" + tenant.ID + "/guests.json"
	text, version, err := load.ReadObject(t.Context(), r.store, object)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.store.Swap(t.Context(), object, version, bytes.ReplaceAll(text, []byte(foreign.Shown(shut)), []byte(shut))); err != nil {
		t.Fatal(err)
	}
	refuse = false
	if u := r.days(t, 1, 2, guests()).Units[0]; u.Behind != 0 || u.Error != nil {
		t.Errorf("%+v", u)
	}
	if first, last := asked[0], asked[len(asked)-1]; first != last {
		t.Errorf("asked from %v, want from where it stands", asked)
	}
	quiet()
}
