package cli

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"graphlake/internal/graphsim"
	"graphlake/jobs"
	"graphlake/jobs/state"
)

var yamlBlock = regexp.MustCompile("(?s)```yaml\n(.*?)```")

// declared is the example of docs/your-own-dataset.md: the files that its blocks name, and the tenant that serves
// what they read.
func declared(t *testing.T) *simulated {
	t.Helper()
	text, err := os.ReadFile("../../docs/your-own-dataset.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := yamlBlock.FindAllStringSubmatch(string(text), -1)
	s := simulate(t, graphsim.Options{Users: 4, Fixtures: []graphsim.Fixture{
		{Path: "/v1.0/users/{user}/licenseDetails", Roles: []string{"LicenseAssignment.Read.All"}, Pages: [][]byte{[]byte(`{"value": [
			{"id": "{user}-e5", "skuId": "06ebc4ee-1bb5-47dd-8120-11324bc54e06", "skuPartNumber": "SPE_E5", "servicePlans": [
				{"servicePlanId": "57ff2da0", "servicePlanName": "TEAMS1", "provisioningStatus": "Success", "appliesTo": "User"},
				{"servicePlanId": "4828c8ec", "servicePlanName": "MCOEV", "provisioningStatus": "Disabled", "appliesTo": "User"}]}]}`)}},
		{Path: "/v1.0/auditLogs/signIns", Pages: [][]byte{[]byte(`{"value": [
			{"id": "s1", "createdDateTime": "2026-11-16T08:00:00Z", "userId": "u1", "appDisplayName": "Teams", "location": {"countryOrRegion": "DE"}, "status": {"errorCode": 0}},
			{"id": "s2", "createdDateTime": "2026-11-17T09:30:00.5Z", "userId": "u2", "appDisplayName": "Teams", "location": null, "status": {"errorCode": 50126}},
			{"id": "s3", "createdDateTime": "2026-11-17T10:00:00Z", "userId": "u1", "appDisplayName": "Outlook", "location": {}, "status": {"errorCode": 0}}]}`)}},
	}}, blocks[0][1]+"jobs: {mine: {schedule: \"0 2 * * *\", datasets: [x_sign_ins], lookback: 48h}}\n")
	for _, block := range blocks[1:] {
		name, _, _ := strings.Cut(strings.TrimPrefix(block[1], "# "), "\n")
		if err := os.WriteFile(filepath.Join(s.dir, name), []byte(block[1]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// What the page about datasets of one's own shows works, from the first question to a replay.
func TestDeclaredDatasets(t *testing.T) {
	s := declared(t)
	const both = "x_license_details,x_sign_ins"
	var plan struct {
		Units []struct{ Dataset string }
	}
	if status := s.asJSON(t, &plan, "plan", "--dataset", both, "--now", "2026-11-18T00:00:00Z"); status != ExitDone || len(plan.Units) != 3 {
		t.Errorf("plan ended with %d: %+v", status, plan)
	}
	var rep jobs.Report
	run := []string{"run", "--dataset", both, "--now", "2026-11-18T00:00:00Z"}
	if status := s.asJSON(t, &rep, run...); status != ExitDone {
		t.Fatalf("run ended with %d: %+v", status, rep)
	}
	// Four users with one licence of two services each; the sign-ins lie on the two days before the run.
	for table, want := range map[string]int{"x_license_details": 4, "x_license_services": 8, "x_sign_ins": 3} {
		if got := s.rows(t, table, 16, 19); got != want {
			t.Errorf("%s has %d rows, want %d", table, got, want)
		}
	}
	s.says(t, `"error_code":50126`, "cat", "x_sign_ins", "--from", "2026-11-17", "--to", "2026-11-18")
	s.says(t, `"service_plan_name":"TEAMS1","provisioning_status":"Success"`, "cat", "x_license_services")
	s.says(t, "error_code", "schema", "x_sign_ins")
	s.says(t, "x_sign_ins", "plan", "--job", "mine", "--now", "2026-11-20T00:00:00Z")
	s.says(t, "mine  2026-11-18T02:00:00Z", "status", "--now", "2026-11-18T00:00:00Z")
	s.says(t, "x_sign_in_activity", "datasets")
	s.says(t, "x_license_services", "sql", "--engine", "duckdb", "--dataset", "x_license_details")
	s.says(t, "x_license_services_current", "sql", "--engine", "synapse")
	s.says(t, "x_sign_ins", "complete", "--", "--config", s.config(), "run", "--dataset", "x_s")
	s.says(t, "x_sign_ins", "status", "--dataset", "x_sign_ins", "--now", "2026-11-18T03:00:00Z")
	s.says(t, `"findings": []`, "--output", "json", "audit", "--dataset", both, "--now", "2026-11-18T03:00:00Z")
	s.says(t, "x_license_details  ok", "check", "--dataset", both)
	s.says(t, "e2f98668-2877-4f38-a2f4-8202e0717aa1", "permissions", "--format", "manifest", "--dataset", "x_license_details")
	before := s.files(t)
	if status := s.asJSON(t, &rep, "replay", "--dataset", both); status != ExitDone || len(rep.Units) == 0 {
		t.Errorf("replay ended with %d: %+v", status, rep)
	}
	if status := s.asJSON(t, &rep, run...); status != ExitDone {
		t.Errorf("the same run again ended with %d: %+v", status, rep)
	}
	if after := s.files(t); !slices.Equal(before, after) {
		t.Errorf("files after a replay and a second run: %q, want %q", after, before)
	}
}

// Where Graph answers with an object and not with a collection, a check names the key that says so, and with it all is well.
func TestDeclaredAnswerIsOneObject(t *testing.T) {
	s := simulate(t, graphsim.Options{Users: 4, Fixtures: []graphsim.Fixture{{Path: "/v1.0/policy", Pages: [][]byte{[]byte(`{"id": "p", "level": 3}`)}}}}, "datasets: [policy.yaml]\n")
	const text = `{name: x_policy, doc: A policy., mode: snapshot, permissions: [Policy.Read.All], source: {api: v1.0, path: /policy, budget: other},
  tables: [{name: x_policy, doc: A row., key: [id], columns: [{name: id, path: id, type: string, public: true}, {name: level, path: level, type: int32}]}]}`
	if err := os.WriteFile(filepath.Join(s.dir, "policy.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	const cure = "write paging: single into the source of x_policy"
	if status, out := s.command(t, "check", "--dataset", "x_policy"); status != ExitLater || !strings.Contains(string(out), cure) {
		t.Errorf("check ended with %d, and does not say %q:\n%s", status, cure, out)
	}
	s.edit(t, "policy.yaml", "budget: other", "budget: other, paging: single")
	s.says(t, "x_policy  ok", "check", "--dataset", "x_policy")
	s.says(t, "data", "run", "--dataset", "x_policy", "--now", "2026-11-18T00:00:00Z")
	s.says(t, `"id":"p","removed":false,"level":3`, "cat", "x_policy")
	s.edit(t, "policy.yaml", "[Policy.Read.All]", "[Policy.Nobody.Knows]")
	if status, _ := s.command(t, "permissions", "--format", "manifest", "--dataset", "x_policy"); status != ExitUsage {
		t.Errorf("the manifest of a permission without an id ended with %d", status)
	}
}

// says runs a command that has to end well and to print a text.
func (s *simulated) says(t *testing.T, want string, args ...string) {
	t.Helper()
	if status, out := s.command(t, args...); status != ExitDone || !strings.Contains(string(out), want) {
		t.Errorf("%v ended with %d, and does not say %q:\n%s", args, status, want, out)
	}
}

// files are the files of raw and of tables, with their sizes.
func (s *simulated) files(t *testing.T) (all []string) {
	t.Helper()
	for _, kind := range []string{"raw", "tables"} {
		names, err := filepath.Glob(filepath.Join(s.dir, "lake", kind, "*", "*", "*", "*.parquet"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			line, _ := json.Marshal([]any{name, len(text)})
			all = append(all, string(line))
		}
	}
	return all
}

// What a declaration says otherwise than the lake has it is refused where it is written, before anything is.
func TestDeclaredDatasetsOnlyGrow(t *testing.T) {
	s := declared(t)
	run := []string{"run", "--dataset", "x_sign_ins,x_license_details", "--now", "2026-11-18T00:00:00Z"}
	if status, out := s.command(t, run...); status != ExitDone {
		t.Fatalf("run ended with %d: %s", status, out)
	}
	before := s.files(t)
	for _, c := range []struct{ file, from, to, want string }{
		{"sign_ins.yaml", "type: int32", "type: string", "sign_ins.yaml:45: [1].tables[0].columns[5].type: the lake has the column error_code of the table x_sign_ins as int32, and the declaration says string, which is utf8: a column never changes its type; give what is new a name of its own"},
		{"sign_ins.yaml", "type: int32", "type: int64", "as int32, and the declaration says int64: a column never"},
		{"sign_ins.yaml", "        - {name: country, ", "        #", "sign_ins.yaml:39: [1].tables[0].columns: the lake has a column country in the table x_sign_ins, and the declaration has none: columns are only ever added; declare it again"},
		{"licences.yaml", "key: [user_id, license_id]", "key: [license_id]", "licences.yaml:17: tables[0].key: the lake has the table x_license_details by the key [user_id license_id], and the declaration by [license_id]"},
		{"licences.yaml", "mode: snapshot", "mode: entities", "licences.yaml:4: mode: the lake has the dataset x_license_details as snapshot, and the declaration says entities"},
		{"licences.yaml", "  - name: x_license_services", "  - name: x_services", "licences.yaml:14: tables: the lake has a table x_license_services of the dataset x_license_details, and the declaration has none"},
	} {
		written := s.edit(t, c.file, c.from, c.to)
		for _, command := range [][]string{run, {"replay", "--dataset", "x_sign_ins,x_license_details"}, {"check", "--dataset", "x_sign_ins,x_license_details"}} {
			status, out := s.command(t, command...)
			said, err := os.ReadFile(filepath.Join(s.dir, fmt.Sprintf("stderr-%d", s.runs)))
			if err != nil {
				t.Fatal(err)
			}
			if all := string(out) + string(said); status != ExitUsage || !strings.Contains(all, c.want) {
				t.Errorf("%s with %q ended with %d:\n%s\nwant %s", command[0], c.to, status, all, c.want)
			}
		}
		if after := s.files(t); !slices.Equal(before, after) {
			t.Errorf("with %q files changed: %q", c.to, after)
		}
		if err := os.WriteFile(filepath.Join(s.dir, c.file), written, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// A new column is filled from raw, and from then on it stays, too.
	s.edit(t, "sign_ins.yaml", "doc: 0 if it succeeded.}", "doc: 0 if it succeeded.}\n        - {name: client, path: appDisplayName, type: string}")
	if status, out := s.command(t, "replay", "--dataset", "x_sign_ins"); status != ExitDone {
		t.Fatalf("replay ended with %d: %s", status, out)
	}
	s.says(t, `"error_code":0,"client":"Outlook"`, "cat", "x_sign_ins")
	s.edit(t, "sign_ins.yaml", "{name: client, ", "{name: program, ")
	if status, _ := s.command(t, run...); status != ExitUsage {
		t.Errorf("without the new column a run ended with %d", status)
	}
}

// edit changes a file of the declarations, and gives what it was.
func (s *simulated) edit(t *testing.T, name, from, to string) []byte {
	t.Helper()
	file := filepath.Join(s.dir, name)
	text, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(text), from) {
		t.Fatalf("%s has no %q: %v", name, from, err)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(text), from, to, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	return text
}

// What the tenant has no license for is off: not a missing permission, not a failure, and nobody's fault at night.
func TestOffInTheTenant(t *testing.T) {
	s := declared(t)
	off := true
	s.answers(func(w http.ResponseWriter, r *http.Request) {
		if !off || !strings.Contains(r.URL.RawQuery, "signInActivity") && !strings.HasSuffix(r.URL.Path, "/signIns") {
			s.tenant.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, `{"error":{"code":"Authentication_RequestFromNonPremiumTenantOrB2CTenant","message":"Neither tenant is B2C or tenant doesn't have premium license"}}`)
	})
	all := []string{"--dataset", "x_sign_ins,x_sign_in_activity,x_license_details", "--now", "2026-11-18T00:00:00Z"}
	var rep jobs.Report
	if status := s.asJSON(t, &rep, append([]string{"run"}, all...)...); status != ExitIncomplete || rep.Status != state.Data {
		t.Errorf("run ended with %d: %+v", status, rep)
	}
	for _, u := range rep.Units {
		want := state.Off
		if u.Dataset == "x_license_details" {
			want = state.Data
		}
		if u.Outcome != want || want == state.Off && (u.Error.Kind != "off" || !strings.Contains(u.Error.Message, "premium license of Microsoft Entra ID") || u.Requests != 1) {
			t.Errorf("%s: %s, %+v after %d requests", u.Dataset, u.Outcome, u.Error, u.Requests)
		}
	}
	var found struct {
		Datasets []struct {
			Dataset string `json:"dataset"`
			Outcome string `json:"last_outcome"`
		} `json:"datasets"`
	}
	s.asJSON(t, &found, append([]string{"status"}, all...)...)
	for _, d := range found.Datasets {
		if want := map[bool]string{true: "off", false: "data"}[d.Dataset != "x_license_details"]; d.Outcome != want {
			t.Errorf("status says of %s %q, want %q", d.Dataset, d.Outcome, want)
		}
	}
	days, err := os.ReadFile(filepath.Join(s.dir, "lake", "state", "4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30", "x_sign_ins.days.json"))
	if err != nil || !strings.Contains(string(days), `"outcome":"off"`) {
		t.Errorf("the days are %s, %v", days, err)
	}
	s.says(t, `"findings": []`, append([]string{"--output", "json", "audit"}, all...)...)
	if status, out := s.command(t, "check", "--dataset", "x_sign_ins,x_license_details"); status != ExitIncomplete ||
		!strings.Contains(string(out), "x_sign_ins         off: ask for x_sign_ins: ") || strings.Contains(string(out), "missing") {
		t.Errorf("check ended with %d:\n%s", status, out)
	}
	// With the license the next run reads what Graph still has.
	off = false
	if status := s.asJSON(t, &rep, "run", "--dataset", "x_sign_ins", "--now", "2026-11-18T00:00:00Z"); status != ExitDone {
		t.Errorf("run ended with %d: %+v", status, rep)
	}
	if got := s.rows(t, "x_sign_ins", 16, 18); got != 3 {
		t.Errorf("%d sign-ins, want 3", got)
	}
}

const dialOuts = `
datasets:
  - name: x_dial_outs
    doc: Calls out of audio conferences, as a report of each day.
    mode: windowed
    source:
      api: beta
      path: /communications/callRecords/getDialOuts(fromDateTime={from},toDateTime={from})
      window: {longest: 1d, layout: date}
      budget: call_records
    time: "@graphlake.day"
    settle: 1d
    lookback: 2d
    removes: true
    permissions: [CallRecord-PstnCalls.Read.All]
    also: [[User.Read.All, Directory.Read.All]]
    tables:
      - name: x_dial_outs
        doc: A row per person and destination.
        key: [dial_out_id]
        columns:
          - {name: dial_out_id, path: "", type: digest, doc: What stands for the id that the row does not have.}
          - {name: day_time, path: "@graphlake.day", type: timestamp, required: true, doc: The day.}
          - {name: user_name, path: user.name, type: string}
          - {name: calls, path: calls, type: int32}
`

// Rows with neither an id nor a time of their own are known by what they say, and are of the day that was asked for.
func TestRowsWithoutIDAndTime(t *testing.T) {
	for _, more := range []string{"", "privacy: {pseudonymize: true}\n"} {
		t.Setenv("GRAPHLAKE_PSEUDONYM_KEY", "3b9f06c1e85a7d24f01c93b7486ed52a97c0134fbe6a8d72053ce1f89b64a7d0")
		s := simulate(t, graphsim.Options{Users: 1}, more+dialOuts)
		// On both days the same person called out as often; the second time members come in another order.
		calls, turned := 3, false
		s.answers(func(w http.ResponseWriter, r *http.Request) {
			if !strings.HasPrefix(r.URL.Path, "/beta/communications/callRecords/getDialOuts(fromDateTime=2026-11-1") {
				s.tenant.ServeHTTP(w, r)
				return
			}
			w.Header().Set("Content-Type", "application/json")
			row := `{"user": {"name": "Ines", "kind": "x"}, "calls": %d, "@odata.etag": "1"}`
			if turned {
				row = `{"@odata.etag": "2", "calls":%d,"user":{"kind":"\u0078","name":"Ines"}}`
			}
			fmt.Fprintf(w, `{"value":[`+row+`,{"user":{"name":"Tom"},"calls":0}]}`, calls)
		})
		run := func(day string) {
			t.Helper()
			if status, out := s.command(t, "run", "--dataset", "x_dial_outs", "--now", day+"T00:00:00Z"); status != ExitDone {
				t.Fatalf("run ended with %d: %s", status, out)
			}
		}
		run("2026-11-18")
		first := s.files(t)
		_, out := s.command(t, "cat", "x_dial_outs")
		if n := strings.Count(string(out), "\n"); n != 4 || strings.Count(string(out), `"day_time":"2026-11-16T00:00:00Z"`) != 2 ||
			strings.Contains(string(out), "Ines") != (more == "") {
			t.Errorf("%d rows, want two of each day:\n%s", n, out)
		}
		turned = true
		if status, out := s.command(t, "run", "--dataset", "x_dial_outs", "--from", "2026-11-16", "--to", "2026-11-18", "--now", "2026-11-18T00:00:00Z"); status != ExitDone {
			t.Fatalf("the range again ended with %d: %s", status, out)
		}
		if got := s.rows(t, "x_dial_outs", 16, 18); got != 4 {
			t.Errorf("in another order there are %d rows: %q, before %q", got, s.files(t), first)
		}
		calls = 4 // a day that counts more is another row, and the one before is gone
		if status, out := s.command(t, "run", "--dataset", "x_dial_outs", "--from", "2026-11-17", "--to", "2026-11-18", "--now", "2026-11-18T00:00:00Z"); status != ExitDone {
			t.Fatalf("the day again ended with %d: %s", status, out)
		}
		_, out = s.command(t, "cat", "x_dial_outs", "--from", "2026-11-17", "--to", "2026-11-18")
		if n := strings.Count(string(out), "\n"); n != 3 || strings.Count(string(out), `"removed":true`) != 1 || !strings.Contains(string(out), `"calls":4`) {
			t.Errorf("%d rows of the day:\n%s", n, out)
		}
		s.says(t, `"findings": []`, "--output", "json", "audit", "--dataset", "x_dial_outs", "--now", "2026-11-18T00:00:00Z")
		s.says(t, "df021288-bdef-4463-88db-98f22de89214", "permissions", "--format", "manifest", "--dataset", "x_dial_outs") // User.Read.All
	}
}

// A collection of beta is read to its last page, and in a lake with pseudonyms only what is public stays readable.
func TestDeclaredOfBeta(t *testing.T) {
	t.Setenv("GRAPHLAKE_PSEUDONYM_KEY", "3b9f06c1e85a7d24f01c93b7486ed52a97c0134fbe6a8d72053ce1f89b64a7d0")
	s := simulate(t, graphsim.Options{Users: 1, Fixtures: []graphsim.Fixture{{Path: "/beta/admin/teams/resourceAccounts", Pages: [][]byte{
		[]byte(`{"value": [{"id": "r1", "displayName": "Sales", "phoneNumber": "tel:+4930", "appId": "q"}]}`),
		[]byte(`{"value": [{"id": "r2", "displayName": "Help", "phoneNumber": null, "appId": "a", "secret": "s"}]}`),
	}}}}, `privacy: {pseudonymize: true}
datasets:
  - name: x_accounts
    doc: Accounts of queues and attendants.
    mode: snapshot
    source: {api: beta, path: /admin/teams/resourceAccounts, budget: teams_other}
    permissions: TeamsResourceAccount.Read.All
    tables: {name: x_accounts, doc: A row per account., key: account_id, columns: [
      {name: account_id, path: id, type: string, public: true}, {name: display_name, path: displayName, type: string},
      {name: phone_number, path: phoneNumber, type: string}, {name: application_id, path: appId, type: string, public: true}]}
`)
	if status, out := s.command(t, "run", "--dataset", "x_accounts", "--now", "2026-11-18T00:00:00Z"); status != ExitDone {
		t.Fatalf("run ended with %d: %s", status, out)
	}
	_, out := s.command(t, "cat", "x_accounts")
	for _, text := range []string{`"account_id":"r1"`, `"account_id":"r2"`, `"application_id":"q"`} {
		if !strings.Contains(string(out), text) {
			t.Errorf("there is no %s in\n%s", text, out)
		}
	}
	s.says(t, `"account_id":"r2"`, "cat", "x_accounts", "--where", "phone_number=")
	for _, text := range []string{"Sales", "4930"} {
		if strings.Contains(string(out), text) {
			t.Errorf("%s stays readable in\n%s", text, out)
		}
	}
}
