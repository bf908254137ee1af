package schemas

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
)

// Fingerprint tells apart two definitions of a dataset's tables: by their names, keys and columns,
// where these come from or how they are computed, how they are stored and which of them somebody has written. Words for readers do not count. A table that was
// made by another definition is outdated, and a replay brings it up to date.
func (d Dataset) Fingerprint() string {
	sum := sha256.New()
	for _, t := range d.Tables {
		fmt.Fprintf(sum, "table %q %q %q %t\n", t.Name, t.Each, t.Key, t.Lenient)
		t.Computed.print(sum)
		for _, c := range t.Columns {
			fmt.Fprintf(sum, "column %q %q %q %v %t", c.Name, c.Path, c.Else, c.Type, t.Requires(c))
			if c.Written != 0 {
				fmt.Fprintf(sum, " %v", c.Written)
			}
			fmt.Fprintln(sum)
			c.Computed.print(sum)
		}
	}
	return hex.EncodeToString(sum.Sum(nil)[:8])
}

func (c Computation) print(to io.Writer) {
	if c != 0 {
		fmt.Fprintf(to, "computed %v %d\n", c, computations[c].edition)
	}
}
