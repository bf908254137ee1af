// Package extract turns a dataset and a range into records, as Graph has them now.
//
// A source may be a list of records, a list of records that are read by their ids, a list for each of many
// parents, which may have parents themselves, or the changes of a delta query, which [Apply] makes records of.
// A [Reading] splits its range into the windows that Graph accepts, lists them page by page, and follows every
// child collection that an answer cut off.
//
// It promises:
//
//   - A record is whole, however large, and otherwise as Graph sent it. A collection that has fewer elements
//     than Graph counts is not whole.
//   - What was asked for is handed on, or counted ([Reading.Counts]), or told of ([Reading.Behind]). Whatever
//     one parent or one record answers steadily is its own: it is behind, and the others are read.
//   - An error of [Reading.Records] means that the range, or the delta, is not read. What ends a reading is a
//     list of the range or of all parents that fails, and what is nobody's own: there is no token, many in a
//     row fail alike, the first are all forbidden, no parent answers, or the context ends.
//   - A reading holds few records at a time, though all its parents' ids, and leaves nothing running behind.
//
// A record may be handed on more than once, and one that has moved lies anywhere: whoever keeps records merges
// them by their key.
//
// It knows from a dataset how its source is asked. It does not know any dataset by name, what the columns are,
// nor what becomes of a record. Start reading at [Read] and [Reading.Records]; behind.go says who is behind.
package extract
