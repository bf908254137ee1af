package schemas

// Why properties have no column, after "what".
const (
	profile  = "is served by no delta query"
	permit   = "needs a permission of its own, without which the whole request would be refused"
	signIn   = "is about how the user signs in"
	unneeded = "says nothing about calls, messages or meetings"
	retired  = "is retired, since the relationship or associatedIdentity took its place"
	oneByOne = "is served for one group at a time, if at all"
	tenant   = "is the tenant, which is in the path of every partition"
	onSite   = "is about the local directory that the group comes from"
)

var notTakenOfCalls = []NotTaken{{retired, []Path{
	"organizer", "participants", "sessions[].caller.identity", "sessions[].callee.identity",
	"sessions[].segments[].caller.identity", "sessions[].segments[].callee.identity",
}}}

var notTakenOfUsers = []NotTaken{
	{profile, []Path{
		"aboutMe", "birthday", "hireDate", "interests", "mailboxSettings", "mySite", "pastProjects", "preferredName",
		"responsibilities", "schools", "skills", "deletedDateTime", "manager.deletedDateTime",
	}},
	{permit, []Path{"customSecurityAttributes", "employeeLeaveDateTime", "signInActivity"}},
	{signIn, []Path{
		"authorizationInfo", "identities", "lastPasswordChangeDateTime", "passwordPolicies", "passwordProfile",
		"signInSessionsValidFromDateTime",
	}},
	{unneeded, []Path{
		"ageGroup", "consentProvidedForMinor", "legalAgeGroupClassification", "assignedPlans", "provisionedPlans",
		"licenseAssignmentStates", "print", "deviceEnrollmentLimit", "faxNumber", "identityParentId", "isManagementRestricted",
		"isResourceAccount", "serviceProvisioningErrors", "onPremisesProvisioningErrors", "onPremisesSecurityIdentifier",
		"securityIdentifier",
	}},
}

var notTakenOfGroups = []NotTaken{
	{profile, []Path{"deletedDateTime"}},
	{oneByOne, []Path{
		"accessType", "allowExternalSenders", "autoSubscribeNewMembers", "hasMembersWithLicenseErrors", "hideFromAddressLists",
		"hideFromOutlookClients", "isArchived", "isFavorite", "isManagementRestricted", "isSubscribedByMail",
		"unseenConversationsCount", "unseenCount", "unseenMessagesCount", "welcomeMessageEnabled",
	}},
	{onSite, []Path{
		"onPremisesDomainName", "onPremisesExtensionAttributes", "onPremisesNetBiosName", "onPremisesProvisioningErrors",
		"onPremisesSamAccountName", "onPremisesSecurityIdentifier",
	}},
	{unneeded, []Path{
		"assignedLabels", "assignedLicenses", "infoCatalogs", "licenseProcessingState", "organizationId", "preferredLanguage",
		"resourceBehaviorOptions", "securityIdentifier", "serviceProvisioningErrors", "theme", "uniqueName",
	}},
}

var notTakenOfOrganization = []NotTaken{
	{"is for the people who administer the tenant", []Path{
		"businessPhones", "marketingNotificationEmails", "securityComplianceNotificationMails",
		"securityComplianceNotificationPhones", "technicalNotificationMails", "privacyProfile",
		"mobileDeviceManagementAuthority", "subscribedSkus[].accountName", "subscribedSkus[].subscriptionIds",
	}},
	{"says where the organization is on a map", []Path{"country", "postalCode", "state", "street"}},
	{tenant, []Path{"subscribedSkus[].accountId"}},
	{unneeded, []Path{
		"assignedPlans", "deletedDateTime", "partnerTenantType", "provisionedPlans",
	}},
}

var notTakenOfTeams = []NotTaken{
	{tenant, []Path{"tenantId"}},
	{"is only sent to Graph, when a team is made", []Path{"firstChannelName"}},
	{"is about a migration under way", []Path{"channels[].migrationMode", "channels[].originalCreatedDateTime"}},
	{"is served for one channel at a time", []Path{"channels[].summary"}},
}

var notTakenOfPresence = []NotTaken{
	{"is in a time zone of its own", []Path{"statusMessage.expiryDateTime"}},
	{"is text, always", []Path{"statusMessage.message.contentType"}},
}

var notTakenOfMailboxes = []NotTaken{
	{"is a folder of the mailbox", []Path{"archiveFolder"}},
	{"is the name of what locale says", []Path{"language.displayName"}},
	{zoneOfTime, []Path{
		"automaticRepliesSetting.scheduledStartDateTime.timeZone", "automaticRepliesSetting.scheduledEndDateTime.timeZone",
	}},
}

// ofOtherMembers are properties of members that are no users of a directory.
func ofOtherMembers(at Path) []Path {
	return []Path{at + "anonymousGuestId", at + "phoneNumber", at + "skypeId", at + "azureCommunicationServicesId"}
}
