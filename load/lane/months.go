package lane

// Form months: a partition is a month, and dt is a column of the data files. A month is in one of two states.
//
//   - Of days: each day has a file, which has the hash of its plain file in its name.
//   - Rolled: one file has all days that the plain lane has of the month, and in its name the hash over theirs. Compact
//     rolls months, and only whole ones.
//
// Whatever is live was made of plain files, and of nothing else: a day that changes in a rolled month puts the files of the
// other days back beside its own, from the plain lane, in the version in which the rolled file goes. Where days only go, as by
// an expire, the rest is rolled anew in their version. A live file that we have not written, as somebody's OPTIMIZE leaves one,
// holds days that nobody knows: it goes in the same way.

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"time"

	"graphlake/load"
	"graphlake/load/delta"
	"graphlake/schemas"
)

// RolledHash is the hash in the name of a rolled month's file, by the hashes of the plain files of its days.
func RolledHash(days map[time.Time]string) string {
	sum := sha256.New()
	for _, date := range slices.SortedFunc(maps.Keys(days), time.Time.Compare) {
		fmt.Fprintf(sum, "%s %s\n", date.UTC().Format(time.DateOnly), days[date])
	}
	return hex.EncodeToString(sum.Sum(nil)[:16])
}

// month is the partition of a month of a table of a tenant, as it is live.
type month struct {
	of     load.DataFile            // a file of it but for its hash; its date is the first of the month
	days   map[time.Time]delta.File // files of one day
	rolled []delta.File             // at most one of ours
	others []delta.File             // whose days nobody knows
}

func firstOfMonth(date time.Time) time.Time {
	return time.Date(date.UTC().Year(), date.UTC().Month(), 1, 0, 0, 0, 0, time.UTC)
}

// months sorts live files of a tenant by their months.
func (l *Lane) months(tenantID string, live map[string]delta.File) map[time.Time]*month {
	all := map[time.Time]*month{}
	for _, path := range slices.Sorted(maps.Keys(live)) {
		first, err := time.Parse(monthLayout, live[path].Values[load.MonthColumn])
		if err != nil {
			continue // of no month of ours
		}
		if all[first] == nil {
			all[first] = l.month(tenantID, first)
		}
		all[first].add(path, live[path])
	}
	return all
}

const monthLayout = "2006-01"

func (l *Lane) month(tenantID string, date time.Time) *month {
	return &month{of: l.file(tenantID, firstOfMonth(date)), days: map[time.Time]delta.File{}}
}

func (m *month) add(path string, f delta.File) {
	of, ok := load.ParseDataFile(path)
	_, twice := m.days[of.Date]
	switch {
	case !ok || !of.ByMonth || twice && !of.Rolled || !firstOfMonth(of.Date).Equal(m.of.Date):
		m.others = append(m.others, f)
	case of.Rolled:
		m.rolled = append(m.rolled, f)
	default:
		m.days[of.Date] = f
	}
}

// ofDays reports whether each day has a file of its own.
func (m *month) ofDays() bool { return len(m.rolled) == 0 && len(m.others) == 0 }

// plainMonths are the days that the plain lane has of each month of a table of a tenant, with no hashes yet.
func (l *Lane) plainMonths(ctx context.Context, t schemas.Table, tenantID string) (map[time.Time]map[time.Time]string, error) {
	plain := map[time.Time]map[time.Time]string{}
	for p, err := range l.lake.Partitions(ctx, load.Tables, t.Name, tenantID) {
		if err != nil {
			return nil, err
		}
		first := firstOfMonth(p.Date)
		if plain[first] == nil {
			plain[first] = map[time.Time]string{}
		}
		plain[first][p.Date] = ""
	}
	return plain, nil
}

// isRolled reports whether one file has all days.
func (m *month) isRolled() bool { return len(m.rolled) == 1 && len(m.days) == 0 && len(m.others) == 0 }

// monthPartitions are those of form months.
func (l *Lane) monthPartitions(ctx context.Context, p publication) (all []delta.Partition, err error) {
	months := l.months(p.tenantID, p.live)
	w := monthWriter{Lane: l, held: p.held, table: p.table, tenantID: p.tenantID, live: p.live}
	w.doubted = slices.ContainsFunc(p.days, func(d Day) bool { return !d.Removed && d.Hash == "" })
	for _, days := range byMonth(p.days) {
		m := months[firstOfMonth(days[0].Partition.Date)]
		if m == nil {
			m = l.month(p.tenantID, days[0].Partition.Date)
		}
		files, err := w.publish(ctx, m, days)
		if err != nil {
			return nil, err
		}
		all = append(all, delta.Partition{Values: m.of.Values(), Files: files})
	}
	return all, nil
}

// byMonth cuts days, which are in order, into those of each month.
func byMonth(days []Day) (all [][]Day) {
	for _, d := range days {
		n := len(all)
		if n == 0 || !firstOfMonth(all[n-1][0].Partition.Date).Equal(firstOfMonth(d.Partition.Date)) {
			all = append(all, nil)
			n++
		}
		all[n-1] = append(all[n-1], d)
	}
	return all
}

// monthWriter writes data files of months of a table of a tenant.
type monthWriter struct {
	*Lane
	held     func() error
	table    schemas.Table
	tenantID string
	live     map[string]delta.File              // by path, of the months that it writes
	listed   map[time.Time]map[time.Time]string // of the plain lane; nil until somebody asks for it
	doubted  bool                               // whoever publishes does not believe that live files are whole
}

// plain are the days that the plain lane has of a month, with no hashes yet. They are the caller's.
func (w *monthWriter) plain(ctx context.Context, first time.Time) (map[time.Time]string, error) {
	if w.listed == nil {
		var err error
		if w.listed, err = w.plainMonths(ctx, w.table, w.tenantID); err != nil {
			return nil, err
		}
	}
	days := maps.Clone(w.listed[first])
	if days == nil {
		days = map[time.Time]string{}
	}
	return days, nil
}

// publish gives what is to be live of a month of which some days are published.
func (w *monthWriter) publish(ctx context.Context, m *month, days []Day) ([]delta.File, error) {
	if !m.ofDays() {
		return w.replaceWhole(ctx, m, days)
	}
	for _, d := range days {
		date := d.Partition.Date
		hash, there, err := w.hash(ctx, d)
		if err != nil {
			return nil, err
		}
		if !there {
			delete(m.days, date)
			continue
		}
		if m.days[date], err = w.day(ctx, date, hash); err != nil {
			return nil, err
		}
	}
	return sortedFiles(m.days), nil
}

// replaceWhole gives what is to be live of a month that has files of more than a day each.
func (w *monthWriter) replaceWhole(ctx context.Context, m *month, days []Day) ([]delta.File, error) {
	plain, err := w.plain(ctx, m.of.Date)
	if err != nil {
		return nil, err
	}
	onlyGo := true
	for _, d := range days {
		hash, there, err := w.hash(ctx, d)
		if err != nil {
			return nil, err
		}
		if delete(plain, d.Partition.Date); there {
			plain[d.Partition.Date], onlyGo = hash, false
		}
	}
	if len(plain) == 0 {
		return nil, nil
	}
	if err := w.hashAll(ctx, plain); err != nil {
		return nil, err
	}
	rolled := m.of
	rolled.Rolled, rolled.Hash = true, RolledHash(plain)
	if m.isRolled() && (onlyGo || m.rolled[0].Path == rolled.Path()) {
		f, err := w.file(ctx, rolled, plain)
		return []delta.File{f}, err
	}
	files := map[time.Time]delta.File{}
	for date, hash := range plain {
		if files[date], err = w.day(ctx, date, hash); err != nil {
			return nil, err
		}
	}
	return sortedFiles(files), nil
}

// hash is that of a day's plain file, if it is to be live and there.
func (w *monthWriter) hash(ctx context.Context, d Day) (hash string, there bool, err error) {
	if d.Removed || d.Hash != "" {
		return d.Hash, !d.Removed, nil
	}
	hash, err = w.lake.Hash(ctx, d.Partition)
	if errors.Is(err, fs.ErrNotExist) {
		return "", false, nil
	}
	return hash, err == nil, err
}

// hashAll finds the hashes of days that are not known. A day that is gone meanwhile is none.
func (w *monthWriter) hashAll(ctx context.Context, days map[time.Time]string) error {
	for date, hash := range days {
		if hash != "" {
			continue
		}
		hash, there, err := w.hash(ctx, Day{Partition: w.partition(date)})
		if err != nil {
			return err
		}
		if days[date] = hash; !there {
			delete(days, date)
		}
	}
	return nil
}

func (w *monthWriter) partition(date time.Time) load.Partition {
	return load.Partition{Kind: load.Tables, Name: w.table.Name, TenantID: w.tenantID, Date: date}
}

// day is the data file of a day.
func (w *monthWriter) day(ctx context.Context, date time.Time, hash string) (delta.File, error) {
	of := w.Lane.file(w.tenantID, date)
	of.Hash = hash
	return w.file(ctx, of, map[time.Time]string{date: hash})
}

// file is a data file with the rows of some days. It is written, unless it is there. Of one that is live its size is looked at,
// and its footer where it is doubted.
func (w *monthWriter) file(ctx context.Context, of load.DataFile, days map[time.Time]string) (delta.File, error) {
	object := w.Root(w.table, w.tenantID) + "/" + of.Path()
	live, known := w.live[of.Path()]
	if known && !w.doubted {
		if there, err := w.holds(ctx, object, live.Size); err != nil || there {
			return live, err
		}
	}
	var dated []load.Dated
	for _, date := range slices.SortedFunc(maps.Keys(days), time.Time.Compare) {
		dated = append(dated, load.Dated{Partition: w.partition(date), Hash: days[date]})
	}
	done, err := w.lake.Under(w.held).WriteDated(ctx, object, live.Size, w.table, dated)
	switch {
	case err != nil:
		return delta.File{}, err
	case known && done.Bytes != live.Size:
		return delta.File{}, fmt.Errorf("%s was lost, and made again it has %d bytes and not %d: remove %s, and run graphlake replay --delta with the range of all days",
			object, done.Bytes, live.Size, w.Root(w.table, w.tenantID))
	case known:
		return live, nil
	}
	return delta.File{Path: of.Path(), Values: of.Values(), Size: done.Bytes, Rows: done.Rows, Modified: w.options.Now(), Stats: statsOf(done)}, nil
}

// statsOf are the statistics by which readers skip files. Of all columns only the day has bounds: what people are called would
// stand in the log.
func statsOf(f load.DatedFile) string {
	if f.Rows == 0 {
		return `{"numRecords":0,"nullCount":{"` + load.DateColumn + `":0}}`
	}
	return fmt.Sprintf(`{"numRecords":%d,"minValues":{"%[2]s":"%[3]s"},"maxValues":{"%[2]s":"%[4]s"},"nullCount":{"%[2]s":0}}`,
		f.Rows, load.DateColumn, f.First.Format(time.DateOnly), f.Last.Format(time.DateOnly))
}

func sortedFiles(days map[time.Time]delta.File) (all []delta.File) {
	for _, date := range slices.SortedFunc(maps.Keys(days), time.Time.Compare) {
		all = append(all, days[date])
	}
	return all
}
