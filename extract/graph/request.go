package graph

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"graphlake/schemas/throttle"

	abs "github.com/microsoft/kiota-abstractions-go"
)

// Request asks for a collection or an object. It is a value: the client keeps and changes nothing of it.
type Request struct {
	Version  string            // "v1.0" or "beta"
	Path     string            // RFC 6570 template below the version: /communications/callRecords/{id}
	Params   map[string]string // for the template; every variable has a value
	Query    []Param           // {"$filter", "…"}: values as they are, encoded here, in this order
	Headers  []Param           // sent with every page: Graph's links do not carry them
	Accept   string            // the media type that is asked for; empty: JSON
	Body     []byte            // of a question that does not fit a URL: it is sent by POST; nil: GET
	Tries    int               // at most; 0 is the client's
	Skip     bool              // a collection whose pages no link leads to is gone on with by $skip
	Fields   *Fields           // what is noted of each element, or of the object; nil: nothing
	Budget   throttle.Budget
	Resource string // the one resource that Budget.Resource counts for; empty: none
}

// Param is a query option or a header, as it is before it is encoded.
type Param struct{ Name, Value string }

// info puts the request into Microsoft's form, which expands the template.
func (r Request) info() (*abs.RequestInformation, error) {
	info := r.bare()
	if r.Body != nil {
		info.Method = abs.POST
		info.Headers.Add("Content-Type", "application/json")
	}
	var query []string
	for _, p := range r.Query {
		name := url.QueryEscape(p.Name)
		query = append(query, name)
		info.QueryParametersAny[name] = p.Value
	}
	// An unset variable expands to nothing: the request for one object would become one for all.
	for _, name := range variables(r.Path) {
		if r.Params[name] == "" {
			return nil, fmt.Errorf("no value for {%s}", name)
		}
		info.PathParameters[name] = r.Params[name]
	}
	info.UrlTemplate = "{+baseurl}/" + r.Version + r.Path
	if len(query) > 0 {
		info.UrlTemplate += "{?" + strings.Join(query, ",") + "}"
	}
	return info, nil
}

// newError is the error of a collection or an object for which there was nothing to send, or nothing that
// one of the requests alone is to blame for.
func (r Request) newError(kind Kind, err error) error {
	method := http.MethodGet
	if r.Body != nil {
		method = http.MethodPost
	}
	return &Error{Kind: kind, Method: method, URL: "/" + r.Version + r.Path, Err: err}
}

// Incomplete is the error of an answer that lacks something which only its reader can tell, who has gone on
// from its links. No try is counted: nothing was asked again for it.
func (r Request) Incomplete(what string) error {
	return r.newError(Incomplete, &incompleteError{what: what})
}

// Malformed is the error of what was asked for where the answers together cannot be read to an end.
func (r Request) Malformed(what string) error { return r.newError(Malformed, errors.New(what)) }

// at is the request for a link that Graph gave, which is used as it is.
func (r Request) at(link *url.URL) *abs.RequestInformation {
	info := r.bare()
	info.SetUri(*link)
	return info
}

func (r Request) bare() *abs.RequestInformation {
	info := abs.NewRequestInformation()
	info.Method = abs.GET
	info.Headers.Add("Accept", cmp.Or(r.Accept, "application/json"))
	for _, h := range r.Headers {
		info.Headers.Add(h.Name, h.Value)
	}
	return info
}

// variables lists the names in a template's braces.
func variables(template string) []string {
	var names []string
	for {
		_, rest, ok := strings.Cut(template, "{")
		if !ok {
			return names
		}
		list, after, _ := strings.Cut(rest, "}")
		for name := range strings.SplitSeq(strings.TrimLeft(list, "+#./;?&"), ",") {
			names = append(names, strings.TrimRight(name, "*"))
		}
		template = after
	}
}

// call is what the middlewares know of a request beyond its HTTP. It belongs to one goroutine.
type call struct {
	budget   throttle.Budget
	resource string
	further  bool                    // a page after the first
	tries    int                     // at most; 0 is the client's
	body     []byte                  // that every try sends
	accept   func(body []byte) error // takes the answer, or says what is wrong with it
	document bool                    // the answer is no JSON, and may be larger, or nothing
	token    Secret                  // that the last try was signed with; empty: it was not sent
	refused  Secret                  // that Graph answered 401 to
	claims   string                  // that it then wanted of the next token
	byClaims bool                    // so was the token of the last try

	sameToken bool     // there is no other than the one that was refused, so nothing was sent
	verdict   *verdict // nil: nothing is shared
}

func (c *call) cost() int { return max(1, c.budget.Cost) }

// perResource says whether the request's resource can be throttled on its own.
func (c *call) perResource() bool {
	return c.resource != "" && (c.budget.Resource != throttle.Limit{} || c.budget.ResourceNext != throttle.Limit{})
}

var callKey = abs.RequestOptionKey{Key: "graphlake.call"}

// GetKey makes a call a request option, which is how Microsoft's adapter hands things to middlewares.
func (*call) GetKey() abs.RequestOptionKey { return callKey }

func callOf(req *http.Request) *call { return req.Context().Value(callKey).(*call) }

// send runs the request through the pipeline. The answer is in c.accept's hands when it returns.
func (c *Client) send(ctx context.Context, info *abs.RequestInformation, k *call) error {
	// The pipeline has read the body. Without a handler of its own the adapter would parse it again,
	// into models.
	raw := abs.NewRequestHandlerOption()
	raw.SetResponseHandler(func(any, abs.ErrorMappings) (any, error) { return nil, nil })
	info.AddRequestOptions([]abs.RequestOption{k, raw})
	err := c.adapter.SendNoContent(ctx, info, nil)
	// None of these keeps the *url.Error around it, which quotes the link with its tokens.
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	last, tried := errors.AsType[*endedError](err)
	switch {
	case err == nil:
		return nil
	case tried:
		return fmt.Errorf("graph: %w", last)
	case ctx.Err() != nil:
		return fmt.Errorf("graph: %w", ctx.Err())
	}
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	return &Error{Kind: Rejected, Method: info.Method.String(), URL: info.UrlTemplate, Err: err}
}
