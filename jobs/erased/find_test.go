package erased_test

import (
	"crypto/md5"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"graphlake/jobs/erased"
	"graphlake/load"
	"graphlake/load/memstore"
	"graphlake/schemas"
	"graphlake/transform/privacy"
)

const tenant = "4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30"

// picture puts users into raw of a day.
func picture(t *testing.T, store load.Store, day int, users ...string) {
	t.Helper()
	table := schemas.RawTable(schemas.Users)
	rows := array.NewRecordBuilder(memory.DefaultAllocator, table.Schema())
	defer rows.Release()
	for _, u := range users {
		for i, c := range table.Columns {
			text, ok := rows.Field(i).(*array.StringBuilder)
			switch {
			case ok && c.Name == schemas.RecordText:
				text.Append(u)
			case ok && c.Name == schemas.RecordHash:
				text.Append(fmt.Sprintf("%x", md5.Sum([]byte(u))))
			default:
				rows.Field(i).AppendNull()
			}
		}
	}
	publish(t, store, partition(load.Raw, table, day), table, rows)
}

func partition(kind load.Kind, table schemas.Table, day int) load.Partition {
	return load.Partition{Kind: kind, Name: table.Name, TenantID: tenant, Date: time.Date(2026, 11, day, 0, 0, 0, 0, time.UTC)}
}

// publish puts rows into a partition.
func publish(t *testing.T, store load.Store, p load.Partition, table schemas.Table, rows *array.RecordBuilder) {
	t.Helper()
	batch := rows.NewRecordBatch()
	defer batch.Release()
	w, err := load.New(store, t.TempDir()).Write(t.Context(), p, table)
	if err == nil {
		err = w.Append(batch)
	}
	if err == nil {
		_, err = w.Commit(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
}

const (
	ada = "11111111-aaaa-4bbb-8ccc-000000000001"
	bea = "11111111-aaaa-4bbb-8ccc-000000000002"
)

func directory(t *testing.T, s privacy.Settings, store load.Store) *erased.Directory {
	t.Helper()
	d, err := erased.ReadDirectory(t.Context(), load.New(store, ""), schemas.BuiltIn(), []string{tenant}, s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// keys are those that go, and in brackets those that stay.
func keys(p erased.Person) (all []string) {
	for _, k := range p.Keys {
		text := k.Value
		if k.Shared || k.Common {
			text = "(" + text + ")"
		}
		all = append(all, text)
	}
	return all
}

// A person is known by the keys of all days. What somebody else had on any of them stays.
func TestFind(t *testing.T) {
	store := memstore.New()
	picture(t, store, 16,
		`{"id":"`+ada+`","userPrincipalName":"ada.maid@contoso.example","displayName":"Ada Byron","mailNickname":"ada","businessPhones":["+1 425 555 0100"]}`,
		`{"id":"`+bea+`","userPrincipalName":"bea@contoso.example","displayName":"Bea Lin","businessPhones":["tel:+14255550100"]}`)
	picture(t, store, 17,
		`{"id":"`+ada+`","userPrincipalName":"ada@contoso.example","displayName":"Ada King","mobilePhone":"+44 1632 960961","proxyAddresses":["SMTP:ada@contoso.example","smtp:countess@contoso.example"]}`,
		`{"id":"`+bea+`","userPrincipalName":"bea@contoso.example","displayName":"Ada Byron"}`)
	d := directory(t, privacy.Settings{}, store)
	want := []string{
		ada, "ada@contoso.example", "smtp:countess@contoso.example", "+44 1632 960961", "Ada King",
		"ada.maid@contoso.example", "(+1 425 555 0100)", "(Ada Byron)",
	}
	for _, given := range []string{strings.ToUpper(ada), "ADA@contoso.example", "sip:ada.maid@contoso.example", "+441632960961", "441632960961", "00441632960961", "ada  king"} {
		p, err := d.Find(given)
		if err != nil || p.ID != ada || !slices.Equal(keys(p), want) {
			t.Errorf("%s is %s with %q, %v; want %q", given, p.ID, keys(p), err, want)
		}
	}
	for _, given := range []string{"+14255550100", "Ada Byron"} {
		_, err := d.Find(given)
		if several, ok := errors.AsType[*erased.AmbiguousError](err); !ok || !slices.Equal(several.IDs, []string{ada, bea}) {
			t.Errorf("%s: %v, want both", given, err)
		}
	}
	var both []erased.Person
	for _, id := range []string{ada, bea, "+31 20 555 0199"} {
		p, err := d.Find(id)
		if err != nil {
			t.Fatal(err)
		}
		both = append(both, p)
	}
	both = d.Together(both)
	if got := keys(both[0]); !slices.Contains(got, "+1 425 555 0100") || !slices.Contains(got, "Ada Byron") {
		t.Errorf("of two who are erased at once, one is known by %q: the number and the name that they share are theirs", got)
	}
	if got := keys(both[2]); !slices.Equal(got, []string{"+31 20 555 0199"}) {
		t.Errorf("a caller beside them is known by %q", got)
	}
	if p, err := d.Find("+31 20 555 0199"); err != nil || p.ID != "" || !slices.Equal(keys(p), []string{"+31 20 555 0199"}) {
		t.Errorf("a caller whom nobody knows: %+v, %v", p, err)
	}
	for _, given := range []string{"", "  ", "42", "ada"} {
		if p, err := d.Find(given); !errors.Is(err, erased.ErrNoKey) {
			t.Errorf("%q is %+v, %v", given, p, err)
		}
	}
}

// What somebody else has is decided in the spellings that keys are found by, over all that their record says of them. A name that is part
// of another's is one as a whole only, and what is too short to be one person's is none.
func TestSharedKeys(t *testing.T) {
	for _, c := range []struct{ ada, bea, want string }{
		{`"businessPhones":["+49 30 1234567"]`, `"businessPhones":["030 1234567"]`, "(+49 30 1234567)"},
		{`"businessPhones":["+49 30 1234567"]`, `"mobilePhone":"(030) 1234567"`, "(+49 30 1234567)"},
		{`"mobilePhone":"030 1234567"`, `"businessPhones":["tel:+49\u201130\u20111234567"]`, "(030 1234567)"},
		{`"businessPhones":["+49 30 1234567"]`, `"onPremisesExtensionAttributes":{"extensionAttribute7":"+49\u201130-1234567"}`, "(+49 30 1234567)"},
		{`"businessPhones":["+49 30 1234567"]`, `"businessPhones":["+49 30 1234567-12"]`, "+49 30 1234567"},
		{`"displayName":"Juan Garcia"`, `"displayName":"garcia, juan"`, "(Juan Garcia)"},
		{`"displayName":"Juan Garcia"`, `"givenName":"Juan","surname":"Garcia"`, "(Juan Garcia)"},
		{`"displayName":"Garcia Lopez"`, `"displayName":"Juan Garcia Lopez"`, "full name Garcia Lopez"},
		{`"displayName":"Juan Garcia"`, `"displayName":"Juan Garcia (Extern)"`, "full name Juan Garcia"},
		{`"displayName":"Juan Garcia"`, `"displayName":"Maria-Juan Garcia"`, "Juan Garcia"},
		{`"displayName":"Juan Garcia"`, `"onPremisesExtensionAttributes":{"extensionAttribute7":"Juan Garcia"}`, "Juan Garcia"},
		{`"mail":"juan@contoso.example"`, `"manager@delta":[{"id":"` + ada + `"}],"onPremisesExtensionAttributes":{"extensionAttribute7":"juan@contoso.example"}`, "juan@contoso.example"},
		{`"mail":"juan@contoso.example"`, `"otherMails":["SMTP:Juan@contoso.example"]`, "(juan@contoso.example)"},
		{`"mailNickname":"garcia"`, `"surname":"Lin"`, "(garcia)"},
		{`"employeeId":"00012026"`, `"surname":"Lin"`, "(00012026)"},
		{`"displayName":"Juan"`, `"surname":"Lin"`, "(Juan)"},
		{`"businessPhones":["12 34"]`, `"surname":"Lin"`, "(12 34)"},
	} {
		d := erased.NewDirectory(privacy.Settings{})
		for id, said := range map[string]string{ada: c.ada, bea: c.bea} {
			d.Add(schemas.KeysOfPeople, []byte(`{"id":"`+id+`",`+said+`}`))
		}
		p, err := d.Find(ada)
		if err != nil || len(p.Keys) != 2 {
			t.Fatalf("%s: %+v, %v", c.ada, p, err)
		}
		got := keys(p)[1]
		if p.Keys[1].Kind == privacy.FullNameKey {
			got = "full name " + got
		}
		if got != c.want {
			t.Errorf("of %s beside %s is known %s, want %s", c.ada, c.bea, got, c.want)
		}
	}
}

// In a lake with pseudonyms a person is found by their key in clear, and known by the pseudonyms that raw has.
func TestFindWithPseudonyms(t *testing.T) {
	s := privacy.Settings{Key: []byte("0123456789abcdef0123456789abcdef")}
	store := memstore.New()
	picture(t, store, 16, `{"id":"`+s.Pseudonym(ada)+`","userPrincipalName":"`+s.Pseudonym("ada@contoso.example")+`","displayName":"`+s.Pseudonym("Ada Byron")+`"}`)
	d := directory(t, s, store)
	for reason, want := range map[string]bool{
		"request 42": false, "as Ada Byron has asked": true, "of (ADA@contoso.example), today": true, "id " + ada: true, "Ada": false,
	} {
		p, err := d.Find(ada)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := erased.Names(reason, []erased.Person{p}, s); err != nil || got != want {
			t.Errorf("%q names somebody: %v, %v, want %v", reason, got, err, want)
		}
	}
	for _, given := range []string{ada, "Ada@contoso.example", "Ada Byron"} {
		p, err := d.Find(given)
		want := []string{s.Pseudonym(ada), s.Pseudonym("ada@contoso.example"), s.Pseudonym("Ada Byron"), given}
		if err != nil || !slices.Equal(keys(p), want) {
			t.Errorf("%s: %q, %v; want %q", given, keys(p), err, want)
		}
	}
}

// An erasure and a proof name a person by one hash, although after the erasure no picture knows them any more.
func TestProofNamesWhoWasErased(t *testing.T) {
	for _, s := range []privacy.Settings{{}, {Key: []byte("0123456789abcdef0123456789abcdef")}} {
		store := memstore.New()
		inLake := ada
		if len(s.Key) > 0 {
			inLake = s.Pseudonym(ada)
		}
		picture(t, store, 16, `{"id":"`+inLake+`"}`)
		before, err := directory(t, s, store).Find(ada)
		if err != nil || before.ID != inLake {
			t.Fatalf("%+v, %v", before, err)
		}
		var list erased.List
		list.People = map[string]*privacy.People{}
		if err := list.Add(erased.Erasure{Tenants: []string{tenant}}, []erased.Person{before}, s); err != nil {
			t.Fatal(err)
		}
		empty := memstore.New()
		after, err := directory(t, s, empty).Find(strings.ToUpper(ada))
		if err != nil || after.ID != "" {
			t.Fatalf("%+v, %v", after, err)
		}
		proof, err := list.Prove(t.Context(), erased.Search{Store: empty}, []erased.Person{after}, s)
		if err != nil || !slices.Equal(proof.Of, list.Erasures[0].People) || proof.Of[0] == "" {
			t.Errorf("the proof is of %q, %v; the erasure was of %q", proof.Of, err, list.Erasures[0].People)
		}
	}
}
