package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"graphlake/internal/trial/command"
)

// What Graph lets an application do in a tenant in the long run, in requests a second, or in resource units of
// the directory (learn.microsoft.com/graph/throttling-limits). It is written here again, and not taken from
// schemas: a limit that is wrong there must not move the bound. Limits of one resource, a team or a mailbox, let
// others pass meanwhile, and no night asks one of them so often.
const (
	perSecondDetails  = 1500. / 20       // call records, one by one, and telephone logs
	perSecondList     = 15./20 + 55./300 // of call records: first pages and further ones have a limit each
	perSecondAll      = 130_000. / 10    // requests of any kind
	perSecondUnits    = 8000. / 10       // of the directory, for a tenant of more than 500 users; a request takes one at least
	perSecondTeam     = 30.              // teams, one by one
	perSecondChannels = 60.              // lists of channels; and, for themselves, of their members
	perSecondTeams    = 30.              // what else Teams answers: lists of teams and of chats, and members of chats
	perSecondExport   = 200.             // messages of chats; and, for themselves, of channels
	perSecondPresence = 1500. / 30
)

// What a page or a request holds where Graph says so.
const (
	recordPage    = 60
	presenceBatch = 650
	perRecord     = 2 // requests for the details of a call record: Graph shows both expansions in one nowhere
)

// A seen tells what a reader knew of call records and of chats after a night, by id, and where the changes
// of the directory go on.
type seen struct {
	records, chats map[string]string
	users, groups  string
}

// element is one of a list, with what tells its versions apart.
type element struct {
	ID      string
	Version int
	Updated string `json:"lastUpdatedDateTime"`
}

func (e element) version() string { return fmt.Sprint(e.Version, " ", e.Updated) }

// reader asks a Graph without limits, one page after the other.
type reader struct{ url string }

// pages follows a list to its end: it counts its pages and gives their elements, and the link to the changes after it.
func (g reader) pages(ctx context.Context, path, query string) (n int, all []element, changes string, err error) {
	link := g.url + "/v1.0" + path
	if query != "" {
		link += "?" + query
	}
	for link != "" {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, link, nil)
		if err != nil {
			return n, all, "", err
		}
		r.Header.Set("Authorization", "Bearer "+command.Token)
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			return n, all, "", err
		}
		var page struct {
			Value   []element
			Next    string `json:"@odata.nextLink"`
			Changes string `json:"@odata.deltaLink"`
		}
		err = json.NewDecoder(answer.Body).Decode(&page)
		_ = answer.Body.Close()
		if answer.StatusCode == http.StatusNotFound { // a user without a mailbox; to be told so is a request
			return n + 1, all, "", nil
		}
		if answer.StatusCode != http.StatusOK {
			err = errors.New(answer.Status)
		}
		if err != nil {
			return n, all, "", fmt.Errorf("%s: %w", path, err)
		}
		n++
		all = append(all, page.Value...)
		link, changes = page.Next, page.Changes
	}
	return n, all, changes, nil
}

// tally adds up requests of lists, and keeps the first error.
type tally struct {
	reader
	err error
}

func (t *tally) list(ctx context.Context, path, query string) (n int, all []element) {
	if t.err == nil {
		n, all, _, t.err = t.pages(ctx, path, query)
	}
	return n, all
}

// follow counts the pages of changes since a link, and moves it; an empty one begins.
func (t *tally) follow(ctx context.Context, path string, link *string) (n int) {
	if t.err != nil {
		return 0
	}
	query := ""
	if *link != "" {
		u, err := url.Parse(*link)
		if err != nil {
			t.err = err
			return 0
		}
		query = u.RawQuery
	}
	n, _, *link, t.err = t.pages(ctx, path, query)
	return n
}

// least counts, request by request, what a reader cannot do without in a night whose range ends at a midnight and
// that begins at now, if it remembers what it has seen in the night before. That is the derivation:
//
//   - Call records of three days are listed, in pages that are full, as a reader can have them who chooses its
//     windows well; each that is new or of another version is read by two requests. None has more sessions or participants than fit.
//   - The two telephone logs of the same days are a list each, as is organization, with its licences beside it.
//   - What has changed among users and groups is a list each.
//   - Users, teams and each team's channels are listed once, whoever needs them.
//   - A team is a request; the members of each channel are a list, as are the channel messages of each team.
//   - Of each user there are the mailbox's settings, a list of the week's events, one of chats and one of
//     the messages of chats that were changed since the midnight before; presences come in batches.
//   - The members of a chat are a list, if the chat is new or has changed.
//
// A list takes as many requests as the Graph that is asked here gives pages, at the largest size of a page. And
// one request asks for the time. The time that they take is that of the family which takes longest, if all the
// others go beside it. That is in the long run: limits that nobody has used yet let a window's worth through at once,
// which saves the list of call records of 2,000 users a sixteenth of its time.
func (g reader) least(ctx context.Context, to, now time.Time, s *seen) (budgets []budget, err error) {
	t := &tally{reader: g}
	day := func(days int) string { return to.AddDate(0, 0, days).Format(time.DateOnly) }
	instant := func(days int) string { return day(days) + "T00:00:00Z" }

	_, records := t.list(ctx, "/communications/callRecords",
		"$filter="+url.QueryEscape("startDateTime ge "+instant(-3)+" and startDateTime lt "+instant(0)))
	logs := 0
	for _, name := range []string{"getPstnCalls", "getDirectRoutingCalls"} {
		n, _ := t.list(ctx, fmt.Sprintf("/communications/callRecords/microsoft.graph.callRecords.%s(fromDateTime=%s,toDateTime=%s)", name, day(-3), day(0)), "")
		logs += n
	}
	changedUsers, changedGroups := t.follow(ctx, "/users/delta", &s.users), t.follow(ctx, "/groups/delta", &s.groups)

	userPages, users := t.list(ctx, "/users", "$select=id&$top=999")
	events, chatPages, chatMessages := 0, 0, 0
	changed := "$top=50&$filter=" + url.QueryEscape("lastModifiedDateTime gt "+instant(-1)+" and lastModifiedDateTime lt "+now.Format(time.RFC3339))
	chats := map[string]string{}
	for _, u := range users {
		n, _ := t.list(ctx, "/users/"+u.ID+"/calendarView", "startDateTime="+instant(-7)+"&endDateTime="+instant(0)+"&$top=1000")
		events += n
		n, _ = t.list(ctx, "/users/"+u.ID+"/chats/getAllMessages", changed)
		chatMessages += n
		n, mine := t.list(ctx, "/users/"+u.ID+"/chats", "$top=50")
		chatPages += n
		for _, c := range mine {
			chats[c.ID] = c.version()
		}
	}

	teamPages, teams := t.list(ctx, "/teams", "$select=id")
	channels, members, channelMessages := 0, 0, 0
	for _, team := range teams {
		n, all := t.list(ctx, "/teams/"+team.ID+"/channels", "")
		channels += n
		for _, c := range all {
			n, _ := t.list(ctx, "/teams/"+team.ID+"/channels/"+url.PathEscape(c.ID)+"/members", "")
			members += n
		}
		n, _ = t.list(ctx, "/teams/"+team.ID+"/channels/getAllMessages", changed)
		channelMessages += n
	}

	versions := map[string]string{}
	for _, r := range records {
		versions[r.ID] = r.version()
	}
	details := perRecord * differing(s.records, versions)
	chatMembers := differing(s.chats, chats)
	s.records, s.chats = versions, chats

	list := ceil(len(versions), recordPage)
	presences := ceil(len(users), presenceBatch)
	directory := 1 + 1 + changedUsers + changedGroups + userPages // organization and its licences first
	budgets = []budget{
		{"list of call records", list, perSecondList},
		{"call records", details + logs, perSecondDetails},
		{"directory", directory, perSecondUnits},
		{"presence", presences, perSecondPresence},
		{"teams, one by one", len(teams), perSecondTeam},
		{"lists of channels", channels, perSecondChannels},
		{"members of channels", members, perSecondChannels},
		{"teams and chats", teamPages + chatPages + chatMembers, perSecondTeams},
		{"messages of chats", chatMessages, perSecondExport},
		{"messages of channels", channelMessages, perSecondExport},
		{"mailboxes", len(users) + events, perSecondAll},
	}
	all := forTheTime
	for _, b := range budgets {
		all += b.requests
	}
	return append(budgets, budget{"all requests", all, perSecondAll}), t.err
}

// differing counts the ids that were not known, or had another version.
func differing(before, now map[string]string) (n int) {
	for id, version := range now {
		if before[id] != version {
			n++
		}
	}
	return n
}

func ceil(n, of int) int { return (n + of - 1) / of }
