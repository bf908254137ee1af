package main

import (
	"embed"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"The shell: bash, zsh or fish."`
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
		found = p.values(p.flag.Value, last)
	case glued && p.find(name) != nil:
		found = p.values(p.find(name).Value, typed)
		for i := range found {
			found[i].word = name + "=" + found[i].word
		}
	case strings.HasPrefix(last, "-"):
		found = p.flags()
	case len(p.node.Children) > 0:
		if p.arguments == 0 {
			found = p.subcommands()
		}
	case p.arguments < len(p.node.Positional):
		found = p.values(p.node.Positional[p.arguments], last)
	case last == "":
		found = p.flags()
	}
	return slices.DeleteFunc(found, func(x candidate) bool { return !strings.HasPrefix(x.word, last) })
}

// place is where in the command line the words have led to.
type place struct {
	node      *kong.Node
	arguments int        // that have been given
	flag      *kong.Flag // whose value comes next
	config    string     // the value of --config
}

func (c *command) place(words []string) place {
	p := place{node: c.parser(nil).Model.Node, config: defaultConfig}
	for _, word := range words {
		name, value, glued := strings.Cut(word, "=")
		switch child := p.child(word); {
		case p.flag != nil:
			p.given(p.flag, word)
			p.flag = nil
		case strings.HasPrefix(word, "-"):
			flag := p.find(name)
			if flag != nil && glued {
				p.given(flag, value)
			} else if flag != nil && !flag.IsBool() {
				p.flag = flag
			}
		case child != nil:
			p.node = child
		default:
			p.arguments++
		}
	}
	return p
}

func (p *place) given(flag *kong.Flag, value string) {
	if flag.Name == "config" {
		p.config = value
	}
}

func (p *place) child(name string) *kong.Node {
	i := slices.IndexFunc(p.node.Children, func(n *kong.Node) bool { return n.Name == name })
	if i < 0 {
		return nil
	}
	return p.node.Children[i]
}

// find is the flag of that name, as --job; nil if there is none.
func (p *place) find(name string) *kong.Flag {
	for _, level := range p.node.AllFlags(true) {
		for _, flag := range level {
			if name == "--"+flag.Name {
				return flag
			}
		}
	}
	return nil
}

func (p *place) flags() []candidate {
	var all []candidate
	for _, flag := range slices.Concat(p.node.AllFlags(true)...) {
		all = append(all, candidate{"--" + flag.Name, sentence(flag.Help)})
	}
	return all
}

func (p *place) subcommands() []candidate {
	var all []candidate
	for _, node := range p.node.Children {
		if !node.Hidden {
			all = append(all, candidate{node.Name, sentence(node.Help)})
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
func (p *place) values(v *kong.Value, typed string) []candidate {
	list := ""
	if i := strings.LastIndexByte(typed, ','); i >= 0 && v.IsSlice() {
		list = typed[:i+1]
	}
	var all []candidate
	for _, name := range p.names(v) {
		if !slices.Contains(strings.Split(list, ","), name) {
			all = append(all, candidate{list + name, ""})
		}
	}
	return all
}

// names are those that a value can have, by what the value is called everywhere.
func (p *place) names(v *kong.Value) []string {
	if v.Enum != "" {
		return v.EnumSlice()
	}
	var all []string
	switch v.Name {
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
