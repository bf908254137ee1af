package cli

import (
	"cmp"
	"embed"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"graphlake/internal/commandline"
)

type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish,powershell" help:"The shell: bash, zsh, fish or powershell."`
}

// The scripts know nothing of the command line: they hand the words to "graphlake complete", and offer
// files where that has nothing to say.
//
//go:embed completion
var completions embed.FS

// Run prints the script that a shell reads at its start.
func (m completionCommand) Run(c *command) error {
	script, err := completions.ReadFile("completion/graphlake." + m.Shell)
	if err != nil {
		return err
	}
	_, err = c.stdout.Write(script)
	return err
}

// completeCommand is what the scripts ask. It has no error for wrong words, which are not finished yet.
type completeCommand struct {
	Words []string `arg:"" optional:"" help:"The words after the command's name, up to the one that is being typed."`
}

// Run prints what the last word may become, a line each: the word, a tab, what it means.
func (m completeCommand) Run(c *command) error {
	for _, x := range c.complete(m.Words) {
		if _, err := fmt.Fprintf(c.stdout, "%s\t%s\n", x.word, x.meaning); err != nil {
			return err
		}
	}
	return nil
}

// candidate is what a word may become.
type candidate struct{ word, meaning string }

// complete says what the last of the words may become; nothing where any text or a file may stand.
func (c *command) complete(words []string) []candidate {
	if len(words) == 0 {
		words = []string{""}
	}
	before, last := words[:len(words)-1], words[len(words)-1]
	p := c.place(before)
	name, typed, glued := strings.Cut(last, "=")
	var found []candidate
	switch {
	case p.flag != nil:
		found = p.values(p.flag.Name, p.flag.Value, last)
	case glued && p.find(name) != nil:
		found = p.values(p.find(name).Name, p.find(name).Value, typed)
		for i := range found {
			found[i].word = name + "=" + found[i].word
		}
	case strings.HasPrefix(last, "-"):
		found = p.flags()
	case p.command.HasSubCommands():
		if p.given == 0 {
			found = p.subcommands()
		}
	case p.given < len(p.arguments()):
		a := p.arguments()[p.given]
		found = p.values(a.Name, a.Value, last)
	case last == "":
		found = p.flags()
	}
	return slices.DeleteFunc(found, func(x candidate) bool { return !strings.HasPrefix(x.word, last) })
}

// place is where in the command line the words have led to.
type place struct {
	program *commandline.Program
	command *cobra.Command
	given   int         // arguments
	flag    *pflag.Flag // whose value comes next
	config  string      // the value of --config
}

func (c *command) place(words []string) place {
	program := c.program()
	p := place{program: program, command: program.Root, config: defaultConfig}
	for _, word := range words {
		name, value, glued := strings.Cut(word, "=")
		switch child := p.child(word); {
		case p.flag != nil:
			p.set(p.flag, word)
			p.flag = nil
		case strings.HasPrefix(word, "-"):
			flag := p.find(name)
			if flag != nil && glued {
				p.set(flag, value)
			} else if flag != nil && flag.NoOptDefVal == "" {
				p.flag = flag
			}
		case child != nil:
			p.command = child
		default:
			p.given++
		}
	}
	return p
}

func (p *place) set(flag *pflag.Flag, value string) {
	if flag.Name == "config" {
		p.config = value
	}
}

func (p *place) arguments() []commandline.Argument { return p.program.Arguments(p.command) }

func (p *place) child(name string) *cobra.Command {
	for _, c := range p.command.Commands() {
		if c.Name() == name {
			return c
		}
	}
	return nil
}

// find is the flag of that name, as --job; nil if there is none.
func (p *place) find(name string) *pflag.Flag {
	bare, ok := strings.CutPrefix(name, "--")
	if !ok {
		return nil
	}
	return cmp.Or(p.command.Flag(bare), p.command.InheritedFlags().Lookup(bare))
}

func (p *place) flags() []candidate {
	var all []candidate
	for _, set := range []*pflag.FlagSet{p.command.InheritedFlags(), p.command.LocalFlags()} {
		set.VisitAll(func(f *pflag.Flag) { all = append(all, candidate{"--" + f.Name, sentence(f.Usage)}) })
	}
	return all
}

func (p *place) subcommands() []candidate {
	var all []candidate
	for _, c := range p.command.Commands() {
		if !c.Hidden {
			all = append(all, candidate{c.Name(), sentence(c.Short)})
		}
	}
	return all
}

// sentence is the first one.
func sentence(help string) string {
	first, _, _ := strings.Cut(help, ". ")
	return strings.TrimSuffix(first, ".")
}

// values are what a flag or an argument takes; of a list, after what is there of it already.
func (p *place) values(name string, takes pflag.Value, typed string) []candidate {
	v, ok := takes.(*commandline.Value)
	if !ok { // that of --help
		return nil
	}
	list := ""
	if i := strings.LastIndexByte(typed, ','); i >= 0 && v.IsList() {
		list = typed[:i+1]
	}
	var all []candidate
	for _, one := range p.names(name, v) {
		if !slices.Contains(strings.Split(list, ","), one) {
			all = append(all, candidate{list + one, ""})
		}
	}
	return all
}

// names are those that a value can have, by what the value is called everywhere.
func (p *place) names(name string, v *commandline.Value) []string {
	if len(v.Enum) > 0 {
		return v.Enum
	}
	var all []string
	switch name {
	case "dataset":
		return names(p.configured().set)
	case "table":
		for _, d := range p.configured().set {
			for _, t := range d.Tables {
				all = append(all, t.Name)
			}
		}
	case "job":
		return slices.Sorted(maps.Keys(p.configured().Jobs))
	case "tenant":
		for _, t := range p.configured().Tenants {
			all = append(all, t.Name)
		}
	}
	return all
}

// configured is what there is of a configuration, whatever is wrong with it.
func (p *place) configured() *config {
	cfg, _ := loadConfig(p.config)
	if cfg == nil {
		return unconfigured(p.config)
	}
	return cfg
}
