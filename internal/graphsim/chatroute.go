package graphsim

var (
	messageRoles    = []string{"Chat.Read.All", "Chat.ReadWrite.All"}
	chatRoles       = []string{"Chat.ReadBasic.All", "Chat.Read.All", "Chat.ReadWrite.All"}
	chatMemberRoles = []string{"ChatMember.Read.All", "ChatMember.ReadWrite.All", "Chat.ReadBasic.All", "Chat.Read.All", "Chat.ReadWrite.All"}
)

// userChatHandler answers below /users/{id}/chats.
func (t *Tenant) userChatHandler(user string, path []string) (handler, error) {
	switch {
	case len(path) == 0:
		return handler{chatRoles, func(w *writer, q *question) error { return t.listChats(w, q, user) }}, nil
	case len(path) == 1 && operation(path[0]) == "getAllMessages":
		return handler{messageRoles, func(w *writer, q *question) error { return t.userMessages(w, q, user) }}, nil
	}
	return handler{}, refuse(501, "NotImplemented", "This simulator answers no '%s' of somebody's chats.", path[0])
}

// chatHandler answers below /chats/{id}.
func (t *Tenant) chatHandler(id string, path []string) (handler, error) {
	if len(path) == 1 && path[0] == "members" {
		return handler{chatMemberRoles, func(w *writer, q *question) error { return t.chatMembers(w, q, id) }}, nil
	}
	return handler{}, refuse(501, "NotImplemented", "This simulator answers members of a chat only.")
}
