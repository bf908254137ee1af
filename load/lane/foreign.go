package lane

import "graphlake/load/delta"

// ForeignError says that somebody else has made a Delta table of the lake into one that graphlake does not go on with. It says
// what mends that.
type ForeignError = delta.ForeignError
