package state

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
	"time"

	"graphlake/schemas"
)

// Erase takes people out of what is remembered of a dataset: of whom a parent is, nothing is missing any more; elsewhere
// without says what a text is without them. A cursor that holds one of them is dropped, so that all is read once more.
// What the last reading has counted is no measure of the next one.
func (s *State) Erase(is func(id string) bool, without func(text string) string) {
	s.Behind = slices.DeleteFunc(s.Behind, func(b Behind) bool { return b.Parent != "" && is(b.Parent) })
	for i := range s.Behind {
		b := &s.Behind[i]
		b.Parent, b.Record, b.Reason = without(b.Parent), without(b.Record), without(b.Reason)
	}
	slices.SortFunc(s.Behind, func(a, b Behind) int { return strings.Compare(a.ID(), b.ID()) })
	s.Lost = slices.DeleteFunc(s.Lost, func(l Lost) bool { return l.Parent != "" && is(l.Parent) })
	for i := range s.Lost {
		s.Lost[i].Parent, s.Lost[i].Record = without(s.Lost[i].Parent), without(s.Lost[i].Record)
	}
	for i := range s.Accepted {
		s.Accepted[i].By = without(s.Accepted[i].By)
	}
	for i := range s.New {
		s.New[i] = schemas.Path(without(string(s.New[i])))
	}
	if without(s.Cursor) != s.Cursor {
		s.Cursor, s.PictureHash = "", ""
	}
	s.Parents, s.Observed = 0, 0
}

// Recount puts into the coverage that days hold so many records now, as they lost some. Of a part of which raw of a day is
// not there, an fs.ErrNotExist, it is not known.
func (s *State) Recount(rows func(day time.Time) (int64, error), changed []time.Time) error {
	for i := range s.Coverage {
		c := &s.Coverage[i]
		if !c.Held() || !slices.ContainsFunc(changed, func(day time.Time) bool { return day.Before(c.To) && day.Add(schemas.Day).After(c.From) }) {
			continue
		}
		sum, err := sumOf(c.Range().Days(), rows)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if c.Records = min(c.Records, sum); sum == 0 && c.Outcome == Data {
			c.Outcome = Empty
		}
	}
	return nil
}

func sumOf(days []time.Time, rows func(day time.Time) (int64, error)) (sum int64, err error) {
	for _, day := range days {
		n, err := rows(day)
		if err != nil {
			return 0, err
		}
		sum += n
	}
	return sum, nil
}

// MarkErasing notes that a day is about to change because somebody was erased.
func (s *State) MarkErasing(day time.Time) {
	if !slices.ContainsFunc(s.Erasing, day.Equal) {
		s.Erasing = append(s.Erasing, day)
		slices.SortFunc(s.Erasing, time.Time.Compare)
	}
}
