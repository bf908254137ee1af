package facts

import (
	"strings"

	"github.com/apache/arrow-go/v18/arrow/array"
)

// How good a stream was by two published sets of rules, and which sides it went between.
//
// The rules are those of Microsoft's Call Quality Dashboard (stream classification) and of its Call Record Insights. All
// comparisons are strict, and null is not zero. A time is in whole milliseconds: a jitter of 30.4 ms is 30 and good.
//
//	        CQD                                        Call Record Insights
//	audio   packets null or up to 500: unclassified;   packets over 1000, and the same
//	        round trip over 500 ms, loss over 0.1 or
//	        jitter over 30 ms: poor; none of the three
//	        told: unclassified; else good
//	video   the first that is told: lost frames over   the same; none told: not poor
//	        50 %; less than 7 frames a second; loss
//	        after correction over 0.15; else
//	        unclassified
//	sharing as video, with less than 2 frames          the same
//	other   unclassified                               null
//
// The side that sends is the caller's where the direction is callerToCallee, and the callee's where it is calleeToCaller;
// of another direction nobody knows. Texts of sides are repeated on every stream, so that in one record they take at most
// so many times what the keys of its streams take ([mostRepeated]): beyond it they are null, and no record of which Graph
// sent little takes much.

const (
	mostRepeated     = 16
	mostRepeatedMore = 4 << 20
)

// mediaSide is what a medium says of a side.
type mediaSide struct{ connection, transport, subnet, address, band, capture, render *array.String }

type qualityColumns struct {
	test          *array.BooleanBuilder
	medium, class *array.StringBuilder
	poor          *array.BooleanBuilder
	sides         [2][]*array.StringBuilder // sender, receiver: in the order of sideNames
}

// sideNames are the columns of a side, behind its name.
var sideNames = []string{
	"identity_id", "tenant_id", "platform", "connection_type", "transport", "subnet", "public_address", "wifi_band", "capture_device", "render_device",
}

func (c *calls) bindStreams(f *Facts) (made []array.Builder) {
	look(f, "call_media", "call_id", &c.media.call)
	look(f, "call_media", "session_index", &c.media.session)
	look(f, "call_media", "segment_id", &c.media.segment)
	look(f, "call_media", "media_index", &c.media.index)
	look(f, "call_media", "label", &c.media.label)
	for i, side := range []string{"caller_", "callee_"} {
		m := &c.media.sides[i]
		look(f, "call_media", side+"connection_type", &m.connection)
		look(f, "call_media", side+"network_transport_protocol", &m.transport)
		look(f, "call_media", side+"subnet", &m.subnet)
		look(f, "call_media", side+"reflexive_ip_address", &m.address)
		look(f, "call_media", side+"wifi_band", &m.band)
		look(f, "call_media", side+"capture_device_name", &m.capture)
		look(f, "call_media", side+"render_device_name", &m.render)
	}
	const of = "call_media_streams"
	s, q := &c.stream, &c.quality
	look(f, of, "call_id", &s.call)
	look(f, of, "session_index", &s.session)
	look(f, of, "segment_id", &s.segment)
	look(f, of, "media_index", &s.media)
	look(f, of, "stream_index", &s.index)
	look(f, of, "stream_direction", &s.direction)
	look(f, of, "packet_utilization", &s.packets)
	look(f, of, "average_round_trip_time_ms", &s.roundTrip)
	look(f, of, "average_jitter_ms", &s.jitter)
	look(f, of, "average_packet_loss_rate", &s.loss)
	look(f, of, "average_video_frame_loss_percentage", &s.lostFrames)
	look(f, of, "average_video_frame_rate", &s.rate)
	look(f, of, "post_forward_error_correction_packet_loss_rate", &s.repair)

	made = []array.Builder{
		give(f, of, "is_test", &q.test), give(f, of, "medium", &q.medium), give(f, of, "cqd_class", &q.class), give(f, of, "cri_poor", &q.poor),
	}
	for i, side := range []string{"sender_", "receiver_"} {
		q.sides[i] = make([]*array.StringBuilder, len(sideNames))
		for j, name := range sideNames {
			made = append(made, give(f, of, side+name, &q.sides[i][j]))
		}
	}
	return made
}

// findStreams computes the columns of a call's streams, and notes which of its sessions have any.
func (c *calls) findStreams(id string, from rows) {
	c.with = append(c.with[:0], make([]bool, c.next.session-from.session)...)
	c.next.media = behind(c.media.call, id, from.media)
	c.next.stream = behind(c.stream.call, id, from.stream)
	left := mostRepeatedMore + mostRepeated*(c.keys(c.next.stream)-c.keys(from.stream))
	session, medium := from.session, from.media
	for row := from.stream; row < c.next.stream; row++ {
		for c.session.index.Value(session) != c.stream.session.Value(row) {
			session++ // each stream has the session and the medium that it was in
		}
		if row > from.stream && c.restarts(row) {
			medium++
		}
		for !c.isOf(row, medium) {
			medium++
		}
		c.with[session-from.session] = true
		c.judge(row, session, medium)
		left = c.between(row, session, medium, left)
	}
}

// keys is how many bytes of keys the streams before a row have.
func (c *calls) keys(row int) int {
	if row == 0 {
		return 0
	}
	bytes := func(a *array.String) int {
		return int(a.ValueOffset64(row-1)) + a.ValueLen(row-1) - int(a.ValueOffset64(0))
	}
	return bytes(c.stream.call) + bytes(c.stream.segment)
}

// restarts reports whether the positions of streams begin anew with a row although the keys of its medium are those of the
// row before: Graph has given ids twice.
func (c *calls) restarts(row int) bool {
	s := &c.stream
	return s.index.Value(row) <= s.index.Value(row-1) && s.media.Value(row) == s.media.Value(row-1) &&
		s.session.Value(row) == s.session.Value(row-1) && s.segment.Value(row) == s.segment.Value(row-1)
}

// isOf reports whether a stream is of a medium.
func (c *calls) isOf(stream, medium int) bool {
	return c.media.index.Value(medium) == c.stream.media.Value(stream) && c.media.session.Value(medium) == c.stream.session.Value(stream) &&
		c.media.segment.Value(medium) == c.stream.segment.Value(stream)
}

type medium string

const (
	audio   medium = "audio"
	sharing medium = "sharing"
	video   medium = "video"
	other   medium = "other"
)

// mediumOf tells by the label of a medium, the first word that is in it.
func mediumOf(label string) medium {
	label = strings.ToLower(label)
	switch {
	case strings.Contains(label, "audio"):
		return audio
	case strings.Contains(label, "applicationsharing"):
		return sharing
	case strings.Contains(label, "video"):
		return video
	}
	return other
}

const (
	good         = "good"
	poor         = "poor"
	unclassified = "unclassified"
)

func (c *calls) judge(row, session, mediumRow int) {
	q := &c.quality
	is := mediumOf(text(c.media.label, mediumRow))
	q.test.Append(c.isTest(session))
	q.medium.Append(string(is))
	switch is {
	case audio:
		class, bad := c.judgeAudio(row)
		q.class.Append(class)
		q.poor.Append(bad)
	case video, sharing:
		class := c.judgeVideo(row, is)
		q.class.Append(class)
		q.poor.Append(class == poor)
	default:
		q.class.Append(unclassified)
		q.poor.AppendNull()
	}
}

// judgeAudio gives the class by the one set of rules, and whether the other calls it poor.
func (c *calls) judgeAudio(row int) (class string, isPoor bool) {
	s := &c.stream
	bad := s.roundTrip.IsValid(row) && s.roundTrip.Value(row) > 500 ||
		s.loss.IsValid(row) && s.loss.Value(row) > 0.1 ||
		s.jitter.IsValid(row) && s.jitter.Value(row) > 30
	packets := int64(0)
	if s.packets.IsValid(row) {
		packets = s.packets.Value(row)
	}
	isPoor = packets > 1000 && bad
	switch {
	case packets <= 500:
		return unclassified, isPoor
	case bad:
		return poor, isPoor
	case s.roundTrip.IsNull(row) && s.loss.IsNull(row) && s.jitter.IsNull(row):
		return unclassified, isPoor
	}
	return good, isPoor
}

// judgeVideo gives the class; both sets of rules call the same poor.
func (c *calls) judgeVideo(row int, is medium) string {
	s := &c.stream
	least := 7.0
	if is == sharing {
		least = 2
	}
	var bad bool
	switch {
	case s.lostFrames.IsValid(row):
		bad = s.lostFrames.Value(row) > 50
	case s.rate.IsValid(row):
		bad = s.rate.Value(row) < least
	case s.repair.IsValid(row):
		bad = s.repair.Value(row) > 0.15
	default:
		return unclassified
	}
	if bad {
		return poor
	}
	return good
}

// between appends what is told of both sides of a stream, if there is so much room left for texts, and says how much is
// left then.
func (c *calls) between(row, session, mediumRow, left int) int {
	sender, known := caller, true
	switch text(c.stream.direction, row) {
	case "callerToCallee":
	case "calleeToCaller":
		sender = callee
	default:
		known = false
	}
	for i, columns := range c.quality.sides {
		side := sender
		if i == 1 {
			side = 1 - sender
		}
		end, m := &c.session.ends[side], &c.media.sides[side]
		for j, from := range [...]*array.String{end.id, end.tenant, end.platform, m.connection, m.transport, m.subnet, m.address, m.band, m.capture, m.render} {
			at := mediumRow
			if j < 3 {
				at = session
			}
			if !known || left <= 0 || from.IsNull(at) {
				columns[j].AppendNull()
				continue
			}
			columns[j].Append(from.Value(at))
			left -= from.ValueLen(at)
		}
	}
	return left
}
