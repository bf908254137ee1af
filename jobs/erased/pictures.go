package erased

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"graphlake/load"
	"graphlake/schemas"
	"graphlake/transform/privacy"
)

// ReadDirectory reads the pictures of people of some tenants.
func ReadDirectory(ctx context.Context, lake *load.Lake, datasets []schemas.Dataset, tenants []string, settings privacy.Settings) (*Directory, error) {
	d := NewDirectory(settings)
	for of, err := range pictured(ctx, lake, datasets, tenants) {
		if err != nil {
			return nil, err
		}
		d.Add(of.keys, of.text) // what says nobody's id is in quarantine
	}
	return d, nil
}

// picturedRecord is a record of a person as a picture has it, or what a table has of one.
type picturedRecord struct {
	keys []schemas.Key
	text []byte
}

// pictured are the records of people that a lake has, of each dataset the newest first, the same ones once: those of raw, and
// of days of which raw is gone what the root table has of their keys.
func pictured(ctx context.Context, lake *load.Lake, datasets []schemas.Dataset, tenants []string) iter.Seq2[picturedRecord, error] {
	return func(yield func(picturedRecord, error) bool) {
		seen := map[string]bool{} // hashes of records: a picture says mostly what the one before it has said
		for _, ds := range datasets {
			if len(ds.Keys) == 0 {
				continue
			}
			for _, tenant := range tenants {
				days, err := picturesOf(ctx, lake, ds, tenant)
				if err != nil {
					yield(picturedRecord{}, err)
					return
				}
				for _, p := range days {
					for r, err := range recordsOf(ctx, lake, ds, p, seen) {
						if !yield(r, err) || err != nil {
							return
						}
					}
				}
			}
		}
	}
}

// picturesOf are the pictures of a tenant's people, the newest first: raw, or where there is none the root table.
func picturesOf(ctx context.Context, lake *load.Lake, ds schemas.Dataset, tenant string) (days []load.Partition, err error) {
	raw := map[time.Time]bool{}
	for _, of := range []load.Partition{{Kind: load.Raw, Name: ds.Name}, {Kind: load.Tables, Name: ds.Root().Name}} {
		for p, err := range lake.Partitions(ctx, of.Kind, of.Name, tenant) {
			if err != nil {
				return nil, err
			}
			if of.Kind == load.Raw {
				raw[p.Date] = true
			} else if raw[p.Date] {
				continue
			}
			days = append(days, p)
		}
	}
	slices.SortFunc(days, func(a, b load.Partition) int { return b.Date.Compare(a.Date) })
	return days, nil
}

func recordsOf(ctx context.Context, lake *load.Lake, ds schemas.Dataset, p load.Partition, seen map[string]bool) iter.Seq2[picturedRecord, error] {
	var t schemas.Table
	if p.Kind == load.Raw {
		t = schemas.RawTable(ds)
		t.Key = nil
		t = t.Only(schemas.RecordHash, schemas.RecordText)
	} else {
		t = keyColumns(ds)
	}
	return func(yield func(picturedRecord, error) bool) {
		for row, err := range lake.Rows(ctx, p, t) {
			if err != nil {
				yield(picturedRecord{}, fmt.Errorf("%s of %s: %w", ds.Name, p.Date.Format(time.DateOnly), err))
				return
			}
			var hash string
			var text []byte
			if p.Kind == load.Raw {
				hash, _ = row[0].(string)
				raw, _ := row[1].(string)
				text = []byte(raw)
			} else {
				text = recordOf(t, row)
				sum := sha256.Sum256(text)
				hash = string(sum[:])
			}
			if seen[hash] {
				continue
			}
			seen[strings.Clone(hash)] = true
			if !yield(picturedRecord{ds.Keys, text}, nil) {
				return
			}
		}
	}
}

// keyColumns are the columns of the root table that have keys of people.
func keyColumns(ds schemas.Dataset) schemas.Table {
	t := ds.Root()
	t.Key = nil
	t.Columns = slices.DeleteFunc(slices.Clone(t.Columns), func(c schemas.Column) bool {
		return !slices.ContainsFunc(ds.Keys, func(k schemas.Key) bool { return k.Path == c.Path })
	})
	return t
}

// recordOf is a record with what a row has of it.
func recordOf(t schemas.Table, row []any) []byte {
	record := map[string]any{}
	for i, c := range t.Columns {
		text, ok := row[i].(string)
		if !ok {
			continue
		}
		var value any = text
		if c.Type == schemas.JSON && json.Unmarshal([]byte(text), &value) != nil {
			continue
		}
		at := record
		names := strings.Split(string(c.Path), ".")
		for _, name := range names[:len(names)-1] {
			inner, ok := at[name].(map[string]any)
			if !ok {
				inner = map[string]any{}
				at[name] = inner
			}
			at = inner
		}
		at[names[len(names)-1]] = value
	}
	text, err := json.Marshal(record)
	if err != nil { // of texts and of what was JSON
		return nil
	}
	return text
}
