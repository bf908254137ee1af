package views

import (
	"slices"
	"strings"

	"graphlake/load"
	"graphlake/schemas"
)

// A document is a table whose rows lie in JSON objects of the lake, in the array that Each names. As in other
// tables a path begins at the row, or at the object if it starts with a slash.
type document struct {
	schemas.Table
	files func(dates string) string // pattern of the objects' names; in a star is no slash
	stars [2]string                 // the columns that name an object: what its stars stand for. An object of another name is a copy
	dated bool                      // whether the first star is the date, and that the last column
	bare  bool                      // whether an object without rows is a row of nulls
}

// dateType is the type of a day in a document. Tables have it in their path only.
const dateType schemas.Type = 255

// runs is the reports that the lake keeps in runs/.
var runs = document{
	Table: schemas.Table{
		Name: "runs",
		Doc:  "A row per unit of a run: a dataset, a tenant and a range. A run that had nothing to do is a row without a unit.",
		Each: "units[]",
		Columns: []schemas.Column{
			{Name: "run", Path: "/run", Type: schemas.Hash, Doc: "Id of the run; sorts by time."},
			{Name: "started", Path: "/started", Type: schemas.Timestamp, Doc: "When the run began."},
			{Name: "ended", Path: "/ended", Type: schemas.Timestamp, Doc: "When the run ended."},
			{Name: "status", Path: "/status", Type: schemas.Enum, Doc: "The worst outcome of its units, or data."},
			{Name: "tenant", Path: "tenant", Type: schemas.Enum, Doc: "Name of the tenant in the configuration."},
			{Name: "dataset", Path: "dataset", Type: schemas.Enum, Doc: "The dataset."},
			{Name: "from", Path: "from", Type: schemas.Timestamp, Doc: "Start of the range, included."},
			{Name: "to", Path: "to", Type: schemas.Timestamp, Doc: "End of the range, not included."},
			{Name: "outcome", Path: "outcome", Type: schemas.Enum, Doc: "What became of the unit: data, empty, forbidden, failed and so on."},
			{Name: "records", Path: "records", Type: schemas.Int64, Doc: "Records that Graph has of the range."},
			{Name: "quarantined", Path: "quarantined", Type: schemas.Int64, Doc: "Of these, that could not be read."},
			{Name: "written", Path: "written", Type: schemas.Int64, Doc: "Partitions that changed."},
			{Name: "unchanged", Path: "unchanged", Type: schemas.Int64, Doc: "Partitions that were the same already."},
			{Name: "requests", Path: "requests", Type: schemas.Int64, Doc: "Requests to Graph."},
			{Name: "throttled", Path: "throttled", Type: schemas.Int64, Doc: "Of these, that Graph told to come later."},
			{Name: "seconds", Path: "seconds", Type: schemas.Float64, Doc: "How long the unit took."},
			{Name: "error_kind", Path: "error.kind", Type: schemas.Enum, Doc: "Kind of the error, if there was one."},
			{Name: "error_message", Path: "error.message", Type: schemas.LongText, Doc: "What the error says; not kept in a lake with pseudonyms."},
		},
	},
	files: load.ReportFiles,
	stars: [2]string{date.Name, "run"},
	dated: true,
	bare:  true,
}

// runChanges are the partitions that these say the runs have changed.
var runChanges = document{
	Table: schemas.Table{
		Name: "run_changes",
		Doc: "A row per partition that a run has changed: where the rows of a day come from, and when they last became others. " +
			"Reports of earlier versions name none.",
		Each: "changes[]",
		Columns: []schemas.Column{
			{Name: "run", Path: "/run", Type: schemas.Hash, Doc: "Id of the run; sorts by time."},
			{Name: "what", Path: "/what", Type: schemas.Enum, Doc: "What it was: run, replay, erase, expire, compact or vacuum."},
			{Name: "ended", Path: "/ended", Type: schemas.Timestamp, Doc: "When the run ended."},
			{Name: "tenant_id", Path: "tenant_id", Type: schemas.Enum, Doc: "The tenant."},
			{Name: "dataset", Path: "dataset", Type: schemas.Enum, Doc: "The dataset."},
			{Name: "kind", Path: "kind", Type: schemas.Enum, Doc: "Where in the lake the partition lies: raw, tables or quarantine."},
			{Name: "table_name", Path: "table", Type: schemas.Enum, Doc: "The table; of raw and quarantine the dataset."},
			{Name: "partition_dt", Path: "dt", Type: dateType, Doc: "The UTC date of the partition; dt is that of the run."},
			{Name: "rows_after", Path: "rows", Type: schemas.Int64, Doc: "Rows that it has since."},
			{Name: "rows_before", Path: "rows_before", Type: schemas.Int64, Doc: "Rows that it had, by what the last run has counted; null if nobody has."},
		},
	},
	files: load.ReportFiles,
	stars: [2]string{date.Name, "run"},
	dated: true,
}

// daysFiles are the objects that say what the lake holds of each day: of a tenant and a dataset one.
func daysFiles(string) string { return load.DaysFiles }

var ofPair = [2]string{"tenant_id", "dataset"}

// coverage is the days of those objects.
var coverage = document{
	Table: schemas.Table{
		Name: "coverage",
		Doc: "A row per tenant, dataset and day: what the tables hold of the day. By it a quiet day is told from a gap. " +
			"A dataset that no run has read yet has no rows.",
		Each: "days[]",
		Columns: []schemas.Column{
			{Name: "tenant_id", Path: "tenant_id", Type: schemas.Enum, Doc: "The tenant."},
			{Name: "dataset", Path: "dataset", Type: schemas.Enum, Doc: "The dataset."},
			{Name: "dt", Path: "dt", Type: dateType, Doc: "The UTC date of the day."},
			{Name: "outcome", Path: "outcome", Type: schemas.Enum, Doc: "data: read whole, with records; " +
				"empty: read, and there was nothing; " +
				"partial: read, but some parents or records are behind, or a part of the day, or the last reading is doubted or was broken off; " +
				"refused: not permitted; " +
				"off: the tenant lacks it; " +
				"missing: due and not read; " +
				"late: raw is newer than the tables; " +
				"missed: nobody took that picture; " +
				"expired: Graph had forgotten it before it was read whole; " +
				"removed: older than the lake keeps."},
			{Name: "records", Path: "records", Type: schemas.Int64, Doc: "Records that raw holds of the day, or held before it was removed, counted when it was published; null if nobody has counted."},
			{Name: "read_time", Path: "read_time", Type: schemas.Timestamp, Doc: "When the day was last read, of several parts the earliest; null if it never was."},
			{Name: "removed", Path: "removed", Type: schemas.Enum, Doc: "What of the day was removed because it is older than the lake keeps: raw, tables, or 'raw, tables'; null if nothing was. As long as the tables stand, outcome says what they are."},
		},
	},
	files: daysFiles,
	stars: ofPair,
}

// incomplete is what the same objects say is lacking in days that were read.
var incomplete = document{
	Table: schemas.Table{
		Name: "incomplete",
		Doc:  "A row per parent (a user, a chat, a team) or record that could not be read: what a day with the outcome partial lacks. Later runs read it.",
		Each: "incomplete[]",
		Columns: []schemas.Column{
			{Name: "tenant_id", Path: "tenant_id", Type: schemas.Enum, Doc: "The tenant."},
			{Name: "dataset", Path: "dataset", Type: schemas.Enum, Doc: "The dataset."},
			{Name: "kind", Path: "kind", Type: schemas.Enum, Doc: "What could not be read: a parent with its records, or a record."},
			{Name: "id", Path: "id", Type: schemas.String, Doc: "Id of the parent or the record."},
			{Name: "from_time", Path: "from_time", Type: schemas.Timestamp, Doc: "Start of what is lacking, included."},
			{Name: "to_time", Path: "to_time", Type: schemas.Timestamp, Doc: "End of what is lacking, not included."},
			{Name: "since_time", Path: "since_time", Type: schemas.Timestamp, Doc: "Since when it could not be read; null if that is not known."},
			{Name: "reason", Path: "reason", Type: schemas.LongText, Doc: "Kind of the error, with the status and the code of Graph."},
		},
	},
	files: daysFiles,
	stars: ofPair,
}

// where is the JSON path of a column, and whether it begins at the row.
func (document) where(c schemas.Column) (path string, ofRow bool) {
	if c.Path[0] == '/' {
		return "$." + string(c.Path[1:]), false
	}
	return "$." + string(c.Path), true
}

// rows is the JSON path of the array.
func (d document) rows() string { return "$." + strings.TrimSuffix(string(d.Each), "[]") }

// columns are those of the view.
func (d document) columns() []schemas.Column {
	if d.dated {
		return slices.Concat(d.Columns, []schemas.Column{date})
	}
	return d.Columns
}
