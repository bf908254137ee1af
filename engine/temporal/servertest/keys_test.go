package servertest

import (
	"slices"
	"strings"
	"syscall"
	"testing"

	"go.temporal.io/api/enums/v1"

	"graphlake/engine/temporal/internal/tenants"
	"graphlake/engine/temporal/payload"
)

// A worker that lacks the key of what is under way fails nothing, and says so. One that has the key goes on, and writes with another.
func TestKeys(t *testing.T) {
	t.Parallel()
	const old, next = "zlLGhFx1yGnSXyfIBgWgWtAQ4ytQ2WGzJ9XTzrVEQLs=", "Tm8gb25lIGhhcyBldmVyIHVzZWQgdGhpcyBrZXkgISE="
	r := newRig(t, setup{tenants: tenants.Make(3, options), key: old, others: []string{next}})
	want := r.runJob()
	reached := r.stuck("keys-1", 20)
	first := r.start("keys-1")
	w := r.night()
	r.until("the 20th request", reached)
	first.kill()
	environment := r.environment
	r.environment = append(slices.Clone(environment), payload.KeyVariable+"="+next)
	lost := r.start("keys-lost")
	failed := func(p past) bool {
		for _, e := range p.events {
			if e.GetEventType() == enums.EVENT_TYPE_WORKFLOW_TASK_FAILED {
				return true
			}
		}
		return false
	}
	r.wait("a workflow task of each tenant has failed", func() bool {
		n := 0
		for _, p := range r.pasts() {
			if p.workflow == "TenantDay" && failed(p) {
				n++
			}
		}
		return n == len(r.graph.Tenants)
	})
	if n := r.count("ExecutionStatus = 'Running'"); n != 1+len(r.graph.Tenants) {
		t.Errorf("%d workflows are under way", n)
	}
	lost.end(syscall.SIGTERM)
	if !strings.Contains(lost.complaints(), payload.OldKeysVariable) {
		t.Error("the worker does not say which key it lacks")
	}
	r.environment = append(slices.Clone(environment), payload.KeyVariable+"="+next, payload.OldKeysVariable+"="+old)
	r.start("keys-both")
	r.done(w)
	r.check(want)
}
