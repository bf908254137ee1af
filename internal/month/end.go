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
		m.say("found: %s", f)
	}
	return len(audit.Findings), missed, err
}

// byTime compares the tables that are dated by their records.
func (m *month) byTime(ctx context.Context) error {
	generated, err := trial.Generated(ctx, m.bin, append(m.tenant(), "--now", instant(lastNight))...)
	if err != nil {
		return err
	}
	first, last, next := day(firstNight.AddDate(0, 0, -1)), day(lastNight), day(lastNight.AddDate(0, 0, 1))
	m.lake.Only = map[string]map[string]bool{}
	for table, column := range map[string]string{"users": "user_id", "teams": "team_id", "chats": "chat_id"} {
		if m.lake.Only[column], err = m.lake.Values(ctx, table, column, last, next); err != nil {
			return err
		}
	}
	m.Name = "month"
	return m.Compare(ctx, m.lake, generated, func(d trial.Dataset) (string, string) {
		if !d.ByTime() {
			return "", ""
		}
		return first, last
	})
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
