package cli

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// keyBytes is how long a key has to be at least, and makeKey is what makes one.
const (
	keyBytes = 32
	makeKey  = "openssl rand -base64 32"
)

// readKey reads the key that the variable of that name has, which is refused if it is too short or can be guessed.
func readKey(name, text string) ([]byte, error) {
	key := parseKey(text)
	if len(key) < keyBytes {
		return nil, fmt.Errorf("%s holds no key of at least %d bytes in base64 or hexadecimal digits; make one with: %s", name, keyBytes, makeKey)
	}
	if why := weakness(text, key); why != "" {
		return nil, fmt.Errorf("%s holds a key that can be guessed: %s; make one with: %s", name, why, makeKey)
	}
	return key, nil
}

// parseKey reads hexadecimal digits or base64, and nothing else: a sentence can be guessed, and with it
// every name whose pseudonym is known.
func parseKey(text string) []byte {
	if key, err := hex.DecodeString(text); err == nil {
		return key
	}
	for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
		if key, err := encoding.Strict().DecodeString(text); err == nil {
			return key
		}
	}
	return nil
}

// weakness says why a key can be guessed, given as it is written and as the bytes that it stands for; it is empty for
// one that was drawn at random. Each of its reasons is met by less than one of a million keys that were: whoever meets
// it with one draws another.
func weakness(text string, key []byte) string {
	if utf8.Valid(key) && !bytes.ContainsFunc(key, isUnprintable) {
		within := strings.TrimSpace(string(key)) // a key may have been encoded twice
		if inner := parseKey(within); len(inner) >= keyBytes {
			return weakness(within, inner)
		}
		return "it is a text, in another encoding"
	}
	digits, _ := hex.DecodeString(text)
	steady := 7
	if len(digits) > 0 { // there are few, so more of them go on alike by chance
		steady = 9
	}
	switch {
	case differentOf(key) < leastDifferent || mostOfOne(key)*4 >= len(key):
		return "it has few different bytes"
	case repeats(key, 5):
		return "a part of it is there again"
	case progresses(key, 6) || progresses([]byte(text), steady):
		return "it counts up or down, or stands still"
	case strings.Trim(text, "0123456789") == "":
		return "it is a decimal number"
	case len(digits) > 0: // of which no words are made
		return ""
	case repeats([]byte(text), 6):
		return "a part of it is there again"
	case slices.ContainsFunc(keyboardRows, func(row string) bool { return strings.Contains(strings.ToLower(text), row) }):
		return "it is a row of a keyboard"
	case wordiness(text) > leastWordiness:
		return "it is made of words"
	}
	return ""
}

func isUnprintable(r rune) bool { return !unicode.IsPrint(r) && !unicode.IsSpace(r) }

// leastDifferent is how many different bytes there are in 32 drawn at random, but for one of a million draws and more.
const leastDifferent = 20

func differentOf(key []byte) int {
	sorted := slices.Sorted(slices.Values(key))
	return len(slices.Compact(sorted))
}

// mostOfOne is how often the byte is there that is there most.
func mostOfOne(key []byte) (most int) {
	var counts [256]int
	for _, b := range key {
		counts[b]++
		most = max(most, counts[b])
	}
	return most
}

// repeats reports whether a part of a length is there twice.
func repeats(key []byte, length int) bool {
	seen := map[string]bool{}
	for i := range len(key) - length + 1 {
		// Of parts that overlap each is seen: "aaaaaaa" repeats.
		part := string(key[i : i+length])
		if seen[part] {
			return true
		}
		seen[part] = true
	}
	return false
}

// progresses reports whether as many bytes in a row differ by the same.
func progresses(key []byte, length int) bool {
	steady := 2
	for i := 2; i < len(key); i++ {
		if key[i]-key[i-1] != key[i-1]-key[i-2] {
			steady = 1
		}
		if steady++; steady >= length {
			return true
		}
	}
	return false
}

// keyboardRows are the beginnings of rows.
var keyboardRows = []string{"qwerty", "qwertz", "azerty", "asdfgh", "zxcvbn", "yxcvbn", "qsdfgh", "qazwsx"}

// leastWordiness parts words, which reach 15 and more over the length of a key, from letters drawn at random, which
// have -44 in the mean, with a deviation of 11.
const leastWordiness = 14

// wordiness is how much likelier a text is as words than as base64 of random bytes, as a logarithm to the base of 2:
// by the letters that follow each other in words, by letters that keep their case, and by its digits.
func wordiness(text string) float64 {
	const digitCosts, caseGains, caseCosts = 1.5, 0.5, 1
	score, last := 0.0, rune(0)
	for _, r := range text {
		letter := r
		if isDigit(r) {
			score -= digitCosts
			letter = []rune("oi eas tb ")[r-'0'] // as which digits are put in words
		}
		switch {
		case !isLetter(letter):
			letter = 0 // which begins another word
		case isLetter(last):
			score += float64(letterPairs[lowerIndex(last)*26+lowerIndex(letter)]) - '5'
			if letter != r {
				break
			}
			if unicode.IsUpper(letter) == unicode.IsUpper(last) {
				score += caseGains
			} else {
				score -= caseCosts
			}
		}
		last = letter
	}
	return score
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

func isLetter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }

func lowerIndex(letter rune) int { return int(unicode.ToLower(letter) - 'a') }

// letterPairs has for each letter, a line each, how much likelier than by chance each letter follows it in texts of
// programs and their licences: a logarithm to the base of 2, above 5.
const letterPairs = "" +
	"35652352514757250767443242" + // a
	"64547343652743641564622252" + // b
	"62537326516643741546522131" + // c
	"64558443733544641565533231" + // d
	"54664543422556353776344531" + // e
	"63446632722643741656623241" + // f
	"64547445622555651665533222" + // g
	"73447333723444741556523132" + // h
	"55655451212658640566241304" + // i
	"74557443634444753464635333" + // j
	"64558454633544542565534232" + // k
	"63457432712633641455532151" + // l
	"75447332612453661354522131" + // m
	"63666473623444541367443131" + // n
	"44553442424667550755645321" + // o
	"73447334513633661756522150" + // p
	"44444444443644443554944333" + // q
	"63557443614454641566433141" + // r
	"54647445623544552467534241" + // s
	"63547436722443640665423251" + // t
	"55556441513667350767221313" + // u
	"73438343722443532443323232" + // v
	"73546436723445642664334232" + // w
	"64657544633454473457333443" + // x
	"65655554533555572566444223" + // y
	"74448445634554543454534345" // z
