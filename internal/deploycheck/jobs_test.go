package deploycheck

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
)

// deadline is the seconds that a night's run may take, all tries together. The next one begins after 86,400.
const deadline = 12 * 60 * 60

// A night has one run, which ends before the next one; what a retry cannot mend is not tried again, and what it can mend is.
func TestCronJobs(t *testing.T) {
	once := map[string]batchv1.PodFailurePolicyAction{
		"graphlake-nightly": batchv1.PodFailurePolicyActionFailJob,
		"graphlake-shards":  batchv1.PodFailurePolicyActionFailIndex,
	}
	c := manifests(t)
	jobs, config := c.cronJobs, c.configs["graphlake"].Data["graphlake.yaml"]
	if len(jobs) != len(once) {
		t.Errorf("%d jobs, want %d", len(jobs), len(once))
	}
	for name, want := range once {
		job := jobs[name].Spec
		if job.ConcurrencyPolicy != batchv1.ForbidConcurrent || job.TimeZone == nil || job.StartingDeadlineSeconds == nil {
			t.Errorf("%s: want one run at a time, at the time of a place, however late", name)
		}
		if most := job.JobTemplate.Spec.ActiveDeadlineSeconds; most == nil || *most != deadline {
			t.Errorf("%s: want a deadline of %d s: a run that hangs would be the last", name, deadline)
		}
		if want := fmt.Sprintf("schedule: %q\n    timezone: %s\n", job.Schedule, *job.TimeZone); !strings.Contains(config, want) {
			t.Errorf("%s: status would tell other times: graphlake.yaml has no %q", name, want)
		}
		spec := job.JobTemplate.Spec
		if spec.Template.Spec.RestartPolicy != corev1.RestartPolicyNever {
			t.Errorf("%s: restartPolicy %s, but a failure policy needs Never", name, spec.Template.Spec.RestartPolicy)
		}
		for status, action := range map[int32]batchv1.PodFailurePolicyAction{
			1: batchv1.PodFailurePolicyActionCount, 2: want, 3: want, 4: want, 75: batchv1.PodFailurePolicyActionCount,
		} {
			if got := after(spec, status); got != action {
				t.Errorf("%s: after exit status %d: %s, want %s", name, status, got, action)
			}
		}
	}
}

// after is what the job does when its container ends with status; to count a failure is the rest.
func after(spec batchv1.JobSpec, status int32) batchv1.PodFailurePolicyAction {
	for _, rule := range spec.PodFailurePolicy.Rules {
		codes := rule.OnExitCodes
		if codes != nil && *codes.ContainerName == spec.Template.Spec.Containers[0].Name &&
			codes.Operator == batchv1.PodFailurePolicyOnExitCodesOpIn && slices.Contains(codes.Values, status) {
			return rule.Action
		}
	}
	return batchv1.PodFailurePolicyActionCount
}

// There are as many pods as shares, all at once, and each knows its own.
func TestShards(t *testing.T) {
	spec := manifests(t).cronJobs["graphlake-shards"].Spec.JobTemplate.Spec
	if *spec.CompletionMode != batchv1.IndexedCompletion || spec.BackoffLimitPerIndex == nil || *spec.Completions != *spec.Parallelism {
		t.Errorf("mode %s, %d pods, %d at once", *spec.CompletionMode, *spec.Completions, *spec.Parallelism)
	}
	if args := spec.Template.Spec.Containers[0].Args; !slices.Contains(args, fmt.Sprintf("--shard=%d", *spec.Completions)) {
		t.Errorf("%d pods run %q", *spec.Completions, args)
	}
}

// Late data makes the pod not ready and never restarts it, and units under way may end.
func TestDeployment(t *testing.T) {
	spec := manifests(t).deployments["graphlake-schedule"].Spec
	if *spec.Replicas != 1 || spec.Strategy.Type != appsv1.RecreateDeploymentStrategyType {
		t.Errorf("%d pods, %s: two would wait for each other's locks", *spec.Replicas, spec.Strategy.Type)
	}
	for name, value := range spec.Selector.MatchLabels {
		if spec.Template.Labels[name] != value {
			t.Errorf("selector %s=%s, but the pods have %q", name, value, spec.Template.Labels[name])
		}
	}
	container := spec.Template.Spec.Containers[0]
	if probe := container.ReadinessProbe.HTTPGet; probe == nil || probe.Path != "/healthz" {
		t.Errorf("ready by %+v, want /healthz", container.ReadinessProbe.ProbeHandler)
	}
	if probe := container.LivenessProbe; probe.HTTPGet != nil || probe.TCPSocket == nil {
		t.Errorf("alive by %+v, want a connection and no more", probe.ProbeHandler)
	}
	port := container.Ports[0].ContainerPort
	if !slices.Contains(container.Args, fmt.Sprintf("--listen=:%d", port)) || !slices.Contains(container.Args, "--grace=1m") {
		t.Errorf("probes ask port %d and a unit has a minute, but the command is %q", port, container.Args)
	}
	if patience := time.Duration(*spec.Template.Spec.TerminationGracePeriodSeconds) * time.Second; patience <= time.Minute {
		t.Errorf("killed after %v, but --grace is a minute", patience)
	}
}
