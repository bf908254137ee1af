package month

import (
	"context"
	"encoding/json"
	"errors"
	"os/exec"
	"reflect"
	"time"

	"graphlake/internal/trial/command"
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
	if exit, ok := errors.AsType[*exec.ExitError](err); err != nil && (!ok || exit.ExitCode() != 4 && exit.ExitCode() != 75) { // in part, or late
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

// since is from when on a dataset is held by the time of its records: the first night's lookback.
var since = map[string]string{
	"call_records": "2026-10-24T00:00:00Z", "pstn_calls": "2026-10-24T00:00:00Z", "direct_routing_calls": "2026-10-24T00:00:00Z",
	"chat_messages": "2026-10-25T00:00:00Z", "channel_messages": "2026-10-25T00:00:00Z",
	"calendar_events": "2026-10-20T00:00:00Z", "transcripts": "2026-10-20T00:00:00Z", "call_transcripts": "2026-10-20T00:00:00Z",
	"recordings": "2026-10-20T00:00:00Z", "call_recordings": "2026-10-20T00:00:00Z", "attendance_reports": "2026-10-20T00:00:00Z",
	"sms_logs": "2026-10-24T00:00:00Z", "blocked_users_log": "2026-10-24T00:00:00Z", "dial_out_logs": "2026-10-24T00:00:00Z",
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
func expected(d command.Dataset, records int64) status {
	s := status{
		Dataset: d.Name, Records: records,
		Gaps: []span{}, Dirty: []string{}, Unfinished: []span{},
		From: without[len(without)-1].To, Reaches: lastNight.AddDate(0, 0, 1).Format(time.RFC3339), Picture: lastDay,
		Missed: without, MissedDays: daysWithout,
	}
	if d.ByTime() {
		s.From, s.Reaches, s.Picture = since[d.Name], lastNight.Format(time.RFC3339), ""
		s.Missed, s.MissedDays = []span{}, 0
	}
	return s
}
