package privacy_test

import (
	"path/filepath"
	"slices"
	"testing"

	"graphlake/internal/record"
	"graphlake/schemas"
	"graphlake/transform/privacy"
	"graphlake/transform/transformtest"
)

// Each setting tells what is new, and by its name alone; what Graph declares and no column reads is known, as are annotations,
// and what is in a value that one column reads as a whole, but for a text.
func TestNewProperties(t *testing.T) {
	const user = `{"id": "1", "@odata.etag": "e", "aboutMe": "I like tea", "shoeSize": "44", "no property": 1, "employeeOrgData":
		{"costCenter": "c", "floor": 3}, "assignedLicenses": [{"skuId": "s", "color": "red", "disabledPlans": ["p"]}], "x": {"y": 1}}`
	want := []schemas.Path{"assignedLicenses[].color", "employeeOrgData.floor", "shoeSize", "x"}
	for _, settings := range []privacy.Settings{
		{Content: schemas.NoContent}, {Content: schemas.NoContent, Detail: schemas.CoarseDetail}, {Content: schemas.TextContent, Key: privacy.Key(pseudonymKey)},
		{Content: schemas.FullContent, Detail: schemas.CoarseDetail}, {Content: schemas.FullContent},
	} {
		s, err := privacy.NewScrubber(schemas.Users, settings)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			scrub(t, s, record.Record{JSON: []byte(user)})
		}
		if got := s.New(); !slices.Equal(got, want) {
			t.Errorf("%v: %q are new, want %q", settings, got, want)
		}
	}
}

// Of the fixtures only those are new that were put there as such, whether or not the lake keeps everything.
func TestNewPropertiesOfFixtures(t *testing.T) {
	want := map[string][]schemas.Path{
		"direct_routing_calls": {"anyTenantMemberAddedLater"},
		"groups":               {"propertyOfTomorrow"},
		"calendar_events":      {"attendees[].somethingNew", "somethingNew"},
		"chats":                {"members[].somethingNew", "somethingNew"},
	}
	for _, d := range schemas.BuiltIn() {
		pages, err := filepath.Glob(filepath.Join("..", "..", "schemas", "testdata", d.Name, "page-*.json"))
		if err != nil || len(pages) == 0 {
			t.Fatalf("%s has %d pages, %v", d.Name, len(pages), err)
		}
		for _, content := range []schemas.Content{schemas.NoContent, schemas.FullContent} {
			s, err := privacy.NewScrubber(d, privacy.Settings{Content: content})
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range transformtest.Records(t, pages...) {
				scrub(t, s, record.Record{JSON: r})
			}
			if got := s.New(); !slices.Equal(got, want[d.Name]) {
				t.Errorf("with content %v of %s %q are new, want %q", content, d.Name, got, want[d.Name])
			}
		}
	}
}
