package main

import (
	"context"
	"errors"
	"log/slog"

	"go.temporal.io/sdk/temporal"

	"graphlake/internal/foreign"
)

// withKinds is a log for Temporal's SDK, which logs every error of an activity: of errors it has the kind, of those of others
// the text with what is personal or secret cut out. What an error of Graph or of the lake says, the product has logged.
func withKinds(log *slog.Logger) *slog.Logger { return slog.New(kinds{log.Handler()}) }

type kinds struct{ slog.Handler }

func (k kinds) Handle(ctx context.Context, line slog.Record) error {
	shown := slog.NewRecord(line.Time, line.Level, line.Message, line.PC)
	line.Attrs(func(a slog.Attr) bool {
		shown.AddAttrs(withKind(a))
		return true
	})
	return k.Handler.Handle(ctx, shown)
}

func (k kinds) WithAttrs(attrs []slog.Attr) slog.Handler {
	shown := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		shown[i] = withKind(a)
	}
	return kinds{k.Handler.WithAttrs(shown)}
}

func (k kinds) WithGroup(name string) slog.Handler { return kinds{k.Handler.WithGroup(name)} }

// withKind is an attribute whose error is its kind. Texts under these names are errors, too.
func withKind(a slog.Attr) slog.Attr {
	switch value := a.Value.Any().(type) {
	case error:
		a.Value = slog.StringValue(kindOf(value))
	case string:
		if a.Key == "Error" || a.Key == "PanicError" {
			a.Value = slog.StringValue(foreign.New(value).String())
		}
	}
	return a
}

// kindOf is what may be said of an error.
func kindOf(err error) string {
	failed, ok := errors.AsType[*temporal.ApplicationError](err)
	switch {
	case ok && failed.Type() != "":
		return failed.Type()
	case is[*temporal.PanicError](err):
		return "panic"
	case is[*temporal.TimeoutError](err):
		return "timeout"
	case is[*temporal.CanceledError](err), errors.Is(err, context.Canceled):
		return "canceled"
	case ok:
		return "failed"
	}
	return foreign.Error(err).Error()
}
