package schemas

import "strings"

// Knows reports whether a property is not new: a column or body is in it, or it is among those that none takes. What it is in
// is not asked, because one thing has the same properties wherever Graph puts it: so the last name of the path counts alone.
func (d Dataset) Knows(p Path) bool {
	name := string(p[strings.LastIndexByte(string(p), '.')+1:])
	for _, known := range d.known() {
		for part := range strings.FieldsFuncSeq(string(known), func(r rune) bool { return strings.ContainsRune(".[]{}#/", r) }) {
			if part == name {
				return true
			}
		}
	}
	return false
}

// known are the paths of all that is read or is known to be left out.
func (d Dataset) known() (all []Path) {
	for _, t := range d.Read().Tables {
		all = append(all, t.Each)
		for _, c := range t.Columns {
			all = append(append(append(all, c.Path), c.Else...), c.Texts...)
		}
	}
	for _, b := range d.Bodies {
		all = append(all, b.Path)
		if b.Form == ItemBody {
			all = append(all, "contentType", "content")
		}
	}
	for _, n := range d.NotTaken {
		all = append(all, n.Properties...)
	}
	return append(all, d.OfSubtypes...)
}
