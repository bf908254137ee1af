package delta

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"graphlake/load"
)

// ahead reads an object in few and large pieces, each of which is a request in Blob Storage, before a library that reads
// in many small ones asks for what is in them. It is a [parquet.ReaderAtSeeker]. Not for concurrent use.
type ahead struct {
	object load.Object
	pieces []piece
	at     int64 // of Seek
	err    error // the first of the store; what is damaged is none
}

// piece is bytes of an object from an offset on.
type piece struct {
	from int64
	data []byte
}

func (p piece) end() int64 { return p.from + int64(len(p.data)) }

// span is a range of an object, its end excluded.
type span struct{ from, to int64 }

// closeBy is how many bytes that nobody wants are read rather than asking twice.
const closeBy = 64 << 10

func (a *ahead) size() int64 { return a.object.Info().Size }

// fetch reads spans that are not read yet, those that are close by each other at once.
func (a *ahead) fetch(spans ...span) error {
	spans = slices.DeleteFunc(spans, func(s span) bool { return s.from >= s.to || a.piece(s.from, s.to) != nil })
	slices.SortFunc(spans, func(x, y span) int { return int(x.from - y.from) })
	for i := 0; i < len(spans); {
		whole := spans[i]
		for i++; i < len(spans) && spans[i].from <= whole.to+closeBy; i++ {
			whole.to = max(whole.to, spans[i].to)
		}
		if whole.from < 0 || whole.to > a.size() {
			return errShort
		}
		data := make([]byte, whole.to-whole.from)
		if err := a.read(data, whole.from); err != nil {
			return err
		}
		a.pieces = append(a.pieces, piece{whole.from, data})
	}
	return nil
}

// piece gives what was read of a range; nil if not all of it was.
func (a *ahead) piece(from, to int64) []byte {
	for _, p := range a.pieces {
		if p.from <= from && to <= p.end() {
			return p.data[from-p.from : to-p.from]
		}
	}
	return nil
}

var errShort = errors.New("it ends before what it says it has")

func (a *ahead) read(data []byte, from int64) error {
	if from < 0 || from+int64(len(data)) > a.size() {
		return errShort
	}
	n, err := a.object.ReadAt(data, from)
	if n == len(data) {
		return nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		return errShort
	}
	if a.err == nil {
		a.err = err
	}
	return err
}

func (a *ahead) ReadAt(data []byte, from int64) (int, error) {
	if from < 0 {
		return 0, errShort
	}
	want := len(data)
	if left := a.size() - from; left < int64(want) {
		want = int(max(left, 0))
	}
	if had := a.piece(from, from+int64(want)); had != nil {
		copy(data, had)
	} else if err := a.read(data[:want], from); err != nil {
		return 0, err
	}
	if want < len(data) {
		return want, io.EOF
	}
	return want, nil
}

func (a *ahead) Read(data []byte) (int, error) {
	n, err := a.ReadAt(data, a.at)
	a.at += int64(n)
	return n, err
}

func (a *ahead) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += a.at
	case io.SeekEnd:
		offset += a.size()
	}
	if offset < 0 {
		return 0, fmt.Errorf("seek to %d: %w", offset, errShort)
	}
	a.at = offset
	return offset, nil
}
