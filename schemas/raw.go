package schemas

// Names of the columns that every raw and quarantine table has.
const (
	RecordTime = "record_time"
	RecordHash = "record_hash"
	RecordText = "record"
	RawVersion = "version"
	RawRemoved = "removed"
	ReasonPath = "reason_path"
	Reason     = "reason"
)

// RawTable is the table in which a dataset's records are kept as Graph sent them: the key of the
// record, its time, version and hash, and the record. It refuses nothing that is JSON.
func RawTable(d Dataset) Table {
	root := d.Root()
	t := Table{Name: d.Name, Doc: "Records of " + d.Name + " as Graph sent them.", Key: root.Key, Lenient: true}
	for _, name := range root.Key {
		c, _ := root.Column(name)
		c.Required = false
		t.Columns = append(t.Columns, c)
	}
	when := Column{Name: RecordTime, Doc: "When the record happened; its UTC date is the partition.", Type: Timestamp}
	if len(d.Time) > 0 {
		when.Path, when.Else, when.Type = d.Time[0], d.Time[1:], d.TimeType(d.Time[0])
	} else {
		when.Path = none
	}
	version := Column{Name: RawVersion, Doc: "Grows when Graph changes the record.", Type: Version, Path: none}
	if d.Version != "" {
		version.Path = d.Version
	}
	t.Columns = append(t.Columns, when, version,
		Column{Name: RecordHash, Doc: "Hash of the record's text.", Type: Hash, Required: true},
		Column{Name: RecordText, Doc: "The record as Graph sent it, less what the lake leaves out.", Type: LongText, Required: true, Personal: true},
	)
	if d.Removes {
		t.Columns = append(t.Columns, Column{Name: RawRemoved, Doc: "Whether Graph no longer lists the record.", Path: "@removed", Type: Present})
	}
	return t
}

// QuarantineTable is the table of a dataset's records that could not be read, with the reason.
func QuarantineTable(d Dataset) Table {
	return Table{
		Name: d.Name,
		Doc:  "Records of " + d.Name + " that could not be read, and why.",
		Key:  []string{RecordHash},
		Columns: []Column{
			{Name: RecordTime, Doc: "When the record happened, if it says so.", Type: Timestamp},
			{Name: RecordHash, Doc: "Hash of the record's text.", Type: String, Required: true},
			{Name: ReasonPath, Doc: "Where in the record the fault is.", Type: String, Required: true},
			{Name: Reason, Doc: "What is wrong there.", Type: String, Required: true},
			{Name: RecordText, Doc: "The record as Graph sent it.", Type: LongText, Required: true, Personal: true},
		},
	}
}
