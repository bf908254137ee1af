package jobs

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"time"

	"github.com/apache/arrow-go/v18/arrow/array"

	"graphlake/extract"
	"graphlake/load"
	"graphlake/schemas"
)

// likeDays is how long before a day those are that were probably like it, the likeliest first: as long as both are of the
// week, or of its end.
var likeDays = []time.Duration{7 * schemas.Day, schemas.Day, 3 * schemas.Day}

func alike(a, b time.Time) bool { return atWeekend(a) == atWeekend(b) }

func atWeekend(day time.Time) bool {
	return day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
}

// addStarts says to a reading when the records of the range lie, if its list has pages to be filled: as raw holds them, or,
// on a day of which raw does not hold all, as it holds them of one that was like it.
func (u *unit) addStarts(ctx context.Context, o *extract.Options) error {
	if u.Dataset.Source.Window.Page == 0 {
		return nil
	}
	for _, date := range u.Range.Days() {
		back := []time.Duration{0}
		if u.New > 0 {
			back, o.Guessed = likeDays, true
		}
		for _, n := range back {
			if !alike(date, date.Add(-n)) {
				continue
			}
			before := len(o.Starts)
			if err := u.startsOf(ctx, date.Add(-n), n, &o.Starts); err != nil {
				return err
			}
			if len(o.Starts) > before {
				break
			}
		}
	}
	slices.SortFunc(o.Starts, time.Time.Compare)
	return nil
}

// startsOf adds the times of the records that raw holds of a day, so much later.
func (u *unit) startsOf(ctx context.Context, date time.Time, later time.Duration, all *[]time.Time) error {
	t := schemas.RawTable(u.Dataset).Only(schemas.RecordTime)
	at := slices.IndexFunc(t.Columns, func(c schemas.Column) bool { return c.Name == schemas.RecordTime })
	for batch, err := range u.open.lake.Read(ctx, u.open.raw(date), t) {
		switch {
		case errors.Is(err, fs.ErrNotExist), errors.Is(err, load.ErrDamaged):
			return nil // of what is damaged, the merge says so
		case err != nil:
			return err
		}
		times, ok := batch.Column(at).(*array.Timestamp)
		if !ok {
			return nil
		}
		for i := range times.Len() {
			if times.IsValid(i) {
				*all = append(*all, time.UnixMicro(int64(times.Value(i))).UTC().Add(later))
			}
		}
	}
	return nil
}
