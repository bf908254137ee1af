package cli

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

const ofTenants = "lake: ./lake\ntenants: [{name: contoso, tenant_id: 4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30, auth: {method: token, token_env: T}}]\n"

func configOf(t *testing.T, text string) (*config, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "graphlake.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return loadConfig(file)
}

// What is wrong with who may ask is said with its line.
func TestConfigControl(t *testing.T) {
	const ids = "tenant_id: 4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30, client_id: 0B4C1F7A-1111-4c08-8d6f-2f5a7c1e9b30"
	const portal = "{name: portal, client_id: 7d1c2a7e-2222-4c08-8d6f-2f5a7c1e9b30}"
	for text, wants := range map[string][]string{
		ids + ", callers: [" + portal + "]":                                              nil,
		ids + ", callers: [" + portal + "], behind_proxy: true":                          nil,
		ids + ", callers: [" + portal + "], authority: https://login.microsoftonline.us": nil,
		"token_env: T":                     nil,
		"":                                 {"control.tenant_id: \"\" is no GUID", "control.client_id", "control.callers: nobody could ask"},
		"token_env: T, " + ids:             {"control.token_env: a token that both sides know takes the place"},
		"token_env: T, behind_proxy: true": {"control.token_env: a token that both sides know is for this machine only"},
		ids + ", callers: [" + portal + "], authority: http://localhost:9":                                       {"control.authority: it is no https URL"},
		ids + ", callers: [" + portal + "], longest: -1d":                                                        {"longest"},
		ids + ", callers: [" + portal + "], tls: {certificate_file: c.pem}":                                      {"control.tls: want certificate_file and key_file"},
		ids + ", callers: [" + portal + "], tls: {certificate_file: c.pem, key_file: k.pem}, behind_proxy: true": {"control.behind_proxy: TLS ends at a proxy, or here"},
		ids + ", callers: [" + portal + ", " + portal + "]":                                                      {"control.callers[1].name: every caller needs", "control.callers[1].client_id: another caller has this id"},
		ids + ", callers: [{client_id: x}]":                                                                      {"callers[0].name", "callers[0].client_id: \"x\" is no GUID"},
		ids + ", callers: [{name: p, client_id: 7d1c2a7e-2222-4c08-8d6f-2f5a7c1e9b30, tenants: [contos], people: [ada], groups: [all]}]": {
			`callers[0].tenants[0]: there is no tenant "contos"`, `did you mean "contoso"`, `callers[0].people[0]: "ada" is no GUID`, `callers[0].groups[0]: "all" is no GUID`},
	} {
		c, err := configOf(t, ofTenants+"control: {"+text+"}\n")
		if len(wants) == 0 {
			if err != nil || c.Control.Longest != longestAsked {
				t.Errorf("%s: %v", text, err)
			}
			continue
		}
		for _, want := range wants {
			if err == nil || !strings.Contains(err.Error(), "graphlake.yaml:3: ") || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v, want %s", text, err, want)
			}
		}
	}
}

// A token that both sides know is as hard to guess as a key.
func TestVerifierOfToken(t *testing.T) {
	const variable = "GRAPHLAKE_TEST_CONTROL_TOKEN"
	random := make([]byte, 32)
	rand.Read(random)
	c, err := configOf(t, ofTenants+"control: {token_env: "+variable+"}\n")
	if err != nil {
		t.Fatal(err)
	}
	for value, want := range map[string]string{
		base64.StdEncoding.EncodeToString(random): "",
		"":                       "is not set",
		"hunter2":                "holds no key of at least 32 bytes",
		strings.Repeat("ab", 32): "can be guessed",
		base64.StdEncoding.EncodeToString(random[:24]): "holds no key of at least 32 bytes",
	} {
		t.Setenv(variable, value)
		_, err := c.verifier(slog.New(slog.DiscardHandler))
		switch {
		case want == "" && err != nil, want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%q: %v, want %q", value, err, want)
		case err != nil && value != "" && strings.Contains(err.Error(), value):
			t.Errorf("the error has the token: %v", err)
		}
	}
}

// Ids that init has put there are nobody's.
func TestVerifierOfPlaceholders(t *testing.T) {
	const own = "0b4c1f7a-1111-4c08-8d6f-2f5a7c1e9b30"
	for _, field := range []string{"", "tenant_id", "client_id", "callers[0].client_id"} {
		o := &controlConfig{TenantID: own, ClientID: own, Callers: []callerConfig{{Name: "portal", ClientID: own}}}
		for name, id := range map[string]*string{"tenant_id": &o.TenantID, "client_id": &o.ClientID, "callers[0].client_id": &o.Callers[0].ClientID} {
			if name == field {
				*id = placeholder
			}
		}
		c, err := configOf(t, ofTenants)
		if err != nil {
			t.Fatal(err)
		}
		c.Control = o
		_, err = c.verifier(slog.New(slog.DiscardHandler))
		if field == "" && err != nil || field != "" && (err == nil || !strings.Contains(err.Error(), "control."+field+" is still the placeholder")) {
			t.Errorf("%s: %v", field, err)
		}
	}
}

// Without TLS, and with a token that both sides know, only this machine is listened to.
func TestListenControl(t *testing.T) {
	dir := t.TempDir()
	writePair(t, dir, "one.example", "two.example")
	busy, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	if err := errors.Join(os.Mkdir(filepath.Join(dir, "other"), 0o700), os.WriteFile(filepath.Join(dir, "none.txt"), nil, 0o600),
		os.WriteFile(filepath.Join(dir, "open.pem"), nil, 0o600), os.Chmod(filepath.Join(dir, "open.pem"), 0o644)); err != nil { //nolint:gosec // it has to be refused
		t.Fatal(err)
	}
	writePair(t, filepath.Join(dir, "other"), "one.example")
	for _, test := range []struct {
		control, address, want string
	}{
		{"token_env: T", "127.0.0.1:0", ""},
		{"token_env: T", "localhost:0", ""},
		{"token_env: T", "0.0.0.0:0", "control.token_env is for this machine only"},
		{"token_env: T", ":0", "control.token_env is for this machine only"},
		{"behind_proxy: true", ":0", ""},
		{"longest: 31d", ":0", "others could read the tokens"},
		{"longest: 31d", "127.0.0.1:0", ""},
		{"tls: {certificate_file: DIR/cert.pem, key_file: DIR/key.pem}", ":0", ""},
		{"token_env: T, tls: {certificate_file: DIR/cert.pem, key_file: DIR/key.pem}", ":0", "control.token_env is for this machine only"},
		{"tls: {certificate_file: DIR/cert.pem, key_file: DIR/none.pem}", ":0", "name a file that is there"},
		{"tls: {certificate_file: DIR/none.pem, key_file: DIR/key.pem}", ":0", "control.tls: certificate_file: "},
		{"tls: {certificate_file: DIR/cert.pem, key_file: DIR/cert.pem}", "127.0.0.1:0", "control.tls: key_file: there is no private key"},
		{"tls: {certificate_file: DIR/key.pem, key_file: DIR/cert.pem}", "127.0.0.1:0", "control.tls: certificate_file holds a private key and no certificate"},
		{"tls: {certificate_file: DIR/none.txt, key_file: DIR/key.pem}", "127.0.0.1:0", "control.tls: certificate_file: there is no certificate as PEM"},
		{"tls: {certificate_file: DIR/other/cert.pem, key_file: DIR/key.pem}", "127.0.0.1:0", "is not that of the first certificate"},
		{"tls: {certificate_file: DIR/cert.pem, key_file: DIR/open.pem}", "127.0.0.1:0", "control.tls: key_file: DIR/open.pem has the mode"},
		{"token_env: T", "here", "want HOST:PORT"},
		{"token_env: T", busy.Addr().String(), "another program listens there, perhaps another graphlake serve: end it, or choose another port"},
		{"token_env: T", "192.0.2.1:0", "choose an address of this machine"},
	} {
		rest := ""
		if !strings.Contains(test.control, "token_env") {
			rest = ", tenant_id: 4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30, client_id: 0b4c1f7a-1111-4c08-8d6f-2f5a7c1e9b30, callers: [{name: p, client_id: 7d1c2a7e-2222-4c08-8d6f-2f5a7c1e9b30}]"
		}
		c, err := configOf(t, ofTenants+"control: {"+strings.ReplaceAll(test.control, "DIR", filepath.ToSlash(dir))+rest+"}\n")
		if err != nil {
			t.Fatal(err)
		}
		l, err := c.listenControl(t.Context(), test.address)
		if err == nil {
			l.Close()
		}
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), strings.ReplaceAll(test.want, "DIR", filepath.ToSlash(dir)))) {
			t.Errorf("%s at %s: %v, want %q", test.control, test.address, err, test.want)
		}
	}
}

// writePair writes a certificate for the names and its key, and gives the pool that trusts it.
func writePair(t *testing.T, dir string, names ...string) *x509.CertPool {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: names[0]}, DNSNames: names, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(certificate)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{"cert.pem": {Type: "CERTIFICATE", Bytes: certificate}, "key.pem": {Type: "PRIVATE KEY", Bytes: private}} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return pool
}

// A certificate that is renewed is shown without a new start, and half a renewal harms nothing.
func TestKeyPairIsReadAgain(t *testing.T) {
	dir := t.TempDir()
	writePair(t, dir, "old.example")
	var log bytes.Buffer
	pair := &keyPair{certificateFile: filepath.Join(dir, "cert.pem"), keyFile: filepath.Join(dir, "key.pem"), log: slog.New(slog.NewTextHandler(&log, nil))}
	shown := func() []string {
		t.Helper()
		pair.looked = time.Time{}
		got, err := pair.current(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		leaf, err := x509.ParseCertificate(got.Certificate[0])
		if err != nil {
			t.Fatal(err)
		}
		return leaf.DNSNames
	}
	if got := shown(); !slices.Equal(got, []string{"old.example"}) {
		t.Fatal(got)
	}
	old, err := os.ReadFile(pair.keyFile)
	if err != nil {
		t.Fatal(err)
	}
	later := time.Now().Add(time.Minute) // as clocks of file systems may be coarse
	touch := func(name string) {
		later = later.Add(time.Minute)
		if err := os.Chtimes(name, later, later); err != nil {
			t.Fatal(err)
		}
	}
	writePair(t, dir, "new.example")
	renewed, err := os.ReadFile(pair.keyFile)
	if err != nil {
		t.Fatal(err)
	}
	os.WriteFile(pair.keyFile, old, 0o600)
	touch(pair.keyFile)
	if got := shown(); !slices.Equal(got, []string{"old.example"}) {
		t.Errorf("after half a renewal %v is shown", got)
	}
	os.WriteFile(pair.keyFile, renewed, 0o600)
	touch(pair.keyFile)
	if got := shown(); !slices.Equal(got, []string{"new.example"}) {
		t.Errorf("after a renewal %v is shown", got)
	}
	os.Remove(pair.keyFile)
	if got := shown(); !slices.Equal(got, []string{"new.example"}) {
		t.Errorf("with a file that is gone %v is shown", got)
	}
	if n := strings.Count(log.String(), "the one before is shown still"); n != 2 {
		t.Errorf("the log says %s", &log)
	}
}

// What is listened at with TLS speaks it, of version 1.2 and above.
func TestListenControlSpeaksTLS(t *testing.T) {
	dir := t.TempDir()
	pool := writePair(t, dir, "graphlake.example")
	c := &config{Control: &controlConfig{TLS: &tlsConfig{CertificateFile: filepath.Join(dir, "cert.pem"), KeyFile: filepath.Join(dir, "key.pem")}}}
	l, err := c.listenControl(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.NotFoundHandler(), ReadHeaderTimeout: time.Second, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)}
	go server.Serve(l)
	defer server.Close()
	for version, works := range map[uint16]bool{tls.VersionTLS11: false, tls.VersionTLS12: true, tls.VersionTLS13: true} {
		client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS10, MaxVersion: version}, DisableKeepAlives: true}} //nolint:gosec // the old one has to be refused
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+l.Addr().String()+"/", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := client.Do(req)
		if err == nil {
			resp.Body.Close()
		}
		if (err == nil) != works {
			t.Errorf("version %x: %v", version, err)
		}
	}
}
