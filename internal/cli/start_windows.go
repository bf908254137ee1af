package cli

import (
	"context"
	"io"
	"os"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/svc"

	"graphlake/internal/foreign"
)

// start runs the command: as a service if the system's service control manager has started it, and else in a console.
func start(ctx context.Context, args []string, stdout, stderr *os.File) int {
	if serves, err := svc.IsWindowsService(); err == nil && serves {
		return serve(ctx, args)
	}
	defer paintable(stdout)()
	defer paintable(stderr)()
	return runUntil(ctx, args, stdout, stderr)
}

// paintable has a console obey escapes, in which colours and maps are written, until it is told that this has ended. One
// that cannot, as before Windows 10, gets no colours.
func paintable(f *os.File) (ended func()) {
	console := windows.Handle(f.Fd())
	var mode uint32
	if windows.GetConsoleMode(console, &mode) != nil { // a file or a pipe
		return func() {}
	}
	if windows.SetConsoleMode(console, mode|windows.ENABLE_PROCESSED_OUTPUT|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) != nil {
		os.Setenv("NO_COLOR", "1")
		return func() {}
	}
	return func() { _ = windows.SetConsoleMode(console, mode) } // it is the shell's, and a mode that stays harms nobody
}

// serve runs the command as a service, which has no console: what it logs goes to the log of events. Reports of runs are not
// printed; they are in the lake.
func serve(ctx context.Context, args []string) int {
	log, err := openEvents(serviceName)
	if err != nil {
		return ExitFailed
	}
	defer log.Close()
	s := &service{begin: func() (<-chan int, context.CancelFunc) {
		ctx, stop := context.WithCancel(ctx)
		ended := make(chan int, 1)
		go func() { ended <- runUntil(ctx, args, io.Discard, log) }()
		return ended, stop
	}}
	if err := svc.Run(serviceName, s); err != nil {
		_, _ = io.WriteString(log, "graphlake: "+foreign.Printable(err.Error())+"\n")
		return ExitFailed
	}
	return s.status
}
