package graph

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/managedidentity"
)

// ManagedIdentityOptions name an identity that Azure gives to what runs there.
type ManagedIdentityOptions struct {
	ClientID string // of a user-assigned identity; empty: the system-assigned one
	Scope    string // https://graph.microsoft.com/.default; for other clouds their endpoint

	Connections http.RoundTripper // nil: those of all sign-in
}

// ManagedIdentity gets tokens for an identity from the machine that we run on, without a secret. They
// are kept as by [Entra]. It is safe for concurrent use.
type ManagedIdentity struct {
	options ManagedIdentityOptions
	msal    managedidentity.Client
}

// NewManagedIdentity finds out where the machine's endpoint is, by the environment that Azure sets
// there. It sends nothing yet.
func NewManagedIdentity(o ManagedIdentityOptions) (*ManagedIdentity, error) {
	if o.Scope == "" {
		return nil, errors.New("managed identity: no scope")
	}
	id := managedidentity.SystemAssigned()
	if o.ClientID != "" {
		id = managedidentity.UserAssignedClientID(o.ClientID)
	}
	msal, err := managedidentity.New(id, managedidentity.WithHTTPClient(signInClient(o.Connections, isNextToUs)),
		managedidentity.WithRetryPolicyDisabled()) // who signs with the token tries again
	if err != nil {
		return nil, fmt.Errorf("managed identity: %w", err)
	}
	return &ManagedIdentity{o, msal}, nil
}

// Token returns the cached token, or a new one if there is none, it is about to expire, or it was refused.
func (m *ManagedIdentity) Token(ctx context.Context, refused *Refused) (string, error) {
	var options []managedidentity.AcquireTokenOption
	if refused != nil { // claims are not sent to the endpoint; they only pass by the cache
		options = append(options, managedidentity.WithClaims("{}"))
	}
	result, err := m.msal.AcquireToken(ctx, m.options.Scope, options...)
	if err != nil {
		return "", issuer{
			name: "Azure's endpoint for managed identities", method: http.MethodGet, url: "managed identity",
			cure:        "assign the identity to what this runs on, and if it is a user-assigned one, check its client id",
			unreachable: "run again later; the endpoint exists only where Azure runs the program",
			unready:     []int{http.StatusNotFound, http.StatusGone}, // of a virtual machine, while its endpoint is replaced
		}.tokenError(ctx, err)
	}
	return result.AccessToken, nil
}
