package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// dataset adds a dataset to a copy of the tree as CONTRIBUTING.md says, and runs all that ranges over the set.
//
// It names the files that were written or changed. The last line is: dataset files=N. It fails if there are more than
// five, or if something else has to be changed for the dataset to be read, tested and documented. Not counted is what
// make generate writes of all tables together.
func dataset(*flag.FlagSet) func(ctx context.Context, bin string) error {
	return func(ctx context.Context, _ string) error {
		dir, err := os.MkdirTemp("", "dataset")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		if err := copyTree(ctx, dir); err != nil {
			return err
		}
		if err := inTree(ctx, dir, "git", "init", "-q"); err != nil { // make looks for tests by git
			return err
		}
		before, err := contents(dir)
		if err != nil {
			return err
		}
		if err := addDevices(ctx, dir); err != nil {
			return err
		}
		after, err := contents(dir)
		if err != nil {
			return err
		}
		var changed []string
		for name, text := range after {
			if was, ok := before[name]; (!ok || was != text) && !ofAllTables(name) {
				changed = append(changed, name)
			}
		}
		slices.Sort(changed)
		fmt.Println(strings.Join(changed, "\n"))
		for _, args := range [][]string{
			{"vet", "./..."},
			{"test", "./schemas/...", "./transform/...", "./views", "./internal/gendocs", "./internal/layout"},
			{"test", "-run", "TestProbeOfEveryDataset|TestEveryDataset", "./extract", "./internal/cli"},
		} {
			if err := inTree(ctx, dir, "go", args...); err != nil {
				return err
			}
		}
		fmt.Printf("dataset files=%d\n", len(changed))
		if len(changed) > 5 {
			return errors.New("a new dataset takes more than five files")
		}
		return nil
	}
}

// addDevices does what the section about adding a dataset says, in its order.
func addDevices(ctx context.Context, dir string) error {
	set := filepath.Join(dir, "schemas/set.go")
	text, err := os.ReadFile(set)
	if err != nil {
		return err
	}
	listed := bytes.Replace(text, []byte("ChatMessages, ChannelMessages,\n"), []byte("ChatMessages, ChannelMessages,\n\t\tDevices,\n"), 1)
	if bytes.Equal(text, listed) {
		return errors.New("schemas/set.go has no list that ends with ChannelMessages")
	}
	for name, content := range map[string]string{
		"schemas/set.go": string(listed), "schemas/devices.go": devices, "schemas/testdata/devices/page-1.json": devicesPage,
	} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			return err
		}
	}
	return inTree(ctx, dir, "make", "golden", "generate")
}

// inTree runs a command in the copy. What it prints is shown if it fails.
func inTree(ctx context.Context, dir, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err == nil && bytes.Contains(out, []byte("[no tests to run]")) {
		err = errors.New("a test that is named is not there")
	}
	if err != nil {
		return fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, out)
	}
	return nil
}

// copyTree copies what git knows or would take up.
func copyTree(ctx context.Context, dir string) error {
	out, err := exec.CommandContext(ctx, "git", "ls-files", "-z", "-c", "-o", "--exclude-standard").Output()
	if err != nil {
		return err
	}
	for name := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		text, err := os.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue // deleted, and not committed
		}
		if err != nil {
			return err
		}
		info, err := os.Stat(name)
		if err != nil {
			return err
		}
		to := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(to, text, info.Mode().Perm()); err != nil {
			return err
		}
	}
	return nil
}

// contents are the files below a directory.
func contents(dir string) (map[string]string, error) {
	all := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, entry fs.DirEntry, err error) error {
		if name == ".git" {
			return fs.SkipDir
		}
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(filepath.Join(dir, name))
		all[name] = string(text)
		return err
	})
	return all, err
}

const devices = `package schemas

// Devices are what people sign in with, a picture a day.
var Devices = Dataset{
	Name: "devices",
	Doc:  "Devices that the directory knows.",
	Mode: Snapshot,
	Source: Source{
		API:    "v1.0",
		Path:   "/devices",
		Query:  []Param{{"$select", "{select}"}, {"$top", "500"}},
		Paging: NextLink,
		Budget: identity,
	},
	Optional:    true,
	Permissions: []Permission{"Device.Read.All", "Directory.Read.All"},
	RoleIDs:     map[Permission]string{"Device.Read.All": "7438b122-aefc-4978-80ed-43db9fcc7715"},
	Tables: []Table{{
		Name: "devices",
		Doc:  "A row per device on the day of the picture.",
		Key:  []string{"device_id"},
		Columns: []Column{
			{Name: "device_id", Path: "id", Type: String, Required: true, Doc: "Id of the device in the directory."},
			{Name: "display_name", Path: "displayName", Type: String, Personal: true, Doc: "Name of the device."},
			{Name: "operating_system", Path: "operatingSystem", Type: Enum, Doc: "Windows, iOS and so on."},
			{Name: "last_sign_in_time", Path: "approximateLastSignInDateTime", Type: Timestamp, Doc: "Last sign-in, about."},
			{Name: "is_managed", Path: "isManaged", Type: Bool, Doc: "Whether a service manages it."},
			{Name: "removed", Path: "@removed", Type: Present, Doc: "Whether the device was not listed any more. The other columns are then as they were last known."},
		},
	}},
	Joins: []string{"` + "`devices.display_name`" + ` is what people call it; no table has the id."},
	Queries: []Query{{"Which systems are in use?", ` + "`" + `
SELECT operating_system, count(*) AS devices
FROM devices_current
GROUP BY ALL ORDER BY devices DESC` + "`" + `}},
}
`

const devicesPage = `{
  "@counted": {"rows": {"devices": 2}},
  "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#devices",
  "value": [
    {
      "id": "6a59ea83-02bd-468f-a40b-f2c3d1821983",
      "displayName": "LAPTOP-7",
      "operatingSystem": "Windows",
      "approximateLastSignInDateTime": "2026-11-15T07:30:00Z",
      "isManaged": true
    },
    {
      "id": "9b3c1f04-5a77-4c2e-8a1d-0e6f2b7c9d10",
      "displayName": null,
      "operatingSystem": "iOS",
      "isManaged": null
    }
  ]
}
`

// ofAllTables reports whether a file is what make generate writes of all tables together.
func ofAllTables(name string) bool {
	return name == "docs/datasets/README.md" || name == "docs/privacy.md" || strings.HasPrefix(name, "docs/dbt/models/")
}
