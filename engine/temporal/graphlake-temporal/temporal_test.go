package main

import (
	"context"
	"log/slog"
	"maps"
	"net"
	"strings"
	"sync"
	"testing"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"graphlake/internal/cli"
)

// operator is Temporal as far as search attributes go. What it lets a client do differs: a server of one's own lets it do all,
// one with roles may forbid it, and Temporal Cloud knows no such call.
type operator struct {
	workflowservice.UnimplementedWorkflowServiceServer
	operatorservice.UnimplementedOperatorServiceServer
	lists, adds codes.Code
	workers     int // that ask for work

	mu    sync.Mutex
	there map[string]enums.IndexedValueType // guarded by mu
	added int                               // guarded by mu: calls
}

func (*operator) GetSystemInfo(context.Context, *workflowservice.GetSystemInfoRequest) (*workflowservice.GetSystemInfoResponse, error) {
	return &workflowservice.GetSystemInfoResponse{}, nil
}

func (o *operator) DescribeTaskQueue(context.Context, *workflowservice.DescribeTaskQueueRequest) (*workflowservice.DescribeTaskQueueResponse, error) {
	return &workflowservice.DescribeTaskQueueResponse{Pollers: make([]*taskqueue.PollerInfo, o.workers)}, nil
}

func (o *operator) ListSearchAttributes(context.Context, *operatorservice.ListSearchAttributesRequest) (*operatorservice.ListSearchAttributesResponse, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return &operatorservice.ListSearchAttributesResponse{CustomAttributes: o.there}, status.Error(o.lists, "of a test")
}

func (o *operator) AddSearchAttributes(_ context.Context, r *operatorservice.AddSearchAttributesRequest) (*operatorservice.AddSearchAttributesResponse, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.added++
	if o.adds != codes.OK {
		return nil, status.Error(o.adds, "of a test")
	}
	maps.Copy(o.there, r.SearchAttributes)
	return &operatorservice.AddSearchAttributesResponse{}, nil
}

// serve serves it, and connects to it.
func (o *operator) serve(t *testing.T) *connection {
	t.Helper()
	c, err := connect(t.Context(), client.Options{HostPort: listen(t, o), Namespace: "calls"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// listen serves a Temporal of a test, and gives its address.
func listen(t *testing.T, of interface {
	workflowservice.WorkflowServiceServer
	operatorservice.OperatorServiceServer
}) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := grpc.NewServer()
	workflowservice.RegisterWorkflowServiceServer(s, of)
	operatorservice.RegisterOperatorServiceServer(s, of)
	go func() { _ = s.Serve(l) }()
	t.Cleanup(s.Stop)
	return l.Addr().String()
}

func TestEnsureAttributes(t *testing.T) {
	all := map[string]enums.IndexedValueType{
		"GraphlakeTenant": enums.INDEXED_VALUE_TYPE_KEYWORD, "GraphlakeJob": enums.INDEXED_VALUE_TYPE_KEYWORD,
		"GraphlakeOutcome": enums.INDEXED_VALUE_TYPE_KEYWORD, "GraphlakeLate": enums.INDEXED_VALUE_TYPE_BOOL,
	}
	none := func() map[string]enums.IndexedValueType { return map[string]enums.IndexedValueType{} }
	cure := "temporal operator search-attribute create --namespace calls --name GraphlakeTenant --type Keyword --name GraphlakeJob --type Keyword " +
		"--name GraphlakeOutcome --type Keyword --name GraphlakeLate --type Bool"
	for _, c := range []struct {
		name      string
		operator  *operator
		want, log string
		status    int
		added     int
	}{
		{"there", &operator{there: all}, "", "", cli.ExitDone, 0},
		{"missing", &operator{there: none()}, "", "", cli.ExitDone, 1},
		{"another worker was quicker", &operator{there: none(), adds: codes.AlreadyExists}, "", "", cli.ExitDone, 1},
		{"may not be made", &operator{there: none(), adds: codes.PermissionDenied}, cure, "", cli.ExitUsage, 1},
		{"are made by other means", &operator{there: none(), adds: codes.Unimplemented}, cure, "", cli.ExitUsage, 1},
		{"may not be asked for", &operator{lists: codes.PermissionDenied}, "", cure, cli.ExitDone, 0},
		{"are another thing", &operator{there: map[string]enums.IndexedValueType{"GraphlakeLate": enums.INDEXED_VALUE_TYPE_TEXT}}, "GraphlakeLate of the namespace calls is of the type Text, want Bool", "", cli.ExitUsage, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			var log strings.Builder
			err := c.operator.serve(t).ensureAttributes(t.Context(), slog.New(slog.NewTextHandler(&log, nil)))
			if text := errorText(err); exitStatus(err) != c.status || !strings.Contains(text, c.want) || c.want == "" && text != "" {
				t.Errorf("%v, exit %d, want %d and %q", err, exitStatus(err), c.status, c.want)
			}
			if c.want == cure && !strings.HasSuffix(errorText(err), ": "+cure) {
				t.Errorf("the command is not what the error ends with: %v", err)
			}
			if c.log == cure && !strings.Contains(log.String(), `="`+cure+`"`) {
				t.Errorf("the command does not stand alone: %s", &log)
			}
			if !strings.Contains(log.String(), c.log) || c.log == "" && log.Len() > 0 {
				t.Errorf("the log: %s", &log)
			}
			if c.operator.added != c.added {
				t.Errorf("added %d times, want %d", c.operator.added, c.added)
			}
			if c.name == "missing" && len(c.operator.there) != len(all) {
				t.Errorf("there are %v", c.operator.there)
			}
		})
	}
}

// nowhere is Temporal whose namespace is not there.
type nowhere struct {
	workflowservice.UnimplementedWorkflowServiceServer
	operatorservice.UnimplementedOperatorServiceServer
}

func (nowhere) GetSystemInfo(context.Context, *workflowservice.GetSystemInfoRequest) (*workflowservice.GetSystemInfoResponse, error) {
	return &workflowservice.GetSystemInfoResponse{}, nil
}

func (nowhere) ListSchedules(context.Context, *workflowservice.ListSchedulesRequest) (*workflowservice.ListSchedulesResponse, error) {
	return nil, serviceerror.ToStatus(serviceerror.NewNamespaceNotFound("calls")).Err()
}

func (nowhere) ListSearchAttributes(context.Context, *operatorservice.ListSearchAttributesRequest) (*operatorservice.ListSearchAttributesResponse, error) {
	return nil, serviceerror.ToStatus(serviceerror.NewNamespaceNotFound("calls")).Err()
}

func (nowhere) StartWorkflowExecution(context.Context, *workflowservice.StartWorkflowExecutionRequest) (*workflowservice.StartWorkflowExecutionResponse, error) {
	return nil, serviceerror.ToStatus(serviceerror.NewNamespaceNotFound("calls")).Err()
}

// Whoever has forgotten to make the namespace is told how, and is told nothing of schedules that could not be listed.
func TestNamespaceNotThere(t *testing.T) {
	file := write(t, config)
	l := listen(t, nowhere{})
	t.Setenv("TEMPORAL_ADDRESS", l)
	t.Setenv("TEMPORAL_NAMESPACE", "calls")
	for _, args := range [][]string{{"schedules", "--dry-run"}, {"schedules"}, {"worker"}, {"night", "--job", "nightly"}} {
		status, out, errs := execute(t, append([]string{"--config", file}, args...)...)
		if status != cli.ExitUsage || out != "" || !strings.Contains(errs, "temporal operator namespace create --namespace NAME --retention 7d") || !strings.Contains(errs, "amespace calls is not found; ") {
			t.Errorf("%v: exit %d\n%s%s", args, status, out, errs)
		}
	}
}

func TestUnreached(t *testing.T) {
	file := write(t, config)
	plain := listen(t, nowhere{})
	for _, c := range []struct {
		address, key, want string
		status             int
	}{
		{"temporal", "", "the address temporal is without a port", cli.ExitUsage},
		{"temporal.invalid:7233", "", "Temporal at temporal.invalid:7233: there is no such host", cli.ExitLater},
		{plain, "of-the-api", "Temporal at " + plain + ": it has no TLS", cli.ExitLater},
	} {
		t.Setenv("TEMPORAL_ADDRESS", c.address)
		t.Setenv("TEMPORAL_API_KEY", c.key)
		status, _, errs := execute(t, "--config", file, "schedules", "--dry-run")
		if status != c.status || !strings.Contains(errs, c.want) {
			t.Errorf("%s: exit %d: %s", c.address, status, errs)
		}
	}
}

// What is begun while no worker is there stands still in Temporal, which looks like work.
func TestWarnsOfNoWorker(t *testing.T) {
	for _, workers := range []int{0, 1} {
		var log strings.Builder
		c := (&operator{workers: workers}).serve(t)
		c.warnOfNoWorker(t.Context(), "graphlake", slog.New(slog.NewTextHandler(&log, nil)))
		if warned := strings.Contains(log.String(), "start it with graphlake-temporal worker"); warned != (workers == 0) {
			t.Errorf("%d workers: %s", workers, &log)
		}
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
