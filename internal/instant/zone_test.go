package instant

import (
	"strconv"
	"strings"
	"testing"
	"time"
)

// Every name leads to a zone that there is, also where a machine has no zones.
func TestEveryWindowsNameIsAZone(t *testing.T) {
	for name, iana := range windows {
		if got := IANA([]byte(strings.ToUpper(name))); got != iana {
			t.Errorf("%s is %q, want %q", name, got, iana)
		}
	}
	if len(windows) != len(windowsNames)+len(otherNames) {
		t.Error("a name is there twice")
	}
}

func TestIANA(t *testing.T) {
	for name, want := range map[string]string{
		"W. Europe Standard Time": "Europe/Berlin", "w. europe standard time": "Europe/Berlin", "Turks and Caicos Standard Time": "America/Grand_Turk",
		"UTC": "Etc/UTC", "utc": "Etc/UTC", "tzone://Microsoft/Utc": "Etc/UTC", "tzone://microsoft/utc": "Etc/UTC",
		"Kamchatka Standard Time": "Asia/Kamchatka", "Mid-Atlantic Standard Time": "Etc/GMT+2", "E. Africa Standard Time": "Africa/Nairobi",
		"Europe/Zurich": "Europe/Zurich", "Asia/Calcutta": "Asia/Calcutta", "America/Argentina/Buenos_Aires": "America/Argentina/Buenos_Aires", "GMT": "GMT",
		"tzone://Microsoft/Custom": "", "Customized Time Zone": "", "Europe/Atlantis": "", "": "", "Local": "", "localtime": "", "posixrules": "",
		"../Europe/Zurich": "", "/etc/localtime": "", "Europe": "", "right/Europe/Zurich": "", "Europe/../UTC": "", strings.Repeat("A", 1<<20): "",
	} {
		if got := IANA([]byte(name)); got != want {
			t.Errorf("%.40q is %q, want %q", name, got, want)
		}
	}
}

func TestIn(t *testing.T) {
	for _, c := range []struct{ text, zone, want string }{
		{"2026-11-22T08:00:00.0000000", "UTC", "2026-11-22T08:00:00Z"},
		{"2026-11-22T08:00:00.0000000", "", "2026-11-22T08:00:00Z"},
		{"2026-11-22T08:00:00.5000000", "W. Europe Standard Time", "2026-11-22T07:00:00.5Z"},
		{"2026-07-22T08:00:00", "Europe/Berlin", "2026-07-22T06:00:00Z"},
		{"2026-11-22 08:00", "india standard time", "2026-11-22T02:30:00Z"},
		{"2026-11-22T08:00:00", "tzone://Microsoft/Utc", "2026-11-22T08:00:00Z"},
		{"2026-11-22T08:00:00Z", "W. Europe Standard Time", "2026-11-22T08:00:00Z"},
		{"2026-11-22T08:00:00+02:00", "nowhere", "2026-11-22T06:00:00Z"},
		{"2026-11-22T08:00:00", "nowhere", "unknown"},
		{"0001-01-01T00:00:00", "nowhere", "none"},
		{"tomorrow", "UTC", ""},
	} {
		i, known, ok := In([]byte(c.text), []byte(c.zone))
		got := ""
		switch {
		case !ok:
		case !known:
			got = "unknown"
		case i.IsNone():
			got = "none"
		default:
			got = i.Time().Format(time.RFC3339Nano)
		}
		if got != c.want {
			t.Errorf("%s in %q is %q, want %q", c.text, c.zone, got, c.want)
		}
	}
}

// A clock that is put back shows an hour twice, and one that is put forward leaves one out.
func TestInWhereClocksAreChanged(t *testing.T) {
	for text, hours := range map[string][]int{"2026-10-25T02:30:00": {0, 1}, "2026-03-29T02:30:00": {0, 1}} {
		i, _, ok := In([]byte(text), []byte("W. Europe Standard Time"))
		if h := i.Time().Hour(); !ok || h != hours[0] && h != hours[1] {
			t.Errorf("%s is %v", text, i.Time())
		}
	}
}

func TestInDoesNotAllocate(t *testing.T) {
	text, zone := []byte("2026-11-22T08:00:00.0000000"), []byte("W. Europe Standard Time")
	if n := testing.AllocsPerRun(100, func() { In(text, zone) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestNamesAreForgotten(t *testing.T) {
	for i := range mostZones + 10 {
		IANA([]byte("x" + strconv.Itoa(i)))
	}
	if len(zones) > mostZones {
		t.Errorf("%d names are kept", len(zones))
	}
}

// Whatever a record calls a zone, nothing but a zone is found.
func FuzzIANA(f *testing.F) {
	for _, name := range []string{"UTC", "W. Europe Standard Time", "Europe/Zurich", "Local", "../x", "Etc/GMT+12", "tzone://Microsoft/Utc"} {
		f.Add([]byte(name))
	}
	f.Fuzz(func(t *testing.T, name []byte) {
		iana := IANA(name)
		if iana == "" {
			return
		}
		if strings.Contains(iana, ".") || iana == "Local" || IANA([]byte(iana)) == "" {
			t.Fatalf("%q is %q", name, iana)
		}
	})
}

// Every zone that counts to one of Windows is one that there is, and the zone of each name of Windows counts to that name.
func TestEveryZoneOfWindowsIsAZone(t *testing.T) {
	for name, iana := range windowsNames {
		if got := Windows(iana); got != name {
			t.Errorf("%s counts to %q, want %q", iana, got, name)
		}
	}
	for name, zones := range territories {
		if windowsNames[name] == "" {
			t.Errorf("there is no %s", name)
		}
		for iana := range strings.FieldsSeq(zones) {
			if _, err := time.LoadLocation(iana); err != nil || Windows(iana) != name {
				t.Errorf("%s: %v, counts to %q, want %q", iana, err, Windows(iana), name)
			}
		}
	}
}

func TestWindows(t *testing.T) {
	for name, want := range map[string]string{
		"W. Europe Standard Time": "W. Europe Standard Time", "w. EUROPE standard time": "W. Europe Standard Time",
		"Europe/Berlin": "W. Europe Standard Time", "Europe/Zurich": "W. Europe Standard Time", "Europe/Vienna": "W. Europe Standard Time", "Europe/Brussels": "Romance Standard Time",
		"Europe/Kyiv": "FLE Standard Time", "Europe/Helsinki": "FLE Standard Time", "America/Toronto": "Eastern Standard Time", "Asia/Kolkata": "India Standard Time",
		"America/Argentina/Ushuaia": "Argentina Standard Time", "Europe/Dublin": "GMT Standard Time", "Europe/Lisbon": "GMT Standard Time",
		"UTC": "UTC", "Etc/UTC": "UTC", "tzone://Microsoft/Utc": "UTC", "Malay Peninsula Standard Time": "Singapore Standard Time",
		"Customized Time Zone": "", "Europe/Atlantis": "", "": "", "Local": "", strings.Repeat("A", 1<<20): "",
	} {
		if got := Windows(name); got != want {
			t.Errorf("%.40q is %q, want %q", name, got, want)
		}
	}
}
