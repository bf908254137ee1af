package transform

import (
	"testing"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"graphlake/schemas"
)

// A record without an id is known by what it says: not by how that is written, and not by what is said about it.
func TestDigest(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	plan, err := Compile([]schemas.Table{{Name: "rows", Key: []string{"row_id"}, Columns: []schemas.Column{
		{Name: "row_id", Type: schemas.Digest, Required: true}, {Name: "a", Path: "a.b", Type: schemas.String},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	b := plan.NewBuilder(mem)
	defer b.Release()
	alike := []string{
		`{"a":{"b":"x","c":[1,2.50]},"d":null}`,
		` { "d": null, "a": {"c": [1, 2.5], "b": "\u0078"} } `,
		`{"@odata.etag":"7","a":{"b":"x","c":[1,2.50]},"d":null,"@removed":{"reason":"gone"}}`,
	}
	others := []string{
		`{"a":{"b":"x","c":[2.50,1]},"d":null}`, `{"a":{"b":"x","c":[1,2.50]}}`, `{"a":{"b":"y","c":[1,2.50]},"d":null}`,
		`{"a":{"b":"x","c":[1,2.50],"@odata.type":"#t"},"d":null}`,
		`{"a":{"b":"x","c":[1,2.50]},"d":null,"@graphlake":{"parent":"u1"}}`, `{}`,
	}
	for _, text := range append(alike, others...) {
		if err := b.Append([]byte(text)); err != nil {
			t.Fatal(text, err)
		}
	}
	if err := b.Append([]byte(`{"a":`)); err == nil {
		t.Error("half a record has a digest")
	}
	batch := b.Flush()[0]
	defer batch.Release()
	column := batch.Column(0).(*array.String)
	seen := map[string]int{}
	for i := range column.Len() {
		if len(column.Value(i)) != 32 {
			t.Errorf("%d: %q is no digest", i, column.Value(i))
		}
		seen[column.Value(i)]++
	}
	if len(seen) != 1+len(others) || seen[column.Value(0)] != len(alike) {
		t.Errorf("%d digests, want %d: %v", len(seen), 1+len(others), seen)
	}
}
