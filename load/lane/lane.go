package lane

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"graphlake/load"
	"graphlake/load/delta"
	"graphlake/schemas"
)

// Lane is the second lane of a lake. It is safe for concurrent use, also by several processes; each table of a tenant is
// written by one at a time.
type Lane struct {
	store    delta.Store
	lake     *load.Lake // in store
	identity Identity
	options  Options

	mu     sync.Mutex
	tables map[string]*table // by root, guarded by mu
}

// Options are what a lane is told from outside.
type Options struct {
	Engine string           // who writes, as "graphlake/1.2.3": the histories of tables say it
	Now    func() time.Time // when files and tombstones are written
	NewID  func() string    // a new UUID each time; nil: a random one
	Log    *slog.Logger
}

// table is a Delta table that this process has used.
type table struct {
	*delta.Table
	mu      sync.Mutex // held by whoever publishes: tenants of one process do not race for the next version
	written bool       // since it was tidied; guarded by the lane's mu
}

// Open gives the lane of a lake that has this identity.
func Open(store delta.Store, lake *load.Lake, id Identity, o Options) *Lane {
	if o.NewID == nil {
		o.NewID = randomUUID
	}
	return &Lane{store: store, lake: lake, identity: id, options: o, tables: map[string]*table{}}
}

// randomUUID is one of version 4.
func randomUUID() string {
	var b [16]byte
	rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// ID tells the lane from any other that the lake has had. That of no lane is "".
func (l *Lane) ID() string { return l.Identity().ID }

// Identity is the lane's; that of no lane is the zero one.
func (l *Lane) Identity() Identity {
	if l == nil {
		return Identity{}
	}
	return l.identity
}

// Root is where a table of a tenant lies as a Delta table, without a slash at the end.
func (l *Lane) Root(t schemas.Table, tenantID string) string {
	if l.identity.Layout == PerTenant {
		return load.DeltaRoot(t.Name, tenantID)
	}
	return load.DeltaRoot(t.Name, "")
}

// table gives the Delta table that a table of a tenant lies in. There is one of each, for it knows what it has read.
func (l *Lane) table(t schemas.Table, tenantID string) *table {
	root := l.Root(t, tenantID)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.tables[root] == nil {
		o := l.options
		l.tables[root] = &table{Table: &delta.Table{Store: l.store, Root: root, Engine: o.Engine, Now: o.Now, NewID: o.NewID, Log: o.Log}}
	}
	return l.tables[root]
}

// file is the data file of a day of a tenant, but for its hash.
func (l *Lane) file(tenantID string, date time.Time) load.DataFile {
	f := load.DataFile{Date: date, ByMonth: l.identity.Compact}
	if l.identity.Layout == Shared {
		f.TenantID = tenantID
	}
	return f
}

// schema is that of the Delta table that a table lies in.
func (l *Lane) schema(t schemas.Table) (delta.Schema, error) {
	by := []delta.Column{{Name: load.DateColumn, Type: delta.DateType}}
	more := by
	if l.identity.Compact {
		by = []delta.Column{{Name: load.MonthColumn, Type: delta.StringType}}
		more = append(more, by...)
	}
	if l.identity.Layout == Shared {
		tenant := delta.Column{Name: load.TenantColumn, Type: delta.StringType}
		by, more = append([]delta.Column{tenant}, by...), append(more, tenant)
	}
	names := make([]string, len(by))
	for i, c := range by {
		names[i] = c.Name
	}
	return delta.SchemaOf(t, more, names...)
}

// app names who writes the partitions of a table of a tenant.
func app(t schemas.Table, tenantID string) string { return "graphlake/" + tenantID + "/" + t.Name }

// Tidy writes the checkpoints that are due of the tables that were published to since the last Tidy, and removes what of their
// logs is too old. What fails is logged, and tried again when the table is next published to: no reader needs it.
func (l *Lane) Tidy(ctx context.Context) {
	if l == nil {
		return
	}
	for _, t := range l.untidied() {
		if err := t.Tidy(ctx); err != nil {
			l.options.Log.WarnContext(ctx, "the log of a Delta table could not be tidied, which a later run does", "table", t.Root, "error", err)
		}
	}
}

func (l *Lane) untidied() (all []*table) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, root := range slices.Sorted(maps.Keys(l.tables)) {
		if t := l.tables[root]; t.written {
			t.written = false
			all = append(all, t)
		}
	}
	return all
}

func (l *Lane) noteWritten(t *table) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t.written = true
}

// named says of which Delta table an error is, unless it says so itself.
func named(root string, err error) error {
	if f, ok := errors.AsType[delta.ForeignError](err); err == nil || ok && f.Table == root {
		return err
	}
	return fmt.Errorf("%s: %w", root, err)
}
