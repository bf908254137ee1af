// Package tenants is a simulated Microsoft Graph of many tenants at one address, which remembers who asked what, and when.
//
// Each tenant is one of package graphsim. A bearer token says of which tenant it is, and which worker sent it:
// [Graph.Environment] is what a worker needs in its environment, and [Configuration.YAML] the configuration that all of them share.
// They have to share the address, because the links of Graph name the host, and the lake keeps some.
//
//	g := tenants.New(tenants.Make(20, func(i int) graphsim.Options { return graphsim.Options{Users: 5} }))
//	url, err := g.Serve(ctx) // until ctx ends
//	text := tenants.Configuration{Lake: dir, URL: url, Jobs: jobs}.YAML(g)
//	cmd.Env = append(os.Environ(), g.Environment("worker-1")...)
//	…
//	n := tenants.Overlapping(g.Log())
package tenants
