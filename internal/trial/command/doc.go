// Package command runs the commands as their users do, each in a process of its own, and says what a
// run took. It knows their flags and reports, and nothing of what they do inside.
package command
