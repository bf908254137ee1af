package graphsim

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// A reading is the keys of the rows that somebody finds who reads the whole tenant, by table.
type reading map[string][][]string

func (r reading) add(table string, key ...string) { r[table] = append(r[table], key) }

// table is what the rows of a table come to, as the documentation of Table says.
func (r reading) table(name string) Table {
	var sum uint64
	for _, key := range r[name] {
		hash := sha256.Sum256([]byte(strings.Join(key, "\x1f")))
		sum += binary.BigEndian.Uint64(hash[:8])
	}
	return Table{Rows: len(r[name]), Keys: fmt.Sprintf("%016x", sum)}
}

func texts(of map[string]any, name string) string { s, _ := of[name].(string); return s }

func (r reading) calls(t *testing.T, tenant *Tenant) {
	records, _ := all(t, tenant, recordsPath)
	for _, record := range records {
		call := texts(record, "id")
		path := recordsPath + "/" + call
		if get(t, tenant, path).status == 404 {
			continue
		}
		sessions, _ := all(t, tenant, path+"/sessions?$expand=segments")
		r.add("calls", call)
		participants, _ := all(t, tenant, path+"/participants_v2")
		for i := range participants {
			r.add("call_participants", call, fmt.Sprint(i))
		}
		for at, session := range sessions {
			r.add("call_sessions", call, texts(session, "id"), fmt.Sprint(at))
			for _, segment := range objects(t, session, "segments") {
				key := []string{call, texts(session, "id"), fmt.Sprint(at), texts(segment, "id")}
				r.add("call_segments", key...)
				for i, medium := range objects(t, segment, "media") {
					r.add("call_media", append(slices.Clone(key), fmt.Sprint(i))...)
					for j := range objects(t, medium, "streams") {
						r.add("call_media_streams", append(slices.Clone(key), fmt.Sprint(i), fmt.Sprint(j))...)
					}
				}
			}
		}
	}
	for table, function := range map[string]string{"pstn_calls": "getPstnCalls", "direct_routing_calls": "getDirectRoutingCalls"} {
		rows, _ := all(t, tenant, recordsPath+"/"+function+"(fromDateTime=2026-11-02T00:00:00Z,toDateTime=2026-11-04T00:00:00Z)")
		for _, row := range rows {
			r.add(table, texts(row, "id"))
		}
	}
}

// beta reads the logs that only beta serves; that of dialing out a day at a time.
func (r reading) beta(t *testing.T, tenant *Tenant) {
	for table, function := range map[string]string{"sms_logs": "getSmsLog", "blocked_users_log": "getPstnBlockedUsersLog"} {
		rows, _ := all(t, tenant, betaPath+"/"+function+"(fromDateTime=2026-11-02T00:00:00Z,toDateTime=2026-11-03T23:59:59.9999999Z)")
		said := map[string]bool{}
		for _, row := range rows {
			if key := sayingOf(t, row); !said[key] {
				said[key] = true
				r.add(table, key)
			}
		}
	}
	for _, day := range []string{"2026-11-02", "2026-11-03"} {
		rows, _ := all(t, tenant, betaPath+"/getPstnOnlineMeetingDialoutReport(fromDateTime="+day+"T00:00:00Z,toDateTime="+day+"T23:59:59.9999999Z)")
		for _, row := range rows {
			r.add("dial_out_logs", day+"T00:00:00Z", texts(row, "userId"), texts(row, "userPrincipalName"), texts(row, "usageLocation"),
				texts(row, "destinationContext"), texts(row, "currency"))
		}
	}
}

// sayingOf is the key of a row that has no id, by what an answer says.
func sayingOf(t *testing.T, row map[string]any) string {
	t.Helper()
	text, err := json.Marshal(row)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16])
}

func (r reading) users(t *testing.T, tenant *Tenant, now time.Time) {
	users, _ := all(t, tenant, usersPath+"?$select=id,assignedLicenses&$top=999")
	for _, u := range users {
		user := texts(u, "id")
		r.add("users", user)
		for _, l := range objects(t, u, "assignedLicenses") {
			r.add("user_licenses", user, texts(l, "skuId"))
		}
		if get(t, tenant, usersPath+"/"+user+"/joinedTeams").status == 200 {
			joined, _ := all(t, tenant, usersPath+"/"+user+"/joinedTeams")
			for _, team := range column(joined, "id") {
				r.add("joined_teams", user, team)
			}
		}
		if get(t, tenant, usersPath+"/"+user+"/mailboxSettings").status != 200 {
			continue
		}
		r.add("mailbox_settings", user)
		events, _ := all(t, tenant, usersPath+"/"+user+"/calendarView?startDateTime=2026-11-02&endDateTime=2026-11-04&$top=500")
		for _, e := range events {
			if start := e["start"].(map[string]any)["dateTime"].(string); start < "2026-11-02" {
				continue
			}
			r.add("calendar_events", user, texts(e, "id"))
			for i := range objects(t, e, "attendees") {
				r.add("event_attendees", user, texts(e, "id"), fmt.Sprint(i))
			}
		}
		r.attendance(t, walk(t, tenant, usersPath+"/"+user, events))
	}
	for ids := range slices.Chunk(column(users, "id"), mostPresences) {
		for _, one := range post(t, tenant, presencesTarget, idsBody(ids)).values(t) {
			r.add("presence", texts(one, "id"), now.Format(time.RFC3339))
		}
	}
}

func (r reading) captures(t *testing.T, tenant *Tenant) {
	users, _ := all(t, tenant, usersPath+"?$select=id&$top=999")
	for _, user := range column(users, "id") {
		for table, path := range capturePaths(user) {
			if get(t, tenant, path).status == 403 {
				continue
			}
			values, _ := all(t, tenant, path)
			for _, one := range values {
				if texts(one, "createdDateTime") >= "2026-11-04" {
					continue
				}
				id := texts(one, "id")
				r.add(table, id)
				if !strings.HasSuffix(table, "transcripts") {
					continue
				}
				a := fetchText(t, tenant, documentPath(one)+"/content", "Accept", bareType)
				for i := range cues(a.Body.String(), ofText) {
					r.add(strings.Replace(table, "transcripts", "utterances", 1), id, fmt.Sprint(i))
				}
			}
		}
	}
}

func (r reading) groups(t *testing.T, tenant *Tenant) {
	l := newLake()
	l.read(t, tenant, groupsPath+"/delta?$select=displayName,members,owners")
	for id := range l.names {
		r.add("groups", id)
		for user := range l.members[id] {
			r.add("group_members", id, user)
		}
		for user := range l.owners[id] {
			r.add("group_owners", id, user)
		}
	}
	teams, _ := all(t, tenant, teamsPath)
	for _, team := range column(teams, "id") {
		path := teamsPath + "/" + team
		if get(t, tenant, path).status != 200 {
			continue
		}
		r.add("teams", team)
		inTeam, _ := all(t, tenant, path+"/members")
		for _, m := range inTeam {
			r.add("team_members", team, texts(m, "id"))
		}
		incoming, _ := all(t, tenant, path+"/incomingChannels")
		for _, channel := range column(incoming, "id") {
			r.add("incoming_channels", team, channel)
		}
		for _, channel := range column(get(t, tenant, path+"/channels").values(t), "id") {
			r.add("channels", team, channel)
			members, _ := all(t, tenant, path+"/channels/"+channel+"/members")
			for _, m := range members {
				r.add("channel_members", team, channel, texts(m, "id"))
			}
		}
	}
	for _, o := range get(t, tenant, "/v1.0/organization").values(t) {
		r.add("tenants", texts(o, "id"))
	}
	for _, s := range get(t, tenant, "/v1.0/subscribedSkus").values(t) {
		r.add("subscribed_skus", texts(s, "id"))
	}
	for _, n := range numbersBySkip(t, tenant, 70) {
		r.add("phone_numbers", n)
	}
	for table, path := range map[string]string{"resource_accounts": "/beta/admin/teams/resourceAccounts?$top=2", "teams_user_configurations": "/v1.0/admin/teams/userConfigurations"} {
		rows, _ := all(t, tenant, path)
		for _, id := range column(rows, "id") {
			r.add(table, id)
		}
	}
}

// Whoever reads everything finds what Truth counts, row for row; also where people move, records are
// late and parents forbidden.
func TestTruthOfTables(t *testing.T) {
	for name, o := range map[string]Options{
		"calm":      {Moves: -1, Now: at(afterwards)},
		"lively":    {Moves: 50, Late: 0.5, Forbidden: 0.1, Now: at(monday.Add(36 * time.Hour))},
		"long gone": {Moves: 50, Now: at(monday.AddDate(0, 2, 0))},
	} {
		t.Run(name, func(t *testing.T) {
			o.Seed, o.Users, o.Large, o.From, o.To = 3, 160, 40, monday, monday.AddDate(0, 0, 2)
			o.CallsPerUserDay = 1.5
			tenant := New(o)
			found := reading{}
			found.calls(t, tenant)
			found.beta(t, tenant)
			found.users(t, tenant, o.Now())
			found.captures(t, tenant)
			found.groups(t, tenant)
			truth := tenant.Truth()
			for table := range strings.FieldsSeq(countedTables) {
				if got, want := found.table(table), truth.Tables[table]; got != want {
					t.Errorf("%s: found %v, the truth is %v", table, got, want)
				}
				if truth.Tables[table].Rows == 0 && name == "calm" {
					t.Errorf("%s is empty", table)
				}
			}
			if want := len(strings.Fields(countedTables)); len(found) > want || name == "calm" && len(found) != want {
				t.Errorf("rows of %d tables, want %d", len(found), want)
			}
		})
	}
}
