package extract_test

import (
	"fmt"
	"strings"
	"testing"

	"graphlake/extract"
	"graphlake/extract/graph"
)

// Single parents may call a request wrong; if many do, it is, and the others are no excuse.
func TestRejectedParents(t *testing.T) {
	for _, c := range []struct {
		wrong, all int
		fails      bool
	}{{10, 20, false}, {11, 20, true}, {11, 1100, false}, {12, 1100, true}} {
		client, _ := serve(t, func(uri string) string {
			if uri == "/v1.0/hosts?$select=id" {
				var ids []string
				for i := range c.all {
					ids = append(ids, fmt.Sprintf(`{"id":"h%d"}`, i))
				}
				return `{"value":[` + strings.Join(ids, ",") + `]}`
			}
			var i int
			if fmt.Sscanf(uri, "/v1.0/hosts/h%d/", &i); i < c.wrong {
				return "400 BadRequest"
			}
			return `{"value":[]}`
		})
		reading := extract.Read(client, guests(), march1, extract.Options{})
		_, err := collect(t, reading)
		if fails := graph.KindOf(err) == graph.Rejected; fails != c.fails || err == nil && len(reading.Behind()) != c.wrong {
			t.Errorf("%d of %d: %v, %d behind", c.wrong, c.all, err, len(reading.Behind()))
		}
	}
}
