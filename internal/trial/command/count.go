package command

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
)

// Count is how many rows a table has, and the checksum of their keys: the sum modulo 2^64 of the first
// eight bytes of the SHA-256 of every key, as 16 hex digits.
type Count struct {
	Rows int
	Keys string
}

// Keys are the keys of the rows of a table: the values of each, joined by the unit separator.
type Keys map[string]bool

const unitSeparator = "\x1f"

// Count counts them.
func (k Keys) Count() Count {
	var sum uint64
	for key := range k {
		sum += hashed(key)
	}
	return Count{len(k), fmt.Sprintf("%016x", sum)}
}

func hashed(key string) uint64 {
	hash := sha256.Sum256([]byte(key))
	return binary.BigEndian.Uint64(hash[:])
}

// Count counts the rows of a table on the days [from, to), but for those that are marked removed.
func (l *Lake) Count(ctx context.Context, table, from, to string) (Count, error) {
	key, err := l.Key(ctx, table)
	if err != nil {
		return Count{}, err
	}
	rows, err := l.Output(ctx, "cat", table, "--from", from, "--to", to)
	if err != nil {
		return Count{}, err
	}
	return tally(bytes.NewReader(rows), key, l.only(table))
}

// Values are those of some columns of a table on the days [from, to), in rows that are not marked removed.
func (l *Lake) Values(ctx context.Context, table, from, to string, columns ...string) (all [][]string, err error) {
	rows, err := l.Output(ctx, "cat", table, "--from", from, "--to", to)
	if err != nil {
		return nil, err
	}
	for values, err := range present(bytes.NewReader(rows), columns) {
		if err != nil {
			return nil, err
		}
		all = append(all, values)
	}
	return all, nil
}

// tally counts the rows that are present and have only values that they may have.
func tally(rows io.Reader, key []string, only map[string]map[string]bool) (c Count, err error) {
	var sum uint64
	for values, err := range present(rows, key) {
		if err != nil {
			return c, err
		}
		if !permitted(key, values, only) {
			continue
		}
		sum += hashed(strings.Join(values, unitSeparator))
		c.Rows++
	}
	c.Keys = fmt.Sprintf("%016x", sum)
	return c, nil
}

// permitted reports whether columns have only values that they may have.
func permitted(columns, values []string, only map[string]map[string]bool) bool {
	for i, column := range columns {
		if may, ok := only[column]; ok && !may[values[i]] {
			return false
		}
	}
	return true
}

// removed reports whether a row is marked so.
func removed(row map[string]json.RawMessage) bool { return string(row["removed"]) == "true" }

// present are the values of some columns of rows, a JSON object each, but for rows that are marked removed.
func present(rows io.Reader, columns []string) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		for all := json.NewDecoder(rows); ; {
			var row map[string]json.RawMessage
			if err := all.Decode(&row); errors.Is(err, io.EOF) {
				return
			} else if err != nil {
				yield(nil, err)
				return
			}
			if removed(row) {
				continue
			}
			values, err := plain(row, columns)
			if !yield(values, err) || err != nil {
				return
			}
		}
	}
}

// plain are values without JSON's quotes: texts, or numbers in decimal.
func plain(row map[string]json.RawMessage, columns []string) ([]string, error) {
	values := make([]string, len(columns))
	for i, column := range columns {
		values[i] = string(row[column])
		if !strings.HasPrefix(values[i], `"`) {
			continue
		}
		if err := json.Unmarshal(row[column], &values[i]); err != nil {
			return nil, fmt.Errorf("column %s: %w", column, err)
		}
	}
	return values, nil
}
