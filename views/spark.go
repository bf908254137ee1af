package views

import (
	"net/url"
	"strings"
	"text/template"

	"graphlake/load"
	"graphlake/schemas"
)

// spark is the dialect of Spark SQL, as of Databricks and of Fabric's notebooks. Its views are those of a session: only
// such a view can say where files lie and which columns they have. A column that a file has not is null, and no file is
// opened before it is asked.
type spark struct {
	at   Place
	lane lane
}

// lake is the lake as Spark finds it: in Blob Storage by the endpoint that it has for file systems.
func (s spark) lake() string {
	if s.at.Dir != "" {
		return "file:" + s.at.Dir
	}
	host := "ACCOUNT.dfs.core.windows.net"
	if u, err := url.Parse(s.at.AccountURL); err == nil && u.Host != "" {
		host = strings.Replace(u.Host, ".blob.", ".dfs.", 1)
	}
	return "abfss://" + strings.TrimRight(s.at.Container+"@"+host+"/"+s.at.Prefix, "/")
}

func (s spark) head() (notes, setup []string) {
	notes = []string{
		"Views of the lake " + s.lake() + " for Spark SQL, by graphlake sql. They last as long as the session.",
		"Instants are TIMESTAMP, the same in every session, which shows them by its own clock: SET TIME ZONE 'UTC' shows UTC.",
	}
	if s.at.Dir == "" && s.at.AccountURL == "" {
		notes = append(notes, "Put the storage account where it says ACCOUNT: the configuration does not name it.")
	}
	return notes, nil
}

// files is a literal of the pattern of files below the lake, in whose own name nothing is a pattern.
func (s spark) files(pattern string) string {
	plain := strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`, "{", `\{`, "}", `\}`, "*", `\*`, "?", `\?`).Replace(s.lake())
	return s.text(plain + "/" + pattern)
}

// table takes tenant_id and dt from the path, which is told from where.
func (s spark) table(t schemas.Table) []string {
	if s.lane != nil {
		return s.deltaTable(t)
	}
	return []string{s.create(t.Name, t.Doc, columns(t)) + "USING parquet OPTIONS (\n" +
		"    path " + s.files(load.Tables.Files(t.Name, load.AnyTenant, load.AnyDate)) + ",\n" +
		"    basePath " + s.text(s.lake()+"/"+strings.TrimSuffix(load.Tables.Of(t.Name), "/")) + "\n)"}
}

func (s spark) current(t, root schemas.Table) []string {
	var query []string
	for _, c := range t.Columns {
		query = append(query, "t."+s.name(c.Name))
	}
	query = append(query, "t."+s.name(tenantID.Name), "t."+s.name(date.Name)+" AS "+s.name(pictureDate.Name))
	return []string{"CREATE OR REPLACE TEMPORARY VIEW " + s.name(currentName(t)) + " COMMENT " + s.text(line(currentDoc(t))) + " AS\n" +
		"SELECT\n" + list(query) + "FROM " + s.name(t.Name) + " AS t\n" +
		"JOIN (SELECT tenant_id, MAX(dt) AS dt FROM " + s.name(root.Name) + " GROUP BY tenant_id) AS newest\n" +
		"    ON t.tenant_id = newest.tenant_id AND t.dt = newest.dt\n" +
		"WHERE NOT t.removed"}
}

// document reads each object whole, as one row of its text.
func (s spark) document(o document) []string {
	var query []string
	values := map[string]string{}
	for _, c := range o.Columns {
		at, ofRow := o.where(c)
		values[c.Name] = "get_json_object(object.value, " + s.text(at) + ")"
		if ofRow {
			values[c.Name] = "get_json_object(item.json, " + s.text(at) + ")"
		}
		query = append(query, "CAST("+values[c.Name]+" AS "+s.typ(c.Type)+") AS "+s.name(c.Name))
	}
	if o.dated {
		values[date.Name] = "regexp_extract(object.file, '(" + load.AnyDate + ")/[^/]*$', 1)"
		query = append(query, "TRY_CAST("+values[date.Name]+" AS DATE) AS "+s.name(date.Name))
	}
	parts := strings.Split("/"+o.files("*"), "*")
	shape := []string{s.text(parts[0])}
	for i, star := range o.stars {
		shape = append(shape, values[star], s.text(parts[i+1]))
	}
	explode := "LATERAL VIEW"
	if o.bare {
		explode = "LATERAL VIEW OUTER"
	}
	files := o.Name + "_files"
	return []string{
		"CREATE OR REPLACE TEMPORARY VIEW " + s.name(files) + " (value STRING)\n" +
			"USING text OPTIONS (path " + s.files(o.files(load.AnyDate)) + ", wholetext 'true')",
		"CREATE OR REPLACE TEMPORARY VIEW " + s.name(o.Name) + " COMMENT " + s.text(line(o.Doc)) + " AS\nSELECT\n" + list(query) +
			"FROM (SELECT value, url_decode(input_file_name()) AS file FROM " + s.name(files) + ") AS object\n" +
			explode + " explode(from_json(get_json_object(object.value, " + s.text(o.rows()) + "), 'ARRAY<STRING>')) item AS json\n" +
			"WHERE endswith(object.file, concat(" + strings.Join(shape, ", ") + "))",
	}
}

func (s spark) view(name, doc, query string) []string {
	return []string{"CREATE OR REPLACE TEMPORARY VIEW " + s.name(name) + " COMMENT " + s.text(line(doc)) + " AS\n" + query}
}

func (spark) words() template.FuncMap { return sparkWords() }

func (s spark) null(c schemas.Column) string {
	return "CAST(NULL AS " + s.typ(c.Type) + ") AS " + s.name(c.Name)
}

// create begins a view whose columns are declared.
func (s spark) create(name, doc string, declared []schemas.Column) string {
	var all []string
	for _, c := range declared {
		all = append(all, s.name(c.Name)+" "+s.typ(c.Type)+" COMMENT "+s.text(line(c.Doc)))
	}
	return "-- " + line(doc) + "\nCREATE OR REPLACE TEMPORARY VIEW " + s.name(name) + " (\n" + list(all) + ")\n"
}

func (spark) name(s string) string { return "`" + strings.ReplaceAll(s, "`", "``") + "`" }

// text is a literal. Two quotes in a row end one literal and begin the next in some versions.
func (spark) text(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(s) + "'"
}

func (spark) typ(t schemas.Type) string {
	switch t {
	case schemas.Bool, schemas.Present:
		return "BOOLEAN"
	case schemas.Int32:
		return "INT"
	case schemas.Int64, schemas.DurationMS, schemas.Version:
		return "BIGINT"
	case schemas.Float64:
		return "DOUBLE"
	case schemas.Decimal:
		return decimal
	case schemas.Timestamp, schemas.UTCTime:
		return "TIMESTAMP"
	case dateType:
		return "DATE"
	default:
		return "STRING"
	}
}
