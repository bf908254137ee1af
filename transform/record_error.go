package transform

import "strconv"

// RecordError says why a record gave no rows. It never holds what a record says but for its id.
type RecordError struct {
	ID     string // of the record, as far as it was read: the first key column of the root table
	Path   string // of the value, with positions in arrays; "" is the record
	Reason string
}

func (e *RecordError) Error() string {
	s := "record"
	if e.ID != "" {
		s += " " + strconv.Quote(e.ID) // it is Graph's text, and goes into logs
	}
	if e.Path != "" {
		s += ": " + e.Path
	}
	return s + ": " + e.Reason
}

// under puts the place that the path so far is in before it.
func (e *RecordError) under(place string) *RecordError {
	if e.Path == "" || e.Path[0] == '[' {
		e.Path = place + e.Path
	} else {
		e.Path = place + "." + e.Path
	}
	return e
}
