package schemas

import "slices"

// callSessions holds test sessions too, marked, so that nothing is counted away unseen.
var callSessions = Table{
	Name: "call_sessions",
	Doc:  "A row per session: the connection of one endpoint to another, or to the meeting's service.",
	Each: "sessions[]",
	Key:  []string{"call_id", "session_id", "session_index"},
	Columns: slices.Concat(
		ofCall,
		[]Column{ofSession},
		spanned("the session"),
		[]Column{
			{Name: "is_test", Path: "isTest", Type: Bool, Doc: "Whether it was a test; leave these out of statistics."},
			{Name: "modalities", Path: "modalities", Type: JSON, Texts: []Path{"[]"}, Doc: "What the session used: audio, video, screenSharing and so on."},
		},
		endpoint("caller"),
		endpoint("callee"),
		[]Column{sessionIndex},
		feedbackLengths,
	),
}

var callSegments = Table{
	Name: "call_segments",
	Doc:  "A row per segment: a part of a session during which its two ends stayed the same.",
	Each: "sessions[].segments[]",
	Key:  []string{"call_id", "session_id", "session_index", "segment_id"},
	Columns: slices.Concat(
		ofCall,
		[]Column{ofSession, ofSegment},
		spanned("the segment"),
		endpoint("caller"),
		endpoint("callee"),
		[]Column{sessionIndex},
		feedbackLengths,
	),
}

var feedbackLengths = []Column{
	lengthOf("caller_feedback", "caller.feedback.text", "what the caller wrote about the quality"),
	lengthOf("callee_feedback", "callee.feedback.text", "what the callee wrote about the quality"),
}

// spanned is when a session or segment was, and why it failed if it did.
func spanned(what string) []Column {
	return []Column{
		{Name: "start_time", Path: "startDateTime", Type: Timestamp, Doc: "When " + what + " began."},
		{Name: "end_time", Path: "endDateTime", Type: Timestamp, Doc: "When " + what + " ended."},
		{Name: "failure_reason", Path: "failureInfo.reason", Type: String, Doc: "Why " + what + " failed; null if it did not."},
		{Name: "failure_stage", Path: "failureInfo.stage", Type: Enum, Doc: "When " + what + " failed: callSetup or midcall."},
	}
}

// endpoint is the columns of one side. A side is a participant's endpoint or a service's, and its
// user agent a client's or a service's; Graph says which by @odata.type, and the columns of the
// other are null.
func endpoint(side string) []Column {
	at, prefix := Path(side)+".", side+"_"
	return []Column{
		{Name: prefix + "identity_id", Path: at + "associatedIdentity.id", Type: String, Personal: true, Number: true, Doc: "Id of the " + side + "; a number, if it is a phone."},
		{Name: prefix + "tenant_id", Path: at + "associatedIdentity.tenantId", Type: String, Doc: "Tenant of the " + side + "."},
		{Name: prefix + "display_name", Path: at + "associatedIdentity.displayName", Type: String, Personal: true, Doc: "Name of the " + side + "."},
		{Name: prefix + "user_principal_name", Path: at + "associatedIdentity.userPrincipalName", Type: String, Personal: true, Doc: "Sign-in name of the " + side + "."},
		{Name: prefix + "identity_type", Path: at + "associatedIdentity.@odata.type", Type: Enum, Doc: "Graph's type of the " + side + "'s identity, if it says so."},
		{Name: prefix + "endpoint_type", Path: at + "@odata.type", Type: Enum, Doc: "Graph's type of the " + side + ": a participantEndpoint or a serviceEndpoint."},
		{Name: prefix + "device_name", Path: at + "name", Type: String, Personal: true, Quasi: true, Doc: "Name of the " + side + "'s computer or phone."},
		{Name: prefix + "cpu_name", Path: at + "cpuName", Type: String, Quasi: true, Doc: "Processor of the " + side + "'s device."},
		{Name: prefix + "cpu_cores_count", Path: at + "cpuCoresCount", Type: Int32, Quasi: true, Doc: "Cores of the " + side + "'s processor."},
		{Name: prefix + "cpu_processor_speed_mhz", Path: at + "cpuProcessorSpeedInMhz", Type: Int32, Quasi: true, Doc: "Speed of the " + side + "'s processor in MHz."},
		{Name: prefix + "user_agent_type", Path: at + "userAgent.@odata.type", Type: Enum, Doc: "Graph's type of the " + side + "'s user agent: a client's or a service's."},
		{Name: prefix + "user_agent", Path: at + "userAgent.headerValue", Type: String, Quasi: true, Doc: "User agent header of the " + side + "."},
		{Name: prefix + "application_version", Path: at + "userAgent.applicationVersion", Type: String, Doc: "Version of the " + side + "'s software."},
		{Name: prefix + "azure_ad_app_id", Path: at + "userAgent.azureADAppId", Type: String, Doc: "Entra application of the " + side + "'s client."},
		{Name: prefix + "communication_service_id", Path: at + "userAgent.communicationServiceId", Type: String, Doc: "Azure Communication Services resource of the " + side + "'s client."},
		{Name: prefix + "platform", Path: at + "userAgent.platform", Type: Enum, Doc: "Platform of the " + side + "'s client: windows, iOS, web, roomSystem and so on."},
		{Name: prefix + "product_family", Path: at + "userAgent.productFamily", Type: Enum, Doc: "Product of the " + side + "'s client: teams, skypeForBusiness and so on."},
		{Name: prefix + "service_role", Path: at + "userAgent.role", Type: Enum, Doc: "What the service does, if the " + side + " is one: mediationServer, voicemail and so on."},
		{Name: prefix + "feedback_rating", Path: at + "feedback.rating", Type: Enum, Doc: "How the " + side + " rated the quality: bad to excellent, or notRated."},
		{Name: prefix + "feedback_text", Path: at + "feedback.text", Type: LongText, Personal: true, Written: Text, Doc: "What the " + side + " wrote about the quality."},
		{Name: prefix + "feedback_tokens", Path: at + "feedback.tokens", Type: JSON, Texts: []Path{}, Doc: "Problems that the " + side + " ticked, by Graph's names."},
	}
}
