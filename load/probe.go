package load

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
)

// Probe writes a small object among the states, reads it back and removes it, to learn whether a lake
// can be used. The object has a name of its own, so that two may do it at once.
func Probe(ctx context.Context, s interface {
	Store
	Swapper
}) error {
	name, data := checkObject(rand.Text()), []byte("written, read and removed by graphlake check\n")
	if _, err := s.Swap(ctx, name, "", data); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	err := readBack(ctx, s, name, data)
	if removed := s.Remove(ctx, name, Condition{}); removed != nil {
		err = errors.Join(err, fmt.Errorf("remove %s: %w", name, removed))
	}
	return err
}

func readBack(ctx context.Context, s Store, name string, want []byte) error {
	got, _, err := ReadObject(ctx, s, name)
	if err == nil && !bytes.Equal(got, want) {
		err = fmt.Errorf("read %s: it is not what was written", name)
	}
	return err
}
