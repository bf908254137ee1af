package main

import (
	"context"
	"encoding/json"
	"reflect"
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

// end compares the whole month, and says how many findings an audit has and how many days are without a
// picture.
func (m *month) end(ctx context.Context) (findings, missed int, err error) {
	if err := m.byTime(ctx); err != nil {
		return 0, 0, err
	}
	if missed, err = m.missed(ctx); err != nil {
		return 0, 0, err
	}
	audit, err := run(ctx, m.lake.Client, calm, "audit", "--now", instant(lastNight))
	if audit.exit != 0 {
		m.say("the audit ended with %d", audit.exit)
	}
	for _, f := range audit.Findings {
		m.say("found: %v", f)
	}
	return len(audit.Findings), missed, err
}

// byTime compares the tables that are dated by their records.
func (m *month) byTime(ctx context.Context) error {
	generated, err := trial.Generated(ctx, m.bin, append(m.tenant(), "--now", instant(lastNight))...)
	if err != nil {
		return err
	}
	if m.lake.Only, err = m.remaining(ctx); err != nil {
		return err
	}
	first, last := day(firstNight.AddDate(0, 0, -1)), day(lastNight)
	m.Name = "month"
	return m.Compare(ctx, m.lake, generated, func(d trial.Dataset) (string, string) {
		if !d.ByTime() {
			return "", ""
		}
		return first, last
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
	byTime := map[string]bool{}
	for _, d := range sets {
		byTime[d.Name] = d.ByTime()
	}
	if len(all) != len(sets) {
		m.say("status knows %d datasets of %d", len(all), len(sets))
	}
	for _, s := range all {
		days = max(days, s.MissedDays)
		want := status{
			Dataset: s.Dataset, From: s.From, Picture: s.Picture, Records: s.Records,
			Gaps: []span{}, Dirty: []string{}, Unfinished: []span{},
			Reaches: lastNight.AddDate(0, 0, 1).Format(time.RFC3339), Missed: without, MissedDays: daysWithout,
		}
		if byTime[s.Dataset] {
			want.Reaches, want.Missed, want.MissedDays = lastNight.Format(time.RFC3339), []span{}, 0
		}
		if !reflect.DeepEqual(s, want) {
			m.say("status says %+v, want %+v", s, want)
		}
	}
	return days, nil
}
