package graphsim

import "time"

// A UserFact is a user of the directory.
type UserFact struct {
	ID, Name, Principal, Department, Title, Manager string
	Guest, Enabled                                  bool
	Licences                                        []string // ids of products
	From, To                                        time.Duration
	Days                                            []string // on which they work, in English; nil if that is not known
}

// UserFacts are the users at an instant.
func (t *Tenant) UserFacts(at time.Time) (list []UserFact) {
	for number, p := range t.people(0, at) {
		one := UserFact{ID: p.id.String(), Name: p.name(), Principal: p.principal, Guest: p.guest, Enabled: p.enabled, Licences: skus[:p.licences()]}
		if !p.guest {
			one.Department, one.Title = p.department, p.title
		}
		if above := t.manager(p, at); above != nobody {
			one.Manager = t.id(userIDs, uint64(above)).String()
		}
		if h, known := t.workingHours(number, at); known {
			one.From, one.To, one.Days = h.from, h.to, h.days
		}
		list = append(list, one)
	}
	return list
}

// A TeamFact is a team (M28, M29). One that is gone since the last night but one is still there, and nobody owns it: that a list lacks it once is not believed.
type TeamFact struct {
	ID             string
	Archived       bool
	Owners, Active int // Active ones have an account that is enabled
}

func (t *Tenant) teamFacts(nights []time.Time) (list []TeamFact) {
	now := nights[len(nights)-1]
	before := nights[max(0, len(nights)-2)]
	for number, g := range t.teams(0, now) {
		if t.forbidden(groupIDs, number) {
			continue
		}
		one := TeamFact{ID: g.id.String(), Archived: t.archived(g, now)}
		for _, p := range t.owners(g, now) {
			one.Owners++
			if p.enabled {
				one.Active++
			}
		}
		list = append(list, one)
	}
	for number, g := range t.teams(0, before) {
		if _, here := t.groupAt(number, now); !here && !t.forbidden(groupIDs, number) {
			list = append(list, TeamFact{ID: g.id.String(), Archived: t.archived(g, before)})
		}
	}
	return list
}

// posts are the days of the first and the last of all that could be read in channels in some night.
func (t *Tenant) posts(nights []time.Time) (first, last time.Time) {
	for _, night := range nights {
		for _, team := range t.readableTeams(night) {
			for _, th := range t.channelThreads(team, night) {
				for day := t.first; day < t.first+t.days; day++ {
					if len(t.channelDay(th, day, night)) == 0 {
						continue
					}
					at := midnight(day)
					if last = later(last, at); first.IsZero() || at.Before(first) {
						first = at
					}
				}
			}
		}
	}
	return first, last
}

// A ProductFact is what the tenant has bought (M33).
type ProductFact struct {
	ID, Part          string
	Enabled, Consumed int
}

func (t *Tenant) productFacts(now time.Time) (list []ProductFact) {
	for i, v := range products {
		one := ProductFact{ID: v.id, Part: v.part}
		for _, p := range t.people(0, now) {
			if i < p.licences() {
				one.Consumed++
			}
		}
		if v.status == "Enabled" {
			one.Enabled = one.Consumed + v.spare
		}
		list = append(list, one)
	}
	return list
}

// A PresenceFact is how somebody was at an instant (M27).
type PresenceFact struct{ User, Availability string }

// PresenceFacts are those of all users.
func (t *Tenant) PresenceFacts(at time.Time) (list []PresenceFact) {
	for _, p := range t.people(0, at) {
		list = append(list, PresenceFact{p.id.String(), t.reached(p, at).availability})
	}
	return list
}
