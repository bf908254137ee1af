package views

import "graphlake/schemas"

// runs is the reports that the lake keeps in runs/, as a table. As in other tables a path begins at the unit,
// or at the report if it starts with a slash.
var runs = schemas.Table{
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
}

// where is the JSON path of a column of runs, and whether it begins at the unit.
func where(c schemas.Column) (path string, ofUnit bool) {
	if c.Path[0] == '/' {
		return "$." + string(c.Path[1:]), false
	}
	return "$." + string(c.Path), true
}
