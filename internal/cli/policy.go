package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// policyCommands are the commands by which an administrator of Teams lets an application read the meetings of everybody, in one line of PowerShell.
func policyCommands(clientID string) string {
	return fmt.Sprintf(`New-CsApplicationAccessPolicy -Identity graphlake -AppIds "%s"; Grant-CsApplicationAccessPolicy -PolicyName graphlake -Global`, cmp.Or(clientID, "CLIENT_ID"))
}

// withoutPolicy counts organizers of a tenant who have no application access policy of Teams, by the datasets that could not be read of them.
type withoutPolicy struct {
	tenant   string
	datasets []string
	most     int64 // of a dataset: most are missing in all alike
}

// organizersWithout is what was counted, a line a tenant.
type organizersWithout []withoutPolicy

func (o *organizersWithout) add(tenant, dataset string, n int64) {
	if n == 0 {
		return
	}
	i := slices.IndexFunc(*o, func(w withoutPolicy) bool { return w.tenant == tenant })
	if i < 0 {
		i = len(*o)
		*o = append(*o, withoutPolicy{tenant: tenant})
	}
	w := &(*o)[i]
	w.most = max(w.most, n)
	if !slices.Contains(w.datasets, dataset) {
		w.datasets = append(w.datasets, dataset)
	}
}

// printWithoutPolicy says for how many organizers it is missing, and what to paste.
func (c *command) printWithoutPolicy(all organizersWithout) {
	for _, w := range all {
		who := "1 organizer has"
		if w.most != 1 {
			who = fmt.Sprintf("%d organizers have", w.most)
		}
		fmt.Fprintf(c.stdout, "%s of %s: %s no application access policy of Teams, which an administrator grants in PowerShell, and which works within 30 minutes: %s\n",
			strings.Join(w.datasets, ", "), w.tenant, who, policyCommands(c.applications[w.tenant]))
	}
}
