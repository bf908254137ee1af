package state

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"graphlake/schemas"
)

// Nothing that a state remembers names who was erased: what is missing of them is missing no more, and a cursor that holds
// them is dropped with what it goes on from.
func TestErase(t *testing.T) {
	s := State{
		Format: Format, Cursor: "https://graph.example/delta?$deltatoken=of-ada-42", PictureHash: "hash", Picture: midnight(22), Parents: 7, Observed: 8,
		Behind:   []Behind{{Parent: "ada", From: midnight(1)}, {Parent: "zoe", Record: "19:ada_zoe", Reason: "ada is closed", From: midnight(2)}, {Parent: "bob", From: midnight(3)}},
		Lost:     []Lost{{Parent: "ada", From: midnight(1)}, {Record: "19:ada_bob", From: midnight(2)}, {Parent: "bob", From: midnight(3)}},
		Accepted: []Accepted{{By: "ada", From: midnight(1)}, {By: "bob", From: midnight(2)}}, New: []schemas.Path{"shoeSize", "members.ada"},
	}
	s.Erase(func(id string) bool { return id == "ada" }, func(text string) string { return strings.ReplaceAll(text, "ada", "erased") })
	want := State{
		Format: Format, Picture: midnight(22),
		Behind:   []Behind{{Parent: "bob", From: midnight(3)}, {Parent: "zoe", Record: "19:erased_zoe", Reason: "erased is closed", From: midnight(2)}},
		Lost:     []Lost{{Record: "19:erased_bob", From: midnight(2)}, {Parent: "bob", From: midnight(3)}},
		Accepted: []Accepted{{By: "erased", From: midnight(1)}, {By: "bob", From: midnight(2)}}, New: []schemas.Path{"shoeSize", "members.erased"},
	}
	if !reflect.DeepEqual(s, want) {
		got, _ := json.Marshal(s)
		t.Errorf("left is %s", got)
	}
	other := State{Cursor: "https://graph.example/delta?$deltatoken=of-bob", PictureHash: "hash"}
	if other.Erase(func(string) bool { return false }, func(text string) string { return text }); other.Cursor == "" || other.PictureHash == "" {
		t.Error("a cursor without the person was dropped")
	}
}
