package graph

import "testing"

func TestCutAnnotation(t *testing.T) {
	for _, c := range []struct{ name, annotated, annotation string }{
		{"@odata.context", "", ContextAnnotation},
		{"s@odata.nextLink", "s", NextLinkAnnotation},
		{"s@ODATA.NEXTLINK", "s", NextLinkAnnotation},
		{"@NextLink", "", NextLinkAnnotation},
		{"s@count", "s", CountAnnotation},
		{"@odata.deltaLink", "", DeltaLinkAnnotation},
		{"a@odata.count@odata.nextLink", "a@odata.count", NextLinkAnnotation},
		{"nextLink", "nextLink", ""},
		{"s@odata.nextLinks", "s@odata.nextLinks", ""},
		{"@odata.odata.count", "@odata.odata.count", ""},
		{"@odata.", "@odata.", ""},
		{"", "", ""},
	} {
		if annotated, annotation := CutAnnotation([]byte(c.name)); string(annotated) != c.annotated || annotation != c.annotation {
			t.Errorf("CutAnnotation(%q) = %q, %q, want %q, %q", c.name, annotated, annotation, c.annotated, c.annotation)
		}
	}
}
