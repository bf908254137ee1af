package views

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"graphlake/load"
	"graphlake/schemas"
)

// A DeltaTable holds the rows of a table in the lake's second lane, those of all tenants or of one.
type DeltaTable struct {
	Root     string   // below the lake, as delta/calls
	TenantID string   // whose rows they are; "" if a column says it
	Lacks    []string // columns that it has not got: an earlier version has written it
}

// lane is the Delta tables that views are of, by the name of the table; nil if they are of the plain files. In which of its forms the lane is, no view
// has to know: dt is a column in both.
type lane map[string][]DeltaTable

// laneNote is what a script says of them.
const laneNote = "The tables are the Delta tables below " + load.DeltaTables + ": a query sees one version of each. What is no table, as coverage and runs, is read from the lake's own files."

// eachColumn are the columns of a table's view as a query of one of its Delta tables has them. What that lacks is null; cast
// says how others are read.
func eachColumn(d metricDialect, t schemas.Table, of DeltaTable, cast func(c schemas.Column) string) (all []string) {
	for _, c := range t.Columns {
		if slices.Contains(of.Lacks, c.Name) {
			all = append(all, d.null(c))
		} else {
			all = append(all, cast(c))
		}
	}
	tenant := d.name(tenantID.Name)
	if of.TenantID != "" {
		tenant = text(of.TenantID) + " AS " + tenant
	}
	return append(all, tenant, d.name(date.Name))
}

// unionOf is the rows of all Delta tables of a table.
func (l lane) unionOf(t schemas.Table, query func(of DeltaTable) string) string {
	var all []string
	for _, of := range l[t.Name] {
		all = append(all, query(of))
	}
	return strings.Join(all, "\nUNION ALL\n")
}

// unread says which character of the lake's name keeps DuckDB's extension, as of DuckDB 1.5, from data files whose log it finds.
func (p Place) unread() error {
	i := strings.IndexFunc(p.Dir+p.Container+p.Prefix, func(r rune) bool { return r == '%' || r > unicode.MaxASCII })
	if i < 0 {
		return nil
	}
	r := []rune((p.Dir + p.Container + p.Prefix)[i:])[0]
	return fmt.Errorf("the lake has a character in its name with which DuckDB's extension for Delta tables finds no files, %q: %s", r, linkCure)
}

// deltaLake is the lake by a name that DuckDB's extension understands: it looks for the account in the secret only.
func (d duckDB) deltaLake() string {
	if d.at.Dir != "" {
		return d.at.Dir
	}
	return "az://" + strings.TrimRight(d.at.Container+"/"+d.at.Prefix, "/")
}

func (d duckDB) deltaTable(t schemas.Table) []string {
	query := d.lane.unionOf(t, func(of DeltaTable) string {
		values := eachColumn(d, t, of, func(c schemas.Column) string {
			if c.Type == schemas.JSON { // which is a string there
				return "CAST(" + d.name(c.Name) + " AS JSON) AS " + d.name(c.Name)
			}
			return d.name(c.Name)
		})
		return "SELECT\n" + list(values) + "FROM delta_scan(" + text(d.deltaLake()+"/"+of.Root) + ")"
	})
	view := "CREATE OR REPLACE VIEW " + d.name(t.Name) + " AS\n" + query
	return append([]string{view}, d.comments(t.Name, t.Doc, columns(t))...)
}

// deltaCurrent joins: then DuckDB opens of the pictures but the newest their footers only.
func (d duckDB) deltaCurrent(t, root schemas.Table) []string {
	var query []string
	for _, c := range t.Columns {
		query = append(query, "t."+d.name(c.Name))
	}
	query = append(query, "t."+d.name(tenantID.Name), "t."+d.name(date.Name)+" AS "+d.name(pictureDate.Name))
	view := d.create(currentName(t)) + list(query) + "FROM " + d.name(t.Name) + " AS t\n" +
		"JOIN (SELECT tenant_id, max(dt) AS dt FROM " + d.name(root.Name) + " GROUP BY tenant_id) AS newest\n" +
		"    ON t.tenant_id = newest.tenant_id AND t.dt = newest.dt\n" +
		"WHERE NOT t." + d.name("removed")
	return []string{view, d.comment("VIEW", d.name(currentName(t)), currentDoc(t))}
}

func (s spark) deltaTable(t schemas.Table) []string {
	var said []string
	for _, c := range columns(t) {
		said = append(said, s.name(c.Name)+" COMMENT "+s.text(line(c.Doc)))
	}
	return []string{"-- " + line(t.Doc) + "\nCREATE OR REPLACE TEMPORARY VIEW " + s.name(t.Name) + " (\n" + list(said) + ") COMMENT " + s.text(line(t.Doc)) + " AS\n" +
		s.lane.unionOf(t, func(of DeltaTable) string {
			values := eachColumn(s, t, of, func(c schemas.Column) string { return s.name(c.Name) })
			return "SELECT\n" + list(values) + "FROM delta." + s.name(s.lake()+"/"+of.Root)
		})}
}

// deltaTable declares the columns: else the pool takes 8000 bytes for each text.
func (s synapse) deltaTable(t schemas.Table) []string {
	return []string{"-- " + line(t.Doc) + "\nCREATE OR ALTER VIEW " + s.name(t.Name) + " AS\n" + s.lane.unionOf(t, func(of DeltaTable) string {
		var declared []string
		for _, c := range t.Columns {
			if !slices.Contains(of.Lacks, c.Name) {
				declared = append(declared, s.declare(c))
			}
		}
		if of.TenantID == "" {
			declared = append(declared, s.name(tenantID.Name)+" VARCHAR(36) "+utf8)
		}
		declared = append(declared, s.name(date.Name)+" DATE")
		values := eachColumn(s, t, of, func(c schemas.Column) string { return "r." + s.name(c.Name) })
		return "SELECT\n" + s.list(values, columns(t)) + "FROM OPENROWSET(\n" +
			"    BULK " + text(of.Root+"/") + ",\n" +
			"    DATA_SOURCE = 'graphlake',\n" +
			"    FORMAT = 'DELTA'\n" +
			") WITH (\n" + list(declared) + ") AS r"
	})}
}
