package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"

	"graphlake/load"
	"graphlake/load/lane"
)

// deltaConfig is whether a lake has its tables as Delta tables too, and how.
type deltaConfig struct {
	Layout  string `yaml:"layout"`
	Compact bool   `yaml:"compact"`

	on bool
}

// UnmarshalYAML takes true, false, or keys.
func (d *deltaConfig) UnmarshalYAML(node ast.Node) error {
	switch node := node.(type) {
	case *ast.BoolNode:
		*d = deltaConfig{on: node.Value}
		return nil
	case *ast.NullNode: // which is said elsewhere
		return nil
	case *ast.MappingNode, *ast.MappingValueNode:
		type keys deltaConfig // without this method
		var read keys
		if err := yaml.NodeToValue(node, &read, yaml.Strict()); err != nil {
			return err
		}
		*d = deltaConfig(read)
		d.on = true
		return nil
	}
	return &yaml.TypeError{DstType: reflect.TypeFor[deltaConfig](), SrcType: reflect.TypeFor[string](), Token: node.GetToken()}
}

func (d deltaConfig) check(fail func(path, format string, args ...any)) {
	switch lane.Layout(d.Layout) {
	case "", lane.Shared, lane.PerTenant:
	default:
		fail("$.delta.layout", "%q: want shared, which is a table for all tenants, or per_tenant, which is one for each", d.Layout)
	}
}

// checkVacuum refuses jobs that would vacuum nothing.
func (c *config) checkVacuum(fail func(path, format string, args ...any)) {
	for _, name := range slices.Sorted(maps.Keys(c.Jobs)) {
		if c.Jobs[name].Vacuum && !c.Delta.on {
			fail("$.jobs."+name+".vacuum", "the configuration has no Delta tables, so there is nothing to vacuum: write delta: true, or leave it out")
		}
	}
}

func (d deltaConfig) settings() lane.Settings {
	s := lane.Settings{Layout: lane.Shared, Compact: d.Compact}
	if d.Layout != "" {
		s.Layout = lane.Layout(d.Layout)
	}
	return s
}

// beginLane gives the lane that the configuration has, which is begun if the lake has none yet, or the lane that the lake
// has and the configuration has not. It is called before anything is written to the lake.
func (c *config) beginLane(ctx context.Context, s store) (on, off *lane.Lane, err error) {
	if !c.Delta.on {
		return c.heldLane(ctx, s)
	}
	id, err := lane.Ensure(ctx, s, c.Delta.settings())
	if err != nil {
		return nil, nil, c.laneError(err)
	}
	return c.openLane(s, id), nil, nil
}

// heldLane gives the lane that the lake has, as one that is on or off, for whoever writes nothing.
func (c *config) heldLane(ctx context.Context, s store) (on, off *lane.Lane, err error) {
	id, there, err := lane.Read(ctx, s)
	switch {
	case err != nil:
		return nil, nil, c.laneError(err)
	case !there:
		return nil, nil, nil
	case !c.Delta.on:
		return nil, c.openLane(s, id), nil
	case id.Settings != c.Delta.settings():
		return nil, nil, c.laneError(&lane.SettingsError{Held: id.Settings, Want: c.Delta.settings()})
	}
	return c.openLane(s, id), nil, nil
}

func (c *config) openLane(s store, id lane.Identity) *lane.Lane {
	return lane.Open(s, load.New(s, ""), id, lane.Options{
		Engine: "graphlake/" + Version(), Now: time.Now, Log: c.log,
	})
}

// laneError says where the configuration disagrees with the lake.
func (c *config) laneError(err error) error {
	_, other := errors.AsType[*lane.SettingsError](err)
	if other || errors.Is(err, lane.ErrIdentity) || errors.Is(err, lane.ErrDamaged) {
		return usage(fmt.Errorf("%s: the lake %s: %w", c.line("$.delta"), c.Lake, err))
	}
	return c.settingsError(err)
}

// noLane says of a lake without Delta tables how it gets some.
func (c *config) noLane() error {
	if c.Delta.on {
		return usage(fmt.Errorf("the lake %s has no Delta tables yet: graphlake run makes those of what it reads, and graphlake replay --delta those of all that is there", c.Lake))
	}
	return usage(fmt.Errorf("the lake %s has no Delta tables: write delta: true in %s, and graphlake replay --delta makes them of the tables that are there", c.Lake, c.file))
}
