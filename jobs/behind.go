package jobs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"graphlake/extract"
	"graphlake/load"
)

// mostBehind parents are listed in the state itself; tens of thousands would make every step slow.
const mostBehind = 64

// behindSince is from when on parents that are behind have to be read.
func (s *State) behindSince() map[string]time.Time {
	since := map[string]time.Time{}
	for _, b := range s.Behind {
		since[b.Parent] = b.From
	}
	return since
}

// lag replaces the parents that are behind by those of a reading that asked all of them. A lake with
// pseudonyms knows them by these.
func (s *State) lag(parents []extract.Behind, p Privacy) {
	now := map[string]Behind{}
	for _, b := range parents {
		id := p.Pseudonym(b.Parent)
		now[id] = Behind{id, b.From.UTC(), b.Reason}
	}
	s.Behind = nil
	for _, id := range slices.Sorted(maps.Keys(now)) {
		s.Behind = append(s.Behind, now[id])
	}
}

// document is the state as it is stored, and the object that it leaves its long list to, if any.
func (h *holding) document(s State) (text []byte, object string, list []byte, err error) {
	s.BehindObject = ""
	if len(s.Behind) > mostBehind {
		if list, err = json.Marshal(s.Behind); err != nil {
			return nil, "", nil, err
		}
		sum := sha256.Sum256(list)
		object = strings.TrimSuffix(h.pair().object(), ".json") + ".behind-" + hex.EncodeToString(sum[:8]) + ".json"
		s.Behind, s.BehindObject = nil, object
	}
	text, err = json.Marshal(s)
	return text, object, list, err
}

// putBehind stores a list under the name of its content.
func putBehind(ctx context.Context, store Store, object string, list []byte) error {
	_, err := store.Swap(ctx, object, "", list)
	if errors.Is(err, load.ErrConflict) {
		return nil // it is there already
	}
	return err
}

func loadBehind(ctx context.Context, store load.Store, name string) ([]Behind, error) {
	object, err := store.Open(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("parents that are behind: %w", err)
	}
	defer object.Close()
	text, err := io.ReadAll(io.NewSectionReader(object, 0, object.Info().Size))
	if err != nil {
		return nil, fmt.Errorf("parents that are behind: %w", err)
	}
	var all []Behind
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return all, nil
}
