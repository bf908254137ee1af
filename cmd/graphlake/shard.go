package main

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
)

// completionIndex is where Kubernetes tells a pod of an Indexed Job which one it is.
const completionIndex = "JOB_COMPLETION_INDEX"

// shard is one of several shares of the tenants, counted from 0. The zero shard is all of them.
type shard struct{ index, of int }

// UnmarshalText reads I/N, or N alone, which leaves I to the environment.
func (s *shard) UnmarshalText(text []byte) error {
	index, of, both := strings.Cut(string(text), "/")
	if !both {
		if index, of = os.Getenv(completionIndex), index; index == "" {
			return fmt.Errorf("%q needs the share too, as 0/%s, or in the variable %s", text, text, completionIndex)
		}
	}
	i, err := strconv.Atoi(index)
	n, wrong := strconv.Atoi(of)
	if err != nil || wrong != nil || i < 0 || i >= n {
		return fmt.Errorf("%q: want a share and the number of shares, from 0/%s to the last", index+"/"+of, of)
	}
	*s = shard{i, n}
	return nil
}

func (s shard) String() string { return fmt.Sprintf("%d/%d", s.index, s.of) }

// tenants are those of the share. A tenant stays in its share as long as the number of shares does,
// because its id alone decides.
func (s shard) tenants(all []tenantConfig) []tenantConfig {
	if s.of == 0 {
		return all
	}
	return slices.DeleteFunc(slices.Clone(all), func(t tenantConfig) bool {
		sum := sha256.Sum256([]byte(t.TenantID))
		return binary.BigEndian.Uint64(sum[:])%uint64(s.of) != uint64(s.index)
	})
}
