package contract

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/microsoft/kiota-abstractions-go/serialization"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/models/callrecords"
	"github.com/microsoftgraph/msgraph-sdk-go/models/teamsadministration"

	"graphlake/schemas"
)

type contract struct {
	dataset schemas.Dataset
	model   serialization.Parsable            // of a record
	unknown map[string]string                 // paths that the model lacks though answers have them, and why
	parts   map[string]serialization.Parsable // models of what is read into a member of the record
	// Objects without a column may be navigations, which are requests of their own and which the model
	// does not tell from properties.
	navigations bool
}

const (
	example    = "not declared, but in answers that Microsoft shows"
	annotation = "an annotation, which models do not declare"
)

var contracts = []contract{
	{
		dataset: schemas.CallRecords,
		model:   callrecords.NewCallRecord(),
		unknown: map[string]string{
			"organizer_v2.identity.acsUser": example, "participants_v2[].identity.acsUser": example,
			"organizer_v2.identity.spoolUser": example, "participants_v2[].identity.spoolUser": example,
			"organizer_v2.identity.acsApplicationInstance": example, "participants_v2[].identity.acsApplicationInstance": example,
			"organizer_v2.identity.spoolApplicationInstance": example, "participants_v2[].identity.spoolApplicationInstance": example,
		},
	},
	{dataset: schemas.PSTNCalls, model: callrecords.NewPstnCallLogRow()},
	{dataset: schemas.DirectRoutingCalls, model: callrecords.NewDirectRoutingLogRow()},
	{dataset: schemas.Users, model: models.NewUser(), unknown: with("manager@delta"), navigations: true},
	{dataset: schemas.Groups, model: models.NewGroup(), unknown: with("members@delta", "owners@delta"), navigations: true},
	{
		dataset: schemas.Organization, model: models.NewOrganization(), unknown: with(), navigations: true,
		parts: map[string]serialization.Parsable{"subscribedSkus": models.NewSubscribedSku()},
	},
	{dataset: schemas.Teams, model: models.NewTeam(), unknown: with(), navigations: true},
	{dataset: schemas.ChannelMembers, model: models.NewAadUserConversationMember(), unknown: with(schemas.Local), navigations: true},
	{dataset: schemas.TeamMembers, model: models.NewAadUserConversationMember(), unknown: with(schemas.Local), navigations: true},
	{dataset: schemas.IncomingChannels, model: models.NewChannel(), unknown: with(schemas.Local, "@odata.id"), navigations: true},
	{dataset: schemas.JoinedTeams, model: models.NewTeam(), unknown: with(schemas.Local), navigations: true},
	{dataset: schemas.Presence, model: models.NewPresence(), unknown: map[string]string{schemas.Local: annotation}},
	{dataset: schemas.MailboxSettings, model: models.NewMailboxSettings(), unknown: with(schemas.Local)},
	{dataset: schemas.PhoneNumbers, model: teamsadministration.NewNumberAssignment(), unknown: with(), navigations: true},
	{dataset: schemas.TeamsUserConfigurations, model: teamsadministration.NewTeamsUserConfiguration(), unknown: with(), navigations: true},
	{dataset: schemas.CalendarEvents, model: models.NewEvent(), unknown: with(schemas.Local), navigations: true},
	{
		dataset: schemas.AttendanceReports, model: models.NewMeetingAttendanceReport(),
		unknown: map[string]string{schemas.Local: annotation},
	},
	{dataset: schemas.Chats, model: models.NewChat(), unknown: with(), navigations: true},
	{dataset: schemas.ChatMessages, model: models.NewChatMessage(), unknown: ofMessages, navigations: true},
	{dataset: schemas.ChannelMessages, model: models.NewChatMessage(), unknown: ofMessages, navigations: true},
	{dataset: schemas.Transcripts, model: models.NewCallTranscript(), unknown: ofTranscripts, navigations: true},
	{dataset: schemas.CallTranscripts, model: models.NewCallTranscript(), unknown: ofTranscripts, navigations: true},
	{dataset: schemas.Recordings, model: models.NewCallRecording(), unknown: map[string]string{schemas.Local: annotation}, navigations: true},
	{dataset: schemas.CallRecordings, model: models.NewCallRecording(), unknown: map[string]string{schemas.Local: annotation}, navigations: true},
}

// ofMessages is what messages have beyond the models.
var ofMessages = map[string]string{
	schemas.Local:              annotation,
	"mentions[].mentioned.tag": "not declared as a member, though its type is",
}

// ofTranscripts is what transcripts have beyond the models: what is read of their documents.
var ofTranscripts = map[string]string{
	schemas.Local: annotation, "@removed": annotation, "utterances": "what is read of a document",
}

// with are the annotations of a picture's records.
func with(more ...string) map[string]string {
	unknown := map[string]string{"@removed": annotation}
	for _, name := range more {
		unknown[name] = annotation
	}
	return unknown
}

// paths are the columns by all paths that they are read from.
func (c contract) paths() map[string][]schemas.Column {
	paths := map[string][]schemas.Column{}
	for _, table := range c.dataset.Read().Tables {
		for _, column := range table.Columns {
			for _, p := range append([]schemas.Path{column.Path}, column.Else...) {
				if _, ours := p.LengthOf(); ours { // which graphlake adds
					continue
				}
				path := strings.ReplaceAll(string(p.Absolute(table.Each)), "{}", "")
				paths[path] = append(paths[path], column)
			}
		}
	}
	return paths
}

// Every path that a column is read from is in Microsoft's models, with a type that the column holds.
func TestModelsHaveEveryColumn(t *testing.T) {
	for _, c := range contracts {
		t.Run(c.dataset.Name, func(t *testing.T) {
			met := map[string]bool{}
			for path, columns := range c.paths() {
				if above, ok := covering(c.unknown, path); ok {
					met[above] = true
					continue
				}
				f, err := c.follow(path)
				if err != nil {
					t.Errorf("%s: %v", path, err)
					continue
				}
				for _, column := range columns {
					if column.Type == schemas.UTCTime { // it is in the zone that is text beside it
						zone, err := c.follow(path[:strings.LastIndexByte(path, '.')+1] + schemas.ZoneMember)
						if err != nil || !holds(schemas.String, zone) {
							t.Errorf("the zone beside %s is %v, %v", path, zone.kind, err)
						}
					}
					if !holds(column.Type, f) {
						t.Errorf("%s is %v (a collection: %v), and column %s a %v", path, f.kind, f.many, column.Name, column.Type)
					}
				}
			}
			for path := range c.unknown {
				if _, err := c.follow(path); err == nil || !met[path] {
					t.Errorf("%s is an exception without need", path)
				}
			}
		})
	}
}

// follow walks from the model of the record, or from that of a part.
func (c contract) follow(path string) (field, error) {
	for name, model := range c.parts {
		if rest, ok := strings.CutPrefix(path, name+"[]."); ok {
			return follow(model, schemas.Path(rest))
		}
	}
	return follow(c.model, schemas.Path(path))
}

// Every field of Microsoft's models has a column, or the dataset says why it has none.
func TestColumnsHaveEveryField(t *testing.T) {
	for _, c := range contracts {
		t.Run(c.dataset.Name, func(t *testing.T) {
			without := map[string]field{}
			c.without(t, []serialization.Parsable{c.model}, "", without)
			for name, model := range c.parts {
				c.without(t, []serialization.Parsable{model}, name+"[]", without)
			}
			var left []string
			for _, n := range c.dataset.NotTaken {
				for _, p := range n.Properties {
					left = append(left, string(p))
				}
			}
			t.Logf("%d fields without a column: %v", len(without), slices.Sorted(maps.Keys(without)))
			for path, f := range without {
				if !slices.Contains(left, path) && !(c.navigations && f.kind == object) {
					t.Errorf("%s has no column, and NotTaken does not say why", path)
				}
			}
			for _, path := range left {
				if _, ok := without[path]; !ok {
					t.Errorf("%s is NotTaken without need", path)
				}
			}
		})
	}
}

// without collects the fields of the models, which stand at a path, that no column is read from.
func (c contract) without(t *testing.T, models []serialization.Parsable, at string, without map[string]field) {
	paths := c.paths()
	for _, model := range models {
		for name, read := range model.GetFieldDeserializers() {
			f, err := ask(read)
			if err != nil {
				t.Fatal(err)
			}
			path := strings.TrimPrefix(at+"."+name, ".")
			below := path
			if f.many {
				below += "[]"
			}
			switch {
			case name == "@odata.type":
			case f.kind == object && entered(paths, below):
				of, err := shapes(f.factory, ends)
				if err != nil {
					t.Fatal(err)
				}
				c.without(t, of, below, without)
			case len(paths[path]) == 0:
				without[path] = f
			}
		}
	}
}

// entered reports whether columns are read from members of what is at the path.
func entered(paths map[string][]schemas.Column, path string) bool {
	for known := range paths {
		if rest, ok := strings.CutPrefix(known, path+"."); ok && rest != "@odata.type" {
			return true
		}
	}
	return false
}

// covering finds the exception that a path is, or is below.
func covering(unknown map[string]string, path string) (string, bool) {
	for above := range unknown {
		if rest, ok := strings.CutPrefix(path, above); ok && (rest == "" || rest[0] == '.' || rest[0] == '[') {
			return above, true
		}
	}
	return "", false
}
