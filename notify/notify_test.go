package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"graphlake/jobs"
	"graphlake/jobs/clock"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/load/memstore"
	"graphlake/schemas"
)

// kept is a channel that keeps what it is sent.
type kept struct {
	mu   sync.Mutex
	got  []string // the texts of all events
	fail error
}

func (k *kept) Send(_ context.Context, m Message) (string, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.fail != nil {
		return "", k.fail
	}
	for _, e := range m.Events {
		k.got = append(k.got, e.Text)
	}
	return "ok", nil
}

func (k *kept) took(t *testing.T, when string, want ...string) {
	t.Helper()
	if !slices.Equal(k.got, want) {
		t.Errorf("%s: %q, want %q", when, k.got, want)
	}
	k.got = nil
}

var users = Subject{"contoso", "users"}

func found(k Kind, day int) Found {
	return Found{Problems: []Problem{{Kind: k, Subject: users, Day: fmt.Sprintf("2026-11-%02d", day), Job: "night", Since: at(day)}}}
}

func well(k Kind) Found { return Found{Well: []Problem{{Kind: k, Subject: users}}} }

func at(day int) time.Time { return time.Date(2026, 11, day, 2, 30, 0, 0, time.UTC) }

func notifier(s Store, to ...Target) *Notifier {
	return &Notifier{Targets: to, Store: s, Lake: "az://lake", Log: slog.New(slog.DiscardHandler)}
}

// A problem is told once a day for as long as it is there, by whichever process, and once that it is gone.
func TestOnceADay(t *testing.T) {
	s, k := memstore.New(), &kept{}
	tell := func(f Found, now time.Time) { // a process that ends
		notifier(s, Target{"ops", Kinds(), k}).Tell(t.Context(), f, now)
	}
	tell(found(Failed, 23), at(23))
	k.took(t, "the first night", "users of contoso: failed")
	tell(found(Failed, 23), at(23).Add(time.Hour))
	tell(Found{}, at(23).Add(2*time.Hour))
	k.took(t, "again, and by who knows nothing of it")
	tell(found(Failed, 24), at(24))
	k.took(t, "the second night", "users of contoso: failed")
	tell(well(Failed), at(24).Add(time.Hour))
	k.took(t, "it is gone", "users of contoso: recovered: no longer failed")
	tell(well(Failed), at(25))
	tell(found(Failed, 24), at(25).Add(time.Hour)) // a day that was told
	tell(well(Failed), at(25).Add(2*time.Hour))
	k.took(t, "nothing new")
	tell(well(Late), at(26))
	k.took(t, "what was never told is not told as gone")
	tell(found(Failed, 26), at(26))
	tell(found(Lost, 26), at(26))
	k.took(t, "it is there again, and something is lost", "users of contoso: failed", "users of contoso: lost: Graph has forgotten some of it before it was read whole")
	_, _, err := load.ReadObject(t.Context(), s, load.Notified)
	if err != nil {
		t.Error(err)
	}
	tell(Found{}, at(26).Add(forgetAfter+48*time.Hour))
	if d, _, err := loadTold(t.Context(), s); err != nil || len(d.Problems) > 0 {
		t.Errorf("what nobody has found for long is remembered: %v, %v", d, err)
	}
}

// Who is told of some kinds is told of no others, and of no recovery that they did not ask for.
func TestKinds(t *testing.T) {
	s, k := memstore.New(), &kept{}
	some := Target{"ops", []Kind{Failed}, k}
	for _, f := range []Found{found(Failed, 23), found(Refused, 23), found(Late, 23), well(Failed)} {
		notifier(s, some).Tell(t.Context(), f, at(23))
	}
	k.took(t, "of what failed alone", "users of contoso: failed")
	some.On = Kinds()
	notifier(s, some).Tell(t.Context(), well(Failed), at(23))
	k.took(t, "who asks for more later hears nothing old")
}

// That a dataset is late is not told of one that failed: that is why. When it does not fail any more, and is late still, it is.
func TestLateByFailing(t *testing.T) {
	s, k := memstore.New(), &kept{}
	n := notifier(s, Target{"ops", Kinds(), k})
	n.Tell(t.Context(), found(Failed, 23), at(23))
	n.Tell(t.Context(), found(Late, 23), at(23).Add(6*time.Hour))
	k.took(t, "it failed and is late", "users of contoso: failed")
	n.Tell(t.Context(), well(Failed).And(found(Late, 23)), at(23).Add(7*time.Hour))
	k.took(t, "it does not fail, and is late", "users of contoso: late: due at 2026-11-23T02:30:00Z by the job night, and not read", "users of contoso: recovered: no longer failed")
	n.Tell(t.Context(), well(Late), at(23).Add(8*time.Hour))
	k.took(t, "it is there", "users of contoso: recovered: no longer late")
}

// That somebody has to sign in is told of the tenant, once a day and with the command that does it, and that they have; what of
// the tenant is late by that is not told besides.
func TestSignedOut(t *testing.T) {
	s, k := memstore.New(), &kept{}
	n := notifier(s, Target{"ops", Kinds(), k})
	of := func(out *state.SignedOut, now time.Time) Found {
		return OfSignIns([]clock.SignIn{{Tenant: "contoso", SignedOut: out}, {Tenant: "adatum"}}, now)
	}
	out := &state.SignedOut{Since: at(23), Reason: "the password was changed"}
	n.Tell(t.Context(), of(out, at(23)), at(23))
	k.took(t, "the first night", "contoso: signed_out: nothing of it is read until its person signs in")
	other := found(Late, 23)
	other.Problems[0].Tenant = "adatum"
	n.Tell(t.Context(), of(out, at(23).Add(time.Hour)).And(found(Late, 23)).And(other), at(23).Add(time.Hour))
	k.took(t, "it is late by that, and another is late", "users of adatum: late: due at 2026-11-23T02:30:00Z by the job night, and not read")
	n.Tell(t.Context(), of(out, at(24)), at(24))
	k.took(t, "the next day", "contoso: signed_out: nothing of it is read until its person signs in")
	n.Tell(t.Context(), of(nil, at(24).Add(time.Hour)), at(24).Add(time.Hour))
	k.took(t, "somebody has signed in", "users of contoso: late: due at 2026-11-23T02:30:00Z by the job night, and not read", "contoso: recovered: somebody has signed in")
	cures := map[string]string{"contoso": "graphlake sign-in --tenant contoso", "a b; c": "graphlake sign-in", "--all": "graphlake sign-in"}
	for name, want := range cures {
		if e := (Event{Kind: SignedOut, Tenant: name}); e.cure() != want {
			t.Errorf("of %s: %s, want %s", name, e.cure(), want)
		}
	}
}

// Whom a message does not reach is told with the next, when they have been left alone for a while; others are not told twice.
func TestNotReached(t *testing.T) {
	s, down, up := memstore.New(), &kept{fail: errors.New("down")}, &kept{}
	n := notifier(s, Target{"down", Kinds(), down}, Target{"up", Kinds(), up})
	n.Tell(t.Context(), found(Lost, 23), at(23))
	down.fail = nil
	n.Tell(t.Context(), Found{}, at(23).Add(time.Minute))
	down.took(t, "a minute later")
	n.Tell(t.Context(), Found{}, at(23).Add(pause+time.Second))
	down.took(t, "after a pause", "users of contoso: lost: Graph has forgotten some of it before it was read whole")
	up.took(t, "who was reached", "users of contoso: lost: Graph has forgotten some of it before it was read whole")
}

// Many processes that find the same at once send one message. Of one that died while it was sending the next one sends it again.
func TestManyProcesses(t *testing.T) {
	s, k := memstore.New(), &kept{}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			notifier(s, Target{"ops", Kinds(), k}).Tell(t.Context(), found(Failed, 23), at(23))
		})
	}
	all.Wait()
	k.took(t, "eight at once", "users of contoso: failed")

	var d told
	if _, err := changeTold(t.Context(), s, func(t *told) {
		t.update("ops", Kinds(), found(Failed, 24), at(24))
		d.Problems = append(d.Problems, t.claim("ops", at(24))[0])
	}); err != nil || len(d.Problems) != 1 {
		t.Fatal(d, err)
	}
	notifier(s, Target{"ops", Kinds(), k}).Tell(t.Context(), found(Failed, 24), at(24).Add(time.Minute))
	k.took(t, "while another is sending it")
	notifier(s, Target{"ops", Kinds(), k}).Tell(t.Context(), found(Failed, 24), at(24).Add(claimTime))
	k.took(t, "the other has died", "users of contoso: failed")
}

// A lake that does not answer, or whose document is damaged, keeps nobody from being told, by one process once.
func TestLakeAway(t *testing.T) {
	k := &kept{}
	n := notifier(nil, Target{"ops", Kinds(), k})
	n.Tell(t.Context(), OfNoRun("night", "unavailable", at(23)), at(23))
	n.Tell(t.Context(), Found{}, at(23))
	n.Tell(t.Context(), OfNoRun("night", "unavailable", at(23)), at(23).Add(time.Hour))
	k.took(t, "without a lake", "a run: failed: it could not begin: unavailable")
	s := memstore.New()
	if _, err := s.Swap(t.Context(), load.Notified, "", []byte("{")); err != nil {
		t.Fatal(err)
	}
	notifier(s, Target{"ops", Kinds(), k}).Tell(t.Context(), found(Failed, 23), at(23))
	notifier(s, Target{"ops", Kinds(), k}).Tell(t.Context(), found(Failed, 23), at(23))
	k.took(t, "damaged", "users of contoso: failed")
}

// What is tried again by itself is neither wrong nor well, and the worst unit of a dataset counts.
func TestOfRun(t *testing.T) {
	unit := func(dataset string, o state.Outcome, kind string, lost int64) jobs.UnitReport {
		u := jobs.UnitReport{Tenant: "contoso", Dataset: dataset, Outcome: o, Lost: lost}
		if kind != "" {
			u.Error = &jobs.ErrorReport{Kind: kind, Message: "of somebody"}
		}
		return u
	}
	f := OfRun(jobs.Report{Run: "r", Started: at(23), Units: []jobs.UnitReport{
		unit("calls", state.Data, "", 0), unit("calls", state.Failed, "rejected", 0), unit("calls", state.Forbidden, "unauthorized", 0),
		unit("users", state.Unavailable, "throttled", 0), unit("users", state.Data, "", 0),
		unit("chats", state.Forbidden, "unauthorized", 0), unit("chats", state.Interrupted, "interrupted", 0),
		unit("mails", state.Forbidden, "signed_out", 0), unit("mails", state.Data, "", 0),
		unit("logs", state.Data, "", 2), unit("logs", state.Empty, "", 1), unit("teams", state.Off, "off", 0),
	}}, "night")
	var got []string
	for _, c := range f.Problems {
		got = append(got, string(c.Kind)+" "+c.Dataset+" "+c.Reason)
	}
	for _, c := range f.Well {
		got = append(got, "not "+string(c.Kind)+" "+c.Dataset)
	}
	if want := []string{"lost logs ", "failed calls rejected", "refused chats unauthorized", "not failed ", "not failed logs", "not refused logs", "not failed teams", "not refused teams"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// One tenant's datasets that fail for one reason are one line, and many lines fit into a card.
func TestCard(t *testing.T) {
	var all []entry
	for i := range 300 {
		for _, d := range []string{"users", "call_records"} {
			all = append(all, entry{Problem: Problem{Kind: Refused, Subject: Subject{fmt.Sprintf("tenant-%d", i), d}, Reason: "unauthorized"}})
		}
	}
	m := newMessage("az://lake", all, at(23))
	if len(m.Events) != 300 || m.Title != "graphlake: 600 refused" || m.Events[0].Text != "call_records, users of tenant-0: refused: credentials or consent are missing: unauthorized" {
		t.Errorf("%d events, %q, %q", len(m.Events), m.Title, m.Events[0].Text)
	}
	text, err := json.Marshal(m.card())
	if err != nil || len(text) > 28<<10 || !strings.Contains(string(text), "and 275 more; graphlake status has all") {
		t.Errorf("a card of %d bytes, %v", len(text), err)
	}
	long, err := json.Marshal(newMessage(strings.Repeat("x", 9000), []entry{{Problem: Problem{Kind: Late, Subject: Subject{strings.Repeat("ü", 9000), "users"}}}}, at(23)).card())
	if err != nil || len(long) > 8<<10 {
		t.Errorf("a card of long names has %d bytes, %v", len(long), err)
	}
}

// What may pass is tried twice, and what cannot is not; a receiver that never answers is given up.
func TestWebhookTries(t *testing.T) {
	for name, c := range map[string]struct {
		answers []int
		want    int
		fault   string
	}{
		"well":            {[]int{200}, 1, ""},
		"not at first":    {[]int{503, 202}, 2, ""},
		"throttled":       {[]int{429, 429}, 2, "429 Too Many Requests"},
		"a wrong path":    {[]int{404}, 1, "the address of the webhook is wrong"},
		"a redirect":      {[]int{307}, 1, "a redirect, which is not followed"},
		"hangs up":        {[]int{-1, -1}, 2, "EOF"},
		"never answers":   {[]int{0, 0}, 2, "no answer within 50ms"},
		"then it is gone": {[]int{500, 410}, 2, "410 Gone"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var n atomic.Int64
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				switch a := c.answers[min(int(n.Add(1)), len(c.answers))-1]; a {
				case -1:
					panic(http.ErrAbortHandler)
				case 0:
					<-r.Context().Done()
				default:
					w.Header().Set("Location", "/s3cr3t")
					w.WriteHeader(a)
					fmt.Fprintf(w, "Cannot POST %s, see https://hooks.example/a?sig=s3cr3t", r.URL)
				}
			}))
			defer s.Close()
			address, err := ParseAddress(s.URL + "/s3cr3t?sig=s3cr3t")
			if err != nil {
				t.Fatal(err)
			}
			patience := 30 * time.Second
			if slices.Contains(c.answers, 0) {
				patience = 50 * time.Millisecond
			}
			_, err = Webhook{Address: address, Timeout: patience, Pause: time.Millisecond}.Send(t.Context(), newMessage("lake", nil, at(23)))
			if (err == nil) != (c.fault == "") || err != nil && !strings.Contains(err.Error(), c.fault) {
				t.Errorf("%v, want %q", err, c.fault)
			}
			if err != nil && strings.Contains(err.Error(), "s3cr3t") {
				t.Errorf("the error has the secret in it: %v", err)
			}
			if int(n.Load()) != c.want {
				t.Errorf("%d requests, want %d", n.Load(), c.want)
			}
		})
	}
}

func TestAddress(t *testing.T) {
	for text, fault := range map[string]string{
		"https://hooks.example/a?sig=s3cr3t": "", "http://127.0.0.1:8080/a": "", "http://localhost/a": "", "http://[::1]/a": "",
		"http://hooks.example/s3cr3t": "http://, which anybody", "ftp://hooks.example/s3cr3t": "no URL", "s3cr3t": "no URL",
		"https://me:s3cr3t@hooks.example": "a password before its host", "https://hooks.example/%zzs3cr3t": "no URL",
	} {
		a, err := ParseAddress(text)
		if (err == nil) != (fault == "") || err != nil && (!strings.Contains(err.Error(), fault) || strings.Contains(err.Error(), "s3cr3t")) {
			t.Errorf("%s: %v, want %q", text, err, fault)
		}
		shown, _ := json.Marshal(map[string]any{"address": Webhook{Address: a}})
		if all := fmt.Sprintf("%v %+v %#v %d %s %s", a, Webhook{Address: a}, a, a, a, shown); strings.Contains(all, "s3cr3t") || strings.Contains(all, "hooks") {
			t.Errorf("it prints as %s", all)
		}
	}
}

// A command that does not end is ended.
func TestCommandTime(t *testing.T) {
	if _, err := exec.LookPath("sleep"); err != nil {
		t.Skip("there is no sleep")
	}
	_, err := Command{Args: []string{"sleep", "60"}, Timeout: 50 * time.Millisecond}.Send(t.Context(), Message{})
	if err == nil || !strings.Contains(err.Error(), "it has not ended within 50ms") {
		t.Error(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	_, err = Command{Args: []string{"sleep", "60"}}.Send(ctx, Message{})
	if err == nil || !strings.Contains(err.Error(), "graphlake was told to end") {
		t.Error(err)
	}
}

// What two jobs read is told once, what of theirs is not late is well, and what is not to be told is neither.
func TestOfLate(t *testing.T) {
	night := clock.Job{Name: "night", Selection: plan.Selection{
		Tenants: []plan.Tenant{{Name: "contoso"}}, Datasets: []schemas.Dataset{schemas.Users, schemas.PSTNCalls, schemas.CallRecords},
	}}
	f := OfLate([]clock.Overdue{
		{Job: "noon", Tenant: "contoso", Dataset: "users", Due: at(23), Tables: true},
		{Job: "night", Tenant: "contoso", Dataset: "users", Due: at(23)}, {Job: "noon", Tenant: "contoso", Dataset: "users", Due: at(23)},
		{Job: "night", Tenant: "contoso", Dataset: "pstn_calls", Due: at(23), Tables: true},
	}, []clock.Job{night}, func(o clock.Overdue) bool { return !o.Tables })
	if len(f.Problems) != 1 || f.Problems[0].Job != "night" || f.Problems[0].Day != "2026-11-23" || len(f.Well) != 1 || f.Well[0].Dataset != "call_records" {
		t.Errorf("%+v", f)
	}
}

// Of an address nothing is told that a receiver says of it, however it writes it.
func TestAnswersWithoutTheAddress(t *testing.T) {
	a, err := ParseAddress("https://hooks.example/services/T0AB/b&C+dEf-9/caf%C3%A9X12?code=q%2Fw+e1r2&v=1")
	if err != nil {
		t.Fatal(err)
	}
	for _, said := range []string{
		"Cannot POST /services/T0AB/b&C+dEf-9/caf%C3%A9X12?code=q%2Fw+e1r2&v=1", "Cannot POST /services/T0AB/b&amp;C+dEf-9/caféX12",
		"no channel b&C+dEf-9", "no channel caféX12", `{"code":"q/w e1r2"}`,
	} {
		got := a.without(said)
		for _, part := range []string{"dEf", "X12", "e1r2"} {
			if strings.Contains(got, part) {
				t.Errorf("of %q is told %q", said, got)
			}
		}
	}
	if got := a.without("our services are down"); got != "our services are down" {
		t.Errorf("plain words are taken out: %q", got)
	}
}

// What is late since long, as of a job that runs once a quarter, is told once for all that, also by processes that know of nothing else.
func TestLateSinceLong(t *testing.T) {
	s, k := memstore.New(), &kept{}
	for day := range 3 {
		notifier(s, Target{"ops", Kinds(), k}).Tell(t.Context(), found(Late, 1), at(1).Add(forgetAfter+time.Duration(day+2)*24*time.Hour))
	}
	k.took(t, "three days", "users of contoso: late: due at 2026-11-01T02:30:00Z by the job night, and not read")
}
