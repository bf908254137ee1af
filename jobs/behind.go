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
	"graphlake/schemas"
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

// lag notes which parents a reading of a range could not read, and forgets of those that were behind
// what it has read now: it reads each of them from where it stands to the end of the range. Of a range
// before that it says nothing of what is missing after it. A lake with pseudonyms knows parents by these.
func (s *State) lag(r schemas.Range, parents []extract.Behind, p Privacy) {
	now := map[string]Behind{}
	for _, b := range parents {
		id := p.Pseudonym(b.Parent)
		now[id] = Behind{id, b.From.UTC(), r.To.UTC(), b.Reason}
	}
	for _, old := range s.Behind {
		if next, still := now[old.Parent]; still {
			next.To = later(next.To, old.To)
			now[old.Parent] = next
		} else if old.From = later(old.From, r.To.UTC()); old.From.Before(old.To) {
			now[old.Parent] = old
		}
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
