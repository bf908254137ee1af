package graphsim

import "strings"

// messageCharges are what a request takes of the limits of chats and messages; nil if it is for something else.
func messageCharges(path []string) []charge {
	switch {
	case len(path) == 4 && path[0] == "users" && path[2] == "chats" && operation(path[3]) == "getAllMessages":
		return []charge{{limit: limitChatExport, cost: 1}}
	case len(path) == 3 && path[0] == "users" && path[2] == "chats":
		return []charge{{limit: limitChats, cost: 1}, {limit: limitUserChats, of: strings.ToLower(path[1]), cost: 1}}
	case len(path) == 3 && path[0] == "chats" && path[2] == "members":
		return []charge{{limit: limitMembers, cost: 1}, {limit: limitChatMembers, of: path[1], cost: 1}}
	case len(path) == 4 && path[0] == "teams" && path[2] == "channels" && operation(path[3]) == "getAllMessages":
		return []charge{{limit: limitChannelExport, cost: 1}}
	}
	return nil
}
