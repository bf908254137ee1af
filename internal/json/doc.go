// Package json is the one machinery that reads and changes JSON text. It works on text that is in memory, and keeps
// to it: a value is a place in the text, and what is not changed stays byte for byte.
//
// Its nouns: a [Scanner] goes through a text, and its caller pulls the values it wants and passes over the rest,
// without an allocation. A [Value] is a place in the text and what kind of value is there. A [Trie] is paths into a
// value, which a caller follows while it scans, and [Order] finds the members that it knows. An [Edit] is a list of
// changes to a text, made at once. [Members], [Elements] and [Find] are for who wants one thing of a text.
//
// It promises that every byte is checked, also of what is passed over: a text is taken or refused
// exactly as encoding/json does, up to the same depth of nesting, and values read the same: a lone
// surrogate and each byte that is not UTF-8 become U+FFFD. An object may hold a name twice: a scanner and Members
// give both, and where one is wanted, the last counts. It knows no record and no column.
package json
