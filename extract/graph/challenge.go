package graph

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
)

// A service that no longer takes a token, because of what has happened since it was given, says in its 401 what the next one
// has to have:
//
//	WWW-Authenticate: Bearer realm="", error="insufficient_claims", claims="eyJhY2Nlc3NfdG9rZW4iOnsi…"
//
// The claims are JSON in base64, which Entra wants as they are.
// https://learn.microsoft.com/entra/identity-platform/claims-challenge

// mostClaims is how long the claims of a challenge are at most. Those of Entra are some hundred bytes.
const mostClaims = 8 << 10

// challengedClaims are the claims, decoded, that an answer wants of the next token; empty: it wants none, or cannot be read.
func challengedClaims(h http.Header) string {
	for _, line := range h.Values("WWW-Authenticate") {
		if claims := decodeClaims(bearerParam(line, "claims")); claims != "" {
			return claims
		}
	}
	return ""
}

// decodeClaims reads base64 of either alphabet, with or without padding, of an object of JSON.
func decodeClaims(s string) string {
	s = strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(s, "="))
	if base64.RawStdEncoding.DecodedLen(len(s)) > mostClaims {
		return ""
	}
	text, err := base64.RawStdEncoding.DecodeString(s)
	var object map[string]json.RawMessage
	if err != nil || json.Unmarshal(text, &object) != nil || object == nil {
		return ""
	}
	return string(text)
}

// bearerParam is the value of a parameter in the first challenge of the scheme Bearer that has it. A line is a list of challenges,
// each a scheme and then a list of parameters, with commas between all of them (RFC 9110, 11.6.1): what has no = after it is a scheme.
func bearerParam(line, name string) string {
	bearer := false
	for line != "" {
		line = strings.TrimLeft(line, " \t,")
		word := line[:len(line)-len(strings.TrimLeft(line, tokenChars))]
		rest := strings.TrimLeft(line[len(word):], " \t")
		value, isParam := strings.CutPrefix(rest, "=")
		switch {
		case isParam:
			value, line = headerValue(strings.TrimLeft(value, " \t"))
			if bearer && strings.EqualFold(word, name) {
				return value
			}
		case word == "": // none of the grammar's
			line = line[min(1, len(line)):]
		default:
			bearer, line = strings.EqualFold(word, "Bearer"), rest
		}
	}
	return ""
}

// tokenChars are those of a token (RFC 9110, 5.6.2), and those that a token68 has beside them.
const tokenChars = "!#$%&'*+-.^_`|~/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// headerValue reads a token or a quoted string, and gives what is behind it.
func headerValue(s string) (value, rest string) {
	quoted, isQuoted := strings.CutPrefix(s, `"`)
	if !isQuoted {
		rest = strings.TrimLeft(s, tokenChars+"=")
		return s[:len(s)-len(rest)], rest
	}
	var b strings.Builder
	for i := 0; i < len(quoted); i++ {
		switch {
		case quoted[i] == '"':
			return b.String(), quoted[i+1:]
		case quoted[i] == '\\' && i+1 < len(quoted):
			i++
		}
		b.WriteByte(quoted[i])
	}
	return "", "" // it never ends
}
