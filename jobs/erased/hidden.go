package erased

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/hex"
	"io"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"graphlake/load"
	"graphlake/transform/privacy"
)

// What the filter of records does not take apart, because no answer of Graph's is written so, a search looks into all the
// same: somebody's tool may have put it into a lake. It all goes by hashes.

const (
	windowBytes  = 64 << 10 // that are looked at as one text
	longestToken = 1 << 10  // between two bytes that can be in no key
	mostUnpacked = 1 << 20  // of what is packed within what is in base64
	mostDeep     = 2        // codings of bytes, one in the other
	shortestRun  = 22       // in base64: a GUID's bytes
	lineOfBase64 = 60       // characters of a line that is broken; mail breaks at 76, PEM at 64
)

func (l *look) has(key string) bool {
	return slices.ContainsFunc(l.people, func(set *privacy.People) bool { return set.Has(key) })
}

func (l *look) inText(text []byte) bool {
	return len(text) > 0 && slices.ContainsFunc(l.people, func(set *privacy.People) bool { return set.Text(string(text)) != string(text) })
}

// inBytes looks into bytes of a longer object, whose ends may be in the midst of something. Those that hold a text are
// looked at as one, too.
func (l *look) inBytes(b []byte, first, last, text bool) bool {
	for from := 0; from < len(b); from += windowBytes - load.Overlap {
		to := min(from+windowBytes, len(b))
		begins, ends := first && from == 0, last && to == len(b)
		if text && l.inText(entire(b[from:to], begins, ends)) || l.hidden(b[from:to], begins, ends, 0) {
			return true
		}
		if to == len(b) {
			break
		}
	}
	return false
}

// entire is what of some bytes is whole: from what can be in no key to what can be in none. The rest is whole in the bytes
// before or behind, which overlap these.
func entire(b []byte, begins, ends bool) []byte {
	if !begins {
		b = b[max(0, bytes.IndexFunc(b[:min(len(b), longestToken)], divides)):]
	}
	if !ends {
		tail := max(0, len(b)-longestToken)
		if i := bytes.LastIndexFunc(b[tail:], divides); i >= 0 {
			b = b[:tail+i]
		}
	}
	return b
}

func divides(r rune) bool { return r <= ' ' || strings.ContainsRune(`"<>,|`, r) }

// hidden looks for what a text does not show.
func (l *look) hidden(b []byte, begins, ends bool, deep int) bool {
	whole := entire(b, begins, ends)
	if l.digits(whole) || l.guests(whole) || l.inText(joined(whole)) || l.guids(b) {
		return true
	}
	if bytes.IndexByte(b, 0) >= 0 {
		for _, bigEndian := range []bool{false, true} {
			for from := range min(2, len(b)) {
				if l.inText(entire(fromUTF16(b[from:], bigEndian), begins, ends)) {
					return true
				}
			}
		}
	}
	return deep < mostDeep && l.inBase64(whole, deep)
}

// digits looks for ids in hexadecimal digits, whatever stands beside them.
func (l *look) digits(b []byte) bool {
	for i, run := 0, 0; i < len(b); i++ {
		if !isHex(b[i]) {
			run = 0
			continue
		}
		if run++; run < 32 {
			continue
		}
		if id := b[i-31 : i+1]; isVersion4(id[12], id[16]) && l.has(string(id)) {
			return true
		}
	}
	return false
}

func isHex(c byte) bool { return isDigit(c) || lower(c) >= 'a' && lower(c) <= 'f' }

// isVersion4 tells by two digits the ids that a directory makes from others (RFC 9562, 5.4).
func isVersion4(version, variant byte) bool {
	return version == '4' && strings.IndexByte("89ab", lower(variant)) >= 0
}

// guids looks for ids in binary.
func (l *look) guids(b []byte) bool {
	for i := 0; i+16 <= len(b); i++ {
		if b[i+8]&0xc0 != 0x80 {
			continue
		}
		id := b[i : i+16]
		if id[6]>>4 == 4 && l.has(hex.EncodeToString(id)) {
			return true
		}
		if id[7]>>4 == 4 {
			turned := append([]byte{id[3], id[2], id[1], id[0], id[5], id[4], id[7], id[6]}, id[8:]...)
			if l.has(hex.EncodeToString(turned)) {
				return true
			}
		}
	}
	return false
}

// guests looks for the names under which guests sign in: the address that they have elsewhere, with "_" for its "@".
func (l *look) guests(b []byte) bool {
	folded := bytes.ToLower(b)
	for _, mark := range []string{"#ext#", "%23ext%23", "_ext_"} {
		for from := 0; ; {
			i := bytes.Index(folded[from:], []byte(mark))
			if i < 0 {
				break
			}
			i += from
			from = i + len(mark)
			start := i
			for start > 0 && (isWord(folded[start-1]) || strings.IndexByte("._+-'", folded[start-1]) >= 0) {
				start--
			}
			name := string(folded[start:i])
			if at := strings.LastIndexByte(name, '_'); at > 0 && (l.has(name[:at]+"@"+name[at+1:]) || mark[0] == '_' && l.has(name)) {
				return true
			}
		}
	}
	return false
}

// joined are bytes without the ends of lines in base64; nil, if there is none.
func joined(b []byte) (text []byte) {
	at, run := 0, 0
	for i := 0; i < len(b); {
		n := 0
		for _, end := range []string{"\r\n", "\n", `\r\n`, `\n`} {
			if bytes.HasPrefix(b[i:], []byte(end)) {
				n = len(end)
				break
			}
		}
		switch {
		case n > 0 && run >= lineOfBase64 && i+n < len(b) && isBase64(b[i+n]):
			text = append(text, b[at:i]...)
			at, run = i+n, 0
			i += n
		case isBase64(b[i]):
			run++
			i++
		default:
			run = 0
			i++
		}
	}
	if text != nil {
		text = append(text, b[at:]...)
	}
	return text
}

func isBase64(c byte) bool {
	return c < utf8.RuneSelf && isWord(c) || strings.IndexByte("+/-_", c) >= 0
}

// fromUTF16 is the text that bytes are in UTF-16, with a blank for all that is in no alphabet before the punctuation.
func fromUTF16(b []byte, bigEndian bool) (text []byte) {
	const punctuation = 0x2000
	for i := 0; i+2 <= len(b); i += 2 {
		r := rune(b[i]) | rune(b[i+1])<<8
		if bigEndian {
			r = rune(b[i])<<8 | rune(b[i+1])
		}
		switch {
		case r >= ' ' && r < punctuation:
			text = utf8.AppendRune(text, r)
		case len(text) > 0 && text[len(text)-1] != '\n':
			text = append(text, '\n')
		}
	}
	return text
}

// inBase64 looks into the bytes that are in base64.
func (l *look) inBase64(b []byte, deep int) bool {
	for from := 0; from < len(b); {
		to := from
		for to < len(b) && isBase64(b[to]) {
			to++
		}
		if to-from >= shortestRun && l.inDecoded(b[from:to], deep) {
			return true
		}
		from = to + 1
	}
	return false
}

func (l *look) inDecoded(run []byte, deep int) bool {
	if len(run)%4 == 1 {
		run = run[:len(run)-1]
	}
	coding := base64.RawStdEncoding
	if bytes.ContainsAny(run, "-_") {
		coding = base64.RawURLEncoding
	}
	decoded, err := coding.AppendDecode(nil, run)
	if err != nil {
		return false
	}
	if bytes.HasPrefix(decoded, packed) {
		if r, err := gzip.NewReader(bytes.NewReader(decoded)); err == nil {
			decoded, _ = io.ReadAll(io.LimitReader(r, mostUnpacked)) // what is not whole is looked at as far as it is
			if l.inText(decoded) {
				return true
			}
		}
	}
	return l.hidden(decoded, true, true, deep+1)
}

var packed = []byte{0x1f, 0x8b, 8} // by which a member of gzip begins (RFC 1952, 2.3.1)

// unpacked looks into a member of gzip that begins at a place of an object, if one does.
func (l *look) unpacked(ctx context.Context, object load.Object, at int64) (bool, error) {
	r, err := gzip.NewReader(io.NewSectionReader(object, at, object.Info().Size-at))
	if err != nil {
		return false, nil //nolint:nilerr // it is none
	}
	r.Multistream(false) // the next one is a place of its own
	buffer := make([]byte, windowBytes)
	kept, first := 0, true
	for {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		n, err := io.ReadFull(r, buffer[kept:])
		b := buffer[:kept+n]
		if l.inBytes(b, first, err != nil, true) || l.patterns.in(b) {
			return true, nil
		}
		if err != nil {
			return false, nil //nolint:nilerr // its end, or it is none
		}
		kept, first = copy(buffer, b[len(b)-load.Overlap:]), false
	}
}

// members are where members of gzip may begin in some bytes.
func members(b []byte) (all []int) {
	for from := 0; ; {
		i := bytes.Index(b[from:], packed)
		if i < 0 {
			return all
		}
		all = append(all, from+i)
		from += i + 1
	}
}

// inName looks into the name of an object, and gives it without whom it names.
func (l *look) inName(name string) (without string, found bool) {
	const breaks = "/=-_. "
	without = name
	if _, ok := load.ParsePartition(name); ok {
		return name, false // it has a table, a tenant and a day
	}
	for from := 0; from < len(name); from++ {
		if from > 0 && strings.IndexByte(breaks, name[from-1]) < 0 {
			continue
		}
		for to := len(name); to > from; to-- {
			if to < len(name) && strings.IndexByte(breaks, name[to]) < 0 {
				continue
			}
			if key := name[from:to]; l.has(key) {
				without, found = strings.ReplaceAll(without, key, string(privacy.Erased)), true
			}
		}
	}
	text := without
	for _, set := range l.people {
		text = set.Text(text)
	}
	found = found || text != without
	without = text
	if l.patterns.in([]byte(without)) || l.hidden([]byte(without), true, true, 0) {
		return path.Join(path.Dir(path.Dir(without)), "…"), true
	}
	return without, found
}
