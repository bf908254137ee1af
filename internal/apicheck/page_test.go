package main

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestExamplesOf(t *testing.T) {
	page := "text\n```sh\nask 2026-11-16\n\tand 2026-11-23\n```\n2026-11-16\n```yaml\n```\n```sh\nb\n```\n```python\nnever closed\n"
	got := examplesOf(page, time.Date(2027, 3, 3, 5, 0, 0, 0, time.UTC))
	want := map[string][]string{"sh": {"ask 2027-02-24\n\tand 2027-03-03\n", "b\n"}, "yaml": {""}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
