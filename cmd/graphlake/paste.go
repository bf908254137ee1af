package main

import "strings"

// toPaste is a command of graphlake's as a shell takes it, for the same configuration and lake as this one's.
func (c *command) toPaste(words ...string) string {
	all := []string{"graphlake"}
	if c.Config != defaultConfig {
		all = append(all, "--config", quoted(c.Config))
	}
	if c.Lake != "" {
		all = append(all, "--lake", quoted(c.Lake))
	}
	for _, word := range words {
		all = append(all, quoted(word))
	}
	return strings.Join(all, " ")
}
