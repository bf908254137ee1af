package graph

import (
	"bytes"
	"context"
	"errors"

	"graphlake/internal/foreign"
)

// Document reads a document that is no JSON, as text in UTF-8. What says that something went wrong, as the error of a service
// or the page of a gateway, is no document, with whatever status it comes; nor is what accept refuses, which must quote
// nothing of it. Both are asked for again, like an answer that is not whole. A document may be empty.
func (c *Client) Document(ctx context.Context, r Request, accept func(document []byte) error) ([]byte, error) {
	info, err := r.info()
	if err != nil {
		return nil, r.newError(Rejected, err)
	}
	var document []byte
	k := &call{tries: r.Tries, budget: r.Budget, resource: r.Resource, document: true}
	k.accept = func(body []byte) (err error) {
		if document, err = readableWithin(body, mostDocument); err == nil {
			err = notGraphsError(document)
		}
		if err == nil {
			err = accept(document)
		}
		return err
	}
	if err := c.send(ctx, info, k); err != nil {
		return nil, err
	}
	return document, nil
}

// notGraphsError says whether a document is an error or a page that stands in its place. An object without a member is how some
// services say that there is nothing.
func notGraphsError(document []byte) error {
	switch text := bytes.TrimSpace(document); {
	case bytes.HasPrefix(text, []byte("<")):
		return errors.New("the answer is a page of HTML or XML, and no document")
	case !bytes.HasPrefix(text, []byte("{")) || string(text) == "{}":
		return nil
	}
	if g, is := readGraphError(document); is && g.code != (foreign.Text{}) {
		return &incompleteError{"the answer is an error", g}
	}
	return errors.New("the answer is JSON, and no document") // which may be of what somebody wrote
}
