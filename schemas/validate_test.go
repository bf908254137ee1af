package schemas

import (
	"strings"
	"testing"
	"time"
)

// sound is a dataset with nothing wrong; each case below breaks one thing in a copy of its own.
func sound() Dataset {
	return Dataset{
		Name: "visits",
		Doc:  "Visits.",
		Mode: Windowed,
		Source: Source{
			API:    "v1.0",
			Path:   "/visits",
			Query:  []Param{{"$filter", "when ge {from} and when lt {to}"}},
			Paging: NextLink,
			Window: Window{Longest: 2 * Day, Layout: "2006-01-02", ToIncluded: true},
			Detail: &Detail{Path: "/visits/{id}", Queries: [][]Param{{}}, End: "until", Budget: Budget{Name: "visit"}},
			Budget: Budget{Name: "visits"},
		},
		Time: []Path{"when"}, Version: "version",
		Settle: Day, Lookback: Day,
		Permissions: []Permission{"Visits.Read.All"},
		Tables: []Table{
			{Name: "visits", Doc: "A row per visit.", Key: []string{"visit_id"}, Columns: []Column{
				{Name: "visit_id", Path: "id", Type: String, Doc: "The visit."},
				{Name: "host", Path: "host.name", Else: []Path{"hosts[0].name"}, Type: String, Doc: "The host."},
			}},
			{Name: "visit_guests", Doc: "A row per guest.", Each: "parties[].guests[]", Key: []string{"visit_id", "guest_index"}, Columns: []Column{
				{Name: "visit_id", Path: "/id", Type: String, Doc: "The visit."},
				{Name: "party", Path: "/parties[]#", Type: Int32, Doc: "The party."},
				{Name: "guest_index", Path: "#", Type: Int32, Doc: "The guest."},
				{Name: "first_hat", Path: "hats[0]", Type: String, Doc: "The first hat."},
			}},
		},
	}
}

// own reads the visits of each host, of which some are the host's alone.
func (d *Dataset) own(o *Own) {
	d.Source.Path, d.Source.Parent, d.Source.Own = "/hosts/{parent}/visits", &Parent{Path: "/hosts", Budget: d.Source.Budget}, o
}

func paged(page int, longest time.Duration, layout string) Window {
	return Window{Longest: longest, Layout: layout, Page: page}
}

func TestValidateAcceptsWhatIsSound(t *testing.T) {
	for name, vary := range map[string]func(*Dataset){
		"as it is":                func(*Dataset) {},
		"what lies ahead":         func(d *Dataset) { d.Ahead = 28 * Day },
		"a window without an end": func(d *Dataset) { d.Source.Window.Longest = 0 },
		"a day, its end excluded": func(d *Dataset) { d.Source.Window = Window{Longest: Day, Layout: "2006-01-02"} },
		"windows that fit a page": func(d *Dataset) { d.Source.Window = paged(60, Day/24, time.RFC3339) },
		"no bounds and no layout": func(d *Dataset) { d.Source.Query, d.Source.Window.Layout = nil, "" },
		"a detail without an end": func(d *Dataset) { d.Source.Detail.End = "" },
		"a key that may be empty": func(d *Dataset) {
			d.Tables[1].Columns = append(d.Tables[1].Columns, Column{Name: "seat", Path: "seat", Type: KeyText, Doc: "The seat."})
			d.Tables[1].Key = append(d.Tables[1].Key, "seat")
		},
		"visits of a host alone": func(d *Dataset) { d.own(&Own{Path: "room.id", Prefix: "own:"}) },
		"neither id nor time": func(d *Dataset) {
			d.Source.Detail, d.Time, d.Source.Window = nil, []Path{AskedDay}, Window{Longest: Day, Layout: "2006-01-02"}
			d.Tables[0].Columns[0].Path, d.Tables[0].Columns[0].Type = "", Digest
		},
		"two keys without details": func(d *Dataset) { d.Source.Detail = nil; twoKeys(d) },
		"bodies of all forms": func(d *Dataset) {
			d.Bodies = []Body{{Path: "note.body"}, {"a[].b", PlainBody}, {"c[0]", HTMLBody}, {"d", Payload}}
		},
		"what is written": func(d *Dataset) {
			hat := &d.Tables[1].Columns[3]
			hat.Written, hat.Quasi = Title, true
			d.Tables[0].Columns[1].Personal, d.Owner = true, []Path{"hosts[0].name"}
		},
		"a picture, with no past": func(d *Dataset) { d.Mode, d.Time, d.Settle, d.Lookback = Snapshot, nil, 0, 0 },
	} {
		t.Run(name, func(t *testing.T) {
			d := sound()
			vary(&d)
			if err := d.Validate(); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestValidateRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*Dataset)
		want  string
	}{
		"a written key":   {func(d *Dataset) { d.Tables[0].Columns[0].Written = Title }, `without what is at "id" a record could not be dated`},
		"a quasi key":     {func(d *Dataset) { d.Tables[1].Columns[0].Quasi = true }, `without what is at "id" a record could not be dated`},
		"a written time":  {func(d *Dataset) { d.Tables[0].Columns[1].Path, d.Tables[0].Columns[1].Written = "when", Text }, `without what is at "when"`},
		"a quasi version": {func(d *Dataset) { d.Tables[0].Columns[1].Else[0], d.Tables[0].Columns[1].Quasi = "version", true }, `without what is at "version"`},
		"what is required": {func(d *Dataset) {
			d.Tables[0].Columns[1].Required, d.Tables[0].Columns[1].Written = true, Text
		}, `without what is at "host.name"`},
		"a written record": {func(d *Dataset) {
			d.Tables[0].Columns[1].Path, d.Tables[0].Columns[1].Type, d.Tables[0].Columns[1].Written = "", JSON, Text
		}, `without what is at ""`},
		"a written presence": {func(d *Dataset) {
			d.Tables[0].Columns[1].Type, d.Tables[0].Columns[1].Written = Present, Text
		}, "says nothing that could be left out"},
		"a computed record":                            {func(d *Dataset) { d.Tables[0].Computed = CallLegs }, "the first table is the root table, with a row per record, and is read"},
		"a computation of no name":                     {func(d *Dataset) { d.Tables[0].Columns[1].Computed = 99 }, "the computation is none of the known ones"},
		"a column read in a table of what is computed": {func(d *Dataset) { d.Tables[1].Computed = CallLegs }, "the rows of the table are computed, and so are all of their columns"},
		"a key that is computed":                       {func(d *Dataset) { d.Tables[0].Columns[0].Computed = CallTotals }, "nor told from others by it"},
		"a mark of no name":                            {func(d *Dataset) { d.Tables[0].Columns[1].Written = Text + 1 }, "neither title nor text"},
		"an owner that is no column":                   {func(d *Dataset) { d.Owner = []Path{"guest.id"} }, "reads whose the record is"},
		"an owner who is not personal":                 {func(d *Dataset) { d.Owner = []Path{"host.name"} }, "reads whose the record is"},
		"an element of nobody":                         {func(d *Dataset) { d.Tables[1].Owner = []Path{"guest.id"} }, "of them reads whose they are"},
		"an element of no list":                        {func(d *Dataset) { d.Tables[0].Owner = []Path{"id"} }, "the rows are of no list"},
		"a name in capitals":                           {func(d *Dataset) { d.Name = "Visits" }, "the name is not snake_case"},
		"a name for no path":                           {func(d *Dataset) { d.Name = strings.Repeat("a", 101) }, "the name has 101 characters, want at most 100"},
		"a table for no path":                          {func(d *Dataset) { d.Tables[0].Name = strings.Repeat("a", 101) }, "the name has 101 characters"},
		"a night of what is gone":                      {func(d *Dataset) { d.Retention = d.Lookback - 1 }, "what Graph has forgotten"},
		"windows without number":                       {func(d *Dataset) { d.Source.Window = Window{Longest: 1, Layout: time.RFC3339} }, "want at least a minute"},
		"hours by their dates":                         {func(d *Dataset) { d.Source.Window = Window{Longest: Day / 24, Layout: time.DateOnly} }, "whole days with a layout"},
		"a way up":                                     {func(d *Dataset) { d.Source.Path = "/visits/.." }, "no way up"},
		"a way up, escaped":                            {func(d *Dataset) { d.Source.Path = "/visits/%2e%2e/a" }, "no way up"},
		"an escape of nothing":                         {func(d *Dataset) { d.Source.Path = "/visits/%zz" }, "none below the API version"},
		"a doc of two lines":                           {func(d *Dataset) { d.Doc = "Visits\n; DROP" }, "the doc has more than one line"},
		"a column's, of two":                           {func(d *Dataset) { d.Tables[0].Columns[0].Doc = "Id\r; DROP" }, "the doc has more than one line"},
		"a table's, of two":                            {func(d *Dataset) { d.Tables[0].Doc = "Id\n; DROP" }, "the doc has more than one line"},
		"a header of two words":                        {func(d *Dataset) { d.Source.Headers = []Param{{"a b", "x"}} }, "is no name of a header"},
		"another token":                                {func(d *Dataset) { d.Source.Headers = []Param{{"authorization", "x"}} }, "is no name of a header"},
		"a header beyond ASCII":                        {func(d *Dataset) { d.Source.Headers = []Param{{"Prefer", "ü"}} }, "is no name of a header"},
		"a key column twice":                           {func(d *Dataset) { d.Tables[0].Key = append(d.Tables[0].Key, d.Tables[0].Key[0]) }, "in the key twice"},
		"another mark": {func(d *Dataset) {
			d.Removes = true
			d.Tables[0].Columns = append(d.Tables[0].Columns, Column{Name: "removed", Path: "gone", Type: Bool, Doc: "Gone."})
		}, "call yours something else"},
		"no doc":                    {func(d *Dataset) { d.Doc = "" }, "required"},
		"no permission":             {func(d *Dataset) { d.Permissions = nil }, "required"},
		"no source path":            {func(d *Dataset) { d.Source.Path = "" }, "required"},
		"no API version":            {func(d *Dataset) { d.Source.API = "" }, "required"},
		"no budget":                 {func(d *Dataset) { d.Source.Budget = Budget{} }, "required"},
		"no mode":                   {func(d *Dataset) { d.Mode = 0 }, "the mode is not one"},
		"a mode past the last":      {func(d *Dataset) { d.Mode = Observations + 1 }, "the mode is not one"},
		"records without a time":    {func(d *Dataset) { d.Time = nil }, "all others have one"},
		"a picture with a time":     {func(d *Dataset) { d.Mode = Snapshot }, "have no time"},
		"a short lookback":          {func(d *Dataset) { d.Lookback = Day - 1 }, "late changes would be lost"},
		"windows never read":        {func(d *Dataset) { d.Settle, d.Lookback = 0, 0 }, "mode windowed needs a lookback"},
		"changes never read":        {func(d *Dataset) { d.Mode, d.Settle, d.Lookback = Changes, 0, 0 }, "mode changes needs a lookback"},
		"a look back at the future": {func(d *Dataset) { d.Ahead = -Day }, "what lies ahead of a run"},
		"changes that lie ahead":    {func(d *Dataset) { d.Mode, d.Changed, d.Ahead = Changes, "changed", Day }, "what lies ahead of a run"},
		"no paging":                 {func(d *Dataset) { d.Source.Paging = 0 }, "the paging is none of"},
		"a delta of parents":        {func(d *Dataset) { d.Source.Paging, d.Source.Detail = Delta, nil; d.own(nil) }, "a delta is of a whole collection"},
		"one answer with windows":   {func(d *Dataset) { d.Source.Paging, d.Source.Detail = Single, nil }, "an answer that is the record has no detail and no longest window"},
		"$skip in a query twice":    {func(d *Dataset) { d.Source.Paging = Skip; d.Source.Query = append(d.Source.Query, Param{"$Skip", "0"}) }, "no $skip of its own"},
		"a paging past the last":    {func(d *Dataset) { d.Source.Paging = Skip + 1 }, "the paging is none of"},
		"a day, its end included":   {func(d *Dataset) { d.Source.Window.Longest = Day }, "nothing is left to ask for"},
		"an hour, its end taken":    {func(d *Dataset) { d.Source.Window.Longest = Day / 24 }, "nothing is left to ask for"},
		"a page less than empty":    {func(d *Dataset) { d.Source.Window = paged(-1, Day/24, time.RFC3339) }, "a positive page"},
		"a page, never split":       {func(d *Dataset) { d.Source.Window = paged(60, 0, time.RFC3339) }, "a longest window of whole seconds"},
		"a page and half a second":  {func(d *Dataset) { d.Source.Window = paged(60, 1500*time.Millisecond, time.RFC3339) }, "a longest window of whole seconds"},
		"a page, and only dates":    {func(d *Dataset) { d.Source.Window = paged(60, Day, time.DateOnly) }, "a layout that tells them"},
		"bounds without a layout":   {func(d *Dataset) { d.Source.Window.Layout = "" }, "$filter has {from} or {to}"},
		"an end in the path":        {func(d *Dataset) { d.Source.Path, d.Source.Query, d.Source.Window.Layout = "/visits(to={to})", nil, "" }, "path has {from} or {to}"},
		"a bound in a header":       {func(d *Dataset) { header(d, "If-Modified-Since", "{from}") }, "If-Modified-Since has {from} or {to}"},
		"a detail without a path":   {func(d *Dataset) { d.Source.Detail.Path = "" }, "a path goes with queries"},
		"a detail of no record":     {func(d *Dataset) { d.Source.Detail.Path = "/visits" }, `detail: the path "/visits" has no {id}`},
		"a detail never asked for":  {func(d *Dataset) { d.Source.Detail.Queries = nil }, "detail: without queries"},
		"a detail without budget":   {func(d *Dataset) { d.Source.Detail.Budget = Budget{} }, "detail: a budget is required"},
		"a detail's broken end":     {func(d *Dataset) { d.Source.Detail.End = "u..l" }, `detail: path "u..l"`},
		"a detail by two keys":      {twoKeys, "the key of the root table is [visit_id host]"},
		"a detail of nothing":       {func(d *Dataset) { d.Source.Detail = &Detail{} }, "no request would be made"},
		"a part without a budget":   {func(d *Dataset) { d.Source.Detail.Parts = []Part{{Name: "rooms", Path: "/visits/{id}/rooms"}} }, `part "rooms"`},
		"parents without a place":   {func(d *Dataset) { d.Source.Parent = &Parent{Path: "/hosts", Budget: d.Source.Budget} }, "their ids a place"},
		"parents of parents without a place": {func(d *Dataset) {
			d.Source.Path = "/hosts/{parent}/visits"
			hosts := &Parent{Path: "/hosts", Budget: d.Source.Budget}
			d.Source.Parent = &Parent{Path: "/hosts/{parent}/rooms", Budget: d.Source.Budget, Of: hosts}
		}, "{grandparent} in the source's"},
		"own visits of no host":    {func(d *Dataset) { d.Source.Own = &Own{Path: "room", Prefix: "own:"} }, "what is a parent's own"},
		"own visits in a list":     {func(d *Dataset) { d.own(&Own{Path: "rooms[].id", Prefix: "own:"}) }, "what is a parent's own"},
		"all visits their host's":  {func(d *Dataset) { d.own(&Own{Path: "room"}) }, "what is a parent's own"},
		"a time beside nothing":    {func(d *Dataset) { d.Tables[0].Columns[1].Else[0], d.Tables[0].Columns[1].Type = "hosts[0]", UTCTime }, "nothing is beside it"},
		"changes of no time":       {func(d *Dataset) { d.Mode = Changes }, "by the time of modification"},
		"a broken time path":       {func(d *Dataset) { d.Time = []Path{"when", "a..b"} }, `path "a..b"`},
		"a broken version path":    {func(d *Dataset) { d.Version = "v." }, `path "v."`},
		"no table":                 {func(d *Dataset) { d.Tables = nil }, "the first table is the root table"},
		"a child table first":      {func(d *Dataset) { d.Tables = d.Tables[1:] }, "the first table is the root table"},
		"a table name with a dash": {func(d *Dataset) { d.Tables[1].Name = "visit-guests" }, "the name is not snake_case"},
		"a table without a doc":    {func(d *Dataset) { d.Tables[0].Doc = "" }, "a snake_case name, a doc and a key"},
		"a table without a key":    {func(d *Dataset) { d.Tables[0].Key = nil }, "a snake_case name, a doc and a key"},
		"rows that are no array":   {func(d *Dataset) { d.Tables[1].Each = "parties" }, "want a path that ends with []"},
		"rows at a broken path":    {func(d *Dataset) { d.Tables[1].Each = "parties[1]" }, "want a path that ends with []"},
		"a column twice":           {func(d *Dataset) { again(d, "visit_id") }, "is there twice"},
		"a partition column":       {func(d *Dataset) { d.Tables[0].Columns[1].Name = "tenant_id" }, "is there twice, or is a partition column"},
		"the partition of a lane":  {func(d *Dataset) { d.Tables[0].Columns[1].Name = "dt_month" }, "is there twice, or is a partition column"},
		"another partition column": {func(d *Dataset) { d.Tables[0].Columns[1].Name = "dt" }, "is there twice, or is a partition column"},
		"a column name with dots":  {func(d *Dataset) { d.Tables[0].Columns[1].Name = "host.name" }, "column host.name: the name is not snake_case"},
		"a column without a doc":   {func(d *Dataset) { d.Tables[0].Columns[1].Doc = "" }, "column host: a snake_case name, a doc"},
		"a column without a type":  {func(d *Dataset) { d.Tables[0].Columns[1].Type = 0 }, "a doc and a type"},
		"a broken path":            {func(d *Dataset) { d.Tables[0].Columns[1].Path = "host[" }, `path "host["`},
		"a broken second path":     {func(d *Dataset) { d.Tables[0].Columns[1].Else[0] = ".host" }, `path ".host"`},
		"many values for a row":    {func(d *Dataset) { d.Tables[0].Columns[1].Path = "hosts[].name" }, "goes into a collection"},
		"a second path into many":  {func(d *Dataset) { d.Tables[0].Columns[1].Else[0] = "hosts[].name" }, "goes into a collection"},
		"a sister's rows":          {func(d *Dataset) { d.Tables[1].Columns[1].Path = "/cars[]#" }, "goes into a collection"},
		"rows below the row":       {func(d *Dataset) { d.Tables[1].Columns[3].Path = "hats[]" }, "goes into a collection"},
		"a personal number":        {func(d *Dataset) { d.Tables[1].Columns[1].Personal = true }, "a pseudonym is text"},
		"a body at a broken path":  {func(d *Dataset) { d.Bodies = []Body{{Path: "a..b"}} }, `body: path "a..b"`},
		"the record as a body":     {func(d *Dataset) { d.Bodies = []Body{{Path: "", Form: Payload}} }, `body "": a path into the record`},
		"a body of no form":        {func(d *Dataset) { d.Bodies = []Body{{Path: "note", Form: SpokenText + 1}} }, "a form are required"},
		"speech in no array":       {func(d *Dataset) { d.Bodies = []Body{{Path: "note", Form: SpokenText}} }, "a member of the elements of an array"},
		"an item body in an array": {func(d *Dataset) { d.Bodies = []Body{{Path: "notes[]"}} }, "want the path of one value"},
		"a position as a body":     {func(d *Dataset) { d.Bodies = []Body{{Path: "notes[]#", Form: PlainBody}} }, "want the path of one value"},
		"a key that Graph has not": {func(d *Dataset) { d.Tables[0].Columns[0].Path, d.Tables[0].Columns[0].Type = "", Digest }, "visit_id is no id that the record has"},
		"a day with a detail": {func(d *Dataset) {
			d.Time, d.Source.Window = []Path{AskedDay}, Window{Longest: Day, Layout: "2006-01-02"}
		}, "rows without a time of their own"},
		"a day with its end taken": {func(d *Dataset) { d.Time, d.Source.Detail = []Path{AskedDay}, nil }, "rows without a time of their own"},
		"a day of a week": {func(d *Dataset) {
			d.Time, d.Source.Detail, d.Source.Window = []Path{AskedDay}, nil, Window{Longest: 7 * Day, Layout: "2006-01-02"}
		}, "rows without a time of their own"},
		"a last tick that is not told": {func(d *Dataset) { d.Source.Window.ToIncluded, d.Source.Window.ToLast = false, true }, "its layout has to tell ticks"},
		"a last tick that is included": {func(d *Dataset) {
			d.Source.Window = Window{Longest: 2 * Day, Layout: "2006-01-02T15:04:05.0000000Z", ToIncluded: true, ToLast: true}
		}, "its end is not included"},
		"an API of none":          {func(d *Dataset) { d.Source.API = "v2" }, "want v1.0 or beta"},
		"a path that is a URL":    {func(d *Dataset) { d.Source.Path = "https://graph/visits" }, "is none below the API version"},
		"a place of nobody":       {func(d *Dataset) { d.Source.Path = "/visits/{host}" }, "{host} is not filled in here"},
		"a brace alone":           {func(d *Dataset) { d.Source.Path = "/visits/{from" }, "a brace has no other"},
		"two collections in one":  {func(d *Dataset) { d.Tables[1].Columns[3].Else = []Path{"/hat"} }, "are in different collections"},
		"a time in an array":      {func(d *Dataset) { d.Time = []Path{"when[0]"} }, "through no array"},
		"a key that is no column": {func(d *Dataset) { d.Tables[0].Key = []string{"id"} }, "key column id has to be there"},
	} {
		t.Run(name, func(t *testing.T) {
			d := sound()
			c.spoil(&d)
			err := d.Validate()
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v, want an error with %q", err, c.want)
			}
			if !strings.Contains(err.Error(), d.Name) {
				t.Errorf("%v does not name the dataset", err)
			}
		})
	}
}

func header(d *Dataset, name, value string) {
	d.Source.Query, d.Source.Window.Layout = nil, ""
	d.Source.Headers = []Param{{name, value}}
}

func twoKeys(d *Dataset) {
	d.Tables[0].Key = []string{"visit_id", "host"}
}

// again adds a column of the same name, in other letters.
func again(d *Dataset, name string) {
	c, _ := d.Tables[0].Column(name)
	c.Name = strings.ToUpper(name)
	d.Tables[0].Columns = append(d.Tables[0].Columns, c)
}

// Someone who makes three mistakes is told of three.
func TestValidateSaysEverything(t *testing.T) {
	d := sound()
	d.Doc, d.Mode, d.Tables[1].Doc = "", 0, ""
	err := d.Validate()
	for _, want := range []string{"doc is required", "the mode", "table visit_guests"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %q", err, want)
		}
	}
}
