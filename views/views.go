// Package views writes the SQL by which a reader sees a lake: a view of each table with every column by its
// name and type, one of the newest picture where a table holds pictures, one with fewer columns where it has many, and of what the lake says of itself: the
// runs, what they changed, what is held of each day, and what is lacking in it.
//
// It makes text of values in schemas and of the place where a lake lies. It opens nothing, and knows neither
// what is in the lake nor any secret: who calls it says what is there, and a secret is named by its variable.
//
// Its nouns: an [Engine] reads a [Lake] by a [Script]. Start at [New]; duckdb.go, synapse.go and spark.go are the dialects.
package views

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"graphlake/schemas"
)

// Engine is a reader of the lake that speaks SQL.
type Engine string

// The engines.
const (
	DuckDB  Engine = "duckdb"
	Synapse Engine = "synapse" // serverless SQL pools of Azure Synapse Analytics
	Spark   Engine = "spark"   // Spark SQL, as of Fabric's notebooks and of Databricks
)

// Place is where a lake lies: in a directory or in a container.
type Place struct {
	Dir        string // absolute, with slashes
	Container  string
	Prefix     string // in the container
	AccountURL string // of the storage account, as https://ACCOUNT.blob.core.windows.net; "" if unknown
	// SecretEnv names the variable that holds the connection string, if that is how the account is reached.
	SecretEnv string
}

const linkCure = "move the lake, or make a link to it without that, and name it with --lake"

// check refuses names with characters that do not print. In a literal they would be right; but line feeds end the comment that names the
// lake, a line GO ends a batch of sqlcmd in a literal too, and who prints a script may escape what terminals obey.
func (p Place) check() error {
	for _, part := range []struct{ what, name string }{
		{"directory", p.Dir}, {"container", p.Container}, {"prefix", p.Prefix}, {"account's URL", p.AccountURL}, {"variable of the connection string", p.SecretEnv},
	} {
		for _, r := range strings.ToValidUTF8(part.name, "\x00") {
			if !unicode.IsPrint(r) {
				return fmt.Errorf("the %s of the lake has a character in its name that does not print, %U, so that SQL cannot name it safely: %s",
					part.what, r, linkCure)
			}
		}
	}
	return nil
}

// Lake is a lake and what of it gets views.
type Lake struct {
	Place
	Datasets []schemas.Dataset
	// Missing are the tables of these of which there is no plain file. They get no view of plain files: a pattern that no file
	// matches is an error.
	Missing map[string]bool
	Runs    bool // whether the lake holds the report of a run
	Days    bool // whether it holds the days of a dataset, of which coverage and incomplete are views
	// Delta are the tables of the lane, by the name of the table, if views are to be of these; nil: views are of the plain files.
	Delta map[string][]DeltaTable
	// Unpublished are the days, by dataset, that plain files have and the lane has not.
	Unpublished map[string]int
	// Outdated are the days, by dataset, of which the tables are by another definition than that of Datasets.
	Outdated map[string]int
}

// Script is the SQL of all views for one engine; run again, it replaces them.
type Script struct {
	Engine     Engine
	Notes      []string // what a comment at the head says, a line each
	Statements []string // without what separates them, to be run one by one in this order
}

// New gives the script that makes a lake's views. Run again it replaces the views.
func New(e Engine, l Lake) (Script, error) {
	if err := l.check(); err != nil {
		return Script{}, err
	}
	if e == DuckDB && strings.Contains(l.Dir+l.Container+l.Prefix, `\`) {
		return Script{}, fmt.Errorf("the lake has a backslash in its name, by which DuckDB finds no files: %s", linkCure)
	}
	if e == DuckDB && l.Delta != nil {
		if err := l.unread(); err != nil {
			return Script{}, err
		}
	}
	d, err := dialectOf(e, l.Place, l.Delta)
	if err != nil {
		return Script{}, err
	}
	s := Script{Engine: e}
	s.Notes, s.Statements = d.head()
	if l.Delta != nil {
		s.Notes = append(s.Notes, laneNote)
	}
	var missing []string
	viewed := map[string]bool{}
	for _, dataset := range l.Datasets {
		for _, t := range dataset.Tables {
			if l.lacks(t) {
				missing = append(missing, t.Name)
				continue
			}
			s.Statements = append(s.Statements, d.table(t)...)
			viewed[t.Name] = true
			if dataset.Mode.Pictures() && !l.lacks(dataset.Root()) {
				s.Statements = append(s.Statements, d.current(t, dataset.Root())...)
				viewed[currentName(t)] = true
			}
		}
	}
	s.Statements = append(s.Statements, shorts(d, viewed)...)
	for _, o := range []struct {
		document
		there bool
	}{{runs, l.Runs}, {runChanges, l.Runs}, {coverage, l.Days}, {incomplete, l.Days}} {
		if o.there {
			s.Statements = append(s.Statements, d.document(o.document)...)
			viewed[o.Name] = true
		} else {
			missing = append(missing, o.Name)
		}
	}
	s.Notes = append(s.Notes, l.behind()...)
	if len(missing) > 0 {
		s.Notes = append(s.Notes, "The lake holds nothing of these, so they have no view: "+strings.Join(missing, ", ")+".")
	}
	statements, notes, err := metrics(d, viewed)
	s.Statements, s.Notes = append(s.Statements, statements...), append(s.Notes, notes...)
	return s, err
}

// lacks reports whether a table has no view.
func (l Lake) lacks(t schemas.Table) bool {
	if l.Delta != nil {
		return len(l.Delta[t.Name]) == 0
	}
	return l.Missing[t.Name]
}

// behind says of which days metrics are not to be believed: columns and tables that were added since are null or empty in them, or
// views do not see them.
func (l Lake) behind() (notes []string) {
	if days, names := l.count(l.Outdated); names != "" {
		notes = append(notes, "Days whose tables were derived by another definition lack what it did not have: columns are null, facts and metrics too few or none. There are "+
			days+"; graphlake replay --dataset "+names+" derives them anew.")
	}
	if days, names := l.count(l.Unpublished); names != "" {
		notes = append(notes, "Days that were not published to the Delta tables are missing here, or as they were before. There are "+
			days+"; graphlake replay --delta --dataset "+names+" publishes them.")
	}
	return notes
}

// count says how many days there are of which datasets.
func (l Lake) count(of map[string]int) (days, names string) {
	var each, all []string
	for _, d := range l.Datasets {
		if n := of[d.Name]; n > 0 {
			each, all = append(each, fmt.Sprintf("%d of %s", n, d.Name)), append(all, d.Name)
		}
	}
	return strings.Join(each, ", "), strings.Join(all, ",")
}

// dialectOf is the dialect of an engine, for a lake that lies somewhere.
func dialectOf(e Engine, at Place, of lane) (dialect, error) {
	switch e {
	case DuckDB:
		return duckDB{at, of}, nil
	case Synapse:
		return synapse{at, of}, nil
	case Spark:
		return spark{at, of}, nil
	default:
		return nil, fmt.Errorf("there is no engine %q; there are %s, %s and %s", e, DuckDB, Synapse, Spark)
	}
}

// A dialect writes for one engine. A view is the statements that make it and say what it is.
type dialect interface {
	tableDialect
	metricDialect
}

type tableDialect interface {
	// head is what to say and what to run before the views.
	head() (notes, setup []string)
	table(t schemas.Table) []string
	// current is the view of a table's rows in the newest picture of each tenant. Which that is, the root
	// table says: it is published last, so that the picture is whole, and has rows where a child has none.
	current(t, root schemas.Table) []string
	document(o document) []string
}

// String is the script as a file.
func (s Script) String() string {
	var out strings.Builder
	for _, n := range s.Notes {
		out.WriteString("-- " + line(n) + "\n")
	}
	after := ";\n"
	if s.Engine == Synapse {
		after = ";\nGO\n" // a view is the only statement of its batch
	}
	for _, statement := range s.Statements {
		if strings.Contains(statement, "\n") || s.Engine == Synapse {
			out.WriteString("\n")
		}
		out.WriteString(statement + after)
	}
	return out.String()
}

// IsView reports whether a name is that of a view that is none of a table's own.
func IsView(set schemas.Set, name string) bool {
	if _, ok := FindMetric(name); ok || slices.ContainsFunc(Shorts(), func(s Short) bool { return s.Name() == name }) {
		return true
	}
	if of, ok := strings.CutSuffix(name, currentSuffix); ok {
		d, _, ok := set.FindTable(of)
		return ok && d.Mode.Pictures()
	}
	return slices.Contains([]string{runs.Name, runChanges.Name, coverage.Name, incomplete.Name}, name)
}

// currentName is the name of a table's view of the newest picture.
func currentName(t schemas.Table) string { return t.Name + currentSuffix }

const currentSuffix = "_current"

func currentDoc(t schemas.Table) string {
	return t.Doc + " Of each tenant the newest picture, without what was removed."
}

// Columns that are in the path and not in the files.
var (
	tenantID = schemas.Column{Name: "tenant_id", Doc: "The tenant."}
	date     = schemas.Column{Name: "dt", Type: dateType, Doc: "The UTC date of the partition."}
)

// pictureDate is the date of the newest picture. It is not called as that of the partitions: a join of records and people by
// tenant and date would find nobody on any other day, and say nothing.
var pictureDate = schemas.Column{Name: "picture_date", Type: dateType, Doc: "The UTC date of the picture."}

// columns are those of a table's view.
func columns(t schemas.Table) []schemas.Column {
	return slices.Concat(t.Columns, []schemas.Column{tenantID, date})
}

// line is a text on one line, for a comment: what follows a line's end is no comment any more.
func line(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, s)
}

// text is a literal. Both engines write it so.
func text(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
