package schemas

// CallRecords is not written yet.
var CallRecords = Dataset{Name: "call_records", Tables: []Table{{Name: "calls", Key: []string{"call_id"}, Columns: []Column{{Name: "call_id", Path: "id", Type: String, Required: true}}}}}
