package main

import (
	"embed"
	"fmt"
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
func (s completionCommand) Run(c *command) error {
	script, err := completions.ReadFile("completion/graphlake." + s.Shell)
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
func (w completeCommand) Run(c *command) error {
	for _, x := range c.complete(w.Words) {
		if _, err := fmt.Fprintf(c.stdout, "%s\t%s\n", x.word, x.meaning); err != nil {
			return err
		}
	}
	return nil
}
