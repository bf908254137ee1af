package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// step is a command and what it is said to print.
type step struct {
	command string
	prints  []string
}

// steps are the commands in the blocks of a text that are marked console.
func steps(text string) []step {
	var all []step
	inside := false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		command, ok := strings.CutPrefix(line, "$ ")
		switch {
		case strings.HasPrefix(line, "```"):
			inside = line == "```console"
		case inside && ok:
			before, _, _ := strings.Cut(command, " #") // what it is for
			all = append(all, step{command: strings.TrimSpace(before)})
		case inside && len(all) > 0:
			last := &all[len(all)-1]
			last.prints = append(last.prints, line)
		}
	}
	return all
}

// compare says if something that was printed is not as the step says.
func (s step) compare(printed string) error {
	got, want := alike(strings.Split(strings.TrimRight(printed, "\n"), "\n")), alike(s.prints)
	if !slices.Equal(got, want) {
		return fmt.Errorf("it prints\n%s\nand not\n%s", printed, strings.Join(s.prints, "\n"))
	}
	return nil
}

var (
	run    = regexp.MustCompile(`\d{8}T\d{6}Z-[a-z0-9]{8}`)
	number = regexp.MustCompile(`\d[\d.,]*`)
	gap    = regexp.MustCompile(`\s+`)
)

// alike are lines without what may differ, and without those that are empty.
func alike(lines []string) []string {
	var all []string
	for _, line := range lines {
		line = run.ReplaceAllString(line, "RUN")
		line = number.ReplaceAllString(line, "0")
		line = strings.TrimSpace(gap.ReplaceAllString(line, " "))
		if line != "" {
			all = append(all, line)
		}
	}
	return all
}
