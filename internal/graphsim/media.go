package graphsim

import "time"

// labels are the media of each modality; data has none.
var labels = map[string]string{
	"audio": "main-audio", "video": "main-video", "videoBasedScreenSharing": "applicationsharing-video",
	"screenSharing": "applicationsharing-video",
}

// A segment is a stretch of a session without a change of media.
type segment struct {
	start, end time.Time
	last       bool
	media      []string // modalities
}

// segments cuts a session. All media are in the last segment, the first ones have sound only.
func (c *call) segments(l *leg) []segment {
	s := seeded(c.seed, uint64(l.number), 's')
	count := 1
	if len(l.modalities) > 1 && s.chance(0.3) {
		count = s.between(2, 3)
	}
	if l.number == 0 {
		count += c.more
	}
	silent := c.kind == missed || (l.failed && s.chance(0.5))
	list := make([]segment, count)
	length := l.end.Sub(l.start) / time.Duration(count)
	for i := range list {
		from := l.start.Add(time.Duration(i) * length).Truncate(tick)
		list[i] = segment{start: from, end: from.Add(length).Truncate(tick), media: l.modalities[:1]}
	}
	last := &list[count-1]
	last.last, last.end, last.media = true, l.end, l.modalities
	if silent { // nothing flowed: a session without media is a session all the same
		for i := range list {
			list[i].media = nil
		}
	}
	return list
}

// streams are how many streams each way a medium has: cameras come in several qualities.
func streams(s *source, modality string) (sent, received int) {
	switch modality {
	case "video":
		return 1, s.between(1, 3)
	case "audio":
		return 1, 1
	case "data":
		return 0, 0
	}
	return s.below(2), 1
}

// medium is the source of everything measured in one medium of a segment.
func (c *call) medium(l *leg, segment, medium int) source {
	return seeded(c.seed, uint64(l.number), uint64(segment), uint64(medium), 'm')
}
