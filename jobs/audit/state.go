package audit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/apache/arrow-go/v18/arrow/array"

	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/schemas"
)

// behind finds who could not be read.
func (a *audit) behind(st state.State) {
	var who []state.Behind
	for _, b := range st.Missing() {
		if a.touched(b.From, b.To) {
			who = append(who, b)
		}
	}
	if len(who) == 0 {
		return
	}
	f := a.finding(FoundRefused, ofRaw, who[0].From, int64(len(who)))
	f.From, f.To, f.Who = who[0].From, who[0].To, who
	for _, b := range who {
		f.From, f.To = schemas.Earlier(f.From, b.From), schemas.Later(f.To, b.To)
	}
	f.Date = f.From.Format(time.DateOnly)
	a.findings = append(a.findings, f)
}

// touched reports whether a time has to do with what is asked for.
func (a *audit) touched(from, to time.Time) bool {
	r := a.selection.Range(a.auditor.Now)
	return !a.selection.Ranged() || from.Before(r.To) && to.After(r.From)
}

// lost finds what Graph has forgotten before it was read whole, and nobody has accepted.
func (a *audit) lost(st state.State) {
	for _, l := range st.Lost {
		if !a.touched(l.From, l.To) {
			continue
		}
		f := a.finding(FoundLost, ofRaw, l.From, 1)
		f.From, f.To = l.From, l.To
		if l.Parent+l.Record != "" {
			f.Who = []state.Behind{{Parent: l.Parent, Record: l.Record, From: l.From, To: l.To, Reason: "forgotten", Since: l.Noted}}
		} else {
			f.Count = int64(len(schemas.Range{From: l.From, To: l.To}.Days()))
		}
		a.findings = append(a.findings, f)
	}
}

// future finds partitions of days that have not come: some clock was ahead when they were written.
func (a *audit) future(partitions map[time.Time]bool) {
	end := a.auditor.Now.UTC().Add(schemas.Day + a.dataset.Ahead) // a day more, because clocks differ
	for date := range partitions {
		if date.After(end) && a.within(date) {
			a.findings = append(a.findings, a.finding(FoundFuture, "", date, 1))
		}
	}
}

// fits finds values that did not fit their column, a finding a column.
func (a *audit) fits() {
	columns := map[[2]string]misfits{}
	for m, n := range a.misfits {
		key := [2]string{m.Table, m.Column}
		sum := columns[key]
		columns[key] = misfits{sum.count + n.count, schemas.Later(sum.day, n.day)}
	}
	for key, n := range columns {
		f := a.finding(FoundMisfits, key[0], n.day, n.count)
		f.Column, f.Warning = key[1], true
		a.findings = append(a.findings, f)
	}
}

// keysAtOnce are compared in memory; of more, a part after the other.
const keysAtOnce = 4 << 20

// moves finds records that lie on more than one day: one that moved, and whose older copy nobody has looked for.
// Copies that are marked as removed do not count: they say that the record is not there any more.
func (a *audit) moves(ctx context.Context, st state.State, partitions map[time.Time]bool) error {
	if a.dataset.Mode != schemas.Windowed && a.dataset.Mode != schemas.Changes {
		return nil
	}
	var days []time.Time
	var rows int64
	for date := range partitions {
		if !a.within(date) || st.IsDirty(date) || st.IsRemoved(load.Raw, date) {
			continue
		}
		n, err := a.lake.Count(ctx, a.raw(date))
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, load.ErrDamaged) {
			continue // that is found otherwise
		}
		if err != nil {
			return err
		}
		days, rows = append(days, date), rows+n
	}
	slices.SortFunc(days, time.Time.Compare)
	parts := int(rows/keysAtOnce) + 1
	twice := map[[2]time.Time]int64{}
	for part := range parts {
		if err := a.movesOf(ctx, days, part, parts, twice); err != nil {
			return err
		}
	}
	for between, n := range twice {
		f := a.finding(FoundDuplicate, ofRaw, between[1], n)
		f.From, f.To = between[0], between[1].Add(schemas.Day)
		a.doubled[between[1]] = true
		a.findings = append(a.findings, f)
	}
	return nil
}

// movesOf counts, for a part of all keys, those that lie on two days.
func (a *audit) movesOf(ctx context.Context, days []time.Time, part, parts int, twice map[[2]time.Time]int64) error {
	type lies struct {
		key load.KeyHash
		on  int32 // in days
	}
	var all []lies
	raw := schemas.RawTable(a.dataset)
	narrow := raw.Only(schemas.RawRemoved)
	for i, date := range days {
		for rec, err := range a.lake.Read(ctx, a.raw(date), narrow) {
			if errors.Is(err, load.ErrDamaged) || errors.Is(err, fs.ErrNotExist) {
				break
			}
			if err != nil {
				return fmt.Errorf("%s: %w", date.Format(time.DateOnly), err)
			}
			var removed *array.Boolean
			if at := rec.Schema().FieldIndices(schemas.RawRemoved); len(at) > 0 {
				removed, _ = rec.Column(at[0]).(*array.Boolean)
			}
			for row, k := range load.KeysOf(rec, raw.Key) {
				if int(k.Hash[0])%parts == part && (removed == nil || removed.IsNull(row) || !removed.Value(row)) {
					all = append(all, lies{k.Hash, int32(i)})
				}
			}
		}
	}
	slices.SortFunc(all, func(one, other lies) int {
		if c := bytes.Compare(one.key[:], other.key[:]); c != 0 {
			return c
		}
		return int(one.on) - int(other.on)
	})
	for i := 1; i < len(all); i++ {
		if one, other := all[i-1], all[i]; one.key == other.key && one.on != other.on {
			twice[[2]time.Time{days[one.on], days[other.on]}]++
		}
	}
	return nil
}
