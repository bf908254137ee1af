package schemas

import "testing"

func TestEveryDatasetValidates(t *testing.T) {
	for _, d := range All() {
		if err := d.Validate(); err != nil {
			t.Error(err)
		}
	}
}
