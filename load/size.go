package load

import (
	"context"
	"time"
)

// Size is what partitions take.
type Size struct {
	Files int64 `json:"files"`
	Bytes int64 `json:"bytes"`
	Days  int   `json:"days"`  // that have any
	ADay  int64 `json:"a_day"` // bytes of one of the newest days, on average
}

// newestWeeks are the days that an average is of: whole weeks, for a Sunday has less than a Monday.
const newestWeeks = 28 * 24 * time.Hour

// Size adds up the partitions of some tables or datasets, of one tenant, or of all if tenantID is empty. It lists them and
// opens none.
func (l *Lake) Size(ctx context.Context, kind Kind, names []string, tenantID string) (s Size, err error) {
	days := map[time.Time]int64{}
	var newest time.Time
	for _, name := range names {
		for p, err := range l.List(ctx, kind, name, tenantID) {
			if err != nil {
				return s, err
			}
			s.Files++
			s.Bytes += p.Info.Size
			days[p.Date] += p.Info.Size
			if p.Date.After(newest) {
				newest = p.Date
			}
		}
	}
	s.Days = len(days)
	var n, sum int64
	for date, bytes := range days {
		if newest.Sub(date) < newestWeeks {
			n, sum = n+1, sum+bytes
		}
	}
	if n > 0 {
		s.ADay = sum / n
	}
	return s, nil
}
