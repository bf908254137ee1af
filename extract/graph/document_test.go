package graph

import (
	"compress/gzip"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

const plainDocument = "WEBVTT\n\n00:00.000 --> 00:01.000\nThe ladder.\n"

// zippedDocument answers with a document that is compressed as JSON is.
func zippedDocument(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Accept-Encoding") != "gzip" || r.Header.Get("Accept") != "text/vtt" {
		w.WriteHeader(http.StatusNotAcceptable)
		return
	}
	w.Header().Set("Content-Encoding", "gzip")
	z := gzip.NewWriter(w)
	fmt.Fprint(z, plainDocument)
	z.Close()
}

func text(status int, body string, headers ...string) http.HandlerFunc {
	return answer(status, body, append([]string{"Content-Type", "text/vtt"}, headers...)...)
}

// A document is whole or an error, as any answer, and is asked for again for the same reasons.
func TestDocument(t *testing.T) {
	whole := text(200, plainDocument)
	for name, c := range map[string]struct {
		answers []http.HandlerFunc
		want    string
		kind    Kind
		tries   int
	}{
		"as it is":                  {[]http.HandlerFunc{whole}, plainDocument, 0, 1},
		"compressed":                {[]http.HandlerFunc{zippedDocument}, plainDocument, 0, 1},
		"nothing":                   {[]http.HandlerFunc{text(204, "")}, "", 0, 1},
		"an empty one":              {[]http.HandlerFunc{text(200, "")}, "", 0, 1},
		"an empty object":           {[]http.HandlerFunc{text(200, " {}\n")}, " {}\n", 0, 1},
		"with a byte order mark":    {[]http.HandlerFunc{text(200, "\ufeff"+plainDocument)}, plainDocument, 0, 1},
		"in no UTF-8":               {[]http.HandlerFunc{text(200, "WEBVTT \xff")}, "WEBVTT \ufffd", 0, 1},
		"cut off":                   {[]http.HandlerFunc{cutAnswer(false), whole}, plainDocument, 0, 2},
		"cut off, compressed":       {[]http.HandlerFunc{cutAnswer(true), whole}, plainDocument, 0, 2},
		"hung up":                   {[]http.HandlerFunc{hangUp, whole}, plainDocument, 0, 2},
		"throttled":                 {[]http.HandlerFunc{text(429, `{"error":{"code":"TooManyRequests","message":"m"}}`, "Retry-After", "7"), whole}, plainDocument, 0, 2},
		"an error in its place":     {[]http.HandlerFunc{text(200, `{"error":{"code":"UnknownError","message":"m"}}`), whole}, plainDocument, 0, 2},
		"a page in its place":       {[]http.HandlerFunc{text(200, "\r\n<html>"), whole}, plainDocument, 0, 2},
		"refused by who reads it":   {[]http.HandlerFunc{text(200, "The ladder."), whole}, plainDocument, 0, 2},
		"always an error":           {[]http.HandlerFunc{text(200, `{"error":{"code":"UnknownError","message":"m"}}`)}, "", Incomplete, 3},
		"always another JSON":       {[]http.HandlerFunc{text(200, `{"message":"The ladder."}`)}, "", Unavailable, 3},
		"always refused":            {[]http.HandlerFunc{text(200, "The ladder.")}, "", Unavailable, 3},
		"not there":                 {[]http.HandlerFunc{text(404, `{"error":{"code":"NotFound","message":"m"}}`)}, "", NotFound, 1},
		"too large":                 {[]http.HandlerFunc{text(200, "WEBVTT"+strings.Repeat(" ", mostDocument))}, "", Malformed, 1},
		"larger than any JSON":      {[]http.HandlerFunc{text(200, "WEBVTT"+strings.Repeat(" ", mostAnswer))}, "WEBVTT" + strings.Repeat(" ", mostAnswer), 0, 1},
		"elsewhere":                 {[]http.HandlerFunc{text(302, "", "Location", "http://elsewhere.example/")}, "", Rejected, 1},
		"in an unwanted encoding":   {[]http.HandlerFunc{text(200, plainDocument, "Content-Encoding", "br")}, "", Malformed, 1},
		"an error of HTML with 502": {[]http.HandlerFunc{text(502, "<html>"), whole}, plainDocument, 0, 2},
	} {
		t.Run(name, func(t *testing.T) {
			onClock(t, Options{Tries: 3}, script(c.answers...), func(t *testing.T, client *Client) {
				got, err := client.Document(t.Context(), Request{Version: "v1.0", Path: "/content", Accept: "text/vtt"}, func(document []byte) error {
					if strings.HasPrefix(string(document), "The") {
						return errors.New("the answer is another one")
					}
					return nil
				})
				if string(got) != c.want || KindOf(err) != c.kind {
					t.Errorf("got %.80q, %v, want %.80q, %v", got, err, c.want, c.kind)
				}
				if n := client.Stats().Requests.Load(); n != int64(c.tries) {
					t.Errorf("%d requests were sent, want %d", n, c.tries)
				}
				if err != nil && strings.Contains(err.Error(), "ladder") {
					t.Errorf("the error quotes the answer: %v", err)
				}
			})
		})
	}
}
