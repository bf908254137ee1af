package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"graphlake/schemas"
)

const inModel, inPage = "graphlake.SemanticModel/definition/", "graphlake.Report/definition/pages/overview/"

func powerBIFiles(t *testing.T) map[string][]byte {
	t.Helper()
	p, err := newPowerBI(schemas.BuiltIn())
	if err != nil {
		t.Fatal(err)
	}
	files, err := p.files()
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// What names a table, a column or a measure names one that is there.
func TestPowerBINamesWhatIsThere(t *testing.T) {
	if err := checkPowerBI(powerBIFiles(t)); err != nil {
		t.Error(err)
	}
}

// Whatever is broken in a project is found, or finding nothing in ours would prove nothing.
func TestPowerBIFaultsAreFound(t *testing.T) {
	const calls = inModel + "tables/metric_person_calls.tmdl"
	whole := powerBIFiles(t)
	for _, c := range []struct{ file, old, broken, want string }{
		{calls, "\tcolumn offered\n", "    column offered\n", "blanks"},
		{calls, "\tcolumn offered\n", "\tcolumns offered\n", "a description of no object"},
		{calls, "\t\tsummarizeBy: none\n", "\t\tsummarize by none\n", "nothing that is known"},
		{calls, "\t\tsummarizeBy: none\n", "\t\tsummarizedBy: none\n", "no property of a column"},
		{calls, "\t\tsummarizeBy: none\n", "\t\tsummarizeBy: none\n\t\tsummarizeBy: none\n", "there already"},
		{calls, "dataType: int64", "dataType: bigint", "dataType bigint"},
		{calls, "sourceColumn: offered", "sourceColumn: ofered", "does not choose ofered"},
		{calls, "[offered])", "[ofered])", "metric_person_calls[ofered]"},
		{calls, "DIVIDE([Calls missed]", "DIVIDE([Calls mised]", "[Calls mised]"},
		{calls, "DIVIDE([Calls missed], [Calls offered])", "DIVIDE([Calls missed], [Calls offered]", "parentheses"},
		{calls, "= SUM(metric", "= SUMM(metric", "SUMM"},
		{calls, "measure 'Calls missed'", "measure Missed", "a column of its table, too"},
		{calls, "measure 'Talk hours'", "measure Meetings", "measure Meetings is there twice"},
		{inModel + "relationships.tmdl", "fromColumn: metric_person_calls.dt", "fromColumn: metric_person_calls.day", "metric_person_calls.day"},
		{inModel + "relationships.tmdl", "toColumn: Date.Date", "toColumn: Date.Month", "of different types"},
		{inModel + "relationships.tmdl", "toColumn: Date.Date", "toColumn: users_current.person", "of different types"},
		{inModel + "relationships.tmdl", "relationship coverage_dt\n", "relationship people_tenant\n\tfromColumn: users_current.tenant_id\n\ttoColumn: tenants_current.tenant_id\n\nrelationship coverage_dt\n", "two ways"},
		{inModel + "model.tmdl", "ref table coverage\n", "", "model.tmdl"},
		{inPage + "visuals/talk_hours/visual.json", `"Property": "Talk hours"`, `"Property": "Talk minutes"`, "Talk minutes"},
		{inPage + "visuals/talk_hours/visual.json", `"Measure":`, `"Column":`, "Talk hours"},
		{inPage + "visuals/talk_hours/visual.json", `"Values":`, `"Value":`, "roles"},
		{inPage + "visuals/talk_hours/visual.json", `"x": 20`, `"x": 1200`, "beyond the page"},
		{inPage + "visuals/talk_hours/visual.json", `"x": 20`, `"x": 200`, "one over the other"},
		{inPage + "visuals/talk_hours/visual.json", `"tabOrder":`, `"taborder":`, "taborder"},
		{inPage + "page.json", `"displayOption":`, `"displayoption":`, "displayOption"},
		{"graphlake.Report/definition.pbir", "../graphlake.SemanticModel", "../SemanticModel", "../SemanticModel"},
	} {
		files := maps.Clone(whole)
		was := files[c.file]
		files[c.file] = bytes.Replace(was, []byte(c.old), []byte(c.broken), 1)
		if bytes.Equal(was, files[c.file]) {
			t.Errorf("%s has no %q", c.file, c.old)
			continue
		}
		if err := checkPowerBI(files); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s with %q in the place of %q: %v, want %s", c.file, c.broken, c.old, err, c.want)
		}
	}
}

// pbiModel is what was read of a model.
type pbiModel struct {
	tables   map[string]*tmdlObject
	columns  map[string]*tmdlObject // by table.column
	measures map[string]string      // the table of each
}

func checkPowerBI(files map[string][]byte) error {
	m, err := readModel(files)
	if err != nil {
		return err
	}
	for _, check := range []func(map[string][]byte) error{m.checkTables, m.checkMeasures, m.checkRelations, m.checkReport, checkShapes} {
		if err := check(files); err != nil {
			return err
		}
	}
	return nil
}

func readModel(files map[string][]byte) (pbiModel, error) {
	m := pbiModel{map[string]*tmdlObject{}, map[string]*tmdlObject{}, map[string]string{}}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if !strings.HasPrefix(name, inModel+"tables/") {
			continue
		}
		root, err := readTMDL(string(files[name]))
		if err != nil {
			return m, fmt.Errorf("%s: %w", name, err)
		}
		tables := root.of("table")
		if len(root.Children) != 1 || len(tables) != 1 || tables[0].Name+".tmdl" != path.Base(name) {
			return m, fmt.Errorf("%s is not one table of that name", name)
		}
		table := tables[0]
		m.tables[table.Name] = table
		for _, c := range table.of("column") {
			if m.columns[table.Name+"."+c.Name] != nil {
				return m, fmt.Errorf("column %s is there twice in %s", c.Name, table.Name)
			}
			m.columns[table.Name+"."+c.Name] = c
		}
		for _, f := range table.of("measure") {
			if m.measures[f.Name] != "" {
				return m, fmt.Errorf("measure %s is there twice", f.Name)
			}
			if slices.ContainsFunc(table.of("column"), func(c *tmdlObject) bool { return strings.EqualFold(c.Name, f.Name) }) {
				return m, fmt.Errorf("measure %s is a column of its table, too", f.Name)
			}
			m.measures[f.Name] = table.Name
		}
	}
	return m, nil
}

var (
	pbiItem   = regexp.MustCompile(`\[Schema = "dbo", Item = "(\w+)"\]`)
	pbiChosen = regexp.MustCompile(`Table\.SelectColumns\(View, \{([^}]*)\}\)`)
	pbiMade   = regexp.MustCompile(`Table\.AddColumn\(\w+, "(\w+)"|type table \[(\w+) =`)
)

// checkTables: each column comes from the partition, described and of a type; each table is named by the model, once.
func (m pbiModel) checkTables(files map[string][]byte) error {
	for name, table := range m.tables {
		partitions := table.of("partition")
		if len(partitions) != 1 || partitions[0].Name != name || partitions[0].Value != "m" || partitions[0].Properties["mode"] != "import" {
			return fmt.Errorf("%s is not one imported partition of M", name)
		}
		source := partitions[0].Properties["source"]
		if item := pbiItem.FindStringSubmatch(source); item == nil || item[1] != name && name != "Date" {
			return fmt.Errorf("%s reads another view", name)
		}
		var given []string
		for _, made := range pbiMade.FindAllStringSubmatch(source, -1) {
			given = append(given, made[1]+made[2])
		}
		if chosen := pbiChosen.FindStringSubmatch(source); chosen != nil {
			for c := range strings.SplitSeq(chosen[1], ", ") {
				given = append(given, strings.Trim(c, `"`))
			}
		}
		for _, c := range table.of("column") {
			if !slices.Contains(given, c.Properties["sourceColumn"]) {
				return fmt.Errorf("the partition of %s does not choose %s", name, c.Properties["sourceColumn"])
			}
			if !slices.Contains([]string{"string", "int64", "double", "boolean", "dateTime"}, c.Properties["dataType"]) {
				return fmt.Errorf("%s.%s is of dataType %s", name, c.Name, c.Properties["dataType"])
			}
			if by := c.Properties["sortByColumn"]; by != "" && m.columns[name+"."+by] == nil {
				return fmt.Errorf("%s.%s is sorted by %s", name, c.Name, by)
			}
		}
		if len(given) != len(table.of("column")) {
			return fmt.Errorf("the partition of %s has %d columns, and the table %d", name, len(given), len(table.of("column")))
		}
		for _, o := range append(table.Children, table) {
			if o.Kind != "partition" && o.Doc == "" {
				return fmt.Errorf("%s.%s is not described", name, o.Name)
			}
		}
	}
	for _, name := range []string{"database", "expressions", "model", "relationships"} {
		root, err := readTMDL(string(files[inModel+name+".tmdl"]))
		if err != nil {
			return fmt.Errorf("%s.tmdl: %w", name, err)
		}
		if name != "model" {
			continue
		}
		var named []string
		for _, ref := range root.of("ref table") {
			named = append(named, ref.Name)
		}
		if !slices.Equal(slices.Sorted(slices.Values(named)), slices.Sorted(maps.Keys(m.tables))) {
			return fmt.Errorf("model.tmdl names the tables %v", named)
		}
	}
	return nil
}

var (
	daxColumn   = regexp.MustCompile(`(\w+)\[([^\]]+)\]`)
	daxMeasure  = regexp.MustCompile(`(?:^|[^\w])\[([^\]]+)\]`)
	daxFunction = regexp.MustCompile(`\b([A-Z]+)\b\(?`)
	daxTable    = regexp.MustCompile(`COUNTROWS\((\w+)\)`)
	daxText     = regexp.MustCompile(`"[^"]*"`)
)

// checkMeasures: each column, measure and table in an expression is there, and each word of DAX is one.
func (m pbiModel) checkMeasures(map[string][]byte) error {
	for name, of := range m.measures {
		i := slices.IndexFunc(m.tables[of].Children, func(o *tmdlObject) bool { return o.Kind == "measure" && o.Name == name })
		measure := m.tables[of].Children[i]
		dax := measure.Value
		for _, c := range daxColumn.FindAllStringSubmatch(dax, -1) {
			if m.columns[c[1]+"."+c[2]] == nil {
				return fmt.Errorf("measure %s names %s", name, c[0])
			}
		}
		for _, f := range daxMeasure.FindAllStringSubmatch(dax, -1) {
			if m.measures[f[1]] == "" {
				return fmt.Errorf("measure %s names [%s]", name, f[1])
			}
		}
		for _, table := range daxTable.FindAllStringSubmatch(dax, -1) {
			if m.tables[table[1]] == nil {
				return fmt.Errorf("measure %s names the table %s", name, table[1])
			}
		}
		words := daxText.ReplaceAllString(daxColumn.ReplaceAllString(dax, ""), "")
		for _, f := range daxFunction.FindAllStringSubmatch(daxMeasure.ReplaceAllString(words, ""), -1) {
			if !slices.Contains([]string{"DIVIDE", "SUM", "COUNTROWS", "CALCULATE", "NOT", "IN", "ISBLANK", "IF", "HASONEVALUE"}, f[1]) {
				return fmt.Errorf("measure %s calls %s", name, f[1])
			}
		}
		if strings.Count(dax, "(") != strings.Count(dax, ")") {
			return fmt.Errorf("measure %s has parentheses without others", name)
		}
		if measure.Properties["formatString"] == "" {
			return fmt.Errorf("measure %s has no format", name)
		}
	}
	return nil
}

// checkRelations: both ends are there and of one type, and from no table two ways lead to another.
func (m pbiModel) checkRelations(files map[string][]byte) error {
	root, err := readTMDL(string(files[inModel+"relationships.tmdl"]))
	if err != nil {
		return err
	}
	to := map[string][]string{}
	for _, r := range root.of("relationship") {
		from, key := r.Properties["fromColumn"], r.Properties["toColumn"]
		for _, end := range []string{from, key} {
			if m.columns[end] == nil {
				return fmt.Errorf("relation %s names %s", r.Name, end)
			}
		}
		if m.columns[from].Properties["dataType"] != m.columns[key].Properties["dataType"] {
			return fmt.Errorf("the columns of relation %s are of different types", r.Name)
		}
		if key != "tenants_current.tenant_id" && m.columns[key].Properties["isKey"] != "true" {
			return fmt.Errorf("relation %s leads to %s, which is no key", r.Name, key)
		}
		from, _, _ = strings.Cut(from, ".")
		key, _, _ = strings.Cut(key, ".")
		to[from] = append(to[from], key)
	}
	var reach func(table string) []string
	reach = func(table string) (all []string) {
		for _, next := range to[table] {
			all = append(append(all, next), reach(next)...)
		}
		return all
	}
	for table := range m.tables {
		all := slices.Sorted(slices.Values(reach(table)))
		if len(slices.Compact(slices.Clone(all))) != len(all) {
			return fmt.Errorf("from %s two ways lead to one of %v", table, all)
		}
		if _, related := to[table]; !related && !slices.Contains([]string{"Date", "users_current", "tenants_current"}, table) {
			return fmt.Errorf("%s is not related to anything", table)
		}
	}
	return nil
}

// pbiDocument is what is read of a visual.
type pbiDocument struct {
	Name     string
	Position struct{ X, Y, Width, Height int }
	Visual   struct {
		VisualType string
		Query      struct {
			QueryState map[string]struct {
				Projections []struct {
					Field    map[string]struct{ Expression, Property json.RawMessage }
					QueryRef string
				}
			}
		}
	}
}

// pbiRoles are those that a kind of visual has.
var pbiRoles = map[string]string{"card": "Values", "slicer": "Values", "lineChart": "Category Y", "clusteredBarChart": "Category Y"}

// checkReport: visuals show what is there, on the page, and beside each other.
func (m pbiModel) checkReport(files map[string][]byte) error {
	var before []pbiDocument
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if !strings.HasSuffix(name, "visual.json") {
			continue
		}
		var v pbiDocument
		if err := json.Unmarshal(files[name], &v); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if roles := strings.Join(slices.Sorted(maps.Keys(v.Visual.Query.QueryState)), " "); roles != pbiRoles[v.Visual.VisualType] || roles == "" {
			return fmt.Errorf("%s is a %s with the roles %q", v.Name, v.Visual.VisualType, roles)
		}
		for _, role := range v.Visual.Query.QueryState {
			for _, p := range role.Projections {
				if err := m.checkField(p.Field, p.QueryRef); err != nil {
					return fmt.Errorf("%s: %w", v.Name, err)
				}
			}
		}
		at := v.Position
		if at.X < 0 || at.Y < 0 || at.X+at.Width > pageWidth || at.Y+at.Height > pageHeight {
			return fmt.Errorf("%s is beyond the page", v.Name)
		}
		for _, b := range before {
			o := b.Position
			if at.X < o.X+o.Width && o.X < at.X+at.Width && at.Y < o.Y+o.Height && o.Y < at.Y+at.Height {
				return fmt.Errorf("%s and %s are one over the other", v.Name, b.Name)
			}
		}
		if path.Base(path.Dir(name)) != v.Name {
			return fmt.Errorf("%s is called %s", name, v.Name)
		}
		before = append(before, v)
	}
	if len(before) == 0 {
		return fmt.Errorf("there is no visual")
	}
	return nil
}

func (m pbiModel) checkField(field map[string]struct{ Expression, Property json.RawMessage }, queryRef string) error {
	for kind, f := range field {
		var property string
		var source struct{ SourceRef struct{ Entity string } }
		if err := json.Unmarshal(f.Property, &property); err != nil {
			return err
		}
		if err := json.Unmarshal(f.Expression, &source); err != nil {
			return err
		}
		table := source.SourceRef.Entity
		isThere := m.columns[table+"."+property] != nil
		if kind == "Measure" {
			isThere = m.measures[property] == table
		}
		if !isThere || queryRef != table+"."+property {
			return fmt.Errorf("%s %s of %s is not there, or is called %s", kind, property, table, queryRef)
		}
	}
	return nil
}

// pbiShapes are the members of objects by where they are in a file, as Microsoft's schemas of these versions have them
// (github.com/microsoft/json-schemas): those that must be there, and after a bar others that may.
var pbiShapes = map[string]map[string]string{
	"graphlake.pbip": {"": "$schema artifacts version | settings", "settings": "| enableAutoRecovery"},
	"graphlake.SemanticModel/definition.pbism": {"": "$schema version | settings", "settings": "| qnaEnabled qnaLsdlSharingPermissions"},
	"graphlake.Report/definition.pbir":         {"": "$schema datasetReference version", "datasetReference": "| byPath byConnection", "datasetReference.byPath": "path"},
	"graphlake.Report/definition/version.json": {"": "$schema version"},
	"graphlake.Report/definition/report.json": {
		"": "$schema layoutOptimization themeCollection | settings objects filterConfig annotations", "themeCollection": "| baseTheme customTheme",
		"themeCollection.baseTheme": "name reportVersionAtImport type",
	},
	"graphlake.Report/definition/pages/pages.json": {"": "$schema | pageOrder activePageName"},
	inPage + "page.json":                           {"": "$schema displayName displayOption name | height width filterConfig visibility objects"},
	"visual.json": {
		"": "$schema name position | visual filterConfig isHidden", "position": "height width x y | z tabOrder angle",
		"visual":       "visualType | query objects visualContainerObjects drillFilterOtherVisuals autoSelectVisualType",
		"visual.query": "queryState | sortDefinition options isDrillDisabled",
	},
}

func checkShapes(files map[string][]byte) error {
	for name, text := range files {
		if strings.HasSuffix(name, ".tmdl") {
			continue
		}
		shape, ok := pbiShapes[name]
		if !ok && path.Base(name) == "visual.json" {
			shape, ok = pbiShapes["visual.json"]
		}
		if !ok {
			return fmt.Errorf("nothing is known of %s", name)
		}
		var document map[string]any
		if err := json.Unmarshal(text, &document); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		for at, members := range shape {
			part := document
			for step := range strings.SplitSeq(at, ".") {
				if step != "" {
					part, _ = part[step].(map[string]any)
				}
			}
			required, optional, _ := strings.Cut(members, "|")
			for r := range strings.FieldsSeq(required) {
				if _, there := part[r]; !there {
					return fmt.Errorf("%s: %s lacks %s", name, at, r)
				}
			}
			for member := range part {
				if !slices.Contains(strings.Fields(required+" "+optional), member) {
					return fmt.Errorf("%s: %s has %s", name, at, member)
				}
			}
		}
	}
	var report struct {
		DatasetReference struct{ ByPath struct{ Path string } }
	}
	if err := json.Unmarshal(files["graphlake.Report/definition.pbir"], &report); err != nil {
		return err
	}
	if model := path.Join("graphlake.Report", report.DatasetReference.ByPath.Path); files[model+"/definition.pbism"] == nil {
		return fmt.Errorf("the report is of the model %s", report.DatasetReference.ByPath.Path)
	}
	return nil
}
