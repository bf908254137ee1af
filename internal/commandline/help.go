package commandline

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"
)

// widest lines are still read with ease.
const widest = 100

// help prints what a command is for and what it takes.
func (p *Program) help(c *cobra.Command, _ []string) {
	out, width := c.OutOrStdout(), widthOf(c.OutOrStdout())
	usage := []string{c.CommandPath()}
	if c.HasSubCommands() {
		usage = append(usage, "<command>")
	}
	var arguments [][2]string
	for _, a := range p.arguments[c] {
		name := "<" + a.Name + ">"
		if a.Value.IsList() {
			name += " ..."
		}
		arguments = append(arguments, [2]string{name, a.Help})
		if a.Optional {
			name = "[" + name + "]"
		}
		usage = append(usage, name)
	}
	fmt.Fprintf(out, "Usage: %s [flags]\n\n%s\n\n", strings.Join(usage, " "), wrap(c.Short, width, 0))
	printList(out, "Arguments", arguments, width)
	fmt.Fprint(out, "Flags:\n")
	for _, flags := range []*pflag.FlagSet{c.InheritedFlags(), c.LocalFlags()} {
		flags.SortFlags = false
		if usages := flags.FlagUsagesWrapped(width); usages != "" {
			fmt.Fprintf(out, "%s\n", usages)
		}
	}
	var commands [][2]string
	for _, sub := range c.Commands() {
		if !sub.Hidden {
			commands = append(commands, [2]string{sub.Name(), sub.Short})
		}
	}
	printList(out, "Commands", commands, width)
	if len(commands) > 0 {
		fmt.Fprintf(out, "Run \"%s <command> --help\" for more of a command.\n", c.CommandPath())
	}
	if examples := p.Examples[c.Name()]; len(examples) > 0 {
		fmt.Fprintf(out, "Examples:\n  %s\n", strings.Join(examples, "\n  "))
	}
}

// widthOf is that of a terminal; elsewhere lines are as long as on most.
func widthOf(out io.Writer) int {
	if file, ok := out.(*os.File); ok {
		if width, _, err := term.GetSize(int(file.Fd())); err == nil && width > 0 {
			return min(width, widest)
		}
	}
	return 80
}

// printList prints names beside what they mean.
func printList(out io.Writer, title string, list [][2]string, width int) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(out, "%s:\n", title)
	longest := 0
	for _, x := range list {
		longest = max(longest, len(x[0]))
	}
	for _, x := range list {
		fmt.Fprintf(out, "  %-*s    %s\n", longest, x[0], wrap(x[1], width, longest+6))
	}
	fmt.Fprintln(out)
}

// wrap breaks the paragraphs of a text at words; lines after the first begin so many columns further right.
func wrap(text string, width, indent int) string {
	var out strings.Builder
	margin := "\n" + strings.Repeat(" ", indent)
	for i, paragraph := range strings.Split(text, "\n\n") {
		if i > 0 {
			out.WriteString("\n" + margin)
		}
		column := indent
		for j, word := range strings.Fields(paragraph) {
			switch {
			case j > 0 && column+1+len(word) > width:
				out.WriteString(margin)
				column = indent
			case j > 0:
				out.WriteByte(' ')
				column++
			}
			out.WriteString(word)
			column += len(word)
		}
	}
	return out.String()
}

// flagError says what is wrong with a flag, and what may have been meant.
func flagError(c *cobra.Command, err error) error {
	if e, is := errors.AsType[*pflag.NotExistError](err); is {
		var known []string
		c.Flags().VisitAll(func(f *pflag.Flag) { known = append(known, "--"+f.Name) })
		name := "--" + e.GetSpecifiedName()
		if e.GetSpecifiedShortnames() != "" {
			name = "-" + e.GetSpecifiedShortnames()
		}
		return fmt.Errorf("unknown flag %s%s", name, DidYouMean(name, known))
	}
	if e, is := errors.AsType[*pflag.ValueRequiredError](err); is {
		return fmt.Errorf("--%s: a value is missing", e.GetFlag().Name)
	}
	if e, is := errors.AsType[*pflag.InvalidValueError](err); is {
		if strings.HasPrefix(e.Unwrap().Error(), "must be one of") {
			return fmt.Errorf("--%s %w", e.GetFlag().Name, e.Unwrap())
		}
		return fmt.Errorf("--%s: %w", e.GetFlag().Name, e.Unwrap())
	}
	return err
}

// DidYouMean names what is like a word, as what goes on behind it, and nothing if nothing is.
func DidYouMean(word string, known []string) string {
	near := slices.DeleteFunc(slices.Clone(known), func(k string) bool { return distance(word, k) > max(1, len(k)/3) })
	if len(near) == 0 { // the beginning of one alone is meant, too
		near = slices.DeleteFunc(slices.Clone(known), func(k string) bool { return len(word) < 3 || !strings.HasPrefix(k, word) })
		if len(near) != 1 {
			return ""
		}
	}
	slices.SortStableFunc(near, func(a, b string) int { return cmp.Compare(distance(word, a), distance(word, b)) })
	return fmt.Sprintf(", did you mean %q?", near[0])
}

// distance is how many letters have to be added, left out, changed or swapped with their neighbour to make one word of
// the other.
func distance(a, b string) int {
	before, row := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		next := make([]int, len(b)+1)
		next[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			next[j] = min(row[j]+1, next[j-1]+1, row[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				next[j] = min(next[j], before[j-2]+1)
			}
		}
		before, row = row, next
	}
	return row[len(b)]
}
