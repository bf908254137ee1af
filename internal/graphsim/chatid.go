package graphsim

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// chatID is the id of a chat. That of a chat of two says who they are, as on Graph.
func (t *Tenant) chatID(c *chat) string {
	switch c.kind {
	case pairChat:
		a, b := t.id(userIDs, uint64(c.number)).String(), t.id(userIDs, uint64(c.other)).String()
		return "19:" + min(a, b) + "_" + max(a, b) + "@unq.gbl.spaces"
	case meetingChat:
		return "19:meeting_" + c.call.thread() + "@thread.v2"
	}
	g := t.id(chatIDs, uint64(c.number)<<8|uint64(c.kind))
	return "19:" + hex.EncodeToString(g[:]) + "@thread.v2"
}

// findChat is the chat of an id.
func (t *Tenant) findChat(id string) (c chat, ok bool) {
	id, ok = strings.CutPrefix(id, "19:")
	if two, found := strings.CutSuffix(id, "@unq.gbl.spaces"); ok && found {
		return t.findPair(strings.Cut(two, "_"))
	}
	id, found := strings.CutSuffix(id, "@thread.v2")
	if !ok || !found {
		return c, false
	}
	if thread, found := strings.CutPrefix(id, "meeting_"); found {
		return t.findMeeting(thread)
	}
	var g guid
	if n, err := hex.Decode(g[:], []byte(id[:min(len(id), 2*len(g))])); err != nil || n != len(g) || len(id) != 2*len(g) {
		return c, false
	}
	number, ok := t.number(chatIDs, g.String())
	if kind := chatKind(number & 0xff); ok && kind >= circleChat && kind <= blockChat {
		return t.groupChat(kind, int(number>>8))
	}
	return c, false
}

func (t *Tenant) findPair(one, two string, ok bool) (chat, bool) {
	a, known := t.number(userIDs, one)
	b, also := t.number(userIDs, two)
	// Two of a circle have numbers that differ in one of the last three bits.
	if d := a ^ b; !ok || !known || !also || d != 1 && d != 2 && d != 4 || one > two {
		return chat{}, false
	}
	return t.pairChat(int(min(a, b)), int(max(a, b)))
}

func (t *Tenant) findMeeting(thread string) (chat, bool) {
	text, err := base64.StdEncoding.DecodeString(thread)
	if err != nil {
		return chat{}, false
	}
	g, ok := parseGUID(string(text))
	if !ok {
		return chat{}, false
	}
	number, ok := t.number(callIDs, g.veiled().String())
	if !ok || t.Users < 1 {
		return chat{}, false
	}
	day, index := int(number>>32), int(number&(1<<32-1))
	n, circles := t.count(day), (t.Users+circleSize-1)/circleSize
	if index >= n {
		return chat{}, false
	}
	circle := ((index+1)*circles - 1) / n // the one circle whose calls are [circle*n/circles, (circle+1)*n/circles)
	c, ok := t.meetingChat(circle, day)
	return c, ok && c.call.index == index
}

// thread names the thread of a meeting, in its link and as its chat.
func (c *call) thread() string {
	return base64.StdEncoding.EncodeToString(c.id.veiled().append(nil))
}

// joinURL is the link by which a meeting is joined.
func (c *call) joinURL() string { return meetingURL(c.thread()) }

func meetingURL(thread string) string {
	return "https://teams.example/l/meetup-join/19%3ameeting_" + thread + "%40thread.v2/0?context=%7b%22Tid%22%3a%22" + partnerTenant + "%22%7d"
}

// veiled turns a call's id into that of its thread, and back.
func (g guid) veiled() guid {
	for i, v := range "thread-of-a-call" {
		if i != 6 && i != 8 { // the version of the GUID stays
			g[i] ^= byte(v)
		}
	}
	return g
}
