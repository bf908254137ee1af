// Package payload encrypts what Temporal keeps of a workflow: inputs, results, memos, counts of heartbeats, and the texts of
// failures. There is no record, token or text of a person in any of them, but names of tenants, datasets and days are, and
// whoever runs the server need not know these.
//
// Its nouns: a key is 32 bytes, which are drawn at random; a [Codec] writes with the first of its keys and reads with all.
// Ids and types of workflows and search attributes are not payloads, and stay as they are.
//
// Start at Options.
package payload
