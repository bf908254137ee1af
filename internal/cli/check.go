package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"graphlake/extract"
	"graphlake/extract/graph"
	"graphlake/internal/foreign"
	"graphlake/jobs"
	"graphlake/jobs/exclude"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/schemas"
)

type checkCommand struct{ choice }

const (
	checkTimeout = time.Minute // how long a question may take, with all tries
	checkTries   = 2           // of a request: one failure may be chance, and who waits wants to know
)

// errStopped is what became of a question that a signal ended.
var errStopped = fmt.Errorf("stopped before there was an answer: %w", context.Canceled)

// Run checks everything, whatever it finds: who has to ask an administrator wants to ask once. What is found until
// a signal comes is said.
func (k checkCommand) Run(ctx context.Context, c *command) error {
	cfg, err := c.configuration()
	if err != nil {
		return err
	}
	tenants, err := k.tenants(cfg)
	if err != nil {
		return err
	}
	datasets, err := k.datasets(cfg)
	if err != nil {
		return err
	}
	rep := cfg.checkReading(ctx, tenants, datasets, c.logger())
	for _, n := range cfg.Notify {
		_, err := cfg.target(n)
		rep.Notify = append(rep.Notify, notifyCheck{n.Name, found(usage(err))})
	}
	if cfg.Control != nil {
		control := found(unlessStopped(ctx, inTime(cfg.tryControl(ctx))))
		rep.Control = &control
	}
	status := rep.conclude()
	if err := c.printCheck(rep); err != nil || status == ExitDone {
		return err
	}
	return StatusError{Status: status}
}

// checkReading tries all that reading takes: the tenants, the lake, and whether both are read as it was before.
func (c *config) checkReading(ctx context.Context, tenants []tenantConfig, datasets []schemas.Dataset, log *slog.Logger) checkReport {
	rep := checkReport{Config: c.file, Tenants: []tenantCheck{}}
	privacy, err := c.privacy()
	rep.Privacy = found(err)
	for _, t := range tenants {
		if ctx.Err() != nil {
			rep.stopped = true
			break
		}
		rep.Tenants = append(rep.Tenants, c.checkTenant(ctx, t, datasets, log))
	}
	store, err := c.checkLake(ctx)
	rep.Lake = lakeCheck{c.Lake, found(unlessStopped(ctx, inTime(err)))}
	if err == nil {
		_, _, err = c.heldLane(ctx, store)
		err = errors.Join(err, c.unchanged(jobs.CheckDeclared(ctx, store, c.declaredOf(datasets))))
		rep.Lake = lakeCheck{c.Lake, found(unlessStopped(ctx, err))}
	}
	if store != nil && rep.Privacy.Error == nil {
		rep.Privacy = found(unlessStopped(ctx, c.settingsError(jobs.CheckSettings(ctx, store, privacy))))
	}
	return rep
}

// checkLake writes, reads and removes an object.
func (c *config) checkLake(ctx context.Context) (store, error) {
	ctx, stop := context.WithTimeout(ctx, checkTimeout)
	defer stop()
	s, err := c.openStore(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.Writable(ctx); err != nil {
		return nil, c.lakeError(err)
	}
	if err := load.Probe(ctx, s); err != nil {
		return nil, c.lakeError(err)
	}
	return s, nil
}

// unlessStopped is the error of what was tried, or that it was stopped: what a signal breaks off fails in many ways.
func unlessStopped(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return errStopped
	}
	return err
}

// inTime explains the end of that time, which says nothing of what was waited for.
func inTime(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%w: there was no whole answer in %v; run again later", err, checkTimeout)
	}
	return err
}

// checkTenant signs in to a tenant, asks a question of every dataset and compares the roles in the token
// with what the datasets need.
func (c *config) checkTenant(ctx context.Context, t tenantConfig, datasets []schemas.Dataset, log *slog.Logger) tenantCheck {
	k := tenantCheck{Tenant: t.Name, Permissions: []permissionCheck{}, Datasets: []datasetCheck{}}
	source, err := c.tokens(t)
	if t.Auth.Method == byDeviceCode { // who tries it on another machine is no reason to call anybody signed out
		source, err = c.person(t, personHooks{})
	}
	if err != nil {
		k.finding = found(err)
		return k
	}
	token, err := signIn(ctx, source)
	if err != nil {
		k.finding = found(unlessStopped(ctx, t.withConsent(err)))
		return k
	}
	claims, unknown := graph.ReadClaims(token)
	if claims.TenantID != "" && !strings.EqualFold(claims.TenantID, t.TenantID) {
		k.finding = found(usage(fmt.Errorf("the token is for the tenant %s, but tenant_id is %s", claims.TenantID, t.TenantID)))
		return k
	}
	client, err := c.client(t, source, checkTries, log)
	if k.finding = found(err); err != nil {
		return k
	}
	all := datasets
	datasets = t.planned().Datasets(all)
	k.Datasets = c.ask(ctx, client, datasets)
	if needs := c.Privacy.Exclude.of().Requirements(); len(needs) > 0 {
		answer := c.checkExcluded(ctx, client)
		k.Datasets = append(k.Datasets, answer)
		datasets = append(slices.Clone(datasets), schemas.Dataset{Name: answer.Dataset, Permissions: needs[0], Also: needs[1:]})
	}
	if slices.ContainsFunc(k.Datasets, func(d datasetCheck) bool {
		return d.NoPolicy > 0 || d.Error != nil && d.Error.Kind == graph.NoPolicy.String()
	}) {
		k.Policy = policyCommands(cmp.Or(t.Auth.ClientID, claims.ClientID))
	}
	granted := claims.Roles
	if t.Auth.Method == byDeviceCode && len(claims.Scopes) > 0 {
		granted, unknown = claims.Scopes, nil
	}
	if unknown != nil {
		k.Note = foreign.Printable(unknown.Error()) + ", so its roles are not known, and what Graph answers decides"
	}
	k.Permissions = compare(datasets, k.Datasets, granted, unknown == nil)
	if t.Auth.Method == byDeviceCode {
		c.completePerson(ctx, t, &k, all)
	}
	for i, p := range k.Permissions {
		switch p.State {
		case missing:
			k.Permissions[i].Cure = t.grantCure(cmp.Or(t.Auth.ClientID, claims.ClientID))
		case unneeded:
			k.Permissions[i].Cure = "these datasets do not need it; take it away, unless something else does"
		}
	}
	return k
}

func signIn(ctx context.Context, source graph.TokenSource) (graph.Secret, error) {
	ctx, stop := context.WithTimeout(ctx, checkTimeout)
	defer stop()
	token, err := source.Token(ctx, nil)
	return graph.Secret(token), inTime(err)
}

// withConsent adds where an administrator consents to an application that the tenant does not know.
func (t tenantConfig) withConsent(err error) error {
	refused, ok := errors.AsType[*graph.Error](err)
	stranger := ok && refused.Kind == graph.Unauthorized && (refused.Code.String() == "unauthorized_client" || refused.InnerCode.String() == "AADSTS7000229")
	if !stranger || t.Auth.Method == byManagedIdentity || t.Auth.ClientID == "" {
		return err
	}
	return fmt.Errorf("%w; an administrator consents at %s", err, t.consentURL(t.Auth.ClientID))
}

// grantCure says how the application gets a permission.
func (t tenantConfig) grantCure(clientID string) string {
	switch {
	case t.Auth.Method == byDeviceCode && len(t.Auth.Scopes) > 0:
		return "add it to auth.scopes, and sign in again with graphlake sign-in, by which it is consented to"
	case t.Auth.Method == byDeviceCode:
		return "sign in again with graphlake sign-in, by which it is consented to, or let an administrator consent to it"
	case t.Auth.Method == byManagedIdentity:
		return assignRoles
	case clientID == "":
		return "add it to the application's registration, and let an administrator grant it"
	}
	return "add it to the application's registration, and let an administrator grant it at " + t.consentURL(clientID)
}

// ask asks for all datasets at once.
func (c *config) ask(ctx context.Context, client *graph.Client, datasets []schemas.Dataset) []datasetCheck {
	checks := make([]datasetCheck, len(datasets))
	var all sync.WaitGroup
	for i, d := range datasets {
		all.Go(func() {
			asking, stop := context.WithTimeout(ctx, checkTimeout)
			defer stop()
			gates, err := askGates(asking, client, d, extract.Probe(asking, client, d, time.Now()))
			err = unlessStopped(ctx, inTime(c.withPaging(d, err)))
			checks[i] = datasetCheck{Dataset: d.Name, finding: found(err), NoPolicy: gates.NoPolicy}
			if err == nil {
				checks[i].Note = gateNote(d, gates)
			}
			if e, ok := errors.AsType[*graph.Error](err); ok {
				checks[i].refused = e.Status == http.StatusForbidden && e.Kind == graph.Unauthorized
				if e.SignIn || e.Status == http.StatusUnauthorized || e.Status == 0 && e.Kind == graph.Unavailable {
					checks[i].ofTenant = found(e).text() // that of one stands for all that were answered alike
				}
			}
		})
	}
	all.Wait()
	return checks
}

// askGates asks a dataset of whose gates the first question says too little: of one with documents whether these can be read, and where the first organizer has no
// policy of Teams, whether another has one.
func askGates(ctx context.Context, client *graph.Client, d schemas.Dataset, err error) (extract.Gates, error) {
	if graph.KindOf(err) != graph.NoPolicy && (err != nil || d.Source.Detail.Document() == nil) {
		return extract.Gates{}, err
	}
	gates, further := extract.ProbeGates(ctx, client, d, time.Now())
	if gates.Asked == 0 && further == nil { // it is none that can be asked so
		return gates, err
	}
	return gates, further
}

// gateNote says of a dataset that was answered what of it is shut all the same, or could not be asked.
func gateNote(d schemas.Dataset, gates extract.Gates) string {
	var all []string
	if gates.NoPolicy > 0 {
		all = append(all, fmt.Sprintf("of the first %d users %d have no application access policy of Teams", gates.Asked, gates.NoPolicy))
	}
	switch gates.Document {
	case extract.DocumentReadable:
		all = append(all, "a transcript was read")
	case extract.DocumentUnattributed:
		all = append(all, "the tenant does not allow to say who spoke, so transcripts are read without speakers: "+
			"an administrator allows speaker attribution in the Teams admin center, under Meetings, Meeting settings")
	case extract.DocumentMissing:
		all = append(all, "what was said in the transcript that was tried is not there yet, or no longer, so whether it may be read is not known")
	case extract.DocumentRefused:
		all = append(all, "transcripts are listed, and what was said in them is not to be read in any form: see the settings for transcripts in the Teams admin center, under Meetings, Meeting settings")
	case extract.NoDocument:
		if d.Source.Detail.Document() != nil {
			all = append(all, fmt.Sprintf("whether what was said may be read could not be asked: none of the first %d users has a transcript of the last weeks", gates.Asked))
		}
	}
	return strings.Join(all, "; ")
}

// checkExcluded asks a tenant who privacy.exclude leaves out. Whom this one does not know, another may.
func (c *config) checkExcluded(ctx context.Context, client *graph.Client) datasetCheck {
	asking, stop := context.WithTimeout(ctx, checkTimeout)
	defer stop()
	err := c.Privacy.Exclude.of().Ask(asking, client)
	check := datasetCheck{Dataset: "privacy.exclude"}
	if errors.Is(err, exclude.ErrNobody) && len(c.Tenants) > 1 {
		err = nil
	} else if e, ok := errors.AsType[*graph.Error](err); ok {
		check.refused = e.Status == http.StatusForbidden
	}
	check.finding = found(unlessStopped(ctx, inTime(err)))
	return check
}

// withPaging adds what a declaration may lack if Graph does not answer with a collection.
func (c *config) withPaging(d schemas.Dataset, err error) error {
	if !errors.Is(err, graph.ErrNoCollection) || len(c.declaredOf([]schemas.Dataset{d})) == 0 {
		return err
	}
	return fmt.Errorf("%w; if that answer is the record, write paging: single into the source of %s", err, d.Name)
}

// comparison of what is granted with what datasets require.
type comparison struct {
	granted  []schemas.Permission
	known    bool                  // whether granted is what the token says, or nothing
	answered []schemas.Requirement // of datasets for which Graph has answered

	uses     map[schemas.Permission][]string // datasets by the permission that opens them
	unmet    []unmet
	unlisted bool // a permission that is not listed has opened a dataset
}

type unmet struct {
	requirement schemas.Requirement
	dataset     string
}

// compare says of every permission whether it is granted, missing or not needed. What Graph has
// answered counts more than what the token says: some roles open more than the datasets name.
func compare(datasets []schemas.Dataset, answers []datasetCheck, roles []string, known bool) []permissionCheck {
	c := comparison{known: known, uses: map[schemas.Permission][]string{}}
	for _, r := range roles {
		c.granted = append(c.granted, schemas.Permission(r))
	}
	slices.Sort(c.granted)
	c.granted = slices.Compact(c.granted)
	for i, d := range datasets {
		if answers[i].status == ExitDone {
			c.answered = append(c.answered, d.Requirements()...)
		}
	}
	for i, d := range datasets {
		for _, r := range d.Requirements() {
			c.add(r, answers[i])
		}
	}
	return c.states()
}

// add finds out what meets a requirement of the dataset that was asked for.
func (c *comparison) add(r schemas.Requirement, answer datasetCheck) {
	by, ok := r.MetBy(c.granted)
	switch {
	case ok:
		if !slices.Contains(c.uses[by], answer.Dataset) {
			c.uses[by] = append(c.uses[by], answer.Dataset)
		}
	case c.isAnswered(r):
		c.unlisted = true
	case c.known || answer.refused:
		c.unmet = append(c.unmet, unmet{r, answer.Dataset})
	}
}

// isAnswered says whether what opened another dataset, whichever permission it was, meets this one.
func (c *comparison) isAnswered(r schemas.Requirement) bool {
	return slices.ContainsFunc(c.answered, func(answered schemas.Requirement) bool {
		return !slices.ContainsFunc(answered, func(p schemas.Permission) bool { return !slices.Contains(r, p) })
	})
}

func (c *comparison) states() []permissionCheck {
	all := []permissionCheck{}
	for _, p := range c.granted {
		state := granted
		if c.uses[p] == nil && !c.unlisted { // else it may be the one
			state = unneeded
		}
		all = append(all, permissionCheck{Permission: p, State: state, Datasets: append([]string{}, c.uses[p]...)})
	}
	var requirements []schemas.Requirement
	for _, l := range c.unmet {
		requirements = append(requirements, l.requirement)
	}
	for _, p := range schemas.Needs(requirements) {
		m := permissionCheck{Permission: p, State: missing, Datasets: []string{}}
		for _, l := range c.unmet {
			if slices.Contains(l.requirement, p) && !slices.Contains(m.Datasets, l.dataset) {
				m.Datasets = append(m.Datasets, l.dataset)
			}
		}
		all = append(all, m)
	}
	return all
}

// checkReport is what check has found.
type checkReport struct {
	Status  string        `json:"status"`
	Config  string        `json:"config"`
	Privacy finding       `json:"privacy"` // of the key, and of whether the lake has the same settings
	Tenants []tenantCheck `json:"tenants"`
	Lake    lakeCheck     `json:"lake"`
	Control *finding      `json:"control,omitempty"` // of graphlake serve: the keys of Entra, and the certificate; nil: not configured
	Notify  []notifyCheck `json:"notify,omitempty"`  // whether it is known where to; nothing is sent

	stopped bool // before everything was tried
}

// tenantCheck has the finding of the sign-in; nothing was asked if that failed.
type tenantCheck struct {
	Tenant string `json:"tenant"`
	finding
	Person      string            `json:"person,omitempty"` // who is signed in, if a person is
	Note        string            `json:"note,omitempty"`
	Permissions []permissionCheck `json:"permissions"`
	Datasets    []datasetCheck    `json:"datasets"`
	Policy      string            `json:"policy,omitempty"` // the commands of PowerShell that grant organizers what some lack
}

type permissionCheck struct {
	Permission schemas.Permission `json:"permission"`
	State      permissionState    `json:"state"`
	Datasets   []string           `json:"datasets"`
	Cure       string             `json:"cure,omitempty"`
}

// permissionState says whether a permission is as it should be.
type permissionState string

const (
	granted  permissionState = "granted"
	missing  permissionState = "missing"
	unneeded permissionState = "unneeded" // granted, and no dataset that was asked needs it
)

type datasetCheck struct {
	Dataset string `json:"dataset"`
	finding
	Note     string `json:"note,omitempty"`      // what an answer does not say
	NoPolicy int    `json:"no_policy,omitempty"` // of the first organizers, those who have no application access policy of Teams
	refused  bool   // by Graph, for want of a permission
	ofTenant string // what may be wrong with the tenant as a whole; empty: it is the dataset's own, or nothing is
}

type lakeCheck struct {
	Lake string `json:"lake"`
	finding
}

type notifyCheck struct {
	To string `json:"to"`
	finding
}

// finding is how one thing is.
type finding struct {
	Outcome string            `json:"outcome"`
	Error   *jobs.ErrorReport `json:"error,omitempty"`

	status int
}

var outcomeOf = map[int]string{
	ExitDone: "ok", ExitUsage: "misconfigured", ExitFailed: "failed", ExitForbidden: "forbidden", ExitLater: "unavailable",
	ExitIncomplete: "off",
}

func found(err error) finding {
	status := exitStatus(err)
	f := finding{Outcome: outcomeOf[status], status: status}
	if errors.Is(err, errStopped) {
		f.Outcome = string(state.Interrupted)
	}
	if err != nil {
		f.Error = &jobs.ErrorReport{Kind: f.Outcome, Message: foreign.Printable(err.Error())}
		if kind := graph.KindOf(err); kind != 0 {
			f.Error.Kind = kind.String()
		}
	}
	return f
}

// conclude gives the report the worst of what was found, or that it was stopped, and the exit status for it.
func (r *checkReport) conclude() int {
	met := map[int]bool{}
	add := func(f finding) {
		met[f.status] = true
		r.stopped = r.stopped || f.Outcome == string(state.Interrupted)
	}
	add(r.Privacy)
	add(r.Lake.finding)
	if r.Control != nil {
		add(*r.Control)
	}
	for _, n := range r.Notify {
		add(n.finding)
	}
	for _, t := range r.Tenants {
		add(t.finding)
		for _, d := range t.Datasets {
			add(d.finding)
		}
		for _, p := range t.Permissions {
			met[ExitForbidden] = met[ExitForbidden] || p.State == missing
		}
	}
	if r.stopped { // what is not known may be worse
		r.Status = string(state.Interrupted)
		return ExitLater
	}
	worst := ExitDone
	for _, status := range []int{ExitIncomplete, ExitLater, ExitForbidden, ExitFailed, ExitUsage} {
		if met[status] {
			worst = status
		}
	}
	r.Status = outcomeOf[worst]
	return worst
}

func (c *command) printCheck(r checkReport) error {
	if c.Output == "json" {
		return c.printJSON(r)
	}
	fmt.Fprintf(c.stdout, "%s: ok\nprivacy: %s\n", r.Config, cmp.Or(r.Privacy.text(), "ok"))
	for _, t := range r.Tenants {
		if err := c.printTenant(t); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(c.stdout, "\nlake %s: %s\n", r.Lake.Lake, cmp.Or(r.Lake.text(), "ok: an object was written, read and removed"))
	if r.Control != nil {
		_, err = fmt.Fprintf(c.stdout, "control: %s\n", cmp.Or(r.Control.text(), "ok"))
	}
	for _, n := range r.Notify {
		_, err = fmt.Fprintf(c.stdout, "notify %s: %s\n", n.To, cmp.Or(n.text(), "ok: nothing was sent; graphlake notify --test does that"))
	}
	if r.stopped {
		_, err = fmt.Fprintln(c.stdout, "\nstopped: what has no answer here was not tried, or not to its end")
	}
	return err
}

func (f finding) text() string {
	if f.Error == nil {
		return ""
	}
	return f.Outcome + ": " + f.Error.Message
}

func (c *command) printTenant(t tenantCheck) error {
	who := "signed in"
	if t.Person != "" {
		who += " as " + t.Person
	}
	fmt.Fprintf(c.stdout, "\ntenant %s: %s\n", t.Tenant, cmp.Or(c.forSameFile(t.text()), who))
	if t.Note != "" {
		fmt.Fprintln(c.stdout, t.Note)
	}
	w := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
	if len(t.Permissions) > 0 {
		fmt.Fprintln(w, "\npermission\tis\tdatasets\tcure")
	}
	for _, p := range t.Permissions {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", p.Permission, p.State, cmp.Or(strings.Join(p.Datasets, ", "), "-"), c.forSameFile(p.Cure))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if len(t.Datasets) > 0 {
		fmt.Fprintln(w, "\ndataset\tanswer")
	}
	for _, a := range checkedAnswers(t.Datasets) {
		fmt.Fprintf(w, "%s\t%s\n", a.of, c.forSameFile(a.text))
	}
	if t.Policy != "" {
		fmt.Fprintf(w, "\norganizers lack an application access policy of Teams, which an administrator grants in PowerShell, and which works within 30 minutes:\n%s\n", t.Policy)
	}
	return w.Flush()
}

// checkedAnswer is what was found of a dataset, or of all of them.
type checkedAnswer struct{ of, text string }

// checkedAnswers are those of datasets: one, where none was answered and the tenant may be why.
func checkedAnswers(datasets []datasetCheck) []checkedAnswer {
	if own := func(d datasetCheck) bool { return d.ofTenant == "" || d.status != datasets[0].status }; len(datasets) > 1 && !slices.ContainsFunc(datasets, own) {
		return []checkedAnswer{{fmt.Sprintf("all %d", len(datasets)), datasets[0].ofTenant}}
	}
	var all []checkedAnswer
	for _, d := range datasets {
		text := cmp.Or(d.text(), "ok")
		if d.Note != "" {
			text += ": " + d.Note
		}
		all = append(all, checkedAnswer{d.Dataset, text})
	}
	return all
}
