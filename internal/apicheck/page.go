package main

import (
	"strings"
	"time"
)

// The days of a page's examples, a week.
const (
	firstDay = "2026-11-16"
	lastDay  = "2026-11-23"
)

// examplesOf are the blocks of a page by their language, with the last whole week for that of the page.
func examplesOf(page string, now time.Time) map[string][]string {
	today := now.UTC().Truncate(24 * time.Hour)
	page = strings.NewReplacer(firstDay, today.AddDate(0, 0, -7).Format(time.DateOnly), lastDay, today.Format(time.DateOnly)).Replace(page)
	examples := map[string][]string{}
	var block strings.Builder
	language, inside := "", false
	for line := range strings.Lines(page) {
		switch mark, ok := strings.CutPrefix(line, "```"); {
		case ok && inside:
			examples[language] = append(examples[language], block.String())
			block.Reset()
			inside = false
		case ok:
			language, inside = strings.TrimSpace(mark), true
		case inside:
			block.WriteString(line)
		}
	}
	return examples
}
