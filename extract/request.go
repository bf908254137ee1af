package extract

import (
	"regexp"
	"strings"

	"graphlake/extract/graph"
	"graphlake/internal/json"
	"graphlake/internal/record"
	"graphlake/schemas"
)

// listRequest asks for the first page of a window, or of the whole collection; of a parent, if there
// are any.
func (r *Reading) listRequest(ask schemas.Range, of parent) graph.Request {
	source := r.dataset.Source
	if source.Window.ToLast {
		ask.To = ask.To.Add(-schemas.Tick)
	}
	values := of.values()
	values["from"], values["to"] = ask.From.Format(source.Window.Layout), ask.To.Format(source.Window.Layout)
	values["select"] = strings.Join(r.properties, ",")
	req := r.request(source.Path, source.Query, values)
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

// betweenRequest asks for a collection between a parent and its records.
func (r *Reading) betweenRequest(source *schemas.Between, ask schemas.Range, of parent) graph.Request {
	values := of.values()
	values["from"] = ask.From.Add(-source.Around).Format(r.dataset.Source.Window.Layout)
	values["to"] = ask.To.Add(source.Around).Format(r.dataset.Source.Window.Layout)
	req := r.request(source.Path, source.Query, values)
	req.Headers = paramsFor(source.Headers)
	req.Budget = source.Budget
	req.Resource = of.id
	return req
}

// values are what stands for a parent, and for what lies between it and its records, in templates.
func (p parent) values() map[string]string {
	all := map[string]string{"parent": p.id, "grandparent": p.of}
	for _, e := range p.by {
		all[e.name] = e.id
	}
	return all
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

// partRequest asks for a collection or a document that belongs to a record, and says whether all is known that leads to it.
func (r *Reading) partRequest(of record.Record, e entry, part schemas.Part) (req graph.Request, known bool) {
	values := e.values()
	known = true
	for _, m := range ofRecord.FindAllStringSubmatch(part.Path+paramText(part.Query), -1) {
		value := string(json.Unquote(json.At(of.JSON, m[1])))
		values["record."+m[1]] = value
		known = known && value != ""
	}
	req = r.request(part.Path, part.Query, values)
	req.Accept = part.Accept
	req.Budget = part.Budget
	req.Resource = e.id
	return req, known
}

// ofRecord are members of the record that a path names.
var ofRecord = regexp.MustCompile(`\{record\.([^{}]+)\}`)

func paramText(all []schemas.Param) string {
	var text strings.Builder
	for _, p := range all {
		text.WriteString(p.Value)
	}
	return text.String()
}

// detailRequest asks for one record. Further pages inside it are asked for with the same request.
func (r *Reading) detailRequest(of entry, query []schemas.Param) graph.Request {
	detail := r.dataset.Source.Detail
	req := r.request(detail.Path, query, of.values())
	req.Budget = detail.Budget
	req.Resource = of.id
	return req
}

// values are what stands for a record, and for whom it was listed for, in templates.
func (e entry) values() map[string]string {
	all := e.of.values()
	all["id"] = e.id
	return all
}

func (r *Reading) request(path string, query []schemas.Param, values map[string]string) graph.Request {
	var pairs []string
	for name, value := range values {
		// Between quotes it is a text of OData, in which two apostrophes are one.
		pairs = append(pairs, "'{"+name+"}'", "'"+strings.ReplaceAll(value, "'", "''")+"'", "{"+name+"}", value)
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
