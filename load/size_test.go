package load_test

import (
	"fmt"
	"testing"
	"time"

	"graphlake/load"
	"graphlake/load/memstore"
)

// The average is of the newest four weeks, also where days are missing.
func TestSize(t *testing.T) {
	store := memstore.New()
	first := time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)
	for _, tenant := range []string{"4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30", "5f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30"} {
		for day := range 35 {
			size := 1000
			if day >= 7 {
				size = 10
			}
			if day == 20 {
				continue
			}
			p := load.Partition{Kind: load.Raw, Name: "calls", TenantID: tenant, Date: first.AddDate(0, 0, day)}
			if _, err := store.Swap(t.Context(), p.Object(), "", make([]byte, size)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := store.Swap(t.Context(), "raw/calls/README", "", []byte("none of ours")); err != nil {
		t.Fatal(err)
	}
	lake := load.New(store, "")
	for tenant, want := range map[string]string{
		"4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30": "{Files:34 Bytes:7270 Days:34 ADay:10}",
		"":                                     "{Files:68 Bytes:14540 Days:34 ADay:20}",
		"6f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30": "{Files:0 Bytes:0 Days:0 ADay:0}",
	} {
		got, err := lake.Size(t.Context(), load.Raw, []string{"calls", "others"}, tenant)
		if fmt.Sprintf("%+v", got) != want || err != nil {
			t.Errorf("%q: %+v, %v, want %s", tenant, got, err, want)
		}
	}
}
