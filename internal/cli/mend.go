package cli

import (
	"fmt"
	"slices"
	"time"

	"graphlake/jobs/audit"
	"graphlake/schemas"
)

// mends are the commands that mend what an audit has found of a kind, one for each dataset and neighbouring days; those beyond
// mostMends are left out, and what mends the first of them is a pattern for the others.
func (c *command) mends(kind audit.FindingKind, all []audit.Finding, of fleeting) (commands []string) {
	type mend struct {
		words []string
		schemas.Range
	}
	var mends []mend
	for _, f := range all {
		words, within := of.mend(f)
		if f.Kind != kind || words == nil {
			continue
		}
		words = append(words, "--dataset", f.Dataset)
		if f.Tenant != "" {
			words = append(words, "--tenant", f.Tenant)
		}
		one := mend{words, within}
		i := slices.IndexFunc(mends, func(m mend) bool {
			return slices.Equal(m.words, one.words) && !one.From.After(m.To) && !m.From.After(one.To)
		})
		if i < 0 {
			mends = append(mends, one)
			continue
		}
		if one.From.Before(mends[i].From) {
			mends[i].From = one.From
		}
		if one.To.After(mends[i].To) {
			mends[i].To = one.To
		}
	}
	for _, m := range mends[:min(len(mends), mostMends)] {
		if !m.To.IsZero() {
			m.words = append(m.words, "--from", fmt.Sprint(instant{m.From}), "--to", fmt.Sprint(instant{m.To}))
		}
		commands = append(commands, c.toPaste(m.words...))
	}
	if len(mends) > mostMends {
		commands = append(commands, fmt.Sprintf("… and %d more", len(mends)-mostMends))
	}
	return commands
}

const mostMends = 5

// fleeting are datasets of which some are pictures or observations, which cannot be read of a day that is past.
type fleeting struct {
	of  []schemas.Dataset
	now time.Time
}

// mend is mendOf, where it can be had: the next picture is what mends a past one of which somebody is missing, and nothing makes
// one anew whose file is.
func (l fleeting) mend(f audit.Finding) ([]string, schemas.Range) {
	words, within := mendOf(f)
	i := slices.IndexFunc(l.of, func(d schemas.Dataset) bool { return d.Name == f.Dataset })
	if i < 0 || !slices.Equal(words, []string{"run"}) || !l.of[i].Mode.Fleeting() {
		return words, within
	}
	past := !within.To.After(l.now.UTC().Truncate(schemas.Day))
	switch f.Kind {
	case audit.FoundMissing, audit.FoundUnreadable, audit.FoundDuplicate:
		if past || l.of[i].Mode == schemas.Observations {
			return nil, within
		}
	default:
		if past || l.of[i].Mode == schemas.Observations {
			return words, schemas.Range{}
		}
	}
	return words, within
}

// mendOf is the command that mends a finding, and the time that it is for; nil if it takes more than a command.
func mendOf(f audit.Finding) ([]string, schemas.Range) {
	within := schemas.Range{From: f.From, To: f.To}
	if within.To.IsZero() {
		day, err := time.Parse(time.DateOnly, f.Date)
		if err != nil {
			return nil, within
		}
		within = schemas.Range{From: day, To: day.Add(schemas.Day)}
	}
	raw := f.Table == "" || f.Table == "raw"
	switch f.Kind {
	case audit.FoundGap, audit.FoundUnread, audit.FoundBehind, audit.FoundRefused:
		return []string{"run"}, within
	case audit.FoundMissing, audit.FoundUnreadable, audit.FoundDuplicate:
		if raw {
			return []string{"run"}, within
		}
		return []string{"replay"}, within
	case audit.FoundOutdated, audit.FoundStale, audit.FoundCount, audit.FoundOrphan, audit.FoundMisfits:
		return []string{"replay"}, within
	case audit.FoundLaneMissing, audit.FoundLaneLost, audit.FoundLaneStale, audit.FoundLaneExtra:
		return []string{"replay", "--delta"}, within
	case audit.FoundLost:
		return []string{"audit", "--accept", "lost"}, within
	}
	return nil, within
}
