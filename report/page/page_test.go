package page

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"graphlake/report"
	"graphlake/schemas"
)

// hostile is a name that would do harm where it is not escaped.
const hostile = `</script><b onclick="x()">&'"` + "\u202e\x1b[2J `${1}`"

var first = time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)

// invented is a report of so many tenants, with as many departments each and holes in what is held.
func invented(tenants, departments, days int) report.Report {
	r := report.Report{Days: schemas.Range{From: first, To: first.AddDate(0, 0, days)}}
	for n := range tenants {
		t := report.Tenant{Named: report.Named{ID: fmt.Sprint("id", n), Name: fmt.Sprintf("tenant-%02d", n+1)}, Picture: r.Days.To}
		if n == 0 {
			t.Name = hostile
		}
		for i := range departments {
			k := int64(i + n + 1)
			name := fmt.Sprintf("Department of matters no. %d", i+1)
			if i == 0 {
				name = hostile
			}
			hidden := i == 1
			t.Missed = append(t.Missed, group(name, hidden, report.Missed{Missed: 10 * k, Returned: 4 * k, CalledBack: 2 * k, Unreturned: 3 * k, Waiting: k, Anonymous: 2 * k}))
			t.Audio = append(t.Audio, group(name, hidden, report.Quality{Good: 900 * k, Poor: 30 * k, Unclassified: 70 * k}))
			t.Hours = append(t.Hours, group(name, hidden, report.Hours{Inside: 90 * k, Outside: 10 * k, NotKnown: k, TalkInside: 8.25 * float64(k), TalkOutside: 1.75 * float64(k)}))
			t.MeetingsBy = append(t.MeetingsBy, group(name, hidden, report.Meetings{People: 5 * k, Meetings: 40 * k, Hours: 45 * float64(k), WithoutOverlap: 40 * float64(k), Conflicting: 9 * float64(k), DoubleBooked: 5 * float64(k)}))
			t.ActiveBy = append(t.ActiveBy, group(name, hidden, report.ActivePeople{Active: 4 * k, People: 5 * k}))
		}
		t.MissedAll, t.AudioAll = t.Missed[0].Of, t.Audio[0].Of
		t.Connections = []report.Group[report.Quality]{group("wifi", false, t.AudioAll), group("wired", false, report.Quality{Good: 1000, Poor: 2})}
		t.Networks = []report.Group[report.Quality]{group("wifi, 10.0.1.0", false, t.AudioAll), group("wifi, 192.0.2.0", true, report.Quality{})}
		t.HoursAll = report.Hours{Inside: 180, Outside: 20, TalkInside: 16.5, TalkOutside: 3.5}
		t.Calls = []report.CallKind{{Kind: "one_to_one", Outcome: "answered", Calls: 120}, {Kind: "one_to_one", Outcome: "missed", Calls: 30}, {Kind: "one_to_one", Outcome: "unknown", Calls: 2}, {Kind: "meeting", Outcome: "held", Calls: 80}, {Kind: "test", Outcome: "test", Calls: 1}}
		outcomes := []string{"data", "empty", "partial", "", "missing", "late", "refused", "missed", "expired", "off", "removed"}
		for d := range days {
			if d%5 == 3 {
				continue
			}
			day := first.AddDate(0, 0, d)
			t.Queues = append(t.Queues, report.Queue{Day: day, Accounts: "a1b2c3d4", Name: hostile, Offered: 20, Answered: 15, InTarget: int64(8 + d%5), Forwarded: 1, Voicemail: 2, Left: 2})
			t.Active = append(t.Active, report.Active{Day: day, Of1: 30, Of7: 40, Of28: 50, DaysWithData: int64(d + 1)})
			if day.Weekday() == time.Monday {
				t.Meetings = append(t.Meetings, report.Week{Monday: day, Meetings: report.Meetings{People: 40, Meetings: 400, Hours: 440, WithoutOverlap: 400, Conflicting: 90, DoubleBooked: 40}})
			}
		}
		for i, name := range []string{"call_records", "chat_messages", "users"} {
			c := report.Coverage{Dataset: name}
			for d := range days {
				c.Days = append(c.Days, outcomes[(d*(i+1))%len(outcomes)])
			}
			t.Coverage = append(t.Coverage, c)
		}
		r.Tenants = append(r.Tenants, t)
	}
	return r
}

func group[T any](name string, hidden bool, of T) report.Group[T] {
	g := report.Group[T]{Name: name, People: 5, Hidden: hidden, Of: of}
	if hidden {
		var none T
		g.Of = none
	}
	return g
}

func pages() map[string]report.Report {
	quiet := report.Report{Days: schemas.Range{From: first, To: first.AddDate(0, 0, 3)}, Tenants: []report.Tenant{{Named: report.Named{Name: "quiet"}, Coverage: []report.Coverage{{Dataset: "call_records", Days: []string{"empty", "missing", ""}}}}}}
	return map[string]report.Report{
		"one":    invented(1, 6, 28),
		"thirty": invented(30, 2, 7),
		"quiet":  quiet,
		"empty":  {Tenants: []report.Tenant{{Named: report.Named{Name: "nothing yet"}}}},
	}
}

// TestPages reads each page as a browser does, and writes it into the directory REPORT_PAGES, where make report-check opens it.
func TestPages(t *testing.T) {
	for name, r := range pages() {
		text := written(t, r)
		if dir := os.Getenv("REPORT_PAGES"); dir != "" {
			if err := os.WriteFile(filepath.Join(dir, name+".html"), text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		scripts := checked(t, name, text)
		if len(scripts) != 4 {
			t.Fatalf("%s has %d scripts, want the numbers and three programs", name, len(scripts))
		}
		var d data
		if err := json.Unmarshal([]byte(scripts[0]), &d); err != nil || len(d.Tenants) != len(r.Tenants) {
			t.Errorf("%s: the numbers are of %d tenants, %v", name, len(d.Tenants), err)
		}
		for _, code := range scripts[1:] {
			sum := sha256.Sum256([]byte(code))
			if hash := base64.StdEncoding.EncodeToString(sum[:]); !bytes.Contains(text, []byte("'sha256-"+html.EscapeString(hash)+"'")) && !bytes.Contains(text, []byte(strings.ReplaceAll(hash, "+", "&#43;"))) {
				t.Errorf("%s: the policy does not allow a script that begins %.40q", name, code)
			}
		}
	}
}

func written(t *testing.T, r report.Report) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := Write(&out, r); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// checked is the scripts of a page, after a look at every element: none is but of our template, and none leads outside.
func checked(t *testing.T, name string, text []byte) (scripts []string) {
	t.Helper()
	ours := map[string]bool{}
	for e := range strings.FieldsSeq("html head meta title style body header h1 h2 h3 p nav ul li a main section div figure figcaption table caption thead tbody tr th td span footer script") {
		ours[e] = true
	}
	doc, err := html.Parse(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	var links []string
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if !ours[n.Data] {
			t.Errorf("%s: there is an element %s", name, n.Data)
		}
		for _, a := range n.Attr {
			switch {
			case strings.HasPrefix(a.Key, "on"), a.Key == "src":
				t.Errorf("%s: %s has %s=%q", name, n.Data, a.Key, a.Val)
			case a.Key == "href":
				links = append(links, a.Val)
			case a.Key == "id":
				if ids[a.Val] {
					t.Errorf("%s: two elements have the id %s", name, a.Val)
				}
				ids[a.Val] = true
			}
		}
		if n.Data == "script" && n.FirstChild != nil {
			scripts = append(scripts, n.FirstChild.Data)
		}
	}
	for _, to := range links {
		if !ids[strings.TrimPrefix(to, "#")] {
			t.Errorf("%s: a link leads to %q", name, to)
		}
	}
	return scripts
}

// What the numbers of a hidden group are is nowhere in a page, and names are in it as text.
func TestWhatIsInThePage(t *testing.T) {
	r := invented(1, 6, 7)
	text := string(written(t, r))
	if strings.Contains(text, `<b onclick`) || strings.Contains(text, "\x1b") || strings.Contains(text, "\u202e") {
		t.Error("a name is in the page as it was")
	}
	if n := strings.Count(text, "&lt;/script&gt;&lt;b onclick="); n < 5 {
		t.Errorf("the name is shown %d times", n)
	}
	if n := strings.Count(text, `<td class="hidden" colspan=`); n != 6 {
		t.Errorf("%d rows are hidden, want the second department in each of 6 tables", n)
	}
	for _, row := range []string{
		`<td>10</td><td>4</td><td>2</td><td>3</td><td>7</td><td>42.9</td><td>1</td><td>2</td>`, // missed
		`<td>10</td><td>100</td><td>10.0</td><td>90</td><td>1</td>`,                            // messages
		`<td>1.8</td><td>10.0</td><td>17.5</td><td>8.2</td><td>0.0</td>`,                       // time in calls
		`<th scope="row">one to one</th><td>152</td><td>120</td><td>0</td><td>30</td><td>2</td><td>0</td><td>120</td><td>150</td><td>80.0</td>`,
		`<th scope="row">test</th><td>1</td><td>0</td><td>0</td><td>0</td><td>0</td><td>1</td><td>0</td><td>0</td><td>–</td>`,
	} {
		if !strings.Contains(text, row) {
			t.Errorf("there is no row %s", row)
		}
	}
}

// The library is what its makers have packed, byte by byte.
func TestLibrary(t *testing.T) {
	sums, err := os.ReadFile("library/SHA256SUMS")
	if err != nil {
		t.Fatal(err)
	}
	files := 0
	for line := range strings.Lines(string(sums)) {
		sum, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		content, err := os.ReadFile(filepath.Join("library", name))
		if err != nil {
			t.Fatal(err)
		}
		if got := sha256.Sum256(content); hex.EncodeToString(got[:]) != sum {
			t.Errorf("%s is not what SHA256SUMS says", name)
		}
		if strings.HasSuffix(name, ".js") && strings.Contains(strings.ToLower(string(content)), "</script") {
			t.Errorf("%s would end its own element", name)
		}
		files++
	}
	if all, err := os.ReadDir("library"); err != nil || len(all) != files+2 {
		t.Errorf("the directory has %d files beside the %d with sums, want fetch.sh and SHA256SUMS, %v", len(all)-files, files, err)
	}
	if d3 == "" || plot == "" {
		t.Error("the library is not in the command")
	}
}
