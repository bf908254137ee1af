package graphsim

import (
	"slices"
	"strings"
	"time"
)

// An utterance is what somebody says, in milliseconds after the beginning of its transcript. All facts about it are drawn with it,
// and none is read out of a document.
type utterance struct {
	start, end int // the start may be negative; never is the end before it
	speaker    string
	text       string
	language   string // as a document spells it; empty where it says none
	words      int    // unknown where the language does not divide them
	countable  bool   // the words
	question   bool
	together   bool // in one cue with the one before, and so at its times
	bare       bool // the cue holds the text alone
	number     int  // that its word of its own was drawn by
	backwards  int  // how much before its start the cue says that it ends
}

// SpokenMarker is in a word of every utterance and occurs nowhere else in a tenant.
const SpokenMarker = "zqxvjk"

const (
	mostCues  = 20_000
	usualMost = 160
	talkers   = 12 // who speak in a call, at most
)

// A language is one that people speak, with words that say nothing.
type language struct {
	tag     string
	words   []string
	between string // words
	stop    string
	asks    string // ends a question
	divided bool   // into words that can be counted
}

var languages = []language{
	{"en-us", strings.Fields("budget river harvest window lantern basket engine carpet winter village copper meadow ladder pocket shelter feather"), " ", ".", "?", true},
	{"de-de", strings.Fields("Vertrag Brücke Löffel Fenster übrigens Zeitplan Körbe wieder Straße langsam Ernte grün Werkstatt Äpfel Nebel außen"), " ", ".", "?", true},
	{"pt-pt", strings.Fields("orçamento janela manhã coração rio ponte não amanhã avião inverno lã cadeira jardim pão vento estação"), " ", ".", "?", true},
	{"hi-in", strings.Fields("नदी पुल खिड़की बाज़ार योजना सवेरा किताब पहाड़ रास्ता हवा मौसम दीपक"), " ", "।", "?", true},
	{"el-gr", strings.Fields("γέφυρα παράθυρο ποτάμι αύριο σχέδιο χειμώνας κήπος άνεμος βιβλίο δρόμος"), " ", ".", "\u037e", true},
	{"ar-sa", strings.Fields("جسر نافذة نهر خطة شتاء حديقة كتاب طريق ريح صباح"), " ", ".", "؟", true},
	{"he-il", strings.Fields("גשר חלון נהר תוכנית חורף גינה ספר דרך רוח בוקר"), " ", ".", "?", true},
	{"ru-ru", strings.Fields("мост окно река завтра план зима сад ветер книга дорога ёлка"), " ", ".", "?", true},
	{"ko-kr", strings.Fields("다리 창문 강물 내일 계획 겨울 정원 바람 책상 도로"), " ", ".", "?", true},
	{"ja-jp", strings.Fields("橋 窓 川 明日 計画 冬 庭 風 ノート 道"), "", "。", "？", false},
	{"zh-cn", strings.Fields("桥梁 窗户 河流 明天 计划 冬天 花园 大风 书本 道路"), "", "。", "？", false},
	{"th-th", strings.Fields("สะพาน หน้าต่าง แม่น้ำ พรุ่งนี้ แผนงาน ฤดูหนาว สวน ลม"), "", "", "?", false},
}

// ofSite is the index of the language that a site speaks, by country.
var ofSite = map[string]int{"US": 0, "CH": 1, "PT": 2, "IN": 3}

// signs are what stands between words now and then, and is itself so many words.
var signs = []struct {
	text  string
	words int
}{{"&", 0}, {"<em>", 1}, {"-", 0}, {"<", 0}, {"10:15", 2}, {"“99”", 1}, {"&amp;", 1}, {"🎉", 0}}

// strangers are names of those who are no users of the tenant.
var strangerNames = []string{
	"Smith & Daughters <Reception>", "O'Hara, Maeve (Guest)", "דנה כהן", "فاطمة علي (Guest)", "R&D Lab, 2nd floor", "Nguyễn Thị Hoa (Guest)",
	"田中 花子", "Kim Example (External)", "José \"Pepe\" Núñez", "Анна Смирнова (Guest)", "A.  B. Double-Space",
}

// speakerName is the display name by which somebody stands in a transcript; empty for what does not speak.
func (t *Tenant) speakerName(p party) string {
	switch p.kind {
	case internal:
		who := t.person(p.number)
		return who.name()
	case phone:
		return t.phone(p.number)
	case federated, visitor, acs, encrypted, onPremises, skype:
		s := seeded(t.seed, uint64(p.kind), uint64(p.number), 'T', 'n')
		return strings.Join(strings.Fields(pick(&s, strangerNames)), " ")
	case guest:
		s := seeded(t.seed, uint64(p.number), 'g')
		return pick(&s, givenNames) + " (Guest)"
	case device:
		return resourceNames[device]
	}
	return ""
}

// speakers are the names of those who speak in a call, the organizer first.
func (t *Tenant) speakers(c *call) (names []string) {
	for _, p := range t.parties(c) {
		if name := t.speakerName(p); name != "" && len(names) < talkers {
			names = append(names, name)
		}
	}
	return names
}

// conversation is what is said in a capture, in the order of its documents, which is almost that of time. A trap that leaves no cues
// leaves nothing.
func (t *Tenant) conversation(p *capture) (list []utterance) {
	if p.trap == noBytes || p.trap == emptyObject || p.trap == noCues {
		return nil
	}
	s := seeded(p.seed, 'u')
	length := max(1000, int(p.to.Sub(p.from)/time.Millisecond))
	n := min(usualMost, 1+int(float64(length)/8000*(0.5+0.5*s.unit())))
	if p.long {
		n = mostCues
	}
	slot := max(2, length/n)
	names := t.speakers(&p.call)
	tongue := t.tongue(p, &s)
	before := 0 // how much earlier than the transcript people began to speak
	if s.chance(0.08) {
		before = min(s.between(3000, 40_000), int(p.call.start.Sub(p.from)/-time.Millisecond))
	}
	unknown, shuffled, odd := s.chance(0.05), s.chance(0.05), s.chance(0.03)
	speaker := 0
	for i := range n {
		if !s.chance(0.4) {
			speaker = s.below(len(names))
		}
		u := utterance{start: i*slot + s.below(slot/2+1) - before, speaker: names[speaker]}
		u.end = u.start + min(s.between(slot/4, slot*13/10), s.between(900, 14_000))
		spoken := tongue
		if s.chance(0.1) && p.trap != noMetadata {
			spoken = &languages[0]
		}
		u.say(spoken, p.seed, i, &s)
		switch {
		case unknown && s.chance(0.2):
			u.speaker = ""
		case odd && s.chance(0.1):
			u.end, u.backwards = u.start, s.between(1, 500)
		case i > 0 && len(names) > 1 && u.speaker != "" && list[i-1].speaker != "" && s.chance(0.03):
			last := &list[i-1]
			u.start, u.end, u.backwards, u.together = last.start, last.end, last.backwards, true
			u.speaker = names[(speaker+1)%len(names)]
		}
		list = append(list, u)
	}
	if !p.long && s.chance(0.02) {
		u := utterance{start: list[n-1].end, end: list[n-1].end + 700, bare: true}
		u.say(&languages[0], p.seed, n, new(source))
		u.language, u.speaker = "", ""
		list = append(list, u)
	}
	for i := 2; shuffled && i+1 < len(list); i += 7 {
		if !list[i].together && !list[i+1].together && (i+2 == len(list) || !list[i+2].together) {
			list[i], list[i+1] = list[i+1], list[i]
		}
	}
	return list
}

// tongue is the language that is spoken in a capture: mostly that of its organizer's site. Where no document says which, it is one of which
// the words can be counted.
func (t *Tenant) tongue(p *capture, s *source) *language {
	at := ofSite[t.person(p.call.first.number).site.country]
	if s.chance(0.3) {
		at = s.below(len(languages))
	}
	if p.trap == noMetadata && !languages[at].divided {
		at = 0
	}
	return &languages[at]
}

// say draws the text of an utterance, with a word that nobody else says.
func (u *utterance) say(of *language, seed uint64, index int, s *source) {
	u.number = index
	n := s.between(2, 14)
	at := s.below(n)
	var parts []string
	for i := range n {
		parts = append(parts, pick(s, of.words))
		if i == at {
			parts = append(parts, marker(seed, index))
		}
		if of.divided && s.chance(0.01) {
			sign := pick(s, signs)
			parts = append(parts, sign.text)
			u.words += sign.words
		}
	}
	u.words += n + 1
	u.countable, u.language, u.question = of.divided, of.tag, s.chance(0.12)
	if !u.countable {
		u.words = 0
	}
	u.text = strings.Join(parts, of.between) + either(u.question, of.asks, of.stop)
}

// marker is a word of ASCII letters.
func marker(seed uint64, index int) string {
	s := seeded(seed, uint64(index), 'k')
	b := []byte(SpokenMarker)
	for range 12 {
		b = append(b, byte('a'+s.below(26)))
	}
	return string(b)
}

// A span is a stretch of a transcript, in milliseconds.
type span struct{ start, end int }

// union is how long at least one of the spans lasts, and what the longest gap is between them. It sorts them.
func union(spans []span) (long, gap int) {
	slices.SortFunc(spans, func(a, b span) int { return a.start - b.start })
	until := 0
	for i, s := range spans {
		switch {
		case i == 0:
			long, until = s.end-s.start, s.end
		case s.start > until:
			gap = max(gap, s.start-until)
			long, until = long+s.end-s.start, s.end
		case s.end > until:
			long, until = long+s.end-until, s.end
		}
	}
	return long, gap
}
