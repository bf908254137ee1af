package cli

import (
	"context"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/windows/svc"
)

// A service runs until it is told to end; then it is ending as long as units are under way, and says how it has ended.
func TestServiceIsTold(t *testing.T) {
	for _, told := range []svc.Cmd{svc.Stop, svc.PreShutdown} {
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan int)
		s := &service{begin: func() (<-chan int, context.CancelFunc) { return ended, stop }}
		requests, says, code := make(chan svc.ChangeRequest), make(chan svc.Status), make(chan uint32)
		go func() {
			_, c := s.Execute(nil, requests, says)
			code <- c
		}()
		want := func(state svc.State) {
			t.Helper()
			if got := <-says; got.State != state {
				t.Errorf("it is in state %d, want %d", got.State, state)
			}
		}
		want(svc.StartPending)
		want(svc.Running)
		requests <- svc.ChangeRequest{Cmd: svc.Interrogate}
		want(svc.Running)
		if ctx.Err() != nil {
			t.Error("it was told to end by nobody")
		}
		requests <- svc.ChangeRequest{Cmd: told}
		want(svc.StopPending)
		<-ctx.Done()
		requests <- svc.ChangeRequest{Cmd: svc.Interrogate}
		want(svc.StopPending)
		ended <- ExitLater
		if got := <-code; got != ExitLater || s.status != ExitLater {
			t.Errorf("it has ended with %d and %d, want %d", got, s.status, ExitLater)
		}
	}
}

// A line is an event of its level, however it is written.
func TestServiceLogsEvents(t *testing.T) {
	log := &eventsThatCame{}
	e := &events{log: log}
	for _, text := range []string{
		"{\"level\":\"INFO\",\"msg\":\"a\"}\n", "{\"level\":\"WARN\"", ",\"msg\":\"b\"}\n\n", "time=x level=ERROR msg=c\ngraphlake: d\n", strings.Repeat("x", 40_000) + "\n",
	} {
		if n, err := e.Write([]byte(text)); n != len(text) || err != nil {
			t.Errorf("Write: %d, %v", n, err)
		}
	}
	want := []string{
		`info {"level":"INFO","msg":"a"}`, `warning {"level":"WARN","msg":"b"}`, "error time=x level=ERROR msg=c", "error graphlake: d", "info " + strings.Repeat("x", mostOfEvent),
	}
	if !slices.Equal(log.came, want) {
		t.Errorf("%d events came: %q", len(log.came), log.came)
	}
}

type eventsThatCame struct{ came []string }

func (l *eventsThatCame) add(level, text string) error {
	l.came = append(l.came, level+" "+text)
	return nil
}

func (l *eventsThatCame) Info(_ uint32, text string) error    { return l.add("info", text) }
func (l *eventsThatCame) Warning(_ uint32, text string) error { return l.add("warning", text) }
func (l *eventsThatCame) Error(_ uint32, text string) error   { return l.add("error", text) }
func (l *eventsThatCame) Close() error                        { return nil }
