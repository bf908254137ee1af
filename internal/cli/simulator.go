package cli

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/url"
	"syscall"
	"time"
)

// warnOfNobody says so where Graph should be served on this machine, as by the simulator, and nobody takes a connection. The run
// begins all the same: whoever serves it may be about to.
func (c *config) warnOfNobody(ctx context.Context, log *slog.Logger) {
	u, err := url.Parse(c.Graph.Endpoint)
	if err != nil || u.Port() == "" || !onThisMachine(u.Hostname()) {
		return
	}
	conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(ctx, "tcp", u.Host)
	if err == nil {
		_ = conn.Close() // nothing was sent
		return
	}
	if errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, errRefusedOnWindows) {
		log.WarnContext(ctx, "nobody answers at graph.endpoint; if that was a simulator, it has ended: start it again with graphsim --addr "+u.Host+
			", or read the demo again with make demo; status, report and all that looks into the lake need none", "at", c.line("$.graph.endpoint"))
	}
}

// errRefusedOnWindows is WSAECONNREFUSED, which package syscall does not take for ECONNREFUSED; elsewhere no error has this number.
const errRefusedOnWindows = syscall.Errno(10061)

func onThisMachine(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
