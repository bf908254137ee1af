package deploycheck

import (
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

// A namespace that enforces the restricted policy takes every pod.
func TestRestricted(t *testing.T) {
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		t.Fatal(err)
	}
	restricted := api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}
	for name, pod := range manifests(t).pods() {
		for _, result := range evaluator.EvaluatePod(restricted, &pod.ObjectMeta, &pod.Spec) {
			if !result.Allowed {
				t.Errorf("%s: %s: %s", name, result.ForbiddenReason, result.ForbiddenDetail)
			}
		}
	}
}

// What the policy does not ask: nothing on the disk but a scratch directory, a bounded size, an image that
// stays what it is, no way to the cluster's API.
func TestPods(t *testing.T) {
	pods := manifests(t).pods()
	if len(pods) != 4 {
		t.Fatalf("%d kinds of pods, want 4", len(pods))
	}
	for name, pod := range pods {
		if len(pod.Spec.Containers) != 1 || len(pod.Spec.InitContainers) != 0 {
			t.Fatalf("%s: want one container", name)
		}
		c := pod.Spec.Containers[0]
		if c.SecurityContext.ReadOnlyRootFilesystem == nil || !*c.SecurityContext.ReadOnlyRootFilesystem {
			t.Errorf("%s: the root file system can be written", name)
		}
		if _, tag, ok := strings.Cut(c.Image, ":"); !ok || tag == "latest" {
			t.Errorf("%s: image %s has no version", name, c.Image)
		}
		if c.Resources.Limits.Memory().IsZero() || c.Resources.Requests.Memory().IsZero() || c.Resources.Requests.Cpu().IsZero() {
			t.Errorf("%s: resources %v, want requests and a limit of memory", name, c.Resources)
		}
		if pod.Spec.AutomountServiceAccountToken == nil || *pod.Spec.AutomountServiceAccountToken {
			t.Errorf("%s: holds a token for the cluster's API", name)
		}
		if user := *pod.Spec.SecurityContext.RunAsUser; user != imageUser {
			t.Errorf("%s: user %d, but the image's is %d", name, user, imageUser)
		}
		if got := writable(pod.Spec); !slices.Equal(got, []string{"/tmp"}) {
			t.Errorf("%s: can be written: %q, want /tmp", name, got)
		}
	}
}

// Every pod names what there is: the account with its application, the configuration, the variable with
// the key.
func TestReferences(t *testing.T) {
	c := manifests(t)
	for name, pod := range c.pods() {
		account := c.accounts[pod.Spec.ServiceAccountName]
		if account == nil || account.Annotations["azure.workload.identity/client-id"] == "" || pod.Labels["azure.workload.identity/use"] != "true" {
			t.Errorf("%s: account %q signs in nowhere", name, pod.Spec.ServiceAccountName)
		}
		container := pod.Spec.Containers[0]
		environment := secretsOf(container)
		if commandOf(container.Image) == engine { // the rest, engine_test.go says
			environment = slices.DeleteFunc(environment, func(e string) bool { return strings.HasSuffix(e, " of graphlake-temporal") })
		} else if len(container.Env) != 1 {
			t.Errorf("%s: environment %v, want one secret", name, container.Env)
		}
		if !slices.Equal(environment, []string{"GRAPHLAKE_PSEUDONYM_KEY of graphlake"}) {
			t.Errorf("%s: secrets %q, want the pseudonyms' key", name, environment)
		}
		config, ok := mounted(pod.Spec, "/etc/graphlake")
		if !ok || config.ConfigMap == nil || c.configs[config.ConfigMap.Name].Data["graphlake.yaml"] == "" {
			t.Errorf("%s: no configuration in /etc/graphlake", name)
		}
	}
}

// secretsOf are the variables that come from secrets, each with the secret.
func secretsOf(c corev1.Container) (all []string) {
	for _, e := range c.Env {
		if e.ValueFrom != nil && e.ValueFrom.SecretKeyRef != nil {
			all = append(all, e.Name+" of "+e.ValueFrom.SecretKeyRef.Name)
		}
	}
	return all
}

// writable are the paths of the volumes that the container may write.
func writable(spec corev1.PodSpec) []string {
	var paths []string
	for _, m := range spec.Containers[0].VolumeMounts {
		if v, _ := mounted(spec, m.MountPath); !m.ReadOnly && v.EmptyDir != nil && v.EmptyDir.SizeLimit != nil {
			paths = append(paths, m.MountPath)
		}
	}
	return paths
}

// mounted is the volume at a path of the container.
func mounted(spec corev1.PodSpec, path string) (corev1.Volume, bool) {
	for _, m := range spec.Containers[0].VolumeMounts {
		i := slices.IndexFunc(spec.Volumes, func(v corev1.Volume) bool { return v.Name == m.Name })
		if m.MountPath == path && i >= 0 {
			return spec.Volumes[i], true
		}
	}
	return corev1.Volume{}, false
}
