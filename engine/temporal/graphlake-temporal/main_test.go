package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"graphlake/internal/cli"
)

// config is a configuration of two tenants whose secrets, and whose lake, are not there.
const config = `
lake: LAKE
tenants:
  - {name: contoso, tenant_id: 11111111-1111-1111-1111-111111111111, auth: {method: token, token_env: NONE_OF_CONTOSO}}
  - {name: fabrikam, tenant_id: 22222222-2222-2222-2222-222222222222, auth: {method: token, token_env: NONE_OF_FABRIKAM}}
jobs:
  nightly: {schedule: "30 2 * * *", timezone: Europe/Berlin, jitter: 10m, late: 3h, datasets: [call_records, users]}
  presence: {schedule: "*/5 * * * *", datasets: [presence]}
  by-hand: {datasets: [groups]}
`

// write writes a configuration, and says that Temporal is where nobody is.
func write(t *testing.T, text string) (file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "graphlake.yaml")
	text = strings.Replace(text, "LAKE", filepath.Join(t.TempDir(), "lake"), 1)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TEMPORAL_CONFIG_FILE", filepath.Join(t.TempDir(), "none.toml"))
	t.Setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
	return file
}

func execute(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs strings.Builder
	status = run(t.Context(), args, &out, &errs)
	return status, out.String(), errs.String()
}

// The help of every command is there without a configuration and without Temporal.
func TestHelp(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, command := range []string{"", "worker", "schedules", "night", "backfill", "replay", "onboard", "version"} {
		args := strings.Fields(command + " --help")
		status, out, errs := execute(t, args...)
		if status != cli.ExitDone || !strings.Contains(out, "Usage: graphlake-temporal "+command) || errs != "" {
			t.Errorf("%v: exit %d\n%s%s", args, status, out, errs)
		}
		if command != "" && command != "version" && !strings.Contains(out, "Examples:\n  graphlake-temporal "+command) {
			t.Errorf("%v has no examples:\n%s", args, out)
		}
		if strings.Contains(out, "retry") || strings.Contains(out, "--heartbeat") {
			t.Errorf("%v tells of what is for tests:\n%s", args, out)
		}
	}
}

func TestVersion(t *testing.T) {
	if status, out, _ := execute(t, "version"); status != cli.ExitDone || !strings.HasPrefix(out, "graphlake-temporal ") {
		t.Errorf("exit %d: %s", status, out)
	}
	status, out, _ := execute(t, "version", "--output", "json")
	var v struct{ Version string }
	if err := json.Unmarshal([]byte(out), &v); err != nil || v.Version == "" || status != cli.ExitDone {
		t.Errorf("exit %d: %s, %v", status, out, err)
	}
}

// What is wrong with a command line is said before anybody is asked.
func TestWrongUsage(t *testing.T) {
	file := write(t, config)
	for _, c := range []struct{ args, want string }{
		{"", "Usage: graphlake-temporal"},
		{"wroker", `did you mean "worker"?`},
		{"worker --tenants 0 --parts 0", "has nothing to do"},
		{"worker --tenants -1", "--tenants -1, --parts 2: both are numbers from 0 on"},
		{"schedules --pause --resume", "--pause and --resume can't be used together"},
		{"schedules --job nightly", "--job and --reason go with --pause or --resume"},
		{"schedules --pause --job nihgtly", `there is no job "nihgtly" in the configuration, did you mean "nightly"?`},
		{"schedules --pause --job by-hand", "the job by-hand has no schedule"},
		{"night", "missing flags: --job"},
		{"night --job weekly", `there is no job "weekly" in the configuration; there are: by-hand, nightly, presence`},
		{"night --job nightly --tenant contoos", `there is no tenant "contoos" in the configuration, did you mean "contoso"?`},
		{"night --job nightly --now 2126-01-01", "--now 2126-01-01 is to come"},
		{"backfill --last 7d", "missing flags: --tenant"},
		{"backfill --tenant contoso", "which days?"},
		{"backfill --tenant contoso --from 2026-11-01", "a range needs both ends"},
		{"backfill --tenant contoso --from 2026-11-08 --to 2026-11-01", "is empty or backwards"},
		{"backfill --tenant contoso --from 2026-11-01 --to 2026-11-08 --last 7d", "give the one or the other"},
		{"backfill --tenant contoso --last 90m", "want whole days, as 7d or 2w"},
		{"backfill --tenant contoso --from yesterday --to 2026-11-01", `"yesterday" is neither a date (2026-11-01) nor a time`},
		{"backfill --tenant contoso --last 7d --dataset cal_records", `there is no dataset "cal_records"`},
		{"replay --dataset cal_records", `there is no dataset "cal_records"`},
		{"onboard", "missing flags: --tenant"},
		{"onboard --tenant fabrikam,contos", `there is no tenant "contos"`},
	} {
		args := strings.Fields(c.args)
		if len(args) > 0 {
			args = append([]string{"--config", file}, args...)
		}
		status, out, errs := execute(t, args...)
		if status != cli.ExitUsage || !strings.Contains(errs, c.want) || out != "" {
			t.Errorf("%s: exit %d, want 2 and %q\n%s%s", c.args, status, c.want, out, errs)
		}
	}
	if status, _, errs := execute(t, "--config", filepath.Join(t.TempDir(), "none.yaml"), "schedules"); status != cli.ExitUsage || !strings.Contains(errs, "there is no ") {
		t.Errorf("without a configuration: exit %d\n%s", status, errs)
	}
}

// Without Temporal nothing is done, and another time may be better.
func TestTemporalIsAway(t *testing.T) {
	file := write(t, config)
	for _, args := range [][]string{
		{"schedules"}, {"schedules", "--pause"}, {"night", "--job", "nightly"}, {"backfill", "--tenant", "contoso", "--last", "7d"}, {"replay"}, {"onboard", "--tenant", "contoso"}, {"worker"},
	} {
		status, out, errs := execute(t, append([]string{"--config", file}, args...)...)
		if status != cli.ExitLater || !strings.Contains(errs, "Temporal at 127.0.0.1:1: nothing listens there: start it, or name another address in TEMPORAL_ADDRESS") || out != "" {
			t.Errorf("%v: exit %d\n%s%s", args, status, out, errs)
		}
	}
}

func TestWrongConnection(t *testing.T) {
	file := write(t, config)
	t.Run("key", func(t *testing.T) {
		t.Setenv("GRAPHLAKE_TEMPORAL_KEY", "geheim")
		if status, _, errs := execute(t, "--config", file, "replay"); status != cli.ExitUsage || !strings.Contains(errs, "GRAPHLAKE_TEMPORAL_KEY") || strings.Contains(errs, "geheim") {
			t.Errorf("exit %d\n%s", status, errs)
		}
	})
	t.Run("profile", func(t *testing.T) {
		t.Setenv("TEMPORAL_PROFILE", "production")
		if status, _, errs := execute(t, "--config", file, "replay"); status != cli.ExitUsage || !strings.Contains(errs, "the connection to Temporal: ") {
			t.Errorf("exit %d\n%s", status, errs)
		}
	})
}
