package graph

import "fmt"

// What one answer may have. Whatever is in it, reading it takes memory and time of its bytes times a small factor, and
// an answer beyond a bound is [Malformed]: it is not asked for again at once, and costs what asked for it, a parent, a
// record or a list, and nobody else. Each bound is some times what Graph sends; the reasons stand beside them, and
// ADR 13 has more.
const (
	// mostAnswer is the bytes of an answer, decompressed. The largest that Graph makes are pages of 50 messages, each with
	// some 100 kB of body and cards, and of 500 events with their invitations. Four windows are listed at once, so that
	// as many such pages may be in memory.
	mostAnswer = 16 << 20
	// mostDocument is the same of a document, which is no JSON: what is said in a day's meeting has some MiB.
	mostDocument = 32 << 20
	// largeAnswer is the bytes from which on memory is collected before more is taken: such answers are rare, and between
	// two collections there would be as much that nobody uses.
	largeAnswer = 4 << 20
	// mostValue is the bytes of one element of a page, or of the object that was asked for: a call record with 60 sessions
	// has about one MiB. What is put together from many answers may have more.
	mostValue = 8 << 20
	// mostElements is of a page. Its largest published sizes are 999 and 1,000; lists without pages, as of the teams of a
	// user, are of some thousands.
	mostElements = 10_000
	// mostInside is how many elements the arrays in a value may have together. Each of them may become a row.
	mostInside = 50_000
	// mostMembers is how many members the objects around a place may have, with those that were read; a user has 130.
	mostMembers = 20_000
	// mostDepth is how deep values are nested; the streams of a call record's segments are nested 9 deep.
	mostDepth = 100
	// mostAnnotations is how many of the answer's annotations a value may have: a collection in it has three at most.
	mostAnnotations = 10_000
	// mostCollections is how many collections of one object may have annotations.
	mostCollections = 64
	mostTwice       = 16       // members "value" of one page, of which the last counts
	mostName        = 1 << 10  // bytes of a member's name
	mostLink        = 32 << 10 // bytes of a link; servers refuse requests that are longer, most at 16 KiB
	mostHeader      = 256 << 10

	// MostID is the bytes of an id. One that is longer is none: the longest, of Outlook, have some 300.
	MostID = 1 << 10
)

// What a collection may have: more is taken for a service that does not find its end.
const (
	mostPages   = 50_000   // of 1,000 rows of a telephone log, or of 100 users
	mostOfOne   = 20_000   // pages of one resource: none says as much
	mostEmpty   = 200      // pages without an element that the page before has not, one after the other
	mostListing = 16 << 30 // bytes of all pages, which are kept on disk
)

// limitError is why an answer is not read: it has more than any of Graph's. It quotes nothing of it.
type limitError struct{ what string }

func (e *limitError) Error() string { return "the answer is beyond a bound: " + e.what }

// beyondCure is the cure: Graph sends nothing like it.
const beyondCure = "the service, or a proxy before it, is at fault; if it stays, see the runbook"

func beyond(format string, of ...any) error { return &limitError{fmt.Sprintf(format, of...)} }
