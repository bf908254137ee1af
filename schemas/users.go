package schemas

// Users is not written yet.
var Users = Dataset{Name: "users", Tables: []Table{{Name: "users", Key: []string{"user_id"}, Columns: []Column{{Name: "user_id", Path: "id", Type: String, Required: true}}}}}
