// Package json scans JSON text that is in memory: the caller pulls the values it wants and
// passes over the rest, without an allocation.
//
// It promises that every byte is checked, also of what is passed over: a text is taken or refused
// exactly as encoding/json does, up to the same depth of nesting, and values read the same: a lone
// surrogate and each byte that is not UTF-8 become U+FFFD. It says nothing about a name that an
// object holds twice; that is for its caller to see. It knows no record and no column.
package json
