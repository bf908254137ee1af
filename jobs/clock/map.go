package clock

import (
	"context"
	"errors"
	"slices"
	"time"

	"graphlake/internal/foreign"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/schemas"
)

// Map is what the lake holds of some days, a row a dataset of a tenant, a cell a day, by its documents alone: what is
// drawn of it, in a terminal or on a page, others decide.
type Map struct {
	From string   `json:"from"` // the first day, as 2026-11-22
	To   string   `json:"to"`   // the day after the last
	Rows []MapRow `json:"datasets"`
}

// MapRow is a dataset of a tenant, with all days of the map in order.
type MapRow struct {
	Tenant  string   `json:"tenant"`
	Dataset string   `json:"dataset"`
	Days    []MapDay `json:"days"`
	Error   string   `json:"error,omitempty"` // why all days are unreadable
}

// MapDay is one day of a dataset.
type MapDay struct {
	Date    string    `json:"dt"`
	State   DayState  `json:"state"`
	Records *int64    `json:"records,omitempty"`  // that raw holds; nil if nobody has counted them
	Read    time.Time `json:"read_time,omitzero"` // the earliest reading of what is held of it
	// Forgotten is when Graph begins to forget a day that is not held whole; zero if it never does.
	Forgotten time.Time `json:"forgotten_time,omitzero"`
}

// DayState says in one word what became of a day.
type DayState string

// The states of days. They are those of the view coverage but for three: late is dirty here, expired is forgotten, and what is
// held and read again is changing. What is due by no run is unasked, where the view says missing.
const (
	MapData       DayState = "data"       // all that Graph had, and its tables are derived
	MapEmpty      DayState = "empty"      // it was read, and there was nothing
	MapChanging   DayState = "changing"   // held whole, and read again, because its records may still change
	MapPartial    DayState = "partial"    // parents or records of it are behind, or are still to come
	MapDirty      DayState = "dirty"      // its tables lag raw
	MapMissing    DayState = "missing"    // it is due, Graph has it, and it is not held
	MapRefused    DayState = "refused"    // nothing of it may be read
	MapOff        DayState = "off"        // the tenant does not have the dataset
	MapForgotten  DayState = "forgotten"  // Graph has forgotten it before it was read whole
	MapMissed     DayState = "missed"     // a picture that nobody took
	MapRemoved    DayState = "removed"    // older than the lake keeps
	MapUnasked    DayState = "unasked"    // nobody has asked for it, or it is not due yet
	MapUnreadable DayState = "unreadable" // the lake's document of the dataset is damaged
)

// DayStates are all of them, those that are well first.
func DayStates() []DayState {
	return []DayState{MapData, MapEmpty, MapChanging, MapPartial, MapDirty, MapMissing, MapRefused, MapForgotten, MapMissed, MapOff, MapRemoved, MapUnasked, MapUnreadable}
}

// LoadMap says of each day of a range, which is whole days, what is held of what is selected. It reads two documents a
// dataset, and no partition. What is damaged is named in its row and in the error, and the rest is told all the same.
func LoadMap(ctx context.Context, store load.Store, s plan.Selection, r schemas.Range, now time.Time) (Map, error) {
	r = r.WholeDays()
	m := Map{From: r.From.Format(time.DateOnly), To: r.To.Format(time.DateOnly), Rows: []MapRow{}}
	var errs []error
	for _, t := range s.Tenants {
		for _, d := range s.Datasets {
			row := MapRow{Tenant: t.Name, Dataset: d.Name}
			pair := state.Pair{TenantID: t.ID, Dataset: d.Name}
			st, err := state.Load(ctx, store, pair)
			var before state.Days
			if err == nil {
				before, err = state.LoadDays(ctx, store, pair)
			}
			if err != nil {
				row.Error = foreign.Printable(err.Error())
				errs = append(errs, err)
			}
			_, reads := t.Reads(d)
			if !reads && err == nil && len(st.Coverage) == 0 {
				continue
			}
			known := map[string]state.Day{}
			for _, day := range st.DaysAfter(pair, d, before, now).Days {
				known[day.Date] = day
			}
			var unread []schemas.Range
			if reads {
				unread = st.Unread(d, past(s, d, now))
			}
			for _, date := range r.Days() {
				day, ok := known[date.Format(time.DateOnly)]
				cell := mapDay(&st, d, day, date, unread)
				switch {
				case err != nil:
					cell = MapDay{Date: cell.Date, State: MapUnreadable}
				case !ok && cell.State != MapMissing:
					cell.State = MapUnasked
				}
				row.Days = append(row.Days, cell)
			}
			m.Rows = append(m.Rows, row)
		}
	}
	return m, errors.Join(errs...)
}

// mapDay is a day as the state has it; what the state knows nothing of is a zero Day.
func mapDay(s *state.State, d schemas.Dataset, known state.Day, date time.Time, unread []schemas.Range) MapDay {
	day := schemas.Range{From: date, To: date.Add(schemas.Day)}
	touched := func(r schemas.Range) bool { return r.From.Before(day.To) && r.To.After(day.From) }
	due := slices.ContainsFunc(unread, touched)
	cell := MapDay{Date: date.Format(time.DateOnly), Records: known.Records, Read: known.Read}
	switch state.Outcome(known.Outcome) {
	case state.Data:
		cell.State = MapData
	case state.Empty:
		cell.State = MapEmpty
	case state.DayPartial:
		cell.State = MapPartial
	case state.DayLate:
		cell.State = MapDirty
	case state.DayRefused:
		cell.State = MapRefused
	case state.Off:
		cell.State = MapOff
	case state.Expired:
		cell.State = MapForgotten
	case state.Missed:
		cell.State = MapMissed
	case state.Removed:
		cell.State = MapRemoved
	default:
		if cell.State = MapUnasked; due {
			cell.State = MapMissing
		}
	}
	if (cell.State == MapData || cell.State == MapEmpty) && mayChange(s, d, day) {
		cell.State = MapChanging
	}
	if due && d.Retention > 0 && cell.State != MapForgotten {
		cell.Forgotten = date.Add(d.Retention)
	}
	return cell
}

// mayChange reports whether a day that is held is read again, because it was read before its records had settled.
func mayChange(s *state.State, d schemas.Dataset, day schemas.Range) bool {
	if d.Mode.Fleeting() { // what was taken stays
		return false
	}
	return slices.ContainsFunc(s.Coverage, func(c state.Covered) bool {
		return c.Held() && c.From.Before(day.To) && c.To.After(day.From) && !c.Final(d.Settle)
	})
}
