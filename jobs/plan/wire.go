package plan

import (
	"encoding/json"
	"time"

	"graphlake/schemas"
)

// wire is a unit as it is sent to another process: names, ids, a range and counts. What a dataset is, the receiver's own
// definition of it says.
type wire struct {
	Tenant   string        `json:"tenant"`
	TenantID string        `json:"tenant_id"`
	Person   bool          `json:"person,omitempty"`
	Dataset  string        `json:"dataset"`
	From     time.Time     `json:"from"`
	To       time.Time     `json:"to"`
	Expired  bool          `json:"expired,omitempty"`
	Density  float64       `json:"density,omitempty"`
	Parents  int64         `json:"parents,omitempty"`
	New      time.Duration `json:"new,omitempty"` // in nanoseconds
}

// MarshalJSON writes names and a range.
func (u Unit) MarshalJSON() ([]byte, error) {
	return json.Marshal(wire{
		u.Tenant.Name, u.Tenant.ID, u.Tenant.Person, u.Dataset.Name, u.Range.From, u.Range.To, u.Expired, u.Density, u.Parents, u.New,
	})
}

// UnmarshalJSON reads what MarshalJSON has written. Of the dataset it has the name alone: a session that reads the unit
// takes its own, and whoever wants to know the costs before has to fill it in.
func (u *Unit) UnmarshalJSON(text []byte) error {
	var w wire
	if err := json.Unmarshal(text, &w); err != nil {
		return err
	}
	*u = Unit{
		Tenant: Tenant{w.Tenant, w.TenantID, w.Person}, Dataset: schemas.Dataset{Name: w.Dataset}, Range: schemas.Range{From: w.From, To: w.To},
		Expired: w.Expired, Density: w.Density, Parents: w.Parents, New: w.New,
	}
	return nil
}
