package schemas

import (
	"fmt"
	"slices"
	"strings"
)

// Computation is a function of one record whose results stand in its tables beside what is read from it: whole tables, or
// columns of one. It asks nothing but what other columns of the same record hold, and the tenant of the lake: what is null
// there, because a lake does not have it, is null here. Of a number that is a pseudonym it knows the shape. The list is closed; transform/facts has the functions.
type Computation uint8

// The computations.
const (
	CallLegs Computation = iota + 1
	CallPersons
	CallTotals
	StreamQuality
	PSTNLegs
	DirectRoutingLegs
	WorkingHours
)

// computations are what is known of each: its name; what readers are told, as the end of a sentence; and an edition, which
// grows when the same record gives other values, so that a replay brings days up to date.
var computations = map[Computation]struct {
	name, doc string
	edition   int
}{
	CallLegs:          {"call legs", "the roles and identities of both ends of each session, what failed, and whether media were there; a number's country is that of its prefix (ITU-T E.164)", 2},
	CallPersons:       {"call persons", "the answered and joined legs of each person in the call, overlapping ones counted once", 1},
	CallTotals:        {"call totals", "the legs, the participants and the organizer of the call", 2},
	StreamQuality:     {"stream quality", "the measures of the stream by the published rules, and the session and medium of the side that sends and of the one that receives", 1},
	PSTNLegs:          {"PSTN legs", "the type of the call, its two numbers, its length and its charges; a number's country is that of its prefix (ITU-T E.164)", 2},
	DirectRoutingLegs: {"Direct Routing legs", "the type of the call, its two numbers, its instants and its final SIP code; a number's country is that of its prefix (ITU-T E.164)", 2},
	WorkingHours:      {"working hours", "the texts that Graph has for zones, times and days; zones of Windows are by Unicode CLDR", 1},
}

func (c Computation) String() string {
	if known, ok := computations[c]; ok {
		return known.name
	}
	return "unknown"
}

// Doc says what it is computed from, as the end of a sentence.
func (c Computation) Doc() string { return computations[c].doc }

// computed are columns as a computation gives them.
func computed(by Computation, columns ...Column) []Column {
	columns = slices.Clone(columns)
	for i := range columns {
		columns[i].Computed = by
	}
	return columns
}

// Read is the dataset as far as it is read from records: without tables and columns that are computed. Whoever walks along
// paths asks for it; the path of a computed column says only whose value it is.
func (d Dataset) Read() Dataset {
	var tables []Table
	for _, t := range d.Tables {
		if t.Computed != 0 {
			continue
		}
		t.Columns = slices.DeleteFunc(slices.Clone(t.Columns), func(c Column) bool { return c.Computed != 0 })
		tables = append(tables, t)
	}
	d.Tables = tables
	return d
}

// Inputs is what computations look at: what is read from records, and in tables with a [Column.Number] what a record says
// beside it, in a column behind the others ([ShapeName]), which no lake has.
func (d Dataset) Inputs() Dataset {
	d = d.Read()
	for i, t := range d.Tables {
		for _, c := range t.Columns {
			if c.Number {
				d.Tables[i].Columns = append(d.Tables[i].Columns, Column{Name: ShapeName(c.Name), Path: c.Path + ofShape, Type: String})
			}
		}
	}
	return d
}

// ShapeName is what [Dataset.Inputs] calls the shape of the number in a column.
func ShapeName(number string) string { return number + ofShape }

// computedFaults are the faults of what a table says is computed.
func (t Table) computedFaults() (f faults) {
	if t.Computed != 0 && t.Computed.String() == "unknown" {
		f.add("computed", "the computation is none of the known ones")
	}
	for i, c := range t.Columns {
		switch {
		case c.Computed != 0 && c.Computed.String() == "unknown":
			f.add(fmt.Sprintf("columns[%d].computed", i), "column %s: the computation is none of the known ones", c.Name)
		case t.Computed != 0 && c.Computed != t.Computed:
			f.add(fmt.Sprintf("columns[%d].computed", i), "column %s: the rows of the table are computed, and so are all of their columns", c.Name)
		case t.Computed == 0 && c.Computed != 0 && (c.Required || slices.Contains(t.Key, c.Name)):
			f.add(fmt.Sprintf("columns[%d].computed", i), "column %s: a record is not refused for what is computed, nor told from others by it", c.Name)
		}
	}
	return f
}

// ByDirection is where the value of a column of one side of a stream comes from, by the direction of the stream; nil for
// other columns.
func (c Column) ByDirection() map[string]Path {
	if c.Computed != StreamQuality || len(c.Else) != 1 {
		return nil
	}
	if strings.HasPrefix(c.Name, receives) {
		return map[string]Path{callerToCallee: c.Else[0], calleeToCaller: c.Path}
	}
	return map[string]Path{callerToCallee: c.Path, calleeToCaller: c.Else[0]}
}
