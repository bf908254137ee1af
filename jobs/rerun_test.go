package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"graphlake/internal/graphsim"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/schemas"
)

// details counts the requests for call records by their ids.
type details struct {
	http.Handler
	mu sync.Mutex
	of map[string]int
}

func (d *details) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if path.Dir(r.URL.Path) == "/v1.0/communications/callRecords" && !strings.Contains(path.Base(r.URL.Path), "(") {
		d.mu.Lock()
		d.of[path.Base(r.URL.Path)]++
		d.mu.Unlock()
	}
	d.Handler.ServeHTTP(w, r)
}

// reset forgets what was counted, and gives it.
func (d *details) reset() map[string]int {
	d.mu.Lock()
	defer d.mu.Unlock()
	of := d.of
	d.of = map[string]int{}
	return of
}

// versions are those of the objects of partitions.
func (r *rig) versions(t *testing.T) map[string]load.Version {
	t.Helper()
	all := map[string]load.Version{}
	for info, err := range r.store.List(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := load.ParsePartition(info.Name); ok {
			all[info.Name] = info.Version
		}
	}
	return all
}

// heldVersions are the versions of the call records of a day.
func (r *rig) held(t *testing.T, day int) map[string]int64 {
	t.Helper()
	versions := map[string]int64{}
	p := load.Partition{Kind: load.Raw, Name: schemas.CallRecords.Name, TenantID: tenant.ID, Date: november(day)}
	for row, err := range r.Lake.Rows(t.Context(), p, schemas.RawTable(schemas.CallRecords).Only(schemas.RawVersion)) {
		if errors.Is(err, fs.ErrNotExist) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		versions[strings.Clone(row[0].(string))] = row[1].(int64)
	}
	return versions
}

// The same range again replaces nothing and reads no call record that is held; a second night reads
// those that have changed, by two requests each, rewrites their days and no other, and leaves what a
// first reading at its time gives.
func TestSecondNight(t *testing.T) {
	clock := at(19, 2)
	sim := graphsim.New(graphsim.Options{Users: 8, From: november(16), To: november(19), Large: 12, Late: 0.3, Now: func() time.Time { return clock }})
	counted := &details{Handler: sim, of: map[string]int{}}
	r := newRig(t, counted).at(clock)
	first := r.days(t, 16, 19, schemas.CallRecords)
	if asked := counted.reset(); first.Status != state.Data || len(asked) == 0 {
		t.Fatalf("status %s, %d call records read", first.Status, len(asked))
	}
	before, versions := map[int]map[string]int64{}, r.versions(t)
	for day := 16; day < 19; day++ {
		before[day] = r.held(t, day)
	}
	r.days(t, 16, 19, schemas.CallRecords)
	if asked := counted.reset(); len(asked) > 0 || !maps.Equal(r.versions(t), versions) {
		t.Errorf("the same range again: %d call records read, partitions %v", len(asked), changed(versions, r.versions(t)))
	}

	clock = at(20, 2)
	second := r.at(clock)
	second.days(t, 16, 19, schemas.CallRecords)
	asked, want, days := counted.reset(), map[string]int{}, map[string]bool{}
	fresh := r.fresh(t).at(clock)
	fresh.days(t, 16, 19, schemas.CallRecords)
	for day := 16; day < 19; day++ {
		for id, v := range fresh.held(t, day) {
			if before[day][id] != v {
				want[id] = 2
				days[november(day).Format("dt="+time.DateOnly)] = true
			}
		}
	}
	if !maps.Equal(asked, want) || len(want) == 0 {
		t.Errorf("read %v, want %v", asked, want)
	}
	for _, name := range changed(versions, second.versions(t)) {
		if !days[path.Base(path.Dir(name))] {
			t.Errorf("%s was replaced; calls have changed on %v", name, slices.Collect(maps.Keys(days)))
		}
	}
	if len(days) == 3 {
		t.Errorf("calls have changed on all days, so that nothing is shown")
	}
	differ(t, "after a second night", second.bytes(t), fresh.bytes(t))
}

// breaking ends a run after so many publications of raw.
type breaking struct {
	state.Store
	left int
}

type broken struct {
	load.Staged
	by *breaking
}

func (b *breaking) Stage(ctx context.Context, name string) (load.Staged, error) {
	s, err := b.Store.Stage(ctx, name)
	if err != nil || !strings.HasPrefix(name, "raw/") {
		return s, err
	}
	return broken{s, b}, nil
}

func (b broken) Commit(ctx context.Context, base load.Condition) (bool, load.Version, error) {
	if b.by.left == 0 {
		return false, "", errors.New("the store is gone")
	}
	b.by.left--
	return b.Staged.Commit(ctx, base)
}

// A run that ends between the two days of a call that moves leaves it on none of them rather than on
// both: what is not held is read again, and what is held would stay where it was, too.
func TestCrashWhileMoving(t *testing.T) {
	for name, c := range map[string]struct {
		before, after string
		day           int // the new one, which alone is read
	}{
		"forwards":  {"2026-11-16T23:50:00Z", "2026-11-17T00:10:00Z", 17},
		"backwards": {"2026-11-17T00:10:00Z", "2026-11-16T23:50:00Z", 16},
	} {
		calls := moving{"stays": {"2026-11-16T10:00:00Z", 1}, "moves": {c.before, 1}, "other": {"2026-11-17T10:00:00Z", 1}}
		r := newRig(t, calls)
		r.days(t, 16, 18, schemas.CallRecords)
		calls["moves"] = call{c.after, 2}

		dying := *r
		store := &breaking{r.store, 1}
		dying.Store, dying.Lake = store, load.New(store, t.TempDir())
		if rep := dying.days(t, c.day, c.day+1, schemas.CallRecords); rep.Status != state.Failed {
			t.Errorf("%s: the run that ended is %s", name, rep.Status)
		}
		r.days(t, c.day, c.day+1, schemas.CallRecords)
		fresh := r.fresh(t)
		fresh.days(t, 16, 18, schemas.CallRecords)
		differ(t, name, r.bytes(t), fresh.bytes(t))
	}
}

// What a part of a day holds is not what its day holds.
func TestRecordsOfPartsOfADay(t *testing.T) {
	calls := moving{"a": {"2026-11-16T01:00:00Z", 1}, "b": {"2026-11-16T02:00:00Z", 1}, "c": {"2026-11-16T20:00:00Z", 1}}
	r := newRig(t, calls)
	part := plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: []schemas.Dataset{schemas.CallRecords}}
	for hours, want := range map[[2]int]int64{{0, 12}: 2, {12, 18}: 0, {18, 24}: 1} {
		part.From, part.To = at(16, hours[0]), at(16, hours[1])
		if _, err := r.Run(t.Context(), part); err != nil {
			t.Fatal(err)
		}
		coverage := r.state(t, schemas.CallRecords).Coverage
		i := slices.IndexFunc(coverage, func(c state.Covered) bool { return c.From.Equal(part.From) })
		if i < 0 || coverage[i].Records != want {
			t.Errorf("%v: %+v, want %d records", hours, coverage, want)
		}
	}
}

// changed are the objects that are not the same.
func changed(before, after map[string]load.Version) []string {
	var names []string
	for name, v := range after {
		if before[name] != v {
			names = append(names, name)
		}
	}
	return slices.Sorted(slices.Values(names))
}

// moving is a Graph with call records by the instants of their start, of one version each.
type moving map[string]call

type call struct {
	start   string
	version int
}

var bounds = regexp.MustCompile(`ge (\S+) and startDateTime lt (\S+)`)

func (m moving) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	write := func(id string) string {
		return fmt.Sprintf(`{"id":%q,"version":%d,"startDateTime":%q,"endDateTime":%q}`, id, m[id].version, m[id].start, m[id].start)
	}
	if id := path.Base(r.URL.Path); id != "callRecords" {
		fmt.Fprint(w, strings.TrimSuffix(write(id), "}")+`,"sessions":[],"participants_v2":[]}`)
		return
	}
	window := bounds.FindStringSubmatch(r.URL.Query().Get("$filter"))
	var listed []string
	for _, id := range slices.Sorted(maps.Keys(m)) {
		if m[id].start >= window[1] && m[id].start < window[2] {
			listed = append(listed, write(id))
		}
	}
	fmt.Fprintf(w, `{"value":[%s]}`, strings.Join(listed, ","))
}

// A call whose start moves over midnight leaves the day on which it was, in raw and in the tables,
// whether that day is in the range that is read or not.
func TestMovedOverMidnight(t *testing.T) {
	for name, c := range map[string]struct{ from, to int }{"both days": {16, 18}, "the new day": {17, 18}} {
		graph := moving{"stays": {"2026-11-16T10:00:00Z", 1}, "moves": {"2026-11-16T23:50:00Z", 1}, "other": {"2026-11-17T10:00:00Z", 1}}
		r := newRig(t, graph)
		r.days(t, 16, 18, schemas.CallRecords)
		graph["moves"] = call{"2026-11-17T00:10:00Z", 2}
		r.days(t, c.from, c.to, schemas.CallRecords)
		for day, want := range map[int][]string{16: {"stays"}, 17: {"moves", "other"}} {
			if got := r.rows(t, schemas.CallRecords.Root(), november(day), "call_id"); !slices.Equal(got, want) {
				t.Errorf("%s: on the %dth there are %v, want %v", name, day, got, want)
			}
		}
		fresh := r.fresh(t)
		fresh.days(t, 16, 18, schemas.CallRecords)
		differ(t, name, r.bytes(t), fresh.bytes(t))
	}
}
