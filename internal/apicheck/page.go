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

// examplesOf are the blocks of a page by their language, with a week for that of the page that is over and not as far back as Graph forgets.
func examplesOf(page string, now time.Time) map[string][]string {
	end := now.UTC().AddDate(0, 0, -1)
	page = strings.NewReplacer(firstDay, end.AddDate(0, 0, -7).Format(time.DateOnly), lastDay, end.Format(time.DateOnly)).Replace(page)
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
