package control

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"graphlake/control/bearer"
	"graphlake/jobs/plan"
)

const (
	mostBody = 1 << 20 // bytes of a body
	mostKey  = 255     // bytes of an Idempotency-Key
)

// Request is what a run is asked for.
type Request struct {
	Job     string `json:"job,omitempty"`     // a configured job: its datasets and lookback, and without a range what it removes when it has read
	Dataset string `json:"dataset,omitempty"` // instead of a job, one dataset
	Tenant  string `json:"tenant,omitempty"`  // one of the caller's tenants by its name; left out: all of them
	From    string `json:"from,omitempty"`    // start of the range, included: a date as 2026-11-01, or an instant in RFC 3339; left out, as its end: what is due
	To      string `json:"to,omitempty"`      // end of the range, not included
}

// Choice is what a caller has chosen of what is configured.
type Choice struct {
	Job      string // empty: none
	Dataset  string // empty: of the job, or those of all jobs
	Tenants  []plan.Tenant
	From, To time.Time // zero: what is due
}

// choose is what a request means for a caller. An error says what is wrong with it.
func (s *Server) choose(req Request, caller bearer.Caller) (Choice, error) {
	c, err := req.parse()
	if err != nil {
		return c, err
	}
	if longest := s.options.Longest; c.To.Sub(c.From) > longest {
		said := longest.String()
		if longest%(24*time.Hour) == 0 {
			said = fmt.Sprintf("%d days", longest/(24*time.Hour))
		}
		return c, fmt.Errorf("the range is longer than %s, which is the longest that may be asked for here (control.longest): ask for it in parts", said)
	}
	if c.Tenants, err = s.tenantsOf(caller, req.Tenant); err != nil {
		return c, err
	}
	_, err = s.options.Select(c)
	return c, err
}

// tenantsOf are those that a caller may ask for, or the one of them that it names.
func (s *Server) tenantsOf(caller bearer.Caller, name string) (all []plan.Tenant, err error) {
	for _, t := range s.options.Tenants {
		if caller.May(t.Name) && (name == "" || name == t.Name) {
			all = append(all, t)
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("there is no tenant %q for this caller: GET /v1/status names those that there are", name)
	}
	return all, nil
}

// parse is the choice in a request, but for its tenants.
func (req Request) parse() (c Choice, err error) {
	c = Choice{Job: req.Job, Dataset: req.Dataset}
	if (req.Job == "") == (req.Dataset == "") {
		return c, errors.New("say what to read: a job or a dataset, and not both")
	}
	if (req.From == "") != (req.To == "") {
		return c, errors.New("a range needs both ends: give from and to, or neither for what is due")
	}
	if req.From == "" {
		return c, nil
	}
	if c.From, err = instant("from", req.From); err == nil {
		c.To, err = instant("to", req.To)
	}
	if err == nil && !c.From.Before(c.To) {
		err = errors.New("the range is empty or backwards: from has to be before to")
	}
	return c, err
}

// instant reads a date, which is its midnight in UTC, or an instant.
func instant(what, text string) (time.Time, error) {
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("%s: want a date, as 2026-11-01, or an instant, as 2026-11-01T06:00:00Z", what)
}

// readRequest reads a body: one JSON object of texts, with no other members than those of a Request. The status is that of an error.
func readRequest(r *http.Request) (req Request, status int, err error) {
	media, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if charset, ok := params["charset"]; err != nil || media != "application/json" || ok && !strings.EqualFold(charset, "utf-8") {
		return req, http.StatusUnsupportedMediaType, errors.New("want a body of JSON, and the header Content-Type: application/json")
	}
	body, err := io.ReadAll(r.Body)
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return req, http.StatusRequestEntityTooLarge, fmt.Errorf("a body has %d bytes at most", mostBody)
	}
	if err != nil {
		return req, http.StatusBadRequest, errors.New("the body did not come whole")
	}
	return req, http.StatusBadRequest, req.decode(body)
}

func (req *Request) decode(body []byte) error {
	var members map[string]json.RawMessage
	if json.Unmarshal(body, &members) != nil || members == nil {
		return errors.New(`want one JSON object, as {"dataset": "pstn_calls", "from": "2026-11-01", "to": "2026-11-02"}`)
	}
	for name, value := range members {
		field := map[string]*string{"job": &req.Job, "dataset": &req.Dataset, "tenant": &req.Tenant, "from": &req.From, "to": &req.To}[name]
		switch {
		case field == nil:
			return fmt.Errorf("%q is nothing that can be asked for: there are job, dataset, tenant, from and to", name)
		case !bytes.HasPrefix(value, []byte{'"'}) || json.Unmarshal(value, field) != nil || *field == "":
			return fmt.Errorf("%s: want a text, or leave it out", name)
		}
	}
	return nil
}

// idempotencyKey is what makes two requests one; empty: nothing does.
func idempotencyKey(h http.Header) (string, error) {
	all := h.Values("Idempotency-Key")
	switch {
	case len(all) == 0:
		return "", nil
	case len(all) > 1 || all[0] == "" || len(all[0]) > mostKey || strings.ContainsFunc(all[0], func(r rune) bool { return r < ' ' || r > '~' }):
		return "", fmt.Errorf("Idempotency-Key: want one text of 1 to %d printable ASCII characters, as a random UUID", mostKey)
	}
	return all[0], nil
}
