package delta

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"graphlake/load"
)

// ForeignError says that somebody else has made a table into one that this package does not write, or not read.
type ForeignError struct {
	Table string // its root
	What  error  // is not as it should be
}

func (e ForeignError) Error() string {
	return fmt.Sprintf("%s is not a table that graphlake goes on with: %v. Somebody else has changed it: %s", e.Table, e.What, cure)
}

const (
	cure    = "undo that, or " + anew
	restore = "restore it from a backup, or " + anew // an entry that is gone or damaged
	anew    = "remove " + load.DeltaTables + " and " + load.LaneObject + " from the lake and make them anew by graphlake replay --delta"
)

// Unwrap gives what is not as it should be.
func (e ForeignError) Unwrap() error { return e.What }

func foreign(format string, args ...any) error {
	return ForeignError{What: fmt.Errorf(format, args...)}
}

// explain says of a foreign table which it is.
func (t *Table) explain(err error) error {
	if f, ok := errors.AsType[ForeignError](err); ok {
		return ForeignError{t.Root, f.What}
	}
	return err
}

// The protocol that every reader knows. A higher one, or one of features, asks for what nobody does here.
const (
	readerVersion = 1
	writerVersion = 2
)

// readable refuses a table whose files may mean something else than they say.
func (s *state) readable() error {
	switch p := s.protocol; {
	case p == nil || s.metaData == nil:
		return fmt.Errorf("no entry of it has a protocol and metadata, with which every log begins: %s", restore)
	case p.MinReaderVersion > readerVersion || len(p.ReaderFeatures) > 0:
		return foreign("its readers need protocol %d%s, and graphlake writes %d/%d", p.MinReaderVersion, features(p.ReaderFeatures), readerVersion, writerVersion)
	case !strings.EqualFold(s.metaData.Format.Provider, "parquet"):
		return foreign("its files are of the format %q", s.metaData.Format.Provider)
	}
	return nil
}

// writable refuses a table that asks more of its writers than is done here.
func (s *state) writable(partitionBy []string) error {
	if err := s.readable(); err != nil {
		return err
	}
	switch p, m := s.protocol, s.metaData; {
	case p.MinWriterVersion > writerVersion || len(p.WriterFeatures) > 0:
		return foreign("its writers need protocol %d%s, and graphlake writes %d/%d", p.MinWriterVersion, features(p.WriterFeatures), readerVersion, writerVersion)
	case strings.EqualFold(m.Configuration["delta.appendOnly"], "true"):
		return foreign("its property delta.appendOnly forbids to replace a day")
	case strings.Contains(m.SchemaString, `"`+invariant+`"`):
		return foreign("a column of it has an invariant, which a writer would have to check")
	case !slices.Equal(m.PartitionColumns, partitionBy):
		return foreign("it is partitioned by %q, and should be by %q", m.PartitionColumns, partitionBy)
	}
	return nil
}

func features(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return " with the features " + strings.Join(names, ", ")
}
