package schemas

import (
	"slices"
	"strings"
	"testing"
)

// unmarked are the columns of text that are no person's words, name nobody and single nobody out, by why.
var unmarked = map[string][]string{
	"an identifier that says nothing of a person": {
		"call_id", "stream_id", "correlation_id", "content_correlation_id",
		"user_tenant_id", "application_instance_tenant_id", "azure_communication_services_resource_id", "tenant_id",
		"azure_ad_app_id", "communication_service_id", "sku_id", "disabled_plans", "organization_id", "service_plans",
		"internal_id", "owner_tenant_id", "member_tenant_id", "identity_tenant_id", "reply_to_id", "application_id", "etag",
		"tag_id", "teams_app_id", "conversation_id", "channel_id_of_event", "team_id_of_event", "administrative_unit_infos",
		"relay_ip_address", "trunk_fqdn", "on_premises_domain_name", "operator_id", "acs_resource_id",
		"host_tenant_id", "host_link", "graph_id", "sms_id", "remediation_id",
	},
	"a closed vocabulary of Microsoft's": {
		"modalities", "failure_reason", "application_version", "feedback_tokens", "final_sip_code_phrase", "group_types", "resource_provisioning_options",
		"member_settings", "guest_settings", "messaging_settings", "fun_settings", "roles", "working_days",
		"application_type", "label", "call_type", "destination_context", "inventory_type", "license_capability", "operator", "media_path_location", "signaling_location",
		"creation_type", "external_user_state", "user_type", "preferred_data_location", "visibility", "membership_rule_processing_state",
		"activity", "availability", "content_type", "role", "capabilities", "feature_types",
	},
	"a closed vocabulary of countries, currencies, languages, formats and time zones": {
		"currency", "destination_name", "tenant_country_code", "usage_country_code", "user_country_code", "other_party_country_code", "preferred_language", "locale", "date_format", "time_format",
		"time_zone", "working_hours_time_zone", "original_start_time_zone", "original_end_time_zone",
	},
	"an emoji, or a word of Microsoft's for it":           {"reaction_type"},
	"for aggregates, which is why a lake is there at all": {"department", "country", "usage_location"},
	"a word of the organization's, for many groups":       {"classification"},
	"a word of the organization's, for many accounts":     {"policies"},
	"instants":                    {"proposal"},
	"the city of an organization": {"city"},
}

// shared are prefixes of columns that stand in several tables or for several sides.
var shared = []string{"organizer_", "caller_", "callee_", "from_", "initiator_", "mentioned_", "sender_", "receiver_"}

func reasonOf(name string) (why string) {
	for _, prefix := range shared {
		if rest, ok := strings.CutPrefix(name, prefix); ok {
			name = rest
			break
		}
	}
	for why, names := range unmarked {
		if slices.Contains(names, name) {
			return why
		}
	}
	return ""
}

// What a column of text may say of a person, a mark tells; or the reason stands above. What has neither would be kept by
// every lake, whatever its settings are.
func TestEveryTextHasAMark(t *testing.T) {
	used := map[string]bool{}
	for _, d := range BuiltIn() {
		for _, table := range d.Tables {
			for _, c := range table.Columns {
				if c.Personal || c.Written != 0 || c.Quasi || slices.Contains(table.Key, c.Name) { // by a key rows are told apart
					continue
				}
				text := c.Type == String || c.Type == LongText || c.Type == JSON || c.Type == KeyText
				if c.Type == JSON && c.Texts == nil {
					t.Errorf("%s.%s is JSON and has no mark: say which texts are in it, or it keeps whatever Graph may add to them", table.Name, c.Name)
				}
				if text && reasonOf(c.Name) == "" {
					t.Errorf("%s.%s is text and has no mark: say whether it is Personal, Written or Quasi, or why it is none of these", table.Name, c.Name)
				}
				used[c.Name] = true
			}
		}
	}
	for why, names := range unmarked {
		for _, name := range names {
			if !slices.ContainsFunc(append([]string{""}, shared...), func(prefix string) bool { return used[prefix+name] }) {
				t.Errorf("no column without a mark is called %s, which is said to be %s", name, why)
			}
		}
	}
}

// Graph declares few of its vocabularies as such. A column that takes for few words what may be any text needs a mark, or a
// reason of its own.
func TestEveryVocabularyIsClosed(t *testing.T) {
	for _, d := range BuiltIn() {
		if d.Entity == "" {
			continue
		}
		w := walk{t: t, types: reference(t), columns: map[string][]Column{}}
		if !w.declares(d.Entity) {
			t.Logf("the reference has no type %s", d.Entity)
			continue
		}
		for _, table := range d.Read().Tables {
			for _, c := range table.Columns {
				for _, p := range append([]Path{c.Path}, c.Else...) {
					path := strings.ReplaceAll(string(p.Absolute(table.Each)), "{}", "")
					w.columns[path] = append(w.columns[path], c)
				}
			}
		}
		w.texts(d.Entity, "", func(path string) {
			for _, c := range w.columns[path] {
				if c.Type == Enum && !c.Personal && c.Written == 0 && !c.Quasi && reasonOf(c.Name) == "" {
					t.Errorf("%s: %s reads %s, which may be any text, and has no mark", d.Name, c.Name, path)
				}
			}
		})
	}
}

// texts visits the properties of a type that Graph declares as text and columns read.
func (w walk) texts(name, at string, visit func(path string)) {
	for _, p := range w.properties(name) {
		path := strings.TrimPrefix(at+"."+p.name, ".")
		elem, many := strings.CutPrefix(p.edm, "Collection(")
		elem = strings.TrimSuffix(elem, ")")
		below := path
		if many {
			below += "[]"
		}
		switch {
		case w.entered(below):
			for _, shape := range shapes(w.types, name, elem, p.name) {
				w.texts(shape, below, visit)
			}
		case elem == "Edm.String":
			visit(path)
		}
	}
}
