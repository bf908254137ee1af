// Package cli is the command graphlake: its flags and subcommands, the configuration, credentials, logs and telemetry, what
// it prints, and its exit status. It knows no columns.
//
// Each subcommand is a file of that name. The configuration is read in config.go and what it opens in open.go; setup.go
// makes of both what runs are made with. Of the same an [Engine], in engine.go, is made for programs that run tenants by an
// engine of their own.
package cli
