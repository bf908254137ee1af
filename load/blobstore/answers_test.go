package blobstore

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"testing"

	"graphlake/load"
)

// endless is a text over and over, which counts what was read of it.
type endless struct {
	text string
	read int
}

func (e *endless) Read(p []byte) (int, error) {
	n := copy(p, strings.Repeat(e.text, max(1, len(p)/len(e.text))))
	e.read += n
	return n, nil
}

// Whatever answers in Blob Storage's place, only so much is read of it, once, and it is an error.
func TestAnswersAreBounded(t *testing.T) {
	for _, test := range []struct {
		name, open, text string
		status, most     int
		want             error
	}{
		{"a refusal", "", "a", 403, mostOther, fs.ErrPermission},
		{"a list of names", listOpen + "<Blob><Name>", "a", 200, mostList, errLarge},
		{"a list of nothing", listOpen, "<Blob/>", 200, 7 * mostTags, errLarge},
		{"a deep list", listOpen, "<a>", 200, 3 * mostTags, errLarge},
	} {
		t.Run(test.name, func(t *testing.T) {
			body := &endless{text: test.text}
			requests := 0
			_, err := New(t.Context(), through(func(*http.Request) (*http.Response, error) {
				requests++
				return &http.Response{StatusCode: test.status, Body: io.NopCloser(io.MultiReader(strings.NewReader(test.open), body)), Header: http.Header{}}, nil
			}))
			if !errors.Is(err, test.want) || requests != 1 || len(err.Error()) > 2000 {
				t.Errorf("after %d requests: %.300v, want %v", requests, err, test.want)
			}
			if most := test.most + mostList/4; body.read > most {
				t.Errorf("%d bytes were read, want at most %d", body.read, most)
			}
		})
	}
}

const (
	listOpen = `<?xml version="1.0" encoding="utf-8"?><EnumerationResults><Blobs>`
	listEnd  = `</Blobs></EnumerationResults>`
)

// What is no list, or lists what is no blob, is an error.
func TestWhatIsNoList(t *testing.T) {
	for _, body := range []string{
		`<EnumerationResults/>`, listOpen + `<Blob/>` + listEnd, listOpen + `<Blob><Name>a</Name></Blob>` + listEnd,
		listOpen + `<Blob><Name>a</Name><Properties/></Blob>` + listEnd,
	} {
		s, err := New(t.Context(), through(func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(body)), Header: http.Header{}}, nil
		}))
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, err = range s.List(t.Context(), "") {
			n++
		}
		if n != 1 || !errors.Is(err, errNoList) {
			t.Errorf("%s: %d, %v", body, n, err)
		}
	}
}

// A blob without a length is none, and one that is too long to be state is not read.
func TestOddBlobs(t *testing.T) {
	for header, want := range map[string]string{"": "no length", fmt.Sprint(1 << 40): "look at who else writes"} {
		s, err := New(t.Context(), through(func(r *http.Request) (*http.Response, error) {
			resp := &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(listOpen + listEnd)), Header: http.Header{}}
			if r.Method == http.MethodHead {
				resp.Body, resp.Header = http.NoBody, http.Header{"Etag": {`"0x1"`}}
				if header != "" {
					resp.Header.Set("Content-Length", header)
				}
			}
			return resp, nil
		}))
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := load.ReadObject(t.Context(), s, "lake.json"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("a length of %q: %v, want %q", header, err, want)
		}
	}
}

// through are options for a service that is a function.
func through(f transport) Options {
	return Options{
		ConnectionString: "BlobEndpoint=http://127.0.0.1:10000/graphlake;SharedAccessSignature=sv=2024-11-04&sr=c&sig=c2ln", Container: "lake",
		Transport: &http.Client{Transport: f},
	}
}
