package contract

import (
	"fmt"
	"slices"

	"github.com/microsoft/kiota-abstractions-go/serialization"

	"graphlake/schemas"
)

// Derived types that an answer may hold where the model declares their base.
var (
	ends = []string{
		"", // the base itself
		"#microsoft.graph.callRecords.participantEndpoint", "#microsoft.graph.callRecords.serviceEndpoint",
		"#microsoft.graph.callRecords.clientUserAgent", "#microsoft.graph.callRecords.serviceUserAgent",

		"#microsoft.graph.aadUserConversationMember", "#microsoft.graph.anonymousGuestConversationMember",
		"#microsoft.graph.azureCommunicationServicesUserConversationMember", "#microsoft.graph.microsoftAccountUserConversationMember",
		"#microsoft.graph.phoneUserConversationMember", "#microsoft.graph.skypeForBusinessUserConversationMember",
		"#microsoft.graph.skypeUserConversationMember",

		"#microsoft.graph.callEndedEventMessageDetail", "#microsoft.graph.callRecordingEventMessageDetail",
		"#microsoft.graph.callStartedEventMessageDetail", "#microsoft.graph.callTranscriptEventMessageDetail",
		"#microsoft.graph.channelAddedEventMessageDetail", "#microsoft.graph.channelDescriptionUpdatedEventMessageDetail",
		"#microsoft.graph.chatRenamedEventMessageDetail", "#microsoft.graph.conversationMemberRoleUpdatedEventMessageDetail",
		"#microsoft.graph.meetingPolicyUpdatedEventMessageDetail", "#microsoft.graph.membersAddedEventMessageDetail",
		"#microsoft.graph.messagePinnedEventMessageDetail", "#microsoft.graph.tabUpdatedEventMessageDetail",
		"#microsoft.graph.teamCreatedEventMessageDetail", "#microsoft.graph.teamsAppInstalledEventMessageDetail",
	}
	identities = []string{
		"#microsoft.graph.teamworkUserIdentity", "#microsoft.graph.teamworkApplicationIdentity",
		"#microsoft.graph.teamworkConversationIdentity",
		"#microsoft.graph.userIdentity", "#microsoft.graph.communicationsUserIdentity",
		"#microsoft.graph.communicationsGuestIdentity", "#microsoft.graph.communicationsPhoneIdentity",
		"#microsoft.graph.communicationsApplicationIdentity", "#microsoft.graph.communicationsApplicationInstanceIdentity",
		"#microsoft.graph.azureCommunicationServicesUserIdentity", "#microsoft.graph.communicationsEncryptedIdentity",
	}
)

// shapes are the models that a factory makes for the derived types, each once.
func shapes(factory serialization.ParsableFactory, derived []string) ([]serialization.Parsable, error) {
	var made []serialization.Parsable
	known := map[string]bool{}
	for _, name := range derived {
		model, err := factory(&node{odataType: name})
		if err != nil {
			return nil, err
		}
		if is := fmt.Sprintf("%T", model); !known[is] {
			known[is] = true
			made = append(made, model)
		}
	}
	return made, nil
}

// follow walks from a model along a path and returns what is expected at its end.
func follow(root serialization.Parsable, p schemas.Path) (field, error) {
	steps, err := p.Steps()
	if err != nil {
		return field{}, err
	}
	at, here := field{kind: object}, []serialization.Parsable{root}
	for _, step := range steps {
		switch step.Kind {
		case schemas.Into:
			if at, err = member(here, step.Name); err != nil {
				return field{}, err
			}
			here = nil
			if at.kind == object {
				if here, err = shapes(at.factory, slices.Concat(ends, identities)); err != nil {
					return field{}, err
				}
			}
		case schemas.Each, schemas.FirstOf:
			if !at.many {
				return field{}, fmt.Errorf("%q goes into a collection where there is none", p)
			}
			at.many = false
		case schemas.Position:
			at = field{kind: int32s}
		}
	}
	return at, nil
}

// member is what the first of the models that has the field expects in it.
func member(models []serialization.Parsable, name string) (field, error) {
	var asked []string
	for _, model := range models {
		if read, ok := model.GetFieldDeserializers()[name]; ok {
			return ask(read)
		}
		asked = append(asked, fmt.Sprintf("%T", model))
	}
	return field{}, fmt.Errorf("no field %q in %v", name, asked)
}

// holds reports whether a column of the type holds such a field.
func holds(t schemas.Type, f field) bool {
	switch t {
	case schemas.JSON:
		return f.many || f.kind == object
	case schemas.Member:
		return !f.many && f.kind == object
	}
	if f.many {
		return false
	}
	switch t {
	case schemas.String, schemas.LongText, schemas.KeyText, schemas.UTCTime, schemas.Zone:
		return f.kind == text
	case schemas.Enum:
		return f.kind == enum || f.kind == text || f.kind == timeOfDay
	case schemas.Bool:
		return f.kind == boolean
	case schemas.Int32:
		return f.kind == int32s
	case schemas.Int64:
		return f.kind == int64s
	case schemas.Float64, schemas.Decimal:
		return f.kind == float
	case schemas.Timestamp:
		return f.kind == instant
	case schemas.DurationMS:
		return f.kind == duration
	}
	return false
}
