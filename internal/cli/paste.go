package cli

import (
	"regexp"
	"strings"
)

// toPaste is a command of graphlake's as a shell takes it, for the same configuration and lake as this one's.
func (c *command) toPaste(words ...string) string {
	var with []string
	if c.Config != defaultConfig && c.Config != "" {
		with = append(with, "--config", c.Config)
	}
	if c.Lake != "" {
		with = append(with, "--lake", c.Lake)
	}
	return "graphlake " + forShell(append(with, words...))
}

// forSameFile is a text whose commands of a sign-in are for the same configuration and lake as this one.
func (c *command) forSameFile(text string) string {
	return strings.NewReplacer("graphlake sign-in", c.toPaste("sign-in"), "graphlake sign-out", c.toPaste("sign-out")).Replace(text)
}

// forShell are words as a shell takes them.
func forShell(words []string) string {
	all := make([]string, len(words))
	for i, w := range words {
		all[i] = quoted(w)
	}
	return strings.Join(all, " ")
}

var bareWord = regexp.MustCompile(`^[A-Za-z0-9_./:=,@%+-]+$`)

// quoted is a word as a shell takes it: sh and, but for a quote within it, PowerShell.
func quoted(word string) string {
	if bareWord.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
