// Graphlake copies what happens in Microsoft Teams from Microsoft Graph into a data lake of typed,
// partitioned Parquet. See README.md, and "graphlake --help".
package main

import "graphlake/internal/cli"

func main() { cli.Main() }
