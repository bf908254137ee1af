package jobs_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"testing"

	"graphlake/jobs"
	"graphlake/load"
	"graphlake/load/memstore"
	"graphlake/schemas"
)

var (
	bare   = jobs.Privacy{Content: schemas.NoContent}
	texts  = jobs.Privacy{Content: schemas.TextContent}
	veiled = jobs.Privacy{Content: schemas.NoContent, Key: bytes.Repeat([]byte{1}, 32)}
	coarse = jobs.Privacy{Content: schemas.NoContent, Detail: schemas.CoarseDetail}
	others = jobs.Privacy{Content: schemas.NoContent, Key: bytes.Repeat([]byte{2}, 32)}
)

func TestSettle(t *testing.T) {
	for _, c := range []struct {
		name          string
		first, second jobs.Privacy
		says          string // of what differs; "" if nothing does
	}{
		{"the same", bare, bare, ""},
		{"the same key", veiled, veiled, ""},
		{"detail, said and not", bare, jobs.Privacy{Content: schemas.NoContent, Detail: schemas.FullDetail}, ""},
		{"other detail", bare, coarse, "the lake has privacy.detail: full and the configuration coarse"},
		{"other content", bare, texts, "the lake has privacy.content: none and the configuration text"},
		{"pseudonyms begin", bare, veiled, "the lake has no pseudonyms"},
		{"pseudonyms end", veiled, bare, "the lake has pseudonyms"},
		{"another key", veiled, others, "fingerprint " + veiled.Key.Fingerprint() + ", and the key of this run has " + others.Key.Fingerprint()},
	} {
		t.Run(c.name, func(t *testing.T) {
			store := memstore.New()
			if err := jobs.EnsureSettings(t.Context(), store, c.first); err != nil {
				t.Fatal(err)
			}
			before := lakeJSON(t, store)
			err := jobs.EnsureSettings(t.Context(), store, c.second)
			if (err != nil) != (c.says != "") || err != nil && (!errors.Is(err, jobs.ErrSettings) || !strings.Contains(err.Error(), c.says)) {
				t.Errorf("the second run: %v, want it to say %q", err, c.says)
			}
			if agree := jobs.CheckSettings(t.Context(), store, c.second); fmt.Sprint(agree) != fmt.Sprint(err) {
				t.Errorf("who only reads is told %v, and who writes %v", agree, err)
			}
			if after := lakeJSON(t, store); after != before {
				t.Errorf("lake.json was %s and is %s", before, after)
			}
		})
	}
}

func TestSettingsAsWritten(t *testing.T) {
	for want, p := range map[string]jobs.Privacy{
		`{"format":1,"content":"text","pseudonymize":false,"detail":"full","rules":2}` + "\n":                                                     texts,
		`{"format":1,"content":"none","pseudonymize":false,"detail":"coarse","rules":2}` + "\n":                                                   coarse,
		`{"format":1,"content":"none","pseudonymize":true,"key_fingerprint":"` + veiled.Key.Fingerprint() + `","detail":"full","rules":2}` + "\n": veiled,
	} {
		store := memstore.New()
		if err := jobs.EnsureSettings(t.Context(), store, p); err != nil {
			t.Fatal(err)
		}
		if got := lakeJSON(t, store); got != want {
			t.Errorf("lake.json is %s, want %s", got, want)
		}
	}
}

// Lakes of older versions have no settings; these could keep neither bodies nor pseudonyms.
func TestSettleALakeWithRecords(t *testing.T) {
	store := memstore.New()
	if _, err := store.Swap(t.Context(), "raw/users/tenant_id=x/dt=2026-11-22/users.parquet", "", []byte("x")); err != nil {
		t.Fatal(err)
	}
	if err := jobs.CheckSettings(t.Context(), store, veiled); !errors.Is(err, jobs.ErrSettings) {
		t.Errorf("who writes nothing, with pseudonyms: %v, want %v", err, jobs.ErrSettings)
	}
	if err := jobs.EnsureSettings(t.Context(), store, veiled); !errors.Is(err, jobs.ErrSettings) {
		t.Errorf("a run with pseudonyms: %v, want %v", err, jobs.ErrSettings)
	}
	if err := jobs.EnsureSettings(t.Context(), store, bare); err != nil {
		t.Errorf("a run as before: %v", err)
	}
}

// A lake that earlier rules have begun goes on, but not with pseudonyms: those of today are others.
func TestSettleALakeOfEarlierRules(t *testing.T) {
	for text, c := range map[string]struct {
		privacy jobs.Privacy
		says    string
	}{
		`{"format":1,"content":"none","pseudonymize":false}`:                                                     {bare, ""},
		`{"format":1,"content":"text","pseudonymize":false}`:                                                     {bare, "the lake has privacy.content: text"},
		`{"format":1,"content":"none","pseudonymize":true,"key_fingerprint":"` + veiled.Key.Fingerprint() + `"}`: {veiled, "every row would be there twice: begin another lake"},
		`{"format":1,"content":"none","pseudonymize":true,"key_fingerprint":"00"}`:                               {bare, "the lake has pseudonyms"},
	} {
		store := memstore.New()
		if _, err := store.Swap(t.Context(), "lake.json", "", []byte(text)); err != nil {
			t.Fatal(err)
		}
		err := jobs.EnsureSettings(t.Context(), store, c.privacy)
		if (err != nil) != (c.says != "") || err != nil && (!errors.Is(err, jobs.ErrSettings) || !strings.Contains(err.Error(), c.says)) {
			t.Errorf("%s: %v, want it to say %q", text, err, c.says)
		}
		if after := lakeJSON(t, store); after != text {
			t.Errorf("lake.json was %s and is %s", text, after)
		}
	}
}

// Of two first runs one is the first.
func TestSettleInARace(t *testing.T) {
	store := &overtaken{Store: memstore.New(), by: texts}
	if err := jobs.EnsureSettings(t.Context(), store, bare); !errors.Is(err, jobs.ErrSettings) {
		t.Errorf("overtaken by a run with content text: %v, want %v", err, jobs.ErrSettings)
	}
	store = &overtaken{Store: memstore.New(), by: bare}
	if err := jobs.EnsureSettings(t.Context(), store, bare); err != nil {
		t.Errorf("overtaken by a run with the same settings: %v", err)
	}
}

func TestSettleRefusesWhatItCannotRead(t *testing.T) {
	for _, text := range []string{"", "{}", `{"format":2,"content":"none","pseudonymize":false}`, `{"format":1,"colour":"red"}`, `{"format":1,"content":"none","pseudonymize":false,"rules":3}`} {
		store := memstore.New()
		if _, err := store.Swap(t.Context(), "lake.json", "", []byte(text)); err != nil {
			t.Fatal(err)
		}
		if err := jobs.EnsureSettings(t.Context(), store, bare); !errors.Is(err, jobs.ErrSettings) {
			t.Errorf("%q: %v, want %v", text, err, jobs.ErrSettings)
		}
	}
}

// overtaken is a store into which another run settles right before the first swap.
type overtaken struct {
	*memstore.Store
	by   jobs.Privacy
	done bool
}

func (o *overtaken) List(ctx context.Context, prefix string) iter.Seq2[load.Info, error] {
	if !o.done {
		o.done = true
		_ = jobs.EnsureSettings(ctx, o.Store, o.by)
	}
	return o.Store.List(ctx, prefix)
}

func lakeJSON(t *testing.T, store load.Store) string {
	t.Helper()
	object, err := store.Open(t.Context(), "lake.json")
	if err != nil {
		t.Fatal(err)
	}
	defer object.Close()
	text, err := io.ReadAll(io.NewSectionReader(object, 0, object.Info().Size))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
