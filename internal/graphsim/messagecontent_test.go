package graphsim

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// What people write shows everything that Teams can.
func TestMessageContents(t *testing.T) {
	messages, _ := talkOf(t)
	bodies := map[string]int{}
	sets := map[string]int{}
	for _, m := range messages {
		text := m["body"].(map[string]any)["content"].(string)
		for _, tag := range []string{"<at id=", "<attachment id=", "<emoji ", "itemid=", "<a href=", "&nbsp;", "<codeblock", "<div>\n<div"} {
			if strings.Contains(text, tag) {
				bodies[tag]++
			}
		}
		for i, mention := range objects(t, m, "mentions") {
			if !strings.Contains(text, fmt.Sprintf(`<at id="%d">`, i)) || mention["id"] != float64(i) {
				t.Errorf("mention %d is not in %q", i, text)
			}
			for set, v := range mention["mentioned"].(map[string]any) {
				if v != nil {
					sets["mentioned "+set]++
				}
			}
		}
		for _, a := range objects(t, m, "attachments") {
			if !strings.Contains(text, a["id"].(string)) {
				t.Errorf("attachment %v is not in %q", a, text)
			}
		}
		if from, ok := m["from"].(map[string]any); ok {
			for set, v := range from {
				if v != nil {
					sets["from "+set]++
				}
			}
		}
		if m["policyViolation"] != nil {
			sets["violation"]++
		}
		sets["importance "+m["importance"].(string)]++
		for _, r := range objects(t, m, "reactions") {
			sets["reaction "+r["reactionType"].(string)]++
		}
	}
	if len(bodies) != 8 {
		t.Errorf("of the tags there are %v", bodies)
	}
	for _, want := range []string{
		"mentioned user", "mentioned application", "mentioned conversation", "mentioned tag", "from user", "from application",
		"from device", "violation", "importance high", "importance urgent", "reaction 👍", "reaction like", "reaction custom",
	} {
		if sets[want] == 0 {
			t.Errorf("nothing has %q; there are %v", want, slices.Sorted(maps.Keys(sets)))
		}
	}
}

// Of filters the export knows those that are documented, and no other operator.
func TestMessageFilters(t *testing.T) {
	tenant := New(talkative())
	me := tenant.id(userIDs, 3).String()
	whole, _ := mailboxOfThird(t, tenant, "?$top=50")
	author := ""
	for _, m := range whole {
		from, _ := m["from"].(map[string]any)
		if user, ok := from["user"].(map[string]any); ok && user["userIdentityType"] == "aadUser" {
			author, _ = user["id"].(string)
			break
		}
	}
	theirs, _ := mailboxOfThird(t, tenant, "?$filter=from/user/id eq '"+author+"'")
	want := 0
	for _, m := range whole {
		from, _ := m["from"].(map[string]any)
		if user, _ := from["user"].(map[string]any); user["id"] == author {
			want++
		}
	}
	if len(theirs) != want || want < 10 {
		t.Errorf("%d messages of one author, want %d", len(theirs), want)
	}
	for _, options := range []string{
		"$filter=lastModifiedDateTime ge 2026-11-02T00:00:00Z", "$filter=lastModifiedDateTime lt yesterday",
		"$filter=createdDateTime gt 2026-11-02T00:00:00Z", "$top=51", "$skiptoken=x", "$orderby=id", "$filter=x",
	} {
		if a := get(t, tenant, "/v1.0/users/"+me+"/chats/getAllMessages?"+options); a.status != 400 {
			t.Errorf("%s: %d %s", options, a.status, a.body)
		}
	}
	first := get(t, tenant, "/v1.0/users/"+me+"/chats/getAllMessages?$top=5")
	link, err := url.Parse(first.text(t, "@odata.nextLink"))
	if err != nil {
		t.Fatal(err)
	}
	other := strings.Replace(first.text(t, "@odata.nextLink"), "$top=5", "$top=6", 1)
	if a := get(t, tenant, other); a.status != 400 {
		t.Errorf("the token of %v is taken for another question: %d", link, a.status)
	}
}
