// Package webvttcheck lets a parser of WebVTT that others wrote, go-astisub, read what internal/webvtt reads: documents in the dialect that both understand, made at random
// from a seed, of which it is known what is in them. Where the two differ by design, a test says in what.
//
// It has only tests and is a module of its own, so that the product does not depend on that parser.
package webvttcheck
