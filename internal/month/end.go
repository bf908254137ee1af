package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"time"

	"graphlake/internal/trial"
)

// status is what the command says of a dataset.
type status struct {
	Dataset       string
	From, Reaches string
	Picture       string
	Records       int64
	Gaps          []span
	Dirty         []string
	Missed        []span
	MissedDays    int `json:"missed_days"`
	OutdatedDays  int `json:"outdated_days"`
	ExpiredDays   int `json:"expired_days"`
	Behind        int
	Unfinished    []span
}

type span struct{ From, To string }

func (m *month) status(ctx context.Context, now string) ([]status, error) {
	out, err := m.lake.Output(ctx, "status", "--now", now)
	if err != nil {
		return nil, err
	}
	var said struct{ Datasets []status }
	return said.Datasets, json.Unmarshal(out, &said)
}

// held is what a status says that a lake has.
func held(all []status) []status {
	var only []status
	for _, s := range all {
		only = append(only, status{
			Dataset: s.Dataset, From: s.From, Reaches: s.Reaches, Picture: s.Picture, Records: s.Records, Missed: s.Missed,
		})
	}
	return only
}

// ending is what the whole month comes to.
type ending struct {
	findings int // of an audit
	missed   int // days without a picture
	contents int // rows that were compared
}

// end compares the whole month.
func (m *month) end(ctx context.Context) (e ending, err error) {
	if m.lake.Only, err = m.remaining(ctx); err != nil {
		return e, err
	}
	if err := m.byTime(ctx); err != nil {
		return e, err
	}
	if e.contents, err = m.contents(ctx); err != nil {
		return e, err
	}
	if e.missed, err = m.missed(ctx); err != nil {
		return e, err
	}
	var said findings
	exit, err := ask(ctx, m.lake.Client, &said, "audit", "--now", instant(lastNight))
	if exit != 0 {
		m.say("the audit ended with %d", exit)
	}
	for _, f := range said.Findings {
		m.say("found: %v", f)
	}
	e.findings = len(said.Findings)
	return e, err
}

// The days of the month's records: the first one is that before the first night.
var first, last = day(firstNight.AddDate(0, 0, -1)), day(lastNight)

// byTime compares the tables that are dated by their records.
func (m *month) byTime(ctx context.Context) error {
	generated, err := trial.Generated(ctx, m.bin, append(m.tenant(), "--now", instant(lastNight))...)
	if err != nil {
		return err
	}
	m.Name = "month"
	return m.Compare(ctx, m.lake, generated, func(d trial.Dataset) (string, string) {
		if !d.ByTime() {
			return "", ""
		}
		return first, last
	})
}

// contents reads what Graph still has into a lake of its own, and compares the rows. It says how many
// there are.
func (m *month) contents(ctx context.Context) (rows int, err error) {
	whole := &trial.Lake{Client: m.lake.Client, Only: m.lake.Only}
	whole.Dir = filepath.Join(m.dir, "whole")
	if err := os.Mkdir(whole.Dir, 0o700); err != nil {
		return 0, err
	}
	sets, err := whole.Datasets(ctx)
	if err != nil {
		return 0, err
	}
	var names []string
	for _, d := range sets {
		names = append(names, d.Name)
	}
	if _, err := whole.Output(ctx, "run", "--dataset", strings.Join(names, ","), "--from", first, "--to", last, "--now", instant(lastNight)); err != nil {
		return 0, err
	}
	return m.Contents(ctx, m.lake, whole, func(d trial.Dataset) (string, string) {
		if d.ByTime() {
			return first, last
		}
		return last, day(lastNight.AddDate(0, 0, 1))
	})
}

// remaining are the users and teams that are there in the end, and the chats that one of these users was
// in: their messages are still in a mailbox, also of who has left the chat.
func (m *month) remaining(ctx context.Context) (map[string]map[string]bool, error) {
	first, last, next := day(firstNight), day(lastNight), day(lastNight.AddDate(0, 0, 1))
	users, err := m.lake.Values(ctx, "users", last, next, "user_id")
	if err != nil {
		return nil, err
	}
	teams, err := m.lake.Values(ctx, "teams", last, next, "team_id")
	if err != nil {
		return nil, err
	}
	members, err := m.lake.Values(ctx, "chat_members", first, next, "user_id", "chat_id")
	if err != nil {
		return nil, err
	}
	only := map[string]map[string]bool{"user_id": {}, "team_id": {}, "chat_id": {}}
	for _, u := range users {
		only["user_id"][u[0]] = true
	}
	for _, t := range teams {
		only["team_id"][t[0]] = true
	}
	for _, c := range members {
		if only["user_id"][c[0]] {
			only["chat_id"][c[1]] = true
		}
	}
	return only, nil
}

// since is from when on a dataset is held by the time of its records: the first night's lookback.
var since = map[string]string{
	"call_records": "2026-10-24T00:00:00Z", "pstn_calls": "2026-10-24T00:00:00Z", "direct_routing_calls": "2026-10-24T00:00:00Z",
	"chat_messages": "2026-10-25T00:00:00Z", "channel_messages": "2026-10-25T00:00:00Z",
	"calendar_events": "2026-10-16T00:00:00Z",
}

// missed asks status: all is held, up to the last midnight, but for the pictures of some days.
func (m *month) missed(ctx context.Context) (days int, err error) {
	all, err := m.status(ctx, instant(lastNight))
	if err != nil {
		return 0, err
	}
	sets, err := m.lake.Datasets(ctx)
	if err != nil {
		return 0, err
	}
	if len(all) != len(sets) {
		m.say("status knows %d datasets of %d", len(all), len(sets))
	}
	for i, s := range all[:min(len(all), len(sets))] {
		days = max(days, s.MissedDays)
		if want := expected(sets[i], s.Records); s.Records == 0 || !reflect.DeepEqual(s, want) {
			m.say("status says %+v, want %+v and records", s, want)
		}
	}
	return days, nil
}

// expected is the status of a dataset in the end. Pictures are held without a gap since the last night
// that took none.
func expected(d trial.Dataset, records int64) status {
	s := status{
		Dataset: d.Name, Records: records,
		Gaps: []span{}, Dirty: []string{}, Unfinished: []span{},
		From: without[len(without)-1].To, Reaches: lastNight.AddDate(0, 0, 1).Format(time.RFC3339), Picture: last,
		Missed: without, MissedDays: daysWithout,
	}
	if d.ByTime() {
		s.From, s.Reaches, s.Picture = since[d.Name], lastNight.Format(time.RFC3339), ""
		s.Missed, s.MissedDays = []span{}, 0
	}
	return s
}
