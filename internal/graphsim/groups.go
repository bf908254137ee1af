package graphsim

import (
	"regexp"
	"time"
)

var (
	groupRoles  = []string{"Group.ReadBasic.All", "GroupMember.Read.All", "Group.Read.All", "Directory.Read.All", "Group.ReadWrite.All", "Directory.ReadWrite.All"}
	memberRoles = []string{
		"GroupMember.ReadBasic.All", "Directory.Read.All", "Group.Read.All", "Group.ReadBasic.All", "Group.ReadWrite.All",
		"GroupMember.Read.All", "GroupMember.ReadWrite.All",
	}
	ownerRoles = []string{"GroupMember.Read.All", "Group.Read.All", "Directory.Read.All", "Group.ReadWrite.All", "GroupMember.ReadWrite.All"}
)

func (t *Tenant) groupHandler(path []string) (handler, error) {
	switch {
	case len(path) == 0:
		return handler{groupRoles, t.listGroups}, nil
	case len(path) == 1 && operation(path[0]) == "delta":
		return handler{groupRoles, t.groupsDelta}, nil
	case len(path) == 1:
		return handler{groupRoles, func(w *writer, q *question) error { return t.oneGroup(w, q, path[0]) }}, nil
	case len(path) == 2 && path[1] == "members":
		return handler{memberRoles, func(w *writer, q *question) error { return t.listMembers(w, q, path[0]) }}, nil
	case len(path) == 2 && path[1] == "owners":
		return handler{ownerRoles, func(w *writer, q *question) error { return t.listOwners(w, q, path[0]) }}, nil
	}
	return handler{}, unknownSegment(path[min(len(path)-1, 2)])
}

// withTeam is the one filter of groups that this simulator answers.
var withTeam = regexp.MustCompile(`(?i)^resourceProvisioningOptions/any\((\w+):(\w+) eq 'Team'\)$`)

// listGroups answers /groups.
func (t *Tenant) listGroups(w *writer, q *question) error {
	if err := q.unsimulated("$orderby", "$search", "$expand"); err != nil {
		return err
	}
	if err := q.allow("$select", "$filter", "$top", "$count", "$skiptoken"); err != nil {
		return err
	}
	chosen, err := groupProperties.choose(groupType, q.options.Get("$select"), q.options.Has("$select"))
	if err != nil {
		return err
	}
	teams := q.options.Has("$filter")
	if m := withTeam.FindStringSubmatch(q.options.Get("$filter")); teams && (m == nil || m[1] != m[2]) {
		return refuse(501, "NotImplemented", "This simulator filters groups by resourceProvisioningOptions/Any(x:x eq 'Team') only.")
	}
	counted, err := q.counted()
	if err != nil {
		return err
	}
	place, err := t.pageAsk(q, "groups")
	if err != nil {
		return err
	}
	w.open("")
	w.text("@odata.context", q.root+"/$metadata#groups"+chosen.shape())
	if counted {
		w.int("@odata.count", t.countGroups(teams, q.now))
	}
	w.list("value")
	next := -1
	for number, n := place.from, 0; number < t.groups(q.now); number++ {
		g, here := t.groupAt(number, q.now)
		if !here || teams && g.kind != teamGroup {
			continue
		}
		if n++; n > place.size {
			next = number
			break
		}
		w.open("")
		groupProperties.whole(w, &g, chosen)
		w.close()
	}
	w.end()
	if next >= 0 {
		w.text("@odata.nextLink", q.link("groups", "$skiptoken", t.token(place.kind, next)))
	}
	w.close()
	return nil
}

func (t *Tenant) countGroups(teams bool, now time.Time) (n int) {
	for number := range t.groups(now) {
		if g, here := t.groupAt(number, now); here && (!teams || g.kind == teamGroup) {
			n++
		}
	}
	return n
}

// oneGroup answers /groups/{id}.
func (t *Tenant) oneGroup(w *writer, q *question, id string) error {
	if err := q.unsimulated("$expand"); err != nil {
		return err
	}
	if err := q.allow("$select"); err != nil {
		return err
	}
	chosen, err := groupProperties.choose(groupType, q.options.Get("$select"), q.options.Has("$select"))
	if err != nil {
		return err
	}
	g, err := t.findGroup(id, q.now)
	if err != nil {
		return err
	}
	w.open("")
	w.text("@odata.context", q.root+"/$metadata#groups"+chosen.shape()+"/$entity")
	groupProperties.whole(w, &g, chosen)
	w.close()
	return nil
}
