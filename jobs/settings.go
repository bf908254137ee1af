package jobs

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/schemas"
	"graphlake/transform/privacy"
)

// Privacy is what a lake keeps of what people wrote and of who they are.
type Privacy = privacy.Settings

// ErrSettings says that a lake was begun with other settings than those of a run.
var ErrSettings = errors.New("the settings of privacy hold for the whole lake")

const settingsObject = load.Settings

// settings is what holds for a lake from its first run on. It lies in lake.json and is written once.
type settings struct {
	Format       int             `json:"format"`
	Content      schemas.Content `json:"content"`
	Pseudonymize bool            `json:"pseudonymize"`
	// KeyFingerprint tells the keys of pseudonyms apart; it gives none away.
	KeyFingerprint string              `json:"key_fingerprint,omitempty"`
	Detail         schemas.DetailLevel `json:"detail,omitempty"` // empty: full
	// Rules by which the lake's first records were scrubbed, see [privacy.Rules]. 0: those of version 1.
	Rules int `json:"rules,omitempty"`
}

const settingsFormat = 1

func settingsOf(p Privacy) settings {
	return settings{settingsFormat, p.Content, len(p.Key) > 0, p.Key.Fingerprint(), cmp.Or(p.Detail, schemas.FullDetail), privacy.Rules}
}

// older reports whether the lake was begun by earlier rules, so that it may hold records that were scrubbed by them.
func (s settings) older() bool { return s.Rules < privacy.Rules }

// EnsureSettings makes sure that the lake in a store keeps what the privacy says, and is called before
// anything is written there. The first run's settings become the lake's. A run that differs gets an
// ErrSettings, which says in what and what to do. A lake that has records and no settings was begun
// without bodies and pseudonyms.
func EnsureSettings(ctx context.Context, store state.Store, p Privacy) error {
	want := settingsOf(p)
	held, there, err := readSettings(ctx, store)
	if err != nil {
		return err
	}
	if !there {
		if held, err = firstSettings(ctx, store, want); err != nil {
			return err
		}
		text, err := json.Marshal(held)
		if err != nil {
			return fmt.Errorf("%s: %w", settingsObject, err)
		}
		switch _, err = store.Swap(ctx, settingsObject, "", append(text, '\n')); {
		case errors.Is(err, load.ErrConflict): // another run is the first
			if held, _, err = readSettings(ctx, store); err != nil {
				return err
			}
		case err != nil:
			return fmt.Errorf("%s: %w", settingsObject, err)
		}
	}
	return held.allow(want)
}

// CheckSettings is [EnsureSettings] for whoever writes nothing: a lake that has neither settings nor records agrees with all.
func CheckSettings(ctx context.Context, store load.Store, p Privacy) error {
	want := settingsOf(p)
	held, there, err := readSettings(ctx, store)
	if err == nil && !there {
		held, err = firstSettings(ctx, store, want)
	}
	if err != nil {
		return err
	}
	return held.allow(want)
}

// firstSettings are those of a lake that has none yet.
func firstSettings(ctx context.Context, store load.Store, want settings) (settings, error) {
	for _, err := range store.List(ctx, load.Raw.Under()) {
		if err != nil {
			return settings{}, err
		}
		first := settingsOf(Privacy{Content: schemas.NoContent})
		first.Rules = 0 // records without settings are older than any rules
		return first, nil
	}
	return want, nil
}

func readSettings(ctx context.Context, store load.Store) (held settings, there bool, err error) {
	text, _, err := load.ReadObject(ctx, store, settingsObject)
	if errors.Is(err, fs.ErrNotExist) {
		return held, false, nil
	}
	if err != nil {
		return held, false, err
	}
	read := json.NewDecoder(bytes.NewReader(text))
	read.DisallowUnknownFields()
	err = read.Decode(&held)
	switch {
	case err == nil && held.Format != settingsFormat:
		err = fmt.Errorf("its format is %d, not %d", held.Format, settingsFormat)
	case err == nil && held.Rules > privacy.Rules:
		err = fmt.Errorf("its rules are %d, not %d", held.Rules, privacy.Rules)
	}
	if err != nil {
		return held, false, fmt.Errorf("%w, and %s is none of this version of graphlake: %w; use the version that wrote it",
			ErrSettings, settingsObject, err)
	}
	return held, true, nil
}

// allow says in what a run differs from the lake.
func (s settings) allow(want settings) error {
	if s.older() && s.Pseudonymize && want.Pseudonymize {
		return fmt.Errorf("%w: the lake's pseudonyms were made by earlier rules, under which one person may have several; with those of today every row would "+
			"be there twice: begin another lake and read it anew, or go on with the version of graphlake that began this one", ErrSettings)
	}
	var differ []string
	if s.Content != want.Content {
		differ = append(differ, fmt.Sprintf("the lake has privacy.content: %s and the configuration %s", s.Content, want.Content))
	}
	if held := cmp.Or(s.Detail, schemas.FullDetail); held != want.Detail {
		differ = append(differ, fmt.Sprintf("the lake has privacy.detail: %s and the configuration %s", held, want.Detail))
	}
	switch {
	case s.Pseudonymize && !want.Pseudonymize:
		differ = append(differ, "the lake has pseudonyms (privacy.pseudonymize: true) and the configuration none")
	case !s.Pseudonymize && want.Pseudonymize:
		differ = append(differ, "the lake has no pseudonyms (privacy.pseudonymize: false) and the configuration asks for them")
	case s.KeyFingerprint != want.KeyFingerprint:
		differ = append(differ, fmt.Sprintf("the lake's pseudonyms are of the key with the fingerprint %s, and the key of this run has %s",
			s.KeyFingerprint, want.KeyFingerprint))
	}
	if len(differ) == 0 {
		return nil
	}
	return fmt.Errorf("%w: %s; configure what the lake has, or give what differs a lake of its own and read it anew",
		ErrSettings, strings.Join(differ, ", and "))
}
