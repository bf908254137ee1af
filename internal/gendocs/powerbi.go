package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/template"

	"graphlake/schemas"
)

// The project of Power BI is a semantic model in TMDL over views of graphlake sql in Synapse, and a report of one page. What a table
// of it is, powerbi_model.go says; here it becomes files. Keys that consist of a tenant and somebody in it are put into one column, for a
// relation has one column at either end.

// A pbiTable is a table of the model: a view of graphlake sql, less the columns that no report asks for.
type pbiTable struct {
	View     string
	Columns  []pbiColumn
	Day      string // the column that is a day of Date; none: ""
	Person   string // the column that is a user's id
	Measures []pbiMeasure
}

// pbiColumn is a column of the view. Without a Doc it is described as the view describes it.
type pbiColumn struct {
	Name string
	Type pbiType
	Doc  string
}

// pbiMeasure is a number over rows, in DAX.
type pbiMeasure struct {
	Name, DAX, Format, Doc string
}

type pbiType string

const (
	asText   pbiType = "string"
	asWhole  pbiType = "int64"
	asNumber pbiType = "double"
	asTruth  pbiType = "boolean"
	asTime   pbiType = "dateTime"
)

// What stands in formats of Power BI.
const (
	whole   = "#,0"
	tenths  = "#,0.0"
	percent = "0.0%"
	day     = "yyyy-mm-dd"
)

// pbiVisual is a visual of the page. Fields are by their role.
type pbiVisual struct {
	Name, Kind, Title   string
	X, Y, Width, Height int
	Roles               []pbiRole
}

type pbiRole struct {
	Name   string
	Fields []pbiField
}

// pbiField is a column or a measure of a table.
type pbiField struct {
	Table, Name string
	Measure     bool
}

var (
	//go:embed table.tmdl.tmpl
	tableTMDL string
	//go:embed relationships.tmdl.tmpl
	relationshipsTMDL string
	//go:embed model.tmdl.tmpl
	modelTMDL string
)

const (
	dateTable   = "Date"
	peopleView  = "users_current"
	tenantsView = "tenants_current"
	personKey   = "person" // tenant and user in one
)

// powerBI is the project as its templates see it.
type powerBI struct {
	Tables []pbiTable
	docs   map[string]string // by view and column
}

// newPowerBI describes what the model takes from views whose columns are described.
func newPowerBI(set schemas.Set) (powerBI, error) {
	all, err := relations(set)
	if err != nil {
		return powerBI{}, err
	}
	p := powerBI{Tables: pbiTables, docs: map[string]string{}}
	for _, t := range pbiTables {
		i := slices.IndexFunc(all, func(r relation) bool { return r.Name == t.View })
		if i < 0 {
			return powerBI{}, fmt.Errorf("there is no view %s", t.View)
		}
		p.docs[t.View] = all[i].Doc
		for _, c := range all[i].Columns {
			p.docs[t.View+"."+c.Name] = c.Doc
		}
		if _, table, ok := set.FindTable(strings.TrimSuffix(t.View, "_current")); ok {
			for _, c := range table.Columns {
				p.docs[t.View+"."+c.Name] = c.Doc
			}
			p.docs[t.View+".tenant_id"] = "The tenant."
		}
	}
	return p, nil
}

// ViewDoc is what a view is.
func (p powerBI) ViewDoc(t pbiTable) string { return oneLine(p.docs[t.View]) }

// ColumnDoc is what a column is.
func (p powerBI) ColumnDoc(t pbiTable, c pbiColumn) string {
	if c.Doc != "" {
		return c.Doc
	}
	return oneLine(p.docs[t.View+"."+c.Name])
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// A pbiRelation is from many rows to one.
type pbiRelation struct{ From, FromColumn, To, ToColumn string }

// Relations are by day, by person and by tenant. People are not of a tenant here: their rows would reach it in two ways.
func (p powerBI) Relations() (all []pbiRelation) {
	for _, t := range p.Tables {
		if t.Day != "" {
			all = append(all, pbiRelation{t.View, t.Day, dateTable, "Date"})
		}
		if t.Person != "" && t.View != peopleView {
			all = append(all, pbiRelation{t.View, personKey, peopleView, personKey})
		}
		if t.View != tenantsView && t.View != peopleView {
			all = append(all, pbiRelation{t.View, "tenant_id", tenantsView, "tenant_id"})
		}
	}
	return all
}

// files of the project, by their names below its directory.
func (p powerBI) files() (map[string][]byte, error) {
	files := map[string][]byte{}
	const definition = "graphlake.SemanticModel/definition/"
	words := template.FuncMap{
		"name":   tmdlName,
		"quote":  quote,
		"person": func() string { return personKey },
		"format": func(t pbiTable, c pbiColumn) string {
			switch {
			case c.Type == asTime && (c.Name == t.Day || strings.HasSuffix(c.Name, "_date")):
				return day
			case c.Type == asTime:
				return day + " hh:nn:ss"
			case c.Type == asWhole:
				return whole
			case c.Type == asNumber:
				return tenths
			}
			return ""
		},
		"chosen": func(t pbiTable) string {
			names := make([]string, len(t.Columns))
			for i, c := range t.Columns {
				names[i] = quote(c.Name)
			}
			return "{" + strings.Join(names, ", ") + "}"
		},
	}
	for _, t := range p.Tables {
		text, err := fillWith(tableTMDL, struct {
			powerBI
			Table pbiTable
		}{p, t}, words)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", t.View, err)
		}
		files[definition+"tables/"+t.View+".tmdl"] = text
	}
	for name, text := range map[string]string{"relationships.tmdl": relationshipsTMDL, "model.tmdl": modelTMDL} {
		var err error
		if files[definition+name], err = fillWith(text, p, words); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	files[definition+"tables/"+dateTable+".tmdl"] = []byte(dateTMDL)
	files[definition+"database.tmdl"] = []byte("database graphlake\n\tcompatibilityLevel: 1600\n")
	files[definition+"expressions.tmdl"] = []byte(expressionsTMDL)
	for name, value := range pbiDocuments() {
		text, err := jsonOf(value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		files[name] = text
	}
	return files, nil
}

// tmdlName is a name in TMDL, in quotes where it is more than a word.
func tmdlName(s string) string {
	if strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", "''") + "'"
}

const pbiSchemas = "https://developer.microsoft.com/json-schemas/fabric/"

type object = map[string]any

// pbiDocuments are the parts of the project that are JSON.
func pbiDocuments() map[string]any {
	const report, page = "graphlake.Report/", "overview"
	all := map[string]any{
		"graphlake.pbip": object{
			"$schema": pbiSchemas + "pbip/pbipProperties/1.0.0/schema.json", "version": "1.0",
			"artifacts": []any{object{"report": object{"path": "graphlake.Report"}}},
			"settings":  object{"enableAutoRecovery": true},
		},
		"graphlake.SemanticModel/definition.pbism": object{
			"$schema": pbiSchemas + "item/semanticModel/definitionProperties/1.0.0/schema.json", "version": "4.0", "settings": object{},
		},
		report + "definition.pbir": object{
			"$schema": pbiSchemas + "item/report/definitionProperties/1.0.0/schema.json", "version": "4.0",
			"datasetReference": object{"byPath": object{"path": "../graphlake.SemanticModel"}},
		},
		report + "definition/version.json": object{
			"$schema": pbiSchemas + "item/report/definition/versionMetadata/1.0.0/schema.json", "version": "1.0.0",
		},
		report + "definition/report.json": object{
			"$schema":            pbiSchemas + "item/report/definition/report/1.0.0/schema.json",
			"layoutOptimization": "None",
			"themeCollection": object{
				"baseTheme": object{"name": "CY24SU10", "reportVersionAtImport": "5.61", "type": "SharedResources"},
			},
		},
		report + "definition/pages/pages.json": object{
			"$schema":   pbiSchemas + "item/report/definition/pagesMetadata/1.0.0/schema.json",
			"pageOrder": []any{page}, "activePageName": page,
		},
		report + "definition/pages/" + page + "/page.json": object{
			"$schema": pbiSchemas + "item/report/definition/page/1.0.0/schema.json",
			"name":    page, "displayName": "Overview", "displayOption": "FitToPage", "width": pageWidth, "height": pageHeight,
		},
	}
	for i, v := range pbiVisuals {
		all[report+"definition/pages/"+page+"/visuals/"+v.Name+"/visual.json"] = v.document(i)
	}
	return all
}

// document is a visual of the page, of which i are before it.
func (v pbiVisual) document(i int) any {
	state := object{}
	for _, role := range v.Roles {
		var projections []any
		for _, f := range role.Fields {
			kind := "Column"
			if f.Measure {
				kind = "Measure"
			}
			projections = append(projections, object{
				"field": object{kind: object{
					"Expression": object{"SourceRef": object{"Entity": f.Table}}, "Property": f.Name,
				}},
				"queryRef": f.Table + "." + f.Name, "nativeQueryRef": f.Name,
			})
		}
		state[role.Name] = object{"projections": projections}
	}
	literal := func(text string) any { return object{"expr": object{"Literal": object{"Value": text}}} }
	return object{
		"$schema":  pbiSchemas + "item/report/definition/visualContainer/1.3.0/schema.json",
		"name":     v.Name,
		"position": object{"x": v.X, "y": v.Y, "z": i, "width": v.Width, "height": v.Height, "tabOrder": i},
		"visual": object{
			"visualType": v.Kind,
			"query":      object{"queryState": state},
			"visualContainerObjects": object{"title": []any{object{"properties": object{
				"show": literal("true"), "text": literal("'" + strings.ReplaceAll(v.Title, "'", "''") + "'"),
			}}}},
			"drillFilterOtherVisuals": true,
		},
	}
}

func jsonOf(value any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(value)
	return b.Bytes(), err
}

// writePowerBI replaces what was made before. README.md is written by hand.
func writePowerBI(dir string, set schemas.Set) error {
	p, err := newPowerBI(set)
	if err != nil {
		return err
	}
	files, err := p.files()
	if err != nil {
		return err
	}
	to := filepath.Join(dir, "powerbi")
	for _, made := range []string{"graphlake.SemanticModel", "graphlake.Report"} {
		if err := os.RemoveAll(filepath.Join(to, made)); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		file := filepath.Join(to, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, files[name], 0o600); err != nil {
			return err
		}
	}
	return nil
}
