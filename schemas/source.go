package schemas

import "time"

// Source says how Graph serves a dataset. In Path, Query and Headers {from} and {to} stand for the
// bounds of the window, {parent} for the id of a parent, {grandparent} for that of its own, {id} for the record's key and {select} for
// the properties that the dataset's columns name. Of a source with collections between a parent and its records {NAME}
// stands for the id of an element of the one that is called so, and of its detail {parent} too. In the path and the query of a
// [Part] {parent} stands for the parent of whom the record was listed, and {record.NAME} for a member of the record.
type Source struct {
	API     string // "v1.0" or "beta"
	Path    string // RFC 6570 template below the API version
	Query   []Param
	Headers []Param   // sent with every request of the dataset, details and further pages included
	Parent  *Parent   // nil: the source is asked once for the tenant
	Between []Between // collections on the way from a parent to its records, in order
	Own     *Own      // nil: no record is its parent's alone
	// Label is what each record says of the source, as "@graphlake.source": where two datasets are one to readers. Empty: nothing.
	Label  string
	Paging Paging
	Window Window
	Detail *Detail // nil: the listed record is the record
	Budget Budget  // of a parent's requests, if there are parents, the parent is the resource
}

// Parent says that the source is asked for each element of another collection, as of each user. What
// is read for one parent carries its id as "@graphlake.parent", and that of the parent's own as
// "@graphlake.grandparent".
type Parent struct {
	Path    string // of the collection, whose elements have an id
	Query   []Param
	Headers []Param
	Budget  Budget
	// Permissions that open the collection, any one of them; the least privileged first.
	Permissions []Permission
	// Single says that the answer is the one parent, and no collection.
	Single bool
	// Batch is how many parents one request names, in its Body, where {parents} stands for their ids
	// as a list of JSON strings. 0: one, in the path.
	Batch int
	Body  string
	// Of is the collection for each of whose elements, which stands for {parent} in Path, this one is
	// asked for. nil: it is asked for once.
	Of *Parent
}

// Between is a collection on the way from a parent to its records, as the calendar and the meetings between a user and reports.
// It is asked for each element of the one before it, the first for the parent itself; each element leads on once a reading,
// however often it is listed. What cannot be read on the way is missing of the parent; an element that is not found leads to nothing.
type Between struct {
	Name    string // of an element: in templates further on, and, with Keep, in "@graphlake" of the records that it leads to
	Path    string
	Query   []Param // {from} and {to} are those of the range, with Around about it
	Headers []Param
	ID      Path   // of an element; empty: id. An element without one leads to nothing
	Where   []Path // what has to be true of an element that leads on, where Graph does not filter by it
	// Around is how far about the range elements lead to records in it.
	Around time.Duration
	Keep   []string // members that the records carry of their element
	Budget Budget
	// Permissions that open the collection, any one of them; empty: those of the dataset do.
	Permissions []Permission
}

// AskedDay is where a record has the midnight of the day whose window listed it, in the place of a time that it does
// not have.
const AskedDay Path = "@graphlake.day"

// Own says which records are of one parent alone, though their ids do not say of which: records whose value at
// Path begins with Prefix. They carry the parent's id as "@graphlake.mailbox" too.
type Own struct {
	Path   Path
	Prefix string
}

// Param is a query option or a header.
type Param struct{ Name, Value string }

// Paging says how a collection ends.
type Paging uint8

// The ways of paging.
const (
	NextLink Paging = iota + 1 // pages until one has no @odata.nextLink
	Delta                      // the same, and the last page carries an @odata.deltaLink
	Single                     // no collection: the answer is the record
	Skip                       // pages by $skip, until one is empty; a nextLink is followed where one comes
)

// Window says how a range is put to Graph.
type Window struct {
	// Longest range that one request is given; a longer one is split. 0: never split.
	Longest time.Duration
	// Layout of {from} and {to}, for [time.Time.Format].
	Layout string
	// ToIncluded says that Graph takes the upper bound as included, so that Longest counts it too
	// and what lies at or after it is dropped by the reader.
	ToIncluded bool
	// ToLast says that {to} is the last tick of 100 ns before the window's end: Graph adds up what it gives of the window, so
	// that nothing can be dropped of it, and this way it adds up the same whether it takes the bound as included or not.
	ToLast bool
	// Exclusive says that Graph takes the lower bound as excluded too. It is asked from a millisecond
	// earlier, and what is too much is dropped by the reader.
	Exclusive bool
	// Page is how many records Graph puts on a page of the list. Windows up to Longest are then cut so
	// that most fit on one. 0: windows are all of one length.
	Page int
}

// Detail says that a listed record is only a pointer, and how the whole record is read: one request
// for each of Queries, whose answers are merged into one record, and then its Parts. Child collections
// that an answer cuts off are paged to their end, wherever in the record they are.
type Detail struct {
	Path    string // template with {id}; empty: the listed record is whole but for its parts
	Queries [][]Param
	Parts   []Part
	// End says when a listed record ended. Until Ready after it, "not found" means "not yet". Without
	// Ready it means that the record has vanished since it was listed.
	End    Path
	Ready  time.Duration
	Budget Budget
}

// Part is a collection, or a document, that is read for each record and becomes a member of it.
type Part struct {
	Name   string // of the member; of a document, of the array of what is said in it
	Path   string // template, mostly with {id}
	Query  []Param
	Budget Budget
	// Permissions that open the collection, any one of them; empty: those of the dataset do.
	Permissions []Permission
	// Form is what the answer is. A document is read with the parts that stand in its place, and what became of it is in the
	// record as "@graphlake.transcript".
	Form Form
	// Accept is the media type that is asked for. Empty: JSON.
	Accept string
	// Instead are read in the place of a document, one after the other, where it is not to be had; they have no others.
	Instead []Instead
	// NotYet is how long after the record's End a document that is not found is taken to be still to come. Then it is gone.
	NotYet time.Duration
}

// Instead is what is read in the place of a document, and when.
type Instead struct {
	// Code is the innermost code of the error that the document answered. Empty: it was not found, or nothing is in it.
	Code string
	Part Part
}

// Form is what the answer to the request for a [Part] is.
type Form uint8

// The forms. All but the first are documents of WebVTT, which become arrays of utterances.
const (
	List               Form = iota // pages of a collection, which become an array
	WebVTTMetadata                 // each utterance is an object of JSON
	WebVTT                         // each utterance is text in the span of its speaker
	WebVTTUnattributed             // each utterance is text, and nobody says whose; no header, and a blank line after each time
)

// IsDocument reports whether the answer is one document, and no pages.
func (f Form) IsDocument() bool { return f != List }

// Waits is how long after its end something of a record may be still to come.
func (d *Detail) Waits() time.Duration {
	if document := d.Document(); document != nil {
		return max(d.Ready, document.NotYet)
	}
	return d.Ready
}

// Document is the part that is a document; nil: none is.
func (d *Detail) Document() *Part {
	if d == nil {
		return nil
	}
	for i := range d.Parts {
		if d.Parts[i].Form.IsDocument() {
			return &d.Parts[i]
		}
	}
	return nil
}

// Tick is the smallest difference between two instants that Graph writes.
const Tick = 100 * time.Nanosecond

// Step is the longest range that is asked for in one request so that, with an included upper bound,
// the request still keeps to Longest. It is not positive if ranges are never split.
func (w Window) Step() time.Duration {
	if w.ToIncluded {
		return w.Longest - Day
	}
	return w.Longest
}
