package cli

import (
	"slices"
	"testing"
)

// A program of others, as a command that is notified or a browser, gets no variable in which a secret is, also where the configuration
// leaves the name of that variable to its default.
func TestProgramsOfOthersGetNoSecrets(t *testing.T) {
	secrets := []string{"GRAPHLAKE_TOKEN_KEY", "GRAPHLAKE_PSEUDONYM_KEY", "OF_ADATUM", "OF_FABRIKAM", "OF_THE_LAKE", "OF_CALLERS", "OF_OPERATORS", "OTEL_EXPORTER_OTLP_HEADERS"}
	for _, name := range append(secrets, "NO_SECRET") {
		t.Setenv(name, "value")
	}
	cfg, err := configOf(t, `lake: az://lake
azure: {connection_string_env: OF_THE_LAKE}
privacy: {pseudonymize: true}
tenants:
  - name: contoso
    tenant_id: 4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30
    auth: {method: device_code, client_id: 9d0c7f62-1b7e-4a55-8f53-0f4a3c2b1d10, token_cache: contoso.token}
  - name: fabrikam
    tenant_id: 5f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30
    auth: {method: device_code, client_id: 9d0c7f62-1b7e-4a55-8f53-0f4a3c2b1d10, token_cache: fabrikam.token, token_key_env: OF_FABRIKAM}
  - name: adatum
    tenant_id: 6f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30
    auth: {method: client_secret, client_id: 9d0c7f62-1b7e-4a55-8f53-0f4a3c2b1d11, client_secret_env: OF_ADATUM}
control: {token_env: OF_CALLERS}
notify:
  - {name: operators, webhook_env: OF_OPERATORS}
`)
	if err != nil {
		t.Fatal(err)
	}
	given := cfg.environmentWithoutSecrets()
	for _, name := range secrets {
		if slices.Contains(given, name+"=value") {
			t.Errorf("%s is given", name)
		}
	}
	if !slices.Contains(given, "NO_SECRET=value") {
		t.Error("what is no secret is not given")
	}
}
