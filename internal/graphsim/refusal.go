package graphsim

import (
	"fmt"
	"net/http"
)

// A refusal is an answer that is not 200.
type refusal struct {
	status        int
	code, message string
	retryAfter    string // the header; if empty, it is not sent
	html          string // the body, where it is not Graph who answers
}

func (r *refusal) Error() string { return r.code + ": " + r.message }

func refuse(status int, code, format string, args ...any) error {
	return &refusal{status: status, code: code, message: fmt.Sprintf(format, args...)}
}

func badRequest(format string, args ...any) error { return refuse(400, "BadRequest", format, args...) }

// tooMany is the refusal of a request beyond a limit.
func tooMany(retryAfter string) *refusal {
	return &refusal{status: 429, code: "TooManyRequests", message: "Please retry again later.", retryAfter: retryAfter}
}

// write writes the body of an OData error, as Graph shapes it, and the headers that only an error has.
func (r *refusal) write(w *writer, h http.Header, about asked) {
	w.b = w.b[:0] // nothing of an answer that failed half way
	if r.retryAfter != "" {
		h.Set("Retry-After", r.retryAfter)
	}
	if r.html != "" {
		h.Set("Content-Type", "text/html")
		w.b = append(w.b, r.html...)
		return
	}
	w.open("")
	w.open("error")
	w.text("code", r.code)
	w.text("message", r.message)
	w.open("innerError")
	w.text("date", about.at.Format("2006-01-02T15:04:05"))
	if r.status == 429 {
		w.text("code", "429")
		w.text("status", "429")
		w.text("message", "Please retry after")
	}
	w.text("request-id", about.id)
	w.text("client-request-id", about.client)
	w.close()
	w.close()
	w.close()
}
