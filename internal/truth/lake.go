package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"graphlake/internal/trial"
)

// lake is what is read, by the command that wrote it.
type lake struct {
	trial.Client
	keys map[string][]string // by table, as far as they were asked for
}

// dataset is what the command says of one.
type dataset struct {
	Name, Mode string
	Tables     []string
}

// byTime reports whether the rows are dated by the records, and not by the night that saw them.
func (d dataset) byTime() bool { return d.Mode == "windowed" || d.Mode == "changes" }

func (l lake) datasets(ctx context.Context) (all []dataset, err error) {
	out, err := l.output(ctx, "datasets")
	if err != nil {
		return nil, err
	}
	return all, json.Unmarshal(out, &all)
}

// output runs the command. Of an error it says what the command wrote of it.
func (l lake) output(ctx context.Context, args ...string) ([]byte, error) {
	cmd, err := l.Command(ctx, args...)
	if err != nil {
		return nil, err
	}
	var told bytes.Buffer
	cmd.Stderr = &told
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("graphlake %s: %w\n%s", args[0], err, told.Bytes())
	}
	return out, err
}

// count is how many rows a table has, and the checksum of their keys: the sum modulo 2^64 of the first
// eight bytes of the SHA-256 of every key, as 16 hex digits.
type count struct {
	Rows int
	Keys string
}

// key names the columns that tell the rows of a table apart.
func (l lake) key(ctx context.Context, table string) ([]string, error) {
	if key, ok := l.keys[table]; ok {
		return key, nil
	}
	out, err := l.output(ctx, "schema", table)
	if err != nil {
		return nil, err
	}
	var schema struct{ Key []string }
	err = json.Unmarshal(out, &schema)
	l.keys[table] = schema.Key
	return schema.Key, err
}

// table counts the rows of a table on the days [from, to).
func (l lake) table(ctx context.Context, name, from, to string) (count, error) {
	key, err := l.key(ctx, name)
	if err != nil {
		return count{}, err
	}
	rows, err := l.output(ctx, "cat", name, "--from", from, "--to", to)
	if err != nil {
		return count{}, err
	}
	return tally(bytes.NewReader(rows), key)
}

// tally counts rows, a JSON object each. Those that are marked removed do not count.
func tally(rows io.Reader, key []string) (c count, err error) {
	var sum uint64
	for all := json.NewDecoder(rows); ; c.Rows++ {
		var row map[string]json.RawMessage
		if err := all.Decode(&row); errors.Is(err, io.EOF) {
			c.Keys = fmt.Sprintf("%016x", sum)
			return c, nil
		} else if err != nil {
			return c, err
		}
		if string(row["removed"]) == "true" {
			c.Rows--
			continue
		}
		values := make([]string, len(key))
		for i, column := range key {
			if values[i], err = plain(row[column]); err != nil {
				return c, fmt.Errorf("column %s: %w", column, err)
			}
		}
		hash := sha256.Sum256([]byte(strings.Join(values, "\x1f")))
		sum += binary.BigEndian.Uint64(hash[:])
	}
}

// plain is a value of a key without JSON's quotes: a text, or a number in decimal.
func plain(value json.RawMessage) (text string, err error) {
	if len(value) == 0 || value[0] != '"' {
		return string(value), nil
	}
	return text, json.Unmarshal(value, &text)
}

// dayAfter is the day after one.
func dayAfter(day string) (string, error) {
	at, err := time.Parse(time.DateOnly, day)
	return at.AddDate(0, 0, 1).Format(time.DateOnly), err
}
