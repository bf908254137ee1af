package graphsim

// A sku is a product that the organisation has bought.
type sku struct {
	id, part string
	spare    int // bought and not given to anybody
	plans    []string
	consumed int
	status   string
	tenant   string
}

// products are what the organisation has bought: first those that users have, in the order of skus, and
// one that has run out.
var products = []sku{
	{id: skus[0], part: "CONTOSO_E5", spare: 25, plans: []string{"EXCHANGE_S_ENTERPRISE", "TEAMS1", "MCOEV"}, status: "Enabled"},
	{id: skus[1], part: "MCOPSTN2", spare: 5, plans: []string{"MCOPSTN2"}, status: "Enabled"},
	{id: skus[2], part: "MCOMEETADV", spare: 0, plans: []string{"MCOMEETADV"}, status: "Enabled"},
	{id: "6a04d1b8-e2c7-4f59-9d30-b75e8c1f2a46", part: "CRMSTANDARD", spare: 25, plans: []string{"CRMSTANDARD"}, status: "Suspended"},
}

var skuProperties = properties[sku]{
	{"id", func(w *writer, v *sku) { w.text("id", v.key()) }},
	{"accountId", func(w *writer, v *sku) { w.text("accountId", v.tenant) }},
	{"accountName", func(w *writer, _ *sku) { w.text("accountName", "contoso") }},
	{"appliesTo", func(w *writer, _ *sku) { w.text("appliesTo", "User") }},
	{"capabilityStatus", func(w *writer, v *sku) { w.text("capabilityStatus", v.status) }},
	{"consumedUnits", func(w *writer, v *sku) { w.int("consumedUnits", v.consumed) }},
	{"skuId", func(w *writer, v *sku) { w.text("skuId", v.id) }},
	{"skuPartNumber", func(w *writer, v *sku) { w.text("skuPartNumber", v.part) }},
	{"subscriptionIds", func(w *writer, v *sku) { w.texts("subscriptionIds", planOf("subscription "+v.part)) }},
	{"prepaidUnits", func(w *writer, v *sku) {
		enabled, suspended := v.consumed+v.spare, 0
		if v.status != "Enabled" {
			enabled, suspended = 0, v.spare
		}
		w.open("prepaidUnits")
		w.int("enabled", enabled)
		w.int("suspended", suspended)
		w.int("warning", 0)
		w.int("lockedOut", 0)
		w.close()
	}},
	{"servicePlans", func(w *writer, v *sku) {
		w.list("servicePlans")
		for _, plan := range v.plans {
			w.open("")
			w.text("servicePlanId", planOf(plan))
			w.text("servicePlanName", plan)
			w.text("provisioningStatus", map[bool]string{true: "Success", false: "Disabled"}[v.status == "Enabled"])
			w.text("appliesTo", "User")
			w.close()
		}
		w.end()
	}},
}

func (v *sku) key() string { return v.tenant + "_" + v.id }

// planOf is the id of a service plan, the same in every tenant.
func planOf(name string) string {
	s := seeded('P')
	for _, c := range []byte(name) {
		s = seeded(uint64(s), uint64(c))
	}
	return drawGUID(&s).String()
}

// subscribedSkus answers /subscribedSkus.
func (t *Tenant) subscribedSkus(w *writer, q *question) error {
	if err := q.allow("$select"); err != nil {
		return err
	}
	chosen, err := skuProperties.choose("microsoft.graph.subscribedSku", q.options.Get("$select"), q.options.Has("$select"))
	if err != nil {
		return err
	}
	var given [len(skus) + 1]int
	for p := range t.people(0, nil, q.now) {
		for i := range p.licences() {
			given[i]++
		}
	}
	w.open("")
	w.text("@odata.context", q.root+"/$metadata#subscribedSkus"+chosen.shape())
	w.list("value")
	for i, v := range products {
		v.consumed, v.tenant = given[i], t.Tenant
		w.open("")
		skuProperties.whole(w, &v, chosen)
		w.close()
	}
	w.end()
	w.close()
	return nil
}
