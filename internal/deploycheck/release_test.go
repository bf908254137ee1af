package deploycheck

import (
	"debug/buildinfo"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// own is the module of graphlake as the engine's command names it, which is built beside it.
const own = "../.."

// released is a file of dist.
func released(name string) string { return filepath.Join("../../dist", name) }

// onThisMachine is a command as it is released for this machine.
func onThisMachine(command string) string { return released(command + "-linux-" + runtime.GOARCH) }

// commands are those that are released.
var commands = []string{"graphlake", engine}

// linked are the modules that a released command says it is made of, each as path@version.
func linked(t *testing.T, command string) (all []string) {
	t.Helper()
	info, err := buildinfo.ReadFile(onThisMachine(command))
	if err != nil {
		t.Fatalf("%v; make deploy-check builds it", err)
	}
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		all = append(all, m.Path+"@"+m.Version)
	}
	if len(all) == 0 {
		t.Fatal("the command says of no module that it is linked")
	}
	slices.Sort(all)
	return all
}

// The bill of materials of a command has every module that is linked, at its version, and Go's own library, and no other.
func TestBill(t *testing.T) {
	for _, command := range commands {
		t.Run(command, func(t *testing.T) { testBill(t, command) })
	}
}

func testBill(t *testing.T, command string) {
	text, err := os.ReadFile(onThisMachine(command) + ".cdx.json")
	if err != nil {
		t.Fatalf("%v; make deploy-check makes it", err)
	}
	var bill struct {
		BOMFormat  string
		Components []struct{ Name, Version string }
	}
	if err := json.Unmarshal(text, &bill); err != nil || bill.BOMFormat != "CycloneDX" {
		t.Fatalf("it is of the format %q, %v", bill.BOMFormat, err)
	}
	var listed []string
	own := 0
	for _, c := range bill.Components {
		if c.Name == "std" {
			own++
			continue
		}
		listed = append(listed, c.Name+"@"+c.Version)
	}
	slices.Sort(listed)
	if want := linked(t, command); !slices.Equal(listed, want) || own != 1 {
		t.Errorf("it lists %q and %d libraries of Go's own, linked are %q", listed, own, want)
	}
}

// The licence is the Apache License, whole, and the notices have every module that is linked.
func TestLicences(t *testing.T) {
	licence, err := os.ReadFile(released("LICENSE"))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"Apache License", "Version 2.0, January 2004", "3. Grant of Patent License.", "END OF TERMS AND CONDITIONS"} {
		if !strings.Contains(string(licence), part) {
			t.Errorf("the licence lacks %q", part)
		}
	}
	notices, err := os.ReadFile(released("THIRD_PARTY_NOTICES"))
	if err != nil {
		t.Fatal(err)
	}
	for _, command := range commands {
		for _, m := range linked(t, command) {
			path, _, _ := strings.Cut(m, "@")
			if path != own && !strings.Contains(string(notices), "\n"+path+",") {
				t.Errorf("%s: the notices do not name %s", command, path)
			}
		}
	}
}

// What cannot be searched for known vulnerabilities is skipped by name; what was found, and what went wrong otherwise, is not.
func TestVulncheck(t *testing.T) {
	for _, tt := range []struct {
		name, says string
		exit       string
		status     int
		skipped    bool
	}{
		{"nothing found", "No vulnerabilities found.", "0", 0, false},
		{"no way to the database", "govulncheck: fetching vulnerabilities: Get \"https://vuln.go.dev/index/modules.json.gz\": dial tcp: lookup vuln.go.dev: no such host", "1", 0, true},
		{"a proxy that refuses", "govulncheck: fetching vulnerabilities: Get \"https://vuln.go.dev/index/modules.json.gz\": Forbidden", "1", 0, true},
		{"something found", "Vulnerability #1: GO-2026-0001\n  timeout of a connection", "3", 3, false},
		{"code that does not build", "govulncheck: loading packages: undefined: x", "1", 1, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bin := t.TempDir()
			script := "#!/bin/sh\ncat <<'END'\n" + tt.says + "\nEND\nexit " + tt.exit + "\n"
			if err := os.WriteFile(filepath.Join(bin, "go"), []byte(script), 0o755); err != nil {
				t.Fatal(err)
			}
			cmd := exec.CommandContext(t.Context(), "sh", "internal/vulncheck.sh")
			cmd.Dir, cmd.Env = "../..", append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"))
			out, _ := cmd.CombinedOutput()
			if status := cmd.ProcessState.ExitCode(); status != tt.status {
				t.Errorf("it ends with %d, want %d\n%s", status, tt.status, out)
			}
			if skipped := strings.Contains(string(out), "vulncheck: skipped"); skipped != tt.skipped || !strings.Contains(string(out), tt.says) {
				t.Errorf("skipped: %t, want %t\n%s", skipped, tt.skipped, out)
			}
		})
	}
}
