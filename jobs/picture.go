package jobs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"graphlake/extract/graph"
	"graphlake/load"
	"graphlake/schemas"
)

// picture is what today's picture is made over, of an entity set; of a window nothing.
type picture struct {
	older  *load.Partition // the newest one; nil: there is none
	cursor string          // where the delta stands behind it; empty: everything is read
}

// days are those of which raw holds records that need not be read again.
func (p picture) days(u *unit) []time.Time {
	switch {
	case !u.Dataset.Mode.Pictures():
		return u.Range.Days()
	case p.older != nil:
		return []time.Time{p.older.Date}
	}
	return nil
}

// takePicture takes today's picture: the newest one with what a delta says has changed since, or else, where
// there is no delta or no cursor, what a reading of everything gives, with what it no longer lists
// marked as removed. Far less than before is not believed: then the newest picture stays.
//
// A picture that is damaged is as if it were not there: the one before it is gone on from, by a reading of everything.
func (u *unit) takePicture(ctx context.Context) (days published, err error) {
	p, err := u.newestPicture(ctx)
	for err == nil {
		days, err = u.readAndMerge(ctx, p)
		damaged, ok := errors.AsType[*load.DamagedError](err)
		if !ok || p.older == nil || damaged.Partition != *p.older {
			break
		}
		u.open.log.WarnContext(ctx, "a picture is damaged, so the one before it is gone on from", "date", p.older.Date.Format(time.DateOnly), "error", err)
		p.cursor = ""
		p.older, err = u.pictureBefore(ctx, p.older.Date)
	}
	return days, err
}

// mostAgain is how often everything is read from the start because the token of a page had run out.
const mostAgain = 3

// refusesCursor says whether an error of Graph's may be the cursor's fault, as all may be but those that say
// otherwise. It is dropped then: whatever is wrong with a cursor would be wrong every night.
func refusesCursor(err error) bool {
	e, ok := errors.AsType[*graph.Error](err)
	return ok && !e.SignIn && e.Kind != graph.Throttled
}

// newestPicture is the newest picture and the cursor behind it; neither, where the picture is missing, and no
// cursor where the delta was asked for other properties than the columns have now: it would give those
// that are new only of records that change. Nor is there one behind a picture that was restored, or that a
// clock has dated which was ahead.
func (u *unit) newestPicture(ctx context.Context) (picture, error) {
	st := u.open.state.View()
	if st.Picture.IsZero() {
		return picture{}, nil
	}
	if st.Picture.After(u.Range.From) {
		older, err := u.pictureBefore(ctx, u.Range.To)
		return picture{older: older}, err
	}
	p := u.open.raw(st.Picture)
	there, err := u.open.lake.Exists(ctx, p)
	if err != nil || !there {
		return picture{}, err
	}
	if st.Cursor == "" || st.Selected != u.selected() {
		return picture{older: &p}, nil
	}
	if st.PictureHash == "" || st.Unsure(u.Range) { // a run was cut off behind it: to apply changes twice is to apply them once
		return picture{&p, st.Cursor}, nil
	}
	hash, err := u.open.lake.Hash(ctx, p)
	if err != nil || hash != st.PictureHash {
		return picture{older: &p}, err
	}
	return picture{&p, st.Cursor}, nil
}

// pictureBefore is the newest picture of the days before one.
func (u *unit) pictureBefore(ctx context.Context, day time.Time) (newest *load.Partition, err error) {
	st := u.open.state.View()
	for p, err := range u.open.lake.Partitions(ctx, load.Raw, u.Dataset.Name, u.Tenant.ID) {
		if err != nil {
			return nil, err
		}
		if p.Date.Before(day) && !st.IsRemoved(load.Raw, p.Date) {
			newest = &p
		}
	}
	return newest, nil
}

// selected says what is asked for of a delta, and who is left out of what it gives: of others it would not give all.
func (u *unit) selected() string {
	if u.Dataset.Source.Paging != schemas.Delta {
		return ""
	}
	sum := sha256.Sum256([]byte(strings.Join(u.Dataset.Select(), ",") + u.excluded().Digest()))
	return hex.EncodeToString(sum[:8])
}
