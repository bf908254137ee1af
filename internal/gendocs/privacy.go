package main

import (
	"slices"
	"strings"

	"graphlake/schemas"
)

// fate is what becomes of the values of columns in each mode.
type fate struct {
	None, Titles, Text, Full string
	Pseudonyms               string // with pseudonyms, of what the content keeps
	Coarse                   string // with coarse detail, of what is kept otherwise
}

const (
	asSent    = "as sent"
	nothing   = "–"
	unchanged = "the same"
)

// fateOf is that of a column.
func fateOf(d schemas.Dataset, t schemas.Table, c schemas.Column) fate {
	f := fate{asSent, asSent, asSent, asSent, unchanged, unchanged}
	form, isBody := bodyForm(d, c.Path.Absolute(t.Each))
	switch {
	case isBody && form == schemas.Payload:
		f.None, f.Titles, f.Text = nothing, nothing, nothing
	case isBody:
		f.None, f.Titles, f.Text = nothing, nothing, "plain text"
	case c.Written == schemas.Text:
		f.None, f.Titles = nothing, nothing
	case c.Written == schemas.Title:
		f.None = nothing
	}
	if c.Personal && !isBody {
		f.Pseudonyms = "a pseudonym"
	}
	switch {
	case !c.Quasi:
	case c.Type == schemas.Timestamp || c.Type == schemas.UTCTime:
		f.Coarse = "the year"
	default:
		f.Coarse = nothing
	}
	return f
}

// bodyForm is how a body is written that is at the path, or whose content is.
func bodyForm(d schemas.Dataset, p schemas.Path) (schemas.BodyForm, bool) {
	for _, b := range d.Bodies {
		if p == b.Path || b.Form == schemas.ItemBody && p == b.Path+".content" {
			return b.Form, true
		}
	}
	return 0, false
}

// keeping is the columns of a dataset that share a fate.
type keeping struct {
	fate
	Columns string // by table
}

// keepings are those of a dataset. Columns that every mode has as they were sent come last, and are named only if they are text.
func keepings(d schemas.Dataset) []keeping {
	var order []fate
	names := map[fate][]string{}
	for _, t := range d.Tables {
		of := map[fate][]string{}
		for _, c := range t.Columns {
			f := fateOf(d, t, c)
			if f == (fate{asSent, asSent, asSent, asSent, unchanged, unchanged}) && !c.Type.Hides() {
				continue
			}
			if !slices.Contains(order, f) {
				order = append(order, f)
			}
			of[f] = append(of[f], "`"+c.Name+"`")
		}
		for f, columns := range of {
			names[f] = append(names[f], t.Name+": "+strings.Join(columns, ", "))
		}
	}
	all := make([]keeping, len(order))
	for i, f := range order {
		all[i] = keeping{f, strings.Join(names[f], "; ")}
	}
	kept := func(k keeping) int { // how many modes change nothing
		n := 0
		for _, as := range []string{k.None, k.Titles, k.Text, k.Full, k.Pseudonyms, k.Coarse} {
			if as == asSent || as == unchanged {
				n++
			}
		}
		return n
	}
	slices.SortStableFunc(all, func(a, b keeping) int { return kept(a) - kept(b) })
	return all
}
