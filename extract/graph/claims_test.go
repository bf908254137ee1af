package graph

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// jwt is a token with the payload; what stands before and after it is not looked at.
func jwt(payload string) Secret {
	return Secret("e30." + base64.RawURLEncoding.EncodeToString([]byte(payload)) + ".c2ln")
}

func TestReadClaims(t *testing.T) {
	for name, c := range map[string]struct {
		token Secret
		want  Claims
		fails string
	}{
		"roles":       {jwt(`{"appid":"a","tid":"t","roles":["User.Read.All","Calendars.Read"],"exp":1}`), Claims{"a", "t", []string{"User.Read.All", "Calendars.Read"}, nil}, ""},
		"version 2":   {jwt(`{"azp":"a","tid":"t","roles":["User.Read.All"]}`), Claims{"a", "t", []string{"User.Read.All"}, nil}, ""},
		"none":        {jwt(`{"appid":"a","tid":"t"}`), Claims{"a", "t", nil, nil}, ""},
		"a person's":  {jwt(`{"appid":"a","tid":"t","scp":"User.Read profile"}`), Claims{"a", "t", nil, []string{"User.Read", "profile"}}, "a person's"},
		"opaque":      {"s3cret", Claims{}, "no JSON Web Token"},
		"empty":       {"", Claims{}, "no JSON Web Token"},
		"no base64":   {"s3cret.s3cret!.s3cret", Claims{}, "cannot be read"},
		"no JSON":     {jwt("s3cret"), Claims{}, "cannot be read"},
		"other roles": {jwt(`{"roles":"s3cret"}`), Claims{}, "cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := ReadClaims(c.token)
			if got.ClientID != c.want.ClientID || got.TenantID != c.want.TenantID || !slices.Equal(got.Roles, c.want.Roles) || !slices.Equal(got.Scopes, c.want.Scopes) {
				t.Errorf("claims = %+v, want %+v", got, c.want)
			}
			switch {
			case (err == nil) != (c.fails == ""), err != nil && !strings.Contains(err.Error(), c.fails):
				t.Errorf("error = %v, want %q", err, c.fails)
			case err != nil && strings.Contains(err.Error(), "s3cret"):
				t.Errorf("the token is in %v", err)
			}
		})
	}
}

// What a token says is read as it was written, and no text makes the reader stumble.
func FuzzReadClaims(f *testing.F) {
	f.Add("a.b.c", "User.Read.All", "app")
	f.Add("e30.e30.e30", "", "")
	f.Fuzz(func(t *testing.T, token, role, app string) {
		if c, err := ReadClaims(Secret(token)); err != nil && len(c.Roles) > 0 {
			t.Errorf("roles %q with the error %v", c.Roles, err)
		}
		payload, err := json.Marshal(map[string]any{"appid": app, "roles": []string{role}})
		if err != nil {
			t.Fatal(err)
		}
		var valid struct{ Role, App string } // as JSON can carry them
		whole, _ := json.Marshal(map[string]string{"Role": role, "App": app})
		if err := json.Unmarshal(whole, &valid); err != nil {
			t.Fatal(err)
		}
		c, err := ReadClaims(jwt(string(payload)))
		if err != nil || c.ClientID != valid.App || !slices.Equal(c.Roles, []string{valid.Role}) {
			t.Errorf("%s was read as %+v, %v", payload, c, err)
		}
	})
}
