package graph

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
)

// Claims are what an access token says of the application that it was given to.
type Claims struct {
	ClientID string
	TenantID string
	Roles    []string // the application permissions that are granted
	Scopes   []string // of a person's token: the delegated permissions that are granted
}

// ReadClaims reads a token without checking its signature, which is Graph's affair: good enough to say
// what is missing, and for nothing else. A token that is no JSON Web Token, or that a person signed in
// for, says no roles, which is an error.
func ReadClaims(token Secret) (Claims, error) {
	parts := strings.Split(token.Reveal(), ".")
	if len(parts) != 3 {
		return Claims{}, errors.New("the token is opaque: it is no JSON Web Token")
	}
	var payload struct {
		AppID string   `json:"appid"`
		AZP   string   `json:"azp"` // the same, in tokens of version 2
		TID   string   `json:"tid"`
		Roles []string `json:"roles"`
		SCP   string   `json:"scp"`
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil || json.Unmarshal(text, &payload) != nil { // whose errors would quote the token
		return Claims{}, errors.New("the token is opaque: it looks like a JSON Web Token, but cannot be read")
	}
	c := Claims{cmp.Or(payload.AppID, payload.AZP), payload.TID, payload.Roles, strings.Fields(payload.SCP)}
	if payload.SCP != "" {
		return c, errors.New("the token is a person's: it has delegated permissions and no roles")
	}
	return c, nil
}
