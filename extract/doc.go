// Package extract turns a dataset and a range into records, as Graph has them now.
//
// It splits a range into the windows that Graph accepts, lists them page by page, reads by its id
// what is only listed, and follows every child collection that an answer cut off. It promises that a
// record is whole, however large, and otherwise as Graph sent it; that the first error ends a
// reading, so that part of a range is never taken for the range; and that a reading holds few records
// at a time and leaves nothing running behind. What a delta query yields are changes, which [Apply]
// makes records of.
//
// It knows from a dataset how its source is asked. It does not know any dataset by name, what the
// columns are, nor what becomes of a record.
package extract
