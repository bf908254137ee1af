package main

import "testing"

func TestSteps(t *testing.T) {
	got := steps("Do this:\n\n```console\n$ bin/graphlake init   # once\nwrote graphlake.yaml\n\n$ export A=b\n```\n\n```sh\n$ not this\n```\n\n```console\n$ a\nb\n```\n")
	if len(got) != 3 || got[0].command != "bin/graphlake init" || len(got[0].prints) != 2 || got[1].command != "export A=b" || got[2].prints[0] != "b" {
		t.Errorf("%q", got)
	}
}

func TestCompare(t *testing.T) {
	for _, c := range []struct {
		prints  []string
		printed string
		ok      bool
	}{
		{[]string{"dataset  records", "users  201", ""}, "dataset records\nusers      1,980\n", true},
		{[]string{"users 201"}, "users none\n", false},
		{[]string{"users 201"}, "users 201\nand more\n", false},
		{[]string{"users 201", "and more"}, "users 201\n", false},
		{[]string{"20261126T072209Z-gs6p7csx data"}, "20270101T000000Z-abcdefgh data\n", true},
		{nil, "", true},
		{nil, "something\n", false},
	} {
		if err := (step{"x", c.prints}).compare(c.printed); (err == nil) != c.ok {
			t.Errorf("%q for %q: %v", c.printed, c.prints, err)
		}
	}
}
