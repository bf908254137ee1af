package graph

import (
	"context"
	"errors"
	"fmt"

	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/confidential"
)

// proof is a way to show Entra that we are the application.
type proof struct {
	given bool
	make  func() (confidential.Credential, error)
	cure  string // of a refusal, after "check … and "
}

// prove makes a credential of the one proof that the options hold.
func (e *Entra) prove() (confidential.Credential, error) {
	o := e.options
	var held []proof
	for _, p := range []proof{
		{o.Secret != "", func() (confidential.Credential, error) { return confidential.NewCredFromSecret(o.Secret.Reveal()) },
			"that the client secret's value (not its id) is current"},
		{o.Certificate != nil, func() (confidential.Credential, error) { return o.Certificate.credential, nil },
			"that the application's registration lists this certificate and that it has not expired"},
		{o.Assertion != nil, e.assert,
			"that a federated credential of the application names the issuer, the subject and the audience of the token"},
	} {
		if p.given {
			held = append(held, p)
		}
	}
	if len(held) != 1 {
		return confidential.Credential{}, fmt.Errorf("want one of client secret, certificate and assertion, not %d", len(held))
	}
	e.proof = held[0]
	return e.proof.make()
}

// assertError is the error of who was asked for an assertion.
type assertError struct{ error }

func (e assertError) Unwrap() error { return e.error }

// assert hands the assertion on, with what goes wrong marked as not Entra's answer.
func (e *Entra) assert() (confidential.Credential, error) {
	return confidential.NewCredFromAssertionCallback(func(ctx context.Context, _ confidential.AssertionRequestOptions) (string, error) {
		assertion, err := e.options.Assertion(ctx)
		if err == nil && assertion == "" {
			err = errors.New("it is empty")
		}
		if err != nil {
			return "", assertError{fmt.Errorf("there is no assertion to sign in with: %w", err)}
		}
		return assertion.Reveal(), nil
	}), nil
}
