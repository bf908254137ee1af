package graphsim

import "fmt"

// A party is one end of a session: a person of the tenant or somebody or something else.
type party struct {
	kind   partyKind
	number int    // of the person, the phone …
	role   string // of a service
}

type partyKind uint8

const (
	internal  partyKind = iota // a user of the tenant
	federated                  // a user of another tenant
	visitor                    // somebody without an account, who joined by a link
	guest                      // the same, as older clients report it
	phone                      // a number in the telephone network
	bot                        // an application, as one that records
	resource                   // the account of a call queue or an auto attendant
	acs                        // a user of Azure Communication Services
	encrypted
	onPremises
	device
	service // a server of Teams; in no list of participants
	skype   // a user of Skype, in chats only
)

// outsiders are those who join meetings besides users of the tenant.
var outsiders = []partyKind{
	federated, federated, federated, federated, federated, visitor, visitor, guest, phone, phone, bot,
	acs, encrypted, onPremises, device,
}

const partnerTenant = "8a3d5b70-6c1e-4f92-b0d7-3e94c5a1f628" // fabrikam

// key is the id of a party, as participants_v2 and organizer_v2 show it.
func (t *Tenant) key(p party) string {
	switch p.kind {
	case internal:
		return t.id(userIDs, uint64(p.number)).String()
	case phone:
		return t.phone(p.number)
	case visitor:
		s := seeded(t.seed, uint64(p.number), 'v')
		return fmt.Sprintf("teamsvisitor:%016x%016x", s.next(), s.next())
	case acs:
		s := seeded(t.seed, uint64(p.number), 'a')
		return fmt.Sprintf("8:acs:%s_%016x", partnerTenant, s.next())
	default:
		return t.id(otherIDs, uint64(p.kind)<<40|uint64(p.number)).String()
	}
}

const anonymousNumber = "anonymous"

// phone is a number of the outside world; now and then one that nobody may see, or that is no number.
func (t *Tenant) phone(number int) string {
	text, _ := t.line(number)
	return text
}

// line is a number and where it is; nil where nobody can tell.
func (t *Tenant) line(number int) (text string, where *site) {
	s := seeded(t.seed, uint64(number), 'h')
	switch {
	case s.chance(0.02):
		return anonymousNumber, nil
	case s.chance(0.25):
		where = &sites[s.below(len(sites))]
		return fmt.Sprintf("%s%03d***", where.prefix, s.below(1000)), where
	}
	where = &sites[s.below(len(sites))]
	return fmt.Sprintf("%s%06d", where.prefix, s.below(1e6)), where
}

// identity is the identity set of a party. The keys are those of Graph's answers, which are
// older than those of its metadata; the type is open.
func (t *Tenant) identity(p party) entity {
	var e entity
	kind, of := identityKeys[p.kind], t.identityOf(p)
	for _, k := range [...]string{"acsUser", "phone", "guest", "encrypted", "onPremises", "applicationInstance", "application", "device", "user"} {
		if k != kind {
			e = append(e, k, nil)
		}
	}
	e = append(e, kind, of)
	switch p.kind {
	case phone:
		e = append(e, "endpointType", "default")
	case acs: // what the metadata calls acsUser; a client may meet either
		e = append(e, "azureCommunicationServicesUser", of)
	case bot:
		e = append(e, "assertedIdentity", entity{"id", t.key(party{kind: internal}), "displayName", nil})
	}
	return e
}

var identityKeys = map[partyKind]string{
	internal: "user", federated: "user", visitor: "user", guest: "guest", phone: "phone", bot: "application",
	resource: "applicationInstance", acs: "acsUser", encrypted: "encrypted", onPremises: "onPremises", device: "device",
}

func (t *Tenant) identityOf(p party) entity {
	switch p.kind {
	case internal:
		who := t.person(p.number)
		return entity{
			"@odata.type", "#microsoft.graph.callRecords.userIdentity", "id", who.id, "displayName", who.name(), "tenantId", t.Tenant,
			"userPrincipalName", who.principal,
		}
	case federated: // Graph shows of another tenant's user no more than this
		return entity{"id", t.key(p), "displayName", "External user", "tenantId", partnerTenant, "userPrincipalName", nil}
	case guest:
		s := seeded(t.seed, uint64(p.number), 'g')
		name := pick(&s, givenNames)
		return entity{
			"@odata.type", "#microsoft.graph.communicationsGuestIdentity", "id", t.key(p), "displayName", name,
			"email", plain(name) + "@adatum.example",
		}
	case visitor, phone, encrypted, onPremises:
		return entity{"id", t.key(p), "displayName", nil, "tenantId", nil}
	case acs:
		return entity{"id", t.key(p), "displayName", nil, "azureCommunicationServicesResourceId", partnerTenant}
	}
	name := resourceNames[p.kind]
	if p.kind == resource {
		name = accountNames[p.number]
	}
	return entity{"id", t.key(p), "displayName", name, "tenantId", t.Tenant}
}

var resourceNames = map[partyKind]string{bot: "Compliance Recorder", device: "Room 4.12"}
