package layout

// A room is one package directory. A directory of Go files that has no row here fails the test.
type room struct {
	dir   string
	may   []string // rooms that it may import, besides what every test may
	knows []string // names of subjects that are its business
	why   string   // the reason why may is so short, as the end of a sentence
}

const (
	storeWhy = "a store holds bytes under names and does not know what they mean"
	stageWhy = "stages do not import each other: only jobs wires them"

	trialWhy = "it tries the commands from outside, as their users see them"
)

// rooms is the table of who may import whom. Longer is looser: think before adding to a row.
var rooms = []room{
	{"schemas/throttle", nil, nil,
		"limits are values, which schemas and extract/graph share without knowing each other"},
	{"schemas", []string{"schemas/throttle"}, []string{arrow},
		"it is the vocabulary that all others read, and values need nothing of them"},
	{"schemas/declare", []string{"schemas"}, []string{command},
		"it turns what a user writes into values; the command opens the files, and whether a lake agrees is for jobs to say"},
	{"internal/foreign", nil, nil,
		"it cleans text and does not know whose it is"},
	{"internal/secretfile", nil, []string{files},
		"it says whether others can read a file, and does not know what is in it"},
	{"internal/sealed", []string{"internal/flock", "internal/secretfile"}, []string{files},
		"it keeps bytes from who has no key, and does not know what they mean"},
	{"extract", []string{"schemas", "extract/graph", "internal/foreign", "internal/json", "internal/record", "internal/instant", "internal/webvtt"}, nil,
		stageWhy + "; what extract hands on is a JSON record"},
	{"extract/graph", []string{"schemas/throttle", "internal/foreign", "internal/json"}, []string{http, graphSDK, odata, json},
		"what is the same for every collection on Graph knows no dataset"},
	{"internal/graphsim", nil, []string{http, json},
		"the other side proves nothing once it learns from the code that it tests"},
	{"internal/entrasim", nil, []string{files, http, json},
		"the other side proves nothing once it learns from the code that it tests"},
	{"transform", []string{"schemas", "internal/json", "internal/record", "internal/instant", "transform/facts"}, []string{arrow},
		stageWhy + "; what transform knows of a dataset is its tables"},
	{"internal/json", nil, nil,
		"it reads and changes JSON and does not know what for"},
	{"internal/record", []string{"schemas", "internal/json"}, nil,
		"it is what stages hand to each other, so that it knows none of them"},
	{"transform/privacy", []string{"schemas", "transform", "transform/prose", "internal/instant", "internal/json", "internal/phone", "internal/record"}, nil,
		"it takes out of a record what may not stay, and does not know what becomes of it"},
	{"transform/facts", []string{"schemas", "internal/instant", "internal/phone"}, []string{arrow},
		"what it computes is of values that were read, wherever these came from"},
	{"transform/transformtest", []string{"schemas"}, []string{files, json},
		"its tables and records are what transform is tested with, which cannot import who imports it"},
	{"transform/prose", nil, nil, "it reads what people wrote, wherever that lies"},
	{"load", []string{"schemas", "internal/flock"}, []string{arrow, files},
		stageWhy + "; what load writes is a batch of any table"},
	{"internal/flock", nil, []string{files}, "it locks files and does not know what is in them"},
	{"load/internal/draft", []string{"load", "internal/flock"}, []string{files}, "a draft is bytes in a temporary file and their hash"},
	{"load/dirstore", []string{"load", "load/internal/draft", "internal/flock"}, []string{files}, storeWhy},
	{"load/blobstore", []string{"load", "load/internal/draft", "internal/flock", "internal/foreign"}, []string{files, azure, http}, storeWhy},
	{"load/memstore", []string{"load"}, nil, storeWhy},
	{"load/delta", []string{"schemas", "load"}, []string{arrow, json},
		"it knows the log of a table, and neither which tables a lake has nor what is in their files"},
	{"load/lane", []string{"schemas", "load", "load/delta"}, []string{json},
		"it knows which Delta tables a lake has, and not their log, nor when they are written"},
	{"load/storetest", []string{"load"}, nil,
		"the suite may ask of a store only what every store promises"},
	{"load/storetest/azurite", nil, []string{files, azure, http},
		"it starts a server and knows nothing of who uses it"},
	{"jobs", []string{"schemas", "extract", "extract/graph", "internal/foreign", "internal/record", "transform", "transform/privacy", "load", "load/lane", "load/delta", "jobs/state", "jobs/plan", "jobs/derive", "jobs/erased", "jobs/exclude"}, []string{arrow, json, telemetry},
		"jobs runs against any store and any Graph; which ones, cmd decides; when it runs and what is missing is asked beside it; of load/delta it knows an error"},
	{"jobs/state", []string{"schemas", "load", "internal/foreign"}, []string{json},
		"what is remembered is documents in a store, and whoever plans, runs and audits reads the same"},
	{"jobs/state/statetest", []string{"load/memstore", "jobs/state"}, []string{json},
		"it writes down states for tests"},
	{"jobs/plan", []string{"schemas", "load", "jobs/state"}, []string{json},
		"what is due is a pure function of what was asked for, what is remembered and the time"},
	{"jobs/derive", []string{"schemas", "transform", "load"}, []string{arrow},
		"a day's tables are a function of its raw partition, whatever is remembered of it"},
	{"jobs/erased", []string{"schemas", "internal/record", "transform/privacy", "load", "jobs/state"}, []string{arrow, json},
		"it says who was erased and whether something is left of them; taking them out is a derivation, which jobs does"},
	{"jobs/exclude", []string{"schemas", "extract", "extract/graph", "transform/privacy", "jobs/erased"}, []string{json},
		"it says who is left out; taking them out of what is read is the filter's"},
	{"jobs/audit", []string{"schemas", "extract", "extract/graph", "transform", "transform/privacy", "load", "load/lane", "jobs/state", "jobs/plan", "jobs/derive", "jobs/erased", "jobs/exclude"}, []string{arrow},
		"an audit that could run would change what it looks at"},
	{"jobs/clock", []string{"schemas", "load", "load/lane", "internal/foreign", "jobs/state", "jobs/plan"}, []string{json},
		"it says when, and is handed what then runs"},
	{"views", []string{"schemas", "load"}, nil,
		"views are text made of values and of the names that load/layout.go gives; what is in a lake, its caller looks up"},
	{"report", []string{"schemas", "load", "jobs/state"}, []string{arrow},
		"it reads the tables as any reader does, and the outcomes of days; how answers look is for the terminal and the page"},
	{"report/page", []string{"schemas", "internal/foreign", "report"}, []string{json},
		"a page is made of answers, and where it is written is the command's"},
	{"notify", []string{"internal/foreign", "load", "jobs", "jobs/state", "jobs/clock"}, []string{files, http, json},
		"it tells what others have found, and runs nothing of ours; where the addresses are kept is the command's business"},
	{"statuspage", []string{"internal/foreign", "jobs/clock", "jobs/state"}, nil,
		"a page is made of what others have read, and who serves it is the command"},
	{"control", []string{"schemas", "internal/foreign", "control/bearer", "load", "jobs", "jobs/state", "jobs/plan", "jobs/clock"}, []string{http, json},
		"it answers those who ask for runs, and what a run does is for jobs to say"},
	{"control/bearer", []string{"internal/foreign"}, []string{http, json, tokens},
		"it says who asks and for which tenants, and not what can be asked"},
	{"internal/commandline", nil, []string{files, command}, "it knows structs and their tags, and no command"},
	{"internal/cli", []string{"internal/commandline", "internal/secretfile", "internal/sealed", "schemas", "schemas/declare", "internal/foreign", "extract", "extract/graph", "load", "load/dirstore", "load/blobstore", "load/lane",
		"jobs", "jobs/state", "jobs/plan", "jobs/derive", "jobs/erased", "jobs/exclude", "jobs/audit", "jobs/clock", "views", "report", "report/page", "notify", "statuspage", "control", "control/bearer"},
		[]string{files, azure, http, json, command, graphSDK, telemetry, collector},
		"the command starts jobs and prints what they report; it knows no columns, and no doubles made for tests"},
	{"cmd/graphlake", []string{"internal/cli"}, nil, "a command that others build upon is a room of its own, and this starts it"},
	{"cmd/graphsim", []string{"internal/commandline", "internal/graphsim"}, []string{files, http, json, command},
		"the simulator is served alone, as something that is not graphlake"},
	{"internal/gendocs", []string{"schemas", "views", "control", "jobs/clock"}, []string{files, json, command},
		"documentation is made from the datasets, what is asked of them, and the types that are sent"},
	{"internal/notices", nil, []string{files, json, command}, "what is linked into the command is asked of Go, and not of its code"},
	{"internal/trial", []string{
		"internal/trial/answers", "internal/trial/command", "internal/trial/erase", "internal/trial/hostile", "internal/trial/metrics", "internal/trial/month", "internal/trial/person", "internal/trial/privacy", "internal/trial/read", "internal/trial/sick", "internal/trial/torture", "internal/trial/truth",
	}, []string{files, http, json, command}, trialWhy},
	{"internal/trial/answers", []string{"views", "internal/graphsim", "internal/trial/command", "internal/trial/duckdb"}, []string{files, http, json, command},
		"what happened the simulated tenants say, and what the lake says of it the command and DuckDB; of views it has the keys of metrics alone"},
	{"internal/trial/command", nil, []string{arrow, files, json}, trialWhy},
	{"internal/trial/erase", []string{"internal/trial/command"}, []string{files, http, json, command}, trialWhy},
	{"internal/trial/hostile", []string{"internal/trial/command"}, []string{files, http, json, command}, trialWhy},
	{"internal/trial/month", []string{"internal/trial/command"}, []string{files, http, json, command}, trialWhy},
	{"internal/trial/person", []string{"internal/entrasim", "internal/graphsim", "internal/trial/command"}, []string{files, http, json, command}, trialWhy},
	{"internal/trial/privacy", []string{"schemas", "internal/graphsim", "internal/trial/command"}, []string{arrow, files, http, json, command},
		"what a lake may hold it says itself, and the lakes it searches are made by the command"},
	{"internal/trial/duckdb", []string{"internal/trial/command"}, []string{files, json, command}, trialWhy},
	{"internal/trial/metrics", []string{"schemas", "transform", "transform/privacy", "load", "load/dirstore", "jobs", "jobs/state", "internal/graphsim", "internal/record", "internal/trial/command", "internal/trial/duckdb"},
		[]string{arrow, files, json, command}, "what it measures the commands and DuckDB say; a large lake it writes as a run does, which would ask for days"},
	{"internal/trial/read", []string{"internal/trial/command", "internal/trial/duckdb"}, []string{files, command}, trialWhy},
	{"internal/trial/torture", []string{"internal/graphsim", "internal/trial/command"}, []string{files, command}, trialWhy},
	{"internal/trial/truth", []string{"internal/graphsim", "internal/trial/command"}, []string{files, command}, trialWhy},
	{"internal/trial/sick", []string{"schemas", "extract/graph", "load", "jobs", "jobs/state", "jobs/plan", "jobs/audit", "jobs/clock", "internal/trial/command"}, []string{files, command},
		"its tests run the stages in one process where time is virtual, and the commands beside it"},
	{"internal/apicheck", []string{"internal/entrasim"}, []string{files, command},
		"it follows a text, as its readers do, and knows of the server what its description says"},
	{"internal/readme", nil, []string{files, command},
		"it follows a text, as its readers do"},
	{"internal/instant", nil, nil,
		"it reads instants and does not know where they stand, so that extract and transform read them alike"},
	{"internal/phone", nil, nil,
		"it says what of a number is nobody's, so that privacy, which hides numbers, and facts say the same"},
	{"internal/webvtt", []string{"internal/instant", "internal/json"}, nil,
		"it reads a document, and does not know whose it is or what becomes of it"},
	{"internal/fixtures", []string{"schemas", "internal/graphsim"}, []string{files},
		"it hands pages to the simulator, which itself knows no dataset"},
	{"internal/golden", nil, []string{files}, "it compares bytes, and every test may import it"},
	{"internal/layout", nil, []string{files}, "it reads the tree as text"},
}

// forTests are the rooms that any test may import besides those of its own room.
var forTests = []string{
	"schemas/declare", "internal/entrasim", "internal/fixtures", "internal/graphsim", "internal/json", "jobs/state/statetest", "load/blobstore", "load/dirstore", "load/memstore", "load/storetest", "load/storetest/azurite", "transform/transformtest", "internal/golden",
}

// besides are the rooms that the tests of a room ask what they see of its work: of a run, an audit and a status.
var besides = map[string][]string{
	"jobs":            {"jobs/audit", "jobs/clock"},
	"jobs/audit":      {"jobs/clock"},
	"jobs/clock":      {"load/delta"},
	"jobs/erased":     {"transform"},
	"transform/facts": {"transform"},
	"notify":          {"jobs/plan", "schemas"},
}

// modules are the nested modules. Whoever adds one also names it in .ci/run: ./... stops at its door.
var modules = []string{"engine/temporal", "engine/temporal/servertest", "internal/contract", "internal/deploycheck", "internal/duckdb", "internal/supply", "internal/tools", "internal/webvttcheck"}

const (
	arrow    = "Arrow and Parquet"
	azure    = "the Azure SDK"
	http     = "HTTP"
	graphSDK = "Microsoft's transport for Graph"
	json     = "JSON"
	files    = "files and the environment"
	command  = "the command line"
	odata    = "the SDK's type of an error"
	models   = "Microsoft's generated SDK"
	duckdb   = "DuckDB"

	tokens    = "tokens of callers"
	telemetry = "OpenTelemetry"
	collector = "how telemetry is sent"
)

// A subject is something to know: packages from outside, and those below them.
type subject struct {
	name  string
	paths []string
	tests bool // the rule holds for tests too
	why   string
}

// subjects says what is the business of a few rooms only. A package belongs to the subject with the longest path.
var subjects = []subject{
	{arrow, []string{"github.com/apache/arrow-go"}, false,
		"columns begin in transform and end in load; before that there are records, after it objects"},
	{azure, []string{"github.com/Azure/azure-sdk-for-go"}, false,
		"only the blob store and the command may know that a lake lies in Azure; all others see a load.Store"},
	{http, []string{"net/http"}, false,
		"HTTP is spoken at the edges; inside, errors have kinds and requests are values"},
	{graphSDK, []string{
		"github.com/microsoftgraph/msgraph-sdk-go-core", "github.com/microsoft", "github.com/AzureAD",
	}, false,
		"extract/graph is the one place that signs, waits and retries"},
	{json, []string{"encoding/json"}, false,
		"internal/json scans it, many times faster; schemas and load see values only, and jobs its own state and reports"},
	{files, []string{"os", "path/filepath"}, false,
		"files are the business of load, and the environment is that of cmd"},
	{command, []string{
		"flag", "github.com/spf13/cobra", "github.com/spf13/pflag", "github.com/goccy/go-yaml", "github.com/vbauerster/mpb", "golang.org/x/term",
	}, false,
		"flags, the configuration file and the terminal end in cmd, which hands on plain options"},
	{tokens, []string{"github.com/coreos/go-oidc", "github.com/go-jose"}, false,
		"who asks is found out in one place; what is behind it gets a name"},
	{telemetry, []string{"go.opentelemetry.io"}, false,
		"jobs knows units and their numbers; what is below says them in values, and spans of libraries have URLs in them"},
	{collector, []string{"go.opentelemetry.io/otel/sdk", "go.opentelemetry.io/otel/exporters", "go.opentelemetry.io/contrib", "github.com/prometheus"}, false,
		"where a collector is, the environment says, which is cmd's"},
	{odata, []string{"github.com/microsoftgraph/msgraph-sdk-go/models/odataerrors"}, true,
		"extract/graph is the one place that reads Graph's errors; who embeds it finds this type in its own"},
	{models, []string{"github.com/microsoftgraph/msgraph-sdk-go"}, true,
		"it takes minutes to compile; it is asked in internal/contract, a module of its own"},
	{duckdb, []string{"github.com/duckdb", "github.com/marcboeker/go-duckdb"}, true,
		"it needs cgo; it is asked in internal/duckdb, a module of its own"},
}
