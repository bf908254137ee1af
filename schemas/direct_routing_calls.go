package schemas

// DirectRoutingCalls is not written yet.
var DirectRoutingCalls = Dataset{Name: "direct_routing_calls", Tables: []Table{{Name: "direct_routing_calls", Key: []string{"direct_routing_call_id"}, Columns: []Column{{Name: "direct_routing_call_id", Path: "id", Type: String, Required: true}}}}}
