package state

// Outcome is how the reading of a range ended. States and reports keep its text, which therefore never changes.
type Outcome string

// The outcomes. Empty, forbidden and not there are different things everywhere.
const (
	Data        Outcome = "data"        // records were read and committed
	Empty       Outcome = "empty"       // Graph answered that there are none
	NotYet      Outcome = "not yet"     // Graph listed records and gives none of them yet
	Expired     Outcome = "expired"     // Graph has forgotten the range; not asked
	Forbidden   Outcome = "forbidden"   // credentials or consent are missing
	Off         Outcome = "off"         // the tenant lacks it: a license, or a switch of its administrators
	Unavailable Outcome = "unavailable" // throttled out or not reachable: try again later
	Interrupted Outcome = "interrupted" // the run was stopped
	Missed      Outcome = "missed"      // a picture that nobody took on its day
	NoRaw       Outcome = "no raw"      // of a replay: raw has no day of the range, whatever Graph would answer
	Removed     Outcome = "removed"     // older than the lake keeps: it was removed on purpose
	Doubted     Outcome = "doubted"     // Graph gave far less than before: nothing is concluded from it
	Failed      Outcome = "failed"
	Damaged     Outcome = "damaged" // of a run whose report cannot be read
)
