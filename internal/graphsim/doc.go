// Package graphsim is a simulated Microsoft 365 tenant that answers like Microsoft Graph: call
// records, PSTN and Direct Routing logs, users, groups, teams, presence, mailbox settings, calendars, chats,
// the messages of chats and channels, and transcripts and recordings of meetings and calls, behind an http.Handler.
//
// The same options give the same tenant, byte for byte, at the same instant. Nothing is stored: every
// record is made from (seed, day, index) and the time now when it is asked for, so a million calls cost
// no memory; only who was invited to the calls of a day, and whose were transcribed, is remembered, once that was asked for. As
// on Graph, calls get later versions, the directory changes, events are moved, and messages are edited,
// deleted and reacted to: a second night finds other records than the first. What Graph refuses is refused
// with Graph's status and error body, because a simulator that is lenient hides mistakes.
//
// What it knows of Graph it knows from Microsoft's documentation and metadata. It imports nothing of
// ours: the other side proves nothing once it learns from the code that it tests. What exists on Graph
// and is not simulated is answered with 501 and says so; a [Fixture] answers a path with recorded pages. It throttles
// as published, at Options.Rate times the speed, and fails in the ways of Options.Faults, of which none changes what a
// careful client ends up with.
//
// What happens in it is as in life, and told: Truth counts the rows of all tables, [Tenant.Facts] has what became of every leg, call,
// queue journey, stream, bill and message, as it was drawn. How calls end is in outcome.go, menus and queues in queue.go, calls that
// are returned or tried again in returns.go, Direct Routing in trunk.go, calling plans in pstn.go, networks and streams in quality.go.
// Three stories are in every week: a trunk fails on Thursday afternoon, a queue drowns on Monday morning, and a department writes at
// night. One in ten users never does anything, others are on leave, shared mailboxes, or gone.
//
// Some meetings and calls between people were transcribed, recorded or both: captures.go. What was said is drawn (speech.go) and then
// written down in the three forms that Graph has (documents.go); every utterance has a word that begins with [SpokenMarker]. Few transcripts each are
// in the traps that are known: the list names one before there is content, or though there never is any; content goes after weeks, or is empty, or
// {}, or a header alone; metadataContent is missing where content is there. Documents begin with a BOM, end lines in other ways, and have notes,
// styles, identifiers that repeat, settings, no hours, parts of one digit, negative offsets, cues that overlap, stand in another order, end before they begin,
// hold two voices, or text that is no JSON; speakers are nobody, or have names with &, <, quotes and in other scripts. Tuesday's assembly has 20,000
// cues. Some do not say of which call they are, or when they ended. Options.TranscriptsOff, NoAttribution and NoPolicy shut the gates
// of a tenant. Who leaves soon, and guests, have no captures.
//
// Its nouns: a collection is what is answered at a path, with its roles, its price and its pages; rows are its
// entities at an instant, each at a place that stays; an entity is a JSON object as a value. collections.go has them
// all in one table, engine.go reads a request and serves it, and the files that are named after things in a tenant make
// the entities. A new collection is a line of the table and a function that makes its rows: $select, $filter, paging,
// $count, delta, throttling, faults and sicknesses are the engine's.
package graphsim
