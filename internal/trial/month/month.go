// Package month lets graphlake work for a simulated tenant for thirty nights, as an operator would have it, with
// what goes wrong in a month, and then compares the lake with what the simulator says that it generated.
//
//	go run ./internal/trial month -users 40
//
// Every night at 02:30 four jobs are run, which have all datasets between them, while the simulator is
// told the same instant; calls get later versions, messages are edited, people join, leave and change, and
// teams are founded and dissolved. For two nights there is no Graph: in the first it answers that one
// should come back in an hour, and in the other it is not there, and the command is told to stop while it
// tries again. For five nights, longer than the lookback of calls and messages, nothing runs; one night
// the secret with which the command signs in has expired; one night Graph throttles. All others, and the
// throttled one, have to end with status 0.
//
// After each of these the pictures of the night and its observation of presence are compared with what
// the tenant was at that instant, with what belongs to records that have gone since the night with pictures
// before it: what only is not listed any more is removed when it was absent on two days. In the end an audit must find nothing, the tables by time must be what
// was generated in the whole month, and status must name exactly the days of which there is no picture.
// The last night is a midnight: what is due ends there, and a message that is edited between midnight
// and 02:30 is the next night's. The simulator counts what Graph still gives, and the lake keeps what
// Graph has given once: so events of users who are gone are not compared, nor messages of teams that are
// gone and of chats that were theirs alone. Few enough move that nobody comes into a chat which all who
// were in it before then leave: of its messages the lake has more than Graph.
//
// The lake has its tables once more, as Delta tables: after each night their days are what the plain tables have, by the
// hashes that the files are named by.
//
// Then what Graph still has at that instant is read whole into a second lake, and the two are compared row
// for row, with all that a row says: the pictures of the last night and the tables by time. Left out is the
// same as above, and rows that are removed or absent for the first time, which only a lake has that saw them
// before.
//
// The output is a line a night, a line for each table that differs and for all else that is not as it
// should be, and in the end: month nights=30 outages=2 refused=1 throttled=1 findings=N tables=N
// contents=N differing=N missed=N: contents are the keys compared with all that their rows say, and missed
// the days without a picture. The exit status is 1 unless all is as it should be.
package month

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"graphlake/internal/trial/command"
)

// Trial is the trial of a tenant of -users.
func Trial(flags *flag.FlagSet) func(ctx context.Context, bin string) error {
	m := month{Comparison: command.Comparison{Quiet: true}, times: map[kind]int{}}
	flags.IntVar(&m.users, "users", 40, "users of the simulated tenant")
	return func(ctx context.Context, bin string) error {
		m.bin = bin
		return m.run(ctx)
	}
}

// month is one go of it.
type month struct {
	command.Comparison
	bin   string
	users int

	dir   string // of the simulator's clock, and of the lake
	entra *entra
	of    kind         // of night that Graph was started for
	stop  func() error // of Graph, if there is one
	lake  *command.Lake
	last  kind         // of night before
	times map[kind]int // that there were such nights, those in a row counted once
	wrong int          // of what is asked besides the tables

	before map[string]command.Keys // what there was at the newest night with pictures; nil before the first
	absent map[string]command.Keys // what that night alone lacked
}

// configured are jobs that have every dataset between them.
const configured = `jobs:
  nightly-calls: {datasets: [call_records, pstn_calls, direct_routing_calls, users], lookback: 72h}
  nightly-messages: {datasets: [chats, chat_messages, channel_messages], lookback: 48h}
  nightly-directory: {datasets: [groups, organization, teams, channel_members, team_members, incoming_channels, joined_teams, presence, mailbox_settings, calendar_events, resource_accounts, phone_numbers, teams_user_configurations]}
  nightly-conversations: {datasets: [transcripts, call_transcripts, recordings, call_recordings, attendance_reports, sms_logs, blocked_users_log, dial_out_logs]}
`

var jobNames = []string{"nightly-calls", "nightly-messages", "nightly-directory", "nightly-conversations"}

func (m *month) run(ctx context.Context) (err error) {
	if m.dir, err = os.MkdirTemp("", "month"); err != nil {
		return err
	}
	defer os.RemoveAll(m.dir)
	if m.entra, err = signIn(ctx, filepath.Join(m.dir, "entra.pem")); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, m.close(), m.entra.stop()) }()
	m.lake = &command.Lake{Client: command.Client{
		Bin: m.bin, Dir: m.dir, Rate: command.Unhindered, Jobs: configured, Delta: "true", Auth: bySecret, Environment: m.entra.environment(),
	}}
	for n := range nights {
		if err := m.night(ctx, firstNight.AddDate(0, 0, n)); err != nil {
			return err
		}
	}
	e, err := m.end(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("month nights=%d outages=%d refused=%d throttled=%d findings=%d tables=%d contents=%d differing=%d missed=%d\n",
		nights, m.times[away]+m.times[asleep], m.times[refused], m.times[throttled], e.findings, len(m.Tables), e.contents, m.Differing(), e.missed)
	if m.wrong > 0 || e.findings > 0 || m.Differing() > 0 {
		return errors.New("the month is not as it should be")
	}
	return nil
}

// tenant are the flags of every simulator: its directory depends on the first day, and its meetings on
// both.
func (m *month) tenant() []string {
	return []string{
		"--users", strconv.Itoa(m.users), "--from", firstDay, "--to", lastDay,
		"--late", "0.3", "--moves", "20", "--calls-per-user-day", "2", "--large", "40",
	}
}

// say prints what is not as it should be.
func (m *month) say(format string, args ...any) {
	m.wrong++
	fmt.Printf("month: "+format+"\n", args...)
}

func day(at time.Time) string { return at.Format(time.DateOnly) }
