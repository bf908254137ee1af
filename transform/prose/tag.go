package prose

import (
	"slices"
	"strings"
)

// longTag is how many bytes the start of an element has that is made shorter before the tokenizer reads it: that keeps the names of
// all attributes in a map, many times their bytes, and clears the map, as large as it ever was, at each tag that follows.
const longTag = 128

// startsTag reports whether a source begins with the start of an element.
func startsTag(source string) bool {
	return len(source) > 1 && source[0] == '<' && 'a' <= source[1]|0x20 && source[1]|0x20 <= 'z'
}

// isRaw reports whether what follows the start of an element is text in which nothing begins.
func isRaw(name string) bool {
	return slices.Contains([]string{"script", "style", "title", "textarea", "iframe", "noembed", "noframes", "noscript", "xmp", "plaintext"}, name)
}

// eachAttribute goes over the start of an element with which a source begins, as the tokenizer does, and gives its length in bytes, 0 if
// it has no end, that of the name in it, and whether the element has no content.
func eachAttribute(source string, visit func(key, attribute string)) (length, name int, closed bool) {
	name = 1 + endOf(source[1:], " \n\r\t\f/>")
	inValue := false // the last byte is one of a value without quotation marks
	for i := name; ; {
		i = skipSpace(source, i)
		if i == len(source) {
			return 0, name, false
		}
		if source[i] == '>' {
			return i + 1, name, source[i-1] == '/' && !inValue
		}
		key, attribute, next := nextAttribute(source[i:])
		visit(key, attribute)
		inValue = len(attribute) == next
		i += next
	}
}

// shortTag is the start of an element without the attributes that nobody reads.
func shortTag(source string) string {
	var b strings.Builder
	read := map[string]bool{}
	_, name, closed := eachAttribute(source, func(key, attribute string) {
		if name := strings.ToLower(key); !read[name] && slices.Contains([]string{"href", "alt", "itemtype"}, name) {
			read[name] = true
			b.WriteString(" " + attribute)
		}
	})
	end := ">"
	if closed {
		end = " />"
	}
	return source[:name] + b.String() + end
}

// nextAttribute is the attribute that a source begins with, its name, and where what follows begins.
func nextAttribute(source string) (key, attribute string, next int) {
	i := endOf(source, " \n\r\t\f/>=")
	if i == 0 && source[0] == '=' { // of a name
		i = 1 + endOf(source[1:], " \n\r\t\f/>=")
	}
	key = source[:i]
	at := skipSpace(source, i)
	if at == len(source) || source[at] != '=' {
		if at < len(source) && source[at] == '/' {
			at++
		}
		return key, key, at
	}
	at = skipSpace(source, at+1)
	switch {
	case at == len(source), source[at] == '>':
		return key, key, at
	case source[at] == '"', source[at] == '\'':
		at += 1 + endOf(source[at+1:], source[at:at+1])
		if at == len(source) {
			return key, key, at
		}
		return key, source[:at+1], at + 1
	}
	at += 1 + endOf(source[at+1:], " \n\r\t\f>")
	return key, source[:at], at
}

// endOf is where the first of some bytes is in a text, or its end.
func endOf(text, of string) int {
	if i := strings.IndexAny(text, of); i >= 0 {
		return i
	}
	return len(text)
}

func skipSpace(source string, i int) int {
	for i < len(source) && strings.IndexByte(" \n\r\t\f", source[i]) >= 0 {
		i++
	}
	return i
}
