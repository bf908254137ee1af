package foreign

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
)

// chats are ids of chats and channels: of a chat of two it is made of the ids of both.
var chats = regexp.MustCompile(`^\d{1,2}:.+@.+$`)

// Shown is the id of a parent or a record as state, reports, errors and logs have it: an operator looks up users, teams and calls by theirs, so
// these stay. The id of a chat becomes a hash, by which it is told from others; that of a hash is the hash.
func Shown(id string) string {
	if !chats.MatchString(id) {
		return id
	}
	sum := sha256.Sum256([]byte(id))
	return "chat-" + hex.EncodeToString(sum[:8])
}
