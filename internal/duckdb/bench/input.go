package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"time"

	"graphlake/extract"
	"graphlake/extract/graph"
	"graphlake/internal/graphsim"
	"graphlake/schemas"
)

// records is the file that both sides read.
type records struct {
	file    string
	bytes   int64
	records int
}

// users of the simulated tenant: a day of so many is more than the file holds by default.
const users = 2000

// writeRecords fills a file with whole call records, one a line, until it has the size. They come as
// they do in a run: listed, read by their ids and completed.
func writeRecords(ctx context.Context, file string, size int64) (in records, err error) {
	midnight := time.Date(2026, 11, 16, 0, 0, 0, 0, time.UTC) // a Monday
	days := schemas.Range{From: midnight, To: midnight.AddDate(0, 0, 21)}
	now := days.To.Add(3 * time.Hour)
	server := httptest.NewServer(graphsim.New(graphsim.Options{
		Seed: 1, Users: users, From: days.From, To: days.To, Now: func() time.Time { return now },
	}))
	defer server.Close()
	client, err := graph.New(graph.Options{
		Endpoint: server.URL, Token: graph.StaticToken{Secret: "bench"}, Rate: 1e6,
	})
	if err != nil {
		return in, err
	}
	f, err := os.Create(file)
	if err != nil {
		return in, err
	}
	defer f.Close()
	w := bufio.NewWriterSize(f, 1<<20)
	in.file = file
	for record, err := range extract.Read(client, schemas.CallRecords, days, extract.Options{Now: now}).Records(ctx) {
		if err != nil {
			return in, err
		}
		// The errors are kept, and Flush returns the first.
		_, _ = w.Write(record.JSON)
		_ = w.WriteByte('\n')
		in.bytes += int64(len(record.JSON)) + 1
		in.records++
		if in.bytes >= size {
			break
		}
	}
	if err := w.Flush(); err != nil {
		return in, err
	}
	return in, f.Close()
}

// given is a file that is there, of a dataset.
func given(file, dataset string) (in records, tables []schemas.Table, err error) {
	d, ok := schemas.BuiltIn().Find(dataset)
	if !ok {
		return in, nil, fmt.Errorf("there is no dataset %q", dataset)
	}
	text, err := os.ReadFile(file)
	return records{file: file, bytes: int64(len(text)), records: bytes.Count(text, []byte("\n"))}, d.Read().Tables, err
}
