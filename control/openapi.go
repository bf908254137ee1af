// Package control is the control API: with it a service asks for runs, and how a lake stands.
package control

import _ "embed"

//go:embed openapi.json
var openAPI []byte

// OpenAPI is the description of the control API, in version 3.1 of OpenAPI: what /v1/openapi.json answers.
func OpenAPI() []byte { return openAPI }
