package graph

import "testing"

func TestCutAnnotation(t *testing.T) {
	for _, c := range []struct{ name, annotated, annotation string }{
		{"@odata.context", "", contextAnnotation},
		{"s@odata.nextLink", "s", nextLinkAnnotation},
		{"s@ODATA.NEXTLINK", "s", nextLinkAnnotation},
		{"@NextLink", "", nextLinkAnnotation},
		{"s@count", "s", countAnnotation},
		{"@odata.deltaLink", "", deltaLinkAnnotation},
		{"a@odata.count@odata.nextLink", "a@odata.count", nextLinkAnnotation},
		{"nextLink", "nextLink", ""},
		{"s@odata.nextLinks", "s@odata.nextLinks", ""},
		{"@odata.odata.count", "@odata.odata.count", ""},
		{"@odata.", "@odata.", ""},
		{"", "", ""},
	} {
		if annotated, annotation := cutAnnotation([]byte(c.name)); string(annotated) != c.annotated || annotation != c.annotation {
			t.Errorf("cutAnnotation(%q) = %q, %q, want %q, %q", c.name, annotated, annotation, c.annotated, c.annotation)
		}
	}
}
