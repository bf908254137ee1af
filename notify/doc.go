// Package notify tells somebody what is not as it should be: a command of theirs, or a receiver of HTTP.
//
// A [Problem] is one thing that is wrong, of one tenant's dataset: it is late, it failed, it was refused, or Graph has forgotten some of
// it; or of one tenant: its person is signed out. Who looks, after a run or by the clock, hands over what was [Found]. Each target is told a problem once a day for as long as it is
// there, and once that it is gone. What was told is kept in the lake, so that a restart, or a second process, tells nothing twice.
//
// A [Message] has kinds of errors, names of the configuration and numbers: no words of anybody, nothing of people, and no secret.
// Whatever becomes of it changes nothing else: a target that cannot be reached is logged, and told at the next occasion.
//
// Start at told.go, which decides what is told; notify.go does it, and send.go knows how.
package notify
