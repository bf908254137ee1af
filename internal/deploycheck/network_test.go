package deploycheck

import (
	"net/netip"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// The policy holds for every pod: nobody reaches it, and it reaches names, and HTTPS outside of the cluster, but no
// metadata service, which would give it the identity of the node.
func TestNetworkPolicy(t *testing.T) {
	c := manifests(t)
	policy := c.policies["graphlake"]
	if policy == nil || len(c.policies) != 2 {
		t.Fatalf("the policies are %v, want one for all, and one for the engine", c.policies)
	}
	spec := policy.Spec
	for name, pod := range c.pods() {
		selector, err := metav1.LabelSelectorAsSelector(&spec.PodSelector)
		if err != nil || !selector.Matches(labels.Set(pod.Labels)) {
			t.Errorf("%s: the policy does not hold for it, %v", name, err)
		}
	}
	if want := []networkingv1.PolicyType{networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress}; !slices.Equal(spec.PolicyTypes, want) || len(spec.Ingress) != 0 {
		t.Errorf("the policy is of %v and lets in %v", spec.PolicyTypes, spec.Ingress)
	}
	for address, want := range map[string]bool{
		"20.190.128.1": true, "40.126.1.1": true, "10.0.0.1": false, "172.16.9.1": false, "192.168.1.1": false, "169.254.169.254": false,
		"168.63.129.16": true, // Azure's own resolver, on 443 nobody
	} {
		if got := reaches(spec, address, 443); got != want {
			t.Errorf("HTTPS at %s is let out: %t, want %t", address, got, want)
		}
		if reaches(spec, address, 80) || reaches(spec, address, 22) {
			t.Errorf("more than HTTPS at %s is let out", address)
		}
	}
	if !resolves(spec) {
		t.Error("names cannot be looked up")
	}
}

// reaches reports whether a policy lets TCP out to a port of an address.
func reaches(spec networkingv1.NetworkPolicySpec, address string, port int) bool {
	at := netip.MustParseAddr(address)
	for _, rule := range spec.Egress {
		for _, peer := range rule.To {
			if peer.IPBlock == nil || !netip.MustParsePrefix(peer.IPBlock.CIDR).Contains(at) || !opens(rule.Ports, corev1.ProtocolTCP, port) {
				continue
			}
			if !slices.ContainsFunc(peer.IPBlock.Except, func(e string) bool { return netip.MustParsePrefix(e).Contains(at) }) {
				return true
			}
		}
		if len(rule.To) == 0 { // everybody
			return true
		}
	}
	return false
}

// resolves reports whether a policy lets out to the cluster's resolver, and to nobody else on its port.
func resolves(spec networkingv1.NetworkPolicySpec) bool {
	found := false
	for _, rule := range spec.Egress {
		if !opens(rule.Ports, corev1.ProtocolUDP, 53) {
			continue
		}
		for _, peer := range rule.To {
			if peer.PodSelector == nil || peer.NamespaceSelector == nil || peer.PodSelector.MatchLabels["k8s-app"] != "kube-dns" {
				return false
			}
			found = true
		}
	}
	return found
}

func opens(ports []networkingv1.NetworkPolicyPort, protocol corev1.Protocol, port int) bool {
	return len(ports) == 0 || slices.ContainsFunc(ports, func(p networkingv1.NetworkPolicyPort) bool {
		return p.Protocol != nil && *p.Protocol == protocol && p.Port != nil && p.Port.IntValue() == port && p.EndPort == nil
	})
}

// The list of hosts has all that the pods' configuration names and what graphlake asks by default, and no other.
func TestEgressList(t *testing.T) {
	var listed []string
	for line := range strings.Lines(read(t, "kubernetes/egress.txt")) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			listed = append(listed, line)
		}
	}
	texts := manifests(t).configs["graphlake"].Data["graphlake.yaml"] + defaults(t)
	var asked []string
	for _, found := range regexp.MustCompile(`https://[^\s"]+`).FindAllString(texts, -1) {
		u, err := url.Parse(found)
		if err != nil {
			t.Fatal(err)
		}
		if u.Host != "ACCOUNT.blob.core.windows.net" { // as an example
			asked = append(asked, u.Host)
		}
	}
	slices.Sort(asked)
	slices.Sort(listed)
	if asked = slices.Compact(asked); !slices.Equal(listed, asked) {
		t.Errorf("listed are %q, asked %q", listed, asked)
	}
}

// defaults is the configuration that graphlake writes, which shows every default.
func defaults(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "graphlake.yaml")
	m := newMachine(t, "")
	out, err := exec.CommandContext(t.Context(), filepath.Join(m.root, "graphlake"), "--config", file, "init").CombinedOutput()
	if err != nil {
		t.Fatalf("graphlake init: %v\n%s", err, out)
	}
	written, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(written)
}
