// Package audit says what is missing or wrong in a lake: it compares what the lake remembers with its partitions, each
// day's tables with what its raw partition gives, and, if it is asked to, raw with what Graph lists. It takes no lock and
// changes nothing.
//
// Its nouns: an [Auditor] is what an audit is made with; a [Finding] is something that is not as it should be, by its
// [FindingKind]. Start at Auditor.Audit, and then at dayAudit.examine, which goes from raw to what is made of it.
package audit
