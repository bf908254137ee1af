package read

import (
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// theTenant is whom a client reads.
const theTenant = "4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30"

// tenantID is theTenant, and after it others.
func tenantID(i int) string {
	if i == 0 {
		return theTenant
	}
	return fmt.Sprintf("%s%012d", theTenant[:24], i)
}

// widen makes a lake of so many tenants and days, up to the last that the small one was read on, and gives how many files its tables have. They are
// links to those of the small lake, each day that it has to its own. What a lake says of itself stays as it is.
func widen(small, large string, days, tenants int) (files int, err error) {
	for _, own := range []string{"lake.json", "state", "runs"} {
		if err := os.MkdirAll(large, 0o750); err != nil {
			return 0, err
		}
		if err := os.Symlink(filepath.Join(small, own), filepath.Join(large, own)); err != nil {
			return 0, err
		}
	}
	tables, err := filepath.Glob(filepath.Join(small, "tables", "*", "tenant_id="+theTenant))
	if err != nil {
		return 0, err
	}
	last, err := time.Parse(time.DateOnly, to)
	if err != nil {
		return 0, err
	}
	for _, of := range tables {
		table := filepath.Base(filepath.Dir(of))
		held, err := filepath.Glob(filepath.Join(of, "dt=*", table+".parquet"))
		if err != nil || len(held) == 0 {
			return 0, fmt.Errorf("%s has no days: %w", table, err)
		}
		for day := range days {
			date := "dt=" + last.AddDate(0, 0, -day).Format(time.DateOnly)
			from := filepath.Join(of, date, table+".parquet")
			if _, err := os.Stat(from); err != nil {
				from = held[day%len(held)]
			}
			for i := range tenants {
				dir := filepath.Join(large, "tables", table, "tenant_id="+tenantID(i), date)
				if err := os.MkdirAll(dir, 0o750); err != nil {
					return 0, err
				}
				if err := os.Link(from, filepath.Join(dir, table+".parquet")); err != nil {
					return 0, err
				}
				files++
			}
		}
	}
	return files, nil
}
