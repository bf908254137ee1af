package schemas

import "slices"

// identitySet is the columns of a participant or organizer. Graph fills one kind of identity and sends
// the others as null; the set is open, so what has no column is kept as JSON.
func identitySet(prefix string, at Path, who string) []Column {
	set := at + "identity."
	// The first of kinds is the documented member, the others are what has been seen instead.
	member := func(name, member string, t Type, doc string, kinds ...Path) Column {
		c := Column{Name: prefix + name, Type: t, Doc: doc + " " + who + "."}
		for i, kind := range kinds {
			path := set + kind + "." + Path(member)
			if i == 0 {
				c.Path = path
			} else {
				c.Else = append(c.Else, path)
			}
		}
		return c
	}
	named := func(name, what string, kinds ...Path) []Column {
		id := member(name+"_id", "id", String, "Id of "+what+" that is", kinds...)
		display := member(name+"_display_name", "displayName", String, "Name of "+what+" that is", kinds...)
		id.Personal, display.Personal = true, true
		return []Column{id, display}
	}
	personal := func(c Column) Column { c.Personal = true; return c }

	const azure, instance = "azureCommunicationServicesUser", "applicationInstance"
	return slices.Concat(
		named("user", "the user", "user"),
		[]Column{
			member("user_tenant_id", "tenantId", String, "Tenant of the user that is", "user"),
			personal(member("user_principal_name", "userPrincipalName", String, "Sign-in name of the user that is", "user")),
		},
		named("guest", "the guest without an account", "guest"),
		[]Column{personal(member("guest_email", "email", String, "Mail address of the guest that is", "guest"))},
		named("phone", "the phone (its number)", "phone"),
		named("application", "the application", "application"),
		[]Column{
			member("application_type", "applicationType", Enum, "Which of Microsoft's applications is", "application"),
			member("application_hidden", "hidden", Bool, "Whether rosters leave out the application that is", "application"),
		},
		named("application_instance", "the application instance (as a call queue)", instance, "acsApplicationInstance", "spoolApplicationInstance"),
		[]Column{
			member("application_instance_tenant_id", "tenantId", String, "Tenant of the application instance that is", instance),
			member("application_instance_hidden", "hidden", Bool, "Whether rosters leave out the application instance that is", instance),
		},
		named("azure_communication_services_user", "the user of Azure Communication Services", azure, "acsUser", "spoolUser"),
		[]Column{
			member("azure_communication_services_resource_id", "azureCommunicationServicesResourceId", String,
				"Azure Communication Services resource of the user that is", azure, "acsUser"),
		},
		named("encrypted", "the encrypted identity", "encrypted"),
		named("on_premises", "the Skype for Business user on premises", "onPremises"),
		named("asserted_identity", "the identity shown to others", "assertedIdentity"),
		named("device", "the device", "device"),
		[]Column{
			{Name: prefix + "endpoint_type", Path: set + "endpointType", Type: Enum, Doc: "default, voicemail, skypeForBusiness and so on: what was used by " + who + "."},
			{Name: prefix + "identity", Path: at + "identity", Type: JSON, Personal: true, Doc: "Identity as Graph sent it, also what has no column, of " + who + "."},
			{Name: prefix + "administrative_unit_infos", Path: at + "administrativeUnitInfos", Type: JSON, Texts: []Path{"[].id"}, Doc: "Administrative units of " + who + "."},
		},
	)
}
