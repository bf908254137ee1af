package extract

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"graphlake/extract/graph"
	"graphlake/schemas"
)

// Shared is what the readings of a run have in common that ask the same tenant. A list that several of its datasets
// read, as those of users, of teams and of the channels of a team, is asked for once: whoever comes first asks, the
// others wait for the answer. It holds the elements of these lists as long as it is held itself. If a list fails, the
// next one asks again. It is safe for concurrent use.
type Shared struct {
	planned planned
	several map[string]*question // those that several datasets ask, by how one of them asks

	mu    sync.Mutex
	lists map[listKey]*list
}

// question is how a list is asked for, whatever the names of the variables in its path.
type question struct {
	version, path  string
	query, headers []schemas.Param
	single         bool // the answer is the one element
	datasets       int
}

// listKey is a list: as of users, or as of the channels of one team, which is the resource.
type listKey struct {
	question *question
	resource string
}

// mostShared is the bytes of a list that is kept for others. One with more each of them asks for: a million ids fit.
const mostShared = 128 << 20

var errNotShared = errors.New("the list is too large to be kept")

type list struct {
	turn     chan struct{} // filled by whoever asks
	listed   bool
	large    bool     // it was listed in part, and is not kept
	elements [][]byte // as Graph sent them
}

// NewShared is for the readings of some datasets of one tenant: it finds the lists that several of them ask for.
func NewShared(all []schemas.Dataset) *Shared {
	questions := map[string]*question{}
	for _, d := range all {
		for key, q := range questionsOf(d) {
			if questions[key] == nil {
				questions[key] = q
			}
			questions[key].datasets++
		}
	}
	// Whoever wants ids only is content with the same elements as a whole, and whoever asks for less with more headers.
	asked := maps.Clone(questions)
	keys := slices.Sorted(maps.Keys(asked)) // so that of two that would do it is always the same
	for _, key := range keys {
		q := asked[key]
		for _, query := range [][]schemas.Param{nil, q.query} {
			richer := question{version: q.version, path: q.path, query: query}
			if query == nil && !slices.Equal(q.query, idOnly) || questions[key] != q {
				continue
			}
			for _, k := range keys {
				other := asked[k]
				if other != q && other.lists(richer) && includes(other.headers, q.headers) {
					other.datasets += q.datasets
					questions[key] = other
					break
				}
			}
		}
	}
	s := &Shared{several: map[string]*question{}, lists: map[listKey]*list{}}
	for key, q := range questions {
		if q.datasets > 1 {
			s.several[key] = q
		}
	}
	return s
}

var idOnly = []schemas.Param{{Name: "$select", Value: "id"}}

func includes(all, some []schemas.Param) bool {
	return !slices.ContainsFunc(some, func(p schemas.Param) bool { return !slices.Contains(all, p) })
}

// questionsOf are the lists that a dataset asks for without a range, each once.
func questionsOf(d schemas.Dataset) map[string]*question {
	all := map[string]*question{}
	ask := func(path string, query, headers []schemas.Param, single bool) {
		q := &question{version: d.Source.API, path: path, query: query, headers: headers, single: single}
		all[q.key()] = q
	}
	add := func(path string, query, headers []schemas.Param) { ask(path, query, headers, false) }
	s := d.Source
	if s.Paging == schemas.NextLink && s.Window == (schemas.Window{}) {
		add(s.Path, s.Query, s.Headers)
	}
	for p := s.Parent; p != nil; p = p.Of {
		ask(p.Path, p.Query, p.Headers, p.Single)
	}
	if s.Detail != nil {
		for _, part := range s.Detail.Parts {
			add(part.Path, part.Query, s.Headers)
		}
	}
	return all
}

// pages are those by which a request is answered.
func (q *question) pages(ctx context.Context, c *graph.Client, r graph.Request) iter.Seq2[graph.Page, error] {
	if !q.single {
		return c.Pages(ctx, r)
	}
	return func(yield func(graph.Page, error) bool) {
		v, err := c.Get(ctx, r)
		if err == nil && len(v.ID) == 0 {
			err = r.Malformed("the answer has no id")
		}
		if err != nil {
			yield(graph.Page{}, err)
			return
		}
		yield(graph.Page{Values: []graph.Value{v}}, nil)
	}
}

// lists reports whether both are of one list, and give the same of its elements.
func (q *question) lists(o question) bool {
	mine := *q
	mine.headers, o.headers = nil, nil
	return mine.key() == o.key()
}

var variable = regexp.MustCompile(`\{[^}]*\}`)

// key is the question without the names of the variables in its path.
func (q *question) key() string {
	return fmt.Sprint(q.version, variable.ReplaceAllString(q.path, "{}"), q.query, q.headers, q.single)
}

// pages are those of a list. One that several datasets ask for comes as one page.
func (r *Reading) pages(ctx context.Context, req graph.Request) iter.Seq2[graph.Page, error] {
	return r.pagesOf(ctx, req, false)
}

// pagesOf are those of a list, or of an answer that is its one element.
func (r *Reading) pagesOf(ctx context.Context, req graph.Request, single bool) iter.Seq2[graph.Page, error] {
	return func(yield func(graph.Page, error) bool) {
		asked := question{version: req.Version, path: req.Path, query: paramsOf(req.Query), headers: paramsOf(req.Headers), single: single}
		if len(r.options.Shared.several) == 0 {
			asked.pages(ctx, r.client, req)(yield)
			return
		}
		q := r.options.Shared.several[asked.key()]
		if q == nil {
			asked.pages(ctx, r.client, req)(yield)
			return
		}
		var page graph.Page
		elements, err := r.options.Shared.elements(ctx, r.client, q, req)
		if errors.Is(err, errNotShared) {
			asked.pages(ctx, r.client, req)(yield)
			return
		}
		for i := 0; i < len(elements) && err == nil; i++ {
			var v graph.Value
			v, err = graph.ReadValue(elements[i], req.Fields)
			page.Values = append(page.Values, v)
		}
		yield(page, err)
	}
}

// elements are those of a list, asked for as q says.
func (s *Shared) elements(ctx context.Context, c *graph.Client, q *question, r graph.Request) ([][]byte, error) {
	s.mu.Lock()
	key := listKey{q, r.Resource}
	l := s.lists[key]
	if l == nil {
		l = &list{turn: make(chan struct{}, 1)}
		s.lists[key] = l
	}
	s.mu.Unlock()
	if err := send(ctx, l.turn, struct{}{}); err != nil {
		return nil, err
	}
	defer func() { <-l.turn }()
	switch {
	case l.listed:
		return l.elements, nil
	case l.large:
		return nil, errNotShared
	}
	size := 0
	r.Query, r.Headers, r.Fields = paramsFor(q.query), paramsFor(q.headers), nil
	var all [][]byte
	for page, err := range q.pages(ctx, c, r) {
		if err != nil {
			return nil, err
		}
		for _, v := range page.Values {
			all = append(all, bytes.Clone(v.JSON)) // not the page
			size += len(v.JSON)
		}
		if size > mostShared {
			l.large = true
			return nil, errNotShared
		}
	}
	l.listed, l.elements = true, all
	return all, nil
}

func paramsOf(all []graph.Param) (same []schemas.Param) {
	for _, p := range all {
		same = append(same, schemas.Param(p))
	}
	return same
}

func paramsFor(all []schemas.Param) []graph.Param { return params(all, strings.NewReplacer()) }
