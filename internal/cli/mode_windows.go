package cli

import "io/fs"

// modesHold says that a mode would promise what it does not keep.
const modesHold = false

// readUmask has none to read: who may do what is said by the directory in which something is made.
func readUmask() fs.FileMode { return 0 }
