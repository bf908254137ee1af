package jobs_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/schemas"
)

// A delta repeats who changed while it was read. What came last holds; hashes, which know no order,
// would pick each of the four by chance.
func TestDeltaOrderDecides(t *testing.T) {
	h := http.NewServeMux()
	page := func(department, link string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			var users []string
			for _, id := range []string{"ada", "bea", "cem", "dan"} {
				users = append(users, fmt.Sprintf(`{"id":%q,"department":%q}`, id, department))
			}
			fmt.Fprintf(w, `{"value":[%s],%q:"http://%s/v1.0/users/more"}`, strings.Join(users, ","), link, r.Host)
		}
	}
	h.HandleFunc("GET /v1.0/users/delta", page("Sales", "@odata.nextLink"))
	h.HandleFunc("GET /v1.0/users/more", page("Support", "@odata.deltaLink"))
	r := newRig(t, h)
	if rep := r.run(t, 2, schemas.Users); rep.Status != state.Data {
		t.Fatalf("status %s: %+v", rep.Status, rep.Units[0].Error)
	}
	table := schemas.Users.Root()
	id := slices.IndexFunc(table.Columns, func(c schemas.Column) bool { return c.Name == "user_id" })
	department := slices.IndexFunc(table.Columns, func(c schemas.Column) bool { return c.Name == "department" })
	var got []string
	today := load.Partition{Kind: load.Tables, Name: table.Name, TenantID: tenant.ID, Date: later.Truncate(schemas.Day)}
	for row, err := range r.Lake.Rows(t.Context(), today, table) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprint(row[id], " ", row[department]))
	}
	if want := []string{"ada Support", "bea Support", "cem Support", "dan Support"}; !slices.Equal(got, want) {
		t.Errorf("the table holds %v, want %v", got, want)
	}
}
