package main

import (
	"cmp"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"text/template"

	"graphlake/schemas"
	"graphlake/views"
)

// The dbt project reads the lake as the views of graphlake sql do: a source is the query of a table's view, each other view
// a model of the same name. Here their text is cut into what dbt wants: relations become source() and ref(), the lake's directory
// a variable of the environment.

var (
	//go:embed sources.yml.tmpl
	sourcesYAML string
	//go:embed models.yml.tmpl
	modelsYAML string
	//go:embed exposures.yml.tmpl
	exposuresYAML string
)

// here stands in the text of views for the lake's directory.
const here = "/@graphlake@"

// inDBT is the same place to dbt.
const inDBT = "{{ env_var('GRAPHLAKE_LAKE') }}"

// A relation is a view of graphlake sql.
type relation struct {
	Name, Doc string
	SQL       string
	Columns   []described
	Needs     []string          // conditions, to dbt, without one of which it is not there
	Key       []string          // tells rows apart
	Without   map[string]string // what stands for a relation that may be missing: a query without rows
}

type described struct{ Name, Doc string }

var (
	madeView   = regexp.MustCompile(`^CREATE OR REPLACE VIEW "(\w+)" AS\n`)
	saysView   = regexp.MustCompile(`^COMMENT ON VIEW "(\w+)" IS '((?:[^']|'')*)'$`)
	saysColumn = regexp.MustCompile(`^COMMENT ON COLUMN "(\w+)"\."(\w+)" IS '((?:[^']|'')*)'$`)
	reads      = regexp.MustCompile(`\b(FROM|JOIN) "?(\w+)"?( AS \w+)?`)
	noRows     = regexp.MustCompile(`\(SELECT CAST\(NULL .* WHERE 1 = 0\)`)
)

// relations are all views of a lake that has everything, each after what it reads, but for the short ones: dbt knows each column anyway.
func relations(set schemas.Set) ([]relation, error) {
	script, err := views.New(views.DuckDB, views.Lake{Place: views.Place{Dir: here}, Datasets: set, Runs: true, Days: true})
	if err != nil {
		return nil, err
	}
	var all []relation
	for _, statement := range script.Statements {
		if strings.HasPrefix(statement, "SET ") { // of a session
			continue
		}
		plain := func(s string) string { return strings.ReplaceAll(s, "''", "'") }
		if m := madeView.FindStringSubmatch(statement); m != nil {
			all = append(all, relation{Name: m[1], SQL: statement[len(m[0]):]})
		} else if m := saysView.FindStringSubmatch(statement); m != nil && m[1] == all[len(all)-1].Name {
			all[len(all)-1].Doc = plain(m[2])
		} else if m := saysColumn.FindStringSubmatch(statement); m != nil && m[1] == all[len(all)-1].Name {
			all[len(all)-1].Columns = append(all[len(all)-1].Columns, described{m[2], plain(m[3])})
		} else {
			return nil, fmt.Errorf("this is no view and no comment on the last one: %.80s", statement)
		}
	}
	all = slices.DeleteFunc(all, func(r relation) bool {
		return slices.ContainsFunc(views.Shorts(), func(s views.Short) bool { return s.Name() == r.Name })
	})
	for i := range all {
		if err := all[i].complete(set, all[:i]); err != nil {
			return nil, fmt.Errorf("%s: %w", all[i].Name, err)
		}
	}
	return all, nil
}

// complete adds what the text of a view does not say: its key, what it needs of the earlier ones, and what it can do without.
func (r *relation) complete(set schemas.Set, earlier []relation) error {
	if _, t, ok := set.FindTable(r.Name); ok {
		r.Key = rowKey(t)
	} else if _, t, ok := set.FindTable(strings.TrimSuffix(r.Name, "_current")); ok {
		r.Key = append([]string{"tenant_id"}, t.Key...)
	}
	m, isMetric := views.FindMetric(r.Name)
	if isMetric {
		r.Key, r.Doc = m.Key, m.Sentence+" A row is: "+m.Grain
		r.Without = map[string]string{}
		for _, name := range m.Also {
			query, err := m.Query(views.DuckDB, name)
			if err != nil {
				return err
			}
			if r.Without[name] = noRows.FindString(query); r.Without[name] == "" {
				return fmt.Errorf("nothing stands for %s", name)
			}
		}
	}
	r.Needs = needsOf(set, earlier, *r)
	if isMetric && len(m.Needs) == 0 {
		var oneOf []string
		for _, name := range m.Also {
			oneOf = append(oneOf, needsOf(set, earlier, relation{Name: name})...)
		}
		r.Needs = append(r.Needs, "("+strings.Join(oneOf, " or ")+")")
	}
	return nil
}

// needsOf are the conditions under which a relation can be made of earlier ones.
func needsOf(set schemas.Set, earlier []relation, r relation) (needed []string) {
	if d, _, ok := set.FindTable(strings.TrimSuffix(r.Name, "_current")); ok {
		return []string{holds(d.Name)}
	}
	for _, name := range r.reads(earlier) {
		if _, ok := r.Without[name]; ok {
			continue
		}
		i := slices.IndexFunc(earlier, func(e relation) bool { return e.Name == name })
		needed = append(needed, earlier[i].Needs...)
	}
	slices.Sort(needed)
	return slices.Compact(needed)
}

// holds is the condition that the lake holds a dataset.
func holds(dataset string) string { return "'" + dataset + "' in var('datasets')" }

// reads are the names of the relations that are read, of those that are known.
func (r relation) reads(known []relation) (names []string) {
	for _, m := range reads.FindAllStringSubmatch(r.SQL, -1) {
		if slices.ContainsFunc(known, func(k relation) bool { return k.Name == m[2] }) && !slices.Contains(names, m[2]) {
			names = append(names, m[2])
		}
	}
	return names
}

// dbtProject is the files of docs/dbt/models that are made, by their names.
func dbtProject(set schemas.Set) (map[string][]byte, error) {
	all, err := relations(set)
	if err != nil {
		return nil, err
	}
	project := dbt{set: set, relations: all}
	files := map[string][]byte{}
	for _, file := range []struct{ name, text string }{
		{"sources.yml", sourcesYAML}, {"models.yml", modelsYAML}, {"exposures.yml", exposuresYAML},
	} {
		if files[file.name], err = project.fill(file.text); err != nil {
			return nil, fmt.Errorf("%s: %w", file.name, err)
		}
	}
	for _, r := range project.models() {
		files[r.Name+".sql"] = []byte(project.model(r))
	}
	return files, nil
}

// dbt is the project as its templates see it.
type dbt struct {
	set       schemas.Set
	relations []relation
}

func (p dbt) fill(text string) ([]byte, error) {
	return fillWith(text, p, template.FuncMap{
		"quote":    quote,
		"location": func(sql string) string { return "(\n" + atLake(sql) + "\n)" },
		"indent":   func(by int, s string) string { return strings.ReplaceAll(s, "\n", "\n"+strings.Repeat(" ", by)) },
		"enabled":  enabled,
		"join":     strings.Join,
		"ref":      p.ref,
	})
}

// Sources are the tables, dataset by dataset.
func (p dbt) Sources() (all []source) {
	for _, d := range p.set {
		for _, t := range d.Tables {
			i := slices.IndexFunc(p.relations, func(r relation) bool { return r.Name == t.Name })
			all = append(all, source{p.relations[i], d, t})
		}
	}
	return all
}

// Models are the relations that are no tables.
func (p dbt) Models() []relation { return p.models() }

func (p dbt) models() []relation {
	return slices.DeleteFunc(slices.Clone(p.relations), p.isTable)
}

func (p dbt) isTable(r relation) bool {
	_, _, ok := p.set.FindTable(r.Name)
	return ok
}

// ref is a relation by its name, to dbt.
func (p dbt) ref(name string) string {
	if _, _, ok := p.set.FindTable(name); ok {
		return "source('graphlake', '" + name + "')"
	}
	return "ref('" + name + "')"
}

// model is the query of a relation, in which each that it reads is one of dbt's.
func (p dbt) model(r relation) string {
	return reads.ReplaceAllStringFunc(atLake(r.SQL), func(found string) string {
		m := reads.FindStringSubmatch(found)
		if !slices.ContainsFunc(p.relations, func(k relation) bool { return k.Name == m[2] }) {
			return found
		}
		from := "{{ " + p.ref(m[2]) + " }}"
		if none, ok := r.Without[m[2]]; ok {
			i := slices.IndexFunc(p.relations, func(k relation) bool { return k.Name == m[2] })
			from = "{% if " + strings.Join(p.relations[i].Needs, " and ") + " %}" + from + "{% else %}" + none + "{% endif %}"
		}
		return m[1] + " " + from + cmp.Or(m[3], " AS "+m[2])
	}) + "\n"
}

// atLake puts the variable where the lake's directory is.
func atLake(sql string) string { return strings.ReplaceAll(sql, here, inDBT) }

// enabled is whether conditions are met.
func enabled(conditions []string) string { return "{{ " + strings.Join(conditions, " and ") + " }}" }

// quote is a text in YAML.
func quote(s string) string { return fmt.Sprintf("%q", s) }

// source is a table of the lake.
type source struct {
	relation
	dataset schemas.Dataset
	table   schemas.Table
}

// Dataset is whose table it is.
func (s source) Dataset() string { return s.dataset.Name }

// Fields are the columns with what there is to know of each, those of the path last.
func (s source) Fields() (all []field) {
	for _, c := range s.Columns {
		f := field{described: c, Type: "varchar"}
		if column, ok := s.table.Column(c.Name); ok {
			f.Type = sqlType(column.Type)
			f.Personal, f.SinglesOut, f.Written = column.Personal, column.Quasi, column.Written != 0
		} else if c.Name == "dt" {
			f.Type = "date"
		}
		all = append(all, f)
	}
	return all
}

type field struct {
	described
	Type                          string
	Personal, SinglesOut, Written bool
}

// Parent is the table that each row belongs to a row of: of those before it in its dataset, whose key is a part of this key, the
// one with the longest key.
func (s source) Parent() *parent {
	var found *parent
	for _, t := range s.dataset.Tables {
		if t.Name == s.Name {
			break
		}
		isPart := !slices.ContainsFunc(t.Key, func(c string) bool { return !slices.Contains(s.table.Key, c) })
		if isPart && (found == nil || len(rowKey(t)) > len(found.Key)) {
			found = &parent{t.Name, rowKey(t)}
		}
	}
	return found
}

type parent struct {
	Table string
	Key   []string
}

// rowKey tells a table's rows apart in the whole lake.
func rowKey(t schemas.Table) []string { return slices.Concat([]string{"tenant_id", "dt"}, t.Key) }

// sqlType is a column's type in DuckDB.
func sqlType(t schemas.Type) string {
	switch t.Arrow().Name() {
	case "bool":
		return "boolean"
	case "int32":
		return "integer"
	case "int64":
		return "bigint"
	case "float64":
		return "double"
	case "decimal":
		return fmt.Sprintf("decimal(%d,%d)", schemas.DecimalPrecision, schemas.DecimalScale)
	case "timestamp":
		return "timestamptz"
	}
	return "varchar"
}

// Questions are those of the datasets' pages, as what uses the relations.
func (p dbt) Questions() (all []question) {
	for _, d := range p.set {
		for i, q := range d.Queries {
			r := relation{SQL: q.SQL}
			asks := question{
				Name: fmt.Sprintf("%s_question_%d", d.Name, i+1), Label: q.Question, Type: "analysis",
				Doc: "docs/datasets/" + d.Name + ".md has the query.", Reads: r.reads(p.relations),
			}
			r.Name = asks.Name
			asks.Needs = needsOf(p.set, p.relations, r)
			all = append(all, asks)
		}
	}
	return all
}

// Pages are what shows answers to people: that of graphlake report, which has the numbers of views and reads what they do, and that of
// docs/powerbi, which reads all tables of its model.
func (p dbt) Pages() []question {
	var inModel []string
	for _, t := range pbiTables {
		inModel = append(inModel, t.View)
	}
	return []question{
		p.page("graphlake_report", "The page of graphlake report", "docs/report.md says what is on it; its numbers are those of these views.", []string{
			"metric_missed_calls", "metric_queue_days", "metric_quality_by_network", "metric_message_hours", "metric_call_hours", "metric_meeting_load",
			"metric_calls", "metric_active_counts", "coverage",
		}),
		p.page("powerbi_overview", "The page in Power BI", "docs/powerbi has it, as text.", inModel),
	}
}

func (p dbt) page(name, label, doc string, shown []string) question {
	q := question{Name: name, Label: label, Type: "dashboard", Doc: doc, Reads: shown}
	for _, view := range shown {
		i := slices.IndexFunc(p.relations, func(r relation) bool { return r.Name == view })
		q.Needs = append(q.Needs, p.relations[i].Needs...)
	}
	slices.Sort(q.Needs)
	q.Needs = slices.Compact(q.Needs)
	return q
}

// question is what asks something of relations: an exposure.
type question struct {
	Name, Label, Type, Doc string
	Reads, Needs           []string
}

// writeDBT replaces what was made before.
func writeDBT(dir string, set schemas.Set) error {
	files, err := dbtProject(set)
	if err != nil {
		return err
	}
	models := filepath.Join(dir, "dbt", "models")
	if err := os.RemoveAll(models); err != nil {
		return err
	}
	if err := os.MkdirAll(models, 0o755); err != nil {
		return err
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(models, name), text, 0o600); err != nil {
			return err
		}
	}
	return nil
}
