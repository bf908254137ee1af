package extract

import (
	"strings"

	"graphlake/extract/graph"
	"graphlake/internal/json"
	"graphlake/schemas"
)

// listRequest asks for the first page of a window, or of the whole collection; of a parent, if there
// are any.
func (r *Reading) listRequest(ask schemas.Range, of parent) graph.Request {
	source := r.dataset.Source
	req := r.request(source.Path, source.Query, map[string]string{
		"from":   ask.From.Format(source.Window.Layout),
		"to":     ask.To.Format(source.Window.Layout),
		"select": strings.Join(r.properties, ","),
		"parent": of.id, "grandparent": of.of,
	})
	req.Budget = source.Budget
	req.Resource = of.id
	req.Skip = source.Paging == schemas.Skip
	return req
}

// parentsRequest asks for a collection of parents, of one that has them if they have a parent.
func (r *Reading) parentsRequest(source *schemas.Parent, of parent) graph.Request {
	req := r.request(source.Path, source.Query, map[string]string{"parent": of.id})
	req.Headers = paramsFor(source.Headers)
	req.Budget = source.Budget
	req.Resource = of.id
	return req
}

// batchRequest asks for many parents at once.
func (r *Reading) batchRequest(parents []parent) graph.Request {
	quoted := make([]string, len(parents))
	for i, p := range parents {
		quoted[i] = string(json.AppendQuoted(nil, p.id))
	}
	req := r.listRequest(r.asked, parent{})
	req.Body = []byte(strings.ReplaceAll(r.dataset.Source.Parent.Body, "{parents}", strings.Join(quoted, ",")))
	return req
}

// partRequest asks for a collection that belongs to a record.
func (r *Reading) partRequest(id string, part schemas.Part) graph.Request {
	req := r.request(part.Path, part.Query, map[string]string{"id": id})
	req.Budget = part.Budget
	req.Resource = id
	return req
}

// detailRequest asks for one record. Further pages inside it are asked for with the same request.
func (r *Reading) detailRequest(id string, query []schemas.Param) graph.Request {
	detail := r.dataset.Source.Detail
	req := r.request(detail.Path, query, map[string]string{"id": id})
	req.Budget = detail.Budget
	req.Resource = id
	return req
}

func (r *Reading) request(path string, query []schemas.Param, values map[string]string) graph.Request {
	var pairs []string
	for name, value := range values {
		pairs = append(pairs, "{"+name+"}", value)
	}
	fill := strings.NewReplacer(pairs...)
	return graph.Request{
		Version: r.dataset.Source.API,
		Path:    path,
		Params:  values,
		Query:   params(query, fill),
		Headers: params(r.dataset.Source.Headers, fill),
		Fields:  r.fields.noted,
	}
}

func params(from []schemas.Param, fill *strings.Replacer) []graph.Param {
	to := make([]graph.Param, len(from))
	for i, p := range from {
		to[i] = graph.Param{Name: p.Name, Value: fill.Replace(p.Value)}
	}
	return to
}
