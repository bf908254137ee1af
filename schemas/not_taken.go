package schemas

// Why properties have no column, after "what".
const (
	profile  = "is served by no delta query"
	permit   = "needs a permission of its own, without which the whole request would be refused"
	signIn   = "is about how the user signs in"
	unneeded = "says nothing about calls, messages or meetings"
	retired  = "is retired, since the relationship or associatedIdentity took its place"
	oneByOne = "is served for one group at a time, if at all"
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
