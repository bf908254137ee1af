// Package commandline makes of a struct the command line that fills it in: each field is a flag, an argument or a
// subcommand, which its tags describe. Parsing and the tree of commands are cobra's.
//
//	help:"…"         what it is; a field without is none of the command line
//	placeholder:"…"  what the help calls a flag's value
//	default:"…"      what a flag is where it is not given
//	enum:"a,b"       the values that there are
//	required:""      a flag that has to be given
//	xor:"group"      flags of a group of which at most one may be given
//	sep:"none"       a list whose values may have commas in them; other flags are split at commas
//	arg:""           an argument; with optional:"" it may be missing; a list takes all that are left
//	cmd:""           a subcommand: the field is a struct with its own flags and arguments
//	name:"…"         its name, where it is not that of the field in lower case with hyphens
//	hidden:""        the help does not tell of it
//
// In the texts of tags ${name} is a variable, ${default} the default, and $$ a dollar. The fields of embedded structs are
// those of the struct.
//
// No method is looked up by its name: a linker that sees that done keeps all methods of everything, which is two fifths
// of the program.
package commandline

import (
	"context"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"
	"strings"
	"unicode"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// A Program is a command line. It is parsed once.
type Program struct {
	Root *cobra.Command
	// Run is called with a pointer to the selected subcommand, or to the struct itself where it has none.
	Run      func(ctx context.Context, selected any) error
	Examples map[string][]string // end the help of subcommands, by their names

	vars      map[string]string
	arguments map[*cobra.Command][]Argument
	ran       bool
	result    error // of Run
}

// Argument is told by its place.
type Argument struct {
	Name, Help string
	Optional   bool
	Value      *Value
}

// A UsageError says what is wrong with a command line.
type UsageError struct {
	Command string // the subcommand that it was for; empty: none
	err     error
}

func (e *UsageError) Error() string { return e.err.Error() }
func (e *UsageError) Unwrap() error { return e.err }

// New is the program of that name, for a pointer to a struct. It panics at a tag or a type of field that it has no reading of.
func New(name, description string, into any, vars map[string]string) *Program {
	cobra.EnableCommandSorting = false // the help lists what there is in the order of the struct
	p := &Program{vars: vars, arguments: map[*cobra.Command][]Argument{}}
	p.Root = p.command(name, description, reflect.ValueOf(into).Elem())
	p.Root.CompletionOptions.DisableDefaultCmd = true
	p.Root.SetHelpCommand(&cobra.Command{Use: "help", Hidden: true, RunE: func(_ *cobra.Command, args []string) error {
		of, _, err := p.Root.Find(args)
		if err != nil {
			return err
		}
		return of.Help()
	}})
	return p
}

// Arguments are those of a command, in their order.
func (p *Program) Arguments(c *cobra.Command) []Argument { return p.arguments[c] }

// Parse fills the struct in and calls Run, whose error is its own. All other errors are UsageErrors. The help that is
// asked for goes to out.
func (p *Program) Parse(ctx context.Context, args []string, out io.Writer) error {
	p.Root.SetArgs(args)
	p.Root.SetOut(out)
	selected, err := p.Root.ExecuteContextC(ctx)
	switch {
	case p.ran:
		return p.result
	case err == nil:
		return nil
	case selected == p.Root:
		return &UsageError{"", err}
	}
	return &UsageError{selected.Name(), err}
}

// command is the command of a struct, with those below it.
func (p *Program) command(name, help string, of reflect.Value) *cobra.Command {
	c := &cobra.Command{Use: name, Short: help, SilenceErrors: true, SilenceUsage: true}
	f := fields{Program: p, command: c, exclusive: map[string][]string{}}
	c.Flags().SortFlags, c.PersistentFlags().SortFlags = false, false
	f.add(of)
	p.arguments[c] = f.arguments
	c.Args = p.takeArguments
	c.RunE = func(c *cobra.Command, _ []string) error {
		if err := f.check(); err != nil {
			return err
		}
		if c.HasSubCommands() {
			return fmt.Errorf("a command is missing: %s --help lists them", c.Name())
		}
		p.ran, p.result = true, p.Run(c.Context(), of.Addr().Interface())
		return nil
	}
	c.SetFlagErrorFunc(flagError)
	c.SetHelpFunc(p.help)
	c.Flags().AddFlag(&pflag.Flag{
		Name: "help", Shorthand: "h", Usage: "Show this help.", NoOptDefVal: "true", Value: &Value{field: reflect.ValueOf(new(bool)).Elem()},
	})
	return c
}

// fields are what the fields of a struct are on the command line.
type fields struct {
	*Program
	command   *cobra.Command
	arguments []Argument
	required  []string
	exclusive map[string][]string // names of flags, by their group
}

func (f *fields) add(of reflect.Value) {
	flags := f.command.Flags()
	if hasCommands(of.Type()) {
		flags = f.command.PersistentFlags() // they may stand behind a command's name, too
	}
	for i := range of.NumField() {
		t := tags{of.Type().Field(i), f.vars}
		if t.has("cmd") {
			c := f.Program.command(t.name(), t.text("help"), of.Field(i))
			c.Hidden = t.has("hidden")
			f.command.AddCommand(c)
			continue
		}
		if !t.has("help") {
			if t.field.Anonymous {
				f.add(of.Field(i))
			}
			continue
		}
		v := newValue(of.Field(i), t)
		if t.has("arg") {
			v.whole = true
			f.arguments = append(f.arguments, Argument{t.name(), t.text("help"), t.has("optional"), v})
			continue
		}
		flag := &pflag.Flag{Name: t.name(), Usage: t.text("help"), Value: v, Hidden: t.has("hidden")}
		if v.isBool() {
			flag.NoOptDefVal = "true"
		}
		if !strings.Contains(flag.Usage, "(default") {
			flag.DefValue = t.text("default")
		}
		flags.AddFlag(flag)
		if t.has("required") {
			f.required = append(f.required, flag.Name)
		}
		if group := t.text("xor"); group != "" {
			f.exclusive[group] = append(f.exclusive[group], flag.Name)
		}
	}
}

func hasCommands(t reflect.Type) bool {
	for field := range t.Fields() {
		if _, is := field.Tag.Lookup("cmd"); is {
			return true
		}
	}
	return false
}

// check says which flags are missing, and which do not go together.
func (f *fields) check() error {
	given := func(name string) bool { return f.command.Flags().Changed(name) }
	for _, name := range f.required {
		if !given(name) {
			return fmt.Errorf("missing flags: --%s", name)
		}
	}
	for _, group := range f.exclusive {
		both := slices.DeleteFunc(slices.Clone(group), func(name string) bool { return !given(name) })
		if len(both) > 1 {
			return fmt.Errorf("--%s and --%s can't be used together", both[0], both[1])
		}
	}
	return nil
}

// takeArguments fills in what is told by its place.
func (p *Program) takeArguments(c *cobra.Command, given []string) error {
	if c.HasSubCommands() && len(given) > 0 {
		return fmt.Errorf("unexpected argument %s%s", given[0], DidYouMean(given[0], names(c.Commands())))
	}
	for _, a := range p.arguments[c] {
		if len(given) == 0 {
			if a.Optional {
				break
			}
			return fmt.Errorf("<%s> is missing: %s", a.Name, strings.ToLower(strings.TrimSuffix(a.Help, ".")))
		}
		for more := true; more && len(given) > 0; more = a.Value.IsList() {
			if err := a.Value.Set(given[0]); err != nil {
				return fmt.Errorf("<%s> %w", a.Name, err)
			}
			given = given[1:]
		}
	}
	if len(given) > 0 {
		return fmt.Errorf("unexpected argument %s: %s takes %s", given[0], c.Name(), []string{"none", "no more"}[min(len(p.arguments[c]), 1)])
	}
	return nil
}

func names(commands []*cobra.Command) (all []string) {
	for _, c := range commands {
		if !c.Hidden {
			all = append(all, c.Name())
		}
	}
	return all
}

// tags read the tags of a field.
type tags struct {
	field reflect.StructField
	vars  map[string]string
}

func (t tags) has(key string) bool {
	_, is := t.field.Tag.Lookup(key)
	return is
}

func (t tags) text(key string) string {
	return os.Expand(t.field.Tag.Get(key), func(variable string) string {
		switch value, known := t.vars[variable]; {
		case variable == "$":
			return "$"
		case known:
			return value
		case variable == "default" && key != "default":
			return t.text("default")
		}
		panic(fmt.Sprintf("%s: there is no ${%s}", t.field.Name, variable))
	})
}

// name is the field's own in lower case, with a hyphen before a capital that begins a word.
func (t tags) name() string {
	if t.has("name") {
		return t.field.Tag.Get("name")
	}
	var name []rune
	letters := []rune(t.field.Name)
	for i, r := range letters {
		begins := i > 0 && unicode.IsUpper(r) && (unicode.IsLower(letters[i-1]) || i+1 < len(letters) && unicode.IsLower(letters[i+1]))
		if begins {
			name = append(name, '-')
		}
		name = append(name, unicode.ToLower(r))
	}
	return string(name)
}
