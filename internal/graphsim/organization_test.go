package graphsim

import "testing"

func TestOrganization(t *testing.T) {
	tenant := directory(120)
	list := get(t, tenant, "/v1.0/organization").values(t)
	if len(list) != 1 || list[0]["id"] != tenant.Tenant || list[0]["displayName"] != "Contoso" || len(list[0]["verifiedDomains"].([]any)) != 2 {
		t.Errorf("the organisation is %v", list)
	}
	if some := get(t, tenant, "/v1.0/organization?$select=id,city").values(t); len(some[0]) != 2 {
		t.Errorf("a selection is %v", some)
	}
}

// As many units of a product are consumed as users have it.
func TestSubscribedSkus(t *testing.T) {
	tenant := directory(120)
	users, _ := all(t, tenant, usersPath+"?$select=assignedLicenses")
	given := map[any]float64{}
	for _, u := range users {
		for _, l := range objects(t, u, "assignedLicenses") {
			given[l["skuId"]]++
		}
	}
	list := get(t, tenant, "/v1.0/subscribedSkus").values(t)
	used := 0
	for _, s := range list {
		units := s["prepaidUnits"].(map[string]any)
		if s["consumedUnits"] != given[s["skuId"]] || s["capabilityStatus"] == "Enabled" && units["enabled"].(float64) < given[s["skuId"]] {
			t.Errorf("%v of %v are consumed, %v given", s["consumedUnits"], units, given[s["skuId"]])
		}
		if s["id"] != tenant.Tenant+"_"+s["skuId"].(string) || len(s["servicePlans"].([]any)) == 0 {
			t.Errorf("a product is %v", s)
		}
		if given[s["skuId"]] > 0 {
			used++
		}
	}
	if len(list) != 4 || used != 3 {
		t.Errorf("%d products, of which %d are used", len(list), used)
	}
}
