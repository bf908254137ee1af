package schemas

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// Fingerprint tells apart two definitions of a dataset's tables: by their names, keys and columns,
// where these come from and how they are stored. Words for readers do not count. A table that was
// made by another definition is outdated, and a replay brings it up to date.
func (d Dataset) Fingerprint() string {
	sum := sha256.New()
	for _, t := range d.Tables {
		fmt.Fprintf(sum, "table %q %q %q %t\n", t.Name, t.Each, t.Key, t.Lenient)
		for _, c := range t.Columns {
			fmt.Fprintf(sum, "column %q %q %q %v %t\n", c.Name, c.Path, c.Else, c.Type, t.Requires(c))
		}
	}
	return hex.EncodeToString(sum.Sum(nil)[:8])
}
