package main

import (
	"context"
	"fmt"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"graphlake/extract/graph"
)

// token is the source of a tenant's tokens for the service at scope.
func (c *config) token(t tenantConfig, scope string) (graph.TokenSource, error) {
	if t.Auth.Method == "token" {
		value, err := environment(t.Auth.TokenEnv)
		return graph.StaticToken{Secret: graph.Secret(value)}, err
	}
	secret, err := environment(t.Auth.ClientSecretEnv)
	if err != nil {
		return nil, err
	}
	source, err := graph.NewEntra(graph.EntraOptions{
		Authority: c.Graph.Authority, TenantID: t.TenantID, ClientID: t.Auth.ClientID,
		Secret: graph.Secret(secret), Scope: scope,
	})
	if err != nil {
		return nil, usage(fmt.Errorf("tenant %s: %w", t.Name, err))
	}
	return source, nil
}

// storageCredential signs in to Blob Storage as the application does to Graph.
type storageCredential struct{ source graph.TokenSource }

// GetToken gives the source's token for a few minutes only, because the source keeps it and knows
// when it really expires.
func (s storageCredential) GetToken(ctx context.Context, _ policy.TokenRequestOptions) (azcore.AccessToken, error) {
	token, err := s.source.Token(ctx, false)
	return azcore.AccessToken{Token: token, ExpiresOn: time.Now().Add(5 * time.Minute)}, err
}
