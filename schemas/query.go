package schemas

// Query is a question that readers ask of the tables, and the SQL that answers it, in DuckDB's dialect.
// Its relations are views named as the tables and, of pictures, <table>_current, which is the newest
// picture of each tenant without what is removed, or metrics where what comes to mind first of the tables is wrong; the columns in a
// partition's path, tenant_id and dt, are columns of the former. A query over days names those of one week, which whoever asks replaces.
type Query struct {
	Question string
	SQL      string // begins with a line's end, and ends without
}
