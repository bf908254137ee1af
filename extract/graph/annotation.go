package graph

import "bytes"

// The annotations of OData that belong to an answer and not to what it holds.
const (
	ContextAnnotation   = "@odata.context"
	CountAnnotation     = "@odata.count"     // how many elements a collection has, or a page of it
	NextLinkAnnotation  = "@odata.nextLink"  // where a collection goes on
	DeltaLinkAnnotation = "@odata.deltaLink" // where a collection's changes can be read later
)

var annotations = []string{ContextAnnotation, CountAnnotation, NextLinkAnnotation, DeltaLinkAnnotation}

// CutAnnotation splits the name of a member into what it annotates, which is empty for the object or
// the page itself, and one of the four annotations, which is empty if name is none of them. Services
// write them in any case, and those of OData 4.01 without "odata.".
func CutAnnotation(name []byte) (annotated []byte, annotation string) {
	at := bytes.LastIndexByte(name, '@')
	if at < 0 {
		return name, ""
	}
	term := cutFold(name[at+1:], "odata.")
	for _, a := range annotations {
		if bytes.EqualFold(term, []byte(a[len("@odata."):])) {
			return name[:at], a
		}
	}
	return name, ""
}

// cutFold is s without the prefix, whatever its case, if it has it.
func cutFold(s []byte, prefix string) []byte {
	if len(s) >= len(prefix) && bytes.EqualFold(s[:len(prefix)], []byte(prefix)) {
		return s[len(prefix):]
	}
	return s
}
