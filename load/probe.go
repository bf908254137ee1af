package load

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
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
	if removed := s.Remove(ctx, name); removed != nil {
		err = errors.Join(err, fmt.Errorf("remove %s: %w", name, removed))
	}
	return err
}

func readBack(ctx context.Context, s Store, name string, want []byte) error {
	o, err := s.Open(ctx, name)
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	defer o.Close()
	got, err := io.ReadAll(io.NewSectionReader(o, 0, o.Info().Size))
	if err == nil && !bytes.Equal(got, want) {
		err = errors.New("it is not what was written")
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	return nil
}
