package views

import (
	"embed"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"text/template"

	"graphlake/schemas"
)

// A Metric is a view over tables, or over other metrics, that answers a question. Its query is written once, in
// metrics/NAME.sql, with the words of [words] where engines differ. It has one row per key, and no column of the key
// is ever null unless its definition says so. Nothing in it depends on the time zone of a session: a day is one
// in UTC, or in the zone that a column names.
type Metric struct {
	Name       string
	Topic      string   // under which heading a page has it
	Sentence   string   // what it says
	Grain      string   // what a row is
	Key        []string // tells rows apart
	Needs      []string // tables, their views of the newest picture, and other metrics: without one of these there is no view
	Also       []string // tables without which there is a view that knows less; one of them has to be there where nothing is needed
	Definition string   // Markdown, as the two that follow
	HardCases  string
	Example    string // counted by hand
}

//go:embed metrics/*.sql
var queries embed.FS

// Query is the metric for an engine, without what makes a view of it. Of the tables of Also those that are missing have no rows.
func (m Metric) Query(e Engine, missing ...string) (string, error) {
	d, err := dialectOf(e, Place{}, nil)
	if err != nil {
		return "", err
	}
	return m.query(d, missing)
}

// A metricDialect writes views over other views for one engine.
type metricDialect interface {
	words() template.FuncMap
	name(s string) string
	view(name, doc, query string) []string
	null(c schemas.Column) string // a column of that name and type without a value
}

func (m Metric) query(d metricDialect, missing []string) (string, error) {
	body, err := queries.ReadFile("metrics/" + m.Name + ".sql")
	if err != nil {
		return "", err
	}
	t, err := template.New(m.Name).Funcs(d.words()).Parse(strings.TrimSpace(string(body)))
	if err != nil {
		return "", err
	}
	var out strings.Builder
	if err := t.Execute(&out, nil); err != nil {
		return "", err
	}
	query := out.String()
	for _, name := range missing {
		if query, err = withoutRows(d, query, name); err != nil {
			return "", fmt.Errorf("%s: %w", m.Name, err)
		}
	}
	return query, nil
}

// withoutRows puts a query without rows where a table is read. It has the columns that are named anywhere.
func withoutRows(d metricDialect, query, name string) (string, error) {
	_, t, ok := schemas.BuiltIn().FindTable(strings.TrimSuffix(name, currentSuffix))
	if !ok {
		return "", fmt.Errorf("there is no table %s", name)
	}
	var nulls []string
	for _, c := range columns(t) {
		if regexp.MustCompile(`\b` + c.Name + `\b`).MatchString(query) {
			nulls = append(nulls, d.null(c))
		}
	}
	none := "(SELECT " + strings.Join(nulls, ", ") + " WHERE 1 = 0)"
	read := regexp.MustCompile(`\b(FROM|JOIN) ` + name + `\b( AS \w+)?`)
	return read.ReplaceAllStringFunc(query, func(found string) string {
		word, alias := read.FindStringSubmatch(found)[1], read.FindStringSubmatch(found)[2]
		if alias == "" {
			alias = " AS " + name
		}
		return word + " " + none + alias
	}), nil
}

// metrics are the statements that make views of all metrics whose tables are among those that have a view, and what
// to say of the others.
func metrics(d metricDialect, viewed map[string]bool) (statements, notes []string, err error) {
	var without []string
	made := map[string]bool{}
	for _, m := range Metrics() {
		var lacks, empty []string
		for _, name := range m.Needs {
			if !viewed[name] && !made[name] {
				lacks = append(lacks, name)
			}
		}
		for _, name := range m.Also {
			if !viewed[name] {
				empty = append(empty, name)
			}
		}
		if len(m.Needs) == 0 && len(empty) == len(m.Also) {
			lacks = empty
		}
		if len(lacks) > 0 {
			without = append(without, m.Name)
			continue
		}
		query, err := m.query(d, empty)
		if err != nil {
			return nil, nil, err
		}
		made[m.Name] = true
		statements = append(statements, d.view(m.Name, m.Sentence, query)...)
	}
	if len(without) > 0 {
		notes = []string{"These metrics need a table that has no view here, so they have none: " + strings.Join(without, ", ") + "."}
	}
	return statements, notes, nil
}

// Metrics are all of them, those that others need before these.
func Metrics() []Metric {
	return slices.Concat(helpers, ofCalls, ofQueues, ofTelephony, ofNumbers, ofQuality, ofMeetings, ofConversations, ofMessages, ofPeople)
}

// FindMetric finds one by its name.
func FindMetric(name string) (Metric, bool) {
	all := Metrics()
	i := slices.IndexFunc(all, func(m Metric) bool { return m.Name == name })
	if i < 0 {
		return Metric{}, false
	}
	return all[i], true
}
