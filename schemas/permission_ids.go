package schemas

// roleIDs are the ids of application permissions in Graph's service principal. They are the same in
// every tenant (microsoft-graph-devx-content, permissions/new/permissions.json).
var roleIDs = map[Permission]string{
	"Calendars.Read":                   "798ee544-9d2d-430c-a058-570e29e34338",
	"Calendars.ReadBasic.All":          "8ba4a692-bc31-4128-9094-475872af8a53",
	"CallRecord-PstnCalls.Read.All":    "a2611786-80b3-417e-adaa-707d4261a5f0",
	"CallRecords.Read.All":             "45bbb07e-7321-4fd7-a8f6-3ff27e6a81c8",
	"Calls.AccessMedia.All":            "a7a681dc-756e-4909-b988-f160edc6655f",
	"Calls.JoinGroupCall.All":          "f6b49018-60ab-4f81-83bd-22caeabfed2d",
	"Calls.JoinGroupCallAsGuest.All":   "fd7ccf6b-3d28-418b-9701-cd10f5cd2fd4",
	"Channel.ReadBasic.All":            "59a6b24b-4225-4393-8165-ebaec5f55d7a",
	"ChannelMember.Read.All":           "3b55498e-47ec-484f-8136-9013221c06a9",
	"ChannelMessage.Read.All":          "7b2449af-6ccd-4f4d-9f78-e550c193f0d1",
	"Chat.Read.All":                    "6b7d71aa-70aa-4810-a8d9-5d9fb2830017",
	"Chat.ReadBasic.All":               "b2e060da-3baf-4687-9611-f4ebc0f0cbde",
	"ChatMember.Read.All":              "a3410be2-8e48-4f32-8454-c29a7465209d",
	"Directory.Read.All":               "7ab1d382-f21e-4acd-a863-ba3e13f7da61",
	"Group.Read.All":                   "5b567255-7703-4780-807c-7be8301ae99b",
	"GroupMember.Read.All":             "98830695-27a2-44f7-8c18-0c3ebc9698f6",
	"MailboxSettings.Read":             "40f97065-369a-49f4-947c-6a255697ae91",
	"OnlineMeetingAiInsight.Read.All":  "c0cf7895-985f-42d4-a693-b618f36674ad",
	"OnlineMeetingArtifact.Read.All":   "df01ed3b-eb61-4eca-9965-6b3d789751b2",
	"OnlineMeetingRecording.Read.All":  "a4a08342-c95d-476b-b943-97e100569c8d",
	"OnlineMeetingTranscript.Read.All": "a4a80d8d-d283-4bd8-8504-555ec3870630",
	"OnlineMeetings.Read.All":          "c1684f21-1984-47fa-9d61-2dc8c296bb70",
	"Organization.Read.All":            "498476ce-e0fe-48b0-b801-37ba7e2685c6",
	"Presence.Read.All":                "a70e0c2d-e793-494c-94c4-118fa0a67f42",
	"Reports.Read.All":                 "230c1aed-a721-4c5d-9cb4-a90514e508ef",
	"Team.ReadBasic.All":               "2280dda6-0bfd-44ee-a2f4-cb867cfc4c1e",
	"TeamMember.Read.All":              "660b7406-55f1-41ca-a0ed-0b035e182f3e",
	"User.Read.All":                    "df021288-bdef-4463-88db-98f22de89214",
	"User.ReadBasic.All":               "97235f07-e226-4f63-ace3-39588e11d3a1",
}

// scopeIDs are the ids of the delegated permissions among the grants, and of those that datasets need for one person.
var scopeIDs = map[Permission]string{
	"Calendars.Read":                   "465a38f9-76ea-45b9-9f34-9e8b0d4b0b42",
	"Calendars.ReadBasic":              "662d75ba-a364-42ad-adee-f5f880ea4878",
	"Chat.Read":                        "f501c180-9344-439a-bca0-6cbf209fd270",
	"MailboxSettings.Read":             "87f447af-9fa4-4c32-9dfa-4a57a73d18ce",
	"OnlineMeetingTranscript.Read.All": "30b87d18-ebb1-45db-97f8-82ccb1f0190c",
	"Presence.Read":                    "76bc735e-aecd-4a1d-8b4c-2b915deabb79",
	"Presence.Read.All":                "9c7a330d-35b3-4aa1-963d-cb2b9f927841",
	"Team.ReadBasic.All":               "485be79e-c497-4b35-9400-0e3fa7f2a5d4",
	"User.Read":                        "e1fe6dd8-ba31-4d61-89e7-88639da4683d",
	"offline_access":                   "7427e0e9-2fba-42fe-b0c0-848c9e6a8182",
}
