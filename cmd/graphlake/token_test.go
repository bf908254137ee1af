package main

import (
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"graphlake/extract/graph"
)

// Blob Storage gets the source's token, and asks again before a token could have expired unseen.
func TestStorageCredential(t *testing.T) {
	c := storageCredential{graph.StaticToken{Secret: "s1"}}
	got, err := c.GetToken(t.Context(), policy.TokenRequestOptions{})
	if lasts := time.Until(got.ExpiresOn); err != nil || got.Token != "s1" || lasts <= 0 || lasts > 10*time.Minute {
		t.Errorf("got %q for %v, %v", got.Token, lasts, err)
	}
}
