package schemas

import "slices"

// callParticipants are keyed by their position, because Graph has been seen to give two people of
// one call the same id.
var callParticipants = Table{
	Name: "call_participants",
	Doc:  "A row per participant of a call; a person who leaves and comes back is one participant.",
	Each: "participants_v2[]",
	Key:  []string{"call_id", "participant_index"},
	Columns: slices.Concat(
		ofCall,
		[]Column{
			{Name: "participant_index", Path: "#", Type: Int32, Doc: "Position in Graph's list, from 0."},
			{Name: "participant_id", Path: "id", Type: String, Personal: true, Doc: "Id that Graph gives the participant; not always unique in a call."},
			{Name: "identity_kind", Path: "identity", Type: Member, Doc: "Kind of identity that took part: user, phone, guest, application and so on."},
		},
		identitySet("", "", "the participant"),
	),
}
