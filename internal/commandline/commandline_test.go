package commandline_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"graphlake/internal/commandline"
)

type share struct{ of, all int }

func (s *share) UnmarshalText(text []byte) error {
	if n, err := fmt.Sscanf(string(text), "%d/%d", &s.of, &s.all); n != 2 {
		return fmt.Errorf("%q is no share: %w", text, err)
	}
	return nil
}

type chosen struct {
	Job     string   `xor:"what" help:"A job."`
	Dataset []string `xor:"what" placeholder:"NAME" help:"Datasets."`
	Share   share    `placeholder:"I/N" help:"A share."`
}

type read struct {
	chosen
	DryRun bool          `help:"Only say so."`
	Grace  time.Duration `default:"1m" help:"How long."`
	Most   int           `help:"At most."`
	Factor float64       `help:"By so much."`
	Serve  []string      `sep:"none" help:"Files, of which ${thing} costs 1$$."`
}

type show struct {
	Table  string   `arg:"" enum:"calls,users" help:"A table."`
	Others []string `arg:"" optional:"" help:"More."`
	Engine string   `required:"" help:"Which."`
}

type root struct {
	Config string `default:"${file}" help:"The file (default ${default})."`
	Read   read   `cmd:"" help:"Read."`
	SQL    show   `cmd:"" help:"Show."`
	Secret show   `cmd:"" hidden:"" help:"Show."`
}

// parse gives the struct and the name of what was selected, or what is wrong.
func parse(args ...string) (r root, selected any, out string, err error) {
	p := commandline.New("lake", "Reads.", &r, map[string]string{"file": "lake.yaml", "thing": "each"})
	p.Run = func(_ context.Context, of any) error {
		selected = of
		return nil
	}
	var help strings.Builder
	err = p.Parse(context.Background(), args, &help)
	return r, selected, help.String(), err
}

func TestParse(t *testing.T) {
	initial := root{Config: "lake.yaml", Read: read{Grace: time.Minute}}
	for _, c := range []struct {
		args string
		want func(r *root)
	}{
		{"read", func(*root) {}},
		{"--config a.yaml read --job x", func(r *root) { r.Config, r.Read.Job = "a.yaml", "x" }},
		{"read --config=a.yaml --job=x", func(r *root) { r.Config, r.Read.Job = "a.yaml", "x" }},
		{"read --dataset a,b --dataset c", func(r *root) { r.Read.Dataset = []string{"a", "b", "c"} }},
		{"read --serve a,b --serve c", func(r *root) { r.Read.Serve = []string{"a,b", "c"} }},
		{"read --dry-run --grace 90s --most -3 --factor 0.5", func(r *root) {
			r.Read.DryRun, r.Read.Grace, r.Read.Most, r.Read.Factor = true, 90*time.Second, -3, 0.5
		}},
		{"read --dry-run=false --share 2/3", func(r *root) { r.Read.Share = share{2, 3} }},
		{"sql users --engine e", func(r *root) { r.SQL.Table, r.SQL.Engine = "users", "e" }},
		{"sql --engine e -- users --a b,c", func(r *root) { r.SQL = show{"users", []string{"--a", "b,c"}, "e"} }},
		{"secret --engine e calls x", func(r *root) { r.Secret = show{"calls", []string{"x"}, "e"} }},
	} {
		want := initial
		c.want(&want)
		if got, selected, _, err := parse(strings.Fields(c.args)...); err != nil || !reflect.DeepEqual(got, want) || selected == nil {
			t.Errorf("%s: %+v, selected %T, %v; want %+v", c.args, got, selected, err, want)
		}
	}
}

func TestWrong(t *testing.T) {
	for _, c := range []struct{ args, command, want string }{
		{"", "", "a command is missing: lake --help lists them"},
		{"raed", "", `unexpected argument raed, did you mean "read"?`},
		{"other", "", "unexpected argument other"},
		{"read more", "read", "unexpected argument more: read takes none"},
		{"read --jbo x", "read", `unknown flag --jbo, did you mean "--job"?`},
		{"read --xyz", "read", "unknown flag --xyz"},
		{"read -x", "read", "unknown flag -x"},
		{"read --job", "read", "--job: a value is missing"},
		{"read --job=", "read", "--job: the value is empty, perhaps because a variable is: give one, or leave it out"},
		{"read --dataset=", "read", "--dataset: the value is empty, perhaps because a variable is: give one, or leave it out"},
		{"read --dataset a,", "read", `--dataset: "a," has an empty part: want them as a,b`},
		{"read --job a --dataset b", "read", "--job and --dataset can't be used together"},
		{"read --grace x", "read", `--grace: "x" is no duration, as 90s or 2h`},
		{"read --most 1.5", "read", `--most: "1.5" is no whole number`},
		{"read --factor x", "read", `--factor: "x" is no number`},
		{"read --dry-run=x", "read", `--dry-run: "x" is neither true nor false`},
		{"read --share x", "read", `--share: "x" is no share: expected integer`},
		{"sql users", "sql", "missing flags: --engine"},
		{"sql --engine e", "sql", "<table> is missing: a table"},
		{"sql chats --engine e", "sql", `<table> must be one of "calls","users" but got "chats"`},
	} {
		_, selected, _, err := parse(strings.Fields(c.args)...)
		wrong, ok := errors.AsType[*commandline.UsageError](err)
		if !ok || wrong.Command != c.command || err.Error() != c.want || selected != nil {
			t.Errorf("%q: %v of %+v, selected %T; want %s", c.args, err, wrong, selected, c.want)
		}
	}
}

// What the command itself returns is its own.
func TestErrorOfRun(t *testing.T) {
	var r root
	p := commandline.New("lake", "Reads.", &r, map[string]string{"file": "", "thing": ""})
	own := errors.New("full")
	p.Run = func(context.Context, any) error { return own }
	if err := p.Parse(t.Context(), []string{"read"}, nil); err != own { //nolint:errorlint // it is handed on as it is
		t.Errorf("%v, want %v", err, own)
	}
}

func TestHelp(t *testing.T) {
	for _, args := range [][]string{{"read", "--help"}, {"read", "-h"}, {"help", "read"}} {
		_, selected, out, err := parse(args...)
		if err != nil || selected != nil {
			t.Errorf("%v: %v, selected %T", args, err, selected)
		}
		for _, want := range []string{
			"Usage: lake read [flags]\n\nRead.\n", "--config ", "The file (default lake.yaml).\n", "--dataset NAME,...   ", "--share I/N",
			"--grace DURATION", "How long. (default 1m)", "--most NUMBER ", "--factor NUMBER ", "of which each costs 1$.", "-h, --help ",
		} {
			if !strings.Contains(out, want) {
				t.Errorf("%v lacks %q:\n%s", args, want, out)
			}
		}
	}
	_, _, out, _ := parse("--help")
	if !strings.Contains(out, "  read    Read.\n  sql     Show.\n") || strings.Contains(out, "secret") {
		t.Errorf("the help is\n%s", out)
	}
}
