package graphsim

import (
	"fmt"
	"strings"
	"time"
)

const groupType = "microsoft.graph.group"

// groupProperties are what the directory knows of a group.
var groupProperties = properties[directoryGroup]{
	{"id", func(w *writer, g *directoryGroup) { w.guid("id", g.id) }},
	{"deletedDateTime", func(*writer, *directoryGroup) {}},
	{"classification", func(w *writer, g *directoryGroup) {
		if text := g.classification(); text != "" {
			w.text("classification", text)
		}
	}},
	{"createdDateTime", func(w *writer, g *directoryGroup) { w.time("createdDateTime", g.created) }},
	{"description", func(w *writer, g *directoryGroup) {
		if text := g.description(); text != "" {
			w.text("description", text)
		}
	}},
	{"displayName", func(w *writer, g *directoryGroup) { w.text("displayName", g.name) }},
	{"expirationDateTime", func(w *writer, g *directoryGroup) {
		if g.kind != securityGroup && g.number%7 == 0 {
			w.time("expirationDateTime", g.created.AddDate(6, 0, 0))
		}
	}},
	{"groupTypes", func(w *writer, g *directoryGroup) {
		if g.kind == securityGroup {
			w.texts("groupTypes")
			return
		}
		w.texts("groupTypes", "Unified")
	}},
	{"isAssignableToRole", func(w *writer, g *directoryGroup) {
		if g.kind == securityGroup {
			w.bool("isAssignableToRole", g.number%3 == 0)
		}
	}},
	{"mail", func(w *writer, g *directoryGroup) {
		if g.kind != securityGroup {
			w.text("mail", g.nickname()+"@"+domain)
		}
	}},
	{"mailEnabled", func(w *writer, g *directoryGroup) { w.bool("mailEnabled", g.kind != securityGroup) }},
	{"mailNickname", func(w *writer, g *directoryGroup) { w.text("mailNickname", g.nickname()) }},
	{"membershipRule", func(*writer, *directoryGroup) {}},
	{"membershipRuleProcessingState", func(*writer, *directoryGroup) {}},
	{"onPremisesLastSyncDateTime", func(*writer, *directoryGroup) {}},
	{"onPremisesSyncEnabled", func(w *writer, g *directoryGroup) {
		if g.kind == securityGroup && g.number%2 == 0 {
			w.bool("onPremisesSyncEnabled", true)
		}
	}},
	{"preferredDataLocation", func(*writer, *directoryGroup) {}},
	{"preferredLanguage", func(*writer, *directoryGroup) {}},
	{"proxyAddresses", func(w *writer, g *directoryGroup) {
		if g.kind == securityGroup {
			w.texts("proxyAddresses")
			return
		}
		w.texts("proxyAddresses", "SMTP:"+g.nickname()+"@"+domain)
	}},
	{"renewedDateTime", func(w *writer, g *directoryGroup) { w.time("renewedDateTime", g.created.Add(time.Minute)) }},
	{"resourceBehaviorOptions", func(w *writer, _ *directoryGroup) { w.texts("resourceBehaviorOptions") }},
	{"resourceProvisioningOptions", func(w *writer, g *directoryGroup) {
		if g.kind == teamGroup {
			w.texts("resourceProvisioningOptions", "Team")
			return
		}
		w.texts("resourceProvisioningOptions")
	}},
	{"securityEnabled", func(w *writer, g *directoryGroup) { w.bool("securityEnabled", g.kind == securityGroup) }},
	{"securityIdentifier", func(w *writer, g *directoryGroup) {
		s := g.source
		w.text("securityIdentifier", fmt.Sprintf("S-1-12-1-%d-%d", s.below(1e9), s.below(1e9)))
	}},
	{"theme", func(*writer, *directoryGroup) {}},
	{"uniqueName", func(*writer, *directoryGroup) {}},
	{"visibility", func(w *writer, g *directoryGroup) {
		if g.kind != securityGroup {
			w.text("visibility", g.visibility())
		}
	}},
}

func (g *directoryGroup) visibility() string {
	return map[bool]string{true: "Private", false: "Public"}[g.private]
}

// description is empty for some.
func (g *directoryGroup) description() string {
	if g.number%5 == 0 {
		return ""
	}
	return "Everything about \"" + g.name + "\""
}

// classification is empty for most.
func (g *directoryGroup) classification() string {
	if g.kind == securityGroup || g.number%4 != 0 {
		return ""
	}
	return "Confidential"
}

// nickname stays when a group is renamed.
func (g *directoryGroup) nickname() string {
	return fmt.Sprintf("group%s%d", strings.ToLower(g.visibility()), g.number)
}
