package privacy

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"graphlake/internal/graphsim"
	"graphlake/schemas"
)

// A place is a path of a dataset's records, for which a canary stands.
type place struct{ dataset, path string }

func (p place) String() string { return p.dataset + " " + p.path }

// canaries are the texts that stand for paths.
type canaries struct {
	datasets schemas.Set
	trees    map[string]*node
	paths    map[string]place // by canary
	of       map[place]string // canaries
	keyed    map[string]bool  // "dataset path" of arrays whose elements are rows with ids: none is made up

	mu     sync.Mutex
	broken map[string]bool // guarded by mu: datasets that had a broken record in this mode
}

// canary is what is searched for.
var canary = regexp.MustCompile(`zq[0-9]{5}x`)

func newCanaries(datasets schemas.Set, trees map[string]*node) *canaries {
	c := &canaries{datasets: datasets, trees: trees, paths: map[string]place{}, of: map[place]string{}, keyed: map[string]bool{}}
	for _, d := range datasets {
		for _, path := range trees[d.Name].texts("") {
			p := place{d.Name, path}
			c.of[p] = fmt.Sprintf("zq%05dx", len(c.of))
			c.paths[c.of[p]] = p
		}
		for _, t := range d.Read().Tables {
			for _, name := range t.Key {
				if k, _ := t.Column(name); t.Each != "" && !strings.HasPrefix(string(k.Path), "/") && k.Path != "#" {
					c.keyed[d.Name+" "+string(t.Each)] = true
				}
			}
		}
	}
	return c
}

// inject puts canaries in the place of texts, and where texts could be.
func (c *canaries) inject(n *node, v any, dataset, at string) any {
	switch {
	case n.text:
		if _, is := v.(string); is || v == nil {
			return c.of[place{dataset, at}]
		}
	case n.elements != nil:
		list, ok := v.([]any)
		if !ok && v != nil {
			return v
		}
		if len(list) == 0 && !c.keyed[dataset+" "+at+"[]"] {
			list = []any{nil}
		}
		for i := range list {
			list[i] = c.inject(n.elements, list[i], dataset, at+"[]")
		}
		if list == nil {
			return v
		}
		return list
	case n.members != nil:
		object, ok := v.(map[string]any)
		if !ok && v != nil {
			return v
		}
		if object == nil {
			object = map[string]any{}
		}
		for name, m := range n.members {
			if made := c.inject(m, object[name], dataset, strings.TrimPrefix(at+"."+name, ".")); made != nil {
				object[name] = made
			}
		}
		return object
	}
	return v
}

// A route says which answers hold records of a dataset, or parts of them.
type route struct {
	path    *regexp.Regexp
	dataset string
	at      string // of the part
}

// routes are all. The first that fits counts.
var routes = []route{
	{regexp.MustCompile(`/communications/callRecords(/[0-9a-f-]{36})?$`), "call_records", ""},
	{regexp.MustCompile(`/communications/callRecords\('[^']*'\)/sessions$`), "call_records", "sessions[]"},
	{regexp.MustCompile(`/communications/callRecords\('[^']*'\)/participants_v2$`), "call_records", "participants_v2[]"},
	{regexp.MustCompile(`getPstnCalls\(`), "pstn_calls", ""},
	{regexp.MustCompile(`getDirectRoutingCalls\(`), "direct_routing_calls", ""},
	{regexp.MustCompile(`getSmsLog\(`), "sms_logs", ""},
	{regexp.MustCompile(`getPstnBlockedUsersLog\(`), "blocked_users_log", ""},
	{regexp.MustCompile(`getPstnOnlineMeetingDialoutReport\(`), "dial_out_logs", ""},
	{regexp.MustCompile(`/users/delta$`), "users", ""},
	{regexp.MustCompile(`/groups/delta$`), "groups", ""},
	{regexp.MustCompile(`/organization$`), "organization", ""},
	{regexp.MustCompile(`/subscribedSkus$`), "organization", "subscribedSkus[]"},
	{regexp.MustCompile(`/numberAssignments$`), "phone_numbers", ""},
	{regexp.MustCompile(`/admin/teams/resourceAccounts$`), "resource_accounts", ""},
	{regexp.MustCompile(`/admin/teams/userConfigurations$`), "teams_user_configurations", ""},
	{regexp.MustCompile(`/teams(/[^/]*)?$`), "teams", ""},
	{regexp.MustCompile(`/teams/[^/]*/channels$`), "teams", "channels[]"},
	{regexp.MustCompile(`/channels/getAllMessages$`), "channel_messages", ""},
	{regexp.MustCompile(`/channels/[^/]*/members$`), "channel_members", ""},
	{regexp.MustCompile(`/teams/[^/]*/members$`), "team_members", ""},
	{regexp.MustCompile(`/incomingChannels$`), "incoming_channels", ""},
	{regexp.MustCompile(`/joinedTeams$`), "joined_teams", ""},
	{regexp.MustCompile(`/getPresencesByUserId$`), "presence", ""},
	{regexp.MustCompile(`/mailboxSettings$`), "mailbox_settings", ""},
	{regexp.MustCompile(`/calendarView$`), "calendar_events", ""},
	{regexp.MustCompile(`/chats/getAllMessages$`), "chat_messages", ""},
	{regexp.MustCompile(`/chats/[^/]*/members$`), "chats", "members[]"},
	{regexp.MustCompile(`/chats$`), "chats", ""},
	{regexp.MustCompile(`/onlineMeetings/getAllTranscripts\(`), "transcripts", ""},
	{regexp.MustCompile(`/adhocCalls/getAllTranscripts\(`), "call_transcripts", ""},
	{regexp.MustCompile(`/onlineMeetings/getAllRecordings\(`), "recordings", ""},
	{regexp.MustCompile(`/adhocCalls/getAllRecordings\(`), "call_recordings", ""},
	{regexp.MustCompile(`/attendanceReports/[^/]+$`), "attendance_reports", ""},
}

// A made answer takes the place of the tenant's: where a canary is in the way to records, which then lead nowhere, and where a
// tenant as small has none.
type made struct {
	path   *regexp.Regexp
	answer string
}

const (
	oneCapture = `{"value":[{"id":"one","createdDateTime":"2026-11-16T10:00:00Z","endDateTime":"2026-11-16T11:00:00Z"}]}`
	oneReport  = `"id":"one","meetingStartDateTime":"2026-11-16T10:00:00Z","meetingEndDateTime":"2026-11-16T11:00:00Z"`
)

var allMade = []made{
	{regexp.MustCompile(`getPstnOnlineMeetingDialoutReport\(`), `{"value":[{}]}`},
	{regexp.MustCompile(`/getAll(Transcripts|Recordings)\(`), oneCapture},
	{regexp.MustCompile(`/onlineMeetings$`), `{"value":[{"id":"one"}]}`},
	{regexp.MustCompile(`/attendanceReports$`), `{"value":[{` + oneReport + `}]}`},
	{regexp.MustCompile(`/attendanceReports/[^/]+$`), `{` + oneReport + `,"attendanceRecords":[{"attendanceIntervals":[{}]}]}`},
}

func ofDocument(dataset string) bool {
	return dataset == "transcripts" || dataset == "call_transcripts"
}

// document is what was said in the one transcript, of a meeting or of a call.
func (c *canaries) document(path string) ([]byte, bool) {
	dataset := "transcripts"
	if strings.Contains(path, "/adhocCalls/") {
		dataset = "call_transcripts"
	}
	if !strings.HasSuffix(path, "/metadataContent") {
		return nil, false
	}
	said := map[string]string{"startDateTime": "2026-11-16T10:00:01Z", "endDateTime": "2026-11-16T10:00:02Z"}
	for _, name := range []string{"speakerName", "spokenText", "spokenLanguage", unknownMember} {
		said[name] = c.of[place{dataset, "utterances[]." + name}]
	}
	cue, err := json.Marshal(said)
	return slices.Concat([]byte("WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n"), cue, []byte("\n")), err == nil
}

// The tenant, and the days that are read of it.
const (
	from = "2026-11-16"
	to   = "2026-11-18"
)

// now is when it is read: after the midnight that ends its days.
var now = time.Date(2026, 11, 18, 2, 30, 0, 0, time.UTC)

func tenant(users int) *graphsim.Tenant {
	day := func(text string) time.Time { t, _ := time.Parse(time.DateOnly, text); return t }
	return graphsim.New(graphsim.Options{
		Users: users, From: day(from), To: day(to), CallsPerUserDay: 4, Now: func() time.Time { return now }, Rate: 1e6,
	})
}

// A server is a Graph on this machine.
type server struct {
	http.Server
	url string
}

func serve(ctx context.Context, answers http.Handler) (*server, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &server{http.Server{Handler: answers, ReadHeaderTimeout: 10 * time.Second}, "http://" + l.Addr().String()}
	go func() { _ = s.Serve(l) }() // it says only that it was closed
	return s, nil
}

func (s *server) close() error { return s.Close() }

// serve serves a small tenant whose every text is a canary.
func (c *canaries) serve(ctx context.Context) (*server, error) {
	simulated := tenant(8)
	return serve(ctx, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		r.Header.Del("Accept-Encoding")
		simulated.ServeHTTP(answer, r)
		body := answer.Body.Bytes()
		if i := slices.IndexFunc(allMade, func(m made) bool { return m.path.MatchString(r.URL.Path) }); i >= 0 {
			answer, body = httptest.NewRecorder(), []byte(allMade[i].answer)
			answer.Header().Set("Content-Type", "application/json")
		}
		if said, is := c.document(r.URL.Path); is {
			answer, body = httptest.NewRecorder(), said
			answer.Header().Set("Content-Type", "text/vtt")
		}
		if i := slices.IndexFunc(routes, func(x route) bool { return x.path.MatchString(r.URL.Path) }); i >= 0 && answer.Code == http.StatusOK {
			body = c.answer(body, routes[i].dataset, routes[i].at)
		}
		maps.Copy(w.Header(), answer.Header())
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		w.WriteHeader(answer.Code)
		_, _ = w.Write(body)
	}))
}

// unread are the datasets whose lists get a record without an id.
var unread = []string{"pstn_calls", "direct_routing_calls", "calendar_events", "chat_messages", "channel_messages"}

// breaks reports whether the dataset has had no broken record yet in this mode: of many, a day would not be derived.
func (c *canaries) breaks(dataset string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	first := !c.broken[dataset]
	c.broken[dataset] = true
	return first
}

// mend lets each dataset have a broken record again.
func (c *canaries) mend() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.broken = map[string]bool{}
}

// answer puts canaries into an answer, and into a list of records one more, which nobody can read: it goes to quarantine.
func (c *canaries) answer(body []byte, dataset, at string) []byte {
	read := json.NewDecoder(bytes.NewReader(body))
	read.UseNumber()
	var v map[string]any
	if read.Decode(&v) != nil {
		return body
	}
	n := c.trees[dataset]
	if at != "" {
		n = n.at(at)
	}
	list, paged := v["value"].([]any)
	if !paged {
		v = c.inject(n, v, dataset, at).(map[string]any)
	}
	for i := range list {
		list[i] = c.inject(n, list[i], dataset, at)
		if made, is := list[i].(map[string]any); is && ofDocument(dataset) {
			delete(made, "utterances") // which are in the document
		}
	}
	if last := len(list); last > 0 && at == "" && slices.Contains(unread, dataset) && c.breaks(dataset) {
		broken := maps.Clone(list[last-1].(map[string]any))
		delete(broken, "id")
		v["value"] = append(list, broken)
		delete(v, "@odata.count")
	}
	text, err := json.Marshal(v)
	if err != nil {
		return body
	}
	return text
}
