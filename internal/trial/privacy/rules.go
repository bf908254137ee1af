package privacy

import (
	"path"
	"strings"

	"graphlake/schemas"
)

// A kind is what a text is, as far as privacy is concerned. What may be kept of it is what the documentation promises:
//   - content none keeps nothing that a person wrote, titles their titles and names of things, text also their texts;
//   - but with full content, no text is kept that no column has;
//   - pseudonyms replace whatever names a person, and all that people wrote but bodies, about which content alone decides;
//   - coarse detail keeps nothing that singles people out together with others.
type kind uint8

const (
	unknown kind = iota // no column has it
	word                // Graph's, or the organization's for its statistics; an id of a thing
	quasi               // singles people out
	person              // names somebody, or where somebody is
	device              // both
	title               // a heading or name that a person gave
	text                // any other that a person wrote
	body                // a text that has a setting of its own
	payload             // a card: a text that only its sender can read plainly
)

// allowed reports whether a text may be found in a lake.
func (p place) allowed(m mode) bool {
	full := m.content == schemas.FullContent
	texts := full || m.content == schemas.TextContent
	titles := texts || m.content == schemas.TitlesContent
	names, closely := !m.pseudonyms, m.detail == schemas.FullDetail
	switch kindOf(p) {
	case word:
		return true
	case quasi:
		return closely
	case person:
		return names
	case device:
		return names && closely
	case title:
		return names && titles
	case text:
		return names && texts
	case body:
		return texts
	case payload:
		return full
	}
	return names && full
}

// rules say of what kind the texts of columns are. A pattern is of the end of a path, behind the dataset's name if it
// begins with one; the first that fits counts. A text that a column has and that fits none is taken for one that a person
// wrote.
var rules = []struct {
	kind     kind
	patterns string
}{
	{body, `body.content bodyPreview summary statusMessage.message.content outOfOfficeSettings.message
		internalReplyMessage externalReplyMessage utterances[].spokenText`},
	{payload, `attachments[].content`},
	{quasi, `phone_numbers:city locationId civicAddressId networkSiteId`},
	{person, `assignmentTargetId telephoneNumbers[].telephoneNumber telephoneNumbers[].assignmentCategory`},
	{word, `numberType assignmentStatus phone_numbers:assignmentCategory activationState numberSource capabilities[] operatorId isoCountryCode portInStatus
		appId acsResourceId accountType featureTypes[] effectivePolicyAssignments[].policyType policyAssignment.displayName policyAssignment.assignmentType
		policyAssignment.policyId policyAssignment.groupId`},
	{word, `policyViolation.dlpAction policyViolation.userAction policyViolation.verdictDetails`},
	{person, `eventDetail.callParticipants[].* eventDetail.members[].* groups:membershipRule`},
	{text, `feedback.text mentionText contentUrl thumbnailUrl reactions[].displayName reactionContentUrl callRecordingUrl
		categories[] locationEmailAddress policyViolation.* messageHistory[].* locations[].*
		groups:description joined_teams:description incoming_channels:description teams:description teams:channels[].description`},
	{title, `subject topic attachments[].name conversation.displayName chatDisplayName channelDisplayName teamDisplayName
		teamsAppDisplayName calendar_events:location.displayName chat_messages:webUrl channel_messages:webUrl teams:channels[].webUrl incoming_channels:webUrl`},
	{device, `caller.name callee.name captureDeviceName renderDeviceName users:streetAddress`},
	{quasi, `cpuName userAgent.headerValue DeviceDriver dnsSuffix wifiBand wifiRadioType wifiMicrosoftDriver
		wifiMicrosoftDriverVersion wifiVendorDriver wifiVendorDriverVersion jobTitle companyName employeeType costCenter division
		officeLocation users:postalCode users:city users:state workLocationType placeId sequenceNumber`},
	// Before what names people, which ends alike.
	{word, `tenantId applicationType azureCommunicationServicesResourceId endpointType userIdentityType applicationIdentityType
		conversationIdentityType chat_messages:application.id channel_messages:application.id channel_messages:conversation.id eventDetail.callId
		eventDetail.channelId eventDetail.teamId tag.id teamsAppId replyToId etag locale administrativeUnitInfos[].id
		transcripts:callId call_transcripts:callId recordings:callId call_recordings:callId contentCorrelationId spokenLanguage sms_logs:id smsId sms_logs:otherPartyCountryCode remediationId incoming_channels:id joined_teams:id`},
	{person, `meetingId speakerName attendanceRecords[].emailAddress id userId displayName userDisplayName userPrincipalName email mail address emailAddress.name givenName surname
		mailNickname otherMails[] proxyAddresses[] imAddresses[] businessPhones[] mobilePhone employeeId onPremisesImmutableId
		onPremisesSamAccountName onPremisesUserPrincipalName onPremisesDistinguishedName onPremisesExtensionAttributes.*
		joinWebUrl joinUrl onlineMeetingUrl calendarEventId seriesMasterId iCalUId callTranscriptICalUid
		ipAddress subnet reflexiveIPAddress macAddress basicServiceSetIdentifier traceRouteHops[].*
		callerNumber calleeNumber sourceNumber destinationNumber userTelephoneNumber otherPartyCountryCode pstn_calls:callId conferenceId anonymousGuestId
		azureCommunicationServicesId skypeId phoneNumber verifiedDomains[].* teams:webUrl chats:webUrl
		identity.* eventDetail.initiator.*`},
	{word, `failureInfo.reason failureInfo.stage applicationVersion azureADAppId communicationServiceId
		platform productFamily role rating label connectionType networkTransportProtocol relayIPAddress streamId streamDirection
		audioCodec videoCodec call_records:type modalities[] callDurationSource callType currency destinationContext
		smsType userBlockMode blockReason destinationName usageCountryCode userCountryCode tenantCountryCode licenseCapability inventoryType operator correlationId
		finalSipCodePhrase trunkFullyQualifiedDomainName mediaPathLocation signalingLocation userType creationType
		externalUserState department country usageLocation preferredLanguage preferredDataLocation onPremisesDomainName
		disabledPlans[] groupTypes[] resourceProvisioningOptions[] visibility classification membershipRuleProcessingState
		countryLetterCode organization:city subscribedSkus[].skuId servicePlans[].servicePlanId giphyContentRating tenantType defaultUsageLocation skuPartNumber appliesTo capabilityStatus
		servicePlans[].servicePlanName servicePlans[].provisioningStatus servicePlans[].appliesTo specialization internalId membershipType layoutType
		roles[] availability activity workLocation.source timeZone dateFormat timeFormat userPurpose daysOfWeek[]
		startTime endTime timeZone.name status externalAudience delegateMeetingMessageDeliveryOptions
		calendar_events:type onlineMeetingProvider showAs sensitivity importance response originalStartTimeZone originalEndTimeZone
		locationType attendees[].type proposedNewTime.start.dateTime proposedNewTime.start.timeZone proposedNewTime.end.dateTime
		proposedNewTime.end.timeZone chatType messageType attachments[].contentType reactionType callEventType callRecordingStatus`},
}

func kindOf(p place) kind {
	if !hasColumn(p) {
		return unknown
	}
	for _, r := range rules {
		for pattern := range strings.FieldsSeq(r.patterns) {
			if matches(pattern, p) {
				return r.kind
			}
		}
	}
	return text
}

// matches reports whether a path ends as a pattern says; a star stands for all that follows.
func matches(pattern string, p place) bool {
	if of, rest, ok := strings.Cut(pattern, ":"); ok {
		if of != p.dataset {
			return false
		}
		pattern = rest
	}
	whole := "." + p.path
	if before, ok := strings.CutSuffix(pattern, "*"); ok {
		return strings.Contains(whole, "."+before)
	}
	return strings.HasSuffix(whole, "."+pattern) || path.Ext(whole) != "" && strings.HasSuffix(pattern, "Driver") && strings.HasSuffix(whole, pattern)
}

// hasColumn reports whether a column reads the text, alone or with what is around it.
func hasColumn(p place) bool {
	d, _ := schemas.BuiltIn().Find(p.dataset)
	for _, b := range d.Bodies {
		if at := string(b.Path); p.path == at || p.path == at+".content" {
			return true
		}
	}
	for _, t := range d.Read().Tables {
		for _, c := range t.Columns {
			for _, at := range absolute(t, c) {
				if p.path == at || c.Type == schemas.JSON && (strings.HasPrefix(p.path, at+".") || strings.HasPrefix(p.path, at+"[")) {
					return true
				}
			}
		}
	}
	return false
}
