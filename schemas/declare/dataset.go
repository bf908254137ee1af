package declare

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"graphlake/schemas"
)

// dataset reads one dataset, and says what Validate finds in it where that is written.
func (r *reader) dataset(n ast.Node, at string) Declared {
	d := Declared{source: source{file: r.file, at: at, line: map[string]int{"": lineOf(n)}}}
	r.line, r.base = d.source.line, at
	before := len(r.failed)
	r.roles = map[schemas.Permission]string{}
	r.object(n, at, map[string]take{
		"name": r.named(&d.Name), "doc": r.sentence(&d.Doc), "mode": one(r, &d.Mode, "mode", modes),
		"source": r.source(&d.Source),
		"time":   several(r, &d.Time, r.path), "changed": r.path(&d.Changed), "version": r.path(&d.Version),
		"settle": r.duration(&d.Settle), "lookback": r.duration(&d.Lookback), "ahead": r.duration(&d.Ahead), "retention": r.duration(&d.Retention),
		"removes": r.boolean(&d.Removes), "optional": r.boolean(&d.Optional),
		"permissions": several(r, &d.Permissions, r.permission), "also": several(r, &d.Also, r.requirement),
		"bodies": several(r, &d.Bodies, r.body), "owner": several(r, &d.Owner, r.path),
		"tables": several(r, &d.Tables, r.table),
	}, "name", "doc", "mode", "source", "permissions", "tables")
	if len(r.roles) > 0 {
		d.RoleIDs = r.roles
	}
	d.source.named = map[string]string{}
	for n, t := range d.Tables {
		d.source.named[t.Name] = fmt.Sprintf("tables[%d]", n)
		for i, c := range t.Columns {
			d.source.named[t.Name+"."+c.Name] = fmt.Sprintf("tables[%d].columns[%d]", n, i)
		}
	}
	faults, ok := d.Validate().(interface{ Unwrap() []error })
	if !ok {
		if len(r.failed) == before {
			d.markRemoved()
		}
		return d
	}
	for _, err := range faults.Unwrap() {
		if fault, ok := errors.AsType[*schemas.FaultError](err); ok && !r.follows(fault.At, r.failed[before:]) {
			r.errs = append(r.errs, fmt.Errorf("%s: %w", d.Place(fault.At), fault.Err))
		}
	}
	return d
}

// follows says whether a fault may only be there because something that it depends on could not be read: what is
// wrong with a table or the source depends on what is within it, all else on the keys that say how the dataset is read.
func (r *reader) follows(fault string, failed []string) bool {
	part := func(at string) string {
		if strings.HasPrefix(at, "tables[") {
			return at[:strings.Index(at, "]")+1]
		}
		first, _, _ := strings.Cut(at, ".")
		return first
	}
	of := part(fault)
	return slices.ContainsFunc(failed, func(at string) bool {
		key := part(strings.TrimPrefix(strings.TrimPrefix(at, r.base), "."))
		return key == "" || key == of || key == "tables" && strings.HasPrefix(of, "tables[") || of == "owner[0]" && strings.HasPrefix(key, "tables[") ||
			!strings.HasPrefix(of, "tables[") && of != "source" && slices.Contains(reading, key)
	})
}

// reading are the keys whose values have to go together.
var reading = []string{"mode", "source", "time", "changed", "settle", "lookback", "ahead", "retention", "removes"}

var modes = map[string]schemas.Mode{
	"windowed": schemas.Windowed, "changes": schemas.Changes, "entities": schemas.Entities, "snapshot": schemas.Snapshot, "observations": schemas.Observations,
}

// markRemoved adds the column that says of a record which is kept after it is gone that it is, where none is declared.
// It stands behind the key and not last, because there new columns are added.
func (d Declared) markRemoved() {
	for i := range d.Tables {
		t := &d.Tables[i]
		if _, there := t.Column(removed); there || !d.Marks() {
			continue
		}
		last := 0
		for at, c := range t.Columns {
			if slices.Contains(t.Key, c.Name) {
				last = at
			}
		}
		t.Columns = slices.Insert(t.Columns, last+1, schemas.Column{
			Name: removed, Path: "/@removed", Type: schemas.Present, Doc: "Whether the record is gone. The row is then as it was last known.",
		})
	}
}

const removed = "removed"

// named takes the name of a dataset or of a table.
func (r *reader) named(to *string) take {
	return func(n ast.Node, at string) {
		r.text(to)(n, at)
		if !strings.HasPrefix(*to, Prefix) {
			r.fail(n, at, "the name %q has to begin with %s, so that it is never that of a later version of graphlake", *to, Prefix)
		}
	}
}

var (
	guid     = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
	roleName = regexp.MustCompile(`^[A-Za-z0-9._-]+$`)
)

// permission takes the name of an application permission, or with its id in Graph's service principal
// {name: AuditLog.Read.All, id: GUID}.
func (r *reader) permission(to *schemas.Permission) take {
	name := func(n ast.Node, at string) {
		r.text((*string)(to))(n, at)
		if text, ok := scalar(n); ok && !roleName.MatchString(text) {
			r.fail(n, at, "%q is no name of a permission, as Directory.Read.All", text)
		}
	}
	return func(n ast.Node, at string) {
		if _, ok := scalar(n); ok {
			name(n, at)
			return
		}
		id := ""
		r.object(n, at, map[string]take{"name": name, "id": r.text(&id)}, "name", "id")
		if !guid.MatchString(id) {
			r.fail(n, joined(at, "id"), "%q is no GUID", id)
			return
		}
		r.roles[*to] = strings.ToLower(id)
	}
}

// requirement takes a permission, or a list of which any one will do.
func (r *reader) requirement(to *schemas.Requirement) take {
	return several(r, (*[]schemas.Permission)(to), r.permission)
}

func (r *reader) source(to *schemas.Source) take {
	return func(n ast.Node, at string) {
		to.Paging = schemas.NextLink
		r.object(n, at, map[string]take{
			"api": r.text(&to.API), "path": r.text(&to.Path), "query": r.params(&to.Query), "headers": r.params(&to.Headers),
			"parent": r.parent(&to.Parent), "own": r.own(&to.Own), "window": r.window(&to.Window), "detail": r.detail(&to.Detail), "budget": r.budget(&to.Budget),
			"paging": one(r, &to.Paging, "paging", map[string]schemas.Paging{"next_link": schemas.NextLink, "delta": schemas.Delta, "single": schemas.Single, "skip": schemas.Skip}),
		}, "api", "path", "budget")
		if _, bounded := to.Bounded(); bounded && to.Window.Layout == "" {
			to.Window.Layout = layouts["seconds"]
		}
	}
}

// parent takes the name of a collection that datasets of the program are read for too, or a collection.
func (r *reader) parent(to **schemas.Parent) take {
	return func(n ast.Node, at string) {
		if _, ok := scalar(n); ok {
			one(r, to, "collection that is known by name", schemas.Parents())(n, at)
			return
		}
		p := &schemas.Parent{}
		*to = p
		r.object(n, at, map[string]take{
			"path": r.text(&p.Path), "query": r.params(&p.Query), "headers": r.params(&p.Headers), "budget": r.budget(&p.Budget),
			"permissions": several(r, &p.Permissions, r.permission),
			"batch":       r.number(&p.Batch), "body": r.text(&p.Body), "of": r.parent(&p.Of),
		}, "path", "budget", "permissions")
	}
}

func (r *reader) own(to **schemas.Own) take {
	return func(n ast.Node, at string) {
		o := &schemas.Own{}
		*to = o
		r.object(n, at, map[string]take{"path": r.path(&o.Path), "prefix": r.text(&o.Prefix)}, "path", "prefix")
	}
}

// layouts are the forms of a bound. Those of Go's reference time stay out of YAML.
var layouts = map[string]string{
	"date": time.DateOnly, "seconds": "2006-01-02T15:04:05Z", "milliseconds": "2006-01-02T15:04:05.000Z",
	"ticks": "2006-01-02T15:04:05.0000000Z",
}

func (r *reader) window(to *schemas.Window) take {
	return func(n ast.Node, at string) {
		r.object(n, at, map[string]take{
			"longest": r.duration(&to.Longest), "layout": one(r, &to.Layout, "layout", layouts), "page": r.number(&to.Page),
			"to_included": r.boolean(&to.ToIncluded), "exclusive": r.boolean(&to.Exclusive), "to_last": r.boolean(&to.ToLast),
		})
	}
}

func (r *reader) detail(to **schemas.Detail) take {
	return func(n ast.Node, at string) {
		d := &schemas.Detail{}
		*to = d
		r.object(n, at, map[string]take{
			"path": r.text(&d.Path), "queries": several(r, &d.Queries, r.params), "parts": several(r, &d.Parts, r.part),
			"end": r.path(&d.End), "ready": r.duration(&d.Ready), "budget": r.budget(&d.Budget),
		})
	}
}

func (r *reader) part(to *schemas.Part) take {
	return func(n ast.Node, at string) {
		r.object(n, at, map[string]take{
			"name": r.text(&to.Name), "path": r.text(&to.Path), "query": r.params(&to.Query), "budget": r.budget(&to.Budget),
			"permissions": several(r, &to.Permissions, r.permission),
		}, "name", "path", "budget")
	}
}

// budget takes the name of a family, or with the units that a request costs there {family: NAME, cost: 2}.
func (r *reader) budget(to *schemas.Budget) take {
	families := map[string]schemas.Budget{}
	for _, b := range schemas.Families() {
		families[b.Name] = b
	}
	return func(n ast.Node, at string) {
		if _, ok := scalar(n); ok {
			one(r, to, "budget", families)(n, at)
			return
		}
		cost := 1
		r.object(n, at, map[string]take{"family": one(r, to, "budget", families), "cost": r.number(&cost)}, "family")
		if cost == 0 {
			r.fail(n, joined(at, "cost"), "a request that costs nothing would not be paced; want 1 or more")
		}
		if cost > 1 {
			to.Cost = cost
		}
	}
}

var forms = map[string]schemas.BodyForm{"item": schemas.ItemBody, "plain": schemas.PlainBody, "html": schemas.HTMLBody, "payload": schemas.Payload}

func (r *reader) body(to *schemas.Body) take {
	return func(n ast.Node, at string) {
		r.object(n, at, map[string]take{"path": r.path(&to.Path), "form": one(r, &to.Form, "form of a body", forms)}, "path", "form")
	}
}

var written = map[string]schemas.Written{"title": schemas.Title, "text": schemas.Text}

func (r *reader) table(to *schemas.Table) take {
	return func(n ast.Node, at string) {
		r.object(n, at, map[string]take{
			"name": r.named(&to.Name), "doc": r.sentence(&to.Doc), "each": r.path(&to.Each),
			"key": several(r, &to.Key, r.text), "columns": several(r, &to.Columns, r.column),
		}, "name", "doc", "key", "columns")
	}
}

// column takes a column. What does not say that it is public is personal, as far as a pseudonym can stand in its
// place: numbers, times and what is true or false are kept as they are.
func (r *reader) column(to *schemas.Column) take {
	types := map[string]schemas.Type{}
	for _, name := range schemas.TypeNames() {
		types[name], _ = schemas.TypeNamed(name)
	}
	return func(n ast.Node, at string) {
		public := false
		r.object(n, at, map[string]take{
			"name": r.text(&to.Name), "doc": r.sentence(&to.Doc), "path": r.path(&to.Path), "else": several(r, &to.Else, r.path),
			"type": one(r, &to.Type, "type", types), "required": r.boolean(&to.Required), "public": r.boolean(&public),
			"written": one(r, &to.Written, "kind of what is written", written), "quasi": r.boolean(&to.Quasi),
		}, "name", "path", "type")
		if to.Doc == "" {
			to.Doc = "What Graph has at " + string(to.Path) + "."
		}
		to.Personal = !public && to.Type.Hides()
	}
}
