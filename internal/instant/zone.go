package instant

import (
	"maps"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // where a machine has none, as in a container of one binary
)

// In reads the dateTime of a dateTimeTimeZone: a date and time without a zone, and the name of the zone that
// stands beside it. Without a name the zone is UTC, and what the text itself says of one goes before the name.
// Where a clock is put forward or back, of the instants that the text may mean it is one.
func In(text, name []byte) (i Instant, known, ok bool) {
	i, zoned, ok := Parse(text)
	if !ok || zoned || i.IsNone() || len(name) == 0 || string(name) == "UTC" {
		return i, true, ok
	}
	z := find(name)
	if z.at == nil {
		return i, false, true
	}
	t := i.Time()
	i.Seconds = time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, z.at).Unix()
	return i, true, true
}

// IANA is the IANA name of a zone by its IANA name, or by its Windows name in whatever case; "" if it is
// neither, as of a zone that a user has made up ("Customized Time Zone").
func IANA(name []byte) string { return find(name).iana }

// zone is what is known of a name; nothing, if it names no zone.
type zone struct {
	iana string
	at   *time.Location
}

// zones are the names that were met, and windows those of Windows in small letters.
var (
	zones   = map[string]zone{}
	zonesMu sync.RWMutex // guards zones

	windows = smallNames()
)

// Bounds of the memory that names take, for people make up some. No zone's name is as long.
const (
	mostZones   = 4096
	longestName = 64
)

func find(name []byte) zone {
	if len(name) > longestName {
		return zone{}
	}
	zonesMu.RLock()
	z, met := zones[string(name)]
	zonesMu.RUnlock()
	if met {
		return z
	}
	z = load(string(name))
	zonesMu.Lock()
	defer zonesMu.Unlock()
	if len(zones) == mostZones {
		clear(zones)
	}
	zones[string(name)] = z
	return z
}

func load(name string) zone {
	iana, ok := windows[small(name)]
	if !ok {
		if iana = name; !couldBeIANA(name) {
			return zone{}
		}
	}
	at, err := time.LoadLocation(iana)
	if err != nil {
		return zone{}
	}
	return zone{iana, at}
}

// couldBeIANA keeps names from the file system that lead to no zone there or to that of the machine.
func couldBeIANA(name string) bool {
	if name == "" || name[0] < 'A' || name[0] > 'Z' || name == "Local" || name == "Factory" {
		return false
	}
	for _, c := range []byte(name) {
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if !letter && (c < '0' || c > '9') && c != '/' && c != '_' && c != '-' && c != '+' {
			return false
		}
	}
	return true
}

func smallNames() map[string]string {
	all := maps.Clone(windowsNames)
	maps.Copy(all, otherNames)
	names := make(map[string]string, len(all))
	for name, iana := range all {
		names[small(name)] = iana
	}
	return names
}

// small is a name with small letters in place of the capitals of ASCII.
func small(name string) string {
	b := []byte(name)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c | 0x20
		}
	}
	return string(b)
}

// Windows is the Windows name of a zone by its Windows name in whatever case, also one that Windows gave up, or by its IANA
// name; "" if it is neither, or a zone that Windows has none for.
func Windows(name string) string {
	if len(name) > longestName {
		return ""
	}
	if known, ok := current[small(name)]; ok {
		return known
	}
	if known, ok := windowsOf[name]; ok {
		return known
	}
	return windowsOf[IANA([]byte(name))]
}

// current are the names that Windows has today by those in small letters, and windowsOf these by IANA names.
var current, windowsOf = windowsByName()

func windowsByName() (current, of map[string]string) {
	current, of = map[string]string{}, map[string]string{}
	for windows, iana := range windowsNames {
		current[small(windows)] = windows
		of[iana] = windows
		for other := range strings.FieldsSeq(territories[windows]) {
			of[other] = windows
		}
	}
	return current, of
}
