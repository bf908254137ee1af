package main

import (
	"crypto/x509"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// Without certificates on the machine, the embedded ones are trusted.
func TestEmbeddedRoots(t *testing.T) {
	if os.Getenv("GRAPHLAKE_TEST_ROOTS") != "" {
		pool, err := x509.SystemCertPool()
		fmt.Println("no roots:", err, pool.Equal(x509.NewCertPool()))
		return
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestEmbeddedRoots$")
	cmd.Env = append(os.Environ(), "GRAPHLAKE_TEST_ROOTS=1", "SSL_CERT_FILE=/nowhere", "SSL_CERT_DIR=/nowhere")
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.HasPrefix(string(out), "no roots: <nil> false\n") {
		t.Errorf("a machine without certificates: %v\n%s", err, out)
	}
}
