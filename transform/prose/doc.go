// Package prose makes plain text of what people wrote in Teams, and counts what is in it.
//
// It reads HTML by the tokens of a real parser, so that no text is left out however tags are nested or
// left open, and knows the tags that Teams adds: at, attachment, emoji, codeblock,
// systemEventMessage. It knows no record.
package prose
