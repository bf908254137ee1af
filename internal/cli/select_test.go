package cli

import (
	"fmt"
	"maps"
	"slices"
	"testing"
)

// Every tenant is in one share, none is much larger than the others, and what lies where stays so.
func TestShards(t *testing.T) {
	var all []tenantConfig
	for i := range 800 {
		all = append(all, tenantConfig{Name: fmt.Sprint(i), TenantID: fmt.Sprintf("4f1c2a7e-93b5-4c08-8d6f-%012d", i)})
	}
	seen := map[string]int{}
	for i := range 8 {
		share := shard{i, 8}.tenants(all)
		for _, t := range share {
			seen[t.Name]++
		}
		if len(share) < 70 || len(share) > 130 {
			t.Errorf("share %d has %d of 800 tenants", i, len(share))
		}
	}
	if len(seen) != 800 || slices.Max(slices.Collect(maps.Values(seen))) != 1 {
		t.Errorf("%d of 800 tenants are in a share, one %d times", len(seen), slices.Max(slices.Collect(maps.Values(seen))))
	}
	if whole := (shard{}).tenants(all); len(whole) != 800 {
		t.Errorf("without shares there are %d of 800 tenants", len(whole))
	}
	// echo -n 4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30 | sha256sum, its first 16 digits modulo 8
	if demo := []tenantConfig{{TenantID: "4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30"}}; len(shard{0, 8}.tenants(demo)) != 1 {
		t.Error("the tenant of the demo is in another share than it was")
	}
}

func TestParseShard(t *testing.T) {
	for _, c := range []struct{ text, index, want string }{
		{"3/8", "", "3/8"},
		{"0/1", "5", "0/1"},
		{"8", "3", "3/8"},
		{"8", "", ""},
		{"8", "8", ""},
		{"8/8", "", ""},
		{"-1/8", "", ""},
		{"0/0", "", ""},
		{"a/b", "", ""},
		{"1/2/3", "", ""},
		{"", "1", ""},
	} {
		t.Setenv(completionIndex, c.index)
		var s shard
		err := s.UnmarshalText([]byte(c.text))
		if got := s.String(); err == nil && got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%q with %q: %s (%v), want %q", c.text, c.index, got, err, c.want)
		}
	}
}
