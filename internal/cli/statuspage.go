package cli

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"graphlake/jobs/clock"
	"graphlake/jobs/plan"
	"graphlake/schemas"
	"graphlake/statuspage"
)

// pageServer serves how the lake stands, as a page. It reads documents of the lake and no partition, and at most every pageAge,
// however many ask.
type pageServer struct {
	health   *health
	selected plan.Selection // that jobs read, each once
	nights   *clock.Nights
	log      *slog.Logger

	mu   sync.Mutex // of what follows; who asks while a page is made waits for it
	made time.Time
	page []byte
}

const (
	pageAge  = 15 * time.Second
	pageDays = 30
	pageTime = time.Minute // after which a lake that does not answer is given up
)

func newPageServer(h *health) *pageServer {
	s := &pageServer{health: h, nights: &clock.Nights{Store: h.store}, log: h.log}
	all := ofAll(h.jobs)
	s.selected.Tenants = all.Tenants
	for _, d := range all.Datasets {
		if !containsDataset(s.selected.Datasets, d) {
			s.selected.Datasets = append(s.selected.Datasets, d)
		}
	}
	s.selected.Keep = h.jobs[0].Selection.Keep
	return s
}

func containsDataset(all []schemas.Dataset, d schemas.Dataset) bool {
	for _, o := range all {
		if o.Name == d.Name {
			return true
		}
	}
	return false
}

func (s *pageServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	page, err := s.current(context.WithoutCancel(r.Context()), time.Now())
	if err != nil {
		s.log.ErrorContext(r.Context(), "the page could not be made", "error", err)
		http.Error(w, "the page could not be made; the log says why", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", statuspage.Policy())
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	_, _ = w.Write(page) // the other side has gone: nobody is left to be told
}

// current is the page, made anew if it is old.
func (s *pageServer) current(ctx context.Context, now time.Time) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.page != nil && now.Sub(s.made) < pageAge {
		return s.page, nil
	}
	ctx, cancel := context.WithTimeout(ctx, pageTime)
	defer cancel()
	now = now.UTC()
	today := now.Truncate(schemas.Day)
	health := s.health.report()
	status := statuspage.Status{Now: now, Health: health.Status, Late: health.Late, SignedOut: health.SignedOut, Next: clock.NextRuns(s.health.jobs, now)}
	var errs [3]error
	status.Map, errs[0] = clock.LoadMap(ctx, s.health.store, s.selected, schemas.Range{From: today.AddDate(0, 0, 1-pageDays), To: today.AddDate(0, 0, 1)}, now)
	status.Nights, errs[1] = s.nights.Load(ctx, today, pageDays)
	status.Running, errs[2] = clock.LoadRunning(ctx, s.health.store, s.selected)
	for _, err := range errs {
		if err != nil {
			status.Unread = true
			s.log.WarnContext(ctx, "not all of the lake could be read for the page", "error", err)
		}
	}
	var out bytes.Buffer
	if err := statuspage.Write(&out, status); err != nil {
		return nil, err
	}
	s.made, s.page = time.Now(), out.Bytes()
	return s.page, nil
}
