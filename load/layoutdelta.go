package load

import (
	"fmt"
	"path"
	"strconv"
	"strings"
	"time"
)

// The names of the second lane, in which the tables lie once more, as Delta tables. Its data files have the hash of the
// plain file in their name, so that none is ever overwritten.
//
//	delta.json                                                                     how the tables of the lane are laid out; the first run that has it writes it, once
//	delta/<table>/_delta_log/<version, 20 digits>.json                             what a version changes; whoever publishes to the lane, once
//	delta/<table>/_delta_log/<version, 20 digits>.checkpoint.parquet               all that a version has; whoever notices that it is due
//	delta/<table>/_delta_log/_last_checkpoint                                      which the newest checkpoint is; after it
//	delta/<table>/tenant_id=<id>/dt=<date>/<hash>.parquet                          the bytes of a plain file; before the version that has it
//	delta/<table>/tenant_id=<id>/dt_month=<month>/<date>-<hash>.parquet            its rows, in the other form of the lane
//	delta/<table>/tenant_id=<id>/dt_month=<month>/<month>-<hash>.parquet           those of many days; a compaction
//	delta/<tenant id>/<table>/…                                                    the same where each tenant has tables of its own; then without tenant_id=<id>

// LaneObject says how the Delta tables of a lake are laid out.
const LaneObject = "delta.json"

// DeltaTables begins the names of all objects of Delta tables.
const DeltaTables = "delta/"

// The columns by which tables are partitioned: TenantColumn and DateColumn, in the plain lane too, or MonthColumn in the
// place of the date.
const (
	TenantColumn = "tenant_id"
	DateColumn   = "dt"
	MonthColumn  = "dt_month"
)

const (
	deltaLog  = "_delta_log/"
	lastCheck = "_last_checkpoint"
	checked   = ".checkpoint" + extension
	monthPart = MonthColumn + "="
	monthOnly = "2006-01"
)

// DeltaRoot is where a Delta table lies, without a slash at its end: that of all tenants, or of one.
func DeltaRoot(table, tenantID string) string { return path.Join(DeltaTables, tenantID, table) }

// ParseDelta is what an object of a Delta table is of: the table, the tenant if the table is one tenant's, and the name
// below the table's root.
func ParseDelta(object string) (table, tenantID, below string, ok bool) {
	rest, ok := strings.CutPrefix(object, DeltaTables)
	if !ok || CheckName(object) != nil {
		return "", "", "", false
	}
	if first, after, _ := strings.Cut(rest, "/"); IsTenant(first) {
		tenantID, rest = first, after
	}
	table, below, _ = strings.Cut(rest, "/")
	return table, tenantID, below, table != "" && below != ""
}

// DeltaLog begins the names of the log of the Delta table at a root.
func DeltaLog(root string) string { return root + "/" + deltaLog }

// DeltaEntry holds what a version of the Delta table at a root changes.
func DeltaEntry(root string, version int64) string {
	return fmt.Sprintf("%s%020d%s", DeltaLog(root), version, document)
}

// DeltaCheckpoint holds all that a version of the Delta table at a root has.
func DeltaCheckpoint(root string, version int64) string {
	return fmt.Sprintf("%s%020d%s", DeltaLog(root), version, checked)
}

// DeltaLastCheckpoint says which the newest checkpoint of the Delta table at a root is.
func DeltaLastCheckpoint(root string) string { return DeltaLog(root) + lastCheck }

// ParseDeltaLog is the inverse of [DeltaEntry] and [DeltaCheckpoint]; anything else is neither.
func ParseDeltaLog(root, object string) (version int64, checkpoint, ok bool) {
	name := path.Base(object)
	if len(name) < 20 {
		return 0, false, false
	}
	version, err := strconv.ParseInt(name[:20], 10, 64)
	if err != nil || version < 0 {
		return 0, false, false
	}
	checkpoint = strings.HasSuffix(name, checked)
	if checkpoint {
		return version, true, object == DeltaCheckpoint(root, version)
	}
	return version, false, object == DeltaEntry(root, version)
}

// DataFile is a data file of a Delta table, as its name says.
type DataFile struct {
	TenantID string    // "" where the table is one tenant's
	Date     time.Time // a midnight in UTC: the day, or the first one of the month of a file that is rolled
	ByMonth  bool      // it lies in the partition of its month
	Rolled   bool      // it holds many days of its month; always ByMonth
	Hash     string    // of the plain file; of a file that is rolled, over those of its days
}

// Path is the file's name below the root of its table.
func (f DataFile) Path() string {
	in, name := datePart+f.Date.Format(time.DateOnly), f.Hash
	if f.ByMonth {
		in, name = monthPart+f.Date.Format(monthOnly), f.Date.Format(time.DateOnly)+"-"+f.Hash
	}
	if f.Rolled {
		name = f.Date.Format(monthOnly) + "-" + f.Hash
	}
	if f.TenantID != "" {
		in = tenantPart + f.TenantID + "/" + in
	}
	return in + "/" + name + extension
}

// Values are those of the partition that the file lies in, by column.
func (f DataFile) Values() map[string]string {
	values := map[string]string{DateColumn: f.Date.Format(time.DateOnly)}
	if f.ByMonth {
		values = map[string]string{MonthColumn: f.Date.Format(monthOnly)}
	}
	if f.TenantID != "" {
		values[TenantColumn] = f.TenantID
	}
	return values
}

// Within begins the names of all data files of the file's partition, below the root of its table.
func (f DataFile) Within() string { return path.Dir(f.Path()) + "/" }

// ParseDataFile is the inverse of [DataFile.Path]; anything else is no data file of ours.
func ParseDataFile(below string) (f DataFile, ok bool) {
	rest := below
	if tenant, ok := strings.CutPrefix(below, tenantPart); ok {
		f.TenantID, rest, _ = strings.Cut(tenant, "/")
	}
	in, name, _ := strings.Cut(rest, "/")
	name, ok = strings.CutSuffix(name, extension)
	if !ok || len(name) < hashLength {
		return DataFile{}, false
	}
	said, month := strings.CutPrefix(in, monthPart)
	f.ByMonth, f.Hash = month, name[len(name)-hashLength:]
	var err error
	switch day := strings.TrimSuffix(name[:len(name)-hashLength], "-"); {
	case !month:
		f.Date, err = time.Parse(time.DateOnly, strings.TrimPrefix(in, datePart))
	case len(day) == len(monthOnly):
		f.Rolled = true
		f.Date, err = time.Parse(monthOnly, said)
	default:
		f.Date, err = time.Parse(time.DateOnly, day)
	}
	ok = err == nil && isHash(f.Hash) && (f.TenantID == "" || IsTenant(f.TenantID)) && f.Path() == below
	return f, ok
}

// LikeDataFile reports whether a name below the root of a Delta table is that of a Parquet file in a partition of ours, by
// whomever it was written.
func LikeDataFile(below string) bool {
	in, name := path.Split(below)
	if !strings.HasSuffix(name, extension) {
		return false
	}
	_, month, _ := strings.Cut(strings.TrimSuffix(in, "/"), monthPart)
	if month != "" {
		month += "-"
	}
	_, ok := ParseDataFile(in + month + strings.Repeat("0", hashLength) + extension)
	return ok
}

// hashLength is the letters of the hash of a file, as [Lake.Hash] gives it.
const hashLength = 32

func isHash(text string) bool {
	return len(text) == hashLength && strings.Trim(text, "0123456789abcdef") == ""
}

// DataFilesOf begins the names of all data files of a tenant, below the root of a table of all tenants.
func DataFilesOf(tenantID string) string { return tenantPart + tenantID + "/" }
