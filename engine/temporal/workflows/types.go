package workflows

import "time"

// The task queues of workers, each lake's own: a worker has the configuration of one, and would read tenants of another into it.
const (
	queue    = "graphlake"     // workflows, and what asks Graph
	cpuQueue = "graphlake-cpu" // what only computes
)

// Queue is the task queue of a lake's workflows, and of what asks Graph.
func Queue(lake string) string { return queue + "/" + lake }

// CPUQueue is the task queue of what only computes of a lake.
func CPUQueue(lake string) string { return cpuQueue + "/" + lake }

// The names of the activities, which package activities carries out.
const (
	TenantsActivity  = "Tenants"  // NightInput → []string: the names of the tenants of a job
	OpenActivity     = "Open"     // Ask → Opened
	HoldActivity     = "Hold"     // Held → nothing: holds what Open has opened, until Close, or until this activity is cancelled
	UnitActivity     = "Unit"     // UnitAsk → UnitResult: Graph → raw → tables, of one unit
	CloseActivity    = "Close"    // Held → Closed: the locks are free, the report is in the lake
	ConcludeActivity = "Conclude" // NightInput → Concluded: what a job removes at its end, and who is told what is late
	WeeksActivity    = "Weeks"    // BackfillInput → []Ask: in the order in which they are to be read
	PartsActivity    = "Parts"    // ReplayInput → []Part
	ReplayActivity   = "Replay"   // Part → UnitResult, on CPUQueue
	CheckActivity    = "Check"    // OnboardInput → Checked
)

// The search attributes by which a tenant's days are found.
const (
	TenantAttribute  = "GraphlakeTenant"  // keyword: its name in the configuration
	JobAttribute     = "GraphlakeJob"     // keyword
	OutcomeAttribute = "GraphlakeOutcome" // keyword: an Outcome
	LateAttribute    = "GraphlakeLate"    // bool: the time by which it was to be done has passed
)

// Outcome is how something ended: the words of the exit statuses of graphlake.
type Outcome string

// The outcomes, from the best to the worst.
const (
	Done        Outcome = "done"        // 0
	Incomplete  Outcome = "incomplete"  // 4: something was quarantined, lost, doubted, off or could not be read
	Unavailable Outcome = "unavailable" // 75: try again later
	Forbidden   Outcome = "forbidden"   // 3: credentials, consent
	Usage       Outcome = "usage"       // 2: the configuration
	Failed      Outcome = "failed"      // 1
)

// NightInput is a job of all tenants that are configured, or of some.
type NightInput struct {
	Lake    string    `json:"lake"`              // what names the lake in the ids of workflows; see LakeName of cli.Engine
	Job     string    `json:"job"`               // of the configuration
	Tenants []string  `json:"tenants,omitempty"` // by name; none: all
	Now     time.Time `json:"now,omitzero"`      // what counts as now; zero: the time that the schedule has planned, or the start
	// Late is how long after Now the tenants may be not done yet, before they count as late; zero: for ever.
	Late time.Duration `json:"late,omitempty"`
}

// NightResult adds up what became of the tenants.
type NightResult struct {
	Outcome  Outcome         `json:"outcome"` // the worst, where some ended well: incomplete
	Tenants  int             `json:"tenants"`
	Outcomes map[Outcome]int `json:"outcomes"` // how many tenants
	Units    int             `json:"units"`
	Records  int64           `json:"records"`
	Requests int64           `json:"requests"`
}

// Ask is what is to be read of one tenant: what is due, or a range.
type Ask struct {
	Lake     string    `json:"lake"`
	Tenant   string    `json:"tenant"`             // its name in the configuration
	Job      string    `json:"job,omitempty"`      // whose datasets and lookback
	Datasets []string  `json:"datasets,omitempty"` // instead of the job's, or of these the ones that are left
	From     time.Time `json:"from,omitzero"`      // zero: what is due
	To       time.Time `json:"to,omitzero"`
	Now      time.Time `json:"now"`
	Back     bool      `json:"back,omitempty"`     // now was set back: a missed night is made up
	LateAt   time.Time `json:"late_at,omitzero"`   // from when on it is late; zero: never
	Key      string    `json:"key,omitempty"`      // what Open opens is found by it again: a round of a workflow's run
	At       []byte    `json:"at,omitempty"`       // leads another session to the same worker
	Backfill bool      `json:"backfill,omitempty"` // however much that is
}

// Opened is a run that holds its locks on one worker.
type Opened struct {
	Run     string       `json:"run"` // its id, as its report has it
	Units   []Unit       `json:"units"`
	NotOpen []NotOpen    `json:"not_open,omitempty"` // datasets that another run has, or that cannot be opened
	Results []UnitResult `json:"results,omitempty"`  // of what is not read by units: days that were left dirty, notes that make it incomplete
	// Elsewhere leads to the worker that has the tenant; then nothing is open here.
	Elsewhere []byte `json:"elsewhere,omitempty"`
}

// Unit is a range of a dataset, as the product has planned it.
type Unit struct {
	Index   int       `json:"index"` // in the plan of the run that is open
	Dataset string    `json:"dataset"`
	From    time.Time `json:"from,omitzero"`
	To      time.Time `json:"to,omitzero"`
}

// NotOpen is a dataset that could not be opened.
type NotOpen struct {
	Dataset string `json:"dataset"`
	Kind    string `json:"kind"` // of its error, as reports have it
}

// Held is what Open has opened.
type Held struct {
	Key string `json:"key"`
}

// UnitAsk is a unit of what is open.
type UnitAsk struct {
	Held
	Unit Unit `json:"unit"`
}

// UnitResult is what became of a unit: names, ranges and counts, and of an error the kind and what is needed against it.
type UnitResult struct {
	Tenant   string    `json:"tenant"`
	Dataset  string    `json:"dataset"`
	From     time.Time `json:"from,omitzero"`
	To       time.Time `json:"to,omitzero"`
	Outcome  Outcome   `json:"outcome"`
	Detail   string    `json:"detail"`         // the outcome as the report has it: data, empty, expired, forbidden …
	Kind     string    `json:"kind,omitempty"` // of an error
	Needs    string    `json:"needs,omitempty"`
	Records  int64     `json:"records"`
	Requests int64     `json:"requests"`
	Written  int       `json:"written"` // partitions that changed
	Attempts int       `json:"attempts,omitempty"`
}

// Closed is what the report of a run says as a whole.
type Closed struct {
	Run     string  `json:"run"`
	Outcome Outcome `json:"outcome"`
}

// Sum adds up units.
type Sum struct {
	Units    int   `json:"units"`
	Records  int64 `json:"records"`
	Requests int64 `json:"requests"`
}

// TenantDayResult is what became of a tenant's night, or of a range of a backfill. Each unit is in it once, also where a
// worker died between two of them. Of hundreds only some are named; those that did not end well come first.
type TenantDayResult struct {
	Tenant  string       `json:"tenant"`
	Outcome Outcome      `json:"outcome"`
	Runs    []string     `json:"runs"` // whose reports are in the lake
	Units   []UnitResult `json:"units"`
	More    Sum          `json:"more,omitzero"` // units that are not named
	Rounds  int          `json:"rounds"`
	Late    bool         `json:"late,omitempty"`
}

// Concluded is what became of what a job removes at its end.
type Concluded struct {
	Run     string  `json:"run,omitempty"`
	Outcome Outcome `json:"outcome"`
}

// BackfillInput is a range of past days of a tenant.
type BackfillInput struct {
	Lake     string    `json:"lake"`
	Tenant   string    `json:"tenant"`
	Datasets []string  `json:"datasets,omitempty"` // none: those of all jobs
	From     time.Time `json:"from"`
	To       time.Time `json:"to"`
	Now      time.Time `json:"now,omitzero"`
}

// BackfillResult adds up the weeks of a backfill.
type BackfillResult struct {
	Outcome  Outcome `json:"outcome"`
	Weeks    int     `json:"weeks"`
	Units    int     `json:"units"`
	Records  int64   `json:"records"`
	Requests int64   `json:"requests"`
}

// ReplayInput is what is derived anew from raw. Zero ends of the range: all that raw has.
type ReplayInput struct {
	Lake     string    `json:"lake"`
	Tenants  []string  `json:"tenants,omitempty"`
	Datasets []string  `json:"datasets,omitempty"`
	From     time.Time `json:"from,omitzero"`
	To       time.Time `json:"to,omitzero"`
	Now      time.Time `json:"now,omitzero"`
}

// Part is some days of a dataset of a tenant, which one worker derives under the dataset's lock. Parts of the same dataset
// of a tenant follow each other; all others go side by side.
type Part struct {
	Tenant  string    `json:"tenant"`
	Dataset string    `json:"dataset"`
	From    time.Time `json:"from"`
	To      time.Time `json:"to"`
	Now     time.Time `json:"now"`
}

// ReplayResult adds up the parts of a replay.
type ReplayResult struct {
	Outcome Outcome `json:"outcome"`
	Parts   int     `json:"parts"`
	Days    int     `json:"days"`
	Records int64   `json:"records"`
	Written int     `json:"written"`
}

// OnboardInput is a new tenant: it is checked, its past is read, and then its jobs run once.
type OnboardInput struct {
	Lake   string    `json:"lake"`
	Tenant string    `json:"tenant"`
	From   time.Time `json:"from"`
	To     time.Time `json:"to"`
	Now    time.Time `json:"now,omitzero"`
}

// Checked is what a check of a tenant has found.
type Checked struct {
	Outcome Outcome  `json:"outcome"`
	Jobs    []string `json:"jobs"`            // that are scheduled, and run at last
	Needs   []string `json:"needs,omitempty"` // permissions, and what else is missing
}

// OnboardResult is how far it came.
type OnboardResult struct {
	Checked  Checked           `json:"checked"`
	Backfill *BackfillResult   `json:"backfill,omitempty"`
	Nights   []TenantDayResult `json:"nights,omitempty"`
	Outcome  Outcome           `json:"outcome"`
}
