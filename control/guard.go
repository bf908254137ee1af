package control

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"graphlake/control/bearer"
)

// handler answers a request of a caller, and says which run it was about; empty: none.
type handler func(w http.ResponseWriter, r *http.Request, caller bearer.Caller) (run string)

// guarded answers callers only, each so many times a second, and notes every request in the log: who, what, and what came of it.
func (s *Server) guarded(what string, answer handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if len(r.TransferEncoding) > 0 { // a proxy may see the body end elsewhere: what follows it is no request of the same sender
			w.Header().Set("Connection", "close")
		}
		caller, err := s.options.Callers.Caller(r.Context(), r.Header)
		if err != nil {
			s.refuse(w, r, what, err)
			return
		}
		if !s.requests.take(caller.Name, s.options.Rate, time.Now()) {
			s.logRefused(r, "caller", caller.Name, "what", what, "status", http.StatusTooManyRequests)
			w.Header().Set("Retry-After", "1")
			problem(w, http.StatusTooManyRequests, "more requests than one caller may send in a second; ask again later")
			return
		}
		var run string
		answered := &statusWriter{ResponseWriter: w, status: http.StatusInternalServerError}
		defer func() {
			about := []any{"caller", caller.Name}
			for _, one := range [][2]string{{"client", caller.ClientID}, {"person", caller.Person}, {"what", what}, {"run", run}} {
				if one[1] != "" {
					about = append(about, one[0], one[1])
				}
			}
			s.options.Log.InfoContext(r.Context(), "request answered", append(about, "status", answered.status)...)
		}()
		r.Body = http.MaxBytesReader(w, r.Body, mostBody)
		run = answer(answered, r, caller)
	}
}

// refuse says to a caller that is none, or may not, no more than that.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, what string, err error) {
	refused, ok := errors.AsType[*bearer.RefusedError](err)
	if !ok {
		refused = &bearer.RefusedError{Status: http.StatusServiceUnavailable, Reason: "who asks cannot be found out"}
	}
	s.logRefused(r, "what", what, "status", refused.Status, "reason", refused.Reason)
	switch refused.Status {
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", challenge(r.Header))
	case http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", "30")
	}
	problem(w, refused.Status, "")
}

// challenge says how to ask. Only of a token that has come is said that it is not good (RFC 6750, 3.1).
func challenge(header http.Header) string {
	for _, one := range header.Values("Authorization") {
		if scheme, _, _ := strings.Cut(one, " "); strings.EqualFold(scheme, "Bearer") {
			return `Bearer error="invalid_token"`
		}
	}
	return "Bearer"
}

// refusedLines is how many lines a second of the log those fill who are refused: anybody can be one of them.
const refusedLines = 10

// logRefused notes a request that was refused, unless many were in this second: those it counts only.
func (s *Server) logRefused(r *http.Request, about ...any) {
	if !s.refused.take("", refusedLines, time.Now()) {
		s.unseen.Add(1)
		return
	}
	s.options.Log.WarnContext(r.Context(), "request refused", append(about, "from", r.RemoteAddr, "others_before", s.unseen.Swap(0))...)
}

// perSecond counts how often somebody has done something in the present second.
type perSecond struct {
	mu     sync.Mutex
	second int64          // since 1970; guarded by mu
	times  map[string]int // in it, by who; guarded by mu
}

// take reports whether somebody has done it less often than most, and counts that they do it now.
func (p *perSecond) take(who string, most int, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if second := now.Unix(); second != p.second {
		p.second, p.times = second, map[string]int{}
	}
	p.times[who]++
	return p.times[who] <= most
}

// statusWriter knows the status of an answer.
type statusWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader notes the status.
func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}
