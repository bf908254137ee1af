package jobs_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"graphlake/extract/graph"
	"graphlake/internal/graphsim"
	"graphlake/jobs"
	"graphlake/jobs/audit"
	"graphlake/jobs/erased"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/schemas"
)

// everyNight is a night over all datasets of a tenant of twelve.
func everyNight(t *testing.T, date int) night {
	now := time.Date(2026, 11, date, 2, 30, 0, 0, time.UTC)
	server := httptest.NewServer(graphsim.New(graphsim.Options{
		Users: 12, Seed: 3, CallsPerUserDay: 1, From: monday, To: monday.Add(7 * schemas.Day), Now: func() time.Time { return now },
	}))
	t.Cleanup(server.Close)
	client, err := graph.New(graph.Options{Endpoint: server.URL, Token: graph.StaticToken{Secret: "t"}, Rate: 1e6})
	if err != nil {
		t.Fatal(err)
	}
	return night{Selection: plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: schemas.BuiltIn()}, client: client, now: now}
}

// person is who the pictures say has a key, and what is given by which they are erased.
func (n night) person(t *testing.T, store state.Store, given string) erased.Person {
	t.Helper()
	d, err := erased.ReadDirectory(t.Context(), load.New(store, ""), n.Datasets, []string{tenant.ID}, jobs.Privacy{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := d.Find(given)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// list puts people on the list of a lake.
func (n night) list(t *testing.T, store state.Store, people ...erased.Person) {
	t.Helper()
	_, err := erased.Update(t.Context(), store, func(l *erased.List) error {
		return l.Add(erased.Erasure{At: n.now, Tenants: []string{tenant.ID}}, people, jobs.Privacy{})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (n night) erase(t *testing.T, store state.Store) (jobs.Report, error) {
	t.Helper()
	r := jobs.Runner{Store: store, Lake: load.New(store, inMemory(t)), Now: n.now, Log: slog.New(slog.DiscardHandler)}
	if err := openLane(t.Context(), &r, n.lane); err != nil {
		return jobs.Report{}, err
	}
	return r.Erase(t.Context(), n.Selection)
}

// rowsOf are the rows of all tables, as JSON, by the table and day.
func rowsOf(t *testing.T, store state.Store, datasets []schemas.Dataset) map[string][]string {
	t.Helper()
	lake := load.New(store, "")
	all := map[string][]string{}
	read := func(kind load.Kind, table schemas.Table) {
		for p, err := range lake.Partitions(t.Context(), kind, table.Name, "") {
			if err != nil {
				t.Fatal(err)
			}
			all[p.Object()] = []string{}
			for row, err := range lake.Rows(t.Context(), p, table) {
				if err != nil {
					t.Fatal(err)
				}
				text, err := json.Marshal(row)
				if err != nil {
					t.Fatal(err)
				}
				all[p.Object()] = append(all[p.Object()], string(text))
			}
		}
	}
	for _, d := range datasets {
		read(load.Raw, schemas.RawTable(d))
		read(load.Quarantine, schemas.QuarantineTable(d))
		for _, table := range d.Tables {
			read(load.Tables, table)
		}
	}
	return all
}

// holding are the objects that hold a text, in whatever case.
func holding(t *testing.T, store state.Store, datasets []schemas.Dataset, texts ...string) (found []string) {
	t.Helper()
	sought := make([]string, len(texts))
	for i, text := range texts {
		sought[i] = strings.ToLower(text)
	}
	has := func(object, text string) {
		text = strings.ToLower(text)
		if slices.ContainsFunc(sought, func(one string) bool { return strings.Contains(text, one) }) {
			found = append(found, object)
		}
	}
	for object, rows := range rowsOf(t, store, datasets) {
		has(object, strings.Join(rows, "\n"))
	}
	for info, err := range store.List(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(info.Name, ".json") {
			has(info.Name, string(content(t, store, info.Name)))
		}
	}
	slices.Sort(found)
	return found
}

func (n night) auditClean(t *testing.T, store state.Store) {
	t.Helper()
	a := audit.Auditor{Store: store, Now: n.now, Log: slog.New(slog.DiscardHandler), Clients: map[string]*graph.Client{tenant.ID: n.client}}
	found, err := a.Audit(t.Context(), n.Selection)
	if err != nil || found.Failures() > 0 {
		t.Errorf("audit: %v, %+v", err, found.Findings)
	}
}

// Two people are taken out of all that a lake holds; the rows of others say the same, and an audit is clean. What Graph
// gives of them on the next night does not come in.
func TestErase(t *testing.T) {
	t.Parallel()
	n := everyNight(t, 18)
	store := onDisk(t, inMemory(t))()
	n.finish(t, store)
	before := rowsOf(t, store, n.Datasets)
	var keys []string
	var people []erased.Person
	for _, at := range []string{"user_id", "user_principal_name"} {
		table := schemas.Users.Root()
		p := load.Partition{Kind: load.Tables, Name: table.Name, TenantID: tenant.ID, Date: november(18)}
		rows := before[p.Object()]
		column := slices.IndexFunc(table.Columns, func(c schemas.Column) bool { return c.Name == at })
		var row []any
		if err := json.Unmarshal([]byte(rows[2+len(people)]), &row); err != nil {
			t.Fatal(err)
		}
		given := fmt.Sprint(row[column])
		person := n.person(t, store, given)
		people = append(people, person)
		for _, k := range person.Taken() {
			keys = append(keys, k.Value)
		}
	}
	n.list(t, store, people...)
	rep, err := n.erase(t, store)
	if err != nil || rep.Status != state.Data {
		t.Fatalf("%v, %s: %+v", err, rep.Status, rep.Units)
	}
	if found := holding(t, store, n.Datasets, keys...); len(found) > 0 {
		t.Errorf("found in %v", found)
	}
	n.auditClean(t, store)
	list, err := erased.Load(t.Context(), store)
	if err != nil || !list.IsWhole() || len(list.Erasures) != 1 || len(list.Erasures[0].Changed[tenant.ID]) < 5 {
		t.Errorf("the list is %+v, %v", list.Erasures, err)
	}
	next := everyNight(t, 19)
	next.finish(t, store)
	if found := holding(t, store, n.Datasets, keys...); len(found) > 0 {
		t.Errorf("found after the next night in %v", found)
	}
	next.auditClean(t, store)
}

// Of a chat of two the membership of one goes with them and the other's stays, whose id has both in it; and when the other one is erased
// later, theirs goes too, although its id has nobody in it any more.
func TestEraseFromChatsOfTwo(t *testing.T) {
	n := everyNight(t, 18)
	n.Datasets = []schemas.Dataset{schemas.Users, schemas.Chats}
	store := onDisk(t, inMemory(t))()
	n.finish(t, store)
	members := load.Partition{Kind: load.Tables, Name: "chat_members", TenantID: tenant.ID, Date: november(18)}
	inChats := func() map[string]int { // how many memberships each user has
		t.Helper()
		all := map[string]int{}
		for row, err := range load.New(store, "").Rows(t.Context(), members, schemas.Chats.Tables[1].Only("chat_id", "membership_id", "user_id")) {
			if err != nil {
				t.Fatal(err)
			}
			all[fmt.Sprint(row[2])]++
		}
		return all
	}
	of := regexp.MustCompile(`"19:([0-9a-f-]{36})_([0-9a-f-]{36})@unq\.gbl\.spaces"`)
	both := of.FindStringSubmatch(strings.Join(rowsOf(t, store, n.Datasets)[members.Object()], "\n"))
	if both == nil {
		t.Fatal("there is no chat of two")
	}
	want := inChats()
	for _, id := range both[1:] {
		if want[id] == 0 {
			t.Fatalf("%s is in no chat", id)
		}
		n.list(t, store, n.person(t, store, id))
		if rep, err := n.erase(t, store); err != nil || rep.Status != state.Data {
			t.Fatalf("%v, %+v", err, rep.Units)
		}
		delete(want, id)
		if got := inChats(); !maps.Equal(got, want) {
			t.Errorf("without %s there are\n%v, want\n%v", id, got, want)
		}
	}
}

// What a run works on is not touched, and the others are done. The same call goes on, and so does the next run of the dataset; until
// then the list says that there is something left to do.
func TestEraseWaitsForRuns(t *testing.T) {
	n := everyNight(t, 18)
	n.Datasets = []schemas.Dataset{schemas.PSTNCalls, schemas.Users}
	store := onDisk(t, inMemory(t))()
	n.finish(t, store)
	given := n.anyUser(t, store)
	n.list(t, store, n.person(t, store, given))
	lock, err := store.Lock(t.Context(), load.LockObject(tenant.ID, schemas.PSTNCalls.Name))
	if err != nil {
		t.Fatal(err)
	}
	before := holding(t, store, n.Datasets[:1], given)
	rep, err := n.erase(t, store)
	if err != nil || !rep.TryAgain() || rep.Units[0].Error == nil || rep.Units[0].Error.Kind != "locked" || rep.Units[1].Outcome != state.Data {
		t.Errorf("%v, %+v", err, rep.Units)
	}
	if left := holding(t, store, n.Datasets[:1], given); len(before) == 0 || !slices.Equal(left, before) {
		t.Errorf("under another's lock found in %v, before in %v", left, before)
	}
	if list, err := erased.Load(t.Context(), store); err != nil || list.IsWhole() {
		t.Errorf("the list says that all is done, %v", err)
	}
	if err := lock.Unlock(t.Context()); err != nil {
		t.Fatal(err)
	}
	n.finish(t, store)
	if found := holding(t, store, n.Datasets, given); len(found) > 0 {
		t.Errorf("after the next run found in %v", found)
	}
	if rep, err := n.erase(t, store); err != nil || rep.Status != state.Data {
		t.Errorf("%v, %+v", err, rep.Units)
	}
	if list, err := erased.Load(t.Context(), store); err != nil || !list.IsWhole() {
		t.Errorf("the list says that something is left, %v", err)
	}
}

// On days of which raw is not kept any more, tables and quarantine are rewritten by their rows: they say what a derivation of
// raw without the person would.
func TestEraseWithoutRaw(t *testing.T) {
	t.Parallel()
	n := everyNight(t, 18)
	first, second := onDisk(t, inMemory(t))(), onDisk(t, inMemory(t))()
	n.finish(t, first)
	given := n.anyUser(t, first)
	person := n.person(t, first, given)
	n.list(t, first, person)
	copied := func(from, to full, which func(name string) bool) {
		t.Helper()
		for info, err := range from.List(t.Context(), "") {
			if err != nil {
				t.Fatal(err)
			}
			if !which(info.Name) || strings.HasSuffix(info.Name, ".lock") {
				continue
			}
			if _, err := to.Swap(t.Context(), info.Name, "", content(t, from, info.Name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	copied(first, second, func(name string) bool { return !strings.HasPrefix(name, "raw/") })
	for _, store := range []full{first, second} {
		if rep, err := n.erase(t, store); err != nil || rep.Status != state.Data && store == first {
			t.Fatalf("%v, %+v", err, rep.Units)
		}
	}
	var keys []string
	for _, k := range person.Taken() {
		keys = append(keys, k.Value)
	}
	if found := holding(t, second, n.Datasets, keys...); len(found) > 0 {
		t.Errorf("found in %v", found)
	}
	want, got := rowsOf(t, first, n.Datasets), rowsOf(t, second, n.Datasets)
	for object, rows := range want {
		if !strings.HasPrefix(object, "tables/") {
			continue
		}
		slices.Sort(rows)
		slices.Sort(got[object])
		if !slices.Equal(rows, got[object]) {
			t.Errorf("%s has %d rows, want %d%s", object, len(got[object]), len(rows), firstDifference(got[object], rows))
		}
	}
}

func firstDifference(got, want []string) string {
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			return fmt.Sprintf("\n got %s\nwant %s", got[i], want[i])
		}
	}
	return ""
}
