// Package schemas is graphlake's vocabulary: what a dataset is, where Microsoft Graph serves it,
// and which tables its records become.
//
// A dataset is a value: one literal that code, documentation, tests, SQL and permission lists all
// read. It holds no functions, does no I/O and does not know the time. [Dataset.Validate] says
// whether one is sound. A [Set] of them is handed to whoever needs one; [BuiltIn] comes with the
// program. No other package names a dataset or a column.
package schemas
