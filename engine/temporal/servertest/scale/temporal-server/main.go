// Temporal-server is Temporal's own server with its database in memory, for measuring. It prints its address and the name of its
// namespace, serves until SIGTERM, and then prints how often each of its methods was called, as JSON.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/signal"
	"path"
	"sync"
	"syscall"

	"go.temporal.io/server/temporal"
	"go.temporal.io/server/temporaltest"
	"google.golang.org/grpc"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := serve(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "temporal-server:", err)
		os.Exit(1)
	}
}

// serve has nothing to close: all that the server knows is in memory.
func serve(ctx context.Context) error {
	called := calls{n: map[string]int{}}
	server := temporaltest.NewServer(temporaltest.WithBaseServerOptions(temporal.WithChainedFrontendGrpcInterceptors(called.count)))
	fmt.Println(server.GetFrontendHostPort(), server.GetDefaultNamespace())
	<-ctx.Done()
	return json.NewEncoder(os.Stdout).Encode(called.all())
}

// calls counts those of the methods of the frontend.
type calls struct {
	mu sync.Mutex
	n  map[string]int // by the name of the method
}

func (c *calls) count(ctx context.Context, request any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	c.mu.Lock()
	c.n[path.Base(info.FullMethod)]++
	c.mu.Unlock()
	return next(ctx, request)
}

func (c *calls) all() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.n)
}
