package lane_test

import (
	"errors"
	"io/fs"
	"slices"
	"testing"

	"graphlake/load/lane"
	"graphlake/load/memstore"
	"graphlake/schemas"
)

// Columns are those of the table as it is, which may lack what an older program did not know.
func TestColumns(t *testing.T) {
	for _, s := range []struct {
		lane.Settings
		want []string
	}{
		{lane.Settings{Layout: lane.Shared}, []string{"id", "who", "dt", "tenant_id"}},
		{lane.Settings{Layout: lane.PerTenant}, []string{"id", "who", "dt"}},
	} {
		r := newRig(t, memstore.New(), s.Settings)
		if _, err := r.Columns(t.Context(), visits, tenant); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%v: %v before there is a table", s.Settings, err)
		}
		r.publish(true, r.plain(tenant, day(1), "ada"))
		wider := visits
		wider.Columns = append(slices.Clone(visits.Columns), schemas.Column{Name: "floor", Type: schemas.Int32})
		if got, err := r.Columns(t.Context(), wider, tenant); err != nil || !slices.Equal(got, s.want) {
			t.Errorf("%v: the columns %v, %v, want %v", s.Settings, got, err, s.want)
		}
	}
}
