// Package person is the trial of a tenant to which a person signs in: the real command, device code and all, against stand-ins for
// Entra ID and for Graph that know whose token is whose.
//
// A person signs in by a code, and a check finds nothing amiss; a week is read, and the next night. After each, every table of what is for one person has to have the
// keys that the simulator counts for that person, and row for row what a lake of an application has of that person, which reads the
// same tenant with all roles; nobody else's may have been asked for, and no answer may have been a refusal. Access tokens last so
// short that every command takes a new one, and no refresh token is taken twice. Then Entra refuses: the next night ends with 3, says
// signed_out, and leaves the lake as it was; and when the person has signed in again, it is made up for.
//
// The last line is: person datasets=N tables=N rows=R differing=D refused=F refreshes=N. It fails unless nothing differs and nothing was refused.
package person

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"graphlake/internal/entrasim"
	"graphlake/internal/graphsim"
	"graphlake/internal/trial/command"
)

const (
	application = "9d0c7f62-1b7e-4a55-8f53-0f4a3c2b1d10" // that a person signs in to
	username    = "ada@contoso.example"

	from, to = "2026-11-16", "2026-11-23"
)

// The nights: one with the week behind it, and the next.
var nights = []string{"2026-11-23T02:30:00Z", "2026-11-24T02:30:00Z", "2026-11-25T02:30:00Z"}

// Trial defines the flags.
func Trial(flags *flag.FlagSet) func(ctx context.Context, bin string) error {
	users := flags.Int("users", 60, "users of the simulated tenant")
	seed := flags.Int64("seed", 4, "of the simulated tenant")
	return func(ctx context.Context, bin string) error {
		dir, err := os.MkdirTemp("", "person")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		t := &trial{bin: bin, dir: dir, comparison: command.Comparison{Name: "person", Quiet: true}}
		stop, err := t.start(graphsim.Options{
			Seed: *seed, Users: *users, From: day(from), To: day(to), Moves: 20, Token: command.Token, Now: func() time.Time { return *t.now.Load() },
		})
		if err != nil {
			return err
		}
		defer stop()
		err = t.try(ctx)
		fmt.Printf("person datasets=%d tables=%d rows=%d differing=%d refused=%d refreshes=%d\n",
			len(t.datasets), len(t.comparison.Tables), t.rows, t.comparison.Differing(), len(t.refused), t.entra.Count(entrasim.Refresh))
		switch {
		case err != nil:
			return err
		case t.comparison.Differing() > 0:
			return errors.New("the lake has something else than what the person may see")
		case len(t.refused) > 0:
			return fmt.Errorf("what is not the person's was asked for: %s", strings.Join(t.refused, ", "))
		}
		return nil
	}
}

func day(date string) time.Time {
	t, _ := time.Parse(time.DateOnly, date) // one of ours
	return t
}

type trial struct {
	bin, dir   string
	now        atomic.Pointer[time.Time] // the simulator's
	tenant     *graphsim.Tenant
	entra      *entrasim.Entra
	me         string
	personal   *command.Lake // what the person has read
	whole      *command.Lake // what an application has
	datasets   []command.Dataset
	comparison command.Comparison
	rows       int
	before     map[string]command.Keys // what the simulator counted in the night before

	mu      sync.Mutex
	refused []string // paths that the person was refused
}

// start starts both stand-ins. What it gives ends them.
func (t *trial) start(o graphsim.Options) (stop func(), err error) {
	t.at(nights[0])
	o.Bearer = func(token string) (graphsim.Bearer, bool) {
		who, err := t.entra.Check(token)
		return graphsim.Bearer{Person: who.PersonID, Scopes: who.Scopes, Challenge: t.entra.Challenge()}, err == nil
	}
	t.tenant = graphsim.New(o)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		noted := &status{ResponseWriter: w}
		t.tenant.ServeHTTP(noted, r)
		if noted.code == http.StatusForbidden {
			t.mu.Lock()
			defer t.mu.Unlock()
			t.refused = append(t.refused, r.URL.Path)
		}
	}))
	t.me = t.busiest(o.Users)
	t.entra, err = entrasim.New(entrasim.Options{
		Tenants: []string{t.tenant.Tenant},
		Apps:    []entrasim.App{{ClientID: application, Public: true, Consented: []string{"*"}}},
		People:  []entrasim.Person{{ID: t.me, TenantID: t.tenant.Tenant, Username: username, Name: "Ada"}},
		Life:    5*time.Minute + time.Second, // a token is taken anew five minutes before its end
	})
	if err != nil {
		server.Close()
		return nil, err
	}
	client := command.Client{Bin: t.bin, URL: server.URL, Rate: command.Unhindered}
	t.whole = &command.Lake{Client: client}
	t.whole.Dir = filepath.Join(t.dir, "whole")
	client.Dir, client.Authority = filepath.Join(t.dir, "personal"), t.entra.URL
	client.Auth = fmt.Sprintf("method: device_code, client_id: %s, token_cache: %s", application, filepath.Join(t.dir, "cache", "contoso.token"))
	client.Environment = []string{"GRAPHLAKE_TOKEN_KEY=" + newKey(), "SSL_CERT_FILE=" + filepath.Join(t.dir, "entra.pem")}
	t.personal = &command.Lake{Client: client}
	return func() {
		server.Close()
		t.entra.Close()
	}, nil
}

// newKey is a key of the token cache.
func newKey() string {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // it never fails
	return base64.StdEncoding.EncodeToString(key)
}

// status notes the status of an answer.
type status struct {
	http.ResponseWriter
	code int
}

func (s *status) WriteHeader(code int) {
	s.code = code
	s.ResponseWriter.WriteHeader(code)
}

func (t *trial) at(night string) {
	now, _ := time.Parse(time.RFC3339, night) // one of ours
	t.now.Store(&now)
}

// busiest is whoever organizes the most meetings that were transcribed.
func (t *trial) busiest(users int) (id string) {
	most := -1
	for number := range users {
		one := t.tenant.UserID(number)
		if n := len(t.tenant.TruthOf(one)["transcripts"]); n > most {
			most, id = n, one
		}
	}
	return id
}

func (t *trial) try(ctx context.Context) error {
	for _, dir := range []string{t.personal.Dir, t.whole.Dir} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
	}
	if err := os.WriteFile(filepath.Join(t.dir, "entra.pem"), t.entra.Certificate(), 0o600); err != nil {
		return err
	}
	if err := t.forPerson(ctx); err != nil {
		return err
	}
	if err := t.signIn(ctx); err != nil {
		return err
	}
	if out, err := t.personal.Output(ctx, "check", "--job", "nightly"); err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	for i, night := range nights[:2] {
		t.at(night)
		for _, l := range []*command.Lake{t.personal, t.whole} {
			flags := []string{"--dataset", t.names(), "--now", night}
			if i == 0 {
				flags = append(flags, "--from", from, "--to", to)
			}
			r, err := l.Run(ctx, flags...)
			if err != nil {
				return err
			}
			fmt.Printf("night %s: %d records by %d requests in %.1f s\n", night, r.Records, r.Requests, r.Wall.Seconds())
		}
		if err := t.compare(ctx, night); err != nil {
			return err
		}
	}
	return t.signedOut(ctx)
}

// forPerson finds out which datasets are for one person.
func (t *trial) forPerson(ctx context.Context) error {
	all, err := t.whole.Datasets(ctx)
	if err != nil {
		return err
	}
	for _, d := range all {
		if len(d.Person) > 0 {
			t.datasets = append(t.datasets, d)
		}
	}
	if len(t.datasets) == 0 {
		return errors.New("no dataset is for one person")
	}
	t.personal.Jobs = fmt.Sprintf("jobs:\n  nightly: {datasets: [%s]}\n", t.names()) // by which a person is asked for what they need
	return nil
}

func (t *trial) names() string {
	var names []string
	for _, d := range t.datasets {
		names = append(names, d.Name)
	}
	return strings.Join(names, ",")
}

// signIn is the command, and the person who enters the code that it shows.
func (t *trial) signIn(ctx context.Context) error {
	ctx, stop := context.WithTimeout(ctx, time.Minute)
	defer stop()
	entered := make(chan error, 1)
	go func() { entered <- t.entra.EnterNext(ctx, username) }()
	out, err := t.personal.Output(ctx, "sign-in", "--tenant", "contoso")
	if err != nil {
		return errors.Join(fmt.Errorf("sign in: %w: %s", err, out), context.Cause(ctx))
	}
	return <-entered
}

// compare holds the person's lake against what the simulator counts, and against what the application's has of the person.
func (t *trial) compare(ctx context.Context, night string) error {
	truth := map[string]command.Keys{}
	for table, keys := range t.tenant.TruthOf(t.me) {
		truth[table] = command.Keys{}
		for _, key := range keys {
			truth[table][key] = true
		}
	}
	days := func(d command.Dataset) (string, string) {
		switch {
		case len(d.Person) == 0:
			return "", ""
		case d.ByTime():
			return from, to
		}
		return night[:len(time.DateOnly)], day(night[:len(time.DateOnly)]).AddDate(0, 0, 1).Format(time.DateOnly)
	}
	absent := command.Absent(t.datasets, t.before, truth)
	t.before = truth
	if err := t.comparison.Compare(ctx, t.personal, command.With(truth, absent), days); err != nil {
		return err
	}
	t.personal.Besides = absent // in the other lake they are as others see them now
	own := func(table string) map[string]bool { return truth[table] }
	t.whole.Only = map[string]map[string]bool{"user_id": {t.me: true}, "chat_id": own("chats"), "transcript_id": own("transcripts")}
	rows, err := t.comparison.Contents(ctx, t.personal, t.whole, days)
	t.rows += rows
	return errors.Join(err, t.nothingNew(ctx))
}

// nothingNew is an error if records for a person have properties of which the program does not know.
func (t *trial) nothingNew(ctx context.Context) error {
	out, err := t.personal.Output(ctx, "status", "--job", "nightly", "--now", t.now.Load().Format(time.RFC3339))
	if err != nil {
		return err
	}
	var said struct {
		Datasets []struct {
			Dataset string
			New     []string `json:"new_properties"`
		}
	}
	if err := json.Unmarshal(out, &said); err != nil {
		return err
	}
	for _, d := range said.Datasets {
		if len(d.New) > 0 {
			return fmt.Errorf("%s has properties that nobody knows: %v", d.Dataset, d.New)
		}
	}
	if len(said.Datasets) != len(t.datasets) {
		return fmt.Errorf("status tells of %d datasets, want %d", len(said.Datasets), len(t.datasets))
	}
	return nil
}
