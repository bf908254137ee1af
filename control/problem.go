package control

import (
	"encoding/json"
	"net/http"
)

// Problem is the body of an answer that is none to what was asked (RFC 9457).
type Problem struct {
	Type   string `json:"type"`             // always about:blank: the status says what kind it is
	Title  string `json:"title"`            // of the status
	Status int    `json:"status"`           // the HTTP status
	Detail string `json:"detail,omitempty"` // what is wrong with what was asked, and what to do; nothing of it is for programs
}

func problem(w http.ResponseWriter, status int, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	write(w, status, Problem{"about:blank", http.StatusText(status), status, detail})
}

// answer answers with a JSON document of the form in which the command prints it.
func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	write(w, status, body)
}

func write(w http.ResponseWriter, status int, body any) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	_ = e.Encode(body) // the other side has gone: nobody is left to be told
}
