package views

import (
	"fmt"
	"strings"
	"text/template"

	"graphlake/load"
	"graphlake/schemas"
)

// synapse is the dialect of serverless SQL pools. What is said of them here is in Microsoft's pages
// develop-openrowset, best-practices-serverless-sql-pool, query-parquet-files and query-json-files.
type synapse struct {
	at   Place
	lane lane
}

// Parquet's strings are UTF-8 and ordered by their bytes: only by this collation are row groups skipped.
const utf8 = "COLLATE Latin1_General_100_BIN2_UTF8"

var decimal = fmt.Sprintf("DECIMAL(%d, %d)", schemas.DecimalPrecision, schemas.DecimalScale)

// lake is the lake as Synapse finds it, with placeholders for what is not known.
func (s synapse) lake() string {
	account, place := s.at.AccountURL, strings.Trim(s.at.Container+"/"+s.at.Prefix, "/")
	if account == "" {
		account = "https://ACCOUNT.blob.core.windows.net"
	}
	if s.at.Dir != "" {
		place = "CONTAINER"
	}
	return strings.TrimRight(account, "/") + "/" + place
}

// head gives the data source no credential: then a reader signs in by Entra and needs a role of its own.
func (s synapse) head() (notes, setup []string) {
	notes = []string{
		"Views of the lake " + s.lake() + " for Synapse serverless SQL, by graphlake sql.",
		"Instants are DATETIME2, in UTC.",
	}
	if s.at.AccountURL == "" {
		notes = append(notes, "Put the storage account where it says ACCOUNT: the configuration does not name it.")
	}
	if s.at.Dir != "" {
		notes = append(notes, "Put the container where it says CONTAINER: Synapse reads Blob Storage, and this lake is the directory "+s.at.Dir+".")
	}
	return notes, []string{
		"IF NOT EXISTS (SELECT * FROM sys.databases WHERE name = 'graphlake')\n" +
			"    CREATE DATABASE graphlake " + utf8,
		"USE graphlake",
		"IF NOT EXISTS (SELECT * FROM sys.external_data_sources WHERE name = 'graphlake')\n" +
			"    CREATE EXTERNAL DATA SOURCE graphlake WITH (LOCATION = " + text(s.lake()) + ")",
	}
}

func (s synapse) table(t schemas.Table) []string {
	if s.lane != nil {
		return s.deltaTable(t)
	}
	var query, declared []string
	for _, c := range t.Columns {
		query = append(query, "r."+s.name(c.Name))
		declared = append(declared, s.declare(c))
	}
	// Only what is cast to a type of the right length eliminates partitions well.
	query = append(query, "CAST(r.filepath(1) AS VARCHAR(36)) AS "+s.name(tenantID.Name), "CAST(r.filepath(2) AS DATE) AS "+s.name(date.Name))
	return []string{s.create(t.Name, t.Doc) + s.list(query, columns(t)) +
		"FROM OPENROWSET(\n" +
		"    BULK " + text(load.Tables.Files(t.Name, "*", "*")) + ",\n" +
		"    DATA_SOURCE = 'graphlake',\n" +
		"    FORMAT = 'PARQUET'\n" +
		") WITH (\n" + list(declared) + ") AS r\n" +
		"WHERE " + s.like(1, load.AnyTenant) + " AND " + s.dated(2)}
}

func (s synapse) current(t, root schemas.Table) []string {
	var query []string
	for _, c := range t.Columns {
		query = append(query, "t."+s.name(c.Name))
	}
	query = append(query, "t."+s.name(tenantID.Name), "t."+s.name(date.Name)+" AS "+s.name(pictureDate.Name))
	return []string{s.create(currentName(t), currentDoc(t)) + list(query) +
		"FROM " + s.name(t.Name) + " AS t\n" +
		"INNER JOIN (SELECT [tenant_id], MAX([dt]) AS [dt] FROM " + s.name(root.Name) + " GROUP BY [tenant_id]) AS newest\n" +
		"    ON t.[tenant_id] = newest.[tenant_id] AND t.[dt] = newest.[dt]\n" +
		"WHERE t.[removed] = 0"}
}

// document reads each object as a file of values divided by a character that is in no JSON text, so that it
// is one row of one value.
func (s synapse) document(o document) []string {
	var query, ofObject, ofRow []string
	values := map[string]string{}
	for _, c := range o.Columns {
		at, row := o.where(c)
		declared := s.name(c.Name) + " " + s.typ(c) + " " + text(at) // in JSON no collation may be said
		values[c.Name] = "o." + s.name(c.Name)
		if row {
			values[c.Name] = "i." + s.name(c.Name)
			query, ofRow = append(query, "i."+s.name(c.Name)), append(ofRow, declared)
		} else {
			query, ofObject = append(query, "o."+s.name(c.Name)), append(ofObject, declared)
		}
	}
	var own []string
	for i, star := range o.stars {
		if star == date.Name {
			own = append(own, s.dated(i+1))
		} else {
			own = append(own, fmt.Sprintf("r.filepath(%d) = %s %s", i+1, values[star], utf8))
		}
	}
	if o.dated {
		query = append(query, "CAST(r.filepath(1) AS DATE) AS "+s.name(date.Name))
	}
	view := s.create(o.Name, o.Doc) + s.list(query, o.columns()) +
		"FROM OPENROWSET(\n" +
		"    BULK " + text(o.files("*")) + ",\n" +
		"    DATA_SOURCE = 'graphlake',\n" +
		"    FORMAT = 'CSV',\n" +
		"    FIELDTERMINATOR = '0x0b',\n" +
		"    FIELDQUOTE = '0x0b',\n" +
		"    ROWTERMINATOR = '0x0b'\n" +
		") WITH ([object] NVARCHAR(MAX)) AS r\n"
	if len(ofObject) > 0 {
		view += "CROSS APPLY OPENJSON(r.[object]) WITH (\n" + list(ofObject) + ") AS o\n"
	}
	apply := "CROSS APPLY"
	if o.bare {
		apply = "OUTER APPLY"
	}
	return []string{view + apply + " OPENJSON(r.[object], " + text(o.rows()) + ") WITH (\n" + list(ofRow) + ") AS i\n" +
		"WHERE " + strings.Join(own, " AND ")}
}

// dated says of a star that it is a date.
func (s synapse) dated(star int) string {
	return s.like(star, load.AnyDate) + fmt.Sprintf(" AND TRY_CAST(r.filepath(%d) AS DATE) IS NOT NULL", star)
}

// like says of a star what it stands for: here a pattern of files has no classes of characters.
func (synapse) like(star int, pattern string) string {
	return fmt.Sprintf("r.filepath(%d) LIKE '%s'", star, pattern)
}

// create begins a view. Its comments stay with its text in the database.
func (s synapse) create(name, doc string) string {
	return "-- " + line(doc) + "\nCREATE OR ALTER VIEW " + s.name(name) + " AS\nSELECT\n"
}

// list is the columns of a query with what they are, a line each.
func (synapse) list(columns []string, docs []schemas.Column) string {
	var out strings.Builder
	for i, c := range columns {
		if i < len(columns)-1 {
			c += ","
		}
		out.WriteString("    " + c + " -- " + line(docs[i].Doc) + zoneOf(docs[i]) + "\n")
	}
	return out.String()
}

// zoneOf says in which zone a column's instants are, for DATETIME2 has none.
func zoneOf(c schemas.Column) string {
	if c.Type == schemas.Timestamp || c.Type == schemas.UTCTime {
		return " In UTC."
	}
	return ""
}

// declare is a column of Parquet.
func (s synapse) declare(c schemas.Column) string {
	typ := s.typ(c)
	if strings.HasPrefix(typ, "VARCHAR") {
		typ += " " + utf8
	}
	return s.name(c.Name) + " " + typ
}

func (synapse) name(s string) string { return "[" + strings.ReplaceAll(s, "]", "]]") + "]" }

// Lengths of strings in bytes of UTF-8. Without any, Synapse takes 8000 of each and asks for memory by that;
// a value beyond its length would be cut or fail the query, so they are generous.
const (
	longestWord = 128  // what we chose from a list: a member's name, a time zone, a hash
	longestEnum = 512  // the directory's longest such value is of 128 characters (a city)
	longestName = 1024 // the longest name is of 256 characters; ids are shorter
	longestLink = 4096 // links to files, whose names are encoded, and to meetings
)

// typ is a column's type in T-SQL. Every string says how long it can be.
func (synapse) typ(c schemas.Column) string {
	switch c.Type {
	case schemas.Bool, schemas.Present:
		return "BIT"
	case schemas.Int32:
		return "INT"
	case schemas.Int64, schemas.DurationMS, schemas.Version:
		return "BIGINT"
	case schemas.Float64:
		return "FLOAT"
	case schemas.Decimal:
		return decimal
	case schemas.Timestamp, schemas.UTCTime:
		return "DATETIME2" // of instants in UTC
	case dateType:
		return "DATE"
	case schemas.LongText, schemas.JSON:
		return "VARCHAR(MAX)"
	default:
		return fmt.Sprintf("VARCHAR(%d)", longest(c))
	}
}

// longest is how many bytes a string can have.
func longest(c schemas.Column) int {
	switch {
	case c.Type == schemas.Member, c.Type == schemas.Zone, c.Type == schemas.Hash:
		return longestWord
	case c.Type == schemas.Enum:
		return longestEnum
	case strings.HasSuffix(c.Name, "_url"):
		return longestLink
	default:
		return longestName
	}
}

func (s synapse) view(name, doc, query string) []string {
	return []string{"-- " + line(doc) + "\nCREATE OR ALTER VIEW " + s.name(name) + " AS\n" + query}
}

func (synapse) words() template.FuncMap { return synapseWords() }

func (s synapse) null(c schemas.Column) string {
	return "CAST(NULL AS " + s.typ(c) + ") AS " + s.name(c.Name)
}
