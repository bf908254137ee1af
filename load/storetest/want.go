package storetest

import (
	"io"
	"slices"
	"testing"

	"graphlake/load"
)

func stage(t *testing.T, s load.Store, name string, data []byte) load.Staged {
	t.Helper()
	w, err := s.Stage(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Discard() })
	for part := range slices.Chunk(data, 100_000) {
		if n, err := w.Write(part); n != len(part) || err != nil {
			t.Fatalf("Write of %d bytes to %s = %d, %v", len(part), name, n, err)
		}
	}
	return w
}

func put(t *testing.T, s load.Store, name string, data []byte) load.Version {
	t.Helper()
	changed, v, err := stage(t, s, name, data).Commit(t.Context(), load.Condition{})
	if err != nil || !changed || v == "" {
		t.Fatalf("Commit of %s = %t, %q, %v; want a change and a version", name, changed, v, err)
	}
	return v
}

func read(t *testing.T, o load.Object) []byte {
	t.Helper()
	data, err := io.ReadAll(io.NewSectionReader(o, 0, o.Info().Size))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func wantData(t *testing.T, s load.Store, name, want string) load.Version {
	t.Helper()
	o, err := s.Open(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	if got := string(read(t, o)); got != want {
		t.Errorf("%s holds %.40q, want %.40q", name, got, want)
	}
	return o.Info().Version
}

func wantNames(t *testing.T, s load.Store, prefix string, want ...string) {
	t.Helper()
	var got []string
	for info, err := range s.List(t.Context(), prefix) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, info.Name)
	}
	if !slices.Equal(got, want) {
		t.Errorf("List(%q) = %q, want %q", prefix, got, want)
	}
}

// wantInfo lists the one object of that name.
func wantInfo(t *testing.T, s load.Store, want load.Info) {
	t.Helper()
	for info, err := range s.List(t.Context(), want.Name) {
		if err != nil || info != want {
			t.Errorf("List gives %+v, %v; want %+v", info, err, want)
		}
	}
}
