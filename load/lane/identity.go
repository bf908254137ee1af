package lane

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"graphlake/load"
	"graphlake/load/delta"
)

// Layout says whose a Delta table is.
type Layout string

// The layouts: tables of all tenants, and tables of one tenant each, which may be handed to them.
const (
	Shared    Layout = "shared"
	PerTenant Layout = "per_tenant"
)

// Settings are what a lane is made by. They hold as long as it lasts.
type Settings struct {
	Layout  Layout
	Compact bool // the form is months, in which days are compacted; else it is days
}

func (s Settings) String() string { return fmt.Sprintf("layout: %s, compact: %t", s.Layout, s.Compact) }

// Identity is the lane of a lake: a lane that is removed and begun anew has another ID.
type Identity struct {
	Settings
	ID string // 16 hexadecimal digits
}

// SettingsError says of a lake, which it does not name, that its lane has other settings than those that are wanted.
type SettingsError struct {
	Held, Want Settings
	Found      string // an object of a Delta table by which Held is known; "": the lane's own says it
}

func (e *SettingsError) Error() string {
	if e.Found != "" {
		return fmt.Sprintf("%s is of Delta tables with {%s}, whose %s is gone, and the configuration has {%s}: configure what the lake has, "+
			"or remove %s, all of it; then run graphlake replay --delta", e.Found, e.Held, load.LaneObject, e.Want, load.DeltaTables)
	}
	return fmt.Sprintf("its Delta tables were begun with {%s}, and the configuration has {%s}: configure what the lake has; or remove %s and %s "+
		"and make them anew with graphlake replay --delta", e.Held, e.Want, load.DeltaTables, load.LaneObject)
}

// ErrIdentity says that what a lake says of its lane is none of this version's.
var ErrIdentity = errors.New("use the version of graphlake that wrote it")

// ErrDamaged says that nobody can tell any more what a lake says of its lane. Its tables are whole for all that: a lane of
// the same settings that is begun anew goes on with them.
var ErrDamaged = errors.New("remove it, and run graphlake replay --delta, which goes on with the tables in " + load.DeltaTables +
	" if the configuration has their settings, and else says which they are")

// document is the object of a lane.
type document struct {
	Format  int    `json:"format"`
	ID      string `json:"id"`
	Layout  Layout `json:"layout"`
	Compact bool   `json:"compact"`
}

const format = 1

// Ensure makes sure that the lake in a store has a lane of these settings, and is called before anything is written of
// it. The first call writes down its identity, for good. A lake that has another one, or Delta tables that another one has
// left behind, gives a [SettingsError].
func Ensure(ctx context.Context, store delta.Store, s Settings) (Identity, error) {
	id, there, err := Read(ctx, store)
	if err != nil {
		return Identity{}, err
	}
	if !there {
		if err := checkLeft(ctx, store, s); err != nil {
			return Identity{}, err
		}
		if id, err = begin(ctx, store, s); err != nil {
			return Identity{}, err
		}
	}
	if id.Settings != s {
		return Identity{}, &SettingsError{Held: id.Settings, Want: s}
	}
	return id, nil
}

// checkLeft refuses to begin a lane where Delta tables of other settings lie, as they do once their identity is removed: the new
// tables would lie beside them, and no erasure and no expire would come to those. Tables of the same settings are gone on with.
func checkLeft(ctx context.Context, store delta.Store, want Settings) error {
	var other *SettingsError
	for info, err := range store.List(ctx, load.DeltaTables) {
		if err != nil {
			return fmt.Errorf("look for Delta tables that are there: %w", err)
		}
		table, tenantID, below, ok := load.ParseDelta(info.Name)
		if !ok {
			continue
		}
		held := Settings{Layout: Shared, Compact: want.Compact} // as long as no data file says its form
		if tenantID != "" {
			held.Layout = PerTenant
		}
		file, isFile := load.ParseDataFile(below)
		isFile = isFile && (file.TenantID == "") == (held.Layout == PerTenant)
		if isFile {
			held.Compact = file.ByMonth
		}
		_, _, isLog := load.ParseDeltaLog(load.DeltaRoot(table, tenantID), info.Name)
		if held == want || !isFile && !isLog {
			continue
		}
		if isFile || other == nil {
			other = &SettingsError{Held: held, Want: want, Found: info.Name}
		}
		if isFile {
			break
		}
	}
	if other != nil {
		return other
	}
	return nil
}

// begin writes down a new lane, unless another process was there first.
func begin(ctx context.Context, store delta.Store, s Settings) (Identity, error) {
	random := make([]byte, 8)
	rand.Read(random)
	id := Identity{Settings: s, ID: hex.EncodeToString(random)}
	text, err := json.Marshal(document{Format: format, ID: id.ID, Layout: s.Layout, Compact: s.Compact})
	if err != nil {
		return Identity{}, fmt.Errorf("%s: %w", load.LaneObject, err)
	}
	switch _, err := store.Swap(ctx, load.LaneObject, "", append(text, '\n')); {
	case errors.Is(err, load.ErrConflict):
		id, _, err := Read(ctx, store)
		return id, err
	case err != nil:
		return Identity{}, fmt.Errorf("%s: %w", load.LaneObject, err)
	}
	return id, nil
}

// Read gives the lane of the lake in a store, if it has one.
func Read(ctx context.Context, store load.Store) (id Identity, there bool, err error) {
	text, _, err := load.ReadObject(ctx, store, load.LaneObject)
	if errors.Is(err, fs.ErrNotExist) {
		return Identity{}, false, nil
	}
	if err != nil {
		return Identity{}, false, err
	}
	var whole json.RawMessage
	if err := json.Unmarshal(text, &whole); err != nil {
		return Identity{}, false, fmt.Errorf("%s, which says how the Delta tables are laid out, is damaged (%w): %w", load.LaneObject, err, ErrDamaged)
	}
	var d document
	read := json.NewDecoder(bytes.NewReader(text))
	read.DisallowUnknownFields()
	if err := read.Decode(&d); err != nil {
		return Identity{}, false, fmt.Errorf("%s cannot be read (%w): %w", load.LaneObject, err, ErrIdentity)
	}
	id = Identity{Settings{d.Layout, d.Compact}, d.ID}
	if d.Format != format || d.ID == "" || d.Layout != Shared && d.Layout != PerTenant {
		return Identity{}, false, fmt.Errorf("%s has the format %d and the layout %q, which this version does not know: %w", load.LaneObject, d.Format, d.Layout, ErrIdentity)
	}
	return id, true, nil
}
