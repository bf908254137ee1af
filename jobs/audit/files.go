package audit

import (
	"context"
	"fmt"
	"time"

	"graphlake/jobs/plan"
	"graphlake/load"
	"graphlake/schemas"
)

// survey is the files of a dataset.
type survey struct {
	days    map[string]map[time.Time]bool // that have a partition of any kind, by tenant id
	strange []load.Info                   // among the partitions, and none, or of nobody who can be a tenant
}

func (a *Auditor) survey(ctx context.Context, d schemas.Dataset) (survey, error) {
	s := survey{days: map[string]map[time.Time]bool{}}
	places := []string{load.Raw.Of(d.Name), load.Quarantine.Of(d.Name)}
	for _, t := range d.Tables {
		places = append(places, load.Tables.Of(t.Name))
	}
	for _, place := range places {
		for info, err := range a.Store.List(ctx, place) {
			if err != nil {
				return s, fmt.Errorf("audit %s: %w", d.Name, err)
			}
			p, ok := load.ParsePartition(info.Name)
			if !ok || !load.IsTenant(p.TenantID) {
				s.strange = append(s.strange, info)
			}
			if !ok {
				continue
			}
			if s.days[p.TenantID] == nil {
				s.days[p.TenantID] = map[time.Time]bool{}
			}
			s.days[p.TenantID][p.Date] = true
		}
	}
	return s, nil
}

// foreign are the files that are none of ours, of the tenants and days that are asked for. One that
// lies in no tenant's directory, as in a copy of one, or in no day's, is always told of: whoever reads all files of a
// table reads it too.
func (s survey) foreign(sel plan.Selection, d schemas.Dataset, now time.Time) []Finding {
	var all []Finding
	for _, info := range s.strange {
		f := Finding{Kind: FoundForeign, Dataset: d.Name, Count: 1, Object: info.Name}
		at, ours := load.Surroundings(info.Name), true
		if f.Table = at.Name; at.Kind != load.Tables {
			f.Table = string(at.Kind)
		}
		if at.TenantID != "" {
			f.Tenant, ours = nameOf(sel, at.TenantID)
			if _, partition := load.ParsePartition(info.Name); partition && ours {
				continue
			}
			ours = ours || !load.IsTenant(at.TenantID)
		}
		if !at.Date.IsZero() {
			f.Date = at.Date.Format(time.DateOnly)
			ours = ours && sel.Touches(at.Date, now)
		}
		if ours {
			all = append(all, f)
		}
	}
	return all
}

// nameOf is a selected tenant's name by its id.
func nameOf(s plan.Selection, id string) (string, bool) {
	for _, t := range s.Tenants {
		if t.ID == id {
			return t.Name, true
		}
	}
	return "", false
}
