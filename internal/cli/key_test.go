package cli

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestWeakKeys(t *testing.T) {
	const half = "\xd3\x1f\x9c\x02\x77\xe8\x45\xba\x61\x0d\xf4\x98\x2b\xc6\x5e\x83"
	counted := func(step byte) []byte {
		key := make([]byte, 32)
		for i := range key {
			key[i] = 7 + byte(i)*step
		}
		return key
	}
	inBase64 := func(key string) string { return base64.StdEncoding.EncodeToString([]byte(key)) }
	inHex := func(key string) string { return hex.EncodeToString([]byte(key)) }
	for name, text := range map[string]string{
		"zeros":                     inHex(strings.Repeat("\x00", 32)),
		"zeros in base64":           inBase64(strings.Repeat("\x00", 32)),
		"one letter":                inBase64(strings.Repeat("k", 32)),
		"two bytes":                 inHex(strings.Repeat("\x12\xf0", 20)),
		"half a key, twice":         inBase64(half + half),
		"half a key and zeros":      inBase64(half + strings.Repeat("\x00", 16)),
		"a part of it again":        inBase64(half + "\x01\x02\x04\x08\x10\x20\x40\x80\xff\xfe" + half[:6]),
		"counted":                   inHex(string(counted(1))),
		"counted backwards":         inBase64(string(counted(255))),
		"counted by seven":          inBase64(string(counted(7))),
		"digits in order":           strings.Repeat("0123456789abcdef", 4),
		"digits, twice each":        "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
		"a decimal number":          "3141592653589793238462643383279502884197169399375105820974944592",
		"a word of hexadecimal":     strings.Repeat("deadbeef", 8),
		"the alphabet":              "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
		"a sentence in base64":      inBase64("correct horse battery staple, four words"),
		"a sentence in hexadecimal": inHex("correct horse battery staple, four words"),
		"a foreign sentence":        inBase64("Der Schlüssel für das Pseudonym von Zoë"),
		"a sentence in UTF-16":      inBase64("c\x00o\x00r\x00r\x00e\x00c\x00t\x00 \x00h\x00o\x00r\x00s\x00e\x00 \x00b\x00a\x00t\x00t\x00e\x00r\x00y\x00"),
		"words":                     "correcthorsebatterystaplefivewordsforalakes=",
		"words in capitals":         "ThisIsMyVerySecretPassphraseForGraphlake2026",
		"words with signs":          "The+Quick+Brown+Fox+Jumps+Over+The+Lazy+Dog+",
		"German words":              "MeinSuperGeheimesPasswortFuerDenSeeDerDaten+",
		"a password, repeated":      "P4ssw0rdP4ssw0rdS3cr3tS3cr3tK3yK3yAdm1nAdm1n",
		"a keyboard":                "Qwertyuiop1asdfghjkl2zxcvbnm3QAZWSXedcRFVtgb",
		"words in base64 twice":     inBase64(inBase64("correct horse battery staple, four words")),
		"zeros, encoded twice":      inBase64(inHex(strings.Repeat("\x00", 32))),
	} {
		key := parseKey(text)
		if len(key) < keyBytes {
			t.Errorf("%s: %q is no key of %d bytes, so that it proves nothing", name, text, keyBytes)
			continue
		}
		if why := weakness(text, key); why == "" {
			t.Errorf("%s: %q is taken for a good key", name, text)
		}
	}
}

// Keys that were drawn at random are taken in every encoding, also one around the other.
func TestGoodKeys(t *testing.T) {
	random := rand.NewChaCha8([32]byte{}) // always the same: of some millions one is refused
	for _, length := range []int{32, 33, 48, 64, 100} {
		for range 300 {
			key := make([]byte, length)
			_, _ = random.Read(key)
			for _, text := range []string{
				hex.EncodeToString(key), strings.ToUpper(hex.EncodeToString(key)),
				base64.StdEncoding.EncodeToString(key), base64.RawStdEncoding.EncodeToString(key),
				base64.URLEncoding.EncodeToString(key), base64.RawURLEncoding.EncodeToString(key),
				base64.StdEncoding.EncodeToString([]byte(hex.EncodeToString(key) + "\n")),
				hex.EncodeToString([]byte(base64.StdEncoding.EncodeToString(key))),
			} {
				parsed := parseKey(text)
				if why := weakness(text, parsed); why != "" || len(parsed) < length || len(parsed) == length && !bytes.Equal(parsed, key) {
					t.Fatalf("%q is not taken: %s", text, why)
				}
			}
		}
	}
}

func FuzzWeakness(f *testing.F) {
	f.Add("correcthorse", []byte("battery"))
	f.Add("ÄöYz09+/", []byte{0, 1, 2})
	f.Fuzz(func(_ *testing.T, text string, key []byte) {
		_ = weakness(text, key)
		_ = weakness(text, parseKey(text))
	})
}
