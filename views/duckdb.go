package views

import (
	"fmt"
	"net/url"
	"path"
	"strings"
	"text/template"
	"time"

	"graphlake/load"
	"graphlake/schemas"
)

// duckDB is the dialect of DuckDB.
type duckDB struct {
	at   Place
	lane lane
}

// lake is the lake as DuckDB finds it. With its host, the account need not be a public one.
func (d duckDB) lake() string {
	if d.at.Dir != "" {
		return d.at.Dir
	}
	return "az://" + path.Join(d.host(), d.at.Container, d.at.Prefix)
}

func (d duckDB) host() string {
	u, err := url.Parse(d.at.AccountURL)
	if err != nil {
		return ""
	}
	return u.Host
}

// head reaches an account by the credentials that are at hand, as those of the Azure CLI, or by the same
// variable as the lake's own runs.
func (d duckDB) head() (notes, setup []string) {
	notes = []string{
		"Views of the lake " + d.lake() + " for DuckDB, by graphlake sql.",
		"Each query reads files anew, for a run may replace them. That is set for this session; DuckDB 1.3 or later knows it.",
		"Instants are TIMESTAMPTZ, the same in every session, which shows them by its own clock: SET TimeZone = 'UTC' shows UTC.",
	}
	setup = []string{uncached}
	if d.lane != nil {
		setup = append(setup, "INSTALL delta", "LOAD delta")
	}
	if d.at.Dir != "" {
		return notes, setup
	}
	account, _, _ := strings.Cut(d.host(), ".")
	secret := "PROVIDER credential_chain, ACCOUNT_NAME " + text(account)
	if d.lane != nil && d.at.SecretEnv == "" { // the extension for Delta tables asks nobody else where no chain is named
		notes = append(notes, "az login signs in; with a managed identity leave CHAIN out, for Delta tables know one of both.")
		secret = "PROVIDER credential_chain, CHAIN 'cli', ACCOUNT_NAME " + text(account)
	}
	if d.at.SecretEnv != "" {
		notes = append(notes, "Only the command duckdb knows getenv; in a program put the value of "+d.at.SecretEnv+" there.")
		secret = "CONNECTION_STRING getenv(" + text(d.at.SecretEnv) + ")"
	}
	return notes, append(setup, "INSTALL azure", "LOAD azure", "CREATE OR REPLACE SECRET graphlake (TYPE azure, "+secret+")")
}

// uncached: DuckDB keeps what it read of a file, which it tells from the next of that name by their second. A run may replace one within it,
// and then the query fails.
const uncached = "SET enable_external_file_cache = false"

// files is a literal of the pattern of files below the lake, in whose own name nothing is a pattern.
func (d duckDB) files(pattern string) string {
	plain := strings.NewReplacer("[", "[[]", "*", "[*]", "?", "[?]").Replace(d.lake())
	return text(plain + "/" + pattern)
}

func (d duckDB) table(t schemas.Table) []string {
	if d.lane != nil {
		return d.deltaTable(t)
	}
	view := d.create(t.Name) + list(append(d.values(t), d.path(t)...)) + "FROM " + d.scan(t)
	return append([]string{view}, d.comments(t.Name, t.Doc, columns(t))...)
}

// current asks for files by name, so that DuckDB opens only those, where they are not more than fifty. In a tenant's
// directory names sort by date.
func (d duckDB) current(t, root schemas.Table) []string {
	if d.lane != nil {
		return d.deltaCurrent(t, root)
	}
	name := currentName(t)
	in := inPath(root, "file")
	own := inPath(t, fileName)
	query := append(d.values(t), own.tenant+" AS "+d.name(tenantID.Name), "TRY_CAST("+own.date+" AS DATE) AS "+d.name(pictureDate.Name))
	view := d.create(name) + list(query) +
		"FROM " + d.scan(t) + "\n" +
		"WHERE NOT " + d.name("removed") + " AND " + fileName + " IN (\n" +
		"    SELECT " + beside(t, root, "max(file)") + "\n" +
		"    FROM glob(" + d.files(load.Tables.Files(root.Name, load.AnyTenant, load.AnyDate)) + ")\n" +
		"    WHERE TRY_CAST(" + in.date + " AS DATE) IS NOT NULL\n" +
		"    GROUP BY " + in.tenant + "\n)"
	return []string{view, d.comment("VIEW", d.name(name), currentDoc(t))}
}

// fileName is the column that DuckDB has the name of a row's file in. It looks at no other before it opens files.
const fileName = "filename"

// scan reads a table's files by columns that are told it, so that DuckDB opens no file to make a view, and for a query only
// files of which the conditions on tenant and day say nothing else. So older files are read too, in which columns
// are missing that were added since, and they are null; a view that is older than a file does not see what is new in it.
func (d duckDB) scan(t schemas.Table) string {
	var known []string
	for _, c := range t.Columns {
		known = append(known, text(c.Name)+": {name: "+text(inScan(c))+", type: "+text(d.typ(c.Type))+", default_value: NULL}")
	}
	return "read_parquet(" + d.files(load.Tables.Files(t.Name, load.AnyTenant, load.AnyDate)) + ",\n" +
		"    filename = true, schema = MAP {\n" +
		"        " + strings.Join(known, ",\n        ") + "\n    })"
}

// values are the columns of a scan, as those of a view.
func (d duckDB) values(t schemas.Table) (all []string) {
	for _, c := range t.Columns {
		value := d.name(c.Name)
		if from := inScan(c); from != c.Name {
			value = d.name(from) + " AS " + value
		}
		all = append(all, value)
	}
	return all
}

// inScan is what a column is called in a scan, which has a column of its own.
func inScan(c schemas.Column) string {
	if strings.EqualFold(c.Name, fileName) {
		return "column " + c.Name
	}
	return c.Name
}

// path are the columns that lie in the path. In a directory of no date the day is null.
func (d duckDB) path(t schemas.Table) []string {
	in := inPath(t, fileName)
	return []string{in.tenant + " AS " + d.name(tenantID.Name), "TRY_CAST(" + in.date + " AS DATE) AS " + d.name(date.Name)}
}

// pathParts are what stands in the name of a partition's file, as expressions.
type pathParts struct{ tenant, date string }

// anyPartition is one, to measure names by.
func anyPartition(t schemas.Table) load.Partition {
	return load.Partition{Kind: load.Tables, Name: t.Name, TenantID: "00000000-0000-4000-8000-000000000000", Date: time.Unix(0, 0)}
}

// inPath finds the parts in the name that an expression gives, by how far they are from its end.
func inPath(t schemas.Table, name string) pathParts {
	p := anyPartition(t)
	part := func(value string) string {
		object := p.Object()
		return fmt.Sprintf("substr(%s, %d, %d)", name, strings.LastIndex(object, value)-len(object), len(value))
	}
	return pathParts{part(p.TenantID), part(p.Date.UTC().Format(time.DateOnly))}
}

// beside gives the file of a table that is of the same tenant and day as the root's that an expression gives.
func beside(t, root schemas.Table, file string) string {
	if t.Name == root.Name {
		return file
	}
	in := inPath(root, file)
	parts := strings.Split(load.Tables.Files(t.Name, "*", "*"), "*")
	return fmt.Sprintf("left(%s, %d) || %s || %s || %s || %s || %s", file, -len(anyPartition(root).Object()),
		text(parts[0]), in.tenant, text(parts[1]), in.date, text(parts[2]))
}

func (d duckDB) document(o document) []string {
	var query []string
	values := map[string]string{date.Name: d.name(date.Name)}
	for _, c := range o.Columns {
		at, ofRow := o.where(c)
		from := "object.json"
		if ofRow {
			from = "item.json"
		}
		values[c.Name] = from + " ->> " + text(at)
		query = append(query, "CAST("+values[c.Name]+" AS "+d.typ(c.Type)+") AS "+d.name(c.Name))
	}
	own, hive := "", "hive_partitioning = false" // the lake's own path is none
	if o.dated {
		query = append(query, d.day()+" AS "+d.name(date.Name))
		own = " AND " + d.day() + " IS NOT NULL"
		hive = "hive_partitioning = true, hive_types = {'dt': VARCHAR}"
	}
	parts := strings.Split("/"+o.files("*"), "*")
	name := []string{text(parts[0])}
	for i, star := range o.stars {
		name = append(name, "("+values[star]+")", text(parts[i+1]))
	}
	join := "JOIN"
	if o.bare {
		join = "LEFT JOIN"
	}
	view := d.create(o.Name) + list(query) +
		"FROM read_json_objects(" + d.files(o.files(load.AnyDate)) + ",\n" +
		"    format = 'unstructured', filename = true, " + hive + ") AS object\n" +
		join + " unnest(json_extract(object.json, " + text(o.rows()+"[*]") + ")) AS item(json) ON true\n" +
		"WHERE ends_with(object.filename, " + strings.Join(name, " || ") + ")" + own
	return append([]string{view}, d.comments(o.Name, o.Doc, o.columns())...)
}

// day is the date that a directory says. A query in which DuckDB itself takes it for one fails by a directory of no such
// date.
func (d duckDB) day() string { return "TRY_CAST(" + d.name(date.Name) + " AS DATE)" }

func (d duckDB) create(name string) string {
	return "CREATE OR REPLACE VIEW " + d.name(name) + " AS\nSELECT\n"
}

// comments say what a view and its columns are.
func (d duckDB) comments(name, doc string, columns []schemas.Column) []string {
	all := []string{d.comment("VIEW", d.name(name), doc)}
	for _, c := range columns {
		all = append(all, d.comment("COLUMN", d.name(name)+"."+d.name(c.Name), c.Doc))
	}
	return all
}

func (duckDB) comment(kind, of, doc string) string {
	return "COMMENT ON " + kind + " " + of + " IS " + text(line(doc))
}

func (duckDB) name(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

func (duckDB) typ(t schemas.Type) string {
	switch t {
	case schemas.Bool, schemas.Present:
		return "BOOLEAN"
	case schemas.Int32:
		return "INTEGER"
	case schemas.Int64, schemas.DurationMS, schemas.Version:
		return "BIGINT"
	case schemas.Float64:
		return "DOUBLE"
	case schemas.Decimal:
		return decimal
	case schemas.Timestamp, schemas.UTCTime:
		return "TIMESTAMPTZ"
	case dateType:
		return "DATE"
	case schemas.JSON:
		return "JSON"
	default:
		return "VARCHAR"
	}
}

// list is the columns of a query, a line each.
func list(columns []string) string { return "    " + strings.Join(columns, ",\n    ") + "\n" }

func (d duckDB) view(name, doc, query string) []string {
	return []string{"CREATE OR REPLACE VIEW " + d.name(name) + " AS\n" + query, d.comment("VIEW", d.name(name), doc)}
}

func (duckDB) words() template.FuncMap { return duckDBWords() }

func (d duckDB) null(c schemas.Column) string {
	return "CAST(NULL AS " + d.typ(c.Type) + ") AS " + d.name(c.Name)
}
