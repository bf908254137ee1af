package views

import (
	"net/url"
	"path"
	"strings"

	"graphlake/load"
	"graphlake/schemas"
)

// duckDB is the dialect of DuckDB.
type duckDB struct{ at Place }

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
	notes = []string{"Views of the lake " + d.lake() + " for DuckDB, by graphlake sql."}
	if d.at.Dir != "" {
		return notes, nil
	}
	account, _, _ := strings.Cut(d.host(), ".")
	secret := "PROVIDER credential_chain, ACCOUNT_NAME " + text(account)
	if d.at.SecretEnv != "" {
		notes = append(notes, "Only the command duckdb knows getenv; in a program put the value of "+d.at.SecretEnv+" there.")
		secret = "CONNECTION_STRING getenv(" + text(d.at.SecretEnv) + ")"
	}
	return notes, []string{"INSTALL azure", "LOAD azure", "CREATE OR REPLACE SECRET graphlake (TYPE azure, " + secret + ")"}
}

// files is a literal of the pattern of files below the lake, in whose own name nothing is a pattern.
func (d duckDB) files(pattern string) string {
	plain := strings.NewReplacer("[", "[[]", "*", "[*]", "?", "[?]").Replace(d.lake())
	return text(plain + "/" + pattern)
}

// table reads older files too, in which columns are missing that were added since: they are null. DuckDB takes
// a column of any file, and one that no file has yet from a query without rows.
func (d duckDB) table(t schemas.Table) []string {
	var query, known []string
	for _, c := range t.Columns {
		query = append(query, "CAST("+d.name(c.Name)+" AS "+d.typ(c.Type)+") AS "+d.name(c.Name))
		known = append(known, "NULL AS "+d.name(c.Name))
	}
	query = append(query, d.name(tenantID.Name), d.name(date.Name))
	view := d.create(t.Name) + list(query) + "FROM (\n" +
		"    FROM read_parquet(" + d.files(load.Tables.Files(t.Name, load.AnyDate)) + ",\n" +
		"        hive_partitioning = true, hive_types = {'tenant_id': VARCHAR, 'dt': DATE}, union_by_name = true)\n" +
		"    UNION ALL BY NAME\n" +
		"    SELECT " + strings.Join(known, ", ") + "\n" +
		"    WHERE false\n)"
	return append([]string{view}, d.comments(t.Name, t.Doc, columns(t))...)
}

func (d duckDB) current(t, root schemas.Table) []string {
	name := currentName(t)
	view := d.create(name) + "    t.*\nFROM " + d.name(t.Name) + " AS t\n" +
		"JOIN (SELECT tenant_id, max(dt) AS dt FROM " + d.name(root.Name) + " GROUP BY tenant_id) AS newest\n" +
		"    ON t.tenant_id = newest.tenant_id AND t.dt = newest.dt\n" +
		"WHERE NOT t.removed"
	return []string{view, d.comment("VIEW", d.name(name), currentDoc(t))}
}

func (d duckDB) document(o document) []string {
	var query []string
	values := map[string]string{date.Name: "object." + d.name(date.Name)}
	for _, c := range o.Columns {
		at, ofRow := o.where(c)
		from := "object.json"
		if ofRow {
			from = "item.json"
		}
		values[c.Name] = from + " ->> " + text(at)
		query = append(query, "CAST("+values[c.Name]+" AS "+d.typ(c.Type)+") AS "+d.name(c.Name))
	}
	hive := "hive_partitioning = false" // the lake's own path is none
	if o.dated {
		query = append(query, "object."+d.name(date.Name))
		hive = "hive_partitioning = true, hive_types = {'dt': DATE}"
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
		"WHERE ends_with(object.filename, " + strings.Join(name, " || ") + ")"
	return append([]string{view}, d.comments(o.Name, o.Doc, o.columns())...)
}

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
	return "COMMENT ON " + kind + " " + of + " IS " + text(doc)
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
	default:
		return "VARCHAR"
	}
}

// list is the columns of a query, a line each.
func list(columns []string) string { return "    " + strings.Join(columns, ",\n    ") + "\n" }
