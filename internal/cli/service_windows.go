package cli

import (
	"bytes"
	"context"
	"sync"
	"time"

	"golang.org/x/sys/windows/svc"
	"golang.org/x/sys/windows/svc/eventlog"
)

// serviceName is what the log of events calls who writes; the service itself may have any name.
const serviceName = "graphlake"

// service is a run of the command that the service control manager may end, as SIGTERM does elsewhere: units under way have
// the grace of graphlake schedule. At the end of Windows they have as long as that gives, and what they have not committed
// is read again.
type service struct {
	begin  func() (ended <-chan int, stop context.CancelFunc)
	status int // with which it has ended
}

const (
	waitHint  = 30 * time.Second // after which the manager takes a service that says nothing for dead
	sayEvery  = 10 * time.Second
	stopAfter = svc.AcceptStop | svc.AcceptPreShutdown // of the two ends of Windows the one that gives more time
)

// Execute implements [svc.Handler].
func (s *service) Execute(_ []string, requests <-chan svc.ChangeRequest, says chan<- svc.Status) (ownCode bool, code uint32) {
	says <- svc.Status{State: svc.StartPending}
	ended, stop := s.begin()
	defer stop()
	stands := svc.Status{State: svc.Running, Accepts: stopAfter}
	says <- stands
	ticks := time.NewTicker(sayEvery)
	defer ticks.Stop()
	for {
		select {
		case s.status = <-ended:
			return true, uint32(s.status)
		case r := <-requests:
			switch r.Cmd {
			case svc.Interrogate:
				says <- stands
			case svc.Stop, svc.Shutdown, svc.PreShutdown:
				stands = svc.Status{State: svc.StopPending, CheckPoint: 1, WaitHint: uint32(waitHint.Milliseconds())}
				says <- stands
				stop()
			}
		case <-ticks.C:
			if stands.State == svc.StopPending {
				stands.CheckPoint++
				says <- stands
			}
		}
	}
}

// events writes lines into the log of events, each as one event.
type events struct {
	log interface { // which [eventlog.Log] is
		Info(id uint32, text string) error
		Warning(id uint32, text string) error
		Error(id uint32, text string) error
		Close() error
	}
	mu   sync.Mutex
	rest []byte // guarded by mu: of a line that has no end yet
}

// event is the number of all events: the text is all that they say. mostOfEvent is how long an event may be.
const (
	event       = 1
	mostOfEvent = 31_000
)

func openEvents(source string) (*events, error) {
	log, err := eventlog.Open(source)
	if err != nil {
		return nil, err
	}
	return &events{log: log}, nil
}

// Write writes the lines that are whole.
func (e *events) Write(text []byte) (int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.rest = append(e.rest, text...)
	for {
		line, rest, whole := bytes.Cut(e.rest, []byte("\n"))
		if !whole {
			return len(text), nil
		}
		if err := e.write(line); err != nil {
			return 0, err
		}
		e.rest = rest
	}
}

// write writes a line of the log, in JSON or text, with its level.
func (e *events) write(line []byte) error {
	if len(bytes.TrimSpace(line)) == 0 {
		return nil
	}
	text := string(line[:min(len(line), mostOfEvent)])
	has := func(level string) bool {
		return bytes.Contains(line, []byte(`"level":"`+level+`"`)) || bytes.Contains(line, []byte(" level="+level+" "))
	}
	switch {
	case has("ERROR"), bytes.HasPrefix(line, []byte("graphlake: ")):
		return e.log.Error(event, text)
	case has("WARN"):
		return e.log.Warning(event, text)
	}
	return e.log.Info(event, text)
}

func (e *events) Close() error { return e.log.Close() }
