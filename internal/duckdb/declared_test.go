package duckdb

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var yamlBlock = regexp.MustCompile("(?s)```yaml\n(.*?)```")

const (
	licencesOfUser = `{"value": [{"id": "{id}-e5", "skuId": "s", "skuPartNumber": "SPE_E5", "servicePlans": [
		{"servicePlanId": "p1", "servicePlanName": "TEAMS1", "provisioningStatus": "Success"},
		{"servicePlanId": "p2", "servicePlanName": "MCOEV", "provisioningStatus": "Disabled"}]}]}`
	signIns = `{"value": [
		{"id": "s1", "createdDateTime": "2026-11-16T08:00:00Z", "userId": "u1", "appDisplayName": "Teams", "location": {"countryOrRegion": "DE"}, "status": {"errorCode": 0}},
		{"id": "s2", "createdDateTime": "2026-11-17T09:30:00.5Z", "userId": "u2", "appDisplayName": "Teams", "location": null, "status": {"errorCode": 50126}}]}`
	// In the simulator's company: its address and token are in the environment.
	declaredNight = `set -e
(echo "lake: ./lake"; echo "graph: {endpoint: '$GRAPHSIM_URL', rate: 20}"
echo "tenants: [{name: contoso, tenant_id: 4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30, auth: {method: token, token_env: GRAPHSIM_TOKEN}}]"; cat first.yaml) >graphlake.yaml
all="--dataset x_license_details,x_sign_ins --now 2026-11-18T00:00:00Z"
$BIN/graphlake --quiet check --dataset x_license_details,x_sign_ins >check.txt
$BIN/graphlake --quiet run $all >run.txt
$BIN/graphlake --quiet audit $all >audit.txt
$BIN/graphlake status $all >status.txt
find lake/tables lake/raw -name '*.parquet' | sort | xargs sha256sum >before.txt
$BIN/graphlake --quiet replay --dataset x_license_details,x_sign_ins >replay.txt
$BIN/graphlake --quiet run $all >again.txt
find lake/tables lake/raw -name '*.parquet' | sort | xargs sha256sum >after.txt
cmp before.txt after.txt
$BIN/graphlake cat x_license_services >cat.txt
$BIN/graphlake sql --engine duckdb >views.sql`
)

// The example of docs/your-own-dataset.md, from its files to the answers of another reader: the commands themselves,
// and the simulator with pages of somebody's own.
func TestDeclaredDatasets(t *testing.T) {
	dir := t.TempDir()
	bin := filepath.Join(dir, "bin")
	command(t, "go", "build", "-o", bin+string(filepath.Separator), "./cmd/graphlake", "./cmd/graphsim")
	text, err := os.ReadFile(filepath.Join(root, "docs/your-own-dataset.md"))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{"licenceDetails.json": licencesOfUser, "signIns.json": signIns}
	for i, block := range yamlBlock.FindAllStringSubmatch(string(text), -1) {
		name, _, _ := strings.Cut(strings.TrimPrefix(block[1], "# "), "\n")
		if i == 0 {
			name = "first.yaml"
		}
		files[name] = block[1]
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("BIN", bin)
	command(t, filepath.Join(bin, "graphsim"), "--users", "4", "--from", "2026-11-16", "--to", "2026-11-18", "--now", "2026-11-18T00:00:00Z", "--token", "demo",
		"--serve", "GET /v1.0/users/{id}/licenseDetails LicenseAssignment.Read.All="+filepath.Join(dir, "licenceDetails.json"),
		"--serve", "GET /v1.0/auditLogs/signIns AuditLog.Read.All="+filepath.Join(dir, "signIns.json"),
		"--", "sh", "-c", "cd "+dir+"; "+declaredNight)
	l := &lake{dir: filepath.Join(dir, "lake"), bin: bin}
	l.open(t)
	views, err := os.ReadFile(filepath.Join(dir, "views.sql"))
	if err != nil {
		t.Fatal(err)
	}
	l.exec(t, string(views))
	for query, want := range map[string]int64{
		"SELECT count(*) FROM x_license_details_current WHERE sku_part_number = 'SPE_E5' AND NOT removed":                          4,
		"SELECT count(*) FROM x_license_services s JOIN x_license_details d USING (tenant_id, dt, user_id, license_id)":            8,
		"SELECT count(*) FROM x_license_services WHERE provisioning_status = 'Disabled'":                                           4,
		"SELECT count(*) FROM x_sign_ins WHERE dt = DATE '2026-11-17' AND error_code = 50126 AND country IS NULL":                  1,
		"SELECT count(*) FROM x_sign_ins WHERE created_time = TIMESTAMPTZ '2026-11-16 08:00:00Z' AND country = 'DE'":               1,
		"SELECT count(*) FROM coverage WHERE dataset = 'x_sign_ins' AND outcome = 'data' AND records = 1":                          2,
		"SELECT count(DISTINCT dataset) FROM coverage WHERE dataset LIKE 'x\\_%' ESCAPE '\\' AND outcome NOT IN ('data', 'empty')": 0,
	} {
		if got := l.number(t, "%s", query); got != want {
			t.Errorf("%s: %d, want %d", query, got, want)
		}
	}
	for name, want := range map[string]string{"audit.txt": "no findings", "status.txt": "x_sign_ins", "check.txt": "x_license_details  ok", "cat.txt": fmt.Sprintf("%q:%q", "service_plan_name", "TEAMS1")} {
		said, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || !strings.Contains(string(said), want) {
			t.Errorf("%s does not say %q: %v\n%s", name, want, err, said)
		}
	}
}
