package entrasim

import (
	"strings"
	"testing"
)

func TestRegister(t *testing.T) {
	const id, other = "8e0c5a53-5f0e-4c55-9c3b-9a2d7f4b6e11", "8e0c5a53-5f0e-4c55-9c3b-9a2d7f4b6e12"
	scopeAndRole := func(id, name string) string {
		return `{"displayName":"x","api":{"requestedAccessTokenVersion":2,"oauth2PermissionScopes":[{"id":"8e0c5a53-5f0e-4c55-9c3b-9a2d7f4b6e11","value":"a","adminConsentDisplayName":"n"}]},` +
			`"appRoles":[{"id":"` + id + `","value":"a","displayName":"` + name + `","allowedMemberTypes":["Application"]}]}`
	}
	for text, want := range map[string]string{
		scopeAndRole(id, "n"):            "",
		scopeAndRole(other, "n"):         "DuplicateValue",
		scopeAndRole(id, "m"):            "must have the same",
		`{}`:                             "displayName",
		`{"displayName":"x","colour":1}`: "unknown field",
		`{"displayName":"x","identifierUris":["api://y"]}`: "HostNameNotOnVerifiedDomain",
		`{"displayName":"x","requiredResourceAccess":[{"resourceAppId":"` + GraphID + `","resourceAccess":[{"id":"` + other + `","type":"Scope"}]}]}`: "no permission",
	} {
		_, err := Register(reader, []byte(text), map[string]string{id: "User.Read"})
		if (want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
	a, err := Register(reader, []byte(`{"displayName":"x","isFallbackPublicClient":true,"requiredResourceAccess":[{"resourceAppId":"`+GraphID+
		`","resourceAccess":[{"id":"`+id+`","type":"Scope"}]}]}`), map[string]string{id: "User.Read"})
	if err != nil || !a.Public || !a.V1 || len(a.Consented) != 1 {
		t.Errorf("%+v %v", a, err)
	}
}
