package schemas

// PSTNCalls is not written yet.
var PSTNCalls = Dataset{Name: "pstn_calls", Tables: []Table{{Name: "pstn_calls", Key: []string{"pstn_call_id"}, Columns: []Column{{Name: "pstn_call_id", Path: "id", Type: String, Required: true}}}}}
