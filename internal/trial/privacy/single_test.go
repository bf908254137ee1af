package privacy

import (
	"testing"

	"graphlake/schemas"
)

// Of four people two are alone: one by the office, one by the department.
func TestToldOfPeople(t *testing.T) {
	all := described{}
	rows := `{"user_id":"a","department":"Sales","office_location":"1.01"}
{"user_id":"b","department":"Sales","office_location":"1.02"}
{"user_id":"c","department":"Sales","office_location":"1.02","display_name":"a pseudonym"}
{"user_id":"d","department":"Legal","office_location":"1.02","display_name":"another"}
`
	if err := all.add(schemas.Users.Root(), []byte(rows)); err != nil {
		t.Fatal(err)
	}
	const want = "of 4 people 2 are alone with what is readable, 4 share it with fewer than four others; " +
		"by one column alone: users.department 1, users.office_location 1"
	if got := all.told(); got != want {
		t.Errorf("told is\n%s\nwant\n%s", got, want)
	}
}
