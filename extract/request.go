package extract

import (
	"strings"

	"graphlake/extract/graph"
	"graphlake/internal/json"
	"graphlake/schemas"
)

// listRequest asks for the first page of a window, or of the whole collection; of a parent, if there
// are any.
func (x *Reading) listRequest(ask schemas.Range, of parent) graph.Request {
	source := x.dataset.Source
	r := x.request(source.Path, source.Query, map[string]string{
		"from":   ask.From.Format(source.Window.Layout),
		"to":     ask.To.Format(source.Window.Layout),
		"select": strings.Join(x.properties, ","),
		"parent": of.id, "grandparent": of.of,
	})
	r.Budget = source.Budget
	r.Resource = of.id
	return r
}

// parentsRequest asks for a collection of parents, of one that has them if they have a parent.
func (x *Reading) parentsRequest(source *schemas.Parent, of parent) graph.Request {
	r := x.request(source.Path, source.Query, map[string]string{"parent": of.id})
	r.Headers = params(source.Headers, strings.NewReplacer())
	r.Budget = source.Budget
	r.Resource = of.id
	return r
}

// batchRequest asks for many parents at once.
func (x *Reading) batchRequest(parents []parent) graph.Request {
	quoted := make([]string, len(parents))
	for i, p := range parents {
		quoted[i] = string(json.AppendQuoted(nil, p.id))
	}
	r := x.listRequest(x.asked, parent{})
	r.Body = []byte(strings.ReplaceAll(x.dataset.Source.Parent.Body, "{parents}", strings.Join(quoted, ",")))
	return r
}

// partRequest asks for a collection that belongs to a record.
func (x *Reading) partRequest(id string, part schemas.Part) graph.Request {
	r := x.request(part.Path, part.Query, map[string]string{"id": id})
	r.Budget = part.Budget
	r.Resource = id
	return r
}

// detailRequest asks for one record. Further pages inside it are asked for with the same request.
func (x *Reading) detailRequest(id string, query []schemas.Param) graph.Request {
	detail := x.dataset.Source.Detail
	r := x.request(detail.Path, query, map[string]string{"id": id})
	r.Budget = detail.Budget
	r.Resource = id
	return r
}

func (x *Reading) request(path string, query []schemas.Param, values map[string]string) graph.Request {
	var pairs []string
	for name, value := range values {
		pairs = append(pairs, "{"+name+"}", value)
	}
	fill := strings.NewReplacer(pairs...)
	return graph.Request{
		Version: x.dataset.Source.API,
		Path:    path,
		Params:  values,
		Query:   params(query, fill),
		Headers: params(x.dataset.Source.Headers, fill),
		Fields:  x.fields.noted,
	}
}

func params(from []schemas.Param, fill *strings.Replacer) []graph.Param {
	to := make([]graph.Param, len(from))
	for i, p := range from {
		to[i] = graph.Param{Name: p.Name, Value: fill.Replace(p.Value)}
	}
	return to
}
