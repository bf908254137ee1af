package privacy

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"hash"
)

// pseudonymBytes is how much of an HMAC a pseudonym keeps: enough to tell all people of all tenants apart.
const pseudonymBytes = 16

// hider makes pseudonyms with one key.
type hider struct {
	mac   hash.Hash
	sum   []byte
	known map[string][]byte // of values met lately: a record names the same people again and again
}

// mostKnown bounds the memory that is spent on not hashing again.
const mostKnown = 8192

func newHider(k Key) *hider {
	return &hider{mac: hmac.New(sha256.New, k), known: map[string][]byte{}}
}

// longestKnown bounds what is worth remembering: names, addresses and ids.
const longestKnown = 512

// pseudonym is that of a value, in hexadecimal digits: HMAC-SHA-256 of its normal form.
func (h *hider) pseudonym(value []byte) []byte {
	if p, ok := h.known[string(value)]; ok {
		return p
	}
	p := hex.AppendEncode(nil, h.hash(normalize(value))[:pseudonymBytes])
	if len(value) > longestKnown {
		return p
	}
	if len(h.known) == mostKnown {
		clear(h.known)
	}
	h.known[string(value)] = p
	return p
}

func (h *hider) hash(text []byte) []byte {
	h.mac.Reset()
	h.mac.Write(text)
	h.sum = h.mac.Sum(h.sum[:0])
	return h.sum
}
