package month

import (
	"context"
	"os"
	"path/filepath"

	"graphlake/internal/trial/command"
)

// The month has records from the first day on; the last is the day of the last picture.
var firstDay, lastDay, nextDay = day(firstNight.AddDate(0, 0, -1)), day(lastNight), day(lastNight.AddDate(0, 0, 1))

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

// byTime compares the tables that are dated by their records.
func (m *month) byTime(ctx context.Context) error {
	generated, err := command.Generated(ctx, m.bin, append(m.tenant(), "--now", instant(lastNight))...)
	if err != nil {
		return err
	}
	m.Name = "month"
	return m.Compare(ctx, m.lake, generated, func(d command.Dataset) (string, string) {
		if !d.ByTime() {
			return "", ""
		}
		return firstDay, lastDay
	})
}

// contents reads what Graph still has into a lake of its own, and compares the rows. It says how many keys
// there are.
func (m *month) contents(ctx context.Context) (keys int, err error) {
	whole := &command.Lake{Client: m.lake.Client, Only: m.lake.Only}
	whole.Dir = filepath.Join(m.dir, "whole")
	if err := os.Mkdir(whole.Dir, 0o700); err != nil {
		return 0, err
	}
	names, err := whole.Names(ctx)
	if err != nil {
		return 0, err
	}
	if _, err := whole.Output(ctx, "run", "--dataset", names, "--from", firstDay, "--to", lastDay, "--now", instant(lastNight)); err != nil {
		return 0, err
	}
	seen := *m.lake
	seen.Besides = m.absent
	return m.Contents(ctx, &seen, whole, func(d command.Dataset) (string, string) {
		if d.ByTime() {
			return firstDay, lastDay
		}
		return lastDay, nextDay
	})
}

// remaining are the users and teams that are there in the end, and the chats that one of these users was
// in: their messages are still in a mailbox, also of who has left the chat.
func (m *month) remaining(ctx context.Context) (map[string]map[string]bool, error) {
	users, err := m.lake.Values(ctx, "users", lastDay, nextDay, "user_id")
	if err != nil {
		return nil, err
	}
	teams, err := m.lake.Values(ctx, "teams", lastDay, nextDay, "team_id")
	if err != nil {
		return nil, err
	}
	members, err := m.lake.Values(ctx, "chat_members", firstDay, nextDay, "user_id", "chat_id")
	if err != nil {
		return nil, err
	}
	only := map[string]map[string]bool{"user_id": {}, "team_id": {}, "chat_id": {}}
	for _, u := range users {
		only["user_id"][u[0]] = true
	}
	for _, t := range teams {
		if !m.absent["teams"][t[0]] {
			only["team_id"][t[0]] = true
		}
	}
	for _, c := range members {
		if only["user_id"][c[0]] {
			only["chat_id"][c[1]] = true
		}
	}
	return only, nil
}
