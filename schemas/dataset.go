package schemas

import (
	"slices"
	"time"
)

// Dataset is one kind of record that Graph serves, and what becomes of it in the lake.
type Dataset struct {
	Name string // snake_case, plural
	Doc  string // one or two sentences for the readers of the tables
	Mode Mode
	// Entity is what Graph calls the type of a record, as callRecords.callRecord. Empty: it is none that Graph declares.
	Entity string

	Source Source

	// Time lists where a record says when it happened; the first that is not null counts, and its
	// UTC date is the record's partition. Empty for pictures, which are dated by the run.
	Time []Path
	// Changed says when a record changed last: what a range means in mode Changes.
	Changed Path
	// Version grows whenever Graph changes a record; of two copies the higher wins. It is a number
	// or an instant. Of equal versions, or without any, the later copy of a delta wins, and elsewhere
	// the greater hash, so that the order of reading does not matter.
	Version Path

	Settle    time.Duration // how long a record keeps changing after its time
	Lookback  time.Duration // how far back a nightly run reads again; at least Settle
	Ahead     time.Duration // how far beyond now a run reads: what lies there is known already and may still change
	Retention time.Duration // how long Graph keeps a record; 0: no end is known

	// Removes says that a record which a complete reading of its time does not list was removed, and is
	// marked so. Pictures always work like that; elsewhere the default is that it stays.
	Removes bool
	// Optional datasets are read only where they are named.
	Optional bool

	// Permissions that open the source, any one of them; the least privileged first.
	Permissions []Permission
	// Also are further requirements, each to be met besides: who wants A together with B or C has A in Permissions and
	// {B, C} here; A with B, or C alone, are {A, C} and {B, C}.
	Also []Requirement
	// RoleIDs are the ids of those permissions, also of parents and parts, that [Permission.RoleID] does not know.
	RoleIDs map[Permission]string
	// Person is how it is read for the one person who is signed in. nil: it is not for one person.
	Person *Person

	// Bodies are what people wrote, which a lake keeps only as far as its settings say.
	Bodies []Body

	// Owner is where a record holds the ids of whose it is, so that it goes when they go. Empty: it is nobody's alone.
	Owner []Path
	// Keys are what the person that a record is may be known by elsewhere, the id first. Empty: records are no people.
	Keys []Key

	// Private says which records their owner calls private. The zero value: of none it is said.
	Private Private

	// Tables that a record is flattened into: the root table first, a parent before its children.
	Tables []Table

	// Joins say in a sentence each by which columns the tables meet those of other datasets.
	Joins []string
	// Queries are questions that readers ask of the tables, with the SQL that answers them.
	Queries []Query
	// NotTaken are the properties that Graph declares and no column reads.
	NotTaken []NotTaken
	// OfSubtypes are those that no column reads and Graph declares of types alone that are derived from one in the record.
	OfSubtypes []Path
}

// Private is where a record says that it is its owner's alone: by any word but one. A record that says nothing is not.
type Private struct {
	Path Path
	Open string
}

// NotTaken are properties without a column, and why they have none.
type NotTaken struct {
	Why        string // after "what"
	Properties []Path
}

// TimeType is how a path of Time is read: as a [UTCTime] if a column of the root table reads it so, and else as a
// [Timestamp].
func (d Dataset) TimeType(when Path) Type {
	if slices.ContainsFunc(d.Root().Columns, func(c Column) bool { return c.Path == when && c.Type == UTCTime }) {
		return UTCTime
	}
	return Timestamp
}

// Root is the table with one row per record. Its key is the record's key.
func (d Dataset) Root() Table { return d.Tables[0] }

// Mode says what a range means for a dataset and what absence from a complete read means.
type Mode uint8

// The modes.
const (
	Windowed     Mode = iota + 1 // a range is one of record times
	Changes                      // a range is one of modification times
	Entities                     // a delta applied to the newest picture
	Snapshot                     // a whole picture a day
	Observations                 // what is seen at the planned instant
)

func (m Mode) String() string {
	switch m {
	case Windowed:
		return "windowed"
	case Changes:
		return "changes"
	case Entities:
		return "entities"
	case Snapshot:
		return "snapshot"
	case Observations:
		return "observations"
	}
	return "unknown"
}

// Marks reports whether records that are gone are kept and marked.
func (d Dataset) Marks() bool { return d.Removes || d.Mode.Pictures() }

// Fleeting reports whether what is not read today cannot be read later: pictures and observations.
func (m Mode) Fleeting() bool { return m.Pictures() || m == Observations }

// Pictures reports whether the dataset is dated by the day of the run, not by its records.
func (m Mode) Pictures() bool { return m == Entities || m == Snapshot }
