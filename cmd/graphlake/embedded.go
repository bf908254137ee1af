package main

// What an empty container image lacks, used where the machine has none of its own: the time zones
// that jobs name, and the certificates by which Graph and Blob Storage are known.
import (
	_ "time/tzdata"

	_ "golang.org/x/crypto/x509roots/fallback"
)
