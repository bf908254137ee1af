package schemas

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestEveryDatasetValidates(t *testing.T) {
	for _, d := range BuiltIn() {
		if err := d.Validate(); err != nil {
			t.Error(err)
		}
		for _, of := range []Table{RawTable(d), QuarantineTable(d)} {
			for _, fault := range of.faults() {
				t.Errorf("%s: %v", d.Name, fault.Err)
			}
		}
	}
}

// A table is found, replayed and queried by its name alone.
func TestNamesAreUnique(t *testing.T) {
	datasets, tables := map[string]bool{}, map[string]bool{}
	for _, d := range BuiltIn() {
		if datasets[d.Name] {
			t.Errorf("two datasets are called %s", d.Name)
		}
		datasets[d.Name] = true
		for _, table := range d.Tables {
			if tables[table.Name] {
				t.Errorf("two tables are called %s", table.Name)
			}
			tables[table.Name] = true
			if of, found, ok := BuiltIn().FindTable(table.Name); !ok || of.Name != d.Name || found.Name != table.Name {
				t.Errorf("BuiltIn().FindTable(%q) finds %q of %q", table.Name, found.Name, of.Name)
			}
		}
	}
	if _, ok := BuiltIn().Find("no_such_dataset"); ok {
		t.Error("Find finds a dataset that is not there")
	}
	if _, _, ok := BuiltIn().FindTable("no_such_table"); ok {
		t.Error("FindTable finds a table that is not there")
	}
}

// Readers guess a column's unit and type from its name.
func TestColumnNamesSayTheirUnit(t *testing.T) {
	for _, d := range BuiltIn() {
		for _, table := range d.Tables {
			for _, c := range table.Columns {
				switch is := c.Type == Timestamp || c.Type == UTCTime; {
				case is != strings.HasSuffix(c.Name, "_time"):
					t.Errorf("%s.%s is a %v: instants, and only they, end in _time", table.Name, c.Name, c.Type)
				case c.Type == DurationMS && !strings.HasSuffix(c.Name, "_ms"):
					t.Errorf("%s.%s is a duration and does not end in _ms", table.Name, c.Name)
				case strings.HasSuffix(c.Name, "_id") && c.Type != String && c.Type != KeyText && c.Type != Digest:
					t.Errorf("%s.%s is a %v: ids are text", table.Name, c.Name, c.Type)
				case !strings.HasSuffix(c.Doc, "."):
					t.Errorf("%s.%s: the doc %q is no sentence", table.Name, c.Name, c.Doc)
				}
			}
		}
	}
}

// A row of a child table names its root row by the root's key, and the day of the record by the
// record's time, so that both are known without the root table. The key of one table holds the root's.
func TestChildRowsNameTheirRecord(t *testing.T) {
	for _, d := range BuiltIn() {
		for _, table := range d.Tables[1:] {
			if root := d.Root().Key; table.Name != "subscribed_skus" && !slices.Equal(table.Key[:len(root)], root) {
				t.Errorf("%s: the key is %v, want it to begin with %v", table.Name, table.Key, root)
			}
			for _, key := range d.Root().Key {
				want, _ := d.Root().Column(key)
				if c, _ := table.Column(key); c.Path != "/"+want.Path {
					t.Errorf("%s.%s is read from %q, want the record's %q", table.Name, key, c.Path, want.Path)
				}
			}
			if d.Mode.Pictures() {
				continue
			}
			if !slices.ContainsFunc(table.Columns, func(c Column) bool { return c.Path == "/"+d.Time[0] && table.Requires(c) }) {
				t.Errorf("%s has no required column for the record's time %q", table.Name, d.Time[0])
			}
		}
	}
}

// Where tables meet, the same name has to hold the same type, or a join compares apples with pears.
func TestSharedColumnsHaveOneType(t *testing.T) {
	for _, d := range BuiltIn() {
		types := map[string]Type{}
		for _, table := range d.Tables {
			for _, c := range table.Columns {
				if known, ok := types[c.Name]; ok && known != c.Type {
					t.Errorf("%s.%s is a %v, in another table of %s a %v", table.Name, c.Name, c.Type, d.Name, known)
				}
				types[c.Name] = c.Type
			}
		}
	}
}

func TestSelect(t *testing.T) {
	selected := Users.Select()
	for _, name := range []string{"id", "manager", "department", "employeeOrgData", "assignedLicenses"} {
		if !slices.Contains(selected, name) {
			t.Errorf("$select lacks %s: %v", name, selected)
		}
	}
	for i, name := range selected {
		if strings.ContainsAny(name, "@.[]#/") || slices.Contains(selected[:i], name) {
			t.Errorf("$select has %q, want each property once, without annotations", name)
		}
	}
	if got := selected[0]; got != "id" {
		t.Errorf("$select begins with %s, want the order of the columns", got)
	}
}

var namesAPerson = regexp.MustCompile(`(user_id|display_name|principal_name|given_name|surname|e?mails?|phones?|number|ip_address|mac_address|device_name|url)$`)

// A new column of this kind that nobody marked would pass pseudonymization in the clear.
func TestWhatNamesAPersonIsPersonal(t *testing.T) {
	for _, d := range BuiltIn() {
		for _, table := range d.Tables {
			for _, c := range table.Columns {
				others := strings.HasSuffix(c.Name, "relay_ip_address") || // Microsoft's
					slices.Contains([]string{"sku_part_number", "sequence_number", "mention_number"}, c.Name)
				if namesAPerson.MatchString(c.Name) && !c.Personal && !others {
					t.Errorf("%s.%s is not marked as personal", table.Name, c.Name)
				}
			}
		}
	}
}

// What is in a key is there in every row, and need not say so.
func TestKeysAreRequired(t *testing.T) {
	table := Table{Key: []string{"id", "seat"}, Columns: []Column{{Name: "id", Type: String}, {Name: "seat", Type: KeyText}, {Name: "host", Type: String}, {Name: "when", Required: true}}}
	for i, want := range []bool{true, false, false, true} {
		if got := table.Requires(table.Columns[i]); got != want {
			t.Errorf("%s is required: %v", table.Columns[i].Name, got)
		}
	}
	if table.Lenient = true; table.Requires(table.Columns[0]) {
		t.Error("raw refuses a record without a key")
	}
}

// What is read of a dataset is all of its tables but what is computed, and another definition.
func TestRead(t *testing.T) {
	read := CallRecords.Read()
	if len(read.Tables) != 6 || len(CallRecords.Tables) != 8 {
		t.Errorf("%d tables are read of %d", len(read.Tables), len(CallRecords.Tables))
	}
	for _, table := range read.Tables {
		for _, c := range table.Columns {
			if table.Computed != 0 || c.Computed != 0 {
				t.Errorf("%s.%s is computed", table.Name, c.Name)
			}
		}
	}
	if read.Fingerprint() == CallRecords.Fingerprint() {
		t.Error("tables without what is computed are the same as with it")
	}
	other := CallRecords
	other.Tables = slices.Clone(other.Tables)
	other.Tables[0].Columns = slices.Clone(other.Tables[0].Columns)
	other.Tables[0].Columns[len(other.Tables[0].Columns)-1].Computed = StreamQuality
	if other.Fingerprint() == CallRecords.Fingerprint() {
		t.Error("another computation makes no other table")
	}
}
