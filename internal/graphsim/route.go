package graphsim

import (
	"net/http"
	"slices"
	"strings"
)

// A handler answers one resource, to whoever has one of the roles.
type handler struct {
	roles  []string
	answer func(*writer, *question) error
}

var (
	recordRoles = []string{"CallRecords.Read.All"}
	logRoles    = []string{"CallRecord-PstnCalls.Read.All", "CallRecords.Read.All"}
	userRoles   = []string{"User.Read.All", "Directory.Read.All", "User.ReadWrite.All", "Directory.ReadWrite.All"}
)

// route splits a path into the version of the API and its segments. A key in parentheses, as Graph
// writes them in its own links, is a segment of its own.
func route(path string) (version string, segments []string, err error) {
	version, rest, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if version != "v1.0" && version != "beta" {
		return "", nil, badRequest("Invalid version: %s", version)
	}
	for segment := range strings.SplitSeq(strings.TrimSuffix(rest, "/"), "/") {
		name, key, keyed := strings.Cut(segment, "('")
		if segments = append(segments, name); keyed {
			segments = append(segments, strings.TrimSuffix(key, "')"))
		}
	}
	return version, segments, nil
}

func (t *Tenant) handler(path []string) (handler, error) {
	switch {
	case len(path) > 1 && path[0] == "communications" && path[1] == "callRecords":
		return t.recordHandler(path[2:])
	case slices.Equal(path, presencesPath):
		return handler{presenceRoles, t.presences}, nil
	case len(path) > 1 && path[0] == "communications":
		return handler{}, unknownSegment(path[1])
	case path[0] == "users" && len(path) > 2 && path[2] == "chats":
		return t.userChatHandler(path[1], path[3:])
	case path[0] == "users":
		return t.userHandler(path[1:])
	case path[0] == "teams" && len(path) == 4 && path[2] == "channels" && operation(path[3]) == "getAllMessages":
		return handler{channelMessageRoles, func(w *writer, q *question) error { return t.teamMessages(w, q, path[1]) }}, nil
	case path[0] == "chats" && len(path) > 1:
		return t.chatHandler(path[1], path[2:])
	case path[0] == "groups":
		return t.groupHandler(path[1:])
	case path[0] == "teams":
		return t.teamHandler(path[1:])
	case len(path) == 1 && path[0] == "organization":
		return handler{organizationRoles, t.organizations}, nil
	case len(path) == 1 && path[0] == "subscribedSkus":
		return handler{skuRoles, t.subscribedSkus}, nil
	}
	return handler{}, unknownSegment(path[0])
}

var presencesPath = []string{"communications", "getPresencesByUserId"}

// methodOf is the one method that a resource answers.
func methodOf(path []string) string {
	if slices.Equal(path, presencesPath) {
		return http.MethodPost
	}
	return http.MethodGet
}

func unknownSegment(name string) error {
	return badRequest("Resource not found for the segment '%s'.", name)
}

func (t *Tenant) recordHandler(path []string) (handler, error) {
	if len(path) == 0 {
		return handler{recordRoles, t.listRecords}, nil
	}
	name, arguments, isCall := strings.Cut(path[0], "(")
	if isCall && len(path) == 1 {
		switch strings.TrimPrefix(name, "microsoft.graph.callRecords.") {
		case "getPstnCalls":
			return handler{logRoles, t.logged(arguments, &pstnLog)}, nil
		case "getDirectRoutingCalls":
			return handler{logRoles, t.logged(arguments, &routingLog)}, nil
		}
		return handler{}, unknownSegment(name)
	}
	answer := t.detail
	if len(path) > 1 {
		answer = map[string]func(*writer, *question, string) error{
			"sessions": t.sessions, "participants_v2": t.participants, "organizer_v2": t.organizerOf,
		}[path[1]]
	}
	if answer == nil || len(path) > 2 {
		return handler{}, unknownSegment(path[min(len(path)-1, 2)])
	}
	return handler{recordRoles, func(w *writer, q *question) error { return answer(w, q, path[0]) }}, nil
}

func (t *Tenant) userHandler(path []string) (handler, error) {
	switch {
	case len(path) == 0:
		return handler{append(slices.Clone(userRoles), "User.ReadBasic.All"), t.listUsers}, nil
	case len(path) == 2 && path[1] == "presence":
		return handler{presenceRoles, func(w *writer, q *question) error { return t.onePresence(w, q, path[0]) }}, nil
	case len(path) == 2 && path[1] == "mailboxSettings":
		return handler{mailboxRoles, func(w *writer, q *question) error { return t.mailboxSettings(w, q, path[0]) }}, nil
	case len(path) == 2 && path[1] == "calendarView":
		return handler{calendarRoles, func(w *writer, q *question) error { return t.calendarView(w, q, path[0]) }}, nil
	case len(path) > 1:
		return handler{}, unknownSegment(path[1])
	case path[0] == "$count":
		return handler{}, refuse(501, "NotImplemented", "This simulator does not answer /users/$count.")
	case operation(path[0]) == "delta":
		return handler{userRoles, t.usersDelta}, nil
	}
	return handler{userRoles, func(w *writer, q *question) error { return t.oneUser(w, q, path[0]) }}, nil
}

// permit checks that the token holds one of the roles.
func (t *Tenant) permit(roles []string) error {
	if t.Roles == nil || len(roles) == 0 || slices.ContainsFunc(roles, func(r string) bool { return slices.Contains(t.Roles, r) }) {
		return nil
	}
	return refuse(403, "Forbidden", "Missing role permissions on the request. API requires one of '%s'. Roles on the request '%s'.",
		strings.Join(roles, ", "), strings.Join(t.Roles, ", "))
}
