package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/user"
	"path"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"graphlake/jobs"
	"graphlake/jobs/erased"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/schemas"
)

type eraseCommand struct {
	User   []string `placeholder:"ID|UPN|NUMBER" sep:"none" help:"Whom: the id, the sign-in name, an address, a number with its country, or a name; may be repeated."`
	Tenant string   `placeholder:"NAME" help:"One of the configured tenants (default: all)."`
	Reason string   `placeholder:"TEXT" help:"Why, for the lake's list of who was erased; it must not name them."`
	DryRun bool     `help:"Say by which keys they are known, and which days and records would change, and stop."`
	Verify bool     `help:"Search every object of the lake for who was erased, and for --user by the keys in clear too; write a proof; exit 1 if something is found."`
	Now    instant  `hidden:"" placeholder:"TIME"`
}

func (e eraseCommand) Run(ctx context.Context, c *command) error {
	cfg, sel, err := c.selected(selection{choice: choice{tenantChoice: tenantChoice{Tenant: e.Tenant}}, Now: e.Now})
	if err != nil {
		return err
	}
	if err := cfg.lakeIsThere(); err != nil {
		return err
	}
	store, err := cfg.openLake(ctx)
	if err != nil {
		return err
	}
	if sel.Datasets, err = cfg.heldDatasets(ctx, store, sel.Tenants, e.Tenant == ""); err != nil {
		return err
	}
	setup, err := c.setup(ctx, cfg, sel, false)
	if err != nil {
		return err
	}
	defer setup.close(ctx)
	people, err := e.people(ctx, setup, sel)
	if err != nil {
		return err
	}
	if e.Verify && e.DryRun {
		return usage(errors.New("--verify writes a proof, so that it does not go with --dry-run: give one of them"))
	}
	if e.Verify {
		return e.verify(ctx, c, setup, people)
	}
	if len(people) == 0 {
		return e.goOn(ctx, c, setup, sel)
	}
	if err := e.checkReason(setup, people); err != nil {
		return err
	}
	if err := e.checkThere(ctx, setup, sel, people); err != nil {
		return err
	}
	if e.DryRun {
		return e.wouldErase(ctx, c, setup, sel, people)
	}
	return e.erase(ctx, c, setup, sel, people)
}

// heldDatasets are the configured datasets that the lake holds anything of. What it holds besides could not be erased
// from, so it is an error.
func (c *config) heldDatasets(ctx context.Context, s store, tenants []plan.Tenant, all bool) ([]schemas.Dataset, error) {
	held, unknown := map[string]bool{}, map[string]bool{}
	note := func(kind load.Kind, name, tenantID string) {
		i := slices.IndexFunc(c.set, func(d schemas.Dataset) bool {
			return kind != load.Tables && d.Name == name || kind == load.Tables && slices.ContainsFunc(d.Tables, func(t schemas.Table) bool { return t.Name == name })
		})
		switch {
		case i < 0:
			unknown["the dataset or table "+name] = true
		case !slices.ContainsFunc(tenants, func(t plan.Tenant) bool { return t.ID == tenantID }):
			if all {
				unknown["the tenant "+tenantID] = true
			}
		default:
			held[c.set[i].Name] = true
		}
	}
	for _, prefix := range []string{load.Raw.Under(), load.Tables.Under(), load.Quarantine.Under(), load.States} {
		for info, err := range s.List(ctx, prefix) {
			if err != nil {
				return nil, err
			}
			if p, ok := load.ParsePartition(info.Name); ok {
				note(p.Kind, p.Name, p.TenantID)
			}
			if tenantID, dataset, ok := load.ParseState(info.Name); ok {
				note(load.Raw, dataset, tenantID)
			}
		}
	}
	for what := range unknown {
		return nil, usage(fmt.Errorf("the lake %s holds %s, which %s does not have, so that nobody could be erased there: configure it, or name one --tenant", c.Lake, what, c.file))
	}
	return slices.DeleteFunc(slices.Clone(c.set), func(d schemas.Dataset) bool { return !held[d.Name] }), nil
}

// people are those who are named, with all keys by which the pictures know them.
func (e eraseCommand) people(ctx context.Context, s *setup, sel plan.Selection) ([]erased.Person, error) {
	if len(e.User) == 0 {
		return nil, nil
	}
	d, err := erased.ReadDirectory(ctx, s.runner.Lake, sel.Datasets, sel.TenantIDs(), s.runner.Privacy)
	if err != nil {
		return nil, err
	}
	var all []erased.Person
	for i, given := range e.User {
		p, err := d.Find(given)
		if err != nil {
			return nil, usage(fmt.Errorf("--user number %d: %w", i+1, err))
		}
		all = append(all, p)
	}
	return d.Together(all), nil
}

// checkReason refuses a reason that would keep who is erased.
func (e eraseCommand) checkReason(s *setup, people []erased.Person) error {
	named, err := erased.Names(e.Reason, people, s.runner.Privacy)
	if err == nil && named {
		err = usage(errors.New("--reason names who is to be erased, and it stays in the lake: give one that does not, as the number of a request"))
	}
	return err
}

// checkThere refuses who is in no picture, in no other object of the lake and not on its list: most likely the key is spelled
// otherwise, and on the list it would keep out whoever has it.
func (e eraseCommand) checkThere(ctx context.Context, s *setup, sel plan.Selection, people []erased.Person) error {
	l, err := erased.Load(ctx, s.runner.Store)
	if err != nil {
		return err
	}
	for i, p := range people {
		if p.ID != "" || l.Has(p, sel.TenantIDs()) {
			continue
		}
		proof, err := erased.List{}.Prove(ctx, erased.Search{Store: s.runner.Store, Datasets: s.config.set}, []erased.Person{p}, s.runner.Privacy)
		if err != nil {
			return err
		}
		if proof.Clean {
			return usage(fmt.Errorf("--user number %d: nothing in the lake has this key: is it spelled right? Who is to stay out before anything of them is read belongs in privacy.exclude", i+1))
		}
	}
	return nil
}

func (e eraseCommand) erasure(sel plan.Selection) erased.Erasure {
	return erased.Erasure{At: time.Now().UTC().Truncate(time.Second), By: operator(), Reason: e.Reason, Tenants: sel.TenantIDs()}
}

// operator is who runs the command.
func operator() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return "unknown"
}

// shown is a person as their keys are shown, to whoever has named them and nowhere else.
type shown struct {
	Given string     `json:"given"`
	ID    string     `json:"id,omitempty"`
	Keys  []shownKey `json:"keys"`
}

type shownKey struct {
	Kind     string `json:"kind"`
	Value    string `json:"value"`
	Property string `json:"property,omitempty"`
	Shared   bool   `json:"shared,omitempty"` // it stays, because somebody else has it too
	Common   bool   `json:"common,omitempty"` // it stays, because it is too short or common a text
}

func show(people []erased.Person) []shown {
	all := []shown{}
	for _, p := range people {
		one := shown{Given: p.Given, ID: p.ID, Keys: []shownKey{}}
		for _, k := range p.Keys {
			one.Keys = append(one.Keys, shownKey{string(k.Kind), k.Value, k.Property, k.Shared, k.Common})
		}
		all = append(all, one)
	}
	return all
}

// printPeople shows by which keys people are known, before anything is done.
func (c *command) printPeople(people []erased.Person) error {
	w := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "given\tkind\tkey\tfrom\t")
	for _, p := range show(people) {
		for _, k := range p.Keys {
			from := k.Property
			switch {
			case k.Shared:
				from += ": stays, because somebody else has it too"
			case k.Common:
				from += ": is not looked for, because it is too short or common a text"
			case from == "" && p.ID != "": // a lake with pseudonyms has it as one
				from = "as given"
			case from == "":
				from = "as given: no picture has it"
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t\n", p.Given, k.Kind, k.Value, from)
		}
	}
	return w.Flush()
}

func (e eraseCommand) wouldErase(ctx context.Context, c *command, s *setup, sel plan.Selection, people []erased.Person) error {
	l, err := erased.Load(ctx, s.runner.Store)
	if err == nil {
		err = l.Add(e.erasure(sel), people, s.runner.Privacy)
	}
	if err != nil {
		return err
	}
	would, err := s.runner.WouldErase(ctx, sel, l)
	if err != nil {
		return err
	}
	if c.Output == "json" {
		return c.printJSON(struct {
			People   []shown      `json:"people"`
			Datasets []jobs.Would `json:"datasets"`
		}{show(people), would})
	}
	if err := c.printPeople(people); err != nil {
		return err
	}
	w := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "\ntenant\tdataset\tdays\trecords that go\trecords that change\telements that go\t")
	for _, d := range would {
		fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%d\t%d\t\n", d.Tenant, d.Dataset, len(d.Days), d.Own, d.Changed, d.Elements)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if len(would) == 0 {
		fmt.Fprintln(c.stdout, nobodyHasThem)
	}
	_, err = fmt.Fprintln(c.stdout, "nothing was changed")
	return err
}

// nobodyHasThem is said where nothing was found of who is on the list already.
const nobodyHasThem = "no record in the lake has these keys"

func (e eraseCommand) erase(ctx context.Context, c *command, s *setup, sel plan.Selection, people []erased.Person) error {
	if c.Output == "text" {
		if err := c.printPeople(people); err != nil {
			return err
		}
	}
	before := 0
	l, err := erased.Update(ctx, s.runner.Store, func(l *erased.List) error {
		before = len(l.Erasures)
		return l.Add(e.erasure(sel), people, s.runner.Privacy)
	})
	if err != nil {
		return err
	}
	return e.carryOut(ctx, c, s, sel, whom{people, len(l.Erasures) > before})
}

// goOn carries out what was begun and not finished.
func (e eraseCommand) goOn(ctx context.Context, c *command, s *setup, sel plan.Selection) error {
	l, err := erased.Load(ctx, s.runner.Store)
	if err != nil {
		return err
	}
	if e.DryRun || l.IsWhole() {
		return usage(errors.New("there is nothing to go on with: name whom to erase with --user, or search with --verify"))
	}
	return e.carryOut(ctx, c, s, sel, whom{})
}

// whom an erasure is of. It is added to the list, or an erasure that had been begun is gone on with.
type whom struct {
	people []erased.Person
	added  bool
}

func (e eraseCommand) carryOut(ctx context.Context, c *command, s *setup, sel plan.Selection, of whom) error {
	rep, err := s.run(ctx, (selection{Now: e.Now}).now(), func(r *jobs.Runner) (jobs.Report, error) { return r.Erase(ctx, sel) })
	if err != nil {
		return err
	}
	history := s.config.history()
	if c.Output == "json" {
		err = c.printJSON(struct {
			People  []shown     `json:"people"`
			Added   bool        `json:"added"` // false: an erasure that had been begun was gone on with
			Report  jobs.Report `json:"report"`
			History []string    `json:"history"`
		}{show(of.people), of.added, rep, history})
	} else {
		err = c.printErased(rep, of, history)
	}
	if err != nil {
		return err
	}
	return reported(rep)
}

func (c *command) printErased(rep jobs.Report, of whom, history []string) error {
	if err := c.printReport(rep); err != nil {
		return err
	}
	end := "erased; the same command with --verify proves it"
	if rep.Status != state.Data {
		end = "not all of it is done: the same command goes on, and so does the next run of each dataset"
	}
	isKnown := func(p erased.Person) bool { return p.ID != "" }
	changed := func(u jobs.UnitReport) bool { return u.Written > 0 }
	if rep.Status == state.Data && of.added && !slices.ContainsFunc(of.people, isKnown) && !slices.ContainsFunc(rep.Units, changed) {
		fmt.Fprintln(c.stdout, nobodyHasThem)
		end = "nothing was there to be erased; what Graph gives with these keys from now on does not come in"
	}
	fmt.Fprintln(c.stdout, end)
	for _, line := range history {
		fmt.Fprintln(c.stdout, line)
	}
	return nil
}

func (e eraseCommand) verify(ctx context.Context, c *command, s *setup, people []erased.Person) error {
	l, err := erased.Load(ctx, s.runner.Store)
	if err != nil {
		return err
	}
	if len(l.Erasures) == 0 && len(people) == 0 {
		return usage(errors.New("nobody was erased of this lake: name with --user whom to search for"))
	}
	directory := s.config.Lake
	if s.config.inBlobStorage() {
		directory = ""
	}
	proof, err := l.Prove(ctx, erased.Search{
		Store: s.runner.Store, Beside: load.Leftovers(ctx, directory, ""), Datasets: s.config.set,
	}, people, s.runner.Privacy)
	if err != nil {
		return err
	}
	proof.At, proof.By = time.Now().UTC().Truncate(time.Second), operator()
	object, err := proof.Keep(ctx, s.runner.Store)
	if err != nil {
		return err
	}
	if err := c.printProof(proof, object, s.config.history()); err != nil {
		return err
	}
	if !proof.Clean {
		return StatusError{Status: ExitFailed}
	}
	return nil
}

func (c *command) printProof(p erased.Proof, object string, history []string) error {
	if c.Output == "json" {
		text, err := json.Marshal(p)
		if err != nil {
			return err
		}
		all := map[string]any{}
		if err := json.Unmarshal(text, &all); err != nil {
			return err
		}
		all["proof"], all["history"] = object, history
		return c.printJSON(all)
	}
	for _, f := range p.Found {
		fmt.Fprintf(c.stdout, "found in %s", f.Object)
		if f.Where != "" {
			fmt.Fprintf(c.stdout, ", %s", f.Where)
		}
		fmt.Fprintf(c.stdout, ": %d\n", f.Count)
	}
	for _, name := range p.Unread {
		fmt.Fprintf(c.stdout, "%s could not be looked at whole: restore it or remove it, and search again\n", name)
	}
	for _, name := range p.NotSearched {
		fmt.Fprintf(c.stdout, "%s was not searched: a run, of this lake or another, works with it, or it is another user's\n", name)
	}
	for _, line := range history {
		fmt.Fprintln(c.stdout, line)
	}
	_, err := fmt.Fprintf(c.stdout, "searched %d objects, %d bytes: found in %d; the proof is %s\n", p.Objects, p.Bytes, len(p.Found), object)
	return err
}

// history says what the store keeps of its own, of which graphlake knows nothing, and how that is ended.
func (c *config) history() []string {
	if !c.inBlobStorage() {
		return []string{fmt.Sprintf("what else keeps the past of %s: snapshots of its file system and backups; remove those from before, or let them run out", c.Lake)}
	}
	container, prefix, _ := strings.Cut(strings.TrimPrefix(c.Lake, "az://"), "/")
	at := fmt.Sprintf("--account-name %s --container-name %s --auth-mode login", c.storageAccount(), container)
	under := ""
	if prefix != "" {
		under = " --prefix " + path.Clean(prefix) + "/"
	}
	properties := "az storage account blob-service-properties update --account-name " + c.storageAccount()
	return []string{
		"what else keeps the past of " + c.Lake + ": versions, snapshots, soft delete and immutability of Blob Storage, and backups. What there is:",
		"  az storage blob list " + at + under + " --include dsv --query \"[?deleted || snapshot || versionId && !isCurrentVersion].[name,versionId,snapshot,deleted]\" --output tsv",
		"it ends with, once for each line of that with a version or a snapshot:",
		"  az storage blob delete " + at + " --name NAME --version-id VERSION    # or --snapshot SNAPSHOT",
		"what is softly deleted stays until its days are over; to end it sooner, turn soft delete off, undelete, delete again, and turn it on:",
		"  " + properties + " --enable-delete-retention false",
		"  az storage blob undelete " + at + " --name NAME && az storage blob delete " + at + " --name NAME --version-id VERSION",
		"  " + properties + " --enable-delete-retention true --delete-retention-days DAYS",
	}
}

// storageAccount is the name of the account that the lake lies in.
func (c *config) storageAccount() string {
	if c.Azure.ConnectionStringEnv != "" {
		if text, err := environment(c.Azure.ConnectionStringEnv); err == nil {
			for part := range strings.SplitSeq(text, ";") {
				if name, ok := strings.CutPrefix(part, "AccountName="); ok {
					return name
				}
			}
		}
		return "ACCOUNT"
	}
	host := strings.TrimPrefix(c.Azure.AccountURL, "https://")
	name, _, _ := strings.Cut(host, ".")
	return name
}
