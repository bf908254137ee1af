package jobs_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"graphlake/jobs/state"
	"graphlake/schemas"
)

// A day of which a record changes is replaced with its tables, and audits clean; the others keep their bytes. Twice is once.
func TestRewriteRaw(t *testing.T) {
	asked := 0
	r := newRig(t, charges(&asked))
	r.days(t, 16, 18, schemas.PSTNCalls)
	older := r.bytes(t)
	drop := func(text []byte) ([]byte, bool) { return text, !bytes.Contains(text, []byte(`"id":"a"`)) }
	for _, want := range [][]time.Time{{november(16)}, nil} {
		changed, err := r.RewriteRaw(t.Context(), tenant, schemas.PSTNCalls, drop)
		if err != nil || !slices.Equal(changed, want) {
			t.Fatalf("changed %v, %v; want %v", changed, err, want)
		}
	}
	for name, text := range r.bytes(t) {
		if same := older[name] == text; same != strings.Contains(name, "dt=2026-11-17") {
			t.Errorf("%s: the same bytes: %v", name, same)
		}
	}
	if got := r.rows(t, schemas.PSTNCalls.Root(), november(16), "pstn_call_id"); len(got) != 0 {
		t.Errorf("rows %v, want none", got)
	}
	if found := r.audit(t, schemas.PSTNCalls); !slices.Equal(found, []string{"misfits pstn_calls 2026-11-17 1"}) {
		t.Errorf("audit: %v", found)
	}
	days, err := state.LoadDays(t.Context(), r.store, state.Pair{TenantID: tenant.ID, Dataset: schemas.PSTNCalls.Name})
	if err != nil || *days.Days[0].Records != 0 || *days.Days[1].Records != 1 {
		t.Errorf("days %+v, %v; want none and one record", days.Days, err)
	}
}

// A delta goes on from a picture that was rewritten, and not from one that somebody has put back.
func TestRewriteRawOfAPicture(t *testing.T) {
	r := newRig(t, directory{"": {`{"id":"ada"},{"id":"bea"}`, "t1"}, "t1": {`{"id":"cem"}`, "t2"}})
	r.night(t, schemas.Users)
	rename := func(text []byte) ([]byte, bool) { return bytes.ReplaceAll(text, []byte("bea"), []byte("who")), true }
	if _, err := r.RewriteRaw(t.Context(), tenant, schemas.Users, rename); err != nil {
		t.Fatal(err)
	}
	next := r.at(later.Add(schemas.Day))
	next.night(t, schemas.Users)
	if got, want := next.rows(t, schemas.Users.Root(), november(19), "user_id"), []string{"ada", "cem", "who"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v: a delta over what was rewritten", got, want)
	}
	next.edit(t, schemas.Users, func(st *state.State) { st.PictureHash = "of another" })
	if _, err := next.RewriteRaw(t.Context(), tenant, schemas.Users, func(text []byte) ([]byte, bool) { return bytes.ReplaceAll(text, []byte("who"), []byte("any")), true }); err != nil {
		t.Fatal(err)
	}
	if st := next.state(t, schemas.Users); st.PictureHash != "of another" {
		t.Errorf("the hash of a picture that was put back became %q", st.PictureHash)
	}
}
