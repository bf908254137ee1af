package plan

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"graphlake/schemas"
)

// A unit is names and a range: as JSON it is small, holds nothing of the dataset but its name, and comes back as it was.
func TestUnitRoundTrip(t *testing.T) {
	d := schemas.CallRecords
	for _, u := range []Unit{
		{Tenant: contoso, Dataset: d, Range: schemas.Range{From: midnight(3), To: midnight(4)}, Density: 140.5, Parents: 2000, New: 36 * time.Hour},
		{Tenant: contoso, Dataset: d, Range: schemas.Range{From: midnight(3).Add(90 * time.Second), To: midnight(4).Add(time.Nanosecond)}, Expired: true},
		{Tenant: Tenant{Name: "adatum", ID: contoso.ID, Person: true}, Dataset: d, Range: schemas.Range{From: midnight(3), To: midnight(4)}},
	} {
		text, err := json.Marshal(u)
		if err != nil || len(text) > 300 {
			t.Fatalf("%d bytes, %v: %s", len(text), err, text)
		}
		var got Unit
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatal(err)
		}
		if got.Dataset.Name != d.Name || len(got.Dataset.Tables) != 0 || got.Pair() != u.Pair() {
			t.Errorf("the dataset is %+v", got.Dataset)
		}
		got.Dataset = d
		if !reflect.DeepEqual(got, u) {
			t.Errorf("got  %+v\nwant %+v", got, u)
		}
	}
}
