package privacy

import (
	"crypto/sha256"
	"encoding/hex"
	"sync"

	"golang.org/x/crypto/scrypt"
)

// What one fingerprint costs: scrypt with 32 MiB of memory, three times over; about a quarter of a second of one
// processor. Whoever has a lake.json and guesses keys pays as much for each. docs/privacy.md has the same numbers. They
// are not to be changed, or no key is that of its lake any more.
const (
	scryptN, scryptR, scryptP = 1 << 15, 8, 3
	fingerprintBytes          = 8

	fingerprintSalt = "graphlake: the fingerprint of a key"
)

// fingerprints are those of keys that this process has met, by the keys' hashes.
var fingerprints sync.Map // of [sha256.Size]byte to func() string

// Fingerprint tells keys apart and gives none away; "" if there is none. It is computed once a process, and is safe for
// concurrent use.
func (k Key) Fingerprint() string {
	if len(k) == 0 {
		return ""
	}
	once, _ := fingerprints.LoadOrStore(sha256.Sum256(k), sync.OnceValue(func() string {
		sum, err := scrypt.Key(k, []byte(fingerprintSalt), scryptN, scryptR, scryptP, fingerprintBytes)
		if err != nil {
			panic(err) // of the parameters, which are constants
		}
		return hex.EncodeToString(sum)
	}))
	return once.(func() string)()
}
