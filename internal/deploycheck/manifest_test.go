package deploycheck

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer/json"
)

const deploy = "../../deploy"

// read is a file of deploy.
func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(deploy, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// cluster is what the manifests make of a cluster, by kind and name.
type cluster struct {
	configs     map[string]*corev1.ConfigMap
	accounts    map[string]*corev1.ServiceAccount
	cronJobs    map[string]*batchv1.CronJob
	deployments map[string]*appsv1.Deployment
	policies    map[string]*networkingv1.NetworkPolicy
}

// manifests decodes every document. As the cluster does when it is asked to be strict, it refuses kinds
// and fields that it does not know, and fields that are written twice.
func manifests(t *testing.T) cluster {
	t.Helper()
	files, err := filepath.Glob(deploy + "/kubernetes/*.yaml")
	if err != nil || len(files) != 6 {
		t.Fatalf("the manifests are %q, want six; %v", files, err)
	}
	known := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{appsv1.AddToScheme, batchv1.AddToScheme, corev1.AddToScheme, networkingv1.AddToScheme} {
		if err := add(known); err != nil {
			t.Fatal(err)
		}
	}
	strict := json.NewSerializerWithOptions(json.DefaultMetaFactory, known, known, json.SerializerOptions{Yaml: true, Strict: true})
	c := cluster{map[string]*corev1.ConfigMap{}, map[string]*corev1.ServiceAccount{}, map[string]*batchv1.CronJob{}, map[string]*appsv1.Deployment{}, map[string]*networkingv1.NetworkPolicy{}}
	for _, file := range files {
		text := read(t, "kubernetes/"+filepath.Base(file))
		for document := range strings.SplitSeq(text, "\n---\n") {
			object, _, err := strict.Decode([]byte(document), nil, nil)
			if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			c.add(t, object)
		}
	}
	return c
}

func (c cluster) add(t *testing.T, object runtime.Object) {
	t.Helper()
	switch o := object.(type) {
	case *corev1.ConfigMap:
		c.configs[o.Name] = o
	case *corev1.ServiceAccount:
		c.accounts[o.Name] = o
	case *batchv1.CronJob:
		c.cronJobs[o.Name] = o
	case *appsv1.Deployment:
		c.deployments[o.Name] = o
	case *networkingv1.NetworkPolicy:
		c.policies[o.Name] = o
	default:
		t.Fatalf("a %T: say what is promised of it", o)
	}
}

// pods are the templates of pods, by the name of what makes them.
func (c cluster) pods() map[string]corev1.PodTemplateSpec {
	pods := map[string]corev1.PodTemplateSpec{}
	for name, o := range c.cronJobs {
		pods[name] = o.Spec.JobTemplate.Spec.Template
	}
	for name, o := range c.deployments {
		pods[name] = o.Spec.Template
	}
	return pods
}
