package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/envconfig"
	"go.temporal.io/sdk/log"

	"graphlake/engine/temporal/payload"
	"graphlake/engine/temporal/workflows"
	"graphlake/internal/cli"
	"graphlake/internal/foreign"
)

// connection is that to a namespace of Temporal. It has to be closed.
type connection struct {
	client.Client
	address, namespace string
}

// clientOptions are those that the environment and temporal.toml give: the address, the namespace, TLS, the key of the API, and
// the keys of payloads.
func clientOptions(l *slog.Logger) (client.Options, error) {
	options, err := envconfig.LoadDefaultClientOptions()
	if err != nil {
		return options, cli.Usage(fmt.Errorf("the connection to Temporal: %w; TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and their kind, or temporal.toml, name it", foreign.Error(err)))
	}
	options.HostPort = cmp.Or(options.HostPort, client.DefaultHostPort)
	if !strings.Contains(options.HostPort, ":") { // else it would be the port of HTTPS
		return options, cli.Usage(fmt.Errorf("the connection to Temporal: the address %s is without a port: TEMPORAL_ADDRESS, or address in temporal.toml, is HOST:7233", options.HostPort))
	}
	options.Namespace = cmp.Or(options.Namespace, client.DefaultNamespace)
	options.Logger = log.NewStructuredLogger(withKinds(l))
	return options, cli.Usage(payload.Options(os.Getenv(payload.KeyVariable), oldKeys(), &options))
}

// oldKeys are those by which payloads are read, and none is written.
func oldKeys() (keys []string) {
	for key := range strings.SplitSeq(os.Getenv(payload.OldKeysVariable), ",") {
		if key = strings.TrimSpace(key); key != "" {
			keys = append(keys, key)
		}
	}
	return keys
}

// connect opens the connection; Temporal has to answer.
func connect(ctx context.Context, options client.Options) (*connection, error) {
	c, err := client.DialContext(ctx, options)
	if err != nil {
		return nil, cli.StatusError{Status: cmp.Or(exitStatusOfDial(err), cli.ExitLater), Err: fmt.Errorf("Temporal at %s: %w", options.HostPort, unreached(err, options.ConnectionOptions.TLS != nil))}
	}
	return &connection{c, options.HostPort, options.Namespace}, nil
}

// reasons are words of the network by which it is known why nobody has answered, and what may be done.
var reasons = []struct{ said, why string }{
	{"connection refused", "nothing listens there: start it, or name another address in TEMPORAL_ADDRESS or temporal.toml"},
	{"no such host", "there is no such host: name another address in TEMPORAL_ADDRESS or temporal.toml"},
	{"no children to pick from", "there is no such host: name another address in TEMPORAL_ADDRESS or temporal.toml"},
	{"first record does not look like a TLS handshake", "it has no TLS, which TEMPORAL_API_KEY and TEMPORAL_TLS ask for: set TEMPORAL_TLS=false, or neither"},
	{"x509", "its certificate is not trusted: the authority that has signed it belongs into TEMPORAL_TLS_SERVER_CA_CERT_PATH"},
	{"tls:", "TLS does not come about: look at TEMPORAL_TLS and what begins with TEMPORAL_TLS_"},
}

// unreached is why Temporal has not answered. The SDK's text quotes what the network said, which would be cut out.
func unreached(err error, encrypted bool) error {
	for _, r := range reasons {
		if strings.Contains(err.Error(), r.said) {
			return errors.New(r.why)
		}
	}
	cure := "; it is named by TEMPORAL_ADDRESS or temporal.toml"
	if !encrypted {
		cure += ", and where it wants TLS, TEMPORAL_TLS=true or TEMPORAL_API_KEY says so"
	}
	return fmt.Errorf("%w%s", foreign.Error(err), cure)
}

// exitStatusOfDial is the status where Temporal has answered that it does not let us in; 0: it has not answered.
func exitStatusOfDial(err error) int {
	switch {
	case is[*serviceerror.PermissionDenied](err):
		return cli.ExitForbidden
	case is[*serviceerror.NamespaceNotFound](err), is[*serviceerror.InvalidArgument](err):
		return cli.ExitUsage
	}
	return 0
}

// searchAttribute is one of ours.
type searchAttribute struct {
	name string
	kind enums.IndexedValueType
}

var searchAttributes = []searchAttribute{
	{workflows.TenantAttribute, enums.INDEXED_VALUE_TYPE_KEYWORD},
	{workflows.JobAttribute, enums.INDEXED_VALUE_TYPE_KEYWORD},
	{workflows.OutcomeAttribute, enums.INDEXED_VALUE_TYPE_KEYWORD},
	{workflows.LateAttribute, enums.INDEXED_VALUE_TYPE_BOOL},
}

// ensureAttributes makes sure that the namespace has the search attributes by which workflows are found, for a workflow that
// sets one that is not there stands still. Where we may not even ask which there are, a warning says what is needed.
func (c *connection) ensureAttributes(ctx context.Context, l *slog.Logger) error {
	there, err := c.OperatorService().ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: c.namespace})
	switch {
	case forbids(err):
		l.WarnContext(ctx, "whether the namespace has the search attributes cannot be asked: workflows stand still until they are there", "on_temporal_cloud", createInCloud, "make_them_by", createAttributes(c.namespace, searchAttributes))
		return nil
	case is[*serviceerror.NamespaceNotFound](err):
		return err // which says all, by whoever prints it
	case err != nil:
		return fmt.Errorf("list the search attributes of the namespace %s: %w", c.namespace, foreign.Error(err))
	}
	missing := map[string]enums.IndexedValueType{}
	var lacks []searchAttribute
	for _, a := range searchAttributes {
		kind, ok := there.GetCustomAttributes()[a.name]
		switch {
		case !ok:
			missing[a.name] = a.kind
			lacks = append(lacks, a)
		case kind != a.kind:
			return cli.Usage(fmt.Errorf("the search attribute %s of the namespace %s is of the type %s, want %s: remove it, or use another namespace", a.name, c.namespace, kind, a.kind))
		}
	}
	if len(missing) == 0 {
		return nil
	}
	_, err = c.OperatorService().AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{Namespace: c.namespace, SearchAttributes: missing})
	switch {
	case err == nil, is[*serviceerror.AlreadyExists](err): // another worker was quicker
		return nil
	case forbids(err):
		return cli.Usage(fmt.Errorf("the namespace %s lacks search attributes, and this client may not make them; on Temporal Cloud an administrator makes them by %s, elsewhere by: %s", c.namespace, createInCloud, createAttributes(c.namespace, lacks)))
	}
	return fmt.Errorf("make the search attributes of the namespace %s: %w", c.namespace, foreign.Error(err))
}

// forbids reports whether somebody else has to do it: a server that asks for more rights, or Temporal Cloud, where it is done
// by other means.
func forbids(err error) bool {
	return is[*serviceerror.PermissionDenied](err) || is[*serviceerror.Unimplemented](err)
}

// createInCloud says what makes search attributes on Temporal Cloud, where the command does not.
const createInCloud = "the namespace's web page, or tcld namespace search-attributes add"

// createAttributes is the command that makes search attributes. It stands last where it is printed, to be copied to the end.
func createAttributes(namespace string, all []searchAttribute) string {
	var flags []string
	for _, a := range all {
		flags = append(flags, "--name "+a.name+" --type "+a.kind.String())
	}
	return "temporal operator search-attribute create --namespace " + namespace + " " + strings.Join(flags, " ")
}

// warnOfNoWorker says that nobody takes what was begun: Temporal keeps it, in silence, until a worker of this lake is there.
func (c *connection) warnOfNoWorker(ctx context.Context, queue string, l *slog.Logger) {
	there, err := c.DescribeTaskQueue(ctx, queue, enums.TASK_QUEUE_TYPE_WORKFLOW)
	if err == nil && len(there.GetPollers()) == 0 {
		l.WarnContext(ctx, "no worker has asked for work in the last minutes: what was begun waits until one does; start it with graphlake-temporal worker, with the same lake and the same namespace", "namespace", c.namespace)
	}
}

// checked is an error of a call to Temporal, with its text fit to be shown.
func checked(err error, format string, args ...any) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	return fmt.Errorf(format+": %w", append(args, foreign.Error(err))...)
}
