package graphsim

import "fmt"

// policyMissing says whether no application access policy lets an application read the meetings of a user, by Options.NoPolicy.
func (t *Tenant) policyMissing(p *person) bool {
	s := seeded(t.seed, uint64(p.number), 'P', 'o')
	return s.chance(t.NoPolicy)
}

// noPolicy is the refusal, which has no code of its own, and several wordings.
func noPolicy(p *person) error {
	const application = "3f7a1c92-5d0e-4b68-a1c4-9e2d7f60b853"
	id := p.id.String()
	return []error{
		refuse(403, "Forbidden", "No application access policy found for this app: %s on the user: %s.", application, id),
		refuse(403, "Forbidden", "Application is not allowed to perform operations on the user '%s', neither is allowed access through RSC permission evaluation.", id),
		refuse(403, "Unauthorized", "%s", fmt.Sprintf("App %s is not authorized to read meetings on behalf of user %s", application, id)),
	}[p.number%3]
}
